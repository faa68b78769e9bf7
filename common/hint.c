/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hint.c - causes and remedies.
 */
#include "hint.h"

#include <ctype.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "diag.h"
#include "file.h"
#include "kernel.h"
#include "mount_table.h"
#include "ns_query.h"
#include "pin_path.h"
#include "pin_registry.h"
#include "proc.h"

/* The caller's, once somebody said so. */
static int given_procfd = -EBADF;
static bool is_procfd_given;

void hint_look_in(int procfd)
{
	given_procfd = procfd;
	is_procfd_given = true;
}

static int look_in(void)
{
	if (!is_procfd_given)
		hint_look_in(open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC));
	return given_procfd;
}

/* A small file below /proc without its newline. 0 or -errno. */
static int read_line(const char *path, char *line, size_t size)
{
	ssize_t n = read_file_into(look_in(), path, line, size);

	if (n < 0)
		return (int)n;
	line[strcspn(line, "\n")] = '\0';
	return 0;
}

/* Is a switch set to this? One that is there and cannot be read may be set to anything. */
static bool is_switched(const char *path, const char *value)
{
	char line[32];

	return read_line(path, line, sizeof(line)) == 0 && strcmp(line, value) == 0;
}

static bool status_has(const char *field, const char *value)
{
	_cleanup_free_ char *text = NULL;
	const char *found;

	return read_file(look_in(), "self/status", &text, NULL) == 0 &&
	       proc_status_find(text, field, &found) == 0 && strncmp(found, value, strlen(value)) == 0 &&
	       !isalnum((unsigned char)found[strlen(value)]);
}

/*
 * A filter that refuses unshare refuses it whatever it asks for: without one
 * unshare(0) does nothing and succeeds.
 */
static bool is_filtered(void)
{
	return status_has("Seccomp", "2") && unshare(0) < 0;
}

static int count_root(void *context, const struct mount_entry *mount)
{
	unsigned int *count = context;

	*count += strcmp(mount->path, "/") == 0;
	return 0;
}

/* How many mounts does mountinfo show at "/"? None where there is no /proc, as in a chroot. */
static unsigned int count_root_mounts(void)
{
	unsigned int count = 0;

	return mount_table_visit(look_in(), count_root, &count) < 0 ? 0 : count;
}

/*
 * Is our root another directory than that of the mount namespace? Where it is
 * no mount point, mountinfo has no line for it; where something is mounted
 * over it, it has two. Else pid 1 knows, if we may ask.
 */
static bool is_chrooted(void)
{
	struct stat ours, its;

	if (count_root_mounts() != 1)
		return true;
	return stat("/", &ours) == 0 && fstatat(look_in(), "1/root/.", &its, 0) == 0 &&
	       (ours.st_dev != its.st_dev || ours.st_ino != its.st_ino);
}

static bool is_confined_by_apparmor(void)
{
	char line[256];

	return read_line("self/attr/current", line, sizeof(line)) == 0 && strstr(line, "unprivileged_userns");
}

static bool apparmor_restricts(void)
{
	return is_switched("sys/kernel/apparmor_restrict_unprivileged_userns", "1");
}

static char *apparmor_hint(void)
{
	return xstrdup("AppArmor takes all rights from the user namespaces of unconfined programs: "
		       "give this one a profile with 'userns,', or set the sysctl "
		       "kernel.apparmor_restrict_unprivileged_userns to 0");
}

static char *seccomp_hint(void)
{
	return xstrdup("a seccomp filter, as containers have, forbids it");
}

/* Which of the limits in /proc/sys/user is used up, or 0? */
static char *limit_hint(ns_set types)
{
	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		_cleanup_free_ char *path = NULL;

		if (!ns_set_has(types, type))
			continue;
		path = xasprintf("sys/user/max_%s_namespaces", ns_types[type].name);
		if (is_switched(path, "0"))
			return xasprintf("user.max_%s_namespaces is 0 here: set it higher",
					 ns_types[type].name);
	}
	return xstrdup("a limit of /proc/sys/user/max_*_namespaces is used up, here or in an ancestor, or "
		       "namespaces are nested too deep (32 levels)");
}

static bool type_is_missing(ns_set types, const char **ret_name)
{
	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		_cleanup_free_ char *path = xasprintf("self/%s", ns_types[type].proc_file);
		struct stat st;

		*ret_name = ns_types[type].name;
		if (ns_set_has(types, type) && fstatat(look_in(), path, &st, AT_SYMLINK_NOFOLLOW) < 0)
			return true;
	}
	return false;
}

