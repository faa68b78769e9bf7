/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * step_cgroup.c - join the cgroups of the target; cgroups(7). They are opened
 * before anything is entered, for then they may be out of sight. The program
 * alone moves, not the process that waits for it.
 */
#include "step.h"

#include "diag.h"
#include "hint.h"

static ns_set wants_cgroup(const struct plan *plan)
{
	return step_once_if(plan->joins_cgroup);
}

/* Open. */

static void describe_open(const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	fprintf(out, "open the cgroups of '%s'", plan->target.text);
}

static int run_open(struct spawn *spawn, _unused_ enum ns_type type)
{
	int r;

	r = step_hold_target(spawn);
	return r < 0 ? r
		     : cgroup_joins_open(spawn->procfd, spawn->target.dirfd, &spawn->cgroups,
					 &spawn->failed_at);
}

static _noreturn_ void fail_open(const struct plan *plan, _unused_ enum ns_type type, const char *description,
				 int error)
{
	/* The kernel's words for these speak of something else. */
	if (error == -ESTALE || error == -EOPNOTSUPP)
		die(0, "cannot %s: %s", description, hint_reference(&plan->target, NS_TYPE_INVALID, error));
	if (error == -ENODEV)
		die(0, "cannot %s: no such hierarchy of cgroups is mounted here", description);
	if (error == -EXDEV)
		die(0,
		    "cannot %s: it is out of sight: the cgroups mounted here are another part of the tree, "
		    "as in a cgroup namespace or a container",
		    description);
	die_with_hint(error, description, hint_cgroup_open(error));
}

const struct step step_cgroup_open = {
	.call = "openat",
	.wanted = wants_cgroup,
	.describe = describe_open,
	.run = run_open,
	.fail = fail_open,
};

/* Join. */

static void describe_join(const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	fprintf(out, "join the cgroups of '%s'", plan->target.text);
}

static int run_join(struct spawn *spawn, _unused_ enum ns_type type)
{
	int r;

	r = cgroup_joins_enter(&spawn->cgroups, &spawn->failed_at);
	cgroup_joins_release(&spawn->cgroups);
	return r;
}

static _noreturn_ void fail_join(_unused_ const struct plan *plan, _unused_ enum ns_type type,
				 const char *description, int error)
{
	die_with_hint(error, description, hint_cgroup_join(error));
}

const struct step step_cgroup = {
	.call = "write",
	.wanted = wants_cgroup,
	.describe = describe_join,
	.run = run_join,
	.fail = fail_join,
};
