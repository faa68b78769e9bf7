/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test-columns.c - what stands in the cells, as text and as JSON, from an
 * inventory made by hand. test-view_json.c has the first columns.
 */
#include "ls/columns.h"

#include <string.h>

#include "diag.h"
#include "fake.h"
#include "ls/cells.h"
#include "tap.h"

enum { EXAMPLE_NET = 100, EXAMPLE_USER = 200, EXAMPLE_PID = 300 };

static const struct column *find(const char *name)
{
	struct column_list list = { 0 };
	const struct column *column;
	const char *bad;

	ok(column_list_add(&list, name, &bad) == 0);
	column = list.columns[0];
	column_list_release(&list);
	return column;
}

/* A cell of a row in a table, and in JSON. */
static void is_cell(const struct inventory *inventory, const struct row *row, const char *name,
		    const char *text, const char *json)
{
	const struct column *column = find(name);
	struct column_list one = { .columns = &column, .count = 1 };
	char **cells = cells_of(inventory, row, &one);
	_cleanup_free_ char *got = cells[0] ? cell_flatten(column, cells[0], ',') : NULL;
	_cleanup_free_ char *got_json = NULL;
	size_t size;
	FILE *out = open_memstream(&got_json, &size);

	cells_print_json(out, &one, cells);
	fclose(out);
	cells_free(cells, &one);
	is_str(got, text);
	/* Behind the key. */
	is_str(strchr(got_json, ' ') + 1, json);
}

/* A container: a process in a net, a user and a pid namespace, below those of the host. */
static struct inventory example(void)
{
	struct inventory inventory = { 0 };
	uint32_t process = fake_process(&inventory, 4711, 1, NS_NET, EXAMPLE_NET);
	struct cgroup_table *table = xcalloc(1, sizeof(*table));

	fake_sight(&inventory, NS_USER, EXAMPLE_USER, EVIDENCE_PROCESS, process);
	fake_sight(&inventory, NS_PID, EXAMPLE_PID, EVIDENCE_PROCESS, process);
	fake_sight(&inventory, NS_USER, EXAMPLE_USER, EVIDENCE_OWNER, PROCESS_NONE);
	fake_sight(&inventory, NS_USER, 10, EVIDENCE_OWNER, PROCESS_NONE);
	fake_sight(&inventory, NS_UTS, 11, EVIDENCE_KERNEL, PROCESS_NONE);
	ok(cgroup_table_parse(xstrdup("0::/system.slice/docker-0123456789abcdef0123456789abcdef"
				      "0123456789abcdef0123456789abcdef.scope/init\n"),
			      table) == 0);
	inventory.processes[process].cgroup = table;
	inventory_link(&inventory);
	for (size_t i = 0; i < inventory.n_nodes; i++)
		inventory.nodes[i].is_asked = true;
	fake_node(&inventory, NS_USER, EXAMPLE_USER)->parent = fake_find(&inventory, NS_USER, 10);
	return inventory;
}

static struct row row_of(const struct inventory *inventory, enum ns_type type, ino_t ino)
{
	uint32_t node = fake_find(inventory, type, ino);

	return (struct row){
		.node = node,
		.process = inventory->nodes[node].leader,
		.head = inventory->nodes[node].leader,
		.parent = ROW_NONE,
		.is_still_there = true,
		.is_head_there = inventory->nodes[node].leader != PROCESS_NONE,
	};
}

/* What nobody asked for is unknown. */
static void test_unknown(void)
{
	static const char *const names[] = { "NSID",	  "LEVEL",     "INIT",	  "NAME",    "NSFS",
					     "OWNER_UID", "CGROUP",    "INITIAL", "NETNSID", "UNIT",
					     "DETAIL",	  "CONTAINER", "LEADER",  "HOLDERS" };
	struct inventory inventory = example();
	struct row row = row_of(&inventory, NS_UTS, 11);

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		is_cell(&inventory, &row, names[i], NULL, "null");
	inventory_release(&inventory);
}

static void test_numbers(void)
{
	struct inventory inventory = example();
	struct row net = row_of(&inventory, NS_NET, EXAMPLE_NET);
	struct row user = row_of(&inventory, NS_USER, EXAMPLE_USER);
	struct row host = row_of(&inventory, NS_USER, 10);
	struct row pid = row_of(&inventory, NS_PID, EXAMPLE_PID);

	fake_node(&inventory, NS_NET, EXAMPLE_NET)->nsid = UINT64_MAX;
	fake_node(&inventory, NS_NET, EXAMPLE_NET)->ntasks = 3;
	fake_node(&inventory, NS_PID, EXAMPLE_PID)->init = 4711;
	fake_node(&inventory, NS_USER, EXAMPLE_USER)->owner_uid = 1000;
	is_cell(&inventory, &net, "NSID", "18446744073709551615", "18446744073709551615");
	is_cell(&inventory, &net, "NTASKS", "3", "3");
	is_cell(&inventory, &net, "LEVEL", NULL, "null");
	is_cell(&inventory, &host, "LEVEL", "0", "0");
	is_cell(&inventory, &user, "LEVEL", "1", "1");
	is_cell(&inventory, &pid, "LEVEL", "0", "0");
	is_cell(&inventory, &pid, "INIT", "4711", "4711");
	is_cell(&inventory, &pid, "LEADER", "4711", "4711");
	is_cell(&inventory, &user, "OWNER_UID", "1000", "1000");
	inventory_release(&inventory);
}

