/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pinned.h - what names keep, out of the registries (pin_registry.h), to tell
 * which holder of a namespace is there for a name: its mount, the process that
 * holds it, or the init that was left behind.
 */
#ifndef NSX_SCAN_PINNED_H
#define NSX_SCAN_PINNED_H

#include "base.h"
#include "ns_type.h"
#include "scan/inventory.h"

#include <sys/types.h>

/* One namespace that a name keeps. */
struct pinned {
	enum ns_type type;
	ino_t inode;
	pid_t pid;	   /* who holds it, or is the init of a pid namespace; 0: it is mounted */
	int fd;		   /* what it is held by; or -EBADF */
	char *name, *path; /* and where it is mounted, in our mount namespace; or NULL */
};

struct pinned_list {
	ino_t own_mounts; /* our mount namespace, in which the names are; 0: unknown, and no mount is a name's */
	struct pinned *list;
	size_t count;
};

/* Of all names that may be looked into. */
void pinned_read(struct pinned_list *ret);
void pinned_release(struct pinned_list *pinned);

/* The name that a holder is there for, for the caller to free; or NULL. */
char *pinned_name(const struct pinned_list *pinned, const struct inventory *inventory,
		  const struct holder *holder);

#endif /* NSX_SCAN_PINNED_H */
