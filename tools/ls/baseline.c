/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * baseline.c - the namespaces of process 1, if need be in a roundabout way.
 */
#include "ls/baseline.h"

#include "ns_query.h"
#include "proc.h"

/*
 * By their numbers, which are fixed. Until 6.16 net and mnt had the first ones
 * that were handed out at boot, which go to files of /proc since.
 */
static void assume_initial(struct baseline *ret)
{
	*ret = (struct baseline){
		.of = "the initial namespaces",
		.others = {
			[NS_NET] = 0xf0000000,
			[NS_MNT] = 0xf0000001,
		},
	};
	for (int type = 0; type < NS_TYPE_COUNT; type++)
		ret->inodes[type] = ns_types[type].initial;
}

/* Those of a process, as many as its kernel has; false where it refuses, or is not there. */
static bool read_links(int dirfd, ino_t ret[NS_TYPE_COUNT])
{
	bool is_any = false;

	for (int t = 0; t < NS_TYPE_COUNT; t++) {
		enum ns_type type;
		int r;

		ret[t] = 0;
		r = ns_read_link(dirfd, ns_types[t].proc_file, &type, &ret[t]);
		if (r < 0 && r != -ENOENT)
			return false;
		is_any |= r == 0;
	}
	return is_any;
}

static bool is_kernel_thread(int dirfd)
{
	struct proc_stat stat;

	return proc_stat_read(dirfd, &stat) == 0 && (stat.flags & PROC_FLAG_KTHREAD);
}

bool baseline_read_kernel(int procfd, struct baseline *ret)
{
	_cleanup_close_ int dirfd = -EBADF;

	*ret = (struct baseline){ .of = "process 2" };
	return proc_open_pid(procfd, 2, &dirfd) == 0 && is_kernel_thread(dirfd) &&
	       read_links(dirfd, ret->inodes);
}

void baseline_read_initial(int procfd, struct baseline *ret)
{
	if (!baseline_read_kernel(procfd, ret))
		assume_initial(ret);
}

void baseline_read(int procfd, struct baseline *ret)
{
	_cleanup_close_ int dirfd = -EBADF;

	*ret = (struct baseline){ .of = "process 1" };
	if (proc_open_pid(procfd, 1, &dirfd) < 0 || !read_links(dirfd, ret->inodes))
		baseline_read_initial(procfd, ret);
}
