/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test-worker.c - a process that answers, one that does not, and what is left.
 */
#include "worker.h"

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "tap.h"

/* Send back what comes, with its descriptor; "hang" is not answered, "end" ends. */
static void echo(int socket, const void *context)
{
	const char *greeting = context;
	char text[64];
	ssize_t n;
	int fd;

	worker_send(socket, greeting, strlen(greeting) + 1, -EBADF);
	while ((n = worker_receive(socket, text, sizeof(text), -1, &fd)) > 0) {
		if (strcmp(text, "end") == 0)
			return;
		if (strcmp(text, "dumpable") == 0)
			snprintf(text, sizeof(text), "%d", prctl(PR_GET_DUMPABLE));
		if (strcmp(text, "hang") != 0)
			worker_send(socket, text, strlen(text) + 1, fd);
		close_fd(fd);
	}
}

static const char *answer(const struct worker *worker, const char *question, int fd, int *ret_fd)
{
	static char text[64];

	ok(worker_send(worker->socket, question, strlen(question) + 1, fd) == 0);
	ok(worker_receive(worker->socket, text, sizeof(text), 10000, ret_fd) > 0);
	return text;
}

static bool is_same_file(int a, int b)
{
	struct stat x, y;

	return fstat(a, &x) == 0 && fstat(b, &y) == 0 && x.st_ino == y.st_ino && x.st_dev == y.st_dev;
}

static void test_answers(void)
{
	struct worker worker = WORKER_NONE;
	char text[64];
	int fd, pair[2];
	pid_t pid;

	ok(worker_start(&worker, echo, "hello") == 0);
	ok(worker_receive(worker.socket, text, sizeof(text), 10000, &fd) == 6);
	is_str(text, "hello");
	is_int(fd, -EBADF);
	is_str(answer(&worker, "question", -EBADF, &fd), "question");
	is_int(fd, -EBADF);
	ok(pipe(pair) == 0);
	is_str(answer(&worker, "pipe", pair[0], &fd), "pipe");
	ok(fd >= 0 && fd != pair[0] && is_same_file(fd, pair[0]));
	close_fd(fd);
	/* Nobody of its user may look into it. */
	is_str(answer(&worker, "dumpable", -EBADF, &fd), "0");

	/* It does not answer, and is ended all the same. */
	ok(worker_send(worker.socket, "hang", 5, -EBADF) == 0);
	is_int(worker_receive(worker.socket, text, sizeof(text), 1, &fd), -ETIMEDOUT);
	pid = worker.pid;
	is_int(worker_end(&worker), 0);
	ok(kill(pid, 0) < 0 && errno == ESRCH);
	is_int(worker.pid, 0);
	is_int(worker.socket, -EBADF);
	is_int(worker_end(&worker), 0);
	close_fd(pair[0]);
	close_fd(pair[1]);
}

static void test_end(void)
{
	struct worker worker = WORKER_NONE;
	char text[64];
	int fd;

	ok(worker_start(&worker, echo, "x") == 0);
	worker_receive(worker.socket, text, sizeof(text), 10000, &fd);
	ok(worker_send(worker.socket, "end", 4, -EBADF) == 0);
	is_int(worker_receive(worker.socket, text, sizeof(text), 10000, &fd), 0);
	/* No signal comes of it. */
	while (worker_send(worker.socket, "x", 2, -EBADF) == 0)
		;
	is_int(worker_send(worker.socket, "x", 2, -EBADF), -EPIPE);
	worker_end(&worker);
}

/* A caller that was started with SIGCHLD ignored has its children reaped by the kernel. */
static void test_ignored_signal(void)
{
	struct worker worker = WORKER_NONE;

	signal(SIGCHLD, SIG_IGN);
	ok(worker_start(&worker, echo, "x") == 0);
	worker_end(&worker);
	signal(SIGCHLD, SIG_DFL);
	ok(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD);
}

int main(void)
{
	test_answers();
	test_end();
	test_ignored_signal();
	return done_testing();
}
