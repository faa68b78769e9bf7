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

static const struct {
	const char *name;
	uint64_t nanoseconds;
} time_units[] = {
	{ "ns", 1 },
	{ "us", 1000 },
	{ "ms", 1000000 },
	{ "s", 1000000000 },
	{ "sec", 1000000000 },
	{ "min", 60 * UINT64_C(1000000000) },
	{ "h", 3600 * UINT64_C(1000000000) },
	{ "d", 86400 * UINT64_C(1000000000) },
	{ "w", UINT64_C(7) * 86400 * 1000000000 },
	{ "y", UINT64_C(365) * 86400 * 1000000000 },
};

/* The nanoseconds of the unit that `*text` starts with, which it then points behind; 0: none. */
static uint64_t take_time_unit(const char **text)
{
	size_t length = strspn(*text, "abcdefghijklmnopqrstuvwxyz");

	for (size_t i = 0; i < ARRAY_SIZE(time_units); i++) {
		if (strlen(time_units[i].name) != length || strncmp(*text, time_units[i].name, length) != 0)
			continue;
		*text += length;
		return time_units[i].nanoseconds;
	}
	return 0;
}

/* Take "12.5min": add its nanoseconds. *ret_has_unit tells whether a unit was there. */
static int take_time_part(const char **text, unsigned __int128 *total, bool *ret_has_unit)
{
	const char *c = *text;
	unsigned __int128 whole = 0, fraction = 0, scale = 1;
	uint64_t unit;

	if (*c < '0' || *c > '9')
		return -EINVAL;
	for (; *c >= '0' && *c <= '9'; c++) {
		whole = whole * 10 + (unsigned)(*c - '0');
		if (whole > UINT64_MAX)
			return -ERANGE;
	}
	if (*c == '.') {
		if (c[1] < '0' || c[1] > '9')
			return -EINVAL;
		/* Nine digits reach to the nanosecond of a second; 15 to that of a year. */
		for (c++; *c >= '0' && *c <= '9'; c++) {
			if (scale > UINT64_C(1000000000000000))
				continue;
			fraction = fraction * 10 + (unsigned)(*c - '0');
			scale *= 10;
		}
	}
	*ret_has_unit = *c != '\0';
	unit = *c ? take_time_unit(&c) : 1000000000;
	if (unit == 0)
		return -EINVAL;
	*total += whole * unit + fraction * unit / scale;
	*text = c;
	return 0;
}

int parse_time_span(const char *text, struct timespec *ret)
{
	const unsigned __int128 second = 1000000000;
	unsigned __int128 total = 0;
	bool is_negative = *text == '-';
	bool is_first = true, has_unit;

	text += *text == '-' || *text == '+';
	do {
		int r = take_time_part(&text, &total, &has_unit);

		if (r < 0)
			return r;
		if (!has_unit && !is_first)
			return -EINVAL;
		is_first = false;
		if (total / second > INT64_MAX)
			return -ERANGE;
	} while (has_unit && *text);
	ret->tv_sec = (time_t)(total / second);
	ret->tv_nsec = (long)(total % second);
	if (is_negative) {
		ret->tv_sec = -ret->tv_sec;
		if (ret->tv_nsec) {
			ret->tv_sec--;
			ret->tv_nsec = 1000000000 - ret->tv_nsec;
		}
	}
	return 0;
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
