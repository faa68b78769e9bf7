/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz-subid.c - subuid(5), subgid(5), and what getsubids(1) prints: subid.h. */
#include "fuzz.h"
#include "subid.h"

static void check_list(struct subid_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		holds(list->ranges[i].count > 0);
		holds((uint64_t)list->ranges[i].first + list->ranges[i].count <= UINT32_MAX);
	}
	subid_list_release(list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	struct subid_list list = { 0 };

	holds(subid_parse(text, "user", 1000, &list) == 0);
	check_list(&list);
	holds(subid_parse_getsubids(text, &list) == 0);
	check_list(&list);
	free(text);
	return 0;
}
