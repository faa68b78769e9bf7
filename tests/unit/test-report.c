/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test-report.c - the reports as golden text, from inventories made by hand.
 */
#include "fake.h"
#include "ls/cells.h"
#include "ls/report.h"
#include "ls/report_holders.h"
#include "ls/report_limits.h"
#include "ls/report_sets.h"
#include "tap.h"

/* The JSON of a sheet, for the caller to free. */
static char *json_of(const struct sheet *sheet, const struct scan_counts *counts, const char *const basis[2])
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	sheet_print_json(sheet, counts, basis, out);
	fclose(out);
	return text;
}

/* A list whose items take `size` bytes, with their NUL bytes. */
static char *list_cell(const char *items, size_t size)
{
	char *text = calloc(1, size + 1);

	memcpy(text, items, size);
	return text;
}

static void test_sheet(void)
{
	static const char *const basis[2] = { "compared_with", "process 1" }, *const no_basis[2] = { NULL };
	static const struct column thing_columns[] = {
		{ .name = "NUMBER", .json = COLUMN_NUMBER },
		{ .name = "TEXT" },
		{ .name = "LIST", .json = COLUMN_LIST },
	};
	const struct column *reversed[] = { &thing_columns[2], &thing_columns[0] };
	struct scan_counts counts = { .processes = 7 };
	struct column_list chosen;
	struct sheet sheet;
	char *text, **row;

	sheet_init(&sheet, "things", thing_columns, ARRAY_SIZE(thing_columns));
	text = json_of(&sheet, &counts, no_basis);

	is_str(text, "{\"schema\": 1, \"complete\": true, "
		     "\"counts\": {\"processes\": 7, \"processes_unread\": 0, "
		     "\"mount_namespaces\": 0, \"mount_namespaces_unread\": 0}, "
		     "\"things\": []}\n");
	free(text);

	row = sheet_add_row(&sheet);
	row[0] = cell_number(18446744073709551615u);
	row[1] = cell_text("a \"b\"\n\xff");
	row[2] = list_cell("mnt\0u\"ts\0", 9);
	sheet_add_row(&sheet);
	row = sheet_add_row(&sheet);
	row[1] = cell_link(NS_NET, 4026531840);
	row[2] = list_cell("", 0);
	counts.processes_refused = 2;
	text = json_of(&sheet, &counts, basis);
	is_str(text, "{\"schema\": 1, \"complete\": false, "
		     "\"counts\": {\"processes\": 7, \"processes_unread\": 2, "
		     "\"mount_namespaces\": 0, \"mount_namespaces_unread\": 0}, "
		     "\"compared_with\": \"process 1\", "
		     "\"things\": [\n"
		     "   {\"number\": 18446744073709551615, \"text\": \"a \\\"b\\\"\\u000a\\ufffd\", "
		     "\"list\": [\"mnt\", \"u\\\"ts\"]},\n"
		     "   {\"number\": null, \"text\": null, \"list\": null},\n"
		     "   {\"number\": null, \"text\": \"net:[4026531840]\", \"list\": []}\n"
		     "]}\n");
	free(text);

	chosen = (struct column_list){ .columns = reversed, .count = 2 };
	sheet_choose(&sheet, &chosen);
	counts.processes_refused = 0;
	text = json_of(&sheet, &counts, no_basis);
	is_str(strstr(text, "\"things\""),
	       "\"things\": [\n"
	       "   {\"list\": [\"mnt\", \"u\\\"ts\"], \"number\": 18446744073709551615},\n"
	       "   {\"list\": null, \"number\": null},\n"
	       "   {\"list\": [], \"number\": null}\n"
	       "]}\n");
	free(text);
	sheet_release(&sheet);
}

