/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * step_exec.c - the program's environment, and the program.
 */
#include "step.h"

#include <string.h>

#include "diag.h"
#include "outside.h"

extern char **environ;

/* Environment */

static ns_set wants_environment(const struct plan *plan)
{
	return step_once_if(plan->clears_env || plan->keep_env);
}

static void describe_environment(const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	fputs("clear the environment", out);
	if (plan->keep_env)
		fprintf(out, ", but for %s", plan->keep_env);
}

/* Is "NAME=value" a variable of the list "HOME,TERM"? */
static bool is_kept(const char *variable, const char *list)
{
	size_t length = strcspn(variable, "=");

	while (list) {
		if (strcspn(list, ",") == length && strncmp(list, variable, length) == 0)
			return true;
		list = strchr(list, ',');
		list = list ? list + 1 : NULL;
	}
	return false;
}

static int run_environment(struct spawn *spawn, _unused_ enum ns_type type)
{
	const char *list = spawn->plan->keep_env;
	char **to = environ;

	for (char **from = environ; from && *from; from++)
		if (list && is_kept(*from, list))
			*to++ = *from;
	if (to)
		*to = NULL;
	return 0;
}

const struct step step_environment = {
	.call = "-",
	.wanted = wants_environment,
	.describe = describe_environment,
	.run = run_environment,
};

/* The program */

static ns_set wants_exec(const struct plan *plan)
{
	return step_once_if(plan->program != PROGRAM_NONE);
}

static void describe_exec(const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	fprintf(out, "run '%s'", plan->program == PROGRAM_SHELL ? plan->shell : plan->argv[0]);
}

static int run_exec(struct spawn *spawn, _unused_ enum ns_type type)
{
	const struct plan *plan = spawn->plan;
	int r;

	r = outside_arm(&spawn->outside);
	if (r < 0)
		return r;
	if (plan->program == PROGRAM_SHELL) {
		const char *slash = strrchr(plan->shell, '/');
		/* The leading '-' makes it a login shell, as unshare(1) does. */
		_cleanup_free_ char *name = xasprintf("-%s", slash ? slash + 1 : plan->shell);

		execl(plan->shell, name, (char *)NULL);
		return -errno;
	}
	execvp(plan->argv[0], plan->argv);
	return -errno;
}

static _noreturn_ void fail_exec(_unused_ const struct plan *plan, _unused_ enum ns_type type,
				 const char *description, int error)
{
	die_status(error == -ENOENT ? EXIT_NOT_FOUND : EXIT_CANNOT_RUN, error, "cannot %s", description);
}

const struct step step_exec = {
	.call = "execve",
	.wanted = wants_exec,
	.describe = describe_exec,
	.run = run_exec,
	.fail = fail_exec,
};
