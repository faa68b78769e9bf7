/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz-environ.c - the environment of another process: environment.h. */
#include "environment.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *block = fuzz_text(data, size);
	char **list;

	holds(environment_parse(block, size, &list) == 0);
	for (char **variable = list; *variable; variable++) {
		holds(*variable >= block && *variable < block + size);
		holds(**variable != '=' && strchr(*variable, '='));
		holds(!environment_is_listed(*variable, ""));
		if (strncmp(*variable, "LD_", 3) == 0)
			holds(environment_names_code(*variable));
	}
	free(list);
	free(block);
	return 0;
}
