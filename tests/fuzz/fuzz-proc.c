/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz-proc.c - /proc/PID/stat and status; proc.h. */
#include "fuzz.h"
#include "proc.h"

static void check_stat(const char *text)
{
	struct proc_stat stat;

	if (proc_stat_parse(text, &stat) == 0)
		holds(memchr(stat.comm, '\0', sizeof(stat.comm)));
}

static void check_status(const char *text)
{
	static const char *const names[] = { "Uid", "Gid", "PPid", "NSpid", "" };
	pid_t numbers[PROC_LEVELS_MAX];
	const char *value;
	int r;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (proc_status_find(text, names[i], &value) == 0)
			holds(value > text && value <= text + strlen(text));
	r = proc_numbers_parse(text, numbers);
	holds(r != 0 && r <= PROC_LEVELS_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);

	check_stat(text);
	check_status(text);
	free(text);
	return 0;
}
