/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz-id_map.c - ranges of ids, id_map.h: one a line as the command line has
 * them, and all of them together in one map.
 */
#include "fuzz.h"
#include "id_map.h"
#include "text.h"

static bool is_apart(uint32_t first, uint32_t n, uint32_t other_first, uint32_t other_n)
{
	return (uint64_t)first + n <= other_first || (uint64_t)other_first + other_n <= first;
}

/* Nothing twice, nothing beyond the last id, and the kernel could read it. */
static void check_map(const struct id_map *map)
{
	char *text = NULL;

	holds(map->count <= ID_MAP_RANGES_MAX);
	for (size_t i = 0; i < map->count; i++) {
		const struct id_range *a = &map->ranges[i];

		holds(a->count > 0);
		holds((uint64_t)a->inside + a->count <= UINT32_MAX);
		holds((uint64_t)a->outside + a->count <= UINT32_MAX);
		for (size_t j = 0; j < i; j++) {
			const struct id_range *b = &map->ranges[j];

			holds(is_apart(a->inside, a->count, b->inside, b->count));
			holds(is_apart(a->outside, a->count, b->outside, b->count));
		}
	}
	if (id_map_format(map, &text) == 0)
		holds(strlen(text) <= ID_MAP_TEXT_MAX);
	free(text);
}

static bool read_range(const char *line, struct id_range *ret)
{
	struct id_range_words words = { 0 };
	bool is_good;

	id_range_word(line);
	if (id_range_split(line, &words) < 0)
		return false;
	is_good = parse_id(words.inside, &ret->inside) == 0 && parse_id(words.outside, &ret->outside) == 0 &&
		  parse_u32(words.count, &ret->count) == 0;
	free(words.memory);
	return is_good;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), *rest = text, *line;
	struct id_map added = { 0 }, around = { 0 };
	struct id_range hole = { 0 };
	bool has_hole = false;

	while ((line = strsep(&rest, "\n"))) {
		struct id_range range = { 0 };

		if (!read_range(line, &range))
			continue;
		id_map_add(&added, range);
		/* The first one, as a single id, is the hole in the others. */
		if (!has_hole)
			hole = (struct id_range){ range.inside, range.outside, 1 };
		else
			id_map_add_around(&around, range.inside, (uint64_t)range.inside + range.count,
					  range.outside, range.count, &hole, NULL);
		has_hole = true;
	}
	check_map(&added);
	check_map(&around);
	for (size_t i = 0; i < around.count; i++) {
		holds(is_apart(around.ranges[i].inside, around.ranges[i].count, hole.inside, 1));
		holds(is_apart(around.ranges[i].outside, around.ranges[i].count, hole.outside, 1));
	}
	id_map_release(&added);
	id_map_release(&around);
	free(text);
	return 0;
}
