/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * step_setup.c - run a command once in namespaces that are to be kept, before
 * they are.
 */
#include "step.h"

#include <grp.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "diag.h"
#include "run.h"

static ns_set wants_setup(const struct plan *plan)
{
	return step_once_if(plan->setup != NULL);
}

static void describe_setup(const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	fprintf(out, "run '%s' to set it up", plan->setup[0]);
}

/* In a user namespace just made, be its root, if it has one: as who enters it later is. */
static int become_root(void)
{
	/* Not mapped, or not allowed: then nobody else could be it either. */
	if (setgroups(0, NULL) < 0)
		debug("groups cannot be given up there");
	if (setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0)
		debug("there is no root to become there");
	return 0;
}

static int stay_the_same(void)
{
	return 0;
}

/* Why its end was no success, for the caller to free. */
static char *explain(int status)
{
	const char *name;

	if (!WIFSIGNALED(status))
		return xasprintf("it ended with status %d", WEXITSTATUS(status));
	name = sigabbrev_np(WTERMSIG(status));
	return xasprintf("it was ended by signal %s", name ? name : "unknown");
}

static int run_setup(struct spawn *spawn, _unused_ enum ns_type type)
{
	const struct plan *plan = spawn->plan;
	bool is_new_user = ns_set_has(plan->create, NS_USER);
	int status, r;

	/* The command must not go on without those who wait for it. */
	if (spawn->child.parent_pidfd >= 0) {
		r = child_die_with_parent(&spawn->child, SIGKILL);
		if (r < 0)
			return r;
	}
	r = run_in_foreground(plan->setup, is_new_user ? become_root : stay_the_same, &status);
	if (r < 0 || status == 0)
		return r;
	spawn->hint = explain(status);
	return -ECANCELED;
}

const struct step step_setup = {
	.call = "execve",
	.wanted = wants_setup,
	.describe = describe_setup,
	.run = run_setup,
};