/* Does our user namespace not map that id of ours? It shows as 65534 then. */
static bool is_unmapped_in(const char *map, uint32_t id)
{
	return id == 65534 && !is_switched(map, "         0          0 4294967295");
}

/* Is our own user or group id one that our user namespace does not map? */
static bool is_unmapped(void)
{
	return is_unmapped_in("self/uid_map", geteuid()) || is_unmapped_in("self/gid_map", getegid());
}

static char *hint_create_user(void)
{
	if (is_filtered())
		return seccomp_hint();
	if (is_chrooted())
		return xstrdup(
			"the root directory is not that of the mount namespace (a chroot, or something is "
			"mounted over it), and there no user namespace can be made: enter the directory "
			"with --pivot-root instead");
	if (is_switched("sys/kernel/unprivileged_userns_clone", "0"))
		return xstrdup("the sysctl kernel.unprivileged_userns_clone is 0: root can set it to 1");
	if (apparmor_restricts())
		return apparmor_hint();
	if (is_unmapped())
		return xstrdup("your own ids are not mapped in this user namespace");
	return NULL;
}

char *hint_create(ns_set types, int error)
{
	bool makes_user = ns_set_has(types, NS_USER);
	const char *name;

	switch (error) {
	case -EPERM:
	case -EACCES:
		if (makes_user)
			return hint_create_user();
		if (is_filtered())
			return seccomp_hint();
		if (is_confined_by_apparmor())
			return apparmor_hint();
		if (!kernel_has_capability(CAP_SYS_ADMIN))
			return xstrdup("it takes CAP_SYS_ADMIN: be root, or add --user --map-root-user");
		return NULL;
	case -ENOSPC:
	case -EUSERS:
		return limit_hint(types);
	case -EINVAL:
		if (type_is_missing(types, &name))
			return xasprintf("this kernel has no %s namespaces", name);
		return NULL;
	case -ENOSYS:
		return xstrdup("a seccomp filter or a very old kernel");
	}
	return NULL;
}

char *hint_setgroups(int error)
{
	if (error != -EPERM && error != -EACCES)
		return NULL;
	if (is_confined_by_apparmor() || apparmor_restricts())
		return apparmor_hint();
	return xstrdup("once denied, it is denied in all user namespaces below");
}

char *hint_map(bool is_group, bool by_tool, bool allows_setgroups, int error)
{
	const char *what = is_group ? "gid" : "uid";

	if (by_tool && error == -ENOENT)
		return xasprintf("new%smap(1) is not installed, and only it may map more than your own id: "
				 "install uidmap or shadow-utils",
				 what);
	if (by_tool)
		return xasprintf("new%smap(1) refused: /etc/sub%s gives you other ids, or it is not setuid",
				 what, what);
	if (error != -EPERM && error != -EACCES)
		return NULL;
	if (is_confined_by_apparmor() || apparmor_restricts())
		return apparmor_hint();
	if (is_group && allows_setgroups)
		return xstrdup("without CAP_SETGID one's own group can be mapped once setgroups is denied: "
			       "leave out --setgroups=allow");
	return xasprintf("ids that are not your own take CAP_SET%s in the parent user namespace, and must be "
			 "mapped there",
			 is_group ? "GID" : "UID");
}

/* The name is closed, or what it keeps, or the registry is none to be believed. */
static char *hint_closed_pin(const struct ns_ref *ref, enum ns_type type, int error)
{
	_cleanup_(pin_release) struct pin pin = PIN_NONE;

	if (error == -EPERM)
		return hint_registry(error);
	if (pin_find(ref->name, &pin) < 0 || pin.is_closed || type < 0)
		return xstrdup("that name is another user's, and its mode keeps you out");
	if (pin.record.kept[type].method == PIN_HOLD)
		return xstrdup(
			"a process of another user holds it, and only they and root may take it from there");
	return xstrdup("that name is another user's, and the directory of its file keeps you out");
}

/* Is it known to be there, and not in sight? So it is with hidepid, proc(5). */
static bool is_hidden(const struct ns_ref *ref)
{
	_cleanup_free_ char *path = xasprintf("%d/stat", (int)ref->pid);

	return ref->kind == NS_REF_PROCESS && ref->pid && faccessat(look_in(), path, F_OK, 0) < 0 &&
	       errno == ENOENT;
}

