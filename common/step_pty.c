/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * step_pty.c - a pseudo-terminal for the program: found, opened, and made the
 * program's terminal.
 *
 * It is opened where and as whom the program will run: so it has a name there,
 * and belongs to its user. The master goes to the supervisor, which relays.
 */
#include "step.h"

#include "diag.h"
#include "hint.h"
#include "proc.h"
#include "pty.h"

static ns_set wants_pty(const struct plan *plan)
{
	return step_once_if(plan->pty);
}

static _noreturn_ void fail_pty(_unused_ const struct plan *plan, _unused_ enum ns_type type,
				const char *description, int error)
{
	die_with_hint(error, description, hint_pty(error));
}

/* What is needed of the caller's world. */

static void describe_host_pty(_unused_ const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	fputs("hold the caller's /proc and /dev/ptmx", out);
}

static int run_host_pty(struct spawn *spawn, _unused_ enum ns_type type)
{
	if (spawn->procfd < 0) {
		int r = proc_open(&spawn->procfd);

		if (r < 0)
			return r;
	}
	/* It is missed only where the world entered has none either. */
	pty_find_ptmx(&spawn->host_ptmx);
	return 0;
}

const struct step step_host_pty = {
	.call = "openat",
	.wanted = wants_pty,
	.describe = describe_host_pty,
	.run = run_host_pty,
};

/* Open it. */

static void describe_pty(_unused_ const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	fputs("open a pseudo-terminal", out);
}

/* Of the world that we are in, or else the caller's. */
static int open_pair(const struct spawn *spawn, struct pty_pair *ret)
{
	_cleanup_close_ int ptmx = -EBADF;
	int r;

	r = pty_find_ptmx(&ptmx);
	if (r == 0)
		r = pty_open(spawn->procfd, ptmx, ret);
	if (r == 0 || spawn->host_ptmx < 0)
		return r;
	debug("no pseudo-terminal is to be had from /dev/ptmx here: take the caller's");
	return pty_open(spawn->procfd, spawn->host_ptmx, ret);
}

static int run_pty(struct spawn *spawn, _unused_ enum ns_type type)
{
	_cleanup_(pty_pair_release) struct pty_pair pair = PTY_PAIR_NONE;
	int r;

	r = open_pair(spawn, &pair);
	if (r == 0)
		r = pty_hand_over(spawn->pty_line[1], &pair);
	if (r < 0)
		return r;
	spawn->pty_slave = take_fd(&pair.slave);
	return 0;
}

const struct step step_pty = {
	.call = "ioctl, sendmsg",
	.wanted = wants_pty,
	.describe = describe_pty,
	.run = run_pty,
	.fail = fail_pty,
};

/* Have it, and no other: the last thing, for until then keys and messages are the caller's. */

static void describe_session(_unused_ const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	fputs("have the pseudo-terminal alone, in a new session", out);
}

static int run_session(struct spawn *spawn, _unused_ enum ns_type type)
{
	int r;

	r = pty_hide_others(spawn->procfd);
	if (r == 0)
		r = diag_keep_stderr();
	return r < 0 ? r : pty_make_ours(spawn->pty_slave);
}

const struct step step_session = {
	.call = "setsid, ioctl",
	.wanted = wants_pty,
	.describe = describe_session,
	.run = run_session,
	.fail = fail_pty,
};
