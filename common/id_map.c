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

static uint64_t smaller(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* How far from `id` until the hole, if it lies ahead. */
static uint64_t room_before(uint64_t id, uint64_t hole)
{
	return hole > id ? hole - id : UINT64_MAX;
}

int id_map_add_around(struct id_map *map, uint64_t inside, uint64_t inside_end, uint32_t outside,
		      uint32_t count, const struct id_range *hole, uint64_t *ret_next)
{
	uint64_t from = outside, outside_end = (uint64_t)outside + count;
	uint64_t to = inside;

	if (count == 0)
		return -EINVAL;
	if (outside_end > UINT32_MAX || inside > UINT32_MAX)
		return -ERANGE;
	/* At most three runs: below both ids of the hole, between, above. */
	for (;;) {
		uint64_t run;
		int r;

		to += hole && to == hole->inside;
		from += hole && from == hole->outside;
		if (to >= inside_end || from >= outside_end)
			break;
		run = smaller(inside_end - to, outside_end - from);
		if (hole)
			run = smaller(run, smaller(room_before(to, hole->inside),
						   room_before(from, hole->outside)));
		if (to + run > UINT32_MAX)
			return -ERANGE;
		r = id_map_add(map, (struct id_range){ (uint32_t)to, (uint32_t)from, (uint32_t)run });
		if (r < 0)
			return r;
		to += run;
		from += run;
	}
	if (ret_next)
		*ret_next = to;
	return 0;
}

enum id_range_word id_range_word(const char *text)
{
	if (strcmp(text, "auto") == 0)
		return ID_RANGE_AUTO;
	if (strcmp(text, "subids") == 0)
		return ID_RANGE_SUBIDS;
	return strcmp(text, "all") == 0 ? ID_RANGE_ALL : ID_RANGE_NUMBERS;
}

int id_range_split(const char *text, struct id_range_words *ret)
{
	_cleanup_free_ char *copy = NULL;
	char separator = strchr(text, ':') ? ':' : ',';
	char *second, *third;

	copy = strdup(text);
	if (!copy)
		return -ENOMEM;
	second = strchr(copy, separator);
	third = second ? strchr(second + 1, separator) : NULL;
	if (!third || strpbrk(third + 1, ":,") || second == copy || third == second + 1 || !third[1])
		return -EINVAL;
	*second++ = '\0';
	*third++ = '\0';
	ret->inside = separator == ':' ? copy : second;
	ret->outside = separator == ':' ? second : copy;
	ret->count = third;
	ret->memory = take_ptr(copy);
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
