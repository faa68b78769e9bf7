/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * watched.c - comparing a look with the ones before.
 */
#include "ls/watched.h"

#include "diag.h"

/* Both ids are of things that there are, so 0 is none. */
static bool is_same(const struct watched_item *item, const struct node *node)
{
	return !item->nsid || !node->nsid || item->nsid == node->nsid;
}

/* For each node the row that found it, or ROW_NONE; for the caller to free. */
static uint32_t *rows_by_node(const struct inventory *inventory, const struct rows *found)
{
	uint32_t *row_of = xcalloc(inventory->n_nodes, sizeof(*row_of));

	for (size_t i = 0; i < inventory->n_nodes; i++)
		row_of[i] = ROW_NONE;
	for (size_t i = 0; i < found->count; i++)
		row_of[found->rows[i].node] = (uint32_t)i;
	return row_of;
}

/* Was it found? Then its node is taken off the search. */
static bool find_again(struct watched_item *item, const struct inventory *inventory, uint32_t *row_of)
{
	uint32_t index = inventory_find_node(inventory, item->type, item->id);

	if (index == NODE_NONE || row_of[index] == ROW_NONE || !is_same(item, &inventory->nodes[index]))
		return false;
	item->has_process = inventory->nodes[index].nprocs > 0;
	item->is_missed = false;
	row_of[index] = ROW_NONE;
	return true;
}

/* Is the number in the hands of another, of any type? Then there is nothing to wait for. */
static bool is_replaced(const struct watched_item *item, const struct inventory *inventory)
{
	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		uint32_t index = inventory_find_node(inventory, type, item->id);

		if (index != NODE_NONE &&
		    (type != (int)item->type || !is_same(item, &inventory->nodes[index])))
			return true;
	}
	return false;
}

static bool is_gone(struct watched_item *item, const struct inventory *inventory, bool is_partial)
{
	bool was_missed = item->is_missed;

	if (is_partial && !item->has_process)
		return false;
	item->is_missed = true;
	return was_missed || is_replaced(item, inventory);
}

void watched_compare(struct watched *watched, const struct inventory *inventory, const struct rows *found,
		     bool is_partial, struct watched_changes *ret)
{
	_cleanup_free_ uint32_t *row_of = rows_by_node(inventory, found);
	size_t kept = 0;

	*ret = (struct watched_changes){
		.gone = xcalloc(watched->count, sizeof(*ret->gone)),
		.appeared.rows = xcalloc(found->count, sizeof(*ret->appeared.rows)),
	};
	for (size_t i = 0; i < watched->count; i++) {
		struct watched_item item = watched->items[i];

		if (!find_again(&item, inventory, row_of) && is_gone(&item, inventory, is_partial)) {
			ret->gone[ret->n_gone++] = item;
			continue;
		}
		ret->is_unsure |= item.is_missed;
		watched->items[kept++] = item;
	}
	watched->count = kept;
	for (size_t i = 0; i < found->count; i++)
		if (row_of[found->rows[i].node] != ROW_NONE)
			ret->appeared.rows[ret->appeared.count++] = found->rows[i];
}

void watched_changes_release(struct watched_changes *changes)
{
	free(changes->gone);
	rows_release(&changes->appeared);
}

void watched_add(struct watched *watched, const struct inventory *inventory, const struct row *row,
		 char **cells)
{
	const struct node *node = &inventory->nodes[row->node];

	if (watched->count == watched->room) {
		watched->room = watched->room ? watched->room * 2 : 64;
		watched->items = xreallocarray(watched->items, watched->room, sizeof(*watched->items));
	}
	watched->items[watched->count++] = (struct watched_item){
		.type = node->type,
		.id = node->id,
		.nsid = node->nsid,
		.cells = cells,
		.has_process = node->nprocs > 0,
	};
}

void watched_doubt(struct watched *watched, ino_t ino)
{
	for (size_t i = 0; i < watched->count; i++)
		watched->items[i].is_missed |= watched->items[i].id.ino == ino;
}

bool watched_has(const struct watched *watched, enum ns_type type, ino_t ino)
{
	for (size_t i = 0; i < watched->count; i++)
		if (watched->items[i].type == type && watched->items[i].id.ino == ino)
			return true;
	return false;
}
