/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * step_join.c - enter namespaces that exist; setns(2).
 *
 * What comes from one process is joined by one system call, all or nothing.
 * Where that cannot be (an old kernel, references of several origins, owners
 * that have to be entered first), or where it failed and one wants to know
 * which namespace it was, they are joined one at a time (join_order.h).
 */
#include "step.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/prctl.h>

#include "diag.h"
#include "hint.h"
#include "join_order.h"
#include "kernel.h"
#include "ns_query.h"

/* What is being joined: "net:[...]" is not known before it is opened, so the user's words. */
static const struct ns_ref *reference_of(const struct plan *plan, enum ns_type type)
{
	return plan->join[type].kind != NS_REF_NONE ? &plan->join[type] : &plan->target;
}

static enum ns_type first_of(ns_set set)
{
	for (int type = 0; type < NS_TYPE_COUNT; type++)
		if (ns_set_has(set, type))
			return type;
	return NS_TYPE_INVALID;
}

/* Is the target one namespace, whose type shows when it is open? */
static bool target_is_namespace(const struct plan *plan)
{
	return plan->join_all && ns_ref_is_namespace(&plan->target);
}

/* The link to the namespace that is meant of a process: its own, or that of its children. */
static const char *proc_file_of(const struct plan *plan, enum ns_type type)
{
	return plan->for_children ? ns_type_children_file(type) : ns_types[type].proc_file;
}

/* Open what is to be joined, before anything is entered. */

static ns_set wants_open(const struct plan *plan)
{
	if (target_is_namespace(plan))
		return STEP_ONCE | plan_explicit_joins(plan);
	return plan_target_joins(plan) | plan_explicit_joins(plan);
}

