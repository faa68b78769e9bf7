/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report_holders.h - the pure part of a report, for tests of it.
 */
#ifndef NSX_LS_REPORT_HOLDERS_H
#define NSX_LS_REPORT_HOLDERS_H

#include "base.h"
#include "ls/baseline.h"
#include "ls/sheet.h"
#include "scan/inventory.h"

/* One namespace that a name keeps. */
struct pinned {
	enum ns_type type;
	ino_t inode;
	pid_t pid;  /* who holds it, or is the init of a pid namespace; 0: it is mounted */
	int fd;	    /* what it is held by; or -EBADF */
	char *name, *path; /* and where it is mounted, in our mount namespace; or NULL */
};

struct holders_wanted {
	ns_set types;
	const struct baseline *excluded; /* or NULL */
	ino_t own_mounts;		 /* our mount namespace, in which the names are; 0: unknown */
	const struct pinned *pinned;
	size_t n_pinned;
};

/* One row a holder, by namespace, kind, process and number. */
void holders_fill(const struct inventory *inventory, const struct holders_wanted *wanted,
		  struct sheet *sheet);

#endif /* NSX_LS_REPORT_HOLDERS_H */
