/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * listen.c - print the number of each signal as it comes, until standard input
 * has something to read or ends.
 *
 * Prints "ready" first and "end" last. A shell would do, were it not that its
 * read and its traps get in each other's way.
 */
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>

#include "base.h"
#include "diag.h"

int main(void)
{
	struct pollfd sources[] = { { .fd = STDIN_FILENO, .events = POLLIN }, { .events = POLLIN } };
	struct signalfd_siginfo info;
	sigset_t all;

	diag_init("listen", EXIT_FAILURE);
	setvbuf(stdout, NULL, _IOLBF, 0);
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	sources[1].fd = signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
	if (sources[1].fd < 0)
		die(-errno, "cannot listen for signals");
	puts("ready");
	do {
		if (poll(sources, ARRAY_SIZE(sources), -1) < 0)
			die(-errno, "cannot wait");
		/* Those that came before the end of the input count as well. */
		while (read(sources[1].fd, &info, sizeof(info)) == (ssize_t)sizeof(info))
			printf("%u\n", info.ssi_signo);
	} while (!sources[0].revents);
	puts("end");
	return EXIT_SUCCESS;
}
