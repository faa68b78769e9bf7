/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test-view_json.c - JSON and the columns' cells as golden text, from an
 * inventory made by hand.
 */
#include "fake.h"
#include "ls/view.h"
#include "tap.h"

/* How each object begins. */
#define HEAD                                                                                                 \
	"{\"schema\": 1, \"complete\": false, \"counts\": {\"processes\": 410, \"processes_unread\": 231, "  \
	"\"mount_namespaces\": 12, \"mount_namespaces_unread\": 0},\n \"namespaces\": ["

/* The JSON of rows, for the caller to free. */
static char *json_of(const struct inventory *inventory, const struct rows *rows, const char *names,
		     enum tree tree)
{
	struct scan_counts counts = { .processes = 410, .processes_refused = 231, .mount_namespaces = 12 };
	struct column_list list = { 0 };
	struct view view = {
		.inventory = inventory,
		.rows = rows,
		.columns = &list,
		.name = "namespaces",
		.counts = &counts,
		.tree = tree,
	};
	const char *bad;
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	ok(column_list_add(&list, names, &bad) == 0);
	view_json(&view, out);
	fclose(out);
	column_list_release(&list);
	return text;
}

static struct inventory example(void)
{
	struct inventory inventory = { 0 };
	uint32_t process = fake_process(&inventory, 7, 1, NS_PID, 30);

	fake_sight(&inventory, NS_PID, 31, EVIDENCE_FOR_CHILDREN, process);
	fake_sight(&inventory, NS_USER, 10, EVIDENCE_OWNER, PROCESS_NONE);
	fake_node(&inventory, NS_PID, 30)->owner = fake_find(&inventory, NS_USER, 10);
	inventory.processes[process].uid = 1000;
	inventory.processes[process].command = strdup("sh -c true");
	inventory_add_user(&inventory, 1000, "tester");
	inventory_link(&inventory);
	return inventory;
}

static void test_rows(void)
{
	struct inventory inventory = example();
	struct selection selection = {
		.types = NS_SET_ALL,
		.task = PROCESS_NONE,
		.evidence = EVIDENCE_PROCESS | EVIDENCE_FOR_CHILDREN,
	};
	struct rows rows = select_namespaces(&inventory, &selection);
	char *text;

	rows.rows[0].is_still_there = true; /* and rows[1] is not */
	text = json_of(&inventory, &rows, "ns,type,path,nprocs,pid,ppid,command,uid,user,pns,ons", TREE_NONE);
	is_str(text, HEAD "\n"
			  "   {\"ns\": 30, \"type\": \"pid\", \"path\": \"/proc/7/ns/pid\", \"nprocs\": 1, "
			  "\"pid\": 7, \"ppid\": 1, \"command\": \"sh -c true\", \"uid\": 1000, "
			  "\"user\": \"tester\", \"pns\": null, \"ons\": 10},\n"
			  "   {\"ns\": 31, \"type\": \"pid\", \"path\": \"/proc/7/ns/pid_for_children\", "
			  "\"nprocs\": 0, \"pid\": 7, \"ppid\": null, \"command\": null, \"uid\": null, "
			  "\"user\": null, \"pns\": null, \"ons\": null}\n"
			  "]}\n");
	free(text);
	rows_release(&rows);

	text = json_of(&inventory, &rows, "NS", TREE_NONE);
	is_str(text, HEAD "]}\n");
	free(text);
	inventory_release(&inventory);
}

