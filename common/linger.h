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
 * Let go of session, terminal, directory and all descriptors but some (those not
 * negative of fds[count]), and take a name.
 */
void linger_leave(const char *name, const int *fds, size_t count);

/*
 * Live on, after linger_leave(), as the pid 1 of a pid namespace that is to
 * outlive its maker: reap what is orphaned. Only SIGKILL from outside ends it.
 */
_noreturn_ void linger_as_init(void);

/* Live on, after linger_leave(), as a process that holds something. KILL and TERM end it. */
_noreturn_ void linger_as_holder(void);

#endif /* NSX_LINGER_H */
