/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * capture.h - run a function that may end the program in a child, and keep
 * its exit status and what it printed.
 */
#ifndef NSX_TESTS_CAPTURE_H
#define NSX_TESTS_CAPTURE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct captured {
	int status; /* 128 + the signal where one ended it */
	char out[8192];
	char err[8192];
};

static inline void capture_text(FILE *file, char *text, size_t size)
{
	rewind(file);
	text[fread(text, 1, size - 1, file)] = '\0';
	fclose(file);
}

/* A function that returns ends with status 0. */
static inline struct captured capture(void (*function)(void *argument), void *argument)
{
	static struct captured captured;
	FILE *out = tmpfile(), *err = tmpfile();
	int status = 0;
	pid_t pid;

	if (!out || !err)
		abort();
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		dup2(fileno(out), STDOUT_FILENO);
		dup2(fileno(err), STDERR_FILENO);
		function(argument);
		exit(EXIT_SUCCESS);
	}
	waitpid(pid, &status, 0);
	captured.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	capture_text(out, captured.out, sizeof(captured.out));
	capture_text(err, captured.err, sizeof(captured.err));
	return captured;
}

#endif /* NSX_TESTS_CAPTURE_H */
