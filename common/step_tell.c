/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * step_tell.c - tell others that the new process is there, and wait for them.
 * Options and JSON keys are those of bubblewrap, so that its readers can read
 * ours.
 */
#include "step.h"

#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#include "diag.h"
#include "keep.h"
#include "ns_query.h"

/* Descriptors that the program must not inherit; plan_cli_claim() saw that they are there. */

static ns_set wants_descriptors(const struct plan *plan)
{
	return step_once_if(plan->info_fd >= 0 || plan->status_fd >= 0 || plan->block_fd >= 0 ||
			    plan->user_block_fd >= 0 || plan->sync_fd >= 0);
}

static void describe_descriptors(_unused_ const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	fputs("keep the descriptors given as options from the program", out);
}

static int run_descriptors(struct spawn *spawn, _unused_ enum ns_type type)
{
	struct plan_descriptor list[PLAN_DESCRIPTOR_COUNT];

	plan_descriptors(spawn->plan, list);
	for (size_t i = 0; i < ARRAY_SIZE(list); i++)
		if (list[i].fd >= 0 && fcntl(list[i].fd, F_SETFD, FD_CLOEXEC) < 0)
			return -errno;
	return 0;
}

const struct step step_descriptors = {
	.call = "fcntl",
	.wanted = wants_descriptors,
	.describe = describe_descriptors,
	.run = run_descriptors,
};

/* Who it is and where, as the caller's /proc has it. */

static ns_set wants_info(const struct plan *plan)
{
	return step_once_if(plan->info_fd >= 0 || plan->status_fd >= 0);
}

static void describe_info(_unused_ const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	fputs("write the pid and the namespaces as JSON", out);
}

static void print_namespace(int procfd, enum ns_type type, FILE *out)
{
	_cleanup_free_ char *path = xasprintf("self/%s", ns_types[type].proc_file);
	_cleanup_close_ int fd = -EBADF;
	struct ns_id id;
	uint64_t nsid;

	if (ns_open(procfd, path, &fd) < 0 || ns_id_of_fd(fd, &id) < 0)
		return;
	fprintf(out, ", \"%s-namespace\": %ju", ns_types[type].name, (uintmax_t)id.ino);
	if (ns_query_nsid(fd, &nsid) == 0)
		fprintf(out, ", \"%s-namespace-id\": %" PRIu64, ns_types[type].name, nsid);
}

/* A reader that went away is an error to be told of, not our end. */
static int write_all(int fd, const char *text, size_t size)
{
	void (*handler)(int) = signal(SIGPIPE, SIG_IGN);
	int r = 0;

	while (size > 0 && r == 0) {
		ssize_t n = write(fd, text, size);

		if (n >= 0) {
			text += n;
			size -= (size_t)n;
		} else if (errno != EINTR) {
			r = -errno;
		}
	}
	signal(SIGPIPE, handler);
	return r;
}

static int run_info(struct spawn *spawn, _unused_ enum ns_type type)
{
	const struct plan *plan = spawn->plan;
	_cleanup_free_ char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	int r = 0;

	if (!out)
		return -ENOMEM;
	fprintf(out, "{ \"child-pid\": %d", (int)spawn->program);
	for (int t = 0; t < NS_TYPE_COUNT; t++)
		print_namespace(spawn->procfd, t, out);
	fputs(" }\n", out);
	if (fclose(out) != 0)
		return -ENOMEM;
	if (spawn->info_fd >= 0)
		r = write_all(spawn->info_fd, text, size);
	if (r == 0 && plan->status_fd >= 0)
		r = write_all(plan->status_fd, text, size);
	return r;
}

const struct step step_info = {
	.call = "write",
	.wanted = wants_info,
	.describe = describe_info,
	.run = run_info,
};

void tell_close_reported(struct spawn *spawn)
{
	close_fdp(&spawn->info_fd);
}

void tell_close_awaited(struct spawn *spawn)
{
	close_fd(spawn->plan->block_fd);
	close_fd(spawn->plan->user_block_fd);
	close_fd(spawn->plan->status_fd);
}

void tell_status(const struct spawn *spawn, int wait_status)
{
	int code = WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
	char text[64];

	if (spawn->plan->status_fd < 0)
		return;
	snprintf(text, sizeof(text), "{ \"exit-code\": %d }\n", code);
	/* A reader that went away is no reason to end otherwise than the program. */
	write_all(spawn->plan->status_fd, text, strlen(text));
}

/* Wait for others. */

