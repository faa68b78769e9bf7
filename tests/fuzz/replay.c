/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * replay.c - the main of a fuzzer where there is no libFuzzer: gives it each
 * file of a directory, and prints TAP. A file that is wrong ends it.
 */
#include <fcntl.h>

#include "file.h"
#include "fuzz.h"

static int replay(int dirfd, const char *name)
{
	_cleanup_free_ char *text = NULL;
	size_t size;
	int r;

	r = read_file(dirfd, name, &text, &size);
	return r < 0 ? r : LLVMFuzzerTestOneInput((const uint8_t *)text, size);
}

int main(int argc, char **argv)
{
	_cleanup_closedir_ DIR *directory = argc == 2 ? opendir(argv[1]) : NULL;
	const struct dirent *entry;
	unsigned int count = 0;

	if (!directory) {
		fprintf(stderr, "Usage: %s DIRECTORY\n", argv[0]);
		return EXIT_FAILURE;
	}
	while ((entry = readdir(directory))) {
		int r;

		if (*entry->d_name == '.')
			continue;
		printf("# %s\n", entry->d_name);
		fflush(stdout); /* before a crash */
		r = replay(dirfd(directory), entry->d_name);
		printf("%sok %u - %s\n", r < 0 ? "not " : "", ++count, entry->d_name);
	}
	printf("1..%u\n", count);
	return count ? EXIT_SUCCESS : EXIT_FAILURE;
}
