/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * step_join.c - enter namespaces that exist; setns(2).
 *
 * What comes from one process is joined by one system call, all or nothing.
 * Where that cannot be (an old kernel, references of several origins, owners
 * that have to be entered first), or where it failed and one wants to know
 * which namespace it was, they are joined one at a time (join_owners.h).
 */
#include "step.h"

#include <grp.h>
#include <linux/capability.h>
#include <sys/prctl.h>

#include "diag.h"
#include "hint.h"
#include "join_owners.h"
#include "kernel.h"
#include "ns_query.h"

static ns_set wants_join(const struct plan *plan)
{
	return step_once_if(plan_joins(plan));
}

/* What is entered itself, and not for the user namespace above it. */
static bool is_entered(const struct plan *plan, enum ns_type type)
{
	return type != NS_USER || !plan->joins_user_parent;
}

static void describe_target(const struct plan *plan, ns_set set, FILE *out)
{
	_cleanup_free_ char *types = ns_set_format(set);
	bool is_one = (set & (set - 1)) == 0;

	if (plan_target_is_namespace(plan))
		fprintf(out, "'%s'", plan->target.text);
	else
		fprintf(out, "the %s namespace%s of '%s'", plan->join_all ? "other" : types,
			is_one ? "" : "s", plan->target.text);
}

static void describe_join(const struct plan *plan, enum ns_type type, FILE *out)
{
	ns_set of_target = plan_target_joins(plan);
	const char *separator = "enter ";

	if (!is_entered(plan, NS_USER))
		of_target &= ~ns_set_of(NS_USER);
	if (type != NS_TYPE_INVALID) {
		fputs(separator, out);
		if (is_entered(plan, type))
			fprintf(out, "the %s namespace of '%s'", ns_types[type].name,
				plan_reference_of(plan, type)->text);
		else
			step_name_user_parent(plan, out);
		return;
	}
	if (of_target) {
		fputs(separator, out);
		describe_target(plan, of_target, out);
		separator = ", ";
	}
	for (int t = 0; t < NS_TYPE_COUNT; t++) {
		if (plan->join[t].kind == NS_REF_NONE || !is_entered(plan, t))
			continue;
		fprintf(out, "%sthe %s namespace of '%s'", separator, ns_types[t].name, plan->join[t].text);
		separator = ", ";
	}
	if (plan->joins_user_parent) {
		fputs(separator, out);
		step_name_user_parent(plan, out);
	}
}

/*
 * Where the program is to have none of our other groups in a user namespace,
 * give them up while it can be done: in there it may be denied for good, and
 * with them a program of somebody else's would have our access to files. -EPERM:
 * it takes rights that we have not, or is denied here already.
 */
static int leave_groups(const struct spawn *spawn)
{
	const struct plan *plan = spawn->plan;

	if (!plan->becomes_group || plan->keeps_groups || setgroups(0, NULL) == 0 || errno == EPERM)
		return 0;
	return -errno;
}

/* Say which namespace could not be joined, and why. */
static void explain_failure(struct spawn *spawn, const struct join_arrangement *arrangement,
			    const struct join_turn *failed, int error)
{
	struct join_blame blame = join_blame(arrangement, failed);

	spawn->failed_type = blame.type;
	spawn->hint = hint_join(&blame, error, arrangement->has_rights);
}

/* Say what was entered that nobody asked for, and why. */
static void tell_way_in(const struct spawn *spawn, const struct join_arrangement *arrangement, int user)
{
	const char *whom = spawn->plan->becomes_user ? "" : "; credentials are kept";
	char link[NS_LINK_SIZE];

	ns_link_format(NS_USER, arrangement->owners.list[user].id.ino, link);
	for (size_t i = 0; i < arrangement->count; i++) {
		enum ns_type type = arrangement->pieces[i].type;

		if (type == NS_USER || arrangement->pieces[i].user != user)
			continue;
		warn(0, "note: entered %s as well, which owns the %s namespace of '%s'%s", link,
		     ns_types[type].name, plan_reference_of(spawn->plan, type)->text, whom);
		return;
	}
	warn(0, "note: entered %s as well, which is above the owners of what was asked for%s", link, whom);
}

