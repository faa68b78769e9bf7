/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wake.c - the list of wake-up sources, and waiting for any of them.
 */
#include "ls/wake.h"

#include <fcntl.h>
#include <sys/epoll.h>

#include "diag.h"

static const struct wake_source *const wake_sources[WAKE_SOURCES] = {
	&wake_perf,
	&wake_proc,
	&wake_mounts,
};

uint32_t wake_number(const struct wake_source *source)
{
	uint32_t i = 0;

	while (i < WAKE_SOURCES - 1 && wake_sources[i] != source)
		i++;
	return i;
}

static void open_source(struct wake *wake, uint32_t i)
{
	const struct wake_source *source = wake_sources[i];
	int r;

	if (source->is_substitute && wake->is_open[i - 1])
		return;
	r = source->open(wake, &wake->states[i]);
	wake->is_open[i] = r == 0;
	if (r < 0)
		debug("%s cannot tell of %s: error %d", source->name, source->tells, -r);
	else
		debug("%s tells of %s", source->name, source->tells);
}

int wake_open(struct wake *wake, int procfd)
{
	wake->procfd = procfd;
	wake->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (wake->epoll < 0)
		return -errno;
	for (uint32_t i = 0; i < WAKE_SOURCES; i++)
		open_source(wake, i);
	return 0;
}

static void close_source(struct wake *wake, uint32_t i)
{
	if (wake->is_open[i])
		wake_sources[i]->close(wake->states[i]);
	wake->is_open[i] = false;
}

void wake_release(struct wake *wake)
{
	for (uint32_t i = 0; i < WAKE_SOURCES; i++)
		close_source(wake, i);
	news_release(&wake->news);
	wake->epoll = close_fd(wake->epoll);
}

int wake_add(struct wake *wake, int fd, uint32_t events, uint32_t number)
{
	struct epoll_event event = { .events = events, .data.u32 = number };

	return epoll_ctl(wake->epoll, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

/* One that cannot go on may have lost something. */
static void read_source(struct wake *wake, uint32_t i)
{
	int r = wake->is_open[i] ? wake_sources[i]->read(wake, wake->states[i]) : 0;

	if (r == 0)
		return;
	debug("%s tells no more: error %d", wake_sources[i]->name, -r);
	close_source(wake, i);
	news_of_anything(&wake->news);
}

int wake_wait(struct wake *wake, int timeout_ms)
{
	struct epoll_event events[16];
	int n = epoll_wait(wake->epoll, events, ARRAY_SIZE(events), timeout_ms);
	int result = -EAGAIN;

	for (int i = 0; i < n; i++) {
		if (events[i].data.u32 < WAKE_SOURCES)
			read_source(wake, events[i].data.u32);
		else
			result = (int)events[i].data.u32;
	}
	return result;
}

void wake_renew(struct wake *wake, const struct inventory *inventory)
{
	for (uint32_t i = 0; i < WAKE_SOURCES; i++)
		if (wake->is_open[i] && wake_sources[i]->renew)
			wake_sources[i]->renew(wake->states[i], inventory);
}

/* What cannot be read any more, or not by us, tells nothing. */
void wake_judge_task(struct wake *wake, pid_t pid, pid_t tid)
{
	_cleanup_close_ int dirfd = -EBADF;
	struct links links = { 0 };
	char path[48];

	snprintf(path, sizeof(path), "%d/task/%d", (int)pid, (int)tid);
	dirfd = openat(wake->procfd, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dirfd >= 0 && links_read(dirfd, NS_SET_ALL, &links) == 0)
		news_of_links(&wake->news, pid, tid, &links);
}
