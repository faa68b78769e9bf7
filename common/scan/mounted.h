/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mounted.h - which namespaces are mounted in the mount namespace that we are
 * in: for a visitor, which goes from one to the next.
 */
#ifndef NSX_SCAN_MOUNTED_H
#define NSX_SCAN_MOUNTED_H

#include "base.h"
#include "mount_table.h"
#include "ns_type.h"

#include <sys/types.h>

struct mounted {
	char *text;		     /* what the entries point into */
	struct mount_entry *entries; /* empty where no namespace is among them */
	size_t count;
	size_t n_mounts; /* all that there are, from our root directory down */
};

void mounted_release(struct mounted *mounted);

/*
 * All that is mounted below the root directory of a process: "self", which a
 * /proc opened outside shows where we are now, or a pid.
 */
int mounted_read(int procfd, const char *process, struct mounted *ret);

/* The one with this id, or NULL. */
const struct mount_entry *mounted_find(const struct mount_entry *entries, size_t count, int id);

/*
 * The namespaces that are mounted here but not below our root directory, as
 * below something that is mounted over "/": fstype and root of each entry only,
 * for there is no path to it. `fd` is the mount namespace that we are in, `seen`
 * what mounted_read() said. Linux 6.12, and the rights of root; otherwise empty.
 */
void mounted_read_hidden(int fd, const struct mounted *seen, struct mounted *ret);

/*
 * Would unmounting what our root directory is be seen here only? Not so where
 * the mount that it is mounted on is shared: others may have the same there.
 */
bool mounted_root_is_ours(void);

/* Is it a namespace, of a type that we know? */
bool mounted_is_namespace(const struct mount_entry *entry, enum ns_type *ret_type, ino_t *ret_ino);

#endif /* NSX_SCAN_MOUNTED_H */
