/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * select.c - choosing, sorting, and hanging rows into trees.
 */
#include "ls/select.h"

#include "diag.h"

void rows_release(struct rows *rows)
{
	free(rows->rows);
	*rows = (struct rows){ 0 };
}

void rows_keep(struct rows *rows, const bool *keep)
{
	/* Where each row goes, or the nearest row above it that stays. */
	_cleanup_free_ uint32_t *place = xcalloc(rows->count, sizeof(*place));
	size_t kept = 0;

	for (size_t i = 0; i < rows->count; i++) {
		struct row row = rows->rows[i];

		if (row.parent != ROW_NONE)
			row.parent = place[row.parent];
		place[i] = keep[i] ? (uint32_t)kept : row.parent;
		if (keep[i])
			rows->rows[kept++] = row;
	}
	rows->count = kept;
}

static bool is_selected(const struct inventory *inventory, const struct selection *selection, uint32_t index)
{
	const struct node *node = &inventory->nodes[index];
	bool with_ancestors = selection->tree == TREE_OWNER || selection->tree == TREE_PARENT;

	if (!ns_set_has(selection->types, node->type) ||
	    (selection->excluded && baseline_has(selection->excluded, node->type, node->id.ino)))
		return false;
	if (selection->only_persistent && (node->nprocs || (node->evidence & EVIDENCE_THREAD)))
		return false;
	if (selection->task != PROCESS_NONE)
		return inventory->processes[selection->task].node[node->type] == index;
	return with_ancestors || (node->evidence & selection->evidence);
}

static int compare_nodes(const void *a, const void *b, void *arg)
{
	const struct inventory *inventory = arg;
	const struct node *x = &inventory->nodes[((const struct row *)a)->node];
	const struct node *y = &inventory->nodes[((const struct row *)b)->node];

	if (x->id.ino != y->id.ino)
		return x->id.ino < y->id.ino ? -1 : 1;
	return (int)x->type - (int)y->type;
}

static struct rows list_namespaces(const struct inventory *inventory, const struct selection *selection)
{
	struct rows list = { .rows = xcalloc(inventory->n_nodes, sizeof(*list.rows)) };

	for (uint32_t i = 0; i < inventory->n_nodes; i++)
		if (is_selected(inventory, selection, i))
			list.rows[list.count++] = (struct row){
				.node = i,
				.process = inventory->nodes[i].leader,
				.head = inventory->nodes[i].head,
				.parent = ROW_NONE,
			};
	if (list.count)
		qsort_r(list.rows, list.count, sizeof(*list.rows), compare_nodes, (void *)inventory);
	return list;
}

/*
 * The namespace of the same type that the leader was born into, as far as
 * processes tell: the first other one on the way up from it. Of a namespace
 * that only children will be in that is its sponsor's own.
 *
 * Every step but the last stands on a process of this namespace, so all walks
 * together are no longer than the list of processes, for each type. The count
 * also ends a walk in a circle, which parents read at different times may
 * form: a pid that was used again can be its own grandchild.
 */
static uint32_t above_by_process(const struct inventory *inventory, uint32_t index)
{
	const struct node *node = &inventory->nodes[index];
	uint32_t process = node->leader;

	for (uint32_t steps = 0; process != PROCESS_NONE && steps <= node->nprocs; steps++) {
		uint32_t there = inventory->processes[process].node[node->type];

		if (there != index)
			return there;
		process = inventory->processes[process].parent;
	}
	return NODE_NONE;
}

static uint32_t above(const struct inventory *inventory, enum tree tree, uint32_t index)
{
	switch (tree) {
	case TREE_OWNER:
		return inventory->nodes[index].owner;
	case TREE_PARENT:
		return inventory->nodes[index].parent;
	case TREE_PROCESS:
		return above_by_process(inventory, index);
	case TREE_NONE:
		break;
	}
	return NODE_NONE;
}

/*
 * Cut each circle at one place. The kernel's relations have none, but process
 * parents (see above) and inode numbers used again during a scan might, and
 * what hangs in a circle would hang below no root and get lost.
 */