static void test_netnsid(void)
{
	struct inventory inventory = example();
	struct row row = row_of(&inventory, NS_NET, EXAMPLE_NET);
	struct node *node = fake_node(&inventory, NS_NET, EXAMPLE_NET);

	node->netnsid = 0;
	is_cell(&inventory, &row, "NETNSID", "0", "0");
	node->netnsid = NETNSID_UNASSIGNED;
	is_cell(&inventory, &row, "NETNSID", "unassigned", "null");
	node->netnsid = NETNSID_UNKNOWN;
	is_cell(&inventory, &row, "NETNSID", NULL, "null");
	inventory_release(&inventory);
}

static void test_initial(void)
{
	struct inventory inventory = example();
	struct row row = row_of(&inventory, NS_NET, EXAMPLE_NET);

	inventory.initial[NS_NET] = EXAMPLE_NET;
	is_cell(&inventory, &row, "INITIAL", "yes", "true");
	inventory.initial[NS_NET] = EXAMPLE_NET + 1;
	is_cell(&inventory, &row, "INITIAL", "no", "false");
	inventory_release(&inventory);
}

static void test_lists(void)
{
	struct inventory inventory = example();
	struct row row = row_of(&inventory, NS_NET, EXAMPLE_NET);
	struct row user = row_of(&inventory, NS_USER, EXAMPLE_USER);
	struct node *node = fake_node(&inventory, NS_NET, EXAMPLE_NET);

	inventory.known = FACT_NAMES | FACT_NSFS;
	is_cell(&inventory, &row, "NAME", "", "[]");
	is_cell(&inventory, &row, "NSFS", "", "[]");
	texts_add(&node->names, "blue");
	is_cell(&inventory, &row, "NAME", "blue", "[\"blue\"]");
	texts_add(&node->names, "a,\"b\"");
	is_cell(&inventory, &row, "NAME", "blue,a,\"b\"", "[\"blue\", \"a,\\\"b\\\"\"]");
	texts_add(&node->nsfs, "/run/netns/blue\n");
	is_cell(&inventory, &row, "NSFS", "/run/netns/blue\n", "[\"/run/netns/blue\\u000a\"]");

	is_cell(&inventory, &row, "HOLDERS", "process", "[\"process\"]");
	is_cell(&inventory, &user, "HOLDERS", "process,owned", "[\"process\", \"owned\"]");
	node->evidence = EVIDENCE_THREAD | EVIDENCE_FOR_CHILDREN | EVIDENCE_DESCRIPTOR | EVIDENCE_SOCKET |
			 EVIDENCE_MOUNT | EVIDENCE_PARENT | EVIDENCE_KERNEL;
	is_cell(&inventory, &row, "HOLDERS", "thread,children,descriptor,socket,mount,child",
		"[\"thread\", \"children\", \"descriptor\", \"socket\", \"mount\", \"child\"]");
	inventory_release(&inventory);
}

static void test_cgroups(void)
{
	struct inventory inventory = example();
	struct row row = row_of(&inventory, NS_NET, EXAMPLE_NET);
	const char *id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
	_cleanup_free_ char *unit = xasprintf("docker-%s.scope", id);
	_cleanup_free_ char *cgroup = xasprintf("/system.slice/%s/init", unit);
	_cleanup_free_ char *unit_json = xasprintf("\"%s\"", unit);
	_cleanup_free_ char *cgroup_json = xasprintf("\"%s\"", cgroup);
	_cleanup_free_ char *id_json = xasprintf("\"%s\"", id);

	is_cell(&inventory, &row, "CGROUP", cgroup, cgroup_json);
	is_cell(&inventory, &row, "UNIT", unit, unit_json);
	is_cell(&inventory, &row, "CONTAINER", id, id_json);
	/* By now, the number may be that of another process. */
	row.is_head_there = false;
	is_cell(&inventory, &row, "CGROUP", NULL, "null");
	is_cell(&inventory, &row, "UNIT", NULL, "null");
	is_cell(&inventory, &row, "CONTAINER", NULL, "null");
	inventory_release(&inventory);
}

static void test_detail(void)
{
	struct inventory inventory = example();
	struct row row = row_of(&inventory, NS_NET, EXAMPLE_NET);

	fake_node(&inventory, NS_NET, EXAMPLE_NET)->detail = xstrdup("lo down");
	is_cell(&inventory, &row, "DETAIL", "lo down", "\"lo down\"");
	inventory_release(&inventory);
}

/* No column takes more to be known than it says: a usual list asks for nothing special. */
static void test_facts(void)
{
	struct column_list list = { 0 };
	const char *bad;

	ok(column_list_add(&list, COLUMNS_DEFAULT, &bad) == 0);
	is_int(column_list_facts(&list), FACT_USER | FACT_COMMAND);
	column_list_release(&list);
	ok(column_list_add(&list, "ntasks", &bad) == 0);
	is_int(column_list_facts(&list), FACT_NTASKS);
	column_list_release(&list);
	ok(column_list_add(&list, "unit,leader", &bad) == 0);
	is_int(column_list_facts(&list), FACT_CGROUP | FACT_HEAD | FACT_ANCESTRY);
	column_list_release(&list);
	for (size_t i = 0; i < n_columns; i++)
		ok(columns[i].cell);
}

int main(void)
{
	test_unknown();
	test_numbers();
	test_netnsid();
	test_initial();
	test_lists();
	test_cgroups();
	test_detail();
	test_facts();
	return done_testing();
}
