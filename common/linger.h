/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * linger.h - processes of ours that live on without whoever made them.
 */
#ifndef NSX_LINGER_H
#define NSX_LINGER_H

#include "base.h"

#include <sys/types.h>

/*
 * Fork a process that is nobody's child any more (its parent, a process in
 * between, has ended and was waited for), with all signals blocked and in a
 * session of its own. Returns 1 in the caller, 0 in the orphan, or -errno.
 */
int linger_fork(void);

/*
 * Live on as the pid 1 of a pid namespace that is to outlive its maker: let go
 * of terminal, descriptors and directory, and reap what is orphaned. Only
 * SIGKILL from outside ends it.
 */
_noreturn_ void linger_as_init(void);

/*
 * Live on as a process that holds some descriptors (those not negative of
 * fds[count]) and nothing else of what it had: neither terminal nor directory.
 * KILL and TERM end it.
 */
_noreturn_ void linger_as_holder(const int *fds, size_t count);

#endif /* NSX_LINGER_H */
