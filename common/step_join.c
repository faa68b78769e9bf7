/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * step_join.c - enter namespaces that exist; setns(2).
 */
#include "step.h"

#include <fcntl.h>

#include "diag.h"
#include "hint.h"
#include "kernel.h"
#include "ns_query.h"

/* What is being joined: "net:[...]" is not known before it is opened, so the user's words. */
static const struct ns_ref *reference_of(const struct plan *plan, enum ns_type type)
{
	return plan->join[type].kind != NS_REF_NONE ? &plan->join[type] : &plan->target;
}

/* Open what is to be joined, before anything is entered. */

static ns_set wants_open(const struct plan *plan)
{
	return plan_target_joins(plan) | plan_explicit_joins(plan);
}

static void describe_open(const struct plan *plan, enum ns_type type, FILE *out)
{
	if (type == NS_TYPE_INVALID)
		fputs("open the namespaces to enter", out);
	else
		fprintf(out, "open the %s namespace of '%s'", ns_types[type].name,
			reference_of(plan, type)->text);
}

/* Is the open namespace the one that we are in? Then joining it is no change. */
static bool is_ours(int fd, enum ns_type type)
{
	_cleanup_free_ char *path = xasprintf("/proc/self/%s", ns_types[type].proc_file);
	struct ns_id ours, its;

	return ns_id_of_path(AT_FDCWD, path, &ours) == 0 && ns_id_of_fd(fd, &its) == 0 &&
	       ns_id_equal(ours, its);
}

static int open_target(struct spawn *spawn)
{
	if (spawn->target.pidfd >= 0)
		return 0;
	return ns_ref_open_process(&spawn->plan->target, &spawn->target);
}

/*
 * Why the target has no namespace of a type. -ENODATA: the kernel lacks the
 * type, or the name keeps none; -ESRCH: it is a zombie; -ENOENT: no such name.
 */
static int lack_of_target(const struct ns_ref *target, enum ns_type type)
{
	_cleanup_free_ char *ours = NULL;

	if (target->kind == NS_REF_PIN)
		return pin_types(target->name) ? -ENODATA : -ENOENT;
	ours = xasprintf("/proc/self/%s", ns_types[type].proc_file);
	return access(ours, F_OK) == 0 ? -ESRCH : -ENODATA;
}

static int run_open(struct spawn *spawn, enum ns_type type)
{
	const struct plan *plan = spawn->plan;
	const struct ns_ref *ref = reference_of(plan, type);
	bool is_of_target = ref == &plan->target;
	_cleanup_close_ int fd = -EBADF;
	enum ns_type actual;
	int r;

	if (is_of_target && ref->kind == NS_REF_PROCESS) {
		r = open_target(spawn);
		if (r == 0)
			r = ns_open(spawn->target.dirfd, ns_types[type].proc_file, &fd);
	} else {
		r = ns_ref_open(ref, type, &fd);
	}
	if (r == -ENOENT && is_of_target) {
		r = lack_of_target(ref, type);
		/* Of everything, what is not there need not be entered. */
		if (r == -ENODATA && plan->join_all && !ns_set_has(plan->join_types, type))
			return 0;
		if (r == -ENODATA)
			r = -ENOENT;
	}
	if (r < 0)
		return r;
	actual = ns_query_type(fd);
	if (actual < 0)
		return actual;
	if (actual != type)
		return -EMEDIUMTYPE;
	if (is_ours(fd, type))
		return 0;

	spawn->joined_user |= type == NS_USER;
	spawn->joined_pid |= type == NS_PID;
	/* With a user namespace from elsewhere, an order has to be found. */
	if (is_of_target && ref->kind == NS_REF_PROCESS && plan->join[NS_USER].kind == NS_REF_NONE)
		spawn->target_types |= ns_set_of(type);
	else
		spawn->join_fd[type] = take_fd(&fd);
	return 0;
}

static _noreturn_ void fail_open(_unused_ const struct plan *plan, enum ns_type type, const char *description,
				 int error)
{
	/* The kernel's words for these speak of something else. */
	if (error == -EMEDIUMTYPE)
		die(0, "cannot %s: it is no %s namespace", description, ns_types[type].name);
	if (error == -EOPNOTSUPP)
		die(0, "cannot %s: give a process, a file or pin:NAME", description);
	if (error == -ESTALE)
		die(0, "cannot %s: that process has ended, and its pid is another's now", description);
	die_with_hint(error, description, hint_open(error));
}

