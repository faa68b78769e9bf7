/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test-select.c - rows and trees, as golden text: a line a row, two blanks a
 * level, type:inode and the pid of the row's process.
 */
#include "fake.h"
#include "ls/select.h"
#include "tap.h"

enum { MANY = 10000 };

/* Fixed text of rows, for the caller to free. */
static char *text_of(const struct inventory *inventory, struct rows rows)
{
	_cleanup_free_ size_t *depth = calloc(rows.count + 1, sizeof(*depth));
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	for (size_t i = 0; i < rows.count; i++) {
		const struct row *row = &rows.rows[i];
		const struct node *node = &inventory->nodes[row->node];

		depth[i] = row->parent == ROW_NONE ? 0 : depth[row->parent] + 1;
		fprintf(out, "%*s%s:%llu", (int)depth[i] * 2, "", ns_types[node->type].name,
			(unsigned long long)node->id.ino);
		if (row->process != PROCESS_NONE)
			fprintf(out, " %d", (int)inventory->processes[row->process].pid);
		putc('\n', out);
	}
	fclose(out);
	rows_release(&rows);
	return text;
}

static char *select_text(const struct inventory *inventory, ns_set types, uint32_t task, enum tree tree)
{
	struct selection selection = {
		.types = types,
		.task = task,
		.evidence = EVIDENCE_PROCESS | EVIDENCE_FOR_CHILDREN,
		.tree = tree,
	};

	return text_of(inventory, select_namespaces(inventory, &selection));
}

#define is_rows(inventory, types, task, tree, want)                                                          \
	do {                                                                                                 \
		_cleanup_free_ char *_text = select_text(inventory, types, task, tree);                      \
		is_str(_text, want);                                                                         \
	} while (0)

/* An owner or a parent, as the kernel would have told of it. */
static void relate(struct inventory *inventory, enum ns_type type, ino_t ino, ino_t owner, ino_t parent)
{
	uint32_t node = fake_find(inventory, type, ino);

	if (owner)
		inventory->nodes[node].owner =
			fake_sight(inventory, NS_USER, owner, EVIDENCE_OWNER, PROCESS_NONE);
	if (parent) {
		uint32_t other = fake_sight(inventory, type, parent, EVIDENCE_PARENT, PROCESS_NONE);

		fake_node(inventory, type, ino)->parent = other;
	}
}

/*
 * Process 1 in user 10, net 20, pid 30; process 5 below it in net 22 of user
 * 12, whose parent is user 11, in which no process is; process 6 is a child of
 * 5 in pid 31, and 7 one of 6 in net 21, back in user 10.
 */
static struct inventory example(void)
{
	struct inventory inventory = { 0 };
	uint32_t one = fake_process(&inventory, 1, 0, NS_USER, 10);
	uint32_t five = fake_process(&inventory, 5, 1, NS_USER, 12);
	uint32_t six = fake_process(&inventory, 6, 5, NS_USER, 12);
	uint32_t seven = fake_process(&inventory, 7, 6, NS_USER, 10);

	fake_sight(&inventory, NS_NET, 20, EVIDENCE_PROCESS, one);
	fake_sight(&inventory, NS_NET, 22, EVIDENCE_PROCESS, five);
	fake_sight(&inventory, NS_NET, 22, EVIDENCE_PROCESS, six);
	fake_sight(&inventory, NS_NET, 21, EVIDENCE_PROCESS, seven);
	fake_sight(&inventory, NS_PID, 30, EVIDENCE_PROCESS, one);
	fake_sight(&inventory, NS_PID, 30, EVIDENCE_PROCESS, five);
	fake_sight(&inventory, NS_PID, 31, EVIDENCE_FOR_CHILDREN, five);
	fake_sight(&inventory, NS_PID, 31, EVIDENCE_PROCESS, six);
	fake_sight(&inventory, NS_PID, 31, EVIDENCE_PROCESS, seven);
	fake_sight(&inventory, NS_PID, 32, EVIDENCE_FOR_CHILDREN, seven);
	relate(&inventory, NS_USER, 12, 11, 11);
	relate(&inventory, NS_USER, 11, 10, 10);
	relate(&inventory, NS_NET, 20, 10, 0);
	relate(&inventory, NS_NET, 21, 10, 0);
	relate(&inventory, NS_NET, 22, 12, 0);
	relate(&inventory, NS_PID, 30, 10, 0);
	relate(&inventory, NS_PID, 31, 11, 30);
	relate(&inventory, NS_PID, 32, 10, 31);
	inventory_link(&inventory);
	return inventory;
}

