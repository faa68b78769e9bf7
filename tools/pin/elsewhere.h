/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * elsewhere.h - names that are kept in other mount namespaces than ours. One
 * made before a name has no part in what is mounted on /run/nsx, which is private.
 */
#ifndef NSX_PIN_ELSEWHERE_H
#define NSX_PIN_ELSEWHERE_H

#include "base.h"
#include "ns_type.h"

#include <sys/types.h>

/*
 * A process in a mount namespace that has the namespace with this inode number
 * mounted on `path`, or 0 where none is seen. By number as well as by path, for
 * others may have a /run, and the same name, of their own.
 */
int mounted_elsewhere(const char *path, enum ns_type type, ino_t inode, pid_t *ret_keeper);

#endif /* NSX_PIN_ELSEWHERE_H */
