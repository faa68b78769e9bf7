/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * run.h - other programs, run and waited for. For one that the user asked for
 * and that is to be supervised, see child.h.
 */
#ifndef NSX_RUN_H
#define NSX_RUN_H

#include "base.h"

/*
 * Run a tool found on PATH, its messages thrown away, and wait for it. Returns
 * its exit status (128+s for a signal); -ENOENT where it is not installed.
 */
int run_quietly(const char *const *argv);

/*
 * Run a program in the foreground, with our standard descriptors, and wait for
 * it; it ends when we do. set_up() is called in the child before exec and
 * may fail. Returns 0 and its wait status, or -errno where it could not be run.
 */
int run_in_foreground(char *const *argv, int (*set_up)(void), int *ret_status);

/*
 * Run a tool as run_quietly() does, with what it prints in memory that the caller frees. -ENOENT: not
 * installed; -EPROTO: it did not end well.
 */
int run_for_output(const char *const *argv, char **ret);

#endif /* NSX_RUN_H */
