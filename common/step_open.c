/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * step_open.c - open what is to be joined, before anything is entered: each
 * namespace that a reference means, or the process that all of them are of.
 */
#include "step.h"

#include <fcntl.h>

#include "diag.h"
#include "hint.h"
#include "kernel.h"
#include "ns_query.h"
#include "proc.h"

static enum ns_type first_of(ns_set set)
{
	for (int type = 0; type < NS_TYPE_COUNT; type++)
		if (ns_set_has(set, type))
			return type;
	return NS_TYPE_INVALID;
}

/* The link to the namespace that is meant of a process: its own, or that of its children. */
static const char *proc_file_of(const struct plan *plan, enum ns_type type)
{
	return plan->for_children ? ns_type_children_file(type) : ns_types[type].proc_file;
}

static ns_set wants_open(const struct plan *plan)
{
	if (plan_target_is_namespace(plan))
		return STEP_ONCE | plan_explicit_joins(plan);
	return plan_target_joins(plan) | plan_explicit_joins(plan);
}

static void describe_open(const struct plan *plan, enum ns_type type, FILE *out)
{
	if (type != NS_TYPE_INVALID)
		fprintf(out, "open the %s namespace of '%s'", ns_types[type].name,
			plan_reference_of(plan, type)->text);
	else if (plan_target_is_namespace(plan))
		fprintf(out, "open '%s'", plan->target.text);
	else
		fputs("open the namespaces to enter", out);
}

/* Is the open namespace the one that we are in? Then joining it is no change. */
static bool is_ours(int fd, enum ns_type type)
{
	_cleanup_free_ char *path = xasprintf("/proc/self/%s", ns_types[type].proc_file);
	struct ns_id ours, its;

	return ns_id_of_path(AT_FDCWD, path, &ours) == 0 && ns_id_of_fd(fd, &its) == 0 &&
	       ns_id_equal(ours, its);
}

/* The same of a link that was read. */
static bool is_our_link(ino_t inode, enum ns_type type)
{
	_cleanup_free_ char *path = xasprintf("/proc/self/%s", ns_types[type].proc_file);
	enum ns_type actual;
	ino_t ours;

	return ns_read_link(AT_FDCWD, path, &actual, &ours) == 0 && ours == inode;
}

int step_hold_target(struct spawn *spawn)
{
	if (spawn->target.pidfd >= 0)
		return 0;
	return ns_ref_open_process(&spawn->plan->target, &spawn->target);
}

/*
 * Why nothing is there for a type. -ENODATA: the name keeps none of that type;
 * -EMEDIUMTYPE: it says that it does, so leaving it out would be to stay in our
 * own; -ENOENT: no such name.
 */
static int lack_of_pin(const char *name, enum ns_type type)
{
	ns_set types = pin_types(name);

	if (!types)
		return -ENOENT;
	return ns_set_has(types, type) ? -EMEDIUMTYPE : -ENODATA;
}

/*
 * Why a process has no namespace of a type. -ENODATA: the kernel lacks the
 * type; -EOWNERDEAD: it is a zombie; -ECHILD: its children get another one,
 * which only the first of them makes (before Linux 7.1).
 */
static int lack_of_process(const struct plan *plan, int dirfd, enum ns_type type)
{
	_cleanup_free_ char *ours = xasprintf("/proc/self/%s", ns_types[type].proc_file);
	enum ns_type actual;
	ino_t inode;

	if (access(ours, F_OK) < 0)
		return -ENODATA;
	/* Of a zombie this is gone, too. */
	if (plan->for_children && ns_types[type].children_file &&
	    ns_read_link(dirfd, ns_types[NS_MNT].proc_file, &actual, &inode) == 0)
		return -ECHILD;
	return -EOWNERDEAD;
}

static void note_join(struct spawn *spawn, enum ns_type type)
{
	spawn->joined_user |= type == NS_USER;
	spawn->joined_pid |= type == NS_PID;
}

/* Join it later, unless it is the one that we are in. */
static void note_fd(struct spawn *spawn, enum ns_type type, int fd)
{
	if (is_ours(fd, type)) {
		close_fd(fd);
		return;
	}
	note_join(spawn, type);
	spawn->join_fd[type] = fd;
}

/* A process that unshared its pid or time namespace is not in it: its children are. */
static void tell_of_children(const struct spawn *spawn, enum ns_type type, ino_t inode)
{
	const char *file = ns_types[type].children_file;
	char link[NS_LINK_SIZE];
	enum ns_type actual;
	ino_t other;

	if (!file || spawn->plan->for_children ||
	    ns_read_link(spawn->target.dirfd, file, &actual, &other) < 0 || other == inode)
		return;
	ns_link_format(type, other, link);
	warn(0, "note: children of '%s' are in another %s namespace, %s: --for-children enters that one",
	     spawn->plan->target.text, ns_types[type].name, link);
}

