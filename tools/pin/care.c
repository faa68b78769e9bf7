/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * care.c - nsx-pin verify, gc, rename: looking after the registry.
 */
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>

#include "diag.h"
#include "hint.h"
#include "ns_query.h"
#include "pin.h"
#include "pin/elsewhere.h"
#include "pin/survey.h"
#include "pin/tool.h"
#include "pin_init.h"
#include "pin_path.h"

/* --- What is wrong */

/* What is wrong with a name. */
enum fault {
	FAULT_STATE,	  /* with one namespace of it: see its state */
	FAULT_STRAY,	  /* a file of ip-netns(8) bears its name, beside what it keeps */
	FAULT_UNFINISHED, /* it was never finished, or not taken away to the end */
	FAULT_LEFT,	  /* ip-netns(8) took away all that it kept; no fault, but rubbish */
	FAULT_BROKEN,	  /* its record cannot be read, or is not the owner's */
};

static const char *fault_name(enum fault fault, enum pin_state state)
{
	if (fault == FAULT_STATE || fault == FAULT_STRAY)
		return pin_state_name(state);
	if (fault == FAULT_LEFT)
		return "deleted by others";
	return fault == FAULT_UNFINISHED ? "unfinished" : "broken record";
}

/* Told of each fault. */
struct inspector {
	void (*found)(struct inspector *inspector, const struct pin *pin, const char *name, enum ns_type type,
		      enum fault fault, enum pin_state state);
	struct pin_registry registry;
	const struct request *request;
	struct json json;
	size_t count;
	bool has_failed;
};

static void inspect_pin(struct inspector *inspector, const struct pin *pin)
{
	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		struct pin_look look;
		int r;

		if (pin->record.kept[type].method == PIN_NOT_KEPT)
			continue;
		r = pin_look_at(pin, type, &look);
		if (r < 0)
			die(r, "cannot look at the %s namespace of '%s'", ns_types[type].name, pin->name);
		if (look.state != PIN_OK)
			inspector->found(inspector, pin, pin->name, type, FAULT_STATE, look.state);
	}
	if (pin_has_stray_net(pin))
		inspector->found(inspector, pin, pin->name, NS_NET, FAULT_STRAY, PIN_STALE);
}

/* Is somebody at work there? */
static bool is_locked(const struct pin_registry *registry, const char *name)
{
	_cleanup_close_ int dirfd = -EBADF;

	return pin_lock(registry, name, false, &dirfd) == -EWOULDBLOCK;
}

/* Of what is no name: was it one to the end? */
static enum fault fault_of_remains(const struct pin_registry *registry, const char *name)
{
	_cleanup_close_ int dirfd = -EBADF;
	struct pin_record record;

	return pin_open_directory(registry, name, &dirfd) == 0 &&
			       pin_read_record(registry, dirfd, PIN_RECORD, &record) == 0
		       ? FAULT_LEFT
		       : FAULT_UNFINISHED;
}

