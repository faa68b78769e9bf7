/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * make.c - nsx-pin add, attach: new names.
 */
#include <linux/capability.h>

#include "diag.h"
#include "hint.h"
#include "kernel.h"
#include "ns_query.h"
#include "outside.h"
#include "pin.h"
#include "pin/elsewhere.h"
#include "pin/tool.h"
#include "plan_cli.h"
#include "spawn.h"

static const char *check_new_name(const char *name)
{
	_cleanup_(pin_registry_release) struct pin_registry registry = PIN_REGISTRY_NONE;
	_cleanup_(pin_release) struct pin pin = PIN_NONE;
	int r;

	check_name(name);
	/* Whatever else is wrong with the registry is told when the name is made. */
	r = pin_registry_open(pin_owns_system(), &registry);
	if (r == 0)
		r = pin_read(&registry, name, &pin);
	else if (r == -ENOENT && pin_owns_system())
		r = pin_find(name, &pin);
	if (r == 0)
		die(0, "'%s' exists already", name);
	return name;
}

static void note_copy(void)
{
	if (pin_owns_system() && names_stay_here())
		warn(0,
		     "note: this mount namespace is a copy: the name is seen in it only, and ends with it");
}

/* --- add */

/* Who has no rights here gets them in a user namespace of their own. */
static void imply_user(struct plan *plan)
{
	bool has_maps = plan->users.own || plan->users.keeps_own || plan->users.range_count ||
			plan->groups.own || plan->groups.keeps_own || plan->groups.range_count;

	if (plan->create & ns_set_of(NS_USER) || plan->create_all || plan->owner || has_maps ||
	    kernel_has_capability(CAP_SYS_ADMIN))
		return;
	warn(0, "note: --map-root-user is implied: without rights here, all is made in a user namespace");
	plan->create |= ns_set_of(NS_USER);
	plan->users.own = plan->groups.own = "0";
}

/* Was anything asked for that needs no net namespace? */
static bool names_types(const struct plan *plan)
{
	return plan->create || plan->create_all || plan->hostname || plan->domainname || plan->proc ||
	       plan->sys || plan->pivot_root || plan->uptime.is_given ||
	       plan->offsets[CLOCK_OFFSET_MONOTONIC].is_given ||
	       plan->offsets[CLOCK_OFFSET_BOOTTIME].is_given;
}

void run_add(struct request *request)
{
	struct plan *plan = &request->plan;

	plan->pin = check_new_name(request->operands[0]);
	if (!names_types(plan))
		plan->create = ns_set_of(NS_NET);
	plan->program = PROGRAM_NONE;
	imply_user(plan);
	plan_cli_complete(plan);
	note_copy();
	spawn_run(plan);
}

/* --- attach */

/* What is to be kept, open before anything is made. */
struct attachment {
	struct pin_wish wish;
	int fds[NS_TYPE_COUNT];
	struct pin_making making;
};

/* Requests to the process outside, beside the types. */
enum { REQUEST_BEGIN = NS_TYPE_COUNT, REQUEST_PUBLISH };

static void begin(_unused_ void *context)
{
}

static int serve(void *context, int request, _unused_ int argument, _unused_ pid_t program)
{
	struct attachment *attachment = context;

	if (request == REQUEST_BEGIN)
		return pin_begin(&attachment->making, &attachment->wish);
	if (request == REQUEST_PUBLISH)
		return pin_publish(&attachment->making);
	return pin_keep(&attachment->making, request, attachment->fds[request]);
}

static void undo(void *context)
{
	struct attachment *attachment = context;

	pin_undo(&attachment->making);
}

static void keep(void *context)
{
	struct attachment *attachment = context;

	pin_end(&attachment->making);
}

/* Say why a reference leads nowhere, and end. */
static _noreturn_ void fail_open(const struct ns_ref *ref, enum ns_type type, int error)
{
	_cleanup_free_ char *step =
		type < 0 ? xasprintf("open '%s'", ref->text)
			 : xasprintf("open the %s namespace of '%s'", ns_types[type].name, ref->text);
	_cleanup_free_ char *hint = hint_reference(ref, type, error);

	if (error == -ESRCH)
		die_status(EXIT_MISSING, 0, "there is no process '%s'", ref->text);
	if (error == -ESTALE && ref->kind == NS_REF_PROCESS)
		die_status(EXIT_MISSING, 0, "process %s has ended, and its pid is another's now", ref->text);
	if (error == -ENOENT && hint)
		die_status(EXIT_MISSING, 0, "cannot %s: %s", step, hint);
	if (error == -ENOENT)
		die_status(EXIT_MISSING, error, "cannot %s", step);
	/* "Bad message" */
	if (error == -EBADMSG && hint)
		die(0, "cannot %s: %s", step, hint);
	die_with_hint(error, step, take_ptr(hint));
}

