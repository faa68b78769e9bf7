/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wake_mounts.c - changes of mounts, which may keep namespaces: of every mount
 * namespace found, by fanotify(7) from Linux 6.15 on, which takes rights; of
 * our own by /proc/self/mountinfo elsewhere.
 *
 * A mount namespace is not kept by being watched; mountinfo files of others
 * would keep theirs.
 */
#include "ls/wake.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/fanotify.h>

#include "diag.h"
#include "kernel.h"

struct mounts {
	int fanotify; /* or -EBADF */
	int mountinfo;
};

static int mark(int fanotify, int mount_namespace)
{
	return fanotify_mark(fanotify, FAN_MARK_ADD | NSX_FAN_MARK_MNTNS,
			     NSX_FAN_MNT_ATTACH | NSX_FAN_MNT_DETACH, mount_namespace, NULL) < 0
		       ? -errno
		       : 0;
}

static int open_fanotify(struct wake *wake, int *ret)
{
	_cleanup_close_ int fd =
		fanotify_init(FAN_CLASS_NOTIF | FAN_CLOEXEC | FAN_NONBLOCK | NSX_FAN_REPORT_MNT, 0);
	_cleanup_close_ int own = openat(wake->procfd, "self/ns/mnt", O_RDONLY | O_CLOEXEC);
	int r;

	if (fd < 0 || own < 0)
		return -errno;
	r = mark(fd, own);
	if (r == 0)
		r = wake_add(wake, fd, EPOLLIN, wake_number(&wake_mounts));
	if (r == 0)
		*ret = take_fd(&fd);
	return r;
}

static int open_mountinfo(struct wake *wake, int *ret)
{
	_cleanup_close_ int fd = openat(wake->procfd, "self/mountinfo", O_RDONLY | O_CLOEXEC);
	int r;

	if (fd < 0)
		return -errno;
	r = wake_add(wake, fd, EPOLLPRI, wake_number(&wake_mounts));
	if (r == 0)
		*ret = take_fd(&fd);
	return r;
}

static int open_mounts(struct wake *wake, void **ret)
{
	struct mounts mounts = { -EBADF, -EBADF };
	int r = open_fanotify(wake, &mounts.fanotify);

	if (r < 0)
		r = open_mountinfo(wake, &mounts.mountinfo);
	if (r < 0)
		return r;
	*ret = xcalloc(1, sizeof(mounts));
	*(struct mounts *)*ret = mounts;
	return 0;
}

/* Which mount it was does not matter: it is a look that finds what it keeps. */
static int read_mounts(struct wake *wake, void *state)
{
	const struct mounts *mounts = state;
	char events[4096];

	news_of_anything(&wake->news);
	if (mounts->fanotify < 0)
		return 0; /* waiting for it takes the event */
	while (read(mounts->fanotify, events, sizeof(events)) > 0)
		;
	return errno == EAGAIN || errno == EINTR ? 0 : -errno;
}

/* Those that a look has open. One that is marked already stays so. */
static void mark_all(void *state, const struct inventory *inventory)
{
	const struct mounts *mounts = state;

	for (size_t i = 0; i < inventory->n_nodes && mounts->fanotify >= 0; i++)
		if (inventory->nodes[i].type == NS_MNT && inventory->nodes[i].fd >= 0)
			mark(mounts->fanotify, inventory->nodes[i].fd);
}

static void close_mounts(void *state)
{
	struct mounts *mounts = state;

	close_fd(mounts->fanotify);
	close_fd(mounts->mountinfo);
	free(mounts);
}

const struct wake_source wake_mounts = {
	.name = "fanotify or mountinfo",
	.tells = "mounts",
	.open = open_mounts,
	.read = read_mounts,
	.renew = mark_all,
	.close = close_mounts,
};
