/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * elsewhere.h - what is mounted in the mount namespaces of others, for there may
 * be names that are kept only there: a mount namespace made before a name has no
 * part in what is mounted on /run/nsx, which is private; nor on /run/netns where
 * that left the peers of /run (iproute2 7.3).
 */
#ifndef NSX_PIN_ELSEWHERE_H
#define NSX_PIN_ELSEWHERE_H

#include "base.h"
#include "scan/inventory.h"
#include "scan/mounted.h"

#include <sys/types.h>

/* A mount namespace, as one of the processes in it sees it. */
struct mount_view {
	const struct node *mnt;
	int procfd;
	pid_t pid;
	const struct mounted *mounted;
};

/*
 * Call look() with each mount namespace that processes of the inventory are in,
 * ours as well, until it returns true. 0 or -errno; one that none of its
 * processes lets us see is passed over.
 */
int mount_views_visit(const struct inventory *inventory,
		      bool (*look)(void *context, const struct mount_view *view), void *context);

/*
 * A process in a mount namespace that has a namespace mounted on this very file,
 * or 0 where none is seen. Not by the path alone, for others may have a /run, and
 * the same name, of their own. -ESTALE: the mount that the file is in is out of
 * sight (chroot(2)); or another -errno.
 */
int mounted_elsewhere(const char *path, pid_t *ret_keeper);

/*
 * Would others keep what is mounted on this file, if we took ours away and had it
 * elsewhere, in mounts that they do not see? So it is in a copy of their mounts,
 * as in "ip netns exec". 1, with a process that has it, or 0 where it is only known that
 * there is one; 0; or -errno.
 */
int mounted_apart(const char *path, pid_t *ret_other);

/* Are we in such a copy, so that new names would be seen here only, and end with it? */
bool names_stay_here(void);

#endif /* NSX_PIN_ELSEWHERE_H */
