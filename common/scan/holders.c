/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * holders.c - order and words of holders.
 */
#include "scan/holders.h"

#include <string.h>

#include "diag.h"

const struct holder_kind holder_kinds[HOLDER_KINDS] = {
	{ EVIDENCE_PROCESS, "process" },       { EVIDENCE_THREAD, "thread" },
	{ EVIDENCE_FOR_CHILDREN, "children" }, { EVIDENCE_DESCRIPTOR, "descriptor" },
	{ EVIDENCE_SOCKET, "socket" },	       { EVIDENCE_MOUNT, "mount" },
	{ EVIDENCE_PARENT, "child" },	       { EVIDENCE_OWNER, "owned" },
};

static int rank(unsigned int evidence)
{
	int i = 0;

	while (i < HOLDER_KINDS - 1 && holder_kinds[i].evidence != evidence)
		i++;
	return i;
}

static int compare_numbers(long long x, long long y)
{
	return (x > y) - (x < y);
}

static int compare_nodes(const struct inventory *inventory, uint32_t x, uint32_t y)
{
	int r = compare_numbers((long long)inventory_inode(inventory, x), (long long)inventory_inode(inventory, y));

	if (r == 0 && x != NODE_NONE && y != NODE_NONE)
		r = compare_numbers(inventory->nodes[x].type, inventory->nodes[y].type);
	return r;
}

static int compare_holders(const void *a, const void *b, void *arg)
{
	const struct holder *x = *(const struct holder *const *)a, *y = *(const struct holder *const *)b;
	const struct inventory *inventory = arg;
	int r;

	r = compare_nodes(inventory, x->node, y->node);
	if (r == 0)
		r = compare_numbers(rank(x->evidence), rank(y->evidence));
	if (r == 0)
		r = compare_numbers(x->pid, y->pid);
	if (r == 0)
		r = compare_numbers(x->thread, y->thread);
	if (r == 0)
		r = compare_numbers(x->number, y->number);
	if (r == 0)
		r = compare_nodes(inventory, x->other, y->other);
	if (r == 0 && x->path && y->path)
		r = strcmp(x->path, y->path);
	return r;
}

const struct holder **holders_sorted(const struct inventory *inventory,
				     bool (*wants)(const void *context, uint32_t node), const void *context,
				     size_t *ret_count)
{
	const struct holder **order = xcalloc(inventory->n_holders + 1, sizeof(*order));
	size_t count = 0;

	for (size_t i = 0; i < inventory->n_holders; i++)
		if (wants(context, inventory->holders[i].node))
			order[count++] = &inventory->holders[i];
	qsort_r(order, count, sizeof(*order), compare_holders, (void *)inventory);
	*ret_count = count;
	return order;
}

/* Of mounts only those have a process that are mounted nowhere, and open. */
static bool has_number(const struct holder *holder)
{
	return (holder->evidence & (EVIDENCE_DESCRIPTOR | EVIDENCE_SOCKET)) ||
	       (holder->evidence == EVIDENCE_MOUNT && holder->pid);
}

static char *link_of(const struct inventory *inventory, uint32_t node)
{
	char link[NS_LINK_SIZE];

	ns_link_format(inventory->nodes[node].type, inventory_inode(inventory, node), link);
	return xstrdup(link);
}

void holder_describe(const struct inventory *inventory, const struct holder *holder,
		     const struct pinned_list *pinned, struct holder_words *ret)
{
	uint32_t process = holder->pid ? inventory_find_process(inventory, holder->pid) : PROCESS_NONE;
	struct holder_words words = {
		.kind = holder_kinds[rank(holder->evidence)].name,
		.pid = holder->pid,
		.thread = holder->thread,
		.fd = has_number(holder) ? holder->number : -1,
		.path = holder->path,
		.command = process == PROCESS_NONE ? NULL : inventory->processes[process].command,
	};

	if (holder->other != NODE_NONE)
		words.other = link_of(inventory, holder->other);
	words.name = pinned_name(pinned, inventory, holder);
	if (words.name && holder->evidence != EVIDENCE_PROCESS)
		words.kind = "pin";
	*ret = words;
}

void holder_words_release(struct holder_words *words)
{
	free(words->other);
	free(words->name);
	*words = (struct holder_words){ .fd = -1 };
}
