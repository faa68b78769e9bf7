/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * heads.c - who stands for a namespace.
 */
#include "scan/heads.h"

#include "diag.h"

/* Children of a node's head that are in it too. */
struct children {
	uint32_t count;
	uint32_t last;
};

static uint32_t node_of(const struct inventory *inventory, uint32_t process, enum ns_type type)
{
	return process == PROCESS_NONE ? NODE_NONE : inventory->processes[process].node[type];
}

static bool is_older(const struct process *a, const struct process *b)
{
	return a->start_time != b->start_time ? a->start_time < b->start_time : a->pid < b->pid;
}

/* Of those that came from outside, the oldest. */
static void find_oldest(struct inventory *inventory, enum ns_type type)
{
	const struct process *processes = inventory->processes;

	for (uint32_t i = 0; i < inventory->n_processes; i++) {
		uint32_t index = processes[i].node[type];
		struct node *node;

		if (index == NODE_NONE || node_of(inventory, processes[i].parent, type) == index)
			continue;
		node = &inventory->nodes[index];
		if (node->head == PROCESS_NONE || is_older(&processes[i], &processes[node->head]))
			node->head = i;
	}
}

static void count_children(const struct inventory *inventory, enum ns_type type, struct children *children)
{
	for (uint32_t i = 0; i < inventory->n_processes; i++) {
		uint32_t parent = inventory->processes[i].parent;
		uint32_t index = inventory->processes[i].node[type];

		if (index == NODE_NONE || parent == PROCESS_NONE || inventory->nodes[index].head != parent)
			continue;
		children[index].count++;
		children[index].last = i;
	}
}

/* Does it only stand before the door to another pid namespace? */
static bool is_doorman(const struct inventory *inventory, uint32_t head, const struct children *children)
{
	uint32_t outer = node_of(inventory, head, NS_PID);

	return children->count == 1 && outer != NODE_NONE &&
	       node_of(inventory, children->last, NS_PID) != outer;
}

void heads_find(struct inventory *inventory)
{
	_cleanup_free_ struct children *children = xcalloc(inventory->n_nodes, sizeof(*children));

	for (size_t i = 0; i < inventory->n_nodes; i++)
		inventory->nodes[i].head = PROCESS_NONE;
	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		find_oldest(inventory, type);
		count_children(inventory, type, children);
	}
	for (size_t i = 0; i < inventory->n_nodes; i++) {
		struct node *node = &inventory->nodes[i];

		if (node->head == PROCESS_NONE)
			node->head = node->leader;
		else if (is_doorman(inventory, node->head, &children[i]))
			node->head = children[i].last;
	}
}
