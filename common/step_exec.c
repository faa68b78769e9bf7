/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * step_exec.c - the program's environment, and the program.
 */
#include "step.h"

#include <string.h>

#include "diag.h"
#include "environment.h"
#include "file.h"
#include "hint.h"
#include "outside.h"
#include "proc.h"
#include "static_program.h"

/* The environment of the target. */

static ns_set wants_read_environment(const struct plan *plan)
{
	return step_once_if(plan->takes_env);
}

static void describe_read_environment(const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	fprintf(out, "read the environment of '%s'", plan->target.text);
}

static int run_read_environment(struct spawn *spawn, _unused_ enum ns_type type)
{
	struct proc_stat stat;
	int r, looked;

	r = step_hold_target(spawn);
	if (r < 0)
		return r;
	r = read_file(spawn->target.dirfd, "environ", &spawn->environment, &spawn->environment_size);
	if (r == 0 && spawn->environment_size > 0)
		return 0;
	/*
	 * A process without memory has none: by kernel, the file is empty, or there
	 * is nobody to read from, or nobody who may. Kernel threads are like that,
	 * and zombies too, which have had one.
	 */
	looked = proc_stat_read(spawn->target.dirfd, &stat);
	if (looked == -ENOENT || (looked == 0 && stat.state == 'Z'))
		return -ESRCH;
	if (looked < 0)
		return looked;
	return r == -ESRCH ? 0 : r;
}

static _noreturn_ void fail_read_environment(_unused_ const struct plan *plan, _unused_ enum ns_type type,
					     const char *description, int error)
{
	die_with_hint(error, description, hint_target_file(error));
}

const struct step step_read_environment = {
	.call = "read",
	.wanted = wants_read_environment,
	.describe = describe_read_environment,
	.run = run_read_environment,
	.fail = fail_read_environment,
};

/* That of the program. */

static ns_set wants_environment(const struct plan *plan)
{
	return step_once_if(plan->takes_env || plan->clears_env || plan->keep_env);
}

static void describe_environment(const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	if (plan->takes_env)
		fprintf(out, "take the environment of '%s'", plan->target.text);
	if (plan->takes_env && (plan->clears_env || plan->keep_env))
		fputs(" and ", out);
	if (plan->clears_env || plan->keep_env)
		fputs("clear the environment", out);
	if (plan->keep_env)
		fprintf(out, ", but for %s", plan->keep_env);
}

static size_t count_variables(char *const *list)
{
	size_t count = 0;

	while (list && list[count])
		count++;
	return count;
}

/*
 * With files that are not the target's: what leads programs to code stays as we
 * have it, for who wrote that environment is not to choose it.
 */
static int take_environment(const struct spawn *spawn)
{
	bool is_guarded = !spawn->has_files_of_target;
	const char *block = spawn->environment ? spawn->environment : "";
	char **taken, **merged, **to;
	int r;

	r = environment_parse(block, spawn->environment_size, &taken);
	if (r < 0)
		return r;
	to = merged = xcalloc(count_variables(taken) + count_variables(environ) + 1, sizeof(*merged));
	for (char **from = taken; *from; from++)
		if (!is_guarded || !environment_names_code(*from))
			*to++ = *from;
	for (char **from = environ; is_guarded && from && *from; from++)
		if (environment_names_code(*from))
			*to++ = *from;
	free(taken);
	environ = merged;
	return 0;
}

static int run_environment(struct spawn *spawn, _unused_ enum ns_type type)
{
	const struct plan *plan = spawn->plan;
	char **to;
	int r;

	if (plan->takes_env) {
		r = take_environment(spawn);
		if (r < 0)
			return r;
	}
	if (!plan->clears_env && !plan->keep_env)
		return 0;
	to = environ;
	for (char **from = environ; from && *from; from++)
		if (plan->keep_env && environment_is_listed(*from, plan->keep_env))
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

/* The program, where it is one of the caller's files. */

static ns_set wants_take_program(const struct plan *plan)
{
	return step_once_if(plan->takes_program);
}

static void describe_take_program(const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	fprintf(out, "take '%s' along", plan->argv[0]);
}

static int run_take_program(struct spawn *spawn, _unused_ enum ns_type type)
{
	return static_program_open(spawn->plan->argv[0], &spawn->program_file);
}

static _noreturn_ void fail_take_program(_unused_ const struct plan *plan, _unused_ enum ns_type type,
					 const char *description, int error)
{
	char *hint = hint_program(error);

	/* The kernel's words for some of these speak of something else. */
	if (hint)
		die_status(EXIT_CANNOT_RUN, 0, "cannot %s: %s", description, hint);
	die_status(error == -ENOENT ? EXIT_NOT_FOUND : EXIT_CANNOT_RUN, error, "cannot %s", description);
}

const struct step step_take_program = {
	.call = "memfd_create",
	.wanted = wants_take_program,
	.describe = describe_take_program,
	.run = run_take_program,
	.fail = fail_take_program,
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
	if (plan->takes_program)
		fexecve(spawn->program_file, plan->argv, environ);
	else
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
