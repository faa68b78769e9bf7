/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * detail.c - reading what is shown of processes.
 */
#include "ls/detail.h"

#include <pwd.h>

#include "cgroup.h"
#include "diag.h"
#include "ns_query.h"
#include "proc.h"

/* What is read of a row's process, and of its head. */
#define FACTS_OF_PROCESS (FACT_PPID | FACT_UID | FACT_USER | FACT_COMMAND)
#define FACTS_OF_HEAD	 FACT_CGROUP

/* One look at a process, for a row. */
struct look {
	struct row *row;
	uint32_t process;
	unsigned int facts;
	bool *ret_is_there;
};

/* The process whose directory is open: what was read of it already. */
struct open_process {
	uint32_t index;
	int dirfd;
	unsigned int facts;
};

/* The name service may be a network away: each user is asked for once. */
static void fill_user(struct inventory *inventory, uid_t uid)
{
	const struct passwd *entry;

	if (inventory_find_user(inventory, uid))
		return;
	entry = getpwuid(uid);
	inventory_add_user(inventory, uid, entry ? entry->pw_name : NULL);
}

static void fill_cgroup(struct process *process, int dirfd)
{
	struct cgroup_table table;

	if (cgroup_table_read(dirfd, "cgroup", &table) < 0)
		return;
	process->cgroup = xcalloc(1, sizeof(table));
	*process->cgroup = table;
}

static void fill_process(struct inventory *inventory, struct open_process *at, unsigned int facts)
{
	struct process *process = &inventory->processes[at->index];
	unsigned int wanted = facts & ~at->facts;

	at->facts |= facts;
	if (wanted & (FACT_PPID | FACT_UID | FACT_USER))
		proc_relations_read(at->dirfd, &process->ppid, &process->uid);
	if ((wanted & FACT_USER) && process->uid != UID_UNKNOWN)
		fill_user(inventory, process->uid);
	if ((wanted & FACT_COMMAND) && !process->command)
		proc_command_line(at->dirfd, &process->command);
	if ((wanted & FACT_CGROUP) && !process->cgroup)
		fill_cgroup(process, at->dirfd);
}

/* Does a link of the process still lead to the row's namespace? */
static bool is_still_there(const struct inventory *inventory, const struct look *look, int dirfd)
{
	char path[INVENTORY_LINK_SIZE];
	enum ns_type type;
	ino_t ino;

	inventory_link_path(inventory, look->row->node, look->process, path);
	return ns_read_link(dirfd, path, &type, &ino) == 0 && ino == inventory->nodes[look->row->node].id.ino;
}

static int compare_looks(const void *a, const void *b)
{
	uint32_t x = ((const struct look *)a)->process;
	uint32_t y = ((const struct look *)b)->process;

	return (x > y) - (x < y);
}

static void add_look(struct look *looks, size_t *count, const struct look *look)
{
	if (look->facts && look->process != PROCESS_NONE)
		looks[(*count)++] = *look;
}

/* All looks at processes, those at one process side by side; for the caller to free. */
static struct look *plan_looks(struct rows *rows, unsigned int facts, size_t *ret_count)
{
	struct look *looks = xcalloc(rows->count * 2, sizeof(*looks));
	size_t count = 0;

	for (size_t i = 0; i < rows->count; i++) {
		struct row *row = &rows->rows[i];
		struct look at_process = { row, row->process, facts & FACTS_OF_PROCESS,
					   &row->is_still_there };
		struct look at_head = { row, row->head, facts & FACTS_OF_HEAD, &row->is_head_there };

		add_look(looks, &count, &at_process);
		add_look(looks, &count, &at_head);
	}
	if (count)
		qsort(looks, count, sizeof(*looks), compare_looks);
	*ret_count = count;
	return looks;
}

static void fill_processes(const struct scan *scan, unsigned int facts, struct rows *rows)
{
	struct open_process at = { .index = PROCESS_NONE, .dirfd = -EBADF };
	struct inventory *inventory = scan->inventory;
	_cleanup_free_ struct look *looks = NULL;
	size_t count;

	looks = plan_looks(rows, facts, &count);
	for (size_t i = 0; i < count; i++) {
		if (looks[i].process != at.index) {
			close_fd(at.dirfd);
			at = (struct open_process){ .index = looks[i].process, .dirfd = -EBADF };
			proc_open_pid(scan->procfd, inventory->processes[at.index].pid, &at.dirfd);
		}
		if (at.dirfd < 0)
			continue;
		fill_process(inventory, &at, looks[i].facts);
		/*
		 * The directory stays the same process's while it is open, so
		 * one that is there now is the one that was read just before.
		 */
		*looks[i].ret_is_there = is_still_there(inventory, &looks[i], at.dirfd);
	}
	close_fd(at.dirfd);
}

void detail_fill(const struct scan *scan, unsigned int facts, struct rows *rows)
{
	if (!rows->count)
		return;
	fill_processes(scan, facts, rows);
	detail_fill_namespaces(scan, facts, rows);
}
