/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * environment.h - the environment of another process, as the kernel shows it
 * in /proc/PID/environ: whatever bytes that process has put there. Pure.
 */
#ifndef NSX_ENVIRONMENT_H
#define NSX_ENVIRONMENT_H

#include "base.h"

/*
 * The variables in block[size], which pointers in *ret (the caller's to free,
 * and NULL at its end) then lead into; a NUL byte must stand at block[size].
 * What is no "NAME=value" is left out.
 */
int environment_parse(const char *block, size_t size, char ***ret);

/*
 * Does a variable ("NAME=value") make programs load or run files that it
 * names: LD_PRELOAD, BASH_ENV and their like, PATH among them? Who takes an
 * environment from others but runs files of their own does without these.
 */
bool environment_names_code(const char *variable);

/* Is "NAME=value" a variable of the list "HOME,TERM"? */
bool environment_is_listed(const char *variable, const char *list);

#endif /* NSX_ENVIRONMENT_H */
