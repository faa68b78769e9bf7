/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * environ.c - show another environment than one was started with, as programs
 * may that write over theirs: the bytes of a file, in place of as many.
 *
 *   environ FILE     write over the environment, and fill it up with NUL bytes
 *   environ --huge   claim that 32 MiB are the environment; needs Linux with CONFIG_CHECKPOINT_RESTORE
 *
 * Prints "ready" and stays until standard input ends.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include "base.h"
#include "diag.h"
#include "file.h"

extern char **environ;

enum { HUGE_SIZE = 32 << 20 };

/* What the kernel shows: from the first variable to the end of the last, one after the other. */
static char *find_block(size_t *ret_size)
{
	char *last = NULL;

	for (char **one = environ; *one; one++)
		last = *one;
	if (!last)
		die(0, "there is no environment to write over");
	*ret_size = (size_t)(last + strlen(last) + 1 - environ[0]);
	return environ[0];
}

static void write_over(const char *path)
{
	_cleanup_free_ char *bytes = NULL;
	size_t size, room;
	char *block = find_block(&room);
	int r;

	r = read_file(AT_FDCWD, path, &bytes, &size);
	if (r < 0)
		die(r, "cannot read '%s'", path);
	memset(block, 0, room);
	memcpy(block, bytes, size < room ? size : room);
}

/* To set where the kernel takes it from takes no right, but all the rest has to be set along. */
static void claim_huge(void)
{
	char *block = mmap(NULL, HUGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint64_t start = (uintptr_t)block, end = start + HUGE_SIZE, heap = (uintptr_t)sbrk(0);
	struct prctl_mm_map map = {
		.start_code = start,
		.end_code = end,
		.start_data = start,
		.end_data = end,
		.start_brk = heap,
		.brk = heap,
		.start_stack = start,
		.arg_start = start,
		.arg_end = start,
		.env_start = start,
		.env_end = end,
		.exe_fd = (uint32_t)-1,
	};

	if (block == MAP_FAILED)
		die(-errno, "cannot map memory");
	memset(block, 'x', HUGE_SIZE);
	if (prctl(PR_SET_MM, PR_SET_MM_MAP, &map, sizeof(map), 0UL) < 0)
		die(-errno, "cannot claim an environment");
}

int main(_unused_ int argc, char **argv)
{
	char byte;

	diag_init("environ", EXIT_FAILURE);
	if (!argv[1])
		die(0, "name a file, or say --huge");
	if (strcmp(argv[1], "--huge") == 0)
		claim_huge();
	else
		write_over(argv[1]);
	if (write(STDOUT_FILENO, "ready\n", 6) != 6)
		return EXIT_FAILURE;
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	return EXIT_SUCCESS;
}