static void test_list(void)
{
	struct inventory inventory = example();
	uint32_t six = inventory_find_process(&inventory, 6);

	/* User 11 is in nobody's links. */
	is_rows(&inventory, NS_SET_ALL, PROCESS_NONE, TREE_NONE,
		"user:10 1\nuser:12 5\nnet:20 1\nnet:21 7\nnet:22 5\npid:30 1\npid:31 6\npid:32 7\n");
	is_rows(&inventory, ns_set_of(NS_NET) | ns_set_of(NS_PID), PROCESS_NONE, TREE_NONE,
		"net:20 1\nnet:21 7\nnet:22 5\npid:30 1\npid:31 6\npid:32 7\n");
	is_rows(&inventory, NS_SET_ALL, six, TREE_NONE, "user:12 5\nnet:22 5\npid:31 6\n");
	is_rows(&inventory, ns_set_of(NS_PID), six, TREE_NONE, "pid:31 6\n");
	is_rows(&inventory, ns_set_of(NS_MNT), PROCESS_NONE, TREE_NONE, "");
	inventory_release(&inventory);
}

static void test_trees(void)
{
	struct inventory inventory = example();
	ns_set hierarchies = ns_set_of(NS_USER) | ns_set_of(NS_PID);

	is_rows(&inventory, NS_SET_ALL, PROCESS_NONE, TREE_OWNER,
		"user:10 1\n"
		"  user:11\n"
		"    user:12 5\n"
		"      net:22 5\n"
		"    pid:31 6\n"
		"  net:20 1\n"
		"  net:21 7\n"
		"  pid:30 1\n"
		"  pid:32 7\n");
	is_rows(&inventory, hierarchies, PROCESS_NONE, TREE_PARENT,
		"user:10 1\n"
		"  user:11\n"
		"    user:12 5\n"
		"pid:30 1\n"
		"  pid:31 6\n"
		"    pid:32 7\n");
	/* The same type only, and none without a process. */
	is_rows(&inventory, NS_SET_ALL, PROCESS_NONE, TREE_PROCESS,
		"user:10 1\n"
		"  user:12 5\n"
		"net:20 1\n"
		"  net:22 5\n"
		"    net:21 7\n"
		"pid:30 1\n"
		"  pid:31 6\n"
		"    pid:32 7\n");
	/* What is left out leaves its children to the next above. */
	is_rows(&inventory, NS_SET_ALL, inventory_find_process(&inventory, 7), TREE_OWNER,
		"user:10 1\n  net:21 7\n  pid:31 6\n");
	is_rows(&inventory, ns_set_of(NS_NET), PROCESS_NONE, TREE_OWNER, "net:20 1\nnet:21 7\nnet:22 5\n");
	inventory_release(&inventory);
}

/* Parents read at different times, and a pid used again: 50 and 60 are each other's. */
static void test_circles(void)
{
	struct inventory inventory = { 0 };

	fake_process(&inventory, 50, 60, NS_NET, 1);
	fake_process(&inventory, 60, 50, NS_NET, 2);
	fake_process(&inventory, 70, 60, NS_NET, 3);
	fake_process(&inventory, 80, 81, NS_NET, 4);
	fake_process(&inventory, 81, 80, NS_NET, 4);
	fake_process(&inventory, 90, 90, NS_NET, 5);
	inventory_link(&inventory);
	is_rows(&inventory, NS_SET_ALL, PROCESS_NONE, TREE_PROCESS,
		"net:2 60\n"
		"  net:1 50\n"
		"  net:3 70\n"
		"net:4 80\n"
		"net:5 90\n");
	inventory_release(&inventory);
}

static void test_processes(void)
{
	struct inventory inventory = { 0 };
	char *text;

	fake_process(&inventory, 9, 1, NS_UTS, 1);
	fake_process(&inventory, 8, 1, NS_UTS, 2);
	fake_process(&inventory, 3, 1, NS_UTS, 1);
	inventory_link(&inventory);
	text = text_of(&inventory, select_processes(&inventory, fake_find(&inventory, NS_UTS, 1)));
	is_str(text, "uts:1 3\nuts:1 9\n");
	free(text);
	text = text_of(&inventory, select_processes(&inventory, NODE_NONE));
	is_str(text, "");
	free(text);
	inventory_release(&inventory);
}

