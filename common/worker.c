/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * worker.c - start, ask and end a process of ours.
 */
#include "worker.h"

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "kernel.h"

enum { PATIENCE_MS = 1000 };

/* What a worker is from its first moment on. */
static void become_worker(pid_t parent)
{
	/* What it enters may be full of people with an interest in what it holds. */
	prctl(PR_SET_DUMPABLE, 0UL);
	prctl(PR_SET_PDEATHSIG, (unsigned long)SIGKILL);
	/* Too late for the signal if the caller ended before the line above. */
	if (getppid() != parent)
		_exit(EXIT_FAILURE);
}

int worker_start(struct worker *worker, void (*serve)(int socket, const void *context), const void *context)
{
	_cleanup_close_ int ours = -EBADF, its = -EBADF;
	pid_t parent = getpid(), pid;
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	ours = pair[0];
	its = pair[1];
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0) {
		close_fd(ours);
		become_worker(parent);
		serve(its, context);
		_exit(EXIT_SUCCESS);
	}
	*worker = (struct worker){ .pid = pid, .pidfd = kernel_pidfd_open(pid), .socket = take_fd(&ours) };
	return 0;
}

/*
 * Reap it. A process that waits for an answer of a file system's server cannot
 * be killed before that comes, so this does not wait for ever.
 */
static int reap(const struct worker *worker)
{
	struct pollfd end = { .fd = worker->pidfd, .events = POLLIN };

	if (worker->pidfd >= 0 && poll(&end, 1, PATIENCE_MS) == 0)
		return -ETIMEDOUT;
	while (waitpid(worker->pid, NULL, 0) < 0 && errno == EINTR)
		;
	return 0;
}

int worker_end(struct worker *worker)
{
	int r = 0;

	if (worker->pid) {
		if (worker->pidfd >= 0)
			kernel_pidfd_send_signal(worker->pidfd, SIGKILL);
		else
			kill(worker->pid, SIGKILL);
		r = reap(worker);
	}
	close_fd(worker->pidfd);
	close_fd(worker->socket);
	*worker = (struct worker)WORKER_NONE;
	return r;
}

/* Room for the one descriptor of a message. */
union control {
	struct cmsghdr header;
	char room[CMSG_SPACE(sizeof(int))];
};

int worker_send(int socket, const void *message, size_t size, int fd)
{
	struct iovec data = { .iov_base = (void *)message, .iov_len = size };
	union control control = { 0 };
	struct msghdr header = { .msg_iov = &data, .msg_iovlen = 1 };
	ssize_t n;

	if (fd >= 0) {
		control.header = (struct cmsghdr){
			.cmsg_len = CMSG_LEN(sizeof(fd)),
			.cmsg_level = SOL_SOCKET,
			.cmsg_type = SCM_RIGHTS,
		};
		memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
		header.msg_control = &control;
		header.msg_controllen = sizeof(control);
	}
	do {
		n = sendmsg(socket, &header, MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : 0;
}

static int wait_for_message(int socket, int timeout_ms)
{
	struct pollfd reading = { .fd = socket, .events = POLLIN };
	int r;

	do {
		r = poll(&reading, 1, timeout_ms);
	} while (r < 0 && errno == EINTR);
	if (r < 0)
		return -errno;
	return r == 0 ? -ETIMEDOUT : 0;
}

ssize_t worker_receive(int socket, void *message, size_t size, int timeout_ms, int *ret_fd)
{
	struct iovec data = { .iov_base = message, .iov_len = size };
	union control control;
	struct msghdr header = {
		.msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	const struct cmsghdr *first;
	int r, fd = -EBADF;
	ssize_t n;

	r = wait_for_message(socket, timeout_ms);
	if (r < 0)
		return r;
	do {
		n = recvmsg(socket, &header, MSG_CMSG_CLOEXEC);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	first = CMSG_FIRSTHDR(&header);
	if (first && first->cmsg_level == SOL_SOCKET && first->cmsg_type == SCM_RIGHTS)
		memcpy(&fd, CMSG_DATA(first), sizeof(fd));
	*ret_fd = fd;
	return n;
}
