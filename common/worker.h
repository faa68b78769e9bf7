/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * worker.h - a process of ours for work that may hang, or that leaves this
 * world: it is asked over a socket, hands descriptors back, and can be killed
 * at any time, for it has no effects that outlive it.
 */
#ifndef NSX_WORKER_H
#define NSX_WORKER_H

#include "base.h"

#include <sys/types.h>

struct worker {
	pid_t pid; /* 0: none is running */
	int pidfd;
	int socket; /* what is sent here arrives there, one message at a time */
};

#define WORKER_NONE                                                                                          \
	{                                                                                                    \
		.pid = 0, .pidfd = -EBADF, .socket = -EBADF                                                  \
	}

/*
 * Fork one that runs serve(socket, context) and ends. It sees the caller's
 * memory and descriptors as they are now, has no rights over it that others of
 * its user could use (it is not dumpable), and ends with the caller.
 */
int worker_start(struct worker *worker, void (*serve)(int socket, const void *context), const void *context);

/*
 * End it by force, if there is one. 0 when it is gone; -ETIMEDOUT where it is
 * stuck in the kernel for a second: then it is left behind, and ends when it can.
 */
int worker_end(struct worker *worker);

/* Send a message, with a descriptor unless that is negative. For both sides. */
int worker_send(int socket, const void *message, size_t size, int fd);

/*
 * Receive one, for both sides: up to `size` bytes and a descriptor, -EBADF
 * where none came along. Returns the number of bytes, 0 where the other side
 * is gone, -ETIMEDOUT where nothing comes for so long (-1: wait for ever), or
 * another -errno.
 */
ssize_t worker_receive(int socket, void *message, size_t size, int timeout_ms, int *ret_fd);

#endif /* NSX_WORKER_H */