/* What ends us while we wait, unless our caller ignores or holds it. */
static void ending_signals(const sigset_t *held, sigset_t *ret)
{
	static const int signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };

	sigemptyset(ret);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		struct sigaction action;

		if (sigaction(signals[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN &&
		    !sigismember(held, signals[i]))
			sigaddset(ret, signals[i]);
	}
}

static _noreturn_ void end_by_signal(struct spawn *spawn, int signals)
{
	struct signalfd_siginfo info = { 0 };
	int sig = SIGTERM;

	if (read(signals, &info, sizeof(info)) == (ssize_t)sizeof(info))
		sig = (int)info.ssi_signo;
	outside_abort(&spawn->outside);
	child_exit_like(sig);
}

int step_begin_to_wait(struct waiting *ret)
{
	sigset_t ending;

	if (sigprocmask(SIG_BLOCK, NULL, &ret->before) < 0)
		return -errno;
	ending_signals(&ret->before, &ending);
	ret->signals = signalfd(-1, &ending, SFD_CLOEXEC | SFD_NONBLOCK);
	if (ret->signals < 0)
		return -errno;
	sigprocmask(SIG_BLOCK, &ending, NULL);
	return 0;
}

void step_end_wait(struct waiting *waiting)
{
	waiting->signals = close_fd(waiting->signals);
	sigprocmask(SIG_SETMASK, &waiting->before, NULL);
}

int step_wait(struct spawn *spawn, const struct waiting *waiting, int fd, int timeout)
{
	struct pollfd sources[] = { { .fd = fd, .events = POLLIN },
				    { .fd = waiting->signals, .events = POLLIN } };

	while (poll(sources, ARRAY_SIZE(sources), timeout) < 0)
		if (errno != EINTR)
			return -errno;
	if (sources[1].revents)
		end_by_signal(spawn, waiting->signals);
	return 0;
}

/* Any byte, or the end of the file. */
static int wait_for_input(struct spawn *spawn, const struct waiting *waiting, int fd)
{
	int mode = fcntl(fd, F_GETFL);
	char byte;
	int r;

	/* poll(2) would wait for ever where read(2) refuses. */
	if (mode < 0 || (mode & O_ACCMODE) == O_WRONLY)
		return mode < 0 ? -errno : -EBADF;
	do {
		r = step_wait(spawn, waiting, fd, -1);
		if (r < 0)
			return r;
		if (read(fd, &byte, 1) >= 0)
			return 0;
		/* Another process that has it was faster. */
	} while (errno == EINTR || errno == EAGAIN);
	return -errno;
}

static int wait_for(struct spawn *spawn, int fd)
{
	struct waiting waiting;
	int r;

	r = step_begin_to_wait(&waiting);
	if (r < 0)
		return r;
	r = wait_for_input(spawn, &waiting, fd);
	step_end_wait(&waiting);
	return r;
}

static ns_set wants_user_block(const struct plan *plan)
{
	return step_once_if(plan->user_block_fd >= 0);
}

static void describe_user_block(const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	fprintf(out, "wait on descriptor %d for the id maps", plan->user_block_fd);
}

static int run_user_block(struct spawn *spawn, _unused_ enum ns_type type)
{
	tell_close_reported(spawn);
	return wait_for(spawn, spawn->plan->user_block_fd);
}

const struct step step_user_block = {
	.call = "read",
	.wanted = wants_user_block,
	.describe = describe_user_block,
	.run = run_user_block,
};

static ns_set wants_block(const struct plan *plan)
{
	return step_once_if(plan->block_fd >= 0);
}

static void describe_block(const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	fprintf(out, "wait on descriptor %d", plan->block_fd);
}

static int run_block(struct spawn *spawn, _unused_ enum ns_type type)
{
	tell_close_reported(spawn);
	return wait_for(spawn, spawn->plan->block_fd);
}

const struct step step_block = {
	.call = "read",
	.wanted = wants_block,
	.describe = describe_block,
	.run = run_block,
};

/* A file with the pid, once all is set up. */

static ns_set wants_pid_file(const struct plan *plan)
{
	return step_once_if(plan->pid_file != NULL);
}

static void describe_pid_file(const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	fprintf(out, "write the pid to '%s'", plan->pid_file);
}

static int run_pid_file(struct spawn *spawn, _unused_ enum ns_type type)
{
	_cleanup_free_ char *text = xasprintf("%d\n", (int)spawn->program);

	return keep_replace_file(&spawn->keep, spawn->plan->pid_file, text);
}

const struct step step_pid_file = {
	.call = "rename",
	.wanted = wants_pid_file,
	.describe = describe_pid_file,
	.run = run_pid_file,
	.is_outside = step_always_outside,
};
