/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * elsewhere.h - names that are kept in other mount namespaces than ours. One
 * made before a name has no part in what is mounted on /run/nsx, which is
 * private; nor on /run/netns where that left the peers of /run (iproute2 7.3).
 */
#ifndef NSX_PIN_ELSEWHERE_H
#define NSX_PIN_ELSEWHERE_H

#include "base.h"

#include <sys/types.h>

/*
 * A process in a mount namespace that has a namespace mounted on this very file,
 * or 0 where none is seen. Not by the path alone, for others may have a /run, and
 * the same name, of their own. -ESTALE: the mount that the file is in is out of
 * sight (chroot(2)); or another -errno.
 */
int mounted_elsewhere(const char *path, pid_t *ret_keeper);

#endif /* NSX_PIN_ELSEWHERE_H */
