/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test-id_map.c - ranges of ids: limits one by one, overlaps and lost ids as
 * properties of many random maps.
 */
#include "id_map.h"

#include "tap.h"

static int add(struct id_map *map, uint32_t inside, uint32_t outside, uint32_t count)
{
	return id_map_add(map, (struct id_range){ inside, outside, count });
}

/* What adding one range to an empty map gives. */
static int add_alone(uint32_t inside, uint32_t outside, uint32_t count)
{
	struct id_map map = { 0 };
	int r = add(&map, inside, outside, count);

	if (map.count != (r == 0 ? 1 : 0))
		r = -EPROTO; /* it says one thing and does another */
	id_map_release(&map);
	return r;
}

static void test_one_range(void)
{
	is_int(add_alone(0, 0, 0), -EINVAL);
	is_int(add_alone(0, 0, 1), 0);
	is_int(add_alone(0, 1000, 65536), 0);

	/* The last id is 4294967294, on both sides. */
	is_int(add_alone(4294967294u, 0, 1), 0);
	is_int(add_alone(0, 4294967294u, 1), 0);
	is_int(add_alone(4294967295u, 0, 1), -ERANGE);
	is_int(add_alone(0, 4294967295u, 1), -ERANGE);
	is_int(add_alone(4294967294u, 0, 2), -ERANGE);
	is_int(add_alone(0, 4294967294u, 2), -ERANGE);
	is_int(add_alone(0, 0, 4294967295u), 0);
	is_int(add_alone(1, 0, 4294967295u), -ERANGE);
	is_int(add_alone(0, 1, 4294967295u), -ERANGE);
	/* Would wrap around in 32 bits. */
	is_int(add_alone(4294967295u, 4294967295u, 4294967295u), -ERANGE);
}

static void test_overlap(void)
{
	struct id_map map = { 0 };

	is_int(add(&map, 100, 1000, 10), 0);
	/* Side by side is no overlap. */
	is_int(add(&map, 110, 2000, 10), 0);
	is_int(add(&map, 90, 3000, 10), 0);
	is_int(add(&map, 500, 1010, 10), 0);
	is_int(add(&map, 600, 990, 10), 0);
	/* One id is, inside ... */
	is_int(add(&map, 109, 5000, 1), -EEXIST);
	is_int(add(&map, 80, 5000, 11), -EEXIST);
	/* ... and outside, in either order, around and within. */
	is_int(add(&map, 5000, 1009, 1), -EEXIST);
	is_int(add(&map, 5000, 980, 11), -EEXIST);
	is_int(add(&map, 5000, 900, 1000), -EEXIST);
	is_int(add(&map, 5000, 1005, 2), -EEXIST);
	is_int((long long)map.count, 5);
	id_map_release(&map);
	is_int((long long)map.count, 0);
	ok(map.ranges == NULL);
}

/* A small world, so that random ranges meet often. */
enum { WORLD = 64 };

static uint32_t random_below(uint32_t limit)
{
	static uint64_t state = 20240229;

	state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(state >> 33) % limit;
}

static bool is_free(const int *side, uint32_t first, uint32_t count)
{
	for (uint32_t i = first; i < first + count; i++)
		if (side[i] >= 0)
			return false;
	return true;
}

/* Does the map say of every id what was added, and nothing else? */
static bool says_the_same(const struct id_map *map, const int *outside_of)
{
	size_t ids = 0, wanted = 0;

	for (size_t i = 0; i < map->count; i++) {
		const struct id_range *range = &map->ranges[i];

		for (uint32_t n = 0; n < range->count; n++, ids++)
			if (outside_of[range->inside + n] != (int)(range->outside + n))
				return false;
	}
	for (size_t i = 0; i < WORLD; i++)
		wanted += outside_of[i] >= 0;
	return ids == wanted;
}

/* Random ranges: one is taken exactly where it shares no id with another. */
static void test_random_maps(void)
{
	unsigned int taken = 0, refused = 0, wrong = 0, lost = 0;

	for (int round = 0; round < 2000; round++) {
		int outside_of[WORLD], inside_of[WORLD];
		struct id_map map = { 0 };

		memset(outside_of, 0xff, sizeof(outside_of));
		memset(inside_of, 0xff, sizeof(inside_of));
		for (int tries = 0; tries < 12; tries++) {
			uint32_t count = 1 + random_below(8);
			uint32_t inside = random_below(WORLD - count + 1);
			uint32_t outside = random_below(WORLD - count + 1);
			bool fits = is_free(outside_of, inside, count) && is_free(inside_of, outside, count);

			if (add(&map, inside, outside, count) != (fits ? 0 : -EEXIST))
				wrong++;
			if (!fits) {
				refused++;
				continue;
			}
			taken++;
			for (uint32_t n = 0; n < count; n++) {
				outside_of[inside + n] = (int)(outside + n);
				inside_of[outside + n] = (int)(inside + n);
			}
		}
		lost += !says_the_same(&map, outside_of);
		id_map_release(&map);
	}
	/* Both happened often enough to mean something. */
	ok(taken > 5000);
	ok(refused > 5000);
	is_int(wrong, 0);
	is_int(lost, 0);
}

static void test_format(void)
{
	struct id_map map = { 0 };
	char *text = NULL;

	is_int(id_map_format(&map, &text), 0);
	is_str(text, "");
	free(text);

	add(&map, 0, 1000, 1);
	add(&map, 1, 100000, 65536);
	add(&map, 4294967294u, 4294967294u, 1);
	is_int(id_map_format(&map, &text), 0);
	is_str(text, "0 1000 1\n1 100000 65536\n4294967294 4294967294 1\n");
	free(text);
	id_map_release(&map);
}

static void test_most_ranges(void)
{
	struct id_map map = { 0 };
	char *text = NULL;
	int failed = 0;

	for (uint32_t i = 0; i < 340; i++)
		failed += add(&map, i, i, 1) != 0;
	is_int(failed, 0);
	is_int(add(&map, 1000, 1000, 1), -E2BIG);
	is_int((long long)map.count, 340);
	is_int(id_map_format(&map, &text), 0);
	free(text);
	id_map_release(&map);
}

/* Formats lines of 24 bytes and a last one of `last_line`. */
static int format_long(unsigned int lines, struct id_range last_line, size_t *ret_length)
{
	struct id_map map = { 0 };
	char *text = NULL;
	int r = 0;

	for (uint32_t i = 0; i < lines && r == 0; i++)
		r = add(&map, 4000000000u + i, 4000000000u + i, 1);
	if (r == 0)
		r = id_map_add(&map, last_line);
	if (r == 0)
		r = id_map_format(&map, &text);
	*ret_length = text ? strlen(text) : 0;
	free(text);
	id_map_release(&map);
	return r;
}

static void test_longest_text(void)
{
	const struct id_range fifteen = { 100000, 10000, 1 }, sixteen = { 100000, 100000, 1 };
	size_t length;

	is_int(format_long(170, fifteen, &length), 0);
	is_int((long long)length, 4095);
	is_int(format_long(170, sixteen, &length), -E2BIG);
	is_int((long long)length, 0);
}

int main(void)
{
	test_one_range();
	test_overlap();
	test_random_maps();
	test_format();
	test_most_ranges();
	test_longest_text();
	return done_testing();
}