static void test_tree(void)
{
	struct inventory inventory = example();
	struct row rows[] = {
		{ .node = fake_find(&inventory, NS_USER, 10), .process = PROCESS_NONE, .parent = ROW_NONE },
		{ .node = fake_find(&inventory, NS_PID, 30), .process = PROCESS_NONE, .parent = 0 },
		{ .node = fake_find(&inventory, NS_PID, 31), .process = PROCESS_NONE, .parent = 1 },
		{ .node = fake_find(&inventory, NS_PID, 31), .process = PROCESS_NONE, .parent = ROW_NONE },
	};
	struct rows all = { .rows = rows, .count = ARRAY_SIZE(rows) };
	char *text = json_of(&inventory, &all, "ns", TREE_OWNER);

	is_str(text, HEAD "\n"
			  "   {\"ns\": 10, \"children\": [\n"
			  "      {\"ns\": 30, \"children\": [\n"
			  "         {\"ns\": 31, \"children\": []}\n"
			  "      ]}\n"
			  "   ]},\n"
			  "   {\"ns\": 31, \"children\": []}\n"
			  "]}\n");
	free(text);
	all.count = 3;
	text = json_of(&inventory, &all, "ns", TREE_OWNER);
	is_str(text, HEAD "\n"
			  "   {\"ns\": 10, \"children\": [\n"
			  "      {\"ns\": 30, \"children\": [\n"
			  "         {\"ns\": 31, \"children\": []}\n"
			  "      ]}\n"
			  "   ]}\n"
			  "]}\n");
	free(text);
	inventory_release(&inventory);
}

/* What stands between the quotes of a command's JSON. */
static void check_command(const char *raw, const char *want)
{
	struct inventory inventory = { 0 };
	uint32_t process = fake_process(&inventory, 7, 1, NS_UTS, 1);
	struct row row = { .node = 0, .process = process, .parent = ROW_NONE, .is_still_there = true };
	struct rows rows = { .rows = &row, .count = 1 };
	char whole[512];
	char *text;

	inventory.processes[process].command = strdup(raw);
	text = json_of(&inventory, &rows, "command", TREE_NONE);
	snprintf(whole, sizeof(whole), HEAD "\n   {\"command\": \"%s\"}\n]}\n", want);
	is_str(text, whole);
	free(text);
	inventory_release(&inventory);
}

static void test_hostile_commands(void)
{
	check_command("a\nb\tc\x1b[31m\x7f", "a\\u000ab\\u0009c\\u001b[31m\\u007f");
	check_command("say \"\\x20\"", "say \\\"\\\\x20\\\"");
	check_command("gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x90\xa7",
		      "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x90\xa7");
	check_command("C1 \xc2\x9b.", "C1 \\u009b.");
	check_command("\xff.", "\\ufffd.");
	check_command("overlong \xc0\xaf \xe0\x80\xaf", "overlong \\ufffd\\ufffd \\ufffd\\ufffd\\ufffd");
	check_command("surrogate \xed\xa0\x80", "surrogate \\ufffd\\ufffd\\ufffd");
	check_command("too large \xf4\x90\x80\x80 \xf5", "too large \\ufffd\\ufffd\\ufffd\\ufffd \\ufffd");
	check_command("cut off \xe2\x82", "cut off \\ufffd\\ufffd");
	check_command("cut off \xe2\x82z", "cut off \\ufffd\\ufffdz");
	check_command("", "");
}

static void test_columns(void)
{
	struct column_list list = { 0 };
	const char *bad = NULL;

	ok(column_list_add(&list, "pid,Ns,PID", &bad) == 0);
	is_int(list.count, 2);
	is_str(list.columns[0]->name, "PID");
	is_int(column_list_facts(&list), 0);
	ok(column_list_add(&list, "ons,USER,foo,bar", &bad) == -EINVAL);
	is_str(bad, "foo,bar");
	is_int(column_list_facts(&list), FACT_OWNER | FACT_USER);
	ok(column_list_add(&list, "ns,", &bad) == -EINVAL);
	is_str(bad, "");
	column_list_release(&list);

	column_list_add_all(&list, 0);
	is_int(list.count, n_columns);
	column_list_release(&list);
	column_list_add_all(&list, COLUMN_OF_PROCESS);
	ok(list.count > 0 && list.count < n_columns);
	column_list_release(&list);
}

/* What makes a list complete: nothing that was to be read refused. */
static void test_head(void)
{
	struct scan_counts counts = { .processes = 3 };
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	view_json_head(out, &counts);
	fclose(out);
	is_str(text,
	       "\"schema\": 1, \"complete\": true, \"counts\": {\"processes\": 3, \"processes_unread\": 0, "
	       "\"mount_namespaces\": 0, \"mount_namespaces_unread\": 0}");
	free(text);
}

int main(void)
{
	test_rows();
	test_tree();
	test_hostile_commands();
	test_columns();
	test_head();
	return done_testing();
}