/* Is a path one of a procfs, as far as we may look? */
static bool is_in_proc(const char *path)
{
	_cleanup_free_ char *directory = xstrdup(path);
	struct statfs fs;
	char *slash;

	while ((slash = strrchr(directory, '/'))) {
		*slash = '\0';
		if (statfs(*directory ? directory : "/", &fs) == 0)
			return fs.f_type == PROC_SUPER_MAGIC;
	}
	return statfs(".", &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC;
}

static char *hint_denied(const struct ns_ref *ref)
{
	/* A file as others: the kernel's words say it. */
	if (ref->kind == NS_REF_PATH && !is_in_proc(ref->name))
		return NULL;
	if (ref->kind == NS_REF_PIDFILE && faccessat(AT_FDCWD, ref->name, R_OK, AT_EACCESS) < 0)
		return xstrdup("the file with the pid is not yours to read");
	if (ref->kind == NS_REF_INODE || ref->kind == NS_REF_NSID)
		return xasprintf(
			"no namespace that can be seen has that number, and not all of them can be%s",
			geteuid() == 0 ? "" : ": be root, or name a process");
	if (ref->kind == NS_REF_SOCKET || ref->kind == NS_REF_FD)
		return xstrdup("looking into another process takes its user or root, and a socket's net "
			       "namespace takes CAP_NET_ADMIN in it");
	if (is_hidden(ref))
		return xasprintf("/proc hides process %d", (int)ref->pid);
	if (kernel_has_capability(CAP_SYS_PTRACE))
		return xstrdup("it belongs to a process above or beside your user namespace, or a security "
			       "module forbids it");
	return xstrdup("the process is another user's, or has rights that you have not");
}

/* The number of a thread opens in /proc, though it is in no list there. */
static char *hint_thread(pid_t pid)
{
	_cleanup_free_ char *path = xasprintf("%d/status", (int)pid);
	_cleanup_free_ char *text = NULL;
	const char *value;
	int process;

	if (read_file(look_in(), path, &text, NULL) < 0 || proc_status_find(text, "Tgid", &value) < 0 ||
	    sscanf(value, "%d", &process) != 1 || process == pid)
		return NULL;
	return xasprintf("it is a thread of process %d: name that", process);
}

/* A zombie; or a process whose other threads live, and are where they are. */
static char *hint_ended(const struct ns_ref *ref, enum ns_type type)
{
	_cleanup_(proc_walk_release) struct proc_walk walk = PROC_WALK_NONE;
	_cleanup_free_ char *tasks = xasprintf("%d/task", (int)ref->pid);
	const char *file = ns_types[type == NS_TYPE_INVALID ? NS_NET : type].proc_file;
	pid_t thread;

	if (ref->kind == NS_REF_PROCESS && proc_walk_init(&walk, look_in(), tasks) == 0) {
		while (proc_walk_next(&walk, &thread) > 0) {
			_cleanup_free_ char *path = xasprintf("%s/%d/%s", tasks, (int)thread, file);
			char link[NS_LINK_SIZE];

			if (readlinkat(look_in(), path, link, sizeof(link)) > 0)
				return xasprintf("its first thread has ended, and others have not: name what "
						 "one of them has, as /proc/%s",
						 path);
		}
	}
	return xstrdup("the process has ended, a zombie that its parent has yet to wait for");
}

static char *hint_not_there(const struct ns_ref *ref)
{
	switch (ref->kind) {
	case NS_REF_PROCESS:
		return hint_thread(ref->pid);
	case NS_REF_PIN:
		return pin_types(ref->name) ? xstrdup("that name keeps none")
					    : xstrdup("there is no such name");
	case NS_REF_UNIT:
		return xstrdup("no process runs in a unit of that name");
	case NS_REF_CONTAINER:
		return xstrdup("no process runs in a container of that id");
	case NS_REF_INODE:
	case NS_REF_NSID:
		return xstrdup("no namespace that can be seen from here has that number");
	default:
		return NULL;
	}
}

static char *hint_no_namespace(const struct ns_ref *ref, enum ns_type type)
{
	if (ref->kind == NS_REF_SOCKET)
		return xstrdup("it is no socket");
	if (ref->kind == NS_REF_PIN)
		return xstrdup("its file keeps no namespace (any more): see nsx-pin verify");
	if (ref->kind == NS_REF_FD && type == NS_TYPE_INVALID)
		return xstrdup("what is open there is neither a namespace nor a socket");
	if (ref->kind == NS_REF_FD && type == NS_NET)
		return xstrdup("what is open there is neither a net namespace nor a socket");
	if (type != NS_TYPE_INVALID)
		return xasprintf("it is no %s namespace", ns_types[type].name);
	return xstrdup("it is no namespace");
}

char *hint_reference(const struct ns_ref *ref, enum ns_type type, int error)
{
	switch (error) {
	case -EACCES:
	case -EPERM:
		return ref->kind == NS_REF_PIN ? hint_closed_pin(ref, type, error) : hint_denied(ref);
	case -ENOENT:
	case -ESRCH:
		return hint_not_there(ref);
	case -EMEDIUMTYPE:
		return hint_no_namespace(ref, type);
	case -EBADMSG:
		return ref->kind == NS_REF_PIN ? hint_registry(error) : NULL;
	case -EOWNERDEAD:
		return hint_ended(ref, type);
	case -ESTALE:
		if (ref->kind == NS_REF_PIN)
			return xstrdup("the process that held it has ended: see nsx-pin verify");
		return xstrdup("that process has ended, and its pid is another's now");
	case -ENOTUNIQ:
		return xstrdup("it fits several: write more of it");
	case -EXDEV:
		return xstrdup("/proc shows the processes of another pid namespace: mount one of this one");
	case -ENODEV:
		return ns_ref_is_process(ref) ? xstrdup("no proc is mounted at /proc") : NULL;
	case -EOPNOTSUPP:
		return xstrdup(ref->kind == NS_REF_PROCESS
				       ? "pidfds have such inode numbers from Linux 6.9 on"
				       : "namespaces have such ids from Linux 6.18 on");
	case -ECHILD:
		return xstrdup("it is made when the process has its first child, and that is yet to come");
	case -ENOMSG:
		return xstrdup("there is no pid in that file");
	case -EBADF:
		return xasprintf("descriptor %d is not open", ref->fd);
	}
	return NULL;
}

char *hint_target_file(int error)
{
	const struct ns_ref process = { .kind = NS_REF_PROCESS };

	if (error == -ENOENT || error == -ESRCH)
		return xstrdup("the process has ended");
	return error == -EACCES || error == -EPERM ? hint_denied(&process) : NULL;
}

char *hint_chroot(bool enters, int error)
{
	if (error == -EPERM && !enters)
		return xstrdup("it takes CAP_SYS_CHROOT: be root, or add --user --map-root-user");
	if (error == -EPERM)
		return xstrdup(
			"changing the root takes CAP_SYS_CHROOT: be root, or enter a user namespace of "
			"yours as well (--user)");
	return NULL;
}

char *hint_label(int error)
{
	if (error == -EACCES || error == -EPERM || error == -EINVAL)
		return xstrdup("the policy of the security module does not let you change to that label");
	return NULL;
}

char *hint_program(int error)
{
	switch (error) {
	case -ELIBACC:
		return xstrdup("it is linked dynamically, and its loader and libraries would be those in "
			       "there: take a static one, like busybox");
	case -ELIBBAD:
		return xstrdup("it is a script, and its interpreter would be looked for in there: take a "
			       "static program, like busybox");
	case -ENOEXEC:
		return xstrdup("it is no program in the ELF format");
	case -EACCES:
		return xstrdup("it is not executable or not readable, or the sysctl vm.memfd_noexec forbids "
			       "programs in memory");
	}
	return NULL;
}

char *hint_cgroup_open(int error)
{
	switch (error) {
	case -EACCES:
	case -EPERM:
		return xstrdup("its cgroup.procs is not yours to write to: be root, or have that tree of "
			       "cgroups delegated to you (Delegate= of systemd)");
	case -EROFS:
		return xstrdup("cgroups are mounted read-only here, as in containers");
	case -ENOENT:
		return xstrdup("the cgroup was removed");
	case -ESRCH:
		return xstrdup("the process has ended");
	}
	return NULL;
}

char *hint_user_parent(int error)
{
	if (error == -EPERM)
		return xstrdup(
			"it is the one that you are in, or above or beside it, and there is no way up");
	return NULL;
}

char *hint_join(const struct join_blame *blame, int error, bool has_rights)
{
	if (error == -EINVAL && blame->type == NS_PID)
		return xstrdup("a pid namespace can be entered from itself or from one above");
	if (error == -ESRCH)
		return xstrdup("the process has ended");
	if (error != -EPERM)
		return NULL;
	if (blame->obstacle == JOIN_OWNER_OUTSIDE)
		return xstrdup("it belongs to a user namespace above or beside yours");
	if (blame->obstacle == JOIN_OWNER_APART && !has_rights)
		return xstrdup("it belongs to another user namespace of yours than the rest, and inside one "
			       "of them there are no rights over the other: be root, or run a command for "
			       "each");
	if (blame->obstacle == JOIN_OWNER_BELOW && !has_rights)
		return xasprintf("it belongs to a user namespace of user %u, who may enter it, as may root",
				 blame->uid);
	if (!has_rights)
		return xstrdup("it belongs to the user namespace that you are in, where it takes "
			       "CAP_SYS_ADMIN: be root");
	if (blame->type == NS_MNT && !kernel_has_capability(CAP_SYS_CHROOT))
		return xstrdup("a mount namespace takes CAP_SYS_CHROOT as well");
	return is_filtered() ? seccomp_hint() : NULL;
}

char *hint_cgroup_join(int error)
{
	switch (error) {
	case -EACCES:
	case -EPERM:
		return xstrdup(
			"to move between two cgroups of version 2 takes writing to the cgroup.procs of "
			"the nearest one above both: be root, or start in the same delegated tree "
			"(systemd-run --user --scope)");
	case -ENOENT:
		return xstrdup("cgroups are mounted with nsdelegate, and then the root of a cgroup namespace "
			       "is a border");
	case -ENODEV:
		return xstrdup("the cgroup was removed");
	case -EBUSY:
		return xstrdup("it gives controllers to cgroups below it (cgroup.subtree_control), so it can "
			       "have no processes");
	case -EOPNOTSUPP:
		return xstrdup(
			"its cgroup.type is 'domain invalid', for threaded cgroups are about: it takes "
			"no whole processes");
	case -ENOSPC:
		return xstrdup("it has no processors or memory nodes yet: set cpuset.cpus and cpuset.mems");
	}
	return NULL;
}

/* Are our children in another pid namespace than we are? One without a first process shows none. */
static bool has_children_elsewhere(void)
{
	enum ns_type type;
	ino_t ours, theirs;

	return ns_read_link(look_in(), "self/ns/pid", &type, &ours) == 0 &&
	       ns_read_link(look_in(), "self/ns/pid_for_children", &type, &theirs) == 0 && ours != theirs;
}

char *hint_fork(int error)
{
	if (error == -ENOMEM && has_children_elsewhere())
		return xstrdup(
			"the init of the pid namespace has ended, and nothing can be started there again");
	if (error == -EAGAIN)
		return xstrdup("a limit on processes is reached: ulimit -u, or pids.max of the cgroup");
	if (error == -ENOENT || error == -EBADF)
		return xstrdup("no proc is mounted at /proc here, and the pid of the child is read in it");
	return NULL;
}

char *hint_mount_virtual(const char *type, int error)
{
	bool is_proc = strcmp(type, "proc") == 0;

	if (error == -EPERM && is_proc)
		return xstrdup(
			"a proc can be mounted by who owns the pid namespace (add --pid), and where the "
			"/proc in sight has nothing mounted over it, as it has in containers");
	if (error == -EPERM && strcmp(type, "binfmt_misc") == 0)
		return xstrdup("a binfmt_misc can be mounted by root, and from Linux 6.7 on by who owns the "
			       "user namespace (add --user)");
	if (error == -EPERM)
		return xasprintf(
			"a %s can be mounted by who owns the net namespace (add --net), and where the "
			"one in sight has nothing mounted over it",
			type);
	if (error == -EINVAL)
		return xstrdup("that directory is in another mount namespace than the one you are in, as a "
			       "root taken along may be: enter its mount namespace too");
	if (error == -ENODEV)
		return xasprintf("this kernel has no %s", type);
	return NULL;
}

char *hint_propagation(int error)
{
	if (error == -EINVAL)
		return xstrdup("'/' is no mount point here, as in a chroot: use --propagation unchanged");
	return NULL;
}

char *hint_pivot(int error)
{
	if (error == -EBUSY)
		return xstrdup("it is the root directory already");
	if (error == -EINVAL)
		return xstrdup("the root directory you have is no mount point (a chroot, or an initramfs)");
	return NULL;
}

/* Is there something else where a directory of names should be? */
static char *hint_no_directory(const char *path)
{
	struct stat st;

	if (lstat(path, &st) < 0 || S_ISDIR(st.st_mode))
		return NULL;
	return xasprintf("'%s' is %s, not a directory: take it away", path,
			 S_ISLNK(st.st_mode) ? "a symbolic link" : "something else");
}

/* Why a registry is not believed. */
static char *hint_distrust(const char *path)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return NULL;
	if (st.st_uid != geteuid())
		return xasprintf("'%s' belongs to user %u, who could put there what they like: take it away",
				 path, st.st_uid);
	if (st.st_mode & (S_IWGRP | S_IWOTH))
		return xasprintf("others may write to '%s': take that right away", path);
	return NULL;
}

