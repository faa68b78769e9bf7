/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * step_time.c - the clocks of a new time namespace; time_namespaces(7).
 */
#include "step.h"

#include <stdio.h>

#include "diag.h"

/* The kernel's words for them in timens_offsets. */
static const struct {
	const char *name;
	clockid_t clock;
} clocks[PLAN_CLOCK_COUNT] = {
	[CLOCK_OFFSET_MONOTONIC] = { "monotonic", CLOCK_MONOTONIC },
	[CLOCK_OFFSET_BOOTTIME] = { "boottime", CLOCK_BOOTTIME },
};

/* Largest value of clock plus offset, in seconds: KTIME_SEC_MAX / 2. */
#define CLOCK_SECONDS_MAX 4611686018LL

static ns_set wants_offsets(const struct plan *plan)
{
	for (size_t i = 0; i < ARRAY_SIZE(clocks); i++)
		if (plan->offsets[i].is_given)
			return STEP_ONCE;
	return 0;
}

/* -1.5 is { -2, 500000000 }; print it as a person writes it. */
static void print_offset(const struct timespec *offset, FILE *out)
{
	long long seconds = offset->tv_sec;
	long nanoseconds = offset->tv_nsec;
	bool is_negative = seconds < 0;

	if (is_negative) {
		seconds = -seconds - (nanoseconds != 0);
		nanoseconds = nanoseconds ? 1000000000 - nanoseconds : 0;
	}
	fprintf(out, "%s%lld", is_negative ? "-" : "", seconds);
	if (nanoseconds)
		fprintf(out, ".%09ld", nanoseconds);
}

static void describe_offsets(const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	const char *separator = "set the offset of the ";

	for (size_t i = 0; i < ARRAY_SIZE(clocks); i++) {
		if (!plan->offsets[i].is_given)
			continue;
		fprintf(out, "%s%s clock to ", separator, clocks[i].name);
		print_offset(&plan->offsets[i].offset, out);
		fputs(" s", out);
		separator = ", of the ";
	}
}

/* As with id maps: who became the owner may not write to its own /proc files. */
static bool offsets_are_outside(const struct plan *plan)
{
	return plan->becomes_owner;
}

static int run_offsets(struct spawn *spawn, _unused_ enum ns_type type)
{
	for (size_t i = 0; i < ARRAY_SIZE(clocks); i++) {
		const struct plan_offset *given = &spawn->plan->offsets[i];
		_cleanup_free_ char *line = NULL;
		int r;

		if (!given->is_given)
			continue;
		line = xasprintf("%s %lld %ld\n", clocks[i].name, (long long)given->offset.tv_sec,
				 given->offset.tv_nsec);
		r = step_write_own_proc(spawn, "timens_offsets", line);
		if (r < 0)
			return r;
	}
	return 0;
}

/* The clock can show neither less than 0 nor more than the kernel's limit. */
static _noreturn_ void fail_offsets(_unused_ const struct plan *plan, _unused_ enum ns_type type,
				    const char *description, int error)
{
	struct timespec now;

	if (error == -ERANGE && clock_gettime(CLOCK_BOOTTIME, &now) == 0)
		die(0, "cannot %s: offsets of this boot clock go from -%lld to %lld seconds", description,
		    (long long)now.tv_sec, CLOCK_SECONDS_MAX - (long long)now.tv_sec);
	die(error, "cannot %s", description);
}

const struct step step_offsets = {
	.call = "write",
	.wanted = wants_offsets,
	.describe = describe_offsets,
	.run = run_offsets,
	.is_outside = offsets_are_outside,
	.fail = fail_offsets,
};
