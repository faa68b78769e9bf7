/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * select.h - from the inventory to rows: which are shown, in which order, and
 * below which other row of a tree. Pure.
 */
#ifndef NSX_LS_SELECT_H
#define NSX_LS_SELECT_H

#include "base.h"
#include "ls/baseline.h"
#include "scan/inventory.h"

#define ROW_NONE UINT32_MAX

enum tree {
	TREE_NONE,
	TREE_OWNER,   /* below the user namespace that owns it */
	TREE_PARENT,  /* below its parent: user and pid namespaces */
	TREE_PROCESS, /* below the one that its leader's nearest ancestor outside of it is in */
};

struct row {
	uint32_t node;
	uint32_t process;    /* its leader, or the one that the row is about; PROCESS_NONE */
	uint32_t head;	     /* who stands for it (heads.h), or the one that the row is about; PROCESS_NONE */
	uint32_t parent;     /* the row above in a tree, which always comes earlier; ROW_NONE */
	/* By detail.h: they were in the namespace when they were read. */
	bool is_still_there; /* the process */
	bool is_head_there;
};

struct rows {
	struct row *rows;
	size_t count;
};

/* Which namespaces. */
struct selection {
	ns_set types;
	uint32_t task; /* those that this process is in; PROCESS_NONE for all */
	bool only_persistent;  /* those that no process is in, and no thread */
	unsigned int evidence; /* those for which there is some of this */
	const struct baseline *excluded; /* those that are left out; or NULL */
	enum tree tree;
};

/*
 * One row a namespace, by inode number. A tree of owners or parents also has
 * the ones above them, whatever evidence there is. What is not selected is no
 * row: its children move up to the nearest ancestor that is.
 */
struct rows select_namespaces(const struct inventory *inventory, const struct selection *selection);

/* One row for each process in a namespace, by pid. */
struct rows select_processes(const struct inventory *inventory, uint32_t node);

/* Take away the rows that are not to be kept, one truth a row; children move up as above. */
void rows_keep(struct rows *rows, const bool *keep);

void rows_release(struct rows *rows);

#endif /* NSX_LS_SELECT_H */