const struct step step_open = {
	.call = "openat",
	.wanted = wants_open,
	.describe = describe_open,
	.run = run_open,
	.fail = fail_open,
};

/* Join. */

static ns_set wants_join(const struct plan *plan)
{
	return step_once_if(plan_joins(plan));
}

static void describe_join(const struct plan *plan, enum ns_type type, FILE *out)
{
	const char *separator = "enter the ";

	if (type != NS_TYPE_INVALID) {
		fprintf(out, "enter the %s namespace of '%s'", ns_types[type].name,
			reference_of(plan, type)->text);
		return;
	}
	if (plan_target_joins(plan)) {
		ns_set set = plan_target_joins(plan);
		_cleanup_free_ char *types = ns_set_format(set);
		bool is_one = (set & (set - 1)) == 0;

		fprintf(out, "enter the %s namespace%s of '%s'", plan->join_all ? "other" : types,
			is_one ? "" : "s", plan->target.text);
		separator = ", the ";
	}
	for (int t = 0; t < NS_TYPE_COUNT; t++) {
		if (plan->join[t].kind == NS_REF_NONE)
			continue;
		fprintf(out, "%s%s namespace of '%s'", separator, ns_types[t].name, plan->join[t].text);
		separator = ", the ";
	}
}

static int join_one(struct spawn *spawn, enum ns_type type)
{
	int r;

	if (spawn->join_fd[type] < 0)
		return 0;
	r = kernel_setns(spawn->join_fd[type], ns_types[type].clone_flag);
	if (r < 0)
		spawn->failed_type = type;
	spawn->join_fd[type] = close_fd(spawn->join_fd[type]);
	return r;
}

/* The user namespace that will be joined; -ENOENT where none will. */
static int user_to_join(const struct spawn *spawn, struct ns_id *ret)
{
	if (ns_set_has(spawn->target_types, NS_USER))
		return ns_id_of_path(spawn->target.dirfd, ns_types[NS_USER].proc_file, ret);
	return spawn->join_fd[NS_USER] >= 0 ? ns_id_of_fd(spawn->join_fd[NS_USER], ret) : -ENOENT;
}

/* The types opened one by one that belong to the user namespace to be joined. */
static ns_set joins_below_user(const struct spawn *spawn)
{
	struct ns_id user;
	ns_set below = 0;

	if (user_to_join(spawn, &user) < 0)
		return 0;
	for (int type = 0; type < NS_TYPE_COUNT; type++)
		if (spawn->join_fd[type] >= 0 && ns_query_is_below(spawn->join_fd[type], user))
			below |= ns_set_of(type);
	return below & ~ns_set_of(NS_USER);
}

static int join_types(struct spawn *spawn, ns_set types)
{
	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		int r = ns_set_has(types, type) ? join_one(spawn, type) : 0;

		if (r < 0)
			return r;
	}
	return 0;
}

/*
 * Joining a user namespace gives every right in it and takes those outside. So
 * first what belongs to others, then the user namespace, then what it owns.
 * What comes from one process needs no order: the kernel joins it all at once.
 */
static int run_join(struct spawn *spawn, _unused_ enum ns_type type)
{
	ns_set below = joins_below_user(spawn);
	int r;

	r = join_types(spawn, NS_SET_ALL & ~below & ~ns_set_of(NS_USER));
	if (r < 0)
		return r;
	if (spawn->target_types) {
		r = kernel_setns(spawn->target.pidfd, ns_set_clone_flags(spawn->target_types));
		if (r < 0)
			return r;
	}
	return join_types(spawn, ns_set_of(NS_USER)) ?: join_types(spawn, below);
}

static _noreturn_ void fail_join(_unused_ const struct plan *plan, enum ns_type type, const char *description,
				 int error)
{
	die_with_hint(error, description, hint_join(type, error));
}

const struct step step_join = {
	.call = "setns",
	.wanted = wants_join,
	.describe = describe_join,
	.run = run_join,
	.fail = fail_join,
};
