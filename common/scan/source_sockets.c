/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * source_sockets.c - the network namespaces of sockets. A socket stays in the
 * one that it was created in and keeps it alive, wherever its process went.
 *
 * To ask a socket one must have it: pidfd_getfd(2), which takes the rights of a
 * debugger. Most sockets are of few namespaces, so the question that opens a
 * namespace, and takes CAP_NET_ADMIN over it, is put once for each cookie that
 * stands for one; and a socket that many processes share is taken once, though
 * each of them holds it.
 */
#include "scan/source.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include "kernel.h"

/* Our own network namespace, for which no socket needs to be asked. Only its holders want its node. */
static uint32_t observe_own(struct scan *scan)
{
	struct sight sight = {
		.type = NS_NET,
		.evidence = EVIDENCE_SOCKET,
		.process = PROCESS_NONE,
		.dirfd = scan->procfd,
		.path = "self/ns/net",
	};

	if (!(scan->facts & FACT_HOLDERS) || ns_id_of_path(sight.dirfd, sight.path, &sight.id) < 0)
		return NODE_NONE;
	return observe(scan, &sight);
}

static void know_own(struct scan *scan)
{
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	uint64_t cookie;

	if (fd >= 0 && kernel_socket_cookie(fd, &cookie) == 0)
		number_map_add(&scan->cookies, cookie, observe_own(scan));
}

/* Which one is it of? 1 and its node (NODE_NONE: one of no interest); 0: it is not that socket any more. */
static int ask(struct scan *scan, int fd, ino_t number, uint32_t *ret)
{
	_cleanup_close_ int netns = -EBADF;
	uint64_t cookie = 0;
	struct stat st;
	int r;

	/* By now the descriptor may be that of another file. */
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISSOCK(st.st_mode) || st.st_ino != number)
		return 0;
	if (kernel_socket_cookie(fd, &cookie) == 0 && number_map_find(&scan->cookies, cookie, ret))
		return 1;
	r = kernel_socket_netns(fd, &netns);
	/* Opened with O_PATH, which keeps no socket alive: that may be closed. */
	if (r == -EBADF)
		return 0;
	if (r == 0)
		r = observe_fd(scan, netns, EVIDENCE_SOCKET, NULL, NULL, ret);
	if (r < 0)
		return r;
	if (cookie)
		number_map_add(&scan->cookies, cookie, *ret);
	return 1;
}

/* Have the socket behind a descriptor, and ask it likewise. */
static int take_and_ask(struct scan *scan, struct walked *process, const struct walked_descriptor *descriptor,
			uint32_t *ret)
{
	_cleanup_close_ int fd = -EBADF;
	int r;

	r = walked_pidfd(scan, process);
	if (r < 0)
		return r;
	fd = pidfd_getfd(r, descriptor->number, 0);
	if (fd >= 0)
		return ask(scan, fd, descriptor->inode, ret);
	/* Closed meanwhile; or the kernel (before 5.6) or a filter has no such call. */
	return errno == EBADF ? 0 : errno == ENOSYS ? -EPERM : -errno;
}

static int look_at_descriptor(struct scan *scan, struct walked *process,
			      const struct walked_descriptor *descriptor)
{
	struct holder holder = { .pid = process->pid, .number = descriptor->number, .other = NODE_NONE };
	uint32_t node;
	int r;

	if (descriptor->what != DESCRIPTOR_SOCKET || !ns_set_has(scan->types, NS_NET))
		return 0;
	if (!number_map_find(&scan->sockets, descriptor->inode, &node)) {
		if (!scan->cookies.keys.index.count)
			know_own(scan);
		r = take_and_ask(scan, process, descriptor, &node);
		if (r <= 0)
			return r;
		number_map_add(&scan->sockets, descriptor->inode, node);
	}
	if (node != NODE_NONE && !process->is_self)
		observe_holder(scan, node, EVIDENCE_SOCKET, &holder);
	return 0;
}

const struct source source_sockets = {
	.name = "sockets",
	.help = "network namespaces that sockets were created in",
	.by_default = true,
	.evidence = EVIDENCE_SOCKET,
	.look_at_descriptor = look_at_descriptor,
};