char *hint_registry(int error)
{
	_cleanup_free_ char *path = NULL;
	bool is_system = pin_owns_system();
	char *hint = NULL;

	if (error == -ENXIO)
		return xstrdup("your names are in the directory that XDG_RUNTIME_DIR says, or in "
			       "/run/user/UID, and there is none that is yours alone: set the variable");
	if (error == -EEXIST)
		return xstrdup("there is such a name");
	if (error == -EBADMSG)
		return xstrdup("its record is broken: see nsx-pin verify");
	if (error == -EMEDIUMTYPE)
		return xstrdup("its file keeps no namespace (any more): see nsx-pin verify");
	if (pin_registry_path(is_system, &path) < 0)
		return NULL;
	if (error == -EPERM)
		hint = hint_distrust(path);
	if (error == -EPERM && !hint && is_system && !kernel_has_capability(CAP_SYS_ADMIN))
		hint = xstrdup("it takes CAP_SYS_ADMIN, to mount: be root");
	if (error == -ENOTDIR)
		return hint_no_directory(path)
				?: hint_no_directory(PIN_NSX_DIR)
				?: hint_no_directory(PIN_NETNS_DIR)
				?: xstrdup("something else is in the place of the name");
	return hint;
}

char *hint_pty(int error)
{
	switch (error) {
	case -ENOENT:
	case -ENODEV:
		return xstrdup("it takes a devpts at /dev/pts and a /dev/ptmx beside it, there or here");
	case -ENOSPC:
		return xstrdup("all are in use: see the sysctl kernel.pty.max");
	case -ECONNRESET:
		return xstrdup("nobody is there to serve it");
	}
	return NULL;
}