static void cut_circles(uint32_t *up, size_t count)
{
	_cleanup_free_ uint32_t *visited = xcalloc(count, sizeof(*visited));

	for (uint32_t i = 0; i < count; i++) {
		uint32_t last = NODE_NONE, at = i;

		while (at != NODE_NONE && !visited[at]) {
			visited[at] = i + 1;
			last = at;
			at = up[at];
		}
		if (at != NODE_NONE && visited[at] == i + 1)
			up[last] = NODE_NONE;
	}
}

/* For each row of the list the row that it hangs below. */
static void find_parent_rows(const struct inventory *inventory, enum tree tree, struct rows *list)
{
	_cleanup_free_ uint32_t *up = xcalloc(inventory->n_nodes, sizeof(*up));
	_cleanup_free_ uint32_t *row_of = xcalloc(inventory->n_nodes, sizeof(*row_of));

	for (uint32_t i = 0; i < inventory->n_nodes; i++) {
		up[i] = above(inventory, tree, i);
		row_of[i] = ROW_NONE;
	}
	cut_circles(up, inventory->n_nodes);
	for (uint32_t i = 0; i < list->count; i++)
		row_of[list->rows[i].node] = i;

	for (uint32_t i = 0; i < list->count; i++) {
		uint32_t node = up[list->rows[i].node];

		while (node != NODE_NONE && row_of[node] == ROW_NONE)
			node = up[node];
		list->rows[i].parent = node == NODE_NONE ? ROW_NONE : row_of[node];
	}
}

/*
 * Put every row behind its parent and before its parent's next sibling,
 * siblings in the order that they had. Children are chained by index, the
 * roots as children of one more that stands behind the last.
 */
static struct rows in_tree_order(const struct rows *list)
{
	uint32_t root = (uint32_t)list->count;
	_cleanup_free_ uint32_t *first = xcalloc(list->count + 1, sizeof(*first));
	_cleanup_free_ uint32_t *next = xcalloc(list->count + 1, sizeof(*next));
	_cleanup_free_ uint32_t *place = xcalloc(list->count + 1, sizeof(*place));
	struct rows tree = { .rows = xcalloc(list->count, sizeof(*tree.rows)) };
	uint32_t at;

	for (uint32_t i = 0; i <= root; i++)
		first[i] = next[i] = place[i] = ROW_NONE;
	for (uint32_t i = root; i-- > 0;) {
		uint32_t parent = list->rows[i].parent == ROW_NONE ? root : list->rows[i].parent;

		next[i] = first[parent];
		first[parent] = i;
	}

	at = first[root];
	while (at != ROW_NONE) {
		struct row row = list->rows[at];

		place[at] = (uint32_t)tree.count;
		if (row.parent != ROW_NONE)
			row.parent = place[row.parent];
		tree.rows[tree.count++] = row;

		if (first[at] != ROW_NONE) {
			at = first[at];
			continue;
		}
		while (at != ROW_NONE && next[at] == ROW_NONE)
			at = list->rows[at].parent;
		if (at != ROW_NONE)
			at = next[at];
	}
	return tree;
}

struct rows select_namespaces(const struct inventory *inventory, const struct selection *selection)
{
	_cleanup_(rows_release) struct rows list = list_namespaces(inventory, selection);

	if (selection->tree == TREE_NONE) {
		struct rows all = list;

		list = (struct rows){ 0 };
		return all;
	}
	find_parent_rows(inventory, selection->tree, &list);
	return in_tree_order(&list);
}

static int compare_pids(const void *a, const void *b, void *arg)
{
	const struct inventory *inventory = arg;
	pid_t x = inventory->processes[((const struct row *)a)->process].pid;
	pid_t y = inventory->processes[((const struct row *)b)->process].pid;

	return (x > y) - (x < y);
}

struct rows select_processes(const struct inventory *inventory, uint32_t node)
{
	struct rows list = { 0 };
	enum ns_type type;

	if (node == NODE_NONE)
		return list;
	type = inventory->nodes[node].type;
	list.rows = xcalloc(inventory->nodes[node].nprocs, sizeof(*list.rows));
	for (uint32_t i = 0; i < inventory->n_processes; i++)
		if (inventory->processes[i].node[type] == node)
			list.rows[list.count++] = (struct row){
				.node = node,
				.process = i,
				.head = i,
				.parent = ROW_NONE,
			};
	if (list.count)
		qsort_r(list.rows, list.count, sizeof(*list.rows), compare_pids, (void *)inventory);
	return list;
}
