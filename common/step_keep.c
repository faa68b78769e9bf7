/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * step_keep.c - bind new namespaces to files, or keep them under a name. All
 * of it is done outside, where the files are and the rights to mount.
 */
#include "step.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "diag.h"
#include "hint.h"
#include "keep.h"
#include "ns_query.h"
#include "pin.h"

/* Prepare files and names that keep new namespaces. */

static ns_set wants_pin(const struct plan *plan)
{
	return step_once_if(plan->pin != NULL);
}

static void describe_prepare_pin(const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	fprintf(out, "make room for the name '%s'", plan->pin);
}

static int run_prepare_pin(struct spawn *spawn, _unused_ enum ns_type type)
{
	const struct plan *plan = spawn->plan;
	const struct pin_wish wish = {
		.name = plan->pin,
		.holds = plan->pin_holds,
		.mode = plan->pin_mode,
		.has_owner = plan->becomes_owner,
		.owner = plan->owner_uid,
		.group = plan->owner_gid,
	};

	return pin_begin(&spawn->pin, &wish);
}

static _noreturn_ void fail_prepare_pin(_unused_ const struct plan *plan, _unused_ enum ns_type type,
					const char *description, int error)
{
	die_with_hint(error, description, hint_registry(error));
}

const struct step step_prepare_pin = {
	.call = "mount",
	.wanted = wants_pin,
	.describe = describe_prepare_pin,
	.run = run_prepare_pin,
	.is_outside = step_always_outside,
	.fail = fail_prepare_pin,
};

/* Under a name, files are made where they are bound. */
static ns_set wants_file(const struct plan *plan)
{
	return plan->pin ? 0 : plan_kept(plan);
}

static void describe_file(const struct plan *plan, enum ns_type type, FILE *out)
{
	fprintf(out, "make '%s'", plan->keep_at[type]);
}

static int run_file(struct spawn *spawn, enum ns_type type)
{
	const struct plan *plan = spawn->plan;
	const char *path = plan->keep_at[type];
	struct stat st;
	int r;

	/* A file that is there already will do, as scripts made it for unshare(1). */
	r = keep_make_file(&spawn->keep, path, 0444);
	if (r != -EEXIST)
		return r;
	if (stat(path, &st) < 0)
		return -errno;
	return S_ISDIR(st.st_mode) ? -EISDIR : 0;
}

const struct step step_file = {
	.call = "openat",
	.wanted = wants_file,
	.describe = describe_file,
	.run = run_file,
	.is_outside = step_always_outside,
};

static ns_set wants_keep(const struct plan *plan)
{
	return plan_kept(plan);
}

static void describe_keep(const struct plan *plan, enum ns_type type, FILE *out)
{
	fprintf(out, "keep the %s namespace ", ns_types[type].name);
	if (plan->pin)
		fprintf(out, "as '%s'", plan->pin);
	else
		fprintf(out, "at '%s'", plan->keep_at[type]);
}

static int keep_under_name(struct spawn *spawn, enum ns_type type, const char *source)
{
	_cleanup_close_ int fd = -EBADF;
	int r;

	r = ns_open(AT_FDCWD, source, &fd);
	return r < 0 ? r : pin_keep(&spawn->pin, type, fd);
}

static int run_keep(struct spawn *spawn, enum ns_type type)
{
	const struct plan *plan = spawn->plan;
	_cleanup_free_ char *source = NULL;

	/* The creator itself stays outside of a new pid or time namespace. */
	source = xasprintf("/proc/%d/%s", (int)spawn->self, ns_type_children_file(type));
	if (plan->pin)
		return keep_under_name(spawn, type, source);
	if (type == NS_MNT)
		return keep_bind_mount_namespace(&spawn->keep, source, plan->keep_at[type]);
	return keep_bind(&spawn->keep, source, plan->keep_at[type]);
}

static _noreturn_ void fail_keep(_unused_ const struct plan *plan, enum ns_type type, const char *description,
				 int error)
{
	die_with_hint(error, description, hint_keep(type, error));
}

const struct step step_keep = {
	.call = "mount",
	.wanted = wants_keep,
	.describe = describe_keep,
	.run = run_keep,
	.is_outside = step_always_outside,
	.fail = fail_keep,
};

/* The init of a pid namespace that is kept without a program. */

static ns_set wants_note_init(const struct plan *plan)
{
	return step_once_if(plan_keeps_init(plan));
}

static void describe_note_init(const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	fprintf(out, "note the init of '%s'", plan->pin);
}

static int run_note_init(struct spawn *spawn, _unused_ enum ns_type type)
{
	return pin_note_init(&spawn->pin, spawn->program);
}

const struct step step_note_init = {
	.call = "pidfd_open",
	.wanted = wants_note_init,
	.describe = describe_note_init,
	.run = run_note_init,
	.is_outside = step_always_outside,
};

/* The name comes into being, with all that it keeps. */

static void describe_publish(const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	fprintf(out, "make the name '%s' known", plan->pin);
}

static int run_publish(struct spawn *spawn, _unused_ enum ns_type type)
{
	return pin_publish(&spawn->pin);
}

const struct step step_publish = {
	.call = "rename",
	.wanted = wants_pin,
	.describe = describe_publish,
	.run = run_publish,
	.is_outside = step_always_outside,
};
