/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * diag.h - the only code that prints errors or ends a program.
 *
 * A message is one line on standard error: the program's name, what failed,
 * and the cause. Control bytes in it, and what is no UTF-8 (a file name may hold
 * anything), are printed as \xNN, so that a message never breaks its line nor
 * drives a terminal.
 *
 * Everywhere below, `error` is a negative errno, or 0 where there is no cause
 * to name.
 */
#ifndef NSX_DIAG_H
#define NSX_DIAG_H

#include "base.h"

/* Exit statuses beside EXIT_SUCCESS and EXIT_FAILURE (1). */
enum {
	EXIT_UNSUPPORTED = 2,	/* nsx-ls, nsx-pin: not to be had here */
	EXIT_MISSING = 3,	/* nsx-ls, nsx-pin: what was asked for is not there */
	EXIT_SOME_FAILED = 123, /* of many runs, as with xargs(1) */
	EXIT_NSX = 125,		/* nsx-unshare, nsx-enter, nsx-pin exec: failed before the program ran */
	EXIT_CANNOT_RUN = 126,	/* the program was found and could not be run */
	EXIT_NOT_FOUND = 127,	/* the program was not found */
};

/*
 * Set the name that messages start with, and the status that die() and
 * die_usage() end with; reserve standard descriptors that are closed, and take
 * SIGXFSZ for an error of write(2) (EFBIG). Call it first; `program` must outlive
 * all messages.
 */
void diag_init(const char *program, int failure_status);

/* Was the standard descriptor closed, so that what is there now is diag_init()'s? */
bool diag_has_filled(int fd);

/* Have die() and die_usage() end with another status from now on. */
void diag_set_failure_status(int status);

/* The name given to diag_init(). */
const char *diag_program(void);

/*
 * Go on talking to what standard error is now, though it is to become another
 * file: the program's. -errno.
 */
int diag_keep_stderr(void);

/* Print debug() lines (--verbose) from now on. */
void diag_set_verbose(bool verbose);
bool diag_is_verbose(void);

/* Say a line and go on. */
void warn(int error, const char *format, ...) _printf_(2, 3);

/* Say what is being done; silent unless verbose. */
void debug(const char *format, ...) _printf_(1, 2);

/* Say a line and end with the failure status. */
_noreturn_ void die(int error, const char *format, ...) _printf_(2, 3);

/* Say a line and end with `status`. */
_noreturn_ void die_status(int status, int error, const char *format, ...) _printf_(3, 4);

/* Say a line about wrong usage, point to --help, end with the failure status. */
_noreturn_ void die_usage(const char *format, ...) _printf_(1, 2);

/* Give up for want of memory, with the failure status. */
_noreturn_ void die_oom(void);

/* Never NULL: ends the program where there is no memory. */
void *xcalloc(size_t count, size_t size);
void *xreallocarray(void *old, size_t count, size_t size);
char *xstrdup(const char *text);
char *xasprintf(const char *format, ...) _printf_(1, 2);

/*
 * End with `status` after making sure that everything written to standard
 * output arrived: a full disk turns success into failure. A reader that went
 * away early is no error worth a message.
 */
_noreturn_ void finish(int status);

/*
 * Copy `text` to `out` with control characters (C0, DEL, C1) and bytes that are
 * no part of a character of UTF-8 written as \xNN. Exposed for tests and for tools that print words of others.
 */
void diag_print_safe(FILE *out, const char *text);

#endif /* NSX_DIAG_H */