/* A namespace of a process is joined through its pidfd: a look at the link will do. */
static int look_at_target(struct spawn *spawn, enum ns_type type)
{
	const struct plan *plan = spawn->plan;
	enum ns_type actual;
	ino_t inode;
	int r;

	r = step_hold_target(spawn);
	if (r < 0)
		return r;
	r = ns_read_link(spawn->target.dirfd, proc_file_of(plan, type), &actual, &inode);
	if (r < 0)
		return r == -ENOENT ? lack_of_process(plan, spawn->target.dirfd, type) : r;
	tell_of_children(spawn, type, inode);
	if (is_our_link(inode, type))
		return 0;
	if (plan->for_children && ns_types[type].children_file)
		return ns_open(spawn->target.dirfd, proc_file_of(plan, type), &spawn->join_fd[type])
			       ?: (note_join(spawn, type), 0);
	note_join(spawn, type);
	spawn->has_files_of_target |= type == NS_MNT;
	spawn->target_types |= ns_set_of(type);
	return 0;
}

/* A socket by its number is the target's, as in nsenter(1), and our own where no process is the target. */
static bool is_socket_of_target(const struct plan *plan, const struct ns_ref *ref)
{
	return ref->kind == NS_REF_SOCKET && ns_ref_is_process(&plan->target);
}

static int open_socket_of_target(const struct plan *plan, int socket, int *ret_fd)
{
	_cleanup_(ns_ref_process_release) struct ns_ref_process process = { -EBADF, -EBADF };
	int r;

	r = ns_ref_open_process(&plan->target, &process);
	return r < 0 ? r : ns_ref_open_socket(&process, socket, ret_fd);
}

/* Open what a reference means for a type; of a process, what --for-children chooses. */
static int open_reference(const struct plan *plan, const struct ns_ref *ref, enum ns_type type, int *ret_fd)
{
	_cleanup_(ns_ref_process_release) struct ns_ref_process process = { -EBADF, -EBADF };
	_cleanup_close_ int fd = -EBADF;
	enum ns_type actual;
	int r;

	if (ns_ref_is_process(ref)) {
		r = ns_ref_open_process(ref, &process);
		if (r < 0)
			return r;
		r = ns_open(process.dirfd, proc_file_of(plan, type), &fd);
		if (r == -ENOENT)
			return lack_of_process(plan, process.dirfd, type);
	} else if (is_socket_of_target(plan, ref)) {
		r = open_socket_of_target(plan, ref->fd, &fd);
	} else if (ref->kind == NS_REF_SOCKET && plan->lacks_socket) {
		return -EBADF;
	} else {
		r = ns_ref_open(ref, type, &fd);
		if (r == -ENOENT && ref->kind == NS_REF_PIN)
			return lack_of_pin(ref->name, type);
	}
	if (r < 0)
		return r;
	actual = ns_query_type(fd);
	if (actual < 0)
		return actual;
	if (actual != type)
		return -EMEDIUMTYPE;
	*ret_fd = take_fd(&fd);
	return 0;
}

static int open_single_target(struct spawn *spawn)
{
	_cleanup_close_ int fd = -EBADF;
	enum ns_type type;
	ns_set others;
	int r;

	r = ns_ref_open(&spawn->plan->target, NS_TYPE_INVALID, &fd);
	if (r < 0)
		return r;
	type = ns_query_type(fd);
	if (type < 0)
		return type;
	others = spawn->plan->join_types & ~ns_set_of(type);
	if (others) {
		spawn->failed_type = first_of(others);
		return -EMEDIUMTYPE;
	}
	if (spawn->plan->join[type].kind == NS_REF_NONE)
		note_fd(spawn, type, take_fd(&fd));
	return 0;
}

/* Whom 'follow' means must not come to be another, and where we go may show others. */
static int hold_followed(struct spawn *spawn)
{
	const struct plan *plan = spawn->plan;
	int r;

	if (spawn->target.pidfd >= 0 || !(plan->follows_uid || plan->follows_gid))
		return 0;
	r = step_hold_target(spawn);
	if (r == 0)
		r = proc_ids_read(spawn->target.dirfd, &spawn->followed_uid, &spawn->followed_gid);
	return r == -ENOENT ? -ESRCH : r;
}

static int run_open(struct spawn *spawn, enum ns_type type)
{
	const struct plan *plan = spawn->plan;
	const struct ns_ref *ref;
	int r, fd;

	r = hold_followed(spawn);
	if (r < 0)
		return r;
	if (type == NS_TYPE_INVALID)
		return open_single_target(spawn);
	ref = plan_reference_of(plan, type);
	if (ref != &plan->target || !ns_ref_is_process(ref)) {
		r = open_reference(plan, ref, type, &fd);
		if (r == 0)
			note_fd(spawn, type, fd);
	} else {
		r = look_at_target(spawn, type);
	}
	/* Of everything, what is not there need not be entered. */
	if (r == -ENODATA && ref == &plan->target && plan->join_all && !ns_set_has(plan->join_types, type))
		return 0;
	return r == -ENODATA ? -ENOENT : r;
}

