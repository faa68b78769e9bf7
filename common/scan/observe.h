/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * observe.h - the one door into the inventory: sources say what they see and
 * where, and what is to be asked of the kernel is asked here, once for each
 * namespace and only if the request wants it.
 *
 * An owner or a parent that comes to light this way is a namespace like any
 * other, so it comes in through the same door, and is asked for its own.
 */
#ifndef NSX_SCAN_OBSERVE_H
#define NSX_SCAN_OBSERVE_H

#include "base.h"
#include "scan/counts.h"
#include "scan/inventory.h"

/* The one namespace that a scan is made for; it ends when that is found. */
struct hunt {
	enum ns_type type; /* NS_TYPE_INVALID: any */
	ino_t inode;	   /* 0: any */
	uint64_t nsid;	   /* 0: any; takes FACT_NSID */
	int fd;		   /* open once it is found, -EBADF until then; the caller's to close */
};

/* One run of the sources: what is wanted, where it goes, how it went. */
struct scan {
	struct inventory *inventory;
	int procfd;	      /* /proc */
	ns_set types;	      /* sources may leave others out, and add those that lead to them */
	unsigned int facts;   /* FACT_* */
	unsigned int sources; /* which are asked, see source.h */
	ns_set held;	      /* types whose nodes keep an open descriptor, for what comes later */
	int held_from;	      /* the lowest number of such a descriptor */
	struct hunt *hunt;    /* or NULL */
	dev_t nsfs;	      /* the device of every namespace file, 0 before the first was seen */
	struct scan_counts counts;
	struct number_set sockets; /* inode numbers of those that were asked */
	struct number_set cookies; /* of network namespaces known from a socket */
};

/* A scan that has /proc open and wants nothing yet. -ENODEV, -ENOENT: it is not mounted. */
int scan_init(struct scan *scan, struct inventory *inventory);

/* Lets go of all but the inventory and what a hunt found. */
void scan_release(struct scan *scan);

/* A namespace seen by a source. */
struct sight {
	enum ns_type type;
	struct ns_id id;
	unsigned int evidence; /* EVIDENCE_*, one of them */
	uint32_t process;      /* of PROCESS, FOR_CHILDREN, THREAD: whose it is; else PROCESS_NONE */
	pid_t thread;	       /* of the same: which of its threads; 0: its leader */
	int dirfd;	       /* where to open it, should the kernel have to be asked; -EBADF: nowhere */
	const char *path;      /* as for openat(2); NULL: dirfd is the namespace itself, open */
	const char *shown;     /* a path for people to open it by, where it is no link; or NULL */
};

/* Note what was seen; returns its node. What `sight` points to is used during the call only. */
uint32_t observe(struct scan *scan, const struct sight *sight);

/* The same for an open namespace, whatever it is: asks for its type and id. Fails where `fd` is none. */
int observe_fd(struct scan *scan, int fd, unsigned int evidence, const char *shown);

/* Was what the scan is made for found? Then sources need not go on. */
static inline bool scan_is_over(const struct scan *scan)
{
	return scan->hunt && scan->hunt->fd >= 0;
}

#endif /* NSX_SCAN_OBSERVE_H */
