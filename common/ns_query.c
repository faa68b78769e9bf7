/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ns_query.c - questions to the kernel about an open namespace.
 */
#include "ns_query.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statfs.h>

#include "kernel.h"

int ns_check(int fd)
{
	struct statfs fs;

	if (fstatfs(fd, &fs) < 0)
		return -errno;
	return fs.f_type == NSFS_MAGIC ? 0 : -EMEDIUMTYPE;
}

/* Linux 5.10 refuses a link of /proc by one that leads nowhere: opening it opens its directory. */
static bool is_refused_link(int dirfd, const char *path)
{
	char text[1];

	return readlinkat(dirfd, path, text, sizeof(text)) == 0;
}

int ns_open(int dirfd, const char *path, int *ret_fd)
{
	_cleanup_close_ int look = -EBADF;
	_cleanup_close_ int fd = -EBADF;
	int r;

	/* Opening a FIFO waits and opening a device acts; looking does neither. */
	look = openat(dirfd, path, O_PATH | O_CLOEXEC);
	if (look < 0)
		return -errno;
	r = ns_check(look);
	if (r == -EMEDIUMTYPE && is_refused_link(dirfd, path))
		return -EACCES;
	if (r < 0)
		return r;

	/* The path may have changed hands since: look again at what was opened. */
	fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return -errno;
	r = ns_check(fd);
	if (r < 0)
		return r;
	*ret_fd = take_fd(&fd);
	return 0;
}

int ns_read_link(int dirfd, const char *path, enum ns_type *ret_type, ino_t *ret_ino)
{
	char text[NS_LINK_SIZE];
	ssize_t n;

	/* What fills the buffer is cut off, and too long for a namespace anyway. */
	n = readlinkat(dirfd, path, text, sizeof(text));
	if (n < 0)
		return -errno;
	/* As is_refused_link(). */
	if (n == 0)
		return -EACCES;
	if ((size_t)n == sizeof(text))
		return -EMEDIUMTYPE;
	text[n] = '\0';
	return ns_link_parse(text, ret_type, ret_ino) < 0 ? -EMEDIUMTYPE : 0;
}

enum ns_type ns_query_type(int fd)
{
	int r;

	/* On a foreign file the same ioctl number may mean anything. */
	r = ns_check(fd);
	if (r < 0)
		return r;
	r = ioctl(fd, NSX_NS_GET_NSTYPE);
	if (r < 0)
		return -errno;
	return ns_type_from_clone_flag(r);
}

static int query_fd(int fd, unsigned long request, int *ret_fd)
{
	int answer = ioctl(fd, request);

	if (answer < 0)
		return -errno;
	*ret_fd = answer;
	return 0;
}

int ns_query_owner(int fd, int *ret_fd)
{
	return query_fd(fd, NSX_NS_GET_USERNS, ret_fd);
}

int ns_query_parent(int fd, int *ret_fd)
{
	return query_fd(fd, NSX_NS_GET_PARENT, ret_fd);
}

int ns_query_owner_uid(int fd, uid_t *ret)
{
	return ioctl(fd, NSX_NS_GET_OWNER_UID, ret) < 0 ? -errno : 0;
}

int ns_query_nsid(int fd, uint64_t *ret)
{
	return ioctl(fd, NSX_NS_GET_ID, ret) < 0 ? -errno : 0;
}

int ns_query_pid_from(int fd, pid_t pid, pid_t *ret_thread, pid_t *ret_process)
{
	int thread, process;

	thread = ioctl(fd, NSX_NS_GET_PID_FROM_PIDNS, (unsigned long)pid);
	if (thread < 0)
		return -errno;
	process = ioctl(fd, NSX_NS_GET_TGID_FROM_PIDNS, (unsigned long)pid);
	if (process < 0)
		return -errno;
	*ret_thread = thread;
	*ret_process = process;
	return 0;
}

int ns_query_init(int fd, pid_t *ret)
{
	pid_t pid = ioctl(fd, NSX_NS_GET_TGID_FROM_PIDNS, 1);

	if (pid <= 0)
		return pid < 0 ? -errno : -ESRCH;
	*ret = pid;
	return 0;
}

int ns_query_mounts(int fd, unsigned int *ret)
{
	struct nsx_mnt_ns_info info = { .size = sizeof(info) };

	if (ioctl(fd, NSX_NS_MNT_GET_INFO, &info) < 0)
		return -errno;
	*ret = info.nr_mounts;
	return 0;
}

int ns_query_socket(int fd, int *ret_fd)
{
	struct stat st;

	/* On a terminal the same ioctl number may mean anything. */
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISSOCK(st.st_mode))
		return -EMEDIUMTYPE;
	return kernel_socket_netns(fd, ret_fd);
}

bool ns_query_is_below(int fd, struct ns_id user)
{
	_cleanup_close_ int held = -EBADF;
	struct ns_id id;

	/* Depth of user namespaces is bounded by the kernel: 33. */
	for (;;) {
		int owner = -EBADF;

		if (ns_id_of_fd(fd, &id) == 0 && ns_id_equal(id, user))
			return true;
		if (ns_query_owner(fd, &owner) < 0)
			return false;
		close_fd(held);
		fd = held = owner;
	}
}