/* What hangs below one that is left out moves up; a number counts for its type only. */
static void test_excluded(void)
{
	struct inventory inventory = { 0 };
	struct baseline baseline = { .inodes = { [NS_USER] = 10, [NS_NET] = 11 },
				     .others = { [NS_NET] = { 20 } } };
	struct selection selection = {
		.types = NS_SET_ALL,
		.task = PROCESS_NONE,
		.evidence = EVIDENCE_PROCESS,
		.excluded = &baseline,
		.tree = TREE_OWNER,
	};
	char *text;

	fake_process(&inventory, 1, 0, NS_USER, 10);
	fake_process(&inventory, 2, 0, NS_USER, 11);
	fake_process(&inventory, 3, 0, NS_NET, 11);
	fake_process(&inventory, 4, 0, NS_NET, 12);
	fake_process(&inventory, 5, 0, NS_NET, 20);
	relate(&inventory, NS_USER, 11, 10, 0);
	relate(&inventory, NS_NET, 12, 11, 0);
	inventory_link(&inventory);
	text = text_of(&inventory, select_namespaces(&inventory, &selection));
	is_str(text, "user:11 2\n"
		     "  net:12 4\n");
	free(text);
	inventory_release(&inventory);
}

/* One that a process is in, one of a thread, one of children only, and one that is mounted. */
static void test_persistent(void)
{
	struct inventory inventory = { 0 };
	struct selection selection = {
		.types = NS_SET_ALL,
		.task = PROCESS_NONE,
		.only_persistent = true,
		.evidence = ~0u,
	};
	uint32_t process = fake_process(&inventory, 7, 1, NS_PID, 1);
	char *text;

	fake_sight(&inventory, NS_NET, 2, EVIDENCE_THREAD, process);
	fake_sight(&inventory, NS_PID, 3, EVIDENCE_FOR_CHILDREN, process);
	fake_sight(&inventory, NS_UTS, 4, EVIDENCE_MOUNT, PROCESS_NONE);
	inventory_link(&inventory);
	text = text_of(&inventory, select_namespaces(&inventory, &selection));
	is_str(text, "pid:3 7\nuts:4\n");
	free(text);
	inventory_release(&inventory);
}

/* Rows 0 to 4: 1 and 2 below 0, 3 below 2, 4 below 3. */
static void test_keep(void)
{
	static const uint32_t parents[] = { ROW_NONE, 0, 0, 2, 3 };
	struct row all[ARRAY_SIZE(parents)];
	struct rows rows = { .rows = all, .count = ARRAY_SIZE(all) };

	for (uint32_t i = 0; i < ARRAY_SIZE(all); i++)
		all[i] = (struct row){ .node = i, .parent = parents[i] };
	rows_keep(&rows, (const bool[]){ true, false, true, false, true });
	is_int(rows.count, 3);
	is_int(all[0].parent, ROW_NONE);
	is_int(all[1].node, 2);
	is_int(all[1].parent, 0);
	is_int(all[2].node, 4);
	is_int(all[2].parent, 1);
	rows_keep(&rows, (const bool[]){ false, false, true });
	is_int(rows.count, 1);
	is_int(all[0].node, 4);
	is_int(all[0].parent, ROW_NONE);
}

/* A chain of processes, each in a namespace of its own, and one that all share. */
static void test_many(void)
{
	struct inventory inventory = { 0 };
	struct selection selection = {
		.types = NS_SET_ALL,
		.task = PROCESS_NONE,
		.evidence = EVIDENCE_PROCESS,
		.tree = TREE_PROCESS,
	};
	struct rows rows;
	unsigned int wrong = 0;

	for (pid_t pid = 1; pid <= MANY; pid++) {
		uint32_t process = fake_process(&inventory, pid, pid - 1, NS_UTS, (ino_t)pid);

		fake_sight(&inventory, NS_NET, MANY + 1, EVIDENCE_PROCESS, process);
	}
	inventory_link(&inventory);
	rows = select_namespaces(&inventory, &selection);
	is_int(rows.count, MANY + 1);
	for (uint32_t i = 1; i < MANY; i++)
		wrong += rows.rows[i].parent != i - 1;
	is_int(wrong, 0);
	ok(rows.rows[MANY].parent == ROW_NONE);
	rows_release(&rows);
	inventory_release(&inventory);
}

int main(void)
{
	test_list();
	test_trees();
	test_circles();
	test_processes();
	test_persistent();
	test_excluded();
	test_keep();
	test_many();
	return done_testing();
}
