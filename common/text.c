/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * text.c - words to numbers. Pure: no file, no look-up, no message.
 */
#include "text.h"

#include <limits.h>
#include <signal.h>
#include <string.h>
#include <strings.h>

int parse_u64(const char *text, uint64_t *ret)
{
	uint64_t value = 0;
	const char *c = text;

	if (!*c)
		return -EINVAL;
	/* A word of digits alone is a number, however large; so look first. */
	if (c[strspn(c, "0123456789")])
		return -EINVAL;
	for (; *c; c++) {
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, (unsigned)(*c - '0'), &value))
			return -ERANGE;
	}
	*ret = value;
	return 0;
}

/* A decimal from `low` to `high`. */
static int parse_between(const char *text, uint64_t low, uint64_t high, uint64_t *ret)
{
	uint64_t value;
	int r;

	r = parse_u64(text, &value);
	if (r < 0)
		return r;
	if (value < low || value > high)
		return -ERANGE;
	*ret = value;
	return 0;
}

int parse_u32(const char *text, uint32_t *ret)
{
	uint64_t value;
	int r;

	r = parse_between(text, 0, UINT32_MAX, &value);
	if (r < 0)
		return r;
	*ret = (uint32_t)value;
	return 0;
}

int parse_pid(const char *text, pid_t *ret)
{
	uint64_t value;
	int r;

	r = parse_between(text, 1, INT_MAX, &value);
	if (r < 0)
		return r;
	*ret = (pid_t)value;
	return 0;
}

int parse_fd(const char *text, int *ret)
{
	uint64_t value;
	int r;

	r = parse_between(text, 0, INT_MAX, &value);
	if (r < 0)
		return r;
	*ret = (int)value;
	return 0;
}

int parse_id(const char *text, uint32_t *ret)
{
	uint64_t value;
	int r;

	r = parse_between(text, 0, UINT32_MAX - 1, &value);
	if (r < 0)
		return r;
	*ret = (uint32_t)value;
	return 0;
}

/* "RTMIN", "RTMIN+2", "RTMAX-1", without "SIG"; -EINVAL for other names. */
static int parse_realtime_signal(const char *name, int *ret)
{
	bool from_min = strncasecmp(name, "RTMIN", 5) == 0;
	bool from_max = strncasecmp(name, "RTMAX", 5) == 0;
	uint64_t distance = 0;
	int r;

	if (!from_min && !from_max)
		return -EINVAL;
	name += 5;
	if (*name) {
		if (*name != (from_min ? '+' : '-'))
			return -EINVAL;
		r = parse_between(name + 1, 0, (uint64_t)(SIGRTMAX - SIGRTMIN), &distance);
		if (r < 0)
			return r;
	}
	*ret = from_min ? SIGRTMIN + (int)distance : SIGRTMAX - (int)distance;
	return 0;
}

int parse_signal(const char *text, int *ret)
{
	const char *name = text;
	uint64_t number;
	int r;

	r = parse_between(text, 1, (uint64_t)SIGRTMAX, &number);
	if (r == 0)
		*ret = (int)number;
	if (r != -EINVAL)
		return r;

	if (strncasecmp(name, "SIG", 3) == 0)
		name += 3;
	for (int sig = 1; sig < SIGRTMIN; sig++) {
		const char *known = sigabbrev_np(sig);

		if (known && strcasecmp(name, known) == 0) {
			*ret = sig;
			return 0;
		}
	}
	return parse_realtime_signal(name, ret);
}

int parse_word(const char *text, const char *const *words, size_t count, size_t *ret)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(text, words[i]) == 0) {
			*ret = i;
			return 0;
		}
	}
	return -EINVAL;
}
