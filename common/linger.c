/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * linger.c - leaving the caller behind, and staying.
 */
#include "linger.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int linger_fork(void)
{
	sigset_t all, before;
	pid_t between;

	sigfillset(&all);
	if (sigprocmask(SIG_SETMASK, &all, &before) < 0)
		return -errno;
	between = fork();
	if (between == 0) {
		pid_t orphan = fork();

		if (orphan == 0) {
			/* What kills our whole process group, as timeout(1) does, leaves it alone. */
			setsid();
			return 0;
		}
		_exit(orphan < 0 ? errno : 0);
	}
	if (between > 0) {
		int status;
		pid_t r;

		do {
			r = waitpid(between, &status, 0);
		} while (r < 0 && errno == EINTR);
		sigprocmask(SIG_SETMASK, &before, NULL);
		/* -ECHILD: SIGCHLD is ignored, the kernel reaped it for us. */
		if (r == between && WEXITSTATUS(status) != 0)
			return -WEXITSTATUS(status);
		return 1;
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	return -errno;
}

/* Let go of session, terminal and directory. */
static void leave_caller(const char *name)
{
	int null;

	setsid();
	prctl(PR_SET_NAME, name);
	/* Nobody listens any more, and to keep a directory busy is better than to keep nothing. */
	if (chdir("/") < 0)
		errno = 0;
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (null < 0 || dup2(null, fd) < 0)
			close(fd);
}

static int compare_fds(const void *a, const void *b)
{
	int x = *(const int *)a, y = *(const int *)b;

	return (x > y) - (x < y);
}

/* Close everything but the standard descriptors and these. */
static void close_others(const int *fds, size_t count)
{
	unsigned int next = STDERR_FILENO + 1;
	int sorted[16];

	if (count > ARRAY_SIZE(sorted))
		_exit(EXIT_FAILURE);
	memcpy(sorted, fds, count * sizeof(*fds));
	qsort(sorted, count, sizeof(*sorted), compare_fds);
	for (size_t i = 0; i < count; i++) {
		unsigned int fd = (unsigned int)sorted[i];

		if (sorted[i] < 0 || fd < next)
			continue;
		if (fd > next)
			close_range(next, fd - 1, 0);
		next = fd + 1;
	}
	close_range(next, ~0U, 0);
}

void linger_leave(const char *name, const int *fds, size_t count)
{
	leave_caller(name);
	/* Whatever else the caller had open must not live as long as we do. */
	close_others(fds, count);
}

void linger_as_holder(void)
{
	sigset_t all;

	sigfillset(&all);
	/* It has nothing to do at the end of a session, and must not keep that waiting. */
	signal(SIGTERM, SIG_DFL);
	sigdelset(&all, SIGTERM);
	sigprocmask(SIG_SETMASK, &all, NULL);
	for (;;) {
		siginfo_t info;

		sigwaitinfo(&all, &info);
	}
}

void linger_as_init(void)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	signal(SIGCHLD, SIG_DFL);
	for (;;) {
		siginfo_t info;

		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
		sigwaitinfo(&all, &info);
	}
}