/* A line a row: the cells with blanks between them, "-" for unknown. For the caller to free. */
static char *lines_of(const struct sheet *sheet)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	for (size_t i = 0; i < sheet->n_rows; i++)
		for (size_t j = 0; j < sheet->columns.count; j++)
			fprintf(out, "%s%c", sheet->rows[i][j] ? sheet->rows[i][j] : "-",
				j + 1 < sheet->columns.count ? ' ' : '\n');
	fclose(out);
	return text;
}

static uint32_t node(struct inventory *inventory, enum ns_type type, ino_t ino)
{
	return inventory_add_node(inventory, type, (struct ns_id){ .dev = FAKE_DEVICE, .ino = ino });
}

/* Holders of every kind, in no order. */
static struct inventory held(void)
{
	struct inventory inventory = { 0 };
	uint32_t net = node(&inventory, NS_NET, 20), user = node(&inventory, NS_USER, 10);
	uint32_t mnt = node(&inventory, NS_MNT, 30), other = node(&inventory, NS_MNT, 31), process;
	const struct holder holders[] = {
		{ .node = net, .evidence = EVIDENCE_MOUNT, .other = other, .path = (char *)"/run/netns/red" },
		{ .node = net, .evidence = EVIDENCE_MOUNT, .other = mnt, .path = (char *)"/run/netns/red" },
		{ .node = net, .evidence = EVIDENCE_MOUNT, .other = mnt, .path = (char *)"/a b" },
		{ .node = net, .evidence = EVIDENCE_SOCKET, .pid = 7, .number = 3, .other = NODE_NONE },
		{ .node = net, .evidence = EVIDENCE_DESCRIPTOR, .pid = 7, .number = 10, .other = NODE_NONE },
		{ .node = net, .evidence = EVIDENCE_DESCRIPTOR, .pid = 7, .number = 0, .other = NODE_NONE },
		{ .node = net, .evidence = EVIDENCE_FOR_CHILDREN, .pid = 5, .other = NODE_NONE },
		{ .node = net, .evidence = EVIDENCE_THREAD, .pid = 9, .thread = 11, .other = NODE_NONE },
		{ .node = net, .evidence = EVIDENCE_PROCESS, .pid = 70, .other = NODE_NONE },
		{ .node = net, .evidence = EVIDENCE_PROCESS, .pid = 8, .thread = 12, .other = NODE_NONE },
		{ .node = user, .evidence = EVIDENCE_OWNER, .other = net },
		{ .node = user, .evidence = EVIDENCE_PARENT, .other = node(&inventory, NS_USER, 11) },
	};

	for (size_t i = 0; i < ARRAY_SIZE(holders); i++)
		inventory_add_holder(&inventory, &holders[i]);
	process = inventory_add_process(&inventory, 7);
	inventory.processes[process].command = strdup("sleep 1");
	return inventory;
}

/* Names of which nothing is known but where they would be. */
static const struct pinned_list names = { .own_mounts = 30 };

static char *holders_of(const struct inventory *inventory, const struct holders_wanted *wanted)
{
	struct sheet sheet;
	char *text;

	sheet_init(&sheet, "holders", report_holders.columns, report_holders.n_columns);
	holders_fill(inventory, wanted, &sheet);
	text = lines_of(&sheet);
	sheet_release(&sheet);
	return text;
}

static void test_holders(void)
{
	struct inventory inventory = held();
	struct baseline baseline = { .inodes = { [NS_NET] = 20 } };
	struct holders_wanted wanted = { .types = NS_SET_ALL, .pinned = &names };
	char *text = holders_of(&inventory, &wanted);

	is_str(text, "10 user child - - - user:[11] - - -\n"
		     "10 user owned - - - net:[20] - - -\n"
		     "20 net process 8 12 - - - - -\n"
		     "20 net process 70 - - - - - -\n"
		     "20 net thread 9 11 - - - - -\n"
		     "20 net children 5 - - - - - -\n"
		     "20 net descriptor 7 - 0 - - - sleep 1\n"
		     "20 net descriptor 7 - 10 - - - sleep 1\n"
		     "20 net socket 7 - 3 - - - sleep 1\n"
		     "20 net mount - - - mnt:[30] - /a b -\n"
		     "20 net pin - - - mnt:[30] red /run/netns/red -\n"
		     "20 net mount - - - mnt:[31] - /run/netns/red -\n");
	free(text);
	wanted.excluded = &baseline;
	text = holders_of(&inventory, &wanted);
	is_str(text, "10 user child - - - user:[11] - - -\n"
		     "10 user owned - - - net:[20] - - -\n");
	free(text);
	wanted.types = ns_set_of(NS_NET);
	text = holders_of(&inventory, &wanted);
	is_str(text, "");
	free(text);
	inventory_release(&inventory);
}

