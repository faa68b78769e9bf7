/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * crowd.c - many processes that sleep, until standard input ends.
 *
 *   crowd COUNT EVERY [-u|-i|-n|...]...
 *
 * One in EVERY of the processes (0: none) is in a namespace of its own, of the
 * types named in turn. Each has the three standard descriptors open. Prints
 * "ready" when all of them are there; none outlives this one.
 */
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "base.h"
#include "diag.h"
#include "ns_type.h"
#include "text.h"

static const int *flags; /* CLONE_NEW*, in turn */
static size_t n_flags;

static _noreturn_ void sleep_in(int flag)
{
	/* What our parent does for us in good times, should it be killed. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (flag && unshare(flag) < 0)
		_exit(EXIT_FAILURE);
	kill(getpid(), SIGSTOP);
	for (;;)
		pause();
}

/* Started, and where it is to be: a stop tells that, an end that it failed. */
static pid_t start_one(int flag)
{
	pid_t pid = fork();
	int status;

	if (pid < 0)
		die(-errno, "cannot fork");
	if (pid == 0)
		sleep_in(flag);
	if (waitpid(pid, &status, WUNTRACED) < 0 || !WIFSTOPPED(status))
		die(0, "cannot create a namespace");
	kill(pid, SIGCONT);
	return pid;
}

static void wait_for_end(void)
{
	char byte;

	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
}

static void parse(int argc, char **argv, int *ret_count, int *ret_every)
{
	int *list = xcalloc((size_t)argc, sizeof(*list));

	if (argc < 3 || parse_fd(argv[1], ret_count) < 0 || parse_fd(argv[2], ret_every) < 0)
		die(0, "how many, and how many of them in namespaces?");
	for (int i = 3; i < argc; i++) {
		enum ns_type type =
			argv[i][0] == '-' && argv[i][1] ? ns_type_from_letter(argv[i][1]) : NS_TYPE_INVALID;

		if (type < 0)
			die(0, "unknown word '%s'", argv[i]);
		list[n_flags++] = ns_types[type].clone_flag;
	}
	flags = list;
}

int main(int argc, char **argv)
{
	_cleanup_free_ pid_t *pids = NULL;
	int count, every, entered = 0;

	diag_init("crowd", EXIT_FAILURE);
	parse(argc, argv, &count, &every);
	/* The same number of descriptors wherever it runs. */
	close_range(STDERR_FILENO + 1, ~0u, 0);
	pids = xcalloc((size_t)count, sizeof(*pids));
	for (int i = 0; i < count; i++) {
		bool enters = every && n_flags && i % every == 0;

		pids[i] = start_one(enters ? flags[(size_t)entered++ % n_flags] : 0);
	}
	puts("ready");
	fflush(stdout);
	wait_for_end();
	for (int i = 0; i < count; i++)
		kill(pids[i], SIGKILL);
	while (wait(NULL) > 0)
		;
	free((void *)flags);
	return EXIT_SUCCESS;
}
