/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * outside.c - the process that stays behind.
 */
#include "outside.h"

#include <poll.h>
#include <sys/socket.h>

#include "linger.h"

/* Requests of our own, beside the caller's non-negative ones. */
enum {
	REQUEST_ARM = -1,
	REQUEST_COMMIT = -2,
	REQUEST_ABORT = -3,
};

struct message {
	int request; /* or, coming back, the result */
	int argument;
	pid_t program;
};

bool outside_is_passing(int error)
{
	enum { PAUSE_MS = 10 };

	if (error != EINTR && error != ENOMEM && error != ENOBUFS)
		return false;
	if (error != EINTR)
		poll(NULL, 0, PAUSE_MS);
	return true;
}

static int send_message(int fd, struct message message)
{
	ssize_t n;

	do {
		n = send(fd, &message, sizeof(message), MSG_NOSIGNAL);
	} while (n < 0 && outside_is_passing(errno));
	return n < 0 ? -errno : 0;
}

/* 1, 0 where the other side is gone, or -errno. */
static int receive_message(int fd, struct message *ret)
{
	ssize_t n;

	do {
		n = recv(fd, ret, sizeof(*ret), 0);
	} while (n < 0 && outside_is_passing(errno));
	if (n < 0)
		return -errno;
	return n == (ssize_t)sizeof(*ret);
}

/* The life of the process outside. */
static _noreturn_ void serve_until_end(int fd, const struct outside_duty *duty)
{
	struct message message;
	bool is_armed = false;

	duty->begin(duty->context);
	while (receive_message(fd, &message) > 0) {
		struct message answer = { 0 };

		if (message.request == REQUEST_ABORT) {
			duty->undo(duty->context);
			send_message(fd, answer);
			_exit(EXIT_SUCCESS);
		}
		/* Nothing is kept of which nobody could be told. */
		if (message.request == REQUEST_COMMIT) {
			is_armed = send_message(fd, answer) == 0;
			break;
		}
		if (message.request == REQUEST_ARM)
			is_armed = true;
		else
			answer.request = duty->serve(duty->context, message.request, message.argument,
						     message.program);
		/* Who waits for an answer that cannot be given is told by the end. */
		if (send_message(fd, answer) < 0) {
			is_armed = false;
			break;
		}
	}
	if (is_armed)
		duty->keep(duty->context);
	else
		duty->undo(duty->context);
	_exit(EXIT_SUCCESS);
}

int outside_start(struct outside *outside, const struct outside_duty *duty)
{
	int pair[2];
	int r;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	r = linger_fork();
	if (r == 0) {
		close_fd(pair[0]);
		serve_until_end(pair[1], duty);
	}
	close_fd(pair[1]);
	if (r < 0) {
		close_fd(pair[0]);
		return r;
	}
	outside->socket = pair[0];
	return 0;
}

int outside_call(struct outside *outside, int request, int argument, pid_t program)
{
	struct message message = { request, argument, program };
	int r;

	r = send_message(outside->socket, message);
	if (r < 0)
		return r;
	r = receive_message(outside->socket, &message);
	if (r < 0)
		return r;
	/* It is killed by nothing but SIGKILL; then nobody can say what was done. */
	if (r == 0)
		return -ECONNRESET;
	return message.request;
}

int outside_arm(struct outside *outside)
{
	return outside->socket < 0 ? 0 : outside_call(outside, REQUEST_ARM, 0, 0);
}

int outside_commit(struct outside *outside)
{
	int r = 0;

	if (outside->socket >= 0)
		r = outside_call(outside, REQUEST_COMMIT, 0, 0);
	outside_close(outside);
	return r;
}

void outside_abort(struct outside *outside)
{
	if (outside->socket >= 0)
		outside_call(outside, REQUEST_ABORT, 0, 0);
	outside_close(outside);
}

void outside_close(struct outside *outside)
{
	outside->socket = close_fd(outside->socket);
}