/* A table of what holds the user namespace and net 20, as text for the caller to free. */
static char *table_of(ns_set types, const struct sheet_style *style,
		      void (*print)(const struct sheet *sheet, FILE *out))
{
	struct inventory inventory = held();
	struct holders_wanted wanted = { .types = types, .pinned = &names };
	struct sheet sheet;
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	inventory.processes[inventory_find_process(&inventory, 7)].command[0] = '\x1b';
	sheet_init(&sheet, "holders", report_holders.columns, report_holders.n_columns);
	holders_fill(&inventory, &wanted, &sheet);
	if (print)
		print(&sheet, out);
	else
		sheet_print_table(&sheet, style, out);
	fclose(out);
	sheet_release(&sheet);
	inventory_release(&inventory);
	return text;
}

static void test_tables(void)
{
	char *text = table_of(NS_SET_ALL, &(struct sheet_style){ .has_headings = true }, NULL);

	is_str(text, "NS TYPE HOLDER     PID TID FD OTHER     NAME PATH           COMMAND\n"
		     "10 user child                 user:[11]                     \n"
		     "10 user owned                 net:[20]                      \n"
		     "20 net  process      8  12                                  \n"
		     "20 net  process     70                                      \n"
		     "20 net  thread       9  11                                  \n"
		     "20 net  children     5                                      \n"
		     "20 net  descriptor   7      0                               \\x1bleep 1\n"
		     "20 net  descriptor   7     10                               \\x1bleep 1\n"
		     "20 net  socket       7      3                               \\x1bleep 1\n"
		     "20 net  mount                 mnt:[30]       /a b           \n"
		     "20 net  pin                   mnt:[30]  red  /run/netns/red \n"
		     "20 net  mount                 mnt:[31]       /run/netns/red \n");
	free(text);
	text = table_of(ns_set_of(NS_NET), &(struct sheet_style){ .is_raw = true }, NULL);
	is_str(text, "20 net process 8 12     \n"
		     "20 net process 70      \n"
		     "20 net thread 9 11     \n"
		     "20 net children 5      \n"
		     "20 net descriptor 7  0    \\x1bleep\\x201\n"
		     "20 net descriptor 7  10    \\x1bleep\\x201\n"
		     "20 net socket 7  3    \\x1bleep\\x201\n"
		     "20 net mount    mnt:[30]  /a\\x20b \n"
		     "20 net pin    mnt:[30] red /run/netns/red \n"
		     "20 net mount    mnt:[31]  /run/netns/red \n");
	free(text);
	text = table_of(ns_set_of(NS_USER), NULL, sheet_print_shell);
	is_str(text, "NS=\"10\" TYPE=\"user\" HOLDER=\"child\" PID=\"\" TID=\"\" FD=\"\" OTHER=\"user:[11]\" "
		     "NAME=\"\" NS_PATH=\"\" COMMAND=\"\"\n"
		     "NS=\"10\" TYPE=\"user\" HOLDER=\"owned\" PID=\"\" TID=\"\" FD=\"\" OTHER=\"net:[20]\" "
		     "NAME=\"\" NS_PATH=\"\" COMMAND=\"\"\n");
	free(text);
}