/* The kernel's words for these speak of something else. */
static bool has_misleading_words(const struct ns_ref *ref, int error)
{
	if (error == -ENOENT || error == -EBADMSG)
		return ref->kind == NS_REF_PIN;
	if (error == -EACCES)
		return ref->kind == NS_REF_INODE || ref->kind == NS_REF_NSID;
	if (error == -ESRCH)
		return ref->kind == NS_REF_PROCESS;
	if (error == -ENODEV)
		return ns_ref_is_process(ref);
	return error == -EXDEV || error == -EMEDIUMTYPE || error == -EOWNERDEAD || error == -ESTALE ||
	       error == -ENOTUNIQ || error == -ENOMSG || error == -EBADF || error == -EOPNOTSUPP;
}

static _noreturn_ void fail_open(const struct plan *plan, enum ns_type type, const char *description,
				 int error)
{
	const struct ns_ref *ref = type == NS_TYPE_INVALID ? &plan->target : plan_reference_of(plan, type);

	char *hint = hint_reference(ref, type, error);

	if (has_misleading_words(ref, error) && hint)
		die(0, "cannot %s: %s", description, hint);
	die_with_hint(error, description, hint);
}

const struct step step_open = {
	.call = "openat",
	.wanted = wants_open,
	.describe = describe_open,
	.run = run_open,
	.fail = fail_open,
};

/* The parent of a user namespace, or the owner of another, in its place. */

static ns_set wants_user_parent(const struct plan *plan)
{
	return step_once_if(plan->joins_user_parent);
}

/* Whose parent: a user namespace's, else that of what owns the first of the others. */
static enum ns_type child_of_user_parent(const struct plan *plan)
{
	ns_set types = plan_target_joins(plan) | plan_explicit_joins(plan);

	return ns_set_has(types, NS_USER) ? NS_USER : first_of(types);
}

/* Is what it is the parent or the owner of not known before it is open? */
static bool is_of_single_target(const struct plan *plan, enum ns_type child)
{
	return plan_target_is_namespace(plan) && plan->join[child].kind == NS_REF_NONE;
}

void step_name_user_parent(const struct plan *plan, FILE *out)
{
	enum ns_type child = child_of_user_parent(plan);
	const char *text = plan_reference_of(plan, child)->text;

	if (is_of_single_target(plan, child))
		fprintf(out, "the user namespace that owns '%s'", text);
	else
		fprintf(out, "the user namespace %s of '%s'",
			child == NS_USER ? "above that" : "that owns a namespace", text);
}

static void describe_user_parent(const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	fputs("open ", out);
	step_name_user_parent(plan, out);
}

static int open_first_but_user(const struct plan *plan, int *ret_fd)
{
	int r = -ENODATA;

	for (int type = 0; type < NS_TYPE_COUNT && r == -ENODATA; type++)
		if (type != NS_USER)
			r = open_reference(plan, plan_reference_of(plan, type), type, ret_fd);
	return r;
}

static int run_user_parent(struct spawn *spawn, _unused_ enum ns_type type)
{
	const struct plan *plan = spawn->plan;
	enum ns_type child = child_of_user_parent(plan);
	_cleanup_close_ int fd = -EBADF;
	int r, parent;

	if (is_of_single_target(plan, child))
		r = ns_ref_open(&plan->target, child, &fd);
	else
		r = open_reference(plan, plan_reference_of(plan, child), child, &fd);
	/* A name that keeps no user namespace: then what owns the others. */
	if (r == -ENODATA && child == NS_USER)
		r = open_first_but_user(plan, &fd);
	if (r >= 0)
		r = ns_query_owner(fd, &parent);
	if (r < 0)
		return r;
	spawn->target_types &= ~ns_set_of(NS_USER);
	spawn->join_fd[NS_USER] = close_fd(spawn->join_fd[NS_USER]);
	spawn->joined_user = false;
	note_fd(spawn, NS_USER, parent);
	return 0;
}

static _noreturn_ void fail_user_parent(_unused_ const struct plan *plan, _unused_ enum ns_type type,
					const char *description, int error)
{
	die_with_hint(error, description, hint_user_parent(error));
}

const struct step step_user_parent = {
	.call = "ioctl",
	.wanted = wants_user_parent,
	.describe = describe_user_parent,
	.run = run_user_parent,
	.fail = fail_user_parent,
};
