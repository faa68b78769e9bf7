/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * baseline.c - the namespaces of process 1, if need be in a roundabout way.
 */
#include "ls/baseline.h"

#include "ns_query.h"
#include "proc.h"

/*
 * As the kernel numbers them: enum init_ns_ino of linux/nsfs.h. Until 6.16 net
 * and mnt had the first numbers that were handed out at boot, which go to
 * files of /proc since.
 */
static const struct baseline initial = {
	.of = "the initial namespaces",
	.inodes = {
		[NS_IPC] = 0xefffffff,
		[NS_UTS] = 0xeffffffe,
		[NS_USER] = 0xeffffffd,
		[NS_PID] = 0xeffffffc,
		[NS_CGROUP] = 0xeffffffb,
		[NS_TIME] = 0xeffffffa,
		[NS_NET] = 0xeffffff9,
		[NS_MNT] = 0xeffffff8,
	},
	.others = {
		[NS_NET] = 0xf0000000,
		[NS_MNT] = 0xf0000001,
	},
};

/* Those of a process; false where it refuses, or is not there. */
static bool read_links(int dirfd, ino_t ret[NS_TYPE_COUNT])
{
	bool is_any = false;

	for (int t = 0; t < NS_TYPE_COUNT; t++) {
		enum ns_type type;

		ret[t] = 0;
		if (ns_read_link(dirfd, ns_types[t].proc_file, &type, &ret[t]) == 0)
			is_any = true;
	}
	return is_any;
}

static bool is_kernel_thread(int dirfd)
{
	struct proc_stat stat;

	return proc_stat_read(dirfd, &stat) == 0 && (stat.flags & PROC_FLAG_KTHREAD);
}

void baseline_read_initial(int procfd, struct baseline *ret)
{
	_cleanup_close_ int dirfd = -EBADF;

	*ret = (struct baseline){ .of = "process 2" };
	if (proc_open_pid(procfd, 2, &dirfd) < 0 || !is_kernel_thread(dirfd) ||
	    !read_links(dirfd, ret->inodes))
		*ret = initial;
}

void baseline_read(int procfd, struct baseline *ret)
{
	_cleanup_close_ int dirfd = -EBADF;

	*ret = (struct baseline){ .of = "process 1" };
	if (proc_open_pid(procfd, 1, &dirfd) < 0 || !read_links(dirfd, ret->inodes))
		baseline_read_initial(procfd, ret);
}
