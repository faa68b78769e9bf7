/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * id_map.c - ranges of ids.
 */
#include "id_map.h"

#include <stdio.h>
#include <string.h>

void id_map_release(struct id_map *map)
{
	free(map->ranges);
	*map = (struct id_map){ 0 };
}

/* Do first..first+count-1 and the same of another range share an id? */
static bool overlaps(uint64_t a, uint64_t a_count, uint64_t b, uint64_t b_count)
{
	return a < b + b_count && b < a + a_count;
}

int id_map_add(struct id_map *map, struct id_range range)
{
	struct id_range *larger;

	if (range.count == 0)
		return -EINVAL;
	/* 4294967295 means "no id": it can be mapped on neither side. */
	if ((uint64_t)range.inside + range.count > UINT32_MAX ||
	    (uint64_t)range.outside + range.count > UINT32_MAX)
		return -ERANGE;
	if (map->count == ID_MAP_RANGES_MAX)
		return -E2BIG;
	for (size_t i = 0; i < map->count; i++) {
		const struct id_range *other = &map->ranges[i];

		if (overlaps(range.inside, range.count, other->inside, other->count) ||
		    overlaps(range.outside, range.count, other->outside, other->count))
			return -EEXIST;
	}
	larger = reallocarray(map->ranges, map->count + 1, sizeof(*larger));
	if (!larger)
		return -ENOMEM;
	map->ranges = larger;
	map->ranges[map->count++] = range;
	return 0;
}

int id_map_format(const struct id_map *map, char **ret)
{
	_cleanup_free_ char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return -ENOMEM;
	for (size_t i = 0; i < map->count; i++)
		fprintf(out, "%u %u %u\n", map->ranges[i].inside, map->ranges[i].outside,
			map->ranges[i].count);
	if (fclose(out) != 0)
		return -ENOMEM;
	if (size > ID_MAP_TEXT_MAX)
		return -E2BIG;
	*ret = take_ptr(text);
	return 0;
}
