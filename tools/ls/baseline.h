/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * baseline.h - the namespaces that others are compared with: those of process
 * 1, which on a host are the initial ones.
 */
#ifndef NSX_LS_BASELINE_H
#define NSX_LS_BASELINE_H

#include "base.h"
#include "ns_type.h"

#include <sys/types.h>

struct baseline {
	const char *of;			/* "process 1"; whose they are, for people */
	ino_t inodes[NS_TYPE_COUNT];	/* 0: a kernel without that type */
	ino_t others[NS_TYPE_COUNT][2]; /* the same, as other kernels number them; or 0 */
};

/*
 * Read those of process 1. Where it refuses (to anyone but root, and to root by
 * a security module), those of process 2 are the same if it is a kernel
 * thread; where that refuses too, the inode numbers of the initial namespaces
 * will do, which are the same on most kernels.
 */
void baseline_read(int procfd, struct baseline *ret);

/* The initial ones, likewise, whatever process 1 is in. */
void baseline_read_initial(int procfd, struct baseline *ret);

/*
 * Those of process 2, if that is a kernel thread: the initial ones for certain.
 * False, and none, where it refuses, or is not there.
 */
bool baseline_read_kernel(int procfd, struct baseline *ret);

/* Is it one of them? */
static inline bool baseline_has(const struct baseline *baseline, enum ns_type type, ino_t ino)
{
	return ino && (ino == baseline->inodes[type] || ino == baseline->others[type][0] ||
		       ino == baseline->others[type][1]);
}

#endif /* NSX_LS_BASELINE_H */
