/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lookup.h - from a key to the index of a thing in an array, by hash. Pure.
 *
 * The things and their keys stay where they are: a table holds hash and index
 * only, and asks `is_it` whether a candidate is the one. So one table serves
 * namespaces (by type and id), processes (by pid) and users (by uid).
 *
 * A table of zeros is an empty one; lookup_release() makes it so again.
 */
#ifndef NSX_SCAN_LOOKUP_H
#define NSX_SCAN_LOOKUP_H

#include "base.h"

#define LOOKUP_NONE UINT32_MAX

struct lookup_slot {
	uint32_t hash;
	uint32_t index; /* LOOKUP_NONE: free */
};

struct lookup {
	struct lookup_slot *slots;
	size_t size; /* a power of two, or 0 before the first entry */
	size_t count;
};

/* Does things[index] have this key? */
typedef bool lookup_is_it(const void *things, uint32_t index, const void *key);

/* The index added under a key, LOOKUP_NONE where there is none. */
uint32_t lookup_find(const struct lookup *table, uint32_t hash, lookup_is_it *is_it, const void *things,
		     const void *key);

/* Add an index whose key is not in the table yet. */
void lookup_add(struct lookup *table, uint32_t hash, uint32_t index);

void lookup_release(struct lookup *table);

/* A set of 64-bit numbers. One of zeros is empty. */
struct number_set {
	struct lookup index;
	uint64_t *numbers;
	size_t room;
};

/* Add a number; false where it was in the set already. */
bool number_set_add(struct number_set *set, uint64_t number);
bool number_set_has(const struct number_set *set, uint64_t number);
void number_set_release(struct number_set *set);

/* From 64-bit numbers to 32-bit ones. One of zeros is empty. */
struct number_map {
	struct number_set keys;
	uint32_t *values; /* of keys.numbers */
	size_t room;
};

/* Add a number that is not in the map yet. */
void number_map_add(struct number_map *map, uint64_t number, uint32_t value);
bool number_map_find(const struct number_map *map, uint64_t number, uint32_t *ret);
void number_map_release(struct number_map *map);

/* A hash for small numbers: neighbours end up far apart. */
static inline uint32_t lookup_hash_number(uint32_t number)
{
	return number * UINT32_C(0x9e3779b1);
}

#endif /* NSX_SCAN_LOOKUP_H */
