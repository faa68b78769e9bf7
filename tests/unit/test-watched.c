/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test-watched.c - what appeared and what went, from inventories made by hand.
 */
#include "fake.h"
#include "ls/watched.h"
#include "tap.h"

/* One look: "+TYPE:INODE" for what appeared (and is on the list now), "-" for what went, "?" if unsure. */
static char *look(struct watched *watched, const struct inventory *inventory, bool is_partial)
{
	struct selection selection = { .types = NS_SET_ALL, .task = PROCESS_NONE, .evidence = ~0u };
	struct rows rows = select_namespaces(inventory, &selection);
	struct watched_changes changes;
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	watched_compare(watched, inventory, &rows, is_partial, &changes);
	for (size_t i = 0; i < changes.n_gone; i++)
		fprintf(out, "-%s:%d ", ns_types[changes.gone[i].type].name, (int)changes.gone[i].id.ino);
	for (size_t i = 0; i < changes.appeared.count; i++) {
		const struct node *node = &inventory->nodes[changes.appeared.rows[i].node];

		fprintf(out, "+%s:%d ", ns_types[node->type].name, (int)node->id.ino);
		watched_add(watched, inventory, &changes.appeared.rows[i], NULL);
	}
	fputs(changes.is_unsure ? "?" : "", out);
	fclose(out);
	watched_changes_release(&changes);
	rows_release(&rows);
	return text;
}

#define is_look(watched, inventory, is_partial, want)                                                        \
	do {                                                                                                 \
		_cleanup_free_ char *_text = look(watched, inventory, is_partial);                           \
		is_str(_text, want);                                                                         \
	} while (0)

/* uts 1 with a process; with `mounted`, net 2 without one, of this 64-bit id. */
static struct inventory example(bool mounted, uint64_t nsid)
{
	struct inventory inventory = { 0 };

	fake_process(&inventory, 7, 1, NS_UTS, 1);
	if (mounted) {
		fake_sight(&inventory, NS_NET, 2, EVIDENCE_MOUNT, PROCESS_NONE);
		fake_node(&inventory, NS_NET, 2)->nsid = nsid;
	}
	inventory_link(&inventory);
	return inventory;
}

static void test_changes(void)
{
	struct inventory with = example(true, 5), without = example(false, 0), empty = { 0 };
	struct watched watched = { 0 };

	is_look(&watched, &without, false, "+uts:1 ");
	is_look(&watched, &without, false, "");
	is_look(&watched, &with, false, "+net:2 ");
	ok(watched_has(&watched, NS_NET, 2));
	ok(!watched_has(&watched, NS_UTS, 2));
	/* Missed once may be a mistake. */
	is_look(&watched, &without, false, "?");
	is_look(&watched, &with, false, "");
	is_look(&watched, &without, false, "?");
	is_look(&watched, &without, false, "-net:2 ");
	is_look(&watched, &empty, false, "?");
	is_look(&watched, &empty, false, "-uts:1 ");
	is_int(watched.count, 0);
	free(watched.items);
	inventory_release(&with);
	inventory_release(&without);
}

/* The same number with another id is another namespace, and nothing to wait for. */
static void test_used_again(void)
{
	struct inventory five = example(true, 5), six = example(true, 6), unknown = example(true, 0);
	struct watched watched = { 0 };

	is_look(&watched, &five, false, "+uts:1 +net:2 ");
	is_look(&watched, &six, false, "-net:2 +net:2 ");
	is_look(&watched, &unknown, false, "");
	is_look(&watched, &six, false, "");
	free(watched.items);
	inventory_release(&five);
	inventory_release(&six);
	inventory_release(&unknown);
}

/* Another type has the number: all types share them. */
static void test_used_by_another(void)
{
	struct inventory with = example(true, 5), other = { 0 }, empty = { 0 };
	struct watched watched = { 0 };

	fake_process(&other, 7, 1, NS_UTS, 2);
	inventory_link(&other);
	is_look(&watched, &with, false, "+uts:1 +net:2 ");
	is_look(&watched, &other, false, "-net:2 +uts:2 ?");
	is_look(&watched, &other, false, "-uts:1 ");
	/* The same, known from elsewhere. */
	watched_doubt(&watched, 2);
	is_look(&watched, &other, false, "");
	watched_doubt(&watched, 2);
	is_look(&watched, &empty, false, "-uts:2 ");
	free(watched.items);
	inventory_release(&with);
	inventory_release(&other);
}

static void test_partial(void)
{
	struct inventory with = example(true, 5), empty = { 0 };
	struct watched watched = { 0 };

	is_look(&watched, &with, false, "+uts:1 +net:2 ");
	is_look(&watched, &empty, true, "?");
	is_look(&watched, &empty, true, "-uts:1 ");
	is_look(&watched, &empty, true, "");
	is_look(&watched, &empty, false, "?");
	is_look(&watched, &empty, false, "-net:2 ");
	free(watched.items);
	inventory_release(&with);
}

int main(void)
{
	test_changes();
	test_used_again();
	test_used_by_another();
	test_partial();
	return done_testing();
}
