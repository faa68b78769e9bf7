/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * detail_namespaces.c - finding out what is shown of namespaces.
 */
#include "ls/detail.h"

#include <string.h>

#include "diag.h"
#include "ls/baseline.h"
#include "ls/describe.h"
#include "rtnetlink.h"
#include "mount_table.h"
#include "ns_query.h"
#include "pin_registry.h"
#include "proc.h"
#include "text.h"

/* --- Names, and places where namespaces are mounted: all of them at once */

static int add_name(void *context, const struct pin *pin)
{
	struct inventory *inventory = context;

	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		_cleanup_close_ int fd = -EBADF;
		struct ns_id id;
		uint32_t index;

		if (pin_open_type(pin, type, &fd) < 0 || ns_id_of_fd(fd, &id) < 0)
			continue;
		index = inventory_find_node(inventory, type, id);
		if (index != NODE_NONE)
			texts_add(&inventory->nodes[index].names, pin->name);
	}
	return 0;
}

static void fill_names(const struct scan *scan)
{
	if (pin_visit(false, add_name, scan->inventory) == 0)
		scan->inventory->known |= FACT_NAMES;
}

static int add_mount(void *context, const struct mount_entry *mount)
{
	const struct scan *scan = context;
	struct ns_id id = { .dev = scan->nsfs };
	enum ns_type type;
	uint32_t index;

	if (strcmp(mount->fstype, "nsfs") != 0 || ns_link_parse(mount->root, &type, &id.ino) < 0)
		return 0;
	index = inventory_find_node(scan->inventory, type, id);
	if (index != NODE_NONE)
		texts_add(&scan->inventory->nodes[index].nsfs, mount->path);
	return 0;
}

static void fill_nsfs(const struct scan *scan)
{
	if (mount_table_visit(scan->procfd, add_mount, (void *)scan) == 0)
		scan->inventory->known |= FACT_NSFS;
}

/* --- The namespaces that the machine started with */

/* Have those of all types fixed numbers? So it is from 6.17 on. */
static bool has_fixed_numbers(const struct scan *scan)
{
	static const enum ns_type later[] = { NS_NET, NS_MNT };
	_cleanup_close_ int fd = -EBADF;
	uint64_t nsid;

	/* 6.18 */
	if (ns_open(scan->procfd, "self/ns/user", &fd) == 0 && ns_query_nsid(fd, &nsid) == 0)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(later); i++) {
		struct ns_id id = { .dev = scan->nsfs, .ino = ns_types[later[i]].initial };

		if (inventory_find_node(scan->inventory, later[i], id) != NODE_NONE)
			return true;
	}
	return false;
}

static void fill_initial(const struct scan *scan)
{
	bool is_fixed = has_fixed_numbers(scan);
	struct baseline kernel = { 0 };

	if (!is_fixed)
		baseline_read_kernel(scan->procfd, &kernel);
	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		bool is_certain = is_fixed || (type != NS_NET && type != NS_MNT);

		scan->inventory->initial[type] = is_certain ? ns_types[type].initial : kernel.inodes[type];
	}
}

/* --- The init of a pid namespace */

/* Number 1 of the pid namespace that it is in? */
static bool is_init(const struct scan *scan, const struct process *process)
{
	_cleanup_close_ int dirfd = -EBADF;
	unsigned int levels;
	pid_t innermost;

	return proc_open_pid(scan->procfd, process->pid, &dirfd) == 0 &&
	       proc_pids_read(dirfd, &levels, &innermost) == 0 && innermost == 1;
}

/* Ask each process of the wanted namespaces, until that has been found. */
static void search_inits(const struct scan *scan, bool *is_wanted)
{
	struct inventory *inventory = scan->inventory;

	for (size_t i = 0; i < inventory->n_processes; i++) {
		uint32_t node = inventory->processes[i].node[NS_PID];

		if (node == NODE_NONE || !is_wanted[node] || !is_init(scan, &inventory->processes[i]))
			continue;
		inventory->nodes[node].init = inventory->processes[i].pid;
		is_wanted[node] = false;
	}
}

/* 0 where the kernel told, be it that there is none; -ENOTTY where others must be asked. */
static int ask_for_init(const struct scan *scan, uint32_t index)
{
	_cleanup_close_ int fd = -EBADF;

	if (scan_open_node(scan, index, &fd) < 0)
		return -ENOTTY;
	return ns_query_init(fd, &scan->inventory->nodes[index].init) == -ENOTTY ? -ENOTTY : 0;
}

static void fill_inits(const struct scan *scan, const struct rows *rows)
{
	_cleanup_free_ bool *is_wanted = xcalloc(scan->inventory->n_nodes, sizeof(*is_wanted));
	bool may_ask = proc_is_ours(scan->procfd), searches = false;

	for (size_t i = 0; i < rows->count; i++) {
		uint32_t index = rows->rows[i].node;

		if (scan->inventory->nodes[index].type != NS_PID ||
		    (may_ask && ask_for_init(scan, index) == 0))
			continue;
		is_wanted[index] = searches = true;
	}
	if (searches)
		search_inits(scan, is_wanted);
}

/* --- What takes asking each of them */

static void fill_netnsids(const struct scan *scan, const struct rows *rows)
{
	_cleanup_close_ int rtnetlink = -EBADF;

	if (rtnetlink_open(&rtnetlink) < 0)
		return;
	for (size_t i = 0; i < rows->count; i++) {
		struct node *node = &scan->inventory->nodes[rows->rows[i].node];
		_cleanup_close_ int fd = -EBADF;

		if (node->type == NS_NET && scan_open_node(scan, rows->rows[i].node, &fd) == 0)
			rtnetlink_nsid(rtnetlink, fd, &node->netnsid);
	}
}

static void fill_details(const struct scan *scan, const struct rows *rows)
{
	_cleanup_(describer_release) struct describer describer = DESCRIBER_NONE(scan);

	for (size_t i = 0; i < rows->count; i++) {
		struct node *node = &scan->inventory->nodes[rows->rows[i].node];

		if (!node->detail)
			node->detail = describe(&describer, rows->rows[i].node);
	}
}

void detail_fill_namespaces(const struct scan *scan, unsigned int facts, const struct rows *rows)
{
	if (facts & FACT_NAMES)
		fill_names(scan);
	if (facts & FACT_NSFS)
		fill_nsfs(scan);
	if (facts & FACT_INITIAL)
		fill_initial(scan);
	if (facts & FACT_INIT)
		fill_inits(scan, rows);
	if (facts & FACT_NETNSID)
		fill_netnsids(scan, rows);
	if (facts & FACT_DETAIL)
		fill_details(scan, rows);
}
