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

/* --- Around a hole */

static bool contains(uint32_t first, uint32_t count, uint32_t id)
{
	return id >= first && id - first < count;
}

/* The ids of one side that a map has, and whether one of them is given twice. */
static size_t count_ids(const struct id_map *map, bool of_inside, bool *ret_twice)
{
	int seen[4 * WORLD] = { 0 };
	size_t count = 0;

	*ret_twice = false;
	for (size_t i = 0; i < map->count; i++) {
		uint32_t first = of_inside ? map->ranges[i].inside : map->ranges[i].outside;

		for (uint32_t n = 0; n < map->ranges[i].count; n++, count++)
			*ret_twice |= seen[first + n]++ > 0;
	}
	return count;
}

static bool keeps_order(const struct id_map *map)
{
	for (size_t i = 1; i < map->count; i++)
		if (map->ranges[i].inside <= map->ranges[i - 1].inside ||
		    map->ranges[i].outside <= map->ranges[i - 1].outside)
			return false;
	return true;
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/*
 * Random ranges around random holes. Each id of the shorter side is mapped,
 * but for the hole's, which never are; in order, none twice.
 */
static void test_random_holes(void)
{
	unsigned int hit = 0, failed = 0, lost = 0, twice = 0, filled = 0, disordered = 0, pieces = 0;

	for (int round = 0; round < 20000; round++) {
		uint32_t inside = random_below(WORLD), outside = random_below(WORLD);
		uint32_t room = 1 + random_below(WORLD), count = 1 + random_below(WORLD);
		struct id_range hole = { random_below(2 * WORLD), random_below(2 * WORLD), 1 };
		bool hits_inside = contains(inside, room, hole.inside);
		bool hits_outside = contains(outside, count, hole.outside);
		size_t wanted = smaller(room - hits_inside, count - hits_outside);
		bool is_twice_inside, is_twice_outside;
		struct id_map map = { 0 };
		uint64_t next = 0;

		hit += hits_inside || hits_outside;
		failed += id_map_add_around(&map, inside, (uint64_t)inside + room, outside, count, &hole,
					    &next) != 0;
		lost += count_ids(&map, true, &is_twice_inside) != wanted;
		count_ids(&map, false, &is_twice_outside);
		twice += is_twice_inside || is_twice_outside;
		disordered += !keeps_order(&map);
		pieces += map.count > 3;
		/* Where the next range would start: behind all that are mapped. */
		for (size_t i = 0; i < map.count; i++) {
			const struct id_range *range = &map.ranges[i];

			filled += contains(range->inside, range->count, hole.inside) ||
				  contains(range->outside, range->count, hole.outside);
			filled += range->inside + range->count > next;
		}
		id_map_release(&map);
	}
	ok(hit > 5000);
	is_int(failed, 0);
	is_int(lost, 0);
	is_int(twice, 0);
	is_int(disordered, 0);
	is_int(filled, 0);
	is_int(pieces, 0);
}

/* "inside:outside:count" of each range added, for the caller to free. */
static char *around(uint32_t inside, uint64_t inside_end, uint32_t outside, uint32_t count,
		    const struct id_range *hole)
{
	struct id_map map = { 0 };
	char *text = NULL;
	int r;

	r = id_map_add_around(&map, inside, inside_end, outside, count, hole, NULL);
	if (r < 0)
		text = strdup(strerrorname_np(-r));
	else if (id_map_format(&map, &text) < 0)
		abort();
	id_map_release(&map);
	return text;
}

#define is_around(inside, end, outside, count, hole, want)                                                   \
	do {                                                                                                 \
		char *got = around(inside, end, outside, count, hole);                                       \
		tap_is_str(got, want, #inside " " #outside " " #count " around " #hole, __FILE__, __LINE__); \
		free(got);                                                                                   \
	} while (0)

static void test_around(void)
{
	const struct id_range root = { 0, 1000, 1 }, me = { 1000, 1000, 1 }, far = { 50, 70, 1 };

	/* No hole, or one elsewhere. */
	is_around(0, 10, 100, 10, NULL, "0 100 10\n");
	is_around(0, 10, 100, 10, &far, "0 100 10\n");
	/* Who is root already: subordinate ids from 1 on, and none is lost. */
	is_around(0, UINT32_MAX, 100000, 65536, &root, "1 100000 65536\n");
	/* Oneself in the middle of both. */
	is_around(0, 65536, 0, 65536, &me, "0 0 1000\n1001 1001 64535\n");
	/* Of different places, three pieces. */
	is_around(0, 2000, 0, 2000, &root, "1 0 1000\n1001 1001 999\n");
	is_around(40, 60, 60, 20, &far, "40 60 10\n51 71 9\n");
	is_around(40, 60, 65, 20, &far, "40 65 5\n45 71 5\n51 76 9\n");
	/* At the ends. */
	is_around(50, 60, 100, 10, &far, "51 100 9\n");
	is_around(41, 51, 100, 10, &far, "41 100 9\n");
	is_around(0, 10, 70, 10, &far, "0 71 9\n");
	is_around(0, 10, 61, 10, &far, "0 61 9\n");
	/* Nothing left. */
	is_around(1000, 1001, 1000, 1, &me, "");
	is_around(0, 1, 5, 1, &root, "");
	/* Wrong, with a hole or without. */
	is_around(0, 10, 100, 0, NULL, "EINVAL");
	is_around(0, UINT32_MAX, 4294967290u, 6, &me, "ERANGE");
	is_around(0, UINT32_MAX, 4294967290u, 5, NULL, "0 4294967290 5\n");
	is_around(4294967290u, (uint64_t)4294967290u + 10, 0, 10, NULL, "ERANGE");
}

/* --- Words */

/* What a word is split into: "inside|outside|count". */
static const char *split(const char *text)
{
	static char joined[128];
	struct id_range_words words;

	if (id_range_split(text, &words) < 0)
		return "refused";
	snprintf(joined, sizeof(joined), "%s|%s|%s", words.inside, words.outside, words.count);
	free(words.memory);
	return joined;
}

static void test_split(void)
{
	is_str(split("0:100000:65536"), "0|100000|65536");
	is_str(split("daemon:root:1"), "daemon|root|1");
	/* Old scripts have it the other way round. */
	is_str(split("100000,0,65536"), "0|100000|65536");
	/* Whether they are numbers is asked elsewhere. */
	is_str(split("a:b:c"), "a|b|c");

	is_str(split(""), "refused");
	is_str(split("0"), "refused");
	is_str(split("0:1"), "refused");
	is_str(split("0:1:"), "refused");
	is_str(split(":1:2"), "refused");
	is_str(split("0::2"), "refused");
	is_str(split("::"), "refused");
	is_str(split(",,"), "refused");
	is_str(split("0:1:2:3"), "refused");
	is_str(split("0,1,2,3"), "refused");
	is_str(split("0:1,2"), "refused");
	is_str(split("0,1:2"), "refused");
	is_str(split("0:1:2,3"), "refused");
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
	test_random_holes();
	test_around();
	test_split();
	test_format();
	test_most_ranges();
	test_longest_text();
	return done_testing();
}
