/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * baseline.c - the namespaces of process 1, if need be in a roundabout way.
 */
#include "ls/baseline.h"

#include <fcntl.h>
#include <unistd.h>

#include "ns_query.h"
#include "proc.h"

/* Settings that all networks share are to be seen in the initial one alone. */
static bool is_net_initial(int procfd)
{
	return faccessat(procfd, "sys/net/core/netdev_max_backlog", F_OK, 0) == 0;
}

/*
 * By their numbers, which are fixed. Until 6.16 net and mnt had the first ones
 * that were handed out at boot, which go to files of /proc since. Before 5.18 mnt
 * came first, and net after some of those files: that may be ours, or is unknown.
 */
static void assume_initial(int procfd, struct baseline *ret)
{
	enum ns_type type;
	ino_t ours;

	*ret = (struct baseline){
		.of = "the initial namespaces",
		.others = {
			[NS_NET] = { 0xf0000000 },
			[NS_MNT] = { 0xf0000000, 0xf0000001 },
		},
	};
	for (int t = 0; t < NS_TYPE_COUNT; t++)
		ret->inodes[t] = ns_types[t].initial;
	if (is_net_initial(procfd) && ns_read_link(procfd, "self/ns/net", &type, &ours) == 0)
		ret->others[NS_NET][1] = ours;
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
		assume_initial(procfd, ret);
}

void baseline_read(int procfd, struct baseline *ret)
{
	_cleanup_close_ int dirfd = -EBADF;

	*ret = (struct baseline){ .of = "process 1" };
	if (proc_open_pid(procfd, 1, &dirfd) < 0 || !read_links(dirfd, ret->inodes))
		baseline_read_initial(procfd, ret);
}
