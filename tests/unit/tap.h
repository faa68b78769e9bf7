/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tap.h - just enough to write a unit test that prints TAP:
 *
 *   int main(void)
 *   {
 *           ok(parse_pid("1", &pid) == 0);
 *           is_int(pid, 1);
 *           is_str(text, "net:[1]");
 *           return done_testing();
 *   }
 *
 * Each check is a line of its own, named after its source text, and goes on
 * after a failure. Values are evaluated once.
 */
#ifndef NSX_TESTS_TAP_H
#define NSX_TESTS_TAP_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned int tap_count, tap_failed;

static inline bool tap_check(bool passed, const char *name, const char *file, int line)
{
	printf("%sok %u - %s\n", passed ? "" : "not ", ++tap_count, name);
	if (!passed) {
		tap_failed++;
		printf("# at %s:%d\n", file, line);
	}
	fflush(stdout); /* before a crash, and before a fork(2) would copy it */
	return passed;
}

static inline void tap_is_int(long long got, long long want, const char *name, const char *file, int line)
{
	if (!tap_check(got == want, name, file, line))
		printf("# got  %lld\n# want %lld\n", got, want);
}

static inline void tap_is_str(const char *got, const char *want, const char *name, const char *file, int line)
{
	bool same = got && want ? strcmp(got, want) == 0 : got == want;

	if (!tap_check(same, name, file, line))
		printf("# got  \"%s\"\n# want \"%s\"\n", got ? got : "(null)", want ? want : "(null)");
}

#define ok(condition)	  tap_check((condition), #condition, __FILE__, __LINE__)
#define is_int(got, want) tap_is_int((got), (want), #got " is " #want, __FILE__, __LINE__)
#define is_str(got, want) tap_is_str((got), (want), #got " is " #want, __FILE__, __LINE__)

/* Print the plan: a test that ended early lacks it. Returns the exit status. */
static inline int done_testing(void)
{
	printf("1..%u\n", tap_count);
	return tap_failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif /* NSX_TESTS_TAP_H */
