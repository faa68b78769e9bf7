/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test-lookup.c - the hash table finds all that was added, and nothing else.
 */
#include "base.h"
#include "scan/lookup.h"
#include "tap.h"

enum { MANY = 10000 };

static unsigned int asked;

static bool is_number(const void *numbers, uint32_t index, const void *key)
{
	asked++;
	return ((const uint32_t *)numbers)[index] == *(const uint32_t *)key;
}

static uint32_t find(const struct lookup *table, const uint32_t *numbers, uint32_t hash, uint32_t key)
{
	return lookup_find(table, hash, is_number, numbers, &key);
}

static void test_empty(void)
{
	struct lookup table = { 0 };

	ok(find(&table, NULL, 1, 1) == LOOKUP_NONE);
	lookup_release(&table);
	ok(table.slots == NULL && table.count == 0);
}

static void test_many(void)
{
	static uint32_t numbers[MANY];
	struct lookup table = { 0 };
	unsigned int wrong = 0, found = 0;

	for (uint32_t i = 0; i < MANY; i++) {
		numbers[i] = i * 3;
		lookup_add(&table, lookup_hash_number(numbers[i]), i);
	}
	asked = 0;
	for (uint32_t i = 0; i < MANY; i++) {
		wrong += find(&table, numbers, lookup_hash_number(i * 3), i * 3) != i;
		found += find(&table, numbers, lookup_hash_number(i * 3 + 1), i * 3 + 1) != LOOKUP_NONE;
	}
	is_int(wrong, 0);
	is_int(found, 0);
	is_int(asked, MANY); /* no key was compared but the right one */
	ok(table.size >= MANY && table.size <= 4 * MANY);
	lookup_release(&table);
}

/* Hashes that are all the same make it slow, and wrong in nothing. */
static void test_same_hash(void)
{
	uint32_t numbers[100];
	struct lookup table = { 0 };
	unsigned int wrong = 0;

	for (uint32_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		numbers[i] = i;
		lookup_add(&table, 0xffffffff, i);
	}
	for (uint32_t i = 0; i < ARRAY_SIZE(numbers); i++)
		wrong += find(&table, numbers, 0xffffffff, i) != i;
	is_int(wrong, 0);
	ok(find(&table, numbers, 0xffffffff, 100) == LOOKUP_NONE);
	ok(find(&table, numbers, 0xfffffffe, 1) == LOOKUP_NONE);
	lookup_release(&table);
}

static void test_numbers(void)
{
	struct number_set set = { 0 };
	unsigned int wrong = 0;

	ok(!number_set_has(&set, 0));
	for (uint64_t i = 0; i < 10000; i++)
		wrong += !number_set_add(&set, i << 20);
	for (uint64_t i = 0; i < 10000; i++)
		wrong += number_set_add(&set, i << 20) || !number_set_has(&set, i << 20);
	is_int(wrong, 0);
	ok(!number_set_has(&set, 1));
	ok(number_set_add(&set, UINT64_MAX));
	number_set_release(&set);
	ok(!number_set_has(&set, UINT64_MAX));
}

int main(void)
{
	test_numbers();
	test_empty();
	test_many();
	test_same_hash();
	return done_testing();
}