char *hint_keep(enum ns_type type, int error)
{
	if (error == -ENOTDIR && type == NS_NET)
		return hint_no_directory(PIN_NETNS_DIR);
	if (error == -EINVAL && type == NS_MNT)
		return xstrdup(
			"a mount namespace can be kept only in an older one, neither in itself nor in one "
			"made after it");
	/* Of where the file is: what we may in a user namespace of our own says nothing. */
	if (error == -EPERM)
		return xstrdup("it takes CAP_SYS_ADMIN where the file is: be root");
	return NULL;
}

char *hint_identity(bool is_group, bool is_new, bool is_given, uint32_t id, int error)
{
	const char *kind = is_group ? "group" : "user";
	const char *what = is_group ? "gid" : "uid";

	/* Root within and somebody else afterwards: one map has an id outside but once. */
	if (error == -EINVAL && is_new)
		return xasprintf(
			"it is not mapped there: map it with --map-%ss, or, to set up as root and then "
			"run as yourself, nest: nsx-unshare -r sh -c 'SET UP; exec nsx-unshare "
			"--map-%s=%u PROGRAM'",
			kind, kind, id);
	if (error == -EINVAL && is_given)
		return xasprintf("it is not mapped in that user namespace (see /proc/PID/%s_map): choose one "
				 "that is",
				 what);
	if (error == -EINVAL)
		return xasprintf("it is not mapped in that user namespace (see /proc/PID/%s_map): choose one "
				 "that is with --set%s of nsx-enter or nsx-unshare, or keep yours with "
				 "nsx-enter --preserve-credentials",
				 what, what);
	if (error == -EPERM)
		return xasprintf("it takes %s", is_group ? "CAP_SETGID" : "CAP_SETUID");
	return NULL;
}

void die_with_hint(int error, const char *description, char *hint)
{
	_cleanup_free_ char *owned = hint;

	if (!owned)
		die(error, "cannot %s", description);
	die(0, "cannot %s: %s: %s", description, strerror(-error), owned);
}
