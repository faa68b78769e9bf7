/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lookup.c - open addressing with linear steps, at most two thirds full.
 * Nothing is ever taken out, so a free slot ends every search.
 */
#include "scan/lookup.h"

#include "diag.h"

enum { FIRST_SIZE = 64 };

/*
 * The upper bits choose the slot's place as well as the lower ones do: a hash
 * by multiplication has its best bits on top.
 */
static size_t first_slot(const struct lookup *table, uint32_t hash)
{
	return (hash ^ (hash >> 16)) & (table->size - 1);
}

static size_t next_slot(const struct lookup *table, size_t slot)
{
	return (slot + 1) & (table->size - 1);
}

static void put(struct lookup *table, struct lookup_slot entry)
{
	size_t slot = first_slot(table, entry.hash);

	while (table->slots[slot].index != LOOKUP_NONE)
		slot = next_slot(table, slot);
	table->slots[slot] = entry;
}

static void grow(struct lookup *table)
{
	struct lookup larger = { .size = table->size ? table->size * 2 : FIRST_SIZE, .count = table->count };

	larger.slots = xcalloc(larger.size, sizeof(*larger.slots));
	for (size_t i = 0; i < larger.size; i++)
		larger.slots[i].index = LOOKUP_NONE;
	for (size_t i = 0; i < table->size; i++)
		if (table->slots[i].index != LOOKUP_NONE)
			put(&larger, table->slots[i]);
	free(table->slots);
	*table = larger;
}

uint32_t lookup_find(const struct lookup *table, uint32_t hash, lookup_is_it *is_it, const void *things,
		     const void *key)
{
	size_t slot;

	if (table->count == 0)
		return LOOKUP_NONE;
	for (slot = first_slot(table, hash); table->slots[slot].index != LOOKUP_NONE;
	     slot = next_slot(table, slot)) {
		const struct lookup_slot *entry = &table->slots[slot];

		if (entry->hash == hash && is_it(things, entry->index, key))
			return entry->index;
	}
	return LOOKUP_NONE;
}

void lookup_add(struct lookup *table, uint32_t hash, uint32_t index)
{
	if ((table->count + 1) * 3 > table->size * 2)
		grow(table);
	put(table, (struct lookup_slot){ .hash = hash, .index = index });
	table->count++;
}

void lookup_release(struct lookup *table)
{
	free(table->slots);
	*table = (struct lookup){ 0 };
}

static uint32_t hash_number(uint64_t number)
{
	return lookup_hash_number((uint32_t)(number ^ (number >> 32)));
}

static bool is_number(const void *numbers, uint32_t index, const void *wanted)
{
	return ((const uint64_t *)numbers)[index] == *(const uint64_t *)wanted;
}

bool number_set_has(const struct number_set *set, uint64_t number)
{
	return lookup_find(&set->index, hash_number(number), is_number, set->numbers, &number) != LOOKUP_NONE;
}

bool number_set_add(struct number_set *set, uint64_t number)
{
	size_t count = set->index.count;

	if (number_set_has(set, number))
		return false;
	if (count == set->room) {
		set->room = set->room ? set->room * 2 : FIRST_SIZE;
		set->numbers = xreallocarray(set->numbers, set->room, sizeof(*set->numbers));
	}
	set->numbers[count] = number;
	lookup_add(&set->index, hash_number(number), (uint32_t)count);
	return true;
}

void number_set_release(struct number_set *set)
{
	lookup_release(&set->index);
	free(set->numbers);
	*set = (struct number_set){ 0 };
}

void number_map_add(struct number_map *map, uint64_t number, uint32_t value)
{
	size_t place = map->keys.index.count;

	number_set_add(&map->keys, number);
	if (place == map->room) {
		map->room = map->keys.room;
		map->values = xreallocarray(map->values, map->room, sizeof(*map->values));
	}
	map->values[place] = value;
}

bool number_map_find(const struct number_map *map, uint64_t number, uint32_t *ret)
{
	const struct number_set *keys = &map->keys;
	uint32_t place = lookup_find(&keys->index, hash_number(number), is_number, keys->numbers, &number);

	if (place == LOOKUP_NONE)
		return false;
	*ret = map->values[place];
	return true;
}

void number_map_release(struct number_map *map)
{
	number_set_release(&map->keys);
	free(map->values);
	*map = (struct number_map){ 0 };
}
