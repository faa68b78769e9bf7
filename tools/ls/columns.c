/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * columns.c - what stands in a cell. Pure: from the inventory and a row to
 * text; how it is shown is the views' business.
 */
#include "ls/columns.h"

#include <string.h>
#include <strings.h>

#include "diag.h"

static const struct node *node_of(const struct inventory *inventory, const struct row *row)
{
	return &inventory->nodes[row->node];
}

static const struct process *process_of(const struct inventory *inventory, const struct row *row)
{
	return row->process == PROCESS_NONE ? NULL : &inventory->processes[row->process];
}

/* The process, if what detail.h read is known to be its own. */
static const struct process *read_process_of(const struct inventory *inventory, const struct row *row)
{
	return row->is_still_there ? process_of(inventory, row) : NULL;
}

static char *inode_cell(const struct inventory *inventory, uint32_t node)
{
	if (node == NODE_NONE)
		return NULL;
	return xasprintf("%llu", (unsigned long long)inventory->nodes[node].id.ino);
}

static char *ns_cell(const struct inventory *inventory, const struct row *row)
{
	return inode_cell(inventory, row->node);
}

static char *type_cell(const struct inventory *inventory, const struct row *row)
{
	return xstrdup(ns_types[node_of(inventory, row)->type].name);
}

static char *path_cell(const struct inventory *inventory, const struct row *row)
{
	const struct process *process = process_of(inventory, row);
	const struct node *node = node_of(inventory, row);
	char link[INVENTORY_LINK_SIZE];

	if (!process)
		return node->path ? xstrdup(node->path) : NULL;
	inventory_link_path(inventory, row->node, row->process, link);
	return xasprintf("/proc/%d/%s", (int)process->pid, link);
}

static char *nprocs_cell(const struct inventory *inventory, const struct row *row)
{
	return xasprintf("%u", node_of(inventory, row)->nprocs);
}

static char *pid_cell(const struct inventory *inventory, const struct row *row)
{
	const struct process *process = process_of(inventory, row);

	return process ? xasprintf("%d", (int)process->pid) : NULL;
}

static char *ppid_cell(const struct inventory *inventory, const struct row *row)
{
	const struct process *process = read_process_of(inventory, row);

	return process && process->ppid != PID_UNKNOWN ? xasprintf("%d", (int)process->ppid) : NULL;
}

static char *command_cell(const struct inventory *inventory, const struct row *row)
{
	const struct process *process = read_process_of(inventory, row);

	return process && process->command ? xstrdup(process->command) : NULL;
}

static char *uid_cell(const struct inventory *inventory, const struct row *row)
{
	const struct process *process = read_process_of(inventory, row);

	return process && process->uid != UID_UNKNOWN ? xasprintf("%u", process->uid) : NULL;
}

static char *user_cell(const struct inventory *inventory, const struct row *row)
{
	const struct process *process = read_process_of(inventory, row);
	const struct user *user = process ? inventory_find_user(inventory, process->uid) : NULL;

	return user && user->name ? xstrdup(user->name) : uid_cell(inventory, row);
}

static char *parent_cell(const struct inventory *inventory, const struct row *row)
{
	return inode_cell(inventory, node_of(inventory, row)->parent);
}

static char *owner_cell(const struct inventory *inventory, const struct row *row)
{
	return inode_cell(inventory, node_of(inventory, row)->owner);
}

const struct column columns[] = {
	{ "NS", 10, COLUMN_RIGHT | COLUMN_OF_PROCESS, COLUMN_NUMBER, 0, "inode number of the namespace",
	  ns_cell },
	{ "TYPE", 5, COLUMN_OF_PROCESS, COLUMN_STRING, 0, "type of the namespace", type_cell },
	{ "PATH", 0, COLUMN_OF_PROCESS, COLUMN_STRING, 0, "a file to enter the namespace by", path_cell },
	{ "NPROCS", 5, COLUMN_RIGHT, COLUMN_NUMBER, 0, "number of processes in the namespace", nprocs_cell },
	{ "PID", 5, COLUMN_RIGHT | COLUMN_OF_PROCESS, COLUMN_NUMBER, 0, "lowest process in the namespace",
	  pid_cell },
	{ "PPID", 5, COLUMN_RIGHT | COLUMN_OF_PROCESS, COLUMN_NUMBER, FACT_PPID, "parent of PID", ppid_cell },
	{ "COMMAND", 0, COLUMN_TRUNCATED | COLUMN_OF_PROCESS, COLUMN_STRING, FACT_COMMAND,
	  "command line of PID", command_cell },
	{ "UID", 0, COLUMN_RIGHT | COLUMN_OF_PROCESS, COLUMN_NUMBER, FACT_UID, "effective user of PID",
	  uid_cell },
	{ "USER", 0, COLUMN_OF_PROCESS, COLUMN_STRING, FACT_USER, "name of that user", user_cell },
	{ "PNS", 10, COLUMN_RIGHT, COLUMN_NUMBER, FACT_PARENT,
	  "inode number of the parent namespace (user and pid)", parent_cell },
	{ "ONS", 10, COLUMN_RIGHT, COLUMN_NUMBER, FACT_OWNER,
	  "inode number of the user namespace that owns it", owner_cell },
};

const size_t n_columns = ARRAY_SIZE(columns);

const char *column_json_type(const struct column *column)
{
	static const char *const types[] = {
		[COLUMN_STRING] = "string",
		[COLUMN_NUMBER] = "number",
		[COLUMN_LIST] = "array",
	};

	return types[column->json];
}

static const struct column *find_column(const char *name, size_t length)
{
	for (size_t i = 0; i < n_columns; i++)
		if (strlen(columns[i].name) == length && strncasecmp(columns[i].name, name, length) == 0)
			return &columns[i];
	return NULL;
}

static void add_once(struct column_list *list, const struct column *column)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->columns[i] == column)
			return;
	list->columns = xreallocarray(list->columns, list->count + 1, sizeof(*list->columns));
	list->columns[list->count++] = column;
}

int column_list_add(struct column_list *list, const char *names, const char **ret_bad)
{
	for (;;) {
		size_t length = strcspn(names, ",");
		const struct column *column = find_column(names, length);

		if (!column) {
			*ret_bad = names;
			return -EINVAL;
		}
		add_once(list, column);
		if (!names[length])
			return 0;
		names += length + 1;
	}
}

void column_list_add_all(struct column_list *list, unsigned int flags)
{
	for (size_t i = 0; i < n_columns; i++)
		if ((columns[i].flags & flags) == flags)
			add_once(list, &columns[i]);
}

void column_list_release(struct column_list *list)
{
	free(list->columns);
	*list = (struct column_list){ 0 };
}

unsigned int column_list_facts(const struct column_list *list)
{
	unsigned int facts = 0;

	for (size_t i = 0; i < list->count; i++)
		facts |= list->columns[i]->facts;
	return facts;
}
