/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * run.c - fork, exec, and the status.
 */
#include "run.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "file.h"

/* Exit status of a tool that cannot be executed; none of those we run ends with it. */
enum { TOOL_NOT_FOUND = 127 };

/* Start a tool with standard output at `output`, other standard descriptors at /dev/null. */
static pid_t start_tool(const char *const *argv, int output)
{
	pid_t pid = fork();

	if (pid == 0) {
		int null = open("/dev/null", O_RDWR | O_CLOEXEC);
		sigset_t none;

		if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDERR_FILENO) < 0 ||
		    dup2(output < 0 ? null : output, STDOUT_FILENO) < 0)
			_exit(EXIT_FAILURE);
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		execvp(argv[0], (char *const *)argv);
		_exit(errno == ENOENT ? TOOL_NOT_FOUND : EXIT_FAILURE);
	}
	return pid < 0 ? -errno : pid;
}

/* Its exit status, 128+s, or -errno. */
static int wait_for_tool(pid_t pid)
{
	int status;
	pid_t r;

	do {
		r = waitpid(pid, &status, 0);
	} while (r < 0 && errno == EINTR);
	if (r < 0)
		return -errno;
	if (WIFSIGNALED(status))
		return 128 + WTERMSIG(status);
	return WEXITSTATUS(status) == TOOL_NOT_FOUND ? -ENOENT : WEXITSTATUS(status);
}

int run_quietly(const char *const *argv)
{
	struct sigaction default_action = { .sa_handler = SIG_DFL }, before;
	pid_t pid;
	int r;

	/* Ignored, it would have the kernel throw the status away. */
	sigaction(SIGCHLD, &default_action, &before);
	pid = start_tool(argv, -EBADF);
	r = pid < 0 ? (int)pid : wait_for_tool(pid);
	sigaction(SIGCHLD, &before, NULL);
	return r;
}

/* In the child: become the program; what fails is told through the pipe. */
static _noreturn_ void become_program(char *const *argv, int (*set_up)(void), pid_t parent, int report)
{
	int r;

	prctl(PR_SET_PDEATHSIG, (unsigned long)SIGKILL);
	r = set_up();
	/* A change of credentials makes the kernel forget it. */
	if (r == 0 && prctl(PR_SET_PDEATHSIG, (unsigned long)SIGKILL) < 0)
		r = -errno;
	if (getppid() != parent)
		_exit(EXIT_FAILURE);
	if (r == 0) {
		execvp(argv[0], argv);
		r = -errno;
	}
	_exit(write(report, &r, sizeof(r)) < 0 ? EXIT_FAILURE : 0);
}

int run_in_foreground(char *const *argv, int (*set_up)(void), int *ret_status)
{
	struct sigaction default_action = { .sa_handler = SIG_DFL }, before;
	_cleanup_close_ int reading = -EBADF, writing = -EBADF;
	pid_t parent = getpid(), pid, waited;
	int pair[2], status, error = 0;

	if (pipe2(pair, O_CLOEXEC) < 0)
		return -errno;
	reading = pair[0];
	writing = pair[1];
	sigaction(SIGCHLD, &default_action, &before);
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0)
		become_program(argv, set_up, parent, writing);
	writing = close_fd(writing);
	/* Orphans of it may become our children, as the pid 1 of a namespace. */
	do {
		waited = waitpid(-1, &status, 0);
	} while (waited != pid && (waited >= 0 || errno == EINTR));
	if (waited < 0)
		error = -errno;
	sigaction(SIGCHLD, &before, NULL);
	if (error == 0 && read(reading, &error, sizeof(error)) < 0)
		error = -errno;
	if (error < 0)
		return error;
	*ret_status = status;
	return 0;
}

int run_for_output(const char *const *argv, char **ret)
{
	struct sigaction default_action = { .sa_handler = SIG_DFL }, before;
	_cleanup_close_ int reading = -EBADF, writing = -EBADF;
	_cleanup_free_ char *text = NULL;
	int pair[2];
	pid_t pid;
	int r, status;

	if (pipe2(pair, O_CLOEXEC) < 0)
		return -errno;
	reading = pair[0];
	writing = pair[1];
	sigaction(SIGCHLD, &default_action, &before);
	pid = start_tool(argv, writing);
	writing = close_fd(writing);
	r = pid < 0 ? (int)pid : read_descriptor(reading, &text, NULL);
	status = pid < 0 ? 0 : wait_for_tool(pid);
	sigaction(SIGCHLD, &before, NULL);
	if (r < 0 || status < 0)
		return r < 0 ? r : status;
	if (status != 0)
		return -EPROTO;
	*ret = take_ptr(text);
	return 0;
}