static void inspect_name(struct inspector *inspector, const char *name)
{
	const struct pin_registry *registry = &inspector->registry;
	_cleanup_(pin_release) struct pin pin = PIN_NONE;
	struct stat st;
	int r;

	r = registry->fd >= 0 ? pin_read(registry, name, &pin) : pin_find(name, &pin);
	if (r == 0)
		inspect_pin(inspector, &pin);
	else if (r == -EBADMSG)
		inspector->found(inspector, NULL, name, NS_TYPE_INVALID, FAULT_BROKEN, PIN_OK);
	/* Neither a name nor nothing, and nobody there who is making it one. */
	else if (r == -ENOENT && registry->fd >= 0 &&
		 fstatat(registry->fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && !is_locked(registry, name))
		inspector->found(inspector, NULL, name, NS_TYPE_INVALID, fault_of_remains(registry, name),
				 PIN_OK);
	else if (r < 0 && r != -ENOENT) {
		warn(r, "cannot look at '%s'", name);
		inspector->has_failed = true;
	}
}

/* Look at everything that is the caller's to look after. */
static void inspect(struct inspector *inspector)
{
	_cleanup_(pin_names_release) struct pin_names names = { 0 };
	bool is_system = pin_owns_system();
	int r;

	inspector->registry = PIN_REGISTRY_NONE;
	inspector->registry.is_system = is_system;
	r = pin_registry_open(is_system, &inspector->registry);
	if (r < 0 && r != -ENOENT && (r != -ENXIO || is_system))
		die_with_hint(r, "look into the registry", hint_registry(r));
	r = pin_names_read(&inspector->registry, &names);
	if (r < 0)
		die_with_hint(r, "list names", hint_registry(r));
	for (size_t i = 0; i < names.count; i++)
		inspect_name(inspector, names.list[i]);
	pin_registry_release(&inspector->registry);
}

/* A line of what is wrong, or what was done about it. */
static void print_fault(struct inspector *inspector, const char *verb, const char *name, enum ns_type type,
			const char *fault)
{
	struct json *json = &inspector->json;

	inspector->count++;
	if (inspector->request->json) {
		json_open(json, NULL, '{');
		json_string(json, "name", name);
		json_string(json, "type", type < 0 ? NULL : ns_types[type].name);
		json_string(json, "state", fault);
		json_close(json, '}');
		return;
	}
	fputs(verb, stdout);
	diag_print_safe(stdout, name);
	printf("%s%s: %s\n", type < 0 ? "" : " ", type < 0 ? "" : ns_types[type].name, fault);
}

static void inspect_and_print(struct inspector *inspector, const char *key)
{
	struct json *json = &inspector->json;

	*json = json_begin();
	if (!inspector->request->json) {
		inspect(inspector);
		return;
	}
	json_open(json, NULL, '{');
	json_open(json, key, '[');
	inspect(inspector);
	json_close(json, ']');
	json_close(json, '}');
}

/* --- verify */

static void report_fault(struct inspector *inspector, _unused_ const struct pin *pin, const char *name,
			 enum ns_type type, enum fault fault, enum pin_state state)
{
	if (fault != FAULT_LEFT)
		print_fault(inspector, "", name, type, fault_name(fault, state));
}

void run_verify(struct request *request)
{
	struct inspector inspector = { .found = report_fault, .request = request };

	inspect_and_print(&inspector, "faults");
	finish(inspector.count || inspector.has_failed ? EXIT_FAILURE : EXIT_SUCCESS);
}

/* --- gc */

/*
 * A file that holds nothing here may hold its namespace in another mount
 * namespace, and to unlink it would unmount it there. 0: it is kept nowhere;
 * -EBUSY: it is, or that cannot be told, and this was said.
 */
static int check_elsewhere(const char *name, enum ns_type type)
{
	_cleanup_free_ char *path = type == NS_NET
					    ? xasprintf("%s/%s", PIN_NETNS_DIR, name)
					    : xasprintf("%s/%s/%s", PIN_NSX_DIR, name, ns_types[type].name);
	_cleanup_free_ char *command = NULL;
	pid_t keeper;
	int r;

	r = mounted_elsewhere(path, &keeper);
	if (r == -ESTALE) {
		warn(0,
		     "'%s' may keep its %s namespace elsewhere: the mount that its file is in cannot be seen "
		     "from this root directory",
		     name, ns_types[type].name);
		return -EBUSY;
	}
	if (r < 0 || !keeper)
		return r;
	command = command_of(keeper);
	warn(0, "'%s' keeps its %s namespace in the mount namespace of process %d (%s): look after it there",
	     name, ns_types[type].name, (int)keeper, command ? command : "?");
	return -EBUSY;
}

/*
 * Remove a file of ip-netns(8) that holds nothing. iproute2 makes the file first,
 * and binds then, without a lock: what is empty now may be a name in a moment.
 * And should it be one in the next, it stays: unlink(2) takes no mount away.
 */
static int remove_stale_file(const char *name)
{
	enum { PAUSE_MS = 200 };
	_cleanup_free_ char *path = xasprintf("%s/%s", PIN_NETNS_DIR, name);
	_cleanup_close_ int fd = -EBADF;

	poll(NULL, 0, PAUSE_MS);
	if (ns_open(AT_FDCWD, path, &fd) == 0)
		return -EAGAIN;
	return unlink(path) < 0 ? -errno : 0;
}

/* Forget one namespace of a name that has others. -EAGAIN: there is no need any more. */
static int forget_type(const struct pin_registry *registry, const struct pin *pin, enum ns_type type)
{
	_cleanup_(pin_release) struct pin again = PIN_NONE;
	_cleanup_close_ int dirfd = -EBADF;
	struct pin_look look = { .state = PIN_OK };
	int r;

	r = pin_lock(registry, pin->name, false, &dirfd);
	if (r == 0)
		r = pin_read(registry, pin->name, &again);
	/* It was looked at before it was locked: it may be another one of that name by now. */
	if (r == 0)
		r = pin_look_at_kept(&again, type, &look);
	if (r >= 0 && look.state == PIN_OK)
		return -EAGAIN;
	/* Nobody would know of it any more. */
	if (r >= 0 && type == NS_PID)
		r = pin_init_end(&again);
	if (r < 0)
		return r;
	again.record.kept[type].method = PIN_NOT_KEPT;
	if (type == NS_PID)
		again.record.init = (struct pin_process){ 0 };
	if (!pin_record_types(&again.record))
		return pin_discard(registry, pin->name, dirfd);
	r = pin_write_record(dirfd, &again.record);
	if (r == 0)
		r = type == NS_NET ? pin_remove_net(pin->name)
				   : pin_remove_type(registry, pin->name, dirfd, type);
	pin_touch(registry);
	return r;
}

/* Remove what is no name. -EAGAIN: it has become one, before it was locked. */
static int remove_remains(const struct pin_registry *registry, const char *name)
{
	_cleanup_(pin_release) struct pin again = PIN_NONE;
	_cleanup_close_ int dirfd = -EBADF;
	int r;

	r = pin_lock(registry, name, false, &dirfd);
	if (r == -ENOTDIR)
		return unlinkat(registry->fd, name, 0) < 0 ? -errno : 0;
	if (r < 0)
		return r;
	r = pin_read(registry, name, &again);
	if (r == 0)
		return -EAGAIN;
	return r == -ENOENT || r == -EBADMSG ? pin_discard(registry, name, dirfd) : r;
}

static int collect(const struct pin_registry *registry, const struct pin *pin, const char *name,
		   enum ns_type type, enum fault fault)
{
	if (fault == FAULT_STATE)
		return pin->has_record ? forget_type(registry, pin, type) : remove_stale_file(name);
	if (fault == FAULT_STRAY)
		return remove_stale_file(name);
	return remove_remains(registry, name);
}

static void collect_fault(struct inspector *inspector, const struct pin *pin, const char *name,
			  enum ns_type type, enum fault fault, enum pin_state state)
{
	bool is_file = fault == FAULT_STRAY || (fault == FAULT_STATE && state == PIN_STALE &&
						pin->record.kept[type].method == PIN_BIND);
	int r = 0;

	/* Something else than ours is there: for its owner to take away. */
	if (fault == FAULT_STATE && state == PIN_NOT_NAMESPACE && type == NS_NET) {
		warn(0, "'%s' in %s is no namespace, and not ours: take it away", name, PIN_NETNS_DIR);
		inspector->has_failed = true;
		return;
	}
	if (is_file)
		r = check_elsewhere(name, type);
	if (r == -EBUSY) {
		inspector->has_failed = true;
		return;
	}
	if (r == 0 && !inspector->request->dry_run)
		r = collect(&inspector->registry, pin, name, type, fault);
	/* Somebody is at work there after all. */
	if (r == -EWOULDBLOCK || r == -ENOENT)
		return;
	if (r < 0) {
		warn(r, "cannot remove '%s'", name);
		inspector->has_failed = true;
		return;
	}
	print_fault(inspector, inspector->request->dry_run ? "would remove " : "removed ", name, type,
		    fault_name(fault, state));
}

void run_gc(struct request *request)
{
	struct inspector inspector = { .found = collect_fault, .request = request };

	inspect_and_print(&inspector, "removed");
	finish(inspector.has_failed ? EXIT_FAILURE : EXIT_SUCCESS);
}

/* --- rename */

/* Bind the net namespace under the new name as well; the other one goes with the old name. */
static int bind_net_again(struct pin_making *making, const struct pin *pin)
{
	_cleanup_close_ int fd = -EBADF;
	int r;

	if (pin->record.kept[NS_NET].method != PIN_BIND)
		return 0;
	r = pin_open_type(pin, NS_NET, &fd);
	return r < 0 ? r : pin_keep(making, NS_NET, fd);
}

/*
 * Make a directory of the new name that says of the net namespace that it is
 * unfinished, and exchange the two: that one call is the whole change. What
 * carries the old name then is what has to be cleared away; *ret_left tells
 * how that went.
 */
static int rename_locked(const struct pin_registry *registry, const struct pin *pin, const char *to,
			 int *ret_left)
{
	struct pin_making making;
	struct pin_wish wish = { .name = to, .mode = -1 };
	int r;

	pin_making_init(&making);
	r = pin_begin(&making, &wish);
	if (r == 0)
		r = bind_net_again(&making, pin);
	if (r == 0 && renameat2(registry->fd, pin->name, registry->fd, to, RENAME_EXCHANGE) < 0)
		r = -errno;
	if (r == 0)
		making.name = pin->name;
	*ret_left = pin_undo(&making);
	return r;
}

/*
 * Where others have the net namespace mounted, and would not see it under its new
 * name, they would lose it with the old one.
 */
static void refuse_apart(const struct pin *pin)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", PIN_NETNS_DIR, pin->name);
	_cleanup_free_ char *command = NULL, *who = NULL;
	pid_t other;
	int r;

	if (pin->record.kept[NS_NET].method != PIN_BIND)
		return;
	r = mounted_apart(path, &other);
	if (r < 0)
		die(r, "cannot rename '%s': cannot see where else it is mounted", pin->name);
	if (r == 0)
		return;
	command = other ? command_of(other) : NULL;
	who = other ? xasprintf("process %d (%s)", (int)other, command ? command : "?") : xstrdup("others");
	die(0,
	    "cannot rename '%s': this mount namespace is a copy, and %s would lose it: be outside, as with "
	    "nsx-enter -t 1 -m or exec --no-mounts",
	    pin->name, who);
}

