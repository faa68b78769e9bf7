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
