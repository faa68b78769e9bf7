/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz-describe.c - uid_map, gid_map and timens_offsets to words: ls/describe_text.h. */
#include "fuzz.h"
#include "ls/describe_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), *words;

	words = describe_id_maps(text, text);
	holds(!words || strncmp(words, "uids ", 5) == 0);
	free(words);
	words = describe_clocks(text);
	holds(!words || strchr(words, ' '));
	free(words);
	free(text);
	return 0;
}
