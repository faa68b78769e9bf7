/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * columns.c - what stands in a cell. Pure: from the inventory and a row to
 * text; how it is shown is the views' business.
 */
#include "ls/columns.h"

#include <string.h>
#include <strings.h>

#include "cgroup.h"
#include "diag.h"
#include "ls/list.h"
#include "scan/holders.h"

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
	return inventory->lacks_processes ? NULL : xasprintf("%u", node_of(inventory, row)->nprocs);
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

/* --- Of the namespace */

static char *nsid_cell(const struct inventory *inventory, const struct row *row)
{
	uint64_t nsid = node_of(inventory, row)->nsid;

	return nsid ? xasprintf("%llu", (unsigned long long)nsid) : NULL;
}

static char *level_cell(const struct inventory *inventory, const struct row *row)
{
	int level = inventory_level(inventory, row->node);

	return level >= 0 ? xasprintf("%d", level) : NULL;
}

static char *ntasks_cell(const struct inventory *inventory, const struct row *row)
{
	return inventory->lacks_processes ? NULL : xasprintf("%u", node_of(inventory, row)->ntasks);
}

static char *init_cell(const struct inventory *inventory, const struct row *row)
{
	pid_t init = node_of(inventory, row)->init;

	return init ? xasprintf("%d", (int)init) : NULL;
}

static char *leader_cell(const struct inventory *inventory, const struct row *row)
{
	return row->head == PROCESS_NONE ? NULL : xasprintf("%d", (int)inventory->processes[row->head].pid);
}

static char *owner_uid_cell(const struct inventory *inventory, const struct row *row)
{
	uid_t uid = node_of(inventory, row)->owner_uid;

	return uid != UID_UNKNOWN ? xasprintf("%u", uid) : NULL;
}

static char *initial_cell(const struct inventory *inventory, const struct row *row)
{
	const struct node *node = node_of(inventory, row);
	ino_t initial = inventory->initial[node->type];

	return initial ? xstrdup(node->id.ino == initial ? "yes" : "no") : NULL;
}

static char *netnsid_cell(const struct inventory *inventory, const struct row *row)
{
	int32_t netnsid = node_of(inventory, row)->netnsid;

	if (netnsid == NETNSID_UNASSIGNED)
		return xstrdup("unassigned");
	return netnsid >= 0 ? xasprintf("%d", netnsid) : NULL;
}

static char *detail_cell(const struct inventory *inventory, const struct row *row)
{
	const char *detail = node_of(inventory, row)->detail;

	return detail ? xstrdup(detail) : NULL;
}

/* --- Lists */

/* Of things that were looked for: what was not found is an empty list. */
static char *list_of(const struct texts *texts)
{
	struct list list;

	list_init(&list);
	for (size_t i = 0; texts && i < texts->count; i++)
		list_add(&list, texts->list[i]);
	return list_end(&list);
}

static char *name_cell(const struct inventory *inventory, const struct row *row)
{
	return inventory->known & FACT_NAMES ? list_of(node_of(inventory, row)->names) : NULL;
}

static char *nsfs_cell(const struct inventory *inventory, const struct row *row)
{
	return inventory->known & FACT_NSFS ? list_of(node_of(inventory, row)->nsfs) : NULL;
}

static char *holders_cell(const struct inventory *inventory, const struct row *row)
{
	unsigned int evidence = node_of(inventory, row)->evidence;
	struct list words;

	if (!(evidence & ~(unsigned int)EVIDENCE_KERNEL))
		return NULL;
	list_init(&words);
	for (size_t i = 0; i < HOLDER_KINDS; i++)
		if (evidence & holder_kinds[i].evidence)
			list_add(&words, holder_kinds[i].name);
	return list_end(&words);
}

/* --- Of the cgroup that its head is in */

static const struct cgroup_table *cgroups_of(const struct inventory *inventory, const struct row *row)
{
	return row->is_head_there ? inventory->processes[row->head].cgroup : NULL;
}

static char *cgroup_cell(const struct inventory *inventory, const struct row *row)
{
	const struct cgroup_table *table = cgroups_of(inventory, row);

	return table && table->count ? xstrdup(table->lines[0].path) : NULL;
}

static char *unit_cell(const struct inventory *inventory, const struct row *row)
{
	const struct cgroup_table *table = cgroups_of(inventory, row);
	char unit[CGROUP_NAME_SIZE];

	return table && cgroup_table_unit(table, unit) ? xstrdup(unit) : NULL;
}

static char *container_cell(const struct inventory *inventory, const struct row *row)
{
	const struct cgroup_table *table = cgroups_of(inventory, row);
	char container[CGROUP_NAME_SIZE];

	return table && cgroup_table_container(table, container) ? xstrdup(container) : NULL;
}

