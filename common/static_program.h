/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * static_program.h - a program to take along into a world that may have none,
 * and whose files are not to be trusted. Only a static one will do: an
 * interpreter (of a script, or the dynamic loader) would be looked for there.
 */
#ifndef NSX_STATIC_PROGRAM_H
#define NSX_STATIC_PROGRAM_H

#include "base.h"

/*
 * Find a program as execvp(3) does, and open a copy of it in memory: nobody
 * inside can get at the file through /proc/PID/exe and change it for later
 * runs (CVE-2019-5736). Execute it with fexecve(3).
 *
 * -ENOENT, -EACCES: as execvp(3); -ENOEXEC: it is no ELF file;
 * -ELIBBAD: it is a script; -ELIBACC: it is linked dynamically.
 */
int static_program_open(const char *name, int *ret_fd);

/*
 * Does an ELF file of `size` bytes or more, of which `head` has the first ones,
 * ask for an interpreter? 0 or 1; -ENOEXEC: no ELF file that this can be seen
 * of; -ELIBBAD: it begins with "#!". Pure.
 */
int static_program_needs_interpreter(const void *head, size_t size);

#endif /* NSX_STATIC_PROGRAM_H */
