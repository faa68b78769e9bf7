/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * step_time.c - the clocks of a new time namespace; time_namespaces(7).
 */
#include "step.h"

#include <stdio.h>

#include "diag.h"

/* The kernel's words for them in timens_offsets. */
static const char *const clocks[PLAN_CLOCK_COUNT] = {
	[CLOCK_OFFSET_MONOTONIC] = "monotonic",
	[CLOCK_OFFSET_BOOTTIME] = "boottime",
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
	if (nanoseconds) {
		char digits[16];
		size_t length = (size_t)snprintf(digits, sizeof(digits), ".%09ld", nanoseconds);

		while (digits[length - 1] == '0')
			digits[--length] = '\0';
		fputs(digits, out);
	}
}

static void describe_offsets(const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	const char *separator = "set the offset of the ";

	for (size_t i = 0; i < ARRAY_SIZE(clocks); i++) {
		if (!plan->offsets[i].is_given)
			continue;
		fprintf(out, "%s%s clock to ", separator, clocks[i]);
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
		line = xasprintf("%s %lld %ld\n", clocks[i], (long long)given->offset.tv_sec,
				 given->offset.tv_nsec);
		r = step_write_own_proc(spawn, "timens_offsets", line);
		if (r < 0)
			return r;
	}
	return 0;
}

/* A clock can show neither less than 0 nor more than the kernel's limit: say so of the one that would. */
static _noreturn_ void fail_offsets(const struct plan *plan, _unused_ enum ns_type type,
				    const char *description, int error)
{
	for (size_t i = 0; i < ARRAY_SIZE(clocks) && error == -ERANGE; i++) {
		long long offset = plan->offsets[i].offset.tv_sec, now = plan->now[i].tv_sec;

		if (plan->offsets[i].is_given && (offset < -now || offset > CLOCK_SECONDS_MAX - now))
			die(0, "cannot %s: offsets of the %s clock can now be from -%lld to %lld seconds",
			    description, clocks[i], now, CLOCK_SECONDS_MAX - now);
	}
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
