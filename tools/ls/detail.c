/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * detail.c - reading what is shown of processes.
 */
#include "ls/detail.h"

#include <pwd.h>

#include "diag.h"
#include "ns_query.h"
#include "proc.h"

/* The name service may be a network away: each user is asked for once. */
static void fill_user(struct inventory *inventory, uid_t uid)
{
	const struct passwd *entry;

	if (inventory_find_user(inventory, uid))
		return;
	entry = getpwuid(uid);
	inventory_add_user(inventory, uid, entry ? entry->pw_name : NULL);
}

static void fill_process(struct inventory *inventory, uint32_t index, int dirfd, unsigned int facts)
{
	struct process *process = &inventory->processes[index];

	if (facts & (FACT_PPID | FACT_UID | FACT_USER))
		proc_relations_read(dirfd, &process->ppid, &process->uid);
	if ((facts & FACT_USER) && process->uid != UID_UNKNOWN)
		fill_user(inventory, process->uid);
	if ((facts & FACT_COMMAND) && !process->command)
		proc_command_line(dirfd, &process->command);
}

/* Does a link of the process still lead to the row's namespace? */
static bool is_still_there(const struct inventory *inventory, const struct row *row, int dirfd)
{
	char path[INVENTORY_LINK_SIZE];
	enum ns_type type;
	ino_t ino;

	inventory_link_path(inventory, row->node, row->process, path);
	return ns_read_link(dirfd, path, &type, &ino) == 0 && ino == inventory->nodes[row->node].id.ino;
}

static int compare_processes(const void *a, const void *b, void *arg)
{
	const struct rows *rows = arg;
	uint32_t x = rows->rows[*(const uint32_t *)a].process;
	uint32_t y = rows->rows[*(const uint32_t *)b].process;

	return (x > y) - (x < y);
}

/* The rows' numbers, those of one process side by side; for the caller to free. */
static uint32_t *order_by_process(struct rows *rows)
{
	uint32_t *order = xcalloc(rows->count, sizeof(*order));

	for (uint32_t i = 0; i < rows->count; i++)
		order[i] = i;
	if (rows->count)
		qsort_r(order, rows->count, sizeof(*order), compare_processes, rows);
	return order;
}

void detail_fill(int procfd, struct inventory *inventory, struct rows *rows, unsigned int facts)
{
	_cleanup_free_ uint32_t *order = NULL;
	_cleanup_close_ int dirfd = -EBADF;
	uint32_t current = PROCESS_NONE;

	if (!(facts & (FACT_PPID | FACT_UID | FACT_USER | FACT_COMMAND)))
		return;
	order = order_by_process(rows);
	for (size_t i = 0; i < rows->count; i++) {
		struct row *row = &rows->rows[order[i]];

		if (row->process == PROCESS_NONE)
			continue;
		if (row->process != current) {
			current = row->process;
			dirfd = close_fd(dirfd);
			if (proc_open_pid(procfd, inventory->processes[current].pid, &dirfd) < 0)
				continue;
			fill_process(inventory, current, dirfd, facts);
		}
		/*
		 * The directory stays the same process's while it is open, so
		 * one that is there now is the one that was read just before.
		 */
		row->is_still_there = dirfd >= 0 && is_still_there(inventory, row, dirfd);
	}
}
