/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * observe.c - what sources see, and what the kernel adds to it.
 */
#include "scan/observe.h"

#include "ns_query.h"

typedef int relation_query(int fd, int *ret_fd);

static void ask_about(struct scan *scan, uint32_t index, int fd);

/*
 * Follow a relation of an open namespace to the node at its other end. A
 * refusal (-EPERM: outside of the caller's namespaces) is an answer too: none
 * that we may know of.
 *
 * The descriptors on the way up keep every namespace of the chain alive, so no
 * inode number changes hands meanwhile and the chain cannot bite its tail. The
 * kernel ends it after 33 namespaces at the latest.
 */
static uint32_t relative_of(struct scan *scan, int fd, relation_query *query, enum ns_type type,
			    unsigned int evidence)
{
	_cleanup_close_ int relative = -EBADF;
	struct ns_id id;
	uint32_t index;

	if (query(fd, &relative) < 0 || ns_id_of_fd(relative, &id) < 0)
		return NODE_NONE;
	index = inventory_add_node(scan->inventory, type, id);
	scan->inventory->nodes[index].evidence |= evidence;
	ask_about(scan, index, relative);
	return index;
}

/* Ask the kernel what is wanted of an open namespace, unless it was asked. */
static void ask_about(struct scan *scan, uint32_t index, int fd)
{
	/* The array may move while relatives are added: no pointer into it is kept. */
	struct node **nodes = &scan->inventory->nodes;
	enum ns_type type = (*nodes)[index].type;

	if ((*nodes)[index].is_asked)
		return;
	(*nodes)[index].is_asked = true;

	if (scan->facts & FACT_OWNER) {
		uint32_t owner = relative_of(scan, fd, ns_query_owner, NS_USER, EVIDENCE_OWNER);

		(*nodes)[index].owner = owner;
		if (type == NS_USER)
			ns_query_owner_uid(fd, &(*nodes)[index].owner_uid);
	}
	if ((scan->facts & FACT_PARENT) && ns_types[type].has_parent) {
		uint32_t parent = relative_of(scan, fd, ns_query_parent, type, EVIDENCE_PARENT);

		(*nodes)[index].parent = parent;
	}
}

/* Open what was seen, and ask, if it still is what was seen. */
static void ask_about_sight(struct scan *scan, uint32_t index, const struct sight *sight)
{
	_cleanup_close_ int fd = -EBADF;
	struct ns_id id;

	if (ns_open(sight->dirfd, sight->path, &fd) < 0 || ns_id_of_fd(fd, &id) < 0 ||
	    !ns_id_equal(id, sight->id))
		return; /* gone, or moved on: the next sight of it may do */
	ask_about(scan, index, fd);
}

static void note_process(struct inventory *inventory, uint32_t index, const struct sight *sight)
{
	struct process *process = &inventory->processes[sight->process];
	struct node *node = &inventory->nodes[index];

	if (sight->evidence == EVIDENCE_PROCESS)
		process->node[sight->type] = index;
	else if (node->sponsor == PROCESS_NONE || process->pid < inventory->processes[node->sponsor].pid)
		node->sponsor = sight->process;
}

uint32_t observe(struct scan *scan, const struct sight *sight)
{
	struct inventory *inventory = scan->inventory;
	uint32_t index = inventory_add_node(inventory, sight->type, sight->id);
	struct node *node = &inventory->nodes[index];

	node->evidence |= sight->evidence;
	if (sight->process != PROCESS_NONE)
		note_process(inventory, index, sight);
	if (!node->is_asked && (scan->facts & (FACT_OWNER | FACT_PARENT)))
		ask_about_sight(scan, index, sight);
	return index;
}