static int join_way_in(struct spawn *spawn, const struct join_arrangement *arrangement, int user)
{
	int r;

	r = leave_groups(spawn);
	if (r == 0)
		r = kernel_setns(arrangement->owners.list[user].fd, CLONE_NEWUSER);
	if (r < 0)
		return r;
	tell_way_in(spawn, arrangement, user);
	spawn->joined_user = true;
	return 0;
}

static int join_in_turn(struct spawn *spawn, const struct join_arrangement *arrangement)
{
	for (size_t i = 0; i < arrangement->count; i++) {
		const struct join_turn *turn = &arrangement->turns[i];
		enum ns_type type = arrangement->pieces[turn->piece].type;
		int r = 0;

		if (turn->way_in != JOIN_USER_OWN)
			r = join_way_in(spawn, arrangement, turn->way_in);
		if (r == 0)
			r = kernel_setns(spawn->join_fd[type], ns_types[type].clone_flag);
		if (r < 0) {
			explain_failure(spawn, arrangement, turn, r);
			return r;
		}
		spawn->join_fd[type] = close_fd(spawn->join_fd[type]);
	}
	return 0;
}

/* Open what the target's pidfd was to lead to. */
static int open_target_types(struct spawn *spawn)
{
	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		int r;

		if (!ns_set_has(spawn->target_types, type))
			continue;
		r = ns_open(spawn->target.dirfd, ns_types[type].proc_file, &spawn->join_fd[type]);
		if (r < 0) {
			spawn->failed_type = type;
			return r == -ENOENT ? -ESRCH : r;
		}
	}
	spawn->target_types = 0;
	return 0;
}

static int join_one_at_a_time(struct spawn *spawn)
{
	_cleanup_(join_arrangement_release) struct join_arrangement arrangement = { 0 };
	int r;

	r = open_target_types(spawn);
	if (r == 0)
		r = join_arrange(spawn->join_fd, &arrangement);
	return r < 0 ? r : join_in_turn(spawn, &arrangement);
}

/*
 * Can the kernel do it all at once? It can where everything is the target's,
 * and where no owner has to be entered that is not among it.
 */
static bool may_join_at_once(const struct spawn *spawn)
{
	for (int type = 0; type < NS_TYPE_COUNT; type++)
		if (spawn->join_fd[type] >= 0)
			return false;
	return spawn->target_types &&
	       (ns_set_has(spawn->target_types, NS_USER) || kernel_has_capability(CAP_SYS_ADMIN));
}

int step_hide(const struct spawn *spawn)
{
	/* Files of our own in /proc have to be written, and would be root's. */
	if (spawn->plan->create & (ns_set_of(NS_USER) | ns_set_of(NS_TIME)))
		return 0;
	return prctl(PR_SET_DUMPABLE, 0UL) < 0 ? -errno : 0;
}

static int join(struct spawn *spawn)
{
	if (may_join_at_once(spawn)) {
		int r = kernel_setns(spawn->target.pidfd, ns_set_clone_flags(spawn->target_types));

		/* Before 5.8 a pidfd is -EINVAL. */
		if (r == 0 || r == -ESRCH)
			return r;
	}
	return join_one_at_a_time(spawn);
}

static int run_join(struct spawn *spawn, _unused_ enum ns_type type)
{
	int r;

	r = step_hide(spawn);
	if (r == 0 && spawn->joined_user)
		r = leave_groups(spawn);
	if (r == 0)
		r = join(spawn);
	return r < 0 ? r : step_hide(spawn);
}

static _noreturn_ void fail_join(const struct plan *plan, _unused_ enum ns_type type, const char *description,
				 int error)
{
	if (error == -ENODEV)
		die(0, "cannot %s: what comes before a user namespace is told by a /proc that shows us",
		    description);
	die_with_hint(error, description, ns_ref_is_process(&plan->target) ? hint_target_file(error) : NULL);
}

const struct step step_join = {
	.call = "setns",
	.wanted = wants_join,
	.describe = describe_join,
	.run = run_join,
	.fail = fail_join,
};
