/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * step_world.c - what a process has beside its namespaces: root and working
 * directory, and the label of a security module. All is opened or read before
 * anything is entered, for what is in there may lie.
 */
#include "step.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "file.h"
#include "hint.h"

/* Directories are opened, the one for the root and the one to work in. */

static ns_set wants_outer_root(const struct plan *plan)
{
	return step_once_if(plan->outer_root.is_given);
}

static ns_set wants_outer_directory(const struct plan *plan)
{
	return step_once_if(plan->outer_directory.is_given);
}

static void describe_place(const struct plan *plan, const struct plan_place *place, const char *what,
			   FILE *out)
{
	if (place->path)
		fprintf(out, "'%s'", place->path);
	else
		fprintf(out, "the %s directory of '%s'", what, plan->target.text);
}

static void describe_outer_root(const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	fputs("open ", out);
	describe_place(plan, &plan->outer_root, "root", out);
}

static void describe_outer_directory(const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	fputs("open ", out);
	describe_place(plan, &plan->outer_directory, "working", out);
}

static int open_place(struct spawn *spawn, const struct plan_place *place, const char *link, int *ret_fd)
{
	const int flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
	int r = 0, fd;

	if (!place->path)
		r = step_hold_target(spawn);
	if (r < 0)
		return r;
	fd = place->path ? open(place->path, flags) : openat(spawn->target.dirfd, link, flags);
	if (fd < 0)
		return -errno;
	*ret_fd = fd;
	return 0;
}

/* Is it the root directory that we have? The same directory of another mount is not. */
static bool is_our_root(int fd)
{
	const unsigned int mask = STATX_INO | STATX_MNT_ID;
	struct statx ours, its;

	return statx(AT_FDCWD, "/", 0, mask, &ours) == 0 && statx(fd, "", AT_EMPTY_PATH, mask, &its) == 0 &&
	       ours.stx_mnt_id == its.stx_mnt_id && ours.stx_ino == its.stx_ino;
}

static int run_outer_root(struct spawn *spawn, _unused_ enum ns_type type)
{
	const struct plan_place *place = &spawn->plan->outer_root;
	int r;

	r = open_place(spawn, place, "root", &spawn->root);
	/* Whatever mount namespace is entered, the program's files are those below this one. */
	if (r == 0)
		spawn->has_files_of_target = !place->path && !is_our_root(spawn->root);
	return r;
}

static int run_outer_directory(struct spawn *spawn, _unused_ enum ns_type type)
{
	return open_place(spawn, &spawn->plan->outer_directory, "cwd", &spawn->directory);
}

static _noreturn_ void fail_outer_root(const struct plan *plan, _unused_ enum ns_type type,
				       const char *description, int error)
{
	die_with_hint(error, description, plan->outer_root.path ? NULL : hint_target_file(error));
}

static _noreturn_ void fail_outer_directory(const struct plan *plan, _unused_ enum ns_type type,
					    const char *description, int error)
{
	die_with_hint(error, description, plan->outer_directory.path ? NULL : hint_target_file(error));
}

const struct step step_outer_root = {
	.call = "openat",
	.wanted = wants_outer_root,
	.describe = describe_outer_root,
	.run = run_outer_root,
	.fail = fail_outer_root,
};

const struct step step_outer_directory = {
	.call = "openat",
	.wanted = wants_outer_directory,
	.describe = describe_outer_directory,
	.run = run_outer_directory,
	.fail = fail_outer_directory,
};

/*
 * ... and taken: after the joins, which lead to the root of what was joined,
 * and before the mounts are copied, for a copy has other mounts at these places
 * and takes along who stands there.
 */

static ns_set wants_enter_places(const struct plan *plan)
{
	return wants_outer_root(plan) | wants_outer_directory(plan);
}

static void describe_enter_places(const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	const char *separator = "make ";

	if (plan->outer_root.is_given) {
		fputs(separator, out);
		describe_place(plan, &plan->outer_root, "root", out);
		fputs(" the root directory", out);
		separator = ", and ";
	}
	if (plan->outer_directory.is_given) {
		fputs(separator, out);
		describe_place(plan, &plan->outer_directory, "working", out);
		fputs(" the working directory", out);
	}
}

static int run_enter_places(struct spawn *spawn, _unused_ enum ns_type type)
{
	/* A working directory above the new root would be a way out of it. */
	if (spawn->root >= 0 && (fchdir(spawn->root) < 0 || chroot(".") < 0))
		return -errno;
	if (spawn->directory >= 0 && fchdir(spawn->directory) < 0)
		return -errno;
	return 0;
}

static _noreturn_ void fail_enter_places(_unused_ const struct plan *plan, _unused_ enum ns_type type,
					 const char *description, int error)
{
	die_with_hint(error, description, hint_chroot(true, error));
}

const struct step step_enter_places = {
	.call = "fchdir, chroot",
	.wanted = wants_enter_places,
	.describe = describe_enter_places,
	.run = run_enter_places,
	.fail = fail_enter_places,
};

/*
 * The label. AppArmor has files of its own, and puts a mode behind the profile;
 * the files that all modules share belong to SELinux or Smack. Where nothing
 * labels processes there is none, and nothing to follow.
 */

static const struct {
	const char *current, *exec;
	const char *prefix;
} label_files[] = {
	{ "attr/apparmor/current", "self/attr/apparmor/exec", "exec " },
	{ "attr/current", "self/attr/exec", "" },
};

static ns_set wants_label(const struct plan *plan)
{
	return step_once_if(plan->follows_context);
}

static void describe_label(const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	fprintf(out, "read the security label of '%s'", plan->target.text);
}

static int run_label(struct spawn *spawn, _unused_ enum ns_type type)
{
	int r;

	r = step_hold_target(spawn);
	if (r < 0)
		return r;
	for (size_t i = 0; i < ARRAY_SIZE(label_files); i++) {
		_cleanup_free_ char *text = NULL;

		r = read_file(spawn->target.dirfd, label_files[i].current, &text, NULL);
		/* No such module; one that has no labels. */
		if (r == -ENOENT || r == -EINVAL || r == -EOPNOTSUPP)
			continue;
		if (r < 0)
			return r;
		text[strcspn(text, "\n")] = '\0';
		if (*label_files[i].prefix)
			text[strcspn(text, " ")] = '\0';
		if (!*text || strcmp(text, "unconfined") == 0)
			continue;
		spawn->label_file = label_files[i].exec;
		return asprintf(&spawn->label, "%s%s", label_files[i].prefix, text) < 0 ? -ENOMEM : 0;
	}
	return 0;
}

static _noreturn_ void fail_label(_unused_ const struct plan *plan, _unused_ enum ns_type type,
				  const char *description, int error)
{
	die_with_hint(error, description, hint_target_file(error));
}

const struct step step_label = {
	.call = "read",
	.wanted = wants_label,
	.describe = describe_label,
	.run = run_label,
	.fail = fail_label,
};

static void describe_take_label(const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	fprintf(out, "take the security label of '%s' with the next program", plan->target.text);
}

static int run_take_label(struct spawn *spawn, _unused_ enum ns_type type)
{
	/* Through the caller's /proc: one of the target's would swallow it. */
	return spawn->label ? write_file(spawn->procfd, spawn->label_file, spawn->label) : 0;
}

static _noreturn_ void fail_take_label(_unused_ const struct plan *plan, _unused_ enum ns_type type,
				       const char *description, int error)
{
	die_with_hint(error, description, hint_label(error));
}

const struct step step_take_label = {
	.call = "write",
	.wanted = wants_label,
	.describe = describe_take_label,
	.run = run_take_label,
	.fail = fail_take_label,
};
