/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe.c - trying things in a child.
 */
#include "probe.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include "file.h"
#include "kernel.h"

static int make(int flags)
{
	return unshare(flags) < 0 ? -errno : 0;
}

static int try_mnt(void)
{
	return make(CLONE_NEWNS);
}

static int try_uts(void)
{
	return make(CLONE_NEWUTS);
}

static int try_ipc(void)
{
	return make(CLONE_NEWIPC);
}

static int try_net(void)
{
	return make(CLONE_NEWNET);
}

static int try_pid(void)
{
	return make(CLONE_NEWPID);
}

static int try_user(void)
{
	return make(CLONE_NEWUSER);
}

static int try_cgroup(void)
{
	return make(CLONE_NEWCGROUP);
}

static int try_time(void)
{
	return make(CLONE_NEWTIME);
}

/* The caller's ids before anything is unshared; a child sees 65534 after that. */
static uid_t caller_uid;
static gid_t caller_gid;

static int write_map(const char *path, unsigned int id)
{
	char line[32];

	snprintf(line, sizeof(line), "0 %u 1\n", id);
	return write_file(AT_FDCWD, path, line);
}

static int become_mapped_root(void)
{
	int r;

	r = make(CLONE_NEWUSER);
	if (r == 0)
		r = write_file(AT_FDCWD, "/proc/self/setgroups", "deny");
	if (r == 0)
		r = write_map("/proc/self/uid_map", caller_uid);
	return r < 0 ? r : write_map("/proc/self/gid_map", caller_gid);
}

static int try_map(void)
{
	return become_mapped_root();
}

static int make_private_mounts(void)
{
	int r;

	r = make(CLONE_NEWNS);
	if (r == 0 && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 && errno != EINVAL)
		r = -errno;
	return r;
}

/* Run something in a child and hand its result back. */
static int in_child(int (*attempt)(void))
{
	int *result = mmap(NULL, sizeof(*result), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int r, status;
	pid_t pid;

	if (result == MAP_FAILED)
		return -errno;
	*result = -ECANCELED;
	pid = fork();
	if (pid == 0) {
		*result = attempt();
		_exit(EXIT_SUCCESS);
	}
	r = pid < 0 ? -errno : 0;
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (r == 0)
		r = *result;
	munmap(result, sizeof(*result));
	return r;
}

static int mount_proc_over_proc(void)
{
	return mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0 ? -errno : 0;
}

static int try_mount_proc(void)
{
	int r;

	r = make_private_mounts();
	if (r == 0)
		r = make(CLONE_NEWPID);
	return r < 0 ? r : in_child(mount_proc_over_proc);
}

static int try_mount_tmpfs(void)
{
	int r;

	r = make_private_mounts();
	if (r == 0 && mount("tmpfs", "/tmp", "tmpfs", 0, NULL) < 0)
		r = -errno;
	return r;
}

static int try_lo(void)
{
	int r;

	r = make(CLONE_NEWNET);
	return r < 0 ? r : kernel_loopback_up();
}

static int try_nested(void)
{
	int r;

	r = become_mapped_root();
	if (r < 0)
		return r;
	/* Its ids, as the next one sees them. */
	caller_uid = caller_gid = 0;
	return become_mapped_root();
}

/* ns_set_of() as a constant. */
#define SET_OF(type) (1u << (type))

const struct probe probes[] = {
	[NS_MNT] = { "mnt", "a mount namespace", SET_OF(NS_MNT), try_mnt },
	[NS_UTS] = { "uts", "a UTS namespace", SET_OF(NS_UTS), try_uts },
	[NS_IPC] = { "ipc", "an IPC namespace", SET_OF(NS_IPC), try_ipc },
	[NS_NET] = { "net", "a network namespace", SET_OF(NS_NET), try_net },
	[NS_PID] = { "pid", "a pid namespace", SET_OF(NS_PID), try_pid },
	[NS_USER] = { "user", "a user namespace", SET_OF(NS_USER), try_user },
	[NS_CGROUP] = { "cgroup", "a cgroup namespace", SET_OF(NS_CGROUP), try_cgroup },
	[NS_TIME] = { "time", "a time namespace", SET_OF(NS_TIME), try_time },
	{ "map", "be root in a user namespace (-r)", SET_OF(NS_USER), try_map },
	{ "mount-proc", "mount proc in a pid namespace (--mount-proc)", SET_OF(NS_MNT) | SET_OF(NS_PID),
	  try_mount_proc },
	{ "mount-tmpfs", "mount a tmpfs in a mount namespace", SET_OF(NS_MNT), try_mount_tmpfs },
	{ "lo", "bring the loopback device up (--lo)", SET_OF(NS_NET), try_lo },
	{ "nested-user", "a user namespace within one", SET_OF(NS_USER), try_nested },
};

const size_t probe_count = ARRAY_SIZE(probes);

/* What is being tried, for the function below that runs in the child. */
static const struct probe *current_probe;

static int attempt_with_user(void)
{
	int r;

	r = become_mapped_root();
	return r < 0 ? r : current_probe->attempt();
}

static bool needs_no_user(const struct probe *probe)
{
	return probe->attempt == try_user || probe->attempt == try_map || probe->attempt == try_nested;
}

int probe_try(const struct probe *probe, bool *ret_with_user)
{
	int alone, with_user;

	caller_uid = geteuid();
	caller_gid = getegid();
	*ret_with_user = false;
	alone = in_child(probe->attempt);
	if (alone == 0 || needs_no_user(probe))
		return alone;
	current_probe = probe;
	with_user = in_child(attempt_with_user);
	*ret_with_user = with_user == 0;
	/* Where both fail, the second is what an ordinary user would have to get over. */
	return with_user;
}

/* Is it no answer, but that nobody could be asked? */
static bool is_no_answer(int error)
{
	return error == -EAGAIN || error == -ENOMEM || error == -ECANCELED;
}

int probe_creatable(ns_set *ret)
{
	ns_set set = 0;
	int refusal = 0;

	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		bool with_user;
		int r;

		r = probe_try(&probes[type], &with_user);
		if (is_no_answer(r))
			return r;
		if (r == 0)
			set |= ns_set_of(type);
		else if (!refusal)
			refusal = r;
	}
	if (!set)
		return refusal;
	*ret = set;
	return 0;
}
