/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ns_find.h - find namespaces wherever something keeps them alive: a process,
 * a thread, a descriptor, a socket, a bind mount in any mount namespace, or
 * another namespace that they own or are the parent of. The scan is that of
 * nsx-ls (scan/source.h).
 *
 * A scan reads all of /proc. It forks a process that visits mount namespaces,
 * and ends it again; call it while single-threaded and before anything of
 * another world is entered.
 */
#ifndef NSX_NS_FIND_H
#define NSX_NS_FIND_H

#include "base.h"
#include "ns_id.h"
#include "ns_type.h"
#include "scan/counts.h"

#include <sys/types.h>

/* What is known of the one that is wanted: `inode` or `nsid`, and maybe the type. */
struct ns_wanted {
	enum ns_type type; /* NS_TYPE_INVALID: any */
	ino_t inode;	   /* 0: not known */
	uint64_t nsid;	   /* the 64-bit id, see ns_query_nsid(); 0: not known */
};

/*
 * Find one namespace. Numbers are unique among all types, so the type is a
 * check and makes it faster. Returns 0 and a descriptor (O_RDONLY, O_CLOEXEC,
 * the caller's to close), or
 *   -ENOENT      it is not there; nothing was refused
 *   -EACCES      it was not found, but something was refused, see `counts`
 *   -EOPNOTSUPP  by `nsid`: this kernel has no such ids (before Linux 6.18)
 *   -ENODEV      /proc is not mounted
 *   -errno       anything else that ended the scan
 * `counts` (may be NULL) says how far the scan could see, after failure too.
 *
 * An inode number passes on to another namespace once its own is gone; what
 * comes back has it now, and keeps it while it is open.
 */
int ns_find(const struct ns_wanted *wanted, struct scan_counts *counts, int *ret_fd);

/* A namespace found. Valid during the call only. */
struct ns_found {
	enum ns_type type;
	struct ns_id id;
	int fd;	      /* open (O_RDONLY), borrowed: duplicate it to keep it */
	pid_t leader; /* the lowest process in it, as the scan saw it; 0: none is */
};

/*
 * Call found() with each namespace of some types on this machine that can be
 * opened, in ascending order of inode number, until it returns other than 0;
 * that is returned. All of them are held open meanwhile, so none of them goes
 * away and no number changes hands. -ENODEV where /proc is not mounted, -errno
 * where the scan failed. `counts` may be NULL.
 */
int ns_find_all(ns_set types, int (*found)(void *context, const struct ns_found *found), void *context,
		struct scan_counts *counts);

#endif /* NSX_NS_FIND_H */
