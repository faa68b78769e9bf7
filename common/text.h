/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * text.h - words of the command line and of /proc to numbers. Pure.
 *
 * Every parser reads the whole word: no leading blanks, no sign where none
 * makes sense, nothing behind the number. Each returns 0 and sets *ret, or
 * leaves it alone and returns
 *   -EINVAL  not a number of that kind
 *   -ERANGE  a number, but out of the range given here
 */
#ifndef NSX_TEXT_H
#define NSX_TEXT_H

#include "base.h"

#include <sys/types.h>
#include <time.h>

/* Decimal, 0 to 2^64 - 1. */
int parse_u64(const char *text, uint64_t *ret);

/* Decimal, 0 to 2^32 - 1. */
int parse_u32(const char *text, uint32_t *ret);

/* A process id: 1 to 2^31 - 1. (The kernel's own ceiling is 2^22; pid_max(5).) */
int parse_pid(const char *text, pid_t *ret);

/* A descriptor: 0 to 2^31 - 1. */
int parse_fd(const char *text, int *ret);

/*
 * A user or group id: 0 to 2^32 - 2, for (uid_t)-1 means "no change" to
 * setresuid(2) and "invalid" to user_namespaces(7).
 */
int parse_id(const char *text, uint32_t *ret);

/*
 * A signal: its number (1 to SIGRTMAX), or its name with or without "SIG" in
 * any case, RTMIN+N and RTMAX-N included.
 */
int parse_signal(const char *text, int *ret);

/*
 * A span of time: "90", "-1.5", "90min", "-2d", "1d12h30min". A number without
 * unit is seconds, and stands alone. Units: ns us ms s min h d w, and y of 365
 * days. Fractions are cut after the nanosecond. tv_nsec is 0 to 999999999, so
 * -1.5 is { -2, 500000000 }. -ERANGE: more than 2^63 - 1 seconds.
 */
int parse_time_span(const char *text, struct timespec *ret);

/* One of some words: *ret is its index in words[0..count). */
int parse_word(const char *text, const char *const *words, size_t count, size_t *ret);

#endif /* NSX_TEXT_H */
