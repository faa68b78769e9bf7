/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz-mountinfo.c - lines of mountinfo: mount_table.h, describe_text.h, scan/visitor.h. */
#include "fuzz.h"
#include "ls/describe_text.h"
#include "mount_table.h"
#include "scan/visitor.h"

enum { ENTRIES_MAX = 16 };

static void check_entry(const struct mount_entry *entry, const char *start, const char *end)
{
	const char *const texts[] = { entry->root, entry->path, entry->fstype, entry->source,
				      entry->options };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		holds(!*texts[i] || (texts[i] >= start && texts[i] < end));
	holds(mount_path_is_within(entry->path, entry->path));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), *copy = fuzz_text(data, size), *words;
	struct mount_entry entries[ENTRIES_MAX];
	char *rest = text, *line;
	size_t count = 0;

	while (count < ENTRIES_MAX && (line = strsep(&rest, "\n")))
		if (mount_entry_parse(line, &entries[count]) == 0)
			check_entry(&entries[count++], text, text + size);
	for (size_t i = 0; i < count; i++)
		holds(visitor_find_cover(entries, count, i) < (int)count);
	words = describe_mounts(copy, -1);
	holds(words && strstr(words, "mount"));
	free(words);
	free(copy);
	free(text);
	return 0;
}