static void describe_open(const struct plan *plan, enum ns_type type, FILE *out)
{
	if (type != NS_TYPE_INVALID)
		fprintf(out, "open the %s namespace of '%s'", ns_types[type].name,
			reference_of(plan, type)->text);
	else if (target_is_namespace(plan))
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

/* -ENODATA: the name keeps no namespace of that type; -ENOENT: no such name. */
static int lack_of_pin(const char *name)
{
	return pin_types(name) ? -ENODATA : -ENOENT;
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
	} else {
		r = ns_ref_open(ref, type, &fd);
		if (r == -ENOENT && ref->kind == NS_REF_PIN)
			return lack_of_pin(ref->name);
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

static int run_open(struct spawn *spawn, enum ns_type type)
{
	const struct plan *plan = spawn->plan;
	const struct ns_ref *ref;
	int r, fd;

	if (type == NS_TYPE_INVALID)
		return open_single_target(spawn);
	ref = reference_of(plan, type);
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
	if (error == -ENOENT)
		return ref->kind == NS_REF_PIN;
	if (error == -EACCES)
		return ref->kind == NS_REF_INODE || ref->kind == NS_REF_NSID;
	return error == -EMEDIUMTYPE || error == -EOWNERDEAD || error == -ESTALE || error == -ENOTUNIQ ||
	       error == -ENOMSG || error == -EBADF || error == -EOPNOTSUPP;
}

static _noreturn_ void fail_open(const struct plan *plan, enum ns_type type, const char *description,
				 int error)
{
	const struct ns_ref *ref = type == NS_TYPE_INVALID ? &plan->target : reference_of(plan, type);

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
	return target_is_namespace(plan) && plan->join[child].kind == NS_REF_NONE;
}

static void describe_user_parent(const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	enum ns_type child = child_of_user_parent(plan);
	const char *text = reference_of(plan, child)->text;

	if (is_of_single_target(plan, child))
		fprintf(out, "open the user namespace that owns '%s'", text);
	else
		fprintf(out, "open the user namespace %s of '%s'",
			child == NS_USER ? "above that" : "that owns a namespace", text);
}

static int open_first_but_user(const struct plan *plan, int *ret_fd)
{
	int r = -ENODATA;

	for (int type = 0; type < NS_TYPE_COUNT && r == -ENODATA; type++)
		if (type != NS_USER)
			r = open_reference(plan, reference_of(plan, type), type, ret_fd);
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
		r = open_reference(plan, reference_of(plan, child), child, &fd);
	/* A name that keeps no user namespace: then what owns the others. */
	if (r == -ENODATA && child == NS_USER)
		r = open_first_but_user(plan, &fd);
	if (r == 0)
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

/* Join. */

static ns_set wants_join(const struct plan *plan)
{
	return step_once_if(plan_joins(plan));
}

static void describe_target(const struct plan *plan, FILE *out)
{
	ns_set set = plan_target_joins(plan);
	_cleanup_free_ char *types = ns_set_format(set);
	bool is_one = (set & (set - 1)) == 0;

	if (target_is_namespace(plan))
		fprintf(out, "enter '%s'", plan->target.text);
	else
		fprintf(out, "enter the %s namespace%s of '%s'", plan->join_all ? "other" : types,
			is_one ? "" : "s", plan->target.text);
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
		describe_target(plan, out);
		separator = ", the ";
	}
	for (int t = 0; t < NS_TYPE_COUNT; t++) {
		if (plan->join[t].kind == NS_REF_NONE)
			continue;
		fprintf(out, "%s%s namespace of '%s'", separator, ns_types[t].name, plan->join[t].text);
		separator = ", the ";
	}
}

/* User namespaces that own what is joined, and those above them up to ours. */
struct owners {
	struct join_user *users; /* as join_order() wants them */
	struct owner {
		struct ns_id id;
		int fd; /* -EBADF for our own */
	} * list;
	size_t count;
};

static void owners_release(struct owners *owners)
{
	for (size_t i = 0; i < owners->count; i++)
		close_fd(owners->list[i].fd);
	free(owners->list);
	free(owners->users);
}

static int owners_add(struct owners *owners, struct ns_id id, int fd, int parent)
{
	owners->list = xreallocarray(owners->list, owners->count + 1, sizeof(*owners->list));
	owners->users = xreallocarray(owners->users, owners->count + 1, sizeof(*owners->users));
	owners->list[owners->count] = (struct owner){ id, fd };
	owners->users[owners->count] = (struct join_user){ parent };
	return (int)owners->count++;
}

/*
 * The index of an open user namespace, added with all above it; the descriptor
 * is taken. Out of sight is also where our own is not above. The kernel nests
 * them 33 deep at most.
 */
static int owners_place(struct owners *owners, int fd)
{
	struct ns_id id;
	int above, parent;

	if (ns_id_of_fd(fd, &id) < 0) {
		close_fd(fd);
		return JOIN_USER_OUTSIDE;
	}
	for (size_t i = 0; i < owners->count; i++) {
		if (ns_id_equal(owners->list[i].id, id)) {
			close_fd(fd);
			return (int)i;
		}
	}
	if (ns_query_owner(fd, &above) < 0) {
		close_fd(fd);
		return JOIN_USER_OUTSIDE;
	}
	parent = owners_place(owners, above);
	if (parent == JOIN_USER_OUTSIDE) {
		close_fd(fd);
		return JOIN_USER_OUTSIDE;
	}
	return owners_add(owners, id, fd, parent);
}

/* Whose rights it takes to join the namespace. */
static int owners_of_piece(struct owners *owners, int fd, enum ns_type type)
{
	int user = -EBADF;

	if (type == NS_USER)
		user = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	else if (ns_query_owner(fd, &user) < 0)
		return JOIN_USER_OUTSIDE;
	return user < 0 ? JOIN_USER_OUTSIDE : owners_place(owners, user);
}

/* What is to be joined one at a time, in order. */
struct arrangement {
	struct owners owners;
	struct join_piece pieces[NS_TYPE_COUNT];
	struct join_turn turns[NS_TYPE_COUNT];
	size_t count;
	bool has_rights;
};

static void arrangement_release(struct arrangement *arrangement)
{
	owners_release(&arrangement->owners);
}

static int arrange(const struct spawn *spawn, struct arrangement *ret)
{
	struct ns_id own;
	int r;

	r = ns_id_of_path(AT_FDCWD, "/proc/self/ns/user", &own);
	if (r < 0)
		return r;
	ret->has_rights = kernel_has_capability(CAP_SYS_ADMIN);
	owners_add(&ret->owners, own, -EBADF, JOIN_USER_OUTSIDE);
	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		if (spawn->join_fd[type] < 0)
			continue;
		ret->pieces[ret->count++] = (struct join_piece){
			.type = type,
			.user = owners_of_piece(&ret->owners, spawn->join_fd[type], type),
		};
	}
	join_order(ret->owners.users, ret->pieces, ret->count, ret->has_rights, ret->turns);
	return 0;
}

/* Whose is it, seen from here: who made the user namespace below ours that all others there are in? */
static uid_t creator_of(const struct owners *owners, int user)
{
	uid_t uid;

	while (owners->users[user].parent != JOIN_USER_OWN)
		user = owners->users[user].parent;
	return ns_query_owner_uid(owners->list[user].fd, &uid) < 0 ? (uid_t)-1 : uid;
}

/*
 * Where there was no way in (join_order.h), the first to fail need not be the
 * one to blame: that is rather what belongs to somebody else.
 */
static const struct join_turn *turn_to_blame(const struct arrangement *arrangement,
					     const struct join_turn *failed)
{
	const struct join_turn *turns = arrangement->turns;

	if (failed != turns || failed->way_in != JOIN_USER_OWN || arrangement->has_rights ||
	    arrangement->pieces[failed->piece].user <= JOIN_USER_OWN)
		return failed;
	for (size_t i = 0; i < arrangement->count; i++) {
		int user = arrangement->pieces[turns[i].piece].user;

		if (user > JOIN_USER_OWN && creator_of(&arrangement->owners, user) != geteuid())
			return &turns[i];
	}
	return failed;
}

static enum join_obstacle obstacle_of(const struct arrangement *arrangement, const struct join_turn *turn,
				      uid_t *ret_uid)
{
	int user = arrangement->pieces[turn->piece].user;

	if (user == JOIN_USER_OUTSIDE)
		return JOIN_OWNER_OUTSIDE;
	if (user == JOIN_USER_OWN)
		return JOIN_OWNER_OWN;
	*ret_uid = creator_of(&arrangement->owners, user);
	/* One of ours, but there was no way in that leads to the others as well. */
	if (turn == arrangement->turns && arrangement->count > 1 && turn->way_in == JOIN_USER_OWN &&
	    *ret_uid == geteuid())
		return JOIN_OWNER_APART;
	return JOIN_OWNER_BELOW;
}

/* Say which namespace could not be joined, and why. */
static void explain_failure(struct spawn *spawn, const struct arrangement *arrangement,
			    const struct join_turn *failed, int error)
{
	const struct join_turn *turn = turn_to_blame(arrangement, failed);
	uid_t uid = (uid_t)-1;
	enum join_obstacle obstacle = obstacle_of(arrangement, turn, &uid);

	spawn->failed_type = arrangement->pieces[turn->piece].type;
	spawn->hint = hint_join(spawn->failed_type, error, obstacle, uid, arrangement->has_rights);
}

/* Say what was entered that nobody asked for, and why. */
static void tell_way_in(const struct spawn *spawn, const struct arrangement *arrangement, int user)
{
	const char *whom = spawn->plan->becomes_user ? "" : "; credentials are kept";
	char link[NS_LINK_SIZE];

	ns_link_format(NS_USER, arrangement->owners.list[user].id.ino, link);
	for (size_t i = 0; i < arrangement->count; i++) {
		enum ns_type type = arrangement->pieces[i].type;

		if (type == NS_USER || arrangement->pieces[i].user != user)
			continue;
		warn(0, "note: entered %s as well, which owns the %s namespace of '%s'%s", link,
		     ns_types[type].name, reference_of(spawn->plan, type)->text, whom);
		return;
	}
	warn(0, "note: entered %s as well, which is above the owners of what was asked for%s", link, whom);
}

static int join_way_in(struct spawn *spawn, const struct arrangement *arrangement, int user)
{
	int r;

	r = kernel_setns(arrangement->owners.list[user].fd, CLONE_NEWUSER);
	if (r < 0)
		return r;
	tell_way_in(spawn, arrangement, user);
	spawn->joined_user = true;
	return 0;
}

static int join_in_turn(struct spawn *spawn, const struct arrangement *arrangement)
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
	_cleanup_(arrangement_release) struct arrangement arrangement = { 0 };
	int r;

	r = open_target_types(spawn);
	if (r == 0)
		r = arrange(spawn, &arrangement);
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
	if (r == 0)
		r = join(spawn);
	return r < 0 ? r : step_hide(spawn);
}

static _noreturn_ void fail_join(_unused_ const struct plan *plan, _unused_ enum ns_type type,
				 const char *description, int error)
{
	die_with_hint(error, description, hint_target_file(error));
}

const struct step step_join = {
	.call = "setns",
	.wanted = wants_join,
	.describe = describe_join,
	.run = run_join,
	.fail = fail_join,
};