static void test_holders_that_have_names(void)
{
	static char red[] = "red", blue[] = "blue", green[] = "green", path[] = "/a b";
	static struct pinned pinned[] = {
		{ NS_NET, 20, 7, 10, red, NULL },	 /* held */
		{ NS_NET, 21, 7, 0, blue, NULL },	 /* another namespace */
		{ NS_NET, 20, 7, 3, blue, NULL },	 /* number of a socket */
		{ NS_NET, 20, 0, -EBADF, blue, path },	 /* mounted */
		{ NS_NET, 20, 70, -EBADF, green, NULL }, /* the init of a name */
		{ NS_UTS, 20, 8, -EBADF, green, NULL },	 /* another type */
	};
	struct inventory inventory = held();
	const struct pinned_list list = { 30, pinned, ARRAY_SIZE(pinned) };
	struct holders_wanted wanted = { .types = ns_set_of(NS_NET), .pinned = &list };
	char *text = holders_of(&inventory, &wanted);

	is_str(text, "20 net process 8 12 - - - - -\n"
		     "20 net process 70 - - - green - -\n"
		     "20 net thread 9 11 - - - - -\n"
		     "20 net children 5 - - - - - -\n"
		     "20 net descriptor 7 - 0 - - - sleep 1\n"
		     "20 net pin 7 - 10 - red - sleep 1\n"
		     "20 net socket 7 - 3 - - - sleep 1\n"
		     "20 net pin - - - mnt:[30] blue /a b -\n"
		     "20 net pin - - - mnt:[30] red /run/netns/red -\n"
		     "20 net mount - - - mnt:[31] - /run/netns/red -\n");
	free(text);
	inventory_release(&inventory);
}

/* A task of a process whose namespaces have these inode numbers; 0: not to be seen. */
static void add_task(struct inventory *inventory, pid_t pid, ino_t mnt, ino_t pid_ns, ino_t for_children)
{
	struct task_set set;

	for (int type = 0; type < NS_TYPE_COUNT; type++)
		set.node[type] = set.for_children[type] = NODE_NONE;
	set.node[NS_MNT] = node(inventory, NS_MNT, mnt);
	set.node[NS_PID] = node(inventory, NS_PID, pid_ns);
	if (for_children)
		set.for_children[NS_PID] = node(inventory, NS_PID, for_children);
	inventory_add_task(inventory, inventory_add_process(inventory, pid), &set);
}

/* A list, which is freed, with commas. */
static char *flat(char *list)
{
	static const struct column column = { .json = COLUMN_LIST };
	char *text = cell_flatten(&column, list, ',');

	free(list);
	return text;
}

/* A set, the n-th in order, as text for the caller to free. */
static char *set_of(const struct inventory *inventory, size_t n, const struct baseline *baseline)
{
	uint32_t *order = sets_in_order(inventory);
	const struct task_set *set = &inventory->sets[order[n]];
	char *differences = flat(set_differences(inventory, set, baseline));
	char *links = flat(set_links(inventory, set));
	char *text;

	if (asprintf(&text, "%d %u %s %s", (int)inventory->processes[set->leader].pid, set->n_tasks,
		     *differences ? differences : "-", links) < 0)
		abort();
	free(order);
	free(differences);
	free(links);
	return text;
}

static void check_set(const struct inventory *inventory, size_t n, const struct baseline *baseline,
		      const char *want)
{
	char *text = set_of(inventory, n, baseline);

	is_str(text, want);
	free(text);
}