/* One namespace, whose type is its own. */
static ns_set open_single(struct attachment *attachment, const struct ns_ref *ref, ns_set types)
{
	_cleanup_close_ int fd = -EBADF;
	enum ns_type type;
	int r;

	r = ns_ref_open(ref, NS_TYPE_INVALID, &fd);
	if (r < 0)
		fail_open(ref, NS_TYPE_INVALID, r);
	type = ns_query_type(fd);
	if (type < 0)
		fail_open(ref, NS_TYPE_INVALID, type);
	if (types && types != ns_set_of(type))
		die_usage("'%s' is one namespace, of type %s: other types cannot be taken from it", ref->text,
			  ns_types[type].name);
	attachment->fds[type] = take_fd(&fd);
	return ns_set_of(type);
}

/* What of a process, all of it the same one, or of a name. */
static ns_set open_several(struct attachment *attachment, const struct ns_ref *ref, ns_set types)
{
	_cleanup_(ns_ref_process_release) struct ns_ref_process process = { -EBADF, -EBADF };
	int r = 0;

	types = types ? types : ns_set_of(NS_NET);
	if (ns_ref_is_process(ref))
		r = ns_ref_open_process(ref, &process);
	if (r < 0)
		fail_open(ref, NS_TYPE_INVALID, r);
	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		if (!ns_set_has(types, type))
			continue;
		if (process.dirfd >= 0)
			r = ns_open(process.dirfd, ns_types[type].proc_file, &attachment->fds[type]);
		else
			r = ns_ref_open(ref, type, &attachment->fds[type]);
		if (r < 0)
			fail_open(ref, type, r);
	}
	return types;
}

void run_attach(struct request *request)
{
	struct outside outside = { -EBADF };
	struct attachment attachment = { .wish = { .holds = request->plan.pin_holds,
						   .mode = request->plan.pin_mode } };
	const struct outside_duty duty = { begin, serve, undo, keep, &attachment };
	const char *word = request->operands[1];
	_cleanup_free_ char *room = NULL;
	struct ns_ref ref;
	ns_set types;
	int r;

	attachment.wish.name = check_new_name(request->operands[0]);
	pin_making_init(&attachment.making);
	if (ns_ref_parse(word, &ref) < 0)
		die_usage("'%s' names no namespace and no process; see nsx(7)", word);
	for (int type = 0; type < NS_TYPE_COUNT; type++)
		attachment.fds[type] = -EBADF;
	types = ns_ref_is_namespace(&ref) ? open_single(&attachment, &ref, request->plan.create)
					  : open_several(&attachment, &ref, request->plan.create);
	note_copy();
	/* Undone by another process, should we be killed; and it is that one which holds. */
	r = outside_start(&outside, &duty);
	if (r < 0)
		die(r, "cannot fork");
	room = xasprintf("make room for the name '%s'", attachment.wish.name);
	r = outside_call(&outside, REQUEST_BEGIN, 0, 0);
	for (int type = 0; type < NS_TYPE_COUNT && r == 0; type++) {
		_cleanup_free_ char *step = NULL;

		if (!ns_set_has(types, type))
			continue;
		r = outside_call(&outside, type, 0, 0);
		if (r == 0)
			continue;
		outside_abort(&outside);
		step = xasprintf("keep the %s namespace of '%s'", ns_types[type].name, word);
		die_with_hint(r, step, hint_keep(type, r));
	}
	if (r == 0)
		r = outside_call(&outside, REQUEST_PUBLISH, 0, 0);
	if (r < 0) {
		outside_abort(&outside);
		die_with_hint(r, room, hint_registry(r));
	}
	r = outside_commit(&outside);
	if (r < 0)
		die(r, "cannot %s", room);
}
