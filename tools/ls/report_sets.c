/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report_sets.c - the combinations of namespaces that tasks share: the
 * containers of a host, at a glance and with no daemon asked.
 */
#include "ls/report_sets.h"

#include <string.h>

#include "cgroup.h"
#include "diag.h"
#include "ls/list.h"
#include "ls/report.h"
#include "ls/survey.h"
#include "proc.h"
#include "scan/source.h"

enum { NTASKS, PID, UNIT, CONTAINER, DIFFERS, NAMESPACES, COMMAND };

static const struct column set_columns[] = {
	[NTASKS] = { .name = "NTASKS",
		     .flags = COLUMN_RIGHT,
		     .json = COLUMN_NUMBER,
		     .help = "number of tasks that share them" },
	[PID] = { .name = "PID",
		  .flags = COLUMN_RIGHT,
		  .json = COLUMN_NUMBER,
		  .help = "the process that leads these" },
	[UNIT] = { .name = "UNIT", .help = "unit of systemd that PID is in" },
	[CONTAINER] = { .name = "CONTAINER", .help = "container that PID is in" },
	[DIFFERS] = { .name = "DIFFERS", .json = COLUMN_LIST, .help = "types of which process 1 has others" },
	[NAMESPACES] = { .name = "NAMESPACES",
			 .flags = COLUMN_NO_TABLE,
			 .json = COLUMN_LIST,
			 .help = "all of them (not in tables, unless chosen)" },
	[COMMAND] = { .name = "COMMAND", .flags = COLUMN_TRUNCATED, .help = "command line of PID" },
};

static int compare_sets(const void *a, const void *b, void *arg)
{
	const struct inventory *inventory = arg;
	const struct task_set *x = &inventory->sets[*(const uint32_t *)a];
	const struct task_set *y = &inventory->sets[*(const uint32_t *)b];
	pid_t x_pid = inventory->processes[x->leader].pid, y_pid = inventory->processes[y->leader].pid;

	if (x_pid != y_pid)
		return x_pid < y_pid ? -1 : 1;
	/* Sets of threads of one process, in the order in which they were seen. */
	return (x > y) - (x < y);
}

uint32_t *sets_in_order(const struct inventory *inventory)
{
	uint32_t *order = xcalloc(inventory->n_sets + 1, sizeof(*order));

	for (uint32_t i = 0; i < inventory->n_sets; i++)
		order[i] = i;
	qsort_r(order, inventory->n_sets, sizeof(*order), compare_sets, (void *)inventory);
	return order;
}

/* "pid_for_children", from its path in the directory of a process. */
static const char *children_word(enum ns_type type)
{
	return strchr(ns_types[type].children_file, '/') + 1;
}

char *set_differences(const struct inventory *inventory, const struct task_set *set,
		      const struct baseline *baseline)
{
	struct list list;

	list_init(&list);
	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		ino_t ino = inventory_inode(inventory, set->node[type]);

		if (ino && !baseline_has(baseline, type, ino))
			list_add(&list, ns_types[type].name);
	}
	/* A pid namespace for children that has none yet is not shown (up to Linux 7.0), and is another one.
	 */
	for (int type = 0; type < NS_TYPE_COUNT; type++)
		if (ns_types[type].children_file && set->for_children[type] != set->node[type])
			list_add(&list, children_word(type));
	return list_end(&list);
}

char *set_links(const struct inventory *inventory, const struct task_set *set)
{
	struct list list;

	list_init(&list);
	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		char link[NS_LINK_SIZE];

		if (set->node[type] == NODE_NONE)
			continue;
		ns_link_format(type, inventory_inode(inventory, set->node[type]), link);
		list_add(&list, link);
	}
	return list_end(&list);
}

/*
 * Is the process in the namespaces that the scan saw it in? Some time has
 * passed, and its pid may be that of another one. Of a leader that has ended
 * only some can be told.
 */
static bool is_still_there(const struct inventory *inventory, uint32_t process, int dirfd)
{
	const struct process *seen = &inventory->processes[process];
	struct links links = { 0 };
	bool is_any = false;

	if (links_read(dirfd, NS_SET_ALL, &links) < 0)
		return false;
	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		if (links.own[type] && links.own[type] != inventory_inode(inventory, seen->node[type]))
			return false;
		is_any |= links.own[type] != 0;
	}
	return is_any;
}

/* What is known of a set by its leader. */
static void describe(int procfd, const struct inventory *inventory, const struct task_set *set, char **row)
{
	_cleanup_(cgroup_table_release) struct cgroup_table cgroups = { 0 };
	_cleanup_close_ int dirfd = -EBADF;
	char name[CGROUP_NAME_SIZE];

	if (proc_open_pid(procfd, inventory->processes[set->leader].pid, &dirfd) < 0 ||
	    !is_still_there(inventory, set->leader, dirfd))
		return;
	proc_command_line(dirfd, &row[COMMAND]);
	if (cgroup_table_read(dirfd, "cgroup", &cgroups) < 0)
		return;
	if (cgroup_table_unit(&cgroups, name))
		row[UNIT] = cell_text(name);
	if (cgroup_table_container(&cgroups, name))
		row[CONTAINER] = cell_text(name);
}

static void add_row(int procfd, const struct inventory *inventory, const struct task_set *set,
		    const struct baseline *baseline, struct sheet *sheet)
{
	char **row = sheet_add_row(sheet);

	row[NTASKS] = cell_number(set->n_tasks);
	row[PID] = cell_number((unsigned int)inventory->processes[set->leader].pid);
	row[DIFFERS] = set_differences(inventory, set, baseline);
	row[NAMESPACES] = set_links(inventory, set);
	describe(procfd, inventory, set, row);
}

static void find(_unused_ const struct request *request, struct findings *findings)
{
	_cleanup_(inventory_release) struct inventory inventory = { 0 };
	_cleanup_(scan_release) struct scan scan = { .procfd = -EBADF };
	_cleanup_free_ uint32_t *order = NULL;
	struct baseline baseline;

	survey_init(&scan, &inventory);
	scan.types = NS_SET_ALL;
	scan.facts = FACT_SETS | FACT_ANCESTRY;
	scan.sources = source_bit(&source_processes) | source_bit(&source_threads);
	baseline_read(scan.procfd, &baseline);
	survey_run(&scan);
	order = sets_in_order(&inventory);
	for (size_t i = 0; i < inventory.n_sets; i++)
		add_row(scan.procfd, &inventory, &inventory.sets[order[i]], &baseline, &findings->sheet);
	findings->counts = scan.counts;
	findings->basis[0] = "compared_with";
	findings->basis[1] = baseline.of;
	debug("compared with %s", baseline.of);
}

const struct report report_sets = {
	.name = "sets",
	.columns = set_columns,
	.n_columns = ARRAY_SIZE(set_columns),
	.find = find,
};