const struct column columns[] = {
	{ "NS", COLUMN_RIGHT | COLUMN_OF_PROCESS, COLUMN_NUMBER, 0, "inode number of the namespace",
	  ns_cell },
	{ "TYPE", COLUMN_OF_PROCESS, COLUMN_STRING, 0, "type of the namespace", type_cell },
	{ "PATH", COLUMN_OF_PROCESS, COLUMN_STRING, 0, "a file to enter the namespace by", path_cell },
	{ "NPROCS", COLUMN_RIGHT, COLUMN_NUMBER, 0, "number of processes in the namespace", nprocs_cell },
	{ "PID", COLUMN_RIGHT | COLUMN_OF_PROCESS, COLUMN_NUMBER, 0, "lowest process in the namespace",
	  pid_cell },
	{ "PPID", COLUMN_RIGHT | COLUMN_OF_PROCESS, COLUMN_NUMBER, FACT_PPID, "parent of PID", ppid_cell },
	{ "COMMAND", COLUMN_TRUNCATED | COLUMN_OF_PROCESS, COLUMN_STRING, FACT_COMMAND, "command line of PID",
	  command_cell },
	{ "UID", COLUMN_RIGHT | COLUMN_OF_PROCESS, COLUMN_NUMBER, FACT_UID, "effective user of PID",
	  uid_cell },
	{ "USER", COLUMN_OF_PROCESS, COLUMN_STRING, FACT_USER, "name of that user", user_cell },
	{ "NETNSID", COLUMN_RIGHT, COLUMN_NUMBER, FACT_NETNSID | FACT_OPEN,
	  "number that our network namespace has for it", netnsid_cell },
	{ "NSFS", 0, COLUMN_LIST, FACT_NSFS, "where it is mounted here", nsfs_cell },
	{ "PNS", COLUMN_RIGHT, COLUMN_NUMBER, FACT_PARENT,
	  "inode number of the parent namespace (user and pid)", parent_cell },
	{ "ONS", COLUMN_RIGHT, COLUMN_NUMBER, FACT_OWNER, "inode number of the user namespace that owns it",
	  owner_cell },
	{ "NSID", COLUMN_RIGHT | COLUMN_OF_PROCESS, COLUMN_NUMBER, FACT_NSID,
	  "64-bit id of the namespace, never used twice (Linux 6.18)", nsid_cell },
	{ "LEVEL", COLUMN_RIGHT, COLUMN_NUMBER, FACT_PARENT, "how deep it is nested (user and pid)",
	  level_cell },
	{ "NTASKS", COLUMN_RIGHT, COLUMN_NUMBER, FACT_NTASKS, "number of threads in the namespace",
	  ntasks_cell },
	{ "INIT", COLUMN_RIGHT, COLUMN_NUMBER, FACT_INIT | FACT_OPEN, "init of the pid namespace",
	  init_cell },
	{ "LEADER", COLUMN_RIGHT, COLUMN_NUMBER, FACTS_OF_HEADS, "the process that stands for it",
	  leader_cell },
	{ "NAME", 0, COLUMN_LIST, FACT_NAMES, "its names, of nsx-pin and ip netns", name_cell },
	{ "HOLDERS", 0, COLUMN_LIST, 0, "what keeps it alive, as far as was looked", holders_cell },
	{ "OWNER_UID", COLUMN_RIGHT, COLUMN_NUMBER, FACT_OWNER, "user that made the user namespace",
	  owner_uid_cell },
	{ "INITIAL", 0, COLUMN_BOOLEAN, FACT_INITIAL, "whether the machine started with it", initial_cell },
	{ "CGROUP", COLUMN_OF_PROCESS, COLUMN_STRING, FACT_CGROUP | FACTS_OF_HEADS, "cgroup of LEADER",
	  cgroup_cell },
	{ "UNIT", COLUMN_OF_PROCESS, COLUMN_STRING, FACT_CGROUP | FACTS_OF_HEADS,
	  "unit of systemd that LEADER is in", unit_cell },
	{ "CONTAINER", COLUMN_OF_PROCESS, COLUMN_STRING, FACT_CGROUP | FACTS_OF_HEADS,
	  "container that LEADER is in", container_cell },
	{ "DETAIL", COLUMN_TRUNCATED, COLUMN_STRING, FACT_DETAIL | FACT_INIT | FACT_OPEN | FACT_PARENT,
	  "what it is: host name, addresses, mounts, maps...", detail_cell },
};

const size_t n_columns = ARRAY_SIZE(columns);

const char *column_json_type(const struct column *column)
{
	static const char *const types[] = {
		[COLUMN_STRING] = "string",
		[COLUMN_NUMBER] = "number",
		[COLUMN_BOOLEAN] = "boolean",
		[COLUMN_LIST] = "array",
	};

	return types[column->json];
}

const struct column *column_find(const struct column *table, size_t count, const char *name, size_t length)
{
	for (size_t i = 0; i < count; i++)
		if (strlen(table[i].name) == length && strncasecmp(table[i].name, name, length) == 0)
			return &table[i];
	return NULL;
}

void column_list_add_one(struct column_list *list, const struct column *column)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->columns[i] == column)
			return;
	list->columns = xreallocarray(list->columns, list->count + 1, sizeof(*list->columns));
	list->columns[list->count++] = column;
}

int column_list_add_from(struct column_list *list, const struct column *table, size_t count,
			 const char *names, const char **ret_bad)
{
	for (;;) {
		size_t length = strcspn(names, ",");
		const struct column *column = column_find(table, count, names, length);

		if (!column) {
			*ret_bad = names;
			return -EINVAL;
		}
		column_list_add_one(list, column);
		if (!names[length])
			return 0;
		names += length + 1;
	}
}

int column_list_add(struct column_list *list, const char *names, const char **ret_bad)
{
	return column_list_add_from(list, columns, n_columns, names, ret_bad);
}

void column_list_add_all(struct column_list *list, unsigned int flags)
{
	for (size_t i = 0; i < n_columns; i++)
		if ((columns[i].flags & flags) == flags)
			column_list_add_one(list, &columns[i]);
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
