/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * source_sockets.c - the network namespaces of sockets. A socket stays in the
 * one that it was created in and keeps it alive, wherever its process went.
 *
 * To ask a socket one must have it: pidfd_getfd(2), which takes the rights of a
 * debugger. Most sockets are of few namespaces, so the question that opens a
 * namespace, and takes CAP_NET_ADMIN over it, is put once for each cookie that
 * stands for one; and a socket that many processes share is taken once.
 */
#include "scan/source.h"

#include <stdio.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "kernel.h"

/* "socket:[4711]": 4711; or 0. */
static uint64_t socket_number(const char *target)
{
	unsigned long long number;
	char end;

	return sscanf(target, "socket:[%llu%c", &number, &end) == 2 && end == ']' ? number : 0;
}

/* Our own, for which nobody needs to be asked. */
static void know_own(struct scan *scan)
{
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	uint64_t cookie;

	if (fd >= 0 && kernel_socket_cookie(fd, &cookie) == 0)
		number_set_add(&scan->cookies, cookie);
}

static int ask(struct scan *scan, int fd)
{
	_cleanup_close_ int netns = -EBADF;
	uint64_t cookie = 0;
	struct stat st;
	int r;

	/* By now the number may be that of another file. */
	if (fstat(fd, &st) < 0 || !S_ISSOCK(st.st_mode))
		return 0;
	if (kernel_socket_cookie(fd, &cookie) == 0 && number_set_has(&scan->cookies, cookie))
		return 0;
	r = kernel_socket_netns(fd, &netns);
	if (r == 0)
		r = observe_fd(scan, netns, EVIDENCE_SOCKET, NULL);
	if (r == 0 && cookie)
		number_set_add(&scan->cookies, cookie);
	return r;
}

static int look_at_descriptor(struct scan *scan, struct walked *process,
			      const struct walked_descriptor *descriptor)
{
	_cleanup_close_ int fd = -EBADF;
	uint64_t number = socket_number(descriptor->target);
	int r;

	if (!number || !ns_set_has(scan->types, NS_NET) || number_set_has(&scan->sockets, number))
		return 0;
	if (!scan->cookies.index.count)
		know_own(scan);
	r = walked_pidfd(process);
	if (r < 0)
		return r;
	fd = pidfd_getfd(r, descriptor->number, 0);
	if (fd < 0)
		/* Closed meanwhile; or the kernel (before 5.6) or a filter has no such call. */
		return errno == EBADF ? 0 : errno == ENOSYS ? -EPERM : -errno;
	r = ask(scan, fd);
	if (r == 0)
		number_set_add(&scan->sockets, number);
	return r;
}

const struct source source_sockets = {
	.name = "sockets",
	.help = "network namespaces that sockets were created in",
	.by_default = true,
	.evidence = EVIDENCE_SOCKET,
	.look_at_descriptor = look_at_descriptor,
};
