/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plan_cli_life.c - options for the life of the program, and for telling
 * others of it. No effects.
 */
#include "plan_cli.h"

#include <signal.h>

#include "text.h"

enum {
	CODE_FORWARD_SIGNALS = CLI_LIFE_CODES,
	CODE_KILL_CHILD,
	CODE_INIT,
	CODE_PID_FILE,
	CODE_INFO_FD,
	CODE_JSON_STATUS_FD,
	CODE_BLOCK_FD,
	CODE_USERNS_BLOCK_FD,
	CODE_SYNC_FD,
	CODE_PTY,
};

/* Life. */

static const struct cli_option life_options[] = {
	{ 'f', "fork", CLI_NO_ARGUMENT, NULL,
	  "run the program as a child, and end as it does; implied by --pid, --time", PLAN_EXCLUSIVE_FORK },
	{ 'F', "no-fork", CLI_NO_ARGUMENT, NULL, "run the program in place of ourselves",
	  PLAN_EXCLUSIVE_FORK },
	{ CODE_FORWARD_SIGNALS, "forward-signals", CLI_NO_ARGUMENT, NULL,
	  "implies --fork, with which all signals are forwarded", 0 },
	{ CODE_KILL_CHILD, "kill-child", CLI_OPTIONAL, "SIGNAL",
	  "send the child SIGNAL (KILL) when we end; implies --fork", 0 },
	{ CODE_INIT, "init", CLI_NO_ARGUMENT, NULL,
	  "run the program below a small init that reaps and forwards signals; implies --pid", 0 },
};

/* The same where the pid namespace is there already, with a first process of its own. */
static const struct cli_option enter_life_options[] = {
	{ 'f', "fork", CLI_NO_ARGUMENT, NULL,
	  "run the program as a child, and end as it does; implied where the pid namespace changes",
	  PLAN_EXCLUSIVE_FORK },
	{ 'F', "no-fork", CLI_NO_ARGUMENT, NULL, "run the program in place of ourselves",
	  PLAN_EXCLUSIVE_FORK },
	{ CODE_FORWARD_SIGNALS, "forward-signals", CLI_NO_ARGUMENT, NULL,
	  "implies --fork, with which all signals are forwarded", 0 },
	{ CODE_KILL_CHILD, "kill-child", CLI_OPTIONAL, "SIGNAL",
	  "send the child SIGNAL (KILL) when we end; implies --fork", 0 },
	{ CODE_INIT, "init", CLI_NO_ARGUMENT, NULL,
	  "run the program below a small init that reaps and forwards signals; implies --fork", 0 },
	{ CODE_PTY, "pty", CLI_NO_ARGUMENT, NULL,
	  "give the program a terminal of its own, and not ours; implies --fork", 0 },
};

static int apply_life(void *request, int code, const char *argument)
{
	struct plan *plan = request;

	switch (code) {
	case 'f':
		plan->fork = FORK_ALWAYS;
		return 0;
	case CODE_FORWARD_SIGNALS:
		plan->forwards_signals = true;
		return 0;
	case 'F':
		plan->fork = FORK_NEVER;
		return 0;
	case CODE_KILL_CHILD:
		plan->kill_child = SIGKILL;
		return argument ? parse_signal(argument, &plan->kill_child) : 0;
	case CODE_INIT:
		plan->init = true;
		return 0;
	case CODE_PTY:
		plan->pty = true;
		return 0;
	}
	return -EINVAL;
}

const struct cli_group plan_cli_enter_life_group = {
	"Life",
	enter_life_options,
	ARRAY_SIZE(enter_life_options),
	apply_life,
};

const struct cli_group plan_cli_life_group = {
	"Life",
	life_options,
	ARRAY_SIZE(life_options),
	apply_life,
};

/* Telling others. */

#define ROWS_OF_TELLING                                                                                        \
	{ CODE_PID_FILE, "pid-file", CLI_REQUIRED, "FILE", "write the pid to FILE when all is set up", 0 },    \
		{ CODE_INFO_FD, "info-fd", CLI_REQUIRED, "FD", "write pid and namespaces to FD, as JSON", 0 }, \
		{ CODE_JSON_STATUS_FD,                                                                         \
		  "json-status-fd",                                                                            \
		  CLI_REQUIRED,                                                                                \
		  "FD",                                                                                        \
		  "the same, and the exit status at the end; implies --fork",                                  \
		  0 },                                                                                         \
		{ CODE_BLOCK_FD, "block-fd", CLI_REQUIRED, "FD", "wait on FD before the program runs", 0 },    \
	{                                                                                                      \
		CODE_SYNC_FD, "sync-fd", CLI_REQUIRED, "FD",                                                   \
			"hold FD open as long as the program runs; implies --fork", 0                          \
	}

static const struct cli_option tell_options[] = {
	ROWS_OF_TELLING,
	{ CODE_USERNS_BLOCK_FD, "userns-block-fd", CLI_REQUIRED, "FD",
	  "wait on FD for somebody who writes the id maps", 0 },
};

static const struct cli_option enter_tell_options[] = { ROWS_OF_TELLING };

static int apply_tell(void *request, int code, const char *argument)
{
	struct plan *plan = request;

	switch (code) {
	case CODE_PID_FILE:
		plan->pid_file = argument;
		return *argument ? 0 : -EINVAL;
	case CODE_INFO_FD:
		return parse_fd(argument, &plan->info_fd);
	case CODE_JSON_STATUS_FD:
		return parse_fd(argument, &plan->status_fd);
	case CODE_BLOCK_FD:
		return parse_fd(argument, &plan->block_fd);
	case CODE_USERNS_BLOCK_FD:
		return parse_fd(argument, &plan->user_block_fd);
	case CODE_SYNC_FD:
		return parse_fd(argument, &plan->sync_fd);
	}
	return -EINVAL;
}

static const char tell_heading[] = "Telling others, with the names and keys of bubblewrap";

const struct cli_group plan_cli_tell_group = {
	tell_heading,
	tell_options,
	ARRAY_SIZE(tell_options),
	apply_tell,
};

const struct cli_group plan_cli_enter_tell_group = {
	tell_heading,
	enter_tell_options,
	ARRAY_SIZE(enter_tell_options),
	apply_tell,
};
