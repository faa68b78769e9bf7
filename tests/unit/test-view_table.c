/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test-view_table.c - tables as golden text, from an inventory made by hand.
 */
#include <locale.h>

#include "diag.h"
#include "fake.h"
#include "ls/view.h"
#include "tap.h"

/* A list in a column, which an inventory made by hand has not. */
static char *places_cell(const struct inventory *inventory, const struct row *row)
{
	static const char places[] = "/run/a\0/run/b\nc\0";
	char *copy;

	if (!inventory->nodes[row->node].nprocs)
		return NULL;
	copy = xcalloc(sizeof(places), 1);
	memcpy(copy, places, sizeof(places));
	return copy;
}

static const struct column places = { .name = "PLACES", .json = COLUMN_LIST, .cell = places_cell };

/*
 * A user namespace 10 that nobody is in owns uts 21 and user 11, which owns
 * net 20; processes 7 and 8 are in the latter two.
 */
static struct inventory example(void)
{
	struct inventory inventory = { 0 };
	uint32_t seven = fake_process(&inventory, 7, 1, NS_USER, 11);
	uint32_t eight = fake_process(&inventory, 8, 7, NS_USER, 11);

	fake_sight(&inventory, NS_NET, 20, EVIDENCE_PROCESS, seven);
	fake_sight(&inventory, NS_NET, 20, EVIDENCE_PROCESS, eight);
	fake_sight(&inventory, NS_UTS, 21, EVIDENCE_MOUNT, PROCESS_NONE);
	fake_sight(&inventory, NS_USER, 10, EVIDENCE_OWNER, PROCESS_NONE);
	fake_node(&inventory, NS_USER, 11)->owner = fake_find(&inventory, NS_USER, 10);
	fake_node(&inventory, NS_USER, 11)->parent = fake_find(&inventory, NS_USER, 10);
	fake_node(&inventory, NS_UTS, 21)->owner = fake_find(&inventory, NS_USER, 10);
	fake_node(&inventory, NS_NET, 20)->owner = fake_find(&inventory, NS_USER, 11);
	inventory.processes[seven].command = strdup("sh -c \x1b[31m\xff");
	inventory_link(&inventory);
	return inventory;
}

/* The table of the example, as the caller wants it; for the caller to free. */
static char *table_of(const char *names, struct view wanted)
{
	struct inventory inventory = example();
	struct selection selection = {
		.types = NS_SET_ALL,
		.task = PROCESS_NONE,
		.evidence = ~0u,
		.tree = wanted.tree,
	};
	struct rows rows = select_namespaces(&inventory, &selection);
	struct column_list list = { 0 };
	const char *bad;
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	for (size_t i = 0; i < rows.count; i++)
		rows.rows[i].is_still_there = true;
	ok(column_list_add(&list, names, &bad) == 0);
	if (wanted.is_stacked || wanted.is_raw)
		list.columns[list.count - 1] = &places;
	wanted.inventory = &inventory;
	wanted.rows = &rows;
	wanted.columns = &list;
	view_table(&wanted, out);
	fclose(out);
	column_list_release(&list);
	rows_release(&rows);
	inventory_release(&inventory);
	return text;
}

/*
 * One blank between cells, and none around them: how wide a column is made is
 * libsmartcols' affair, and another one in 2.42.
 */
static char *squeeze(const char *text)
{
	char *squeezed = malloc(strlen(text) + 1), *end = squeezed;
	bool is_escape = false, has_cell = false, has_blank = false;

	if (!squeezed)
		abort();
	for (; *text; text++) {
		if (*text == ' ' && !is_escape) {
			has_blank = has_cell;
			continue;
		}
		if (*text == '\n') {
			has_cell = has_blank = false;
		} else if (*text == '\033' || is_escape) {
			is_escape = *text != 'm';
		} else {
			if (has_blank)
				*end++ = ' ';
			has_blank = false;
			has_cell = true;
		}
		*end++ = *text;
	}
	*end = '\0';
	return squeezed;
}

static void check_table(const char *names, struct view wanted, const char *want)
{
	char *table = table_of(names, wanted);
	char *got = squeeze(table), *expected = squeeze(want);

	is_str(got, expected);
	free(expected);
	free(got);
	free(table);
}

static void test_list(void)
{
	check_table("ns,type,nprocs,pid,command", (struct view){ .has_headings = true },
		    "        NS TYPE  NPROCS PID COMMAND\n"
		    "        10 user       0     \n"
		    "        11 user       2   7 sh -c \\x1b[31m\\xff\n"
		    "        20 net        2   7 sh -c \\x1b[31m\\xff\n"
		    "        21 uts        0     \n");
	check_table("ns,type", (struct view){ 0 },
		    "        10 user\n"
		    "        11 user\n"
		    "        20 net\n"
		    "        21 uts\n");
}

static void test_trees(void)
{
	check_table("ns,type,pid", (struct view){ .has_headings = true, .tree = TREE_PARENT },
		    "NS         TYPE  PID\n"
		    "10         user  \n"
		    "└─11       user    7\n"
		    "20         net     7\n"
		    "21         uts   \n");
	check_table("ns,type,pid", (struct view){ .has_headings = true, .tree = TREE_PROCESS },
		    "NS         TYPE  PID\n"
		    "10         user  \n"
		    "11         user    7\n"
		    "20         net     7\n"
		    "21         uts   \n");
	check_table("ns,type,nprocs", (struct view){ .has_headings = true, .tree = TREE_OWNER },
		    "NS         TYPE  NPROCS\n"
		    "10         user       0\n"
		    "├─11       user       2\n"
		    "│ └─20     net        2\n"
		    "└─21       uts        0\n");
}

static void test_stacked_lists(void)
{
	check_table("ns,ons", (struct view){ .is_stacked = true, .has_headings = true },
		    "        NS PLACES\n"
		    "        10 \n"
		    "        11 /run/a\n"
		    "           /run/b\\x5cx0ac\n"
		    "        20 /run/a\n"
		    "           /run/b\\x5cx0ac\n"
		    "        21 \n");
}

static void test_raw(void)
{
	check_table("ns,command,ons", (struct view){ .is_raw = true, .has_headings = true },
		    "NS COMMAND PLACES\n"
		    "10  \n"
		    "11 sh\\x20-c\\x20\\x1b[31m\\xff /run/a,/run/b\\x0ac\n"
		    "20 sh\\x20-c\\x20\\x1b[31m\\xff /run/a,/run/b\\x0ac\n"
		    "21  \n");
}

static void test_colors(void)
{
	check_table("ns,type", (struct view){ .has_color = true, .has_headings = true },
		    "\033[1m        NS\033[0m \033[1mTYPE\033[0m\n"
		    "\033[2m        10 user\033[0m\n"
		    "        11 \033[36muser\033[0m\n"
		    "        20 \033[36mnet\033[0m\n"
		    "\033[2m        21 uts\033[0m\n");
}

int main(void)
{
	setlocale(LC_ALL, "C.UTF-8");
	test_list();
	test_trees();
	test_stacked_lists();
	test_raw();
	test_colors();
	return done_testing();
}