static void test_sets(void)
{
	/* Two numbers may stand for the same one. */
	struct baseline baseline = {
		.inodes = { [NS_MNT] = 1, [NS_PID] = 2 },
		.others = { [NS_MNT] = { 3 } },
	};
	struct inventory inventory = { 0 };

	add_task(&inventory, 50, 4, 5, 5);
	add_task(&inventory, 20, 3, 2, 2);
	add_task(&inventory, 40, 1, 2, 5);
	add_task(&inventory, 30, 1, 2, 0);
	add_task(&inventory, 10, 1, 2, 2);
	add_task(&inventory, 11, 1, 2, 2);
	inventory_link(&inventory);
	is_int(inventory.n_sets, 5);
	check_set(&inventory, 0, &baseline, "10 2 - mnt:[1],pid:[2]");
	check_set(&inventory, 1, &baseline, "20 1 - mnt:[3],pid:[2]");
	/* What has no process yet cannot be read, and is another one for sure. */
	check_set(&inventory, 2, &baseline, "30 1 pid_for_children mnt:[1],pid:[2]");
	check_set(&inventory, 3, &baseline, "40 1 pid_for_children mnt:[1],pid:[2]");
	check_set(&inventory, 4, &baseline, "50 1 mnt,pid mnt:[4],pid:[5]");
	inventory_release(&inventory);
}

static void own(struct inventory *inventory, enum ns_type type, ino_t ino, ino_t owner, uid_t creator)
{
	uint32_t index = node(inventory, type, ino), above = node(inventory, NS_USER, owner);

	inventory->nodes[index].owner = above;
	inventory->nodes[index].owner_uid = creator;
}

static const struct account *account_of(const struct inventory *inventory, const struct accounts *accounts,
					ino_t user_ns, uid_t uid)
{
	for (size_t i = 0; i < accounts->count; i++)
		if (inventory->nodes[accounts->list[i].user_ns].id.ino == user_ns &&
		    accounts->list[i].uid == uid)
			return &accounts->list[i];
	return NULL;
}

static void test_limits(void)
{
	struct baseline initial = { .inodes = { [NS_USER] = 1, [NS_NET] = 2 } };
	struct inventory inventory = { 0 };
	struct accounts accounts = { 0 };
	const struct account *account;
	uint32_t initial_user;

	/* The initial ones, which count for nobody. */
	initial_user = node(&inventory, NS_USER, 1);
	inventory.nodes[initial_user].owner_uid = 0;
	own(&inventory, NS_NET, 2, 1, UID_UNKNOWN);
	/* User 1000 has a user namespace with two others in it, one of which is again of user type. */
	own(&inventory, NS_USER, 10, 1, 1000);
	own(&inventory, NS_NET, 11, 10, UID_UNKNOWN);
	own(&inventory, NS_USER, 12, 10, 2000);
	own(&inventory, NS_NET, 13, 12, UID_UNKNOWN);
	/* Root has one without a user namespace around it; and of one nothing is known. */
	own(&inventory, NS_UTS, 20, 1, UID_UNKNOWN);
	node(&inventory, NS_UTS, 30);
	accounts_fill(&inventory, &initial, &accounts);

	is_int(accounts.count, 5);
	account = account_of(&inventory, &accounts, 1, 0);
	is_int(account->counts[NS_UTS], 1);
	is_int(account->counts[NS_NET], 0);
	is_int(account->counts[NS_USER], 0);
	account = account_of(&inventory, &accounts, 1, 1000);
	is_int(account->counts[NS_USER], 2);
	is_int(account->counts[NS_NET], 2);
	is_int(account->counts[NS_UTS], 0);
	account = account_of(&inventory, &accounts, 10, 1000);
	is_int(account->counts[NS_NET], 1);
	is_int(account->counts[NS_USER], 0);
	account = account_of(&inventory, &accounts, 10, 2000);
	is_int(account->counts[NS_USER], 1);
	is_int(account->counts[NS_NET], 1);
	/* In 12 nobody but its creator. */
	account = account_of(&inventory, &accounts, 12, 2000);
	is_int(account->counts[NS_NET], 1);
	accounts_release(&accounts);
	inventory_release(&inventory);
}

int main(void)
{
	test_sheet();
	test_holders();
	test_holders_that_have_names();
	test_tables();
	test_sets();
	test_limits();
	return done_testing();
}
