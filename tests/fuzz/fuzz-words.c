/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz-words.c - words of the command line: time offsets, numbers, signals, lists of types; text.h. */
#include "fuzz.h"
#include "ns_type.h"
#include "text.h"

#include <signal.h>

static void check_time(const char *text)
{
	struct timespec span;

	if (parse_time_span(text, &span) == 0)
		holds(span.tv_nsec >= 0 && span.tv_nsec <= 999999999);
}

static void check_numbers(const char *text)
{
	uint64_t large;
	uint32_t id, small;
	pid_t pid;
	int fd;

	if (parse_u64(text, &large) < 0) {
		holds(parse_u32(text, &small) < 0 && parse_id(text, &id) < 0);
		holds(parse_pid(text, &pid) < 0 && parse_fd(text, &fd) < 0);
		return;
	}
	holds(*text >= '0' && *text <= '9');
	holds((parse_u32(text, &small) == 0) == (large <= UINT32_MAX));
	holds((parse_id(text, &id) == 0) == (large < UINT32_MAX));
	holds((parse_pid(text, &pid) == 0) == (large >= 1 && large <= INT32_MAX));
	holds((parse_fd(text, &fd) == 0) == (large <= INT32_MAX));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	const char *bad = NULL;
	ns_set types;
	int signal;

	check_time(text);
	check_numbers(text);
	if (parse_signal(text, &signal) == 0)
		holds(signal >= 1 && signal <= SIGRTMAX);
	if (ns_set_parse(text, &types, &bad) < 0)
		holds(bad >= text && bad <= text + strlen(text));
	else
		holds((types & ~NS_SET_ALL) == 0);
	free(text);
	return 0;
}
