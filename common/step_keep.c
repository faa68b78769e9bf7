/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * step_keep.c - bind new namespaces to files, or keep them under a name. All
 * of it is done outside, where the files are and the rights to mount.
 */
#include "step.h"

#include <sys/stat.h>

#include "diag.h"
#include "hint.h"
#include "keep.h"
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

	return pin_prepare(plan->pin, plan->create, &spawn->keep, &spawn->locks);
}

const struct step step_prepare_pin = {
	.call = "mount",
	.wanted = wants_pin,
	.describe = describe_prepare_pin,
	.run = run_prepare_pin,
	.is_outside = step_always_outside,
};

static ns_set wants_keep(const struct plan *plan)
{
	return plan_kept(plan);
}

static void describe_file(const struct plan *plan, enum ns_type type, FILE *out)
{
	if (plan->pin)
		fprintf(out, "make a file for the %s namespace of '%s'", ns_types[type].name, plan->pin);
	else
		fprintf(out, "make '%s'", plan->keep_at[type]);
}

static int run_file(struct spawn *spawn, enum ns_type type)
{
	const struct plan *plan = spawn->plan;
	const char *path = plan->keep_at[type];
	struct stat st;
	int r;

	if (plan->pin)
		return pin_make_file(plan->pin, type, &spawn->keep);
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
	.wanted = wants_keep,
	.describe = describe_file,
	.run = run_file,
	.is_outside = step_always_outside,
};

static void describe_keep(const struct plan *plan, enum ns_type type, FILE *out)
{
	fprintf(out, "keep the %s namespace ", ns_types[type].name);
	if (plan->pin)
		fprintf(out, "as '%s'", plan->pin);
	else
		fprintf(out, "at '%s'", plan->keep_at[type]);
}

static int run_keep(struct spawn *spawn, enum ns_type type)
{
	const struct plan *plan = spawn->plan;
	_cleanup_free_ char *source = NULL;

	/* The creator itself stays outside of a new pid or time namespace. */
	source = xasprintf("/proc/%d/%s", (int)spawn->self, ns_type_children_file(type));
	if (plan->pin)
		return pin_bind(plan->pin, type, source, &spawn->keep);
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
	return pin_record_init(spawn->plan->pin, spawn->program, &spawn->keep);
}

const struct step step_note_init = {
	.call = "write",
	.wanted = wants_note_init,
	.describe = describe_note_init,
	.run = run_note_init,
	.is_outside = step_always_outside,
};