static _noreturn_ void fail_rename(const char *name, int error)
{
	_cleanup_free_ char *step = xasprintf("rename '%s'", name);
	_cleanup_(pin_release) struct pin other = PIN_NONE;

	/* One of the system's is there, but not for us. */
	if ((error == -ENOENT || error == -ENXIO) && !pin_owns_system() && pin_find(name, &other) == 0)
		die(0, "cannot %s: it is root's", step);
	if (error == -ENOENT)
		die_status(EXIT_MISSING, 0, "there is no name '%s'", name);
	die_about_name(error, step);
}

void run_rename(struct request *request)
{
	const char *from = check_name(request->operands[0]);
	const char *to = check_name(request->operands[1]);
	_cleanup_(pin_registry_release) struct pin_registry registry = PIN_REGISTRY_NONE;
	_cleanup_(pin_release) struct pin before = PIN_NONE, pin = PIN_NONE, other = PIN_NONE;
	_cleanup_close_ int dirfd = -EBADF;
	int left = 0, r;

	r = pin_registry_make(&registry);
	if (r == 0)
		r = pin_read(&registry, from, &before);
	if (r < 0)
		fail_rename(from, r);
	/* What cannot be is seen first, so that a name of ip-netns(8) is not made one of ours for nothing. */
	refuse_apart(&before);
	if (pin_read(&registry, to, &other) == 0)
		die(0, "'%s' exists already", to);
	r = pin_adopt(&registry, from, &dirfd);
	if (r == 0)
		r = pin_read(&registry, from, &pin);
	if (r < 0)
		fail_rename(from, r);
	r = rename_locked(&registry, &pin, to, &left);
	if (r == -EEXIST)
		die(0, "'%s' exists already", to);
	if (r < 0)
		fail_rename(from, r);
	if (left < 0)
		die(left, "'%s' is '%s' now, but cannot clear away what is left of '%s': see nsx-pin gc",
		    from, to, from);
}
