/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ns_join.h - entering a namespace to look around in it, as a process that is
 * good for nothing else afterwards (worker.h).
 */
#ifndef NSX_NS_JOIN_H
#define NSX_NS_JOIN_H

#include "base.h"

/*
 * Join the user namespace that owns an open namespace, unless that is ours.
 * *spent becomes true where it was joined: from there, nothing outside of it
 * can be joined any more. /proc is the one opened outside.
 */
int ns_join_owner(int procfd, int fd, bool *spent);

/*
 * Join an open namespace (a CLONE_NEW* flag); where that takes rights that we
 * have only in the user namespace that owns it, that one first.
 */
int ns_join(int procfd, int fd, int flag, bool *spent);

#endif /* NSX_NS_JOIN_H */
