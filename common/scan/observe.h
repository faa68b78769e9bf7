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
#include "scan/inventory.h"

/* One run of the sources: what is wanted, where it goes, how it went. */
struct scan {
	struct inventory *inventory;
	int procfd;	    /* /proc */
	ns_set types;	    /* sources may leave others out */
	unsigned int facts; /* FACT_* */
	dev_t nsfs;	    /* the device of every namespace file, 0 before the first was seen */
	/* Not seeing is data. */
	size_t n_seen;	  /* processes that were there */
	size_t n_refused; /* those among them that refused to be read */
};

/* A namespace seen by a source. */
struct sight {
	enum ns_type type;
	struct ns_id id;
	unsigned int evidence; /* EVIDENCE_*, one of them */
	uint32_t process;      /* of PROCESS and FOR_CHILDREN: whose it is; else PROCESS_NONE */
	int dirfd;	       /* where it can be opened, should the kernel have to be asked: */
	const char *path;      /* as for openat(2); used during the call only */
};

/* Note what was seen; returns its node. */
uint32_t observe(struct scan *scan, const struct sight *sight);

#endif /* NSX_SCAN_OBSERVE_H */
