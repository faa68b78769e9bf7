/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * step_files.c - mounts and directories of the new world.
 *
 * With a root that is pivoted to, everything is mounted below that directory
 * first and the root changed last: in a user namespace, proc and sysfs can be
 * mounted only while another instance of them is in sight.
 */
#include "step.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>

#include "diag.h"
#include "file.h"
#include "hint.h"
#include "kernel.h"
#include "mount_table.h"

static const char binfmt_directory[] = "/proc/sys/fs/binfmt_misc";

/*
 * A directory of the new world. Before its root is pivoted to that is below
 * it, whatever links there are: what they say is meant in that root.
 */
static int open_place(const struct plan *plan, const char *path, int *ret_fd)
{
	struct open_how how = { .flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
				.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS };
	_cleanup_close_ int root = -EBADF;
	int fd;

	if (plan->pivot_root) {
		root = open(plan->pivot_root, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (root < 0)
			return -errno;
		fd = (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
	} else {
		fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	}
	if (fd < 0)
		return -errno;
	*ret_fd = fd;
	return 0;
}

/*
 * Mount it on an open directory, or on the path where that is negative; also
 * where the very same is mounted already, as the proc of a pid namespace is on
 * the /proc of those in it: mount(2) refuses that, -EBUSY. What covers the one
 * that is there does not cover ours.
 */
static int mount_by_descriptor(const char *type, int place, const char *path)
{
	const unsigned int flags = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
	_cleanup_close_ int context = fsopen(type, FSOPEN_CLOEXEC);
	_cleanup_close_ int tree = -EBADF;
	int r;

	if (context < 0 || fsconfig(context, FSCONFIG_SET_STRING, "source", type, 0) < 0 ||
	    fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -errno;
	tree = fsmount(context, FSMOUNT_CLOEXEC, flags);
	if (tree < 0)
		return -errno;
	if (place < 0)
		r = move_mount(tree, "", AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH);
	else
		r = move_mount(tree, "", place, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
	return r < 0 ? -errno : 0;
}

/*
 * Unless all mounts are cut off from the caller's already, what we mount would
 * appear there too.
 */
static bool is_tied_to_caller(const struct plan *plan)
{
	return plan->propagation == PROPAGATION_UNCHANGED || plan->propagation == PROPAGATION_SHARED;
}

/* Mount a file system that has no device, private to this world. */
static int mount_virtual(const struct plan *plan, const char *type, const char *path)
{
	const unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;

	/* -EINVAL: no mount point, nothing to cut off. */
	if (is_tied_to_caller(plan) && mount("none", path, NULL, MS_PRIVATE | MS_REC, NULL) < 0 &&
	    errno != EINVAL)
		return -errno;
	if (mount(type, path, type, flags, NULL) == 0)
		return 0;
	return errno == EBUSY ? mount_by_descriptor(type, -EBADF, path) : -errno;
}

/* What is mounted outside goes on to show, and what is mounted here does not show there. */
static int cut_off(void)
{
	return mount("none", "/", NULL, MS_REC | MS_SLAVE, NULL) < 0 && errno != EINVAL ? -errno : 0;
}

/* The same at a path of the new world. */
static int mount_in_world(const struct plan *plan, const char *type, const char *path)
{
	_cleanup_close_ int place = -EBADF;
	int r;

	if (!plan->pivot_root)
		return mount_virtual(plan, type, path);
	r = is_tied_to_caller(plan) ? cut_off() : 0;
	if (r == 0)
		r = open_place(plan, path, &place);
	return r < 0 ? r : mount_by_descriptor(type, place, NULL);
}

/* Propagation */

static const struct {
	const char *word;
	unsigned long flag;
} propagations[] = {
	[PROPAGATION_PRIVATE] = { "private", MS_PRIVATE },
	[PROPAGATION_SLAVE] = { "slave", MS_SLAVE },
	[PROPAGATION_SHARED] = { "shared", MS_SHARED },
};

static ns_set wants_propagation(const struct plan *plan)
{
	return step_once_if(ns_set_has(plan->create, NS_MNT) && plan->propagation != PROPAGATION_UNCHANGED);
}

static void describe_propagation(const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	fprintf(out, "make all mounts %s", propagations[plan->propagation].word);
}

/*
 * In a chroot "/" need be no mount point, and the mount that holds it is out
 * of reach. Joining the mount namespace we are in leads to its root, from
 * where everything can be changed; then back into the chroot.
 */
static int change_propagation_above_chroot(unsigned long flag)
{
	_cleanup_close_ int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	_cleanup_close_ int cwd = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	_cleanup_close_ int self = kernel_pidfd_open(getpid());
	int r;

	if (root < 0 || cwd < 0 || self < 0)
		return -EINVAL;
	r = kernel_setns(self, CLONE_NEWNS);
	if (r == 0 && mount("none", "/", NULL, MS_REC | flag, NULL) < 0)
		r = -errno;
	if (r == 0 && (fchdir(root) < 0 || chroot(".") < 0 || fchdir(cwd) < 0))
		r = -errno;
	return r;
}

static int run_propagation(struct spawn *spawn, _unused_ enum ns_type type)
{
	unsigned long flag = propagations[spawn->plan->propagation].flag;

	if (mount("none", "/", NULL, MS_REC | flag, NULL) == 0)
		return 0;
	return errno == EINVAL ? change_propagation_above_chroot(flag) : -errno;
}

static _noreturn_ void fail_propagation(_unused_ const struct plan *plan, _unused_ enum ns_type type,
					const char *description, int error)
{
	die_with_hint(error, description, hint_propagation(error));
}

const struct step step_propagation = {
	.call = "mount",
	.wanted = wants_propagation,
	.describe = describe_propagation,
	.run = run_propagation,
	.fail = fail_propagation,
};

/* A binary type whose interpreter is to be found in the caller's files: before the root changes. */

static ns_set wants_interpreter(const struct plan *plan)
{
	return step_once_if(plan->interpreter != NULL);
}

static void describe_interpreter(const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	fprintf(out, "register the binary type '%s'", plan->interpreter);
}

static int run_interpreter(struct spawn *spawn, _unused_ enum ns_type type)
{
	int r;

	r = mount_virtual(spawn->plan, "binfmt_misc", binfmt_directory);
	if (r < 0)
		return r;
	return write_file(AT_FDCWD, "/proc/sys/fs/binfmt_misc/register", spawn->plan->interpreter);
}

const struct step step_interpreter = {
	.call = "mount, write",
	.wanted = wants_interpreter,
	.describe = describe_interpreter,
	.run = run_interpreter,
};

/* Root */

static ns_set wants_root(const struct plan *plan)
{
	return step_once_if(plan->root != NULL);
}

static void describe_root(const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	fprintf(out, "change root to '%s'", plan->root);
}

static int run_root(struct spawn *spawn, _unused_ enum ns_type type)
{
	return chroot(spawn->plan->root) < 0 || chdir("/") < 0 ? -errno : 0;
}

static _noreturn_ void fail_root(const struct plan *plan, _unused_ enum ns_type type, const char *description,
				 int error)
{
	die_with_hint(error, description, hint_chroot(plan->enters, error));
}

const struct step step_root = {
	.call = "chroot",
	.wanted = wants_root,
	.describe = describe_root,
	.run = run_root,
	.fail = fail_root,
};

/* proc */

static ns_set wants_proc(const struct plan *plan)
{
	return step_once_if(plan->proc != NULL);
}

static void describe_proc(const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	fprintf(out, "mount proc at '%s'", plan->proc);
}

static int run_proc(struct spawn *spawn, _unused_ enum ns_type type)
{
	return mount_in_world(spawn->plan, "proc", spawn->plan->proc);
}

static _noreturn_ void fail_proc(_unused_ const struct plan *plan, _unused_ enum ns_type type,
				 const char *description, int error)
{
	die_with_hint(error, description, hint_mount_virtual("proc", error));
}

const struct step step_proc = {
	.call = "mount",
	.wanted = wants_proc,
	.describe = describe_proc,
	.run = run_proc,
	.fail = fail_proc,
};

/* sysfs */

static ns_set wants_sys(const struct plan *plan)
{
	return step_once_if(plan->sys != NULL);
}

static void describe_sys(const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	fprintf(out, "mount sysfs at '%s', what is mounted below kept", plan->sys);
}

/* Is it refused here, whoever asks? As in containers, and in worlds without a /sys. */
static bool is_no_place_for_sys(int error)
{
	return error == -EPERM || error == -ENOENT || error == -ENOTDIR;
}

static int run_sys(struct spawn *spawn, _unused_ enum ns_type type)
{
	const char *path = spawn->plan->sys;
	_cleanup_close_ int place = -EBADF;
	_cleanup_(mount_copies_release) struct mount_copies copies = { 0 };
	int r;

	/* Cgroups and the like are mounted on /sys: carry them over. */
	r = mount_copies_take(spawn->procfd, "/sys", &copies);
	if (r == 0)
		r = mount_in_world(spawn->plan, "sysfs", path);
	if (spawn->plan->sys_may_stay && is_no_place_for_sys(r)) {
		warn(r, "note: '%s' does not show the network entered", path);
		return 0;
	}
	if (r == 0)
		r = open_place(spawn->plan, path, &place);
	return r < 0 ? r : mount_copies_put(&copies, place);
}

static _noreturn_ void fail_sys(_unused_ const struct plan *plan, _unused_ enum ns_type type,
				const char *description, int error)
{
	die_with_hint(error, description, hint_mount_virtual("sysfs", error));
}

const struct step step_sys = {
	.call = "open_tree, mount",
	.wanted = wants_sys,
	.describe = describe_sys,
	.run = run_sys,
	.fail = fail_sys,
};

/* binfmt_misc */

static ns_set wants_binfmt(const struct plan *plan)
{
	/* Where it was mounted to register a type, unless something came over it since. */
	bool is_there = plan->interpreter && !plan->root && !plan->pivot_root && !plan->proc &&
			plan->binfmt && strcmp(plan->binfmt, binfmt_directory) == 0;

	return step_once_if(plan->binfmt && !is_there);
}

static void describe_binfmt(const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	fprintf(out, "mount binfmt_misc at '%s'", plan->binfmt);
}

static int run_binfmt(struct spawn *spawn, _unused_ enum ns_type type)
{
	return mount_in_world(spawn->plan, "binfmt_misc", spawn->plan->binfmt);
}

static _noreturn_ void fail_binfmt(_unused_ const struct plan *plan, _unused_ enum ns_type type,
				   const char *description, int error)
{
	die_with_hint(error, description, hint_mount_virtual("binfmt_misc", error));
}

const struct step step_binfmt = {
	.call = "mount",
	.wanted = wants_binfmt,
	.describe = describe_binfmt,
	.run = run_binfmt,
	.fail = fail_binfmt,
};

/* A root of which the old one is gone */

static ns_set wants_pivot(const struct plan *plan)
{
	return step_once_if(plan->pivot_root != NULL);
}

static void describe_pivot(const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	fprintf(out, "pivot root to '%s', the old root gone", plan->pivot_root);
}

static int run_pivot(struct spawn *spawn, _unused_ enum ns_type type)
{
	const char *root = spawn->plan->pivot_root;
	_cleanup_free_ char *real = realpath(root, NULL);
	int r;

	/* The kernel's answer to that depends on who asks. */
	if (real && strcmp(real, "/") == 0)
		return -EBUSY;
	/*
	 * pivot_root(2) wants a mount point, and neither that nor its parent
	 * shared; and what is taken off is not to go elsewhere.
	 */
	r = cut_off();
	if (r < 0)
		return r;
	if (mount(root, root, NULL, MS_BIND | MS_REC, NULL) < 0 || chdir(root) < 0)
		return -errno;
	/* The old root ends up on top of the new one, and is taken off from there. */
	if (syscall(SYS_pivot_root, ".", ".") < 0 || umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
		return -errno;
	if (spawn->plan->propagation == PROPAGATION_SHARED &&
	    mount("none", "/", NULL, MS_REC | MS_SHARED, NULL) < 0)
		return -errno;
	return 0;
}

static _noreturn_ void fail_pivot(_unused_ const struct plan *plan, _unused_ enum ns_type type,
				  const char *description, int error)
{
	die_with_hint(error, description, hint_pivot(error));
}

const struct step step_pivot = {
	.call = "pivot_root",
	.wanted = wants_pivot,
	.describe = describe_pivot,
	.run = run_pivot,
	.fail = fail_pivot,
};

/* Working directory */

static ns_set wants_directory(const struct plan *plan)
{
	return step_once_if(plan->directory != NULL);
}

static void describe_directory(const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	fprintf(out, "change directory to '%s'", plan->directory);
}

static int run_directory(struct spawn *spawn, _unused_ enum ns_type type)
{
	return chdir(spawn->plan->directory) < 0 ? -errno : 0;
}

const struct step step_directory = {
	.call = "chdir",
	.wanted = wants_directory,
	.describe = describe_directory,
	.run = run_directory,
};
