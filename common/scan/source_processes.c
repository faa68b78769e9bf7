/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * source_processes.c - the links in the ns directory of every process, with
 * those that name what its children would get.
 */
#include "scan/source.h"

#include "proc.h"

static bool has_links(const struct links *links)
{
	for (int type = 0; type < NS_TYPE_COUNT; type++)
		if (links->own[type] || links->for_children[type])
			return true;
	return false;
}

/* The nodes of inode numbers that were observed; NODE_NONE for 0. */
static void find_nodes(const struct scan *scan, const ino_t inodes[NS_TYPE_COUNT],
		       uint32_t ret[NS_TYPE_COUNT])
{
	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		struct ns_id id = { .dev = scan->nsfs, .ino = inodes[type] };

		ret[type] = id.ino ? inventory_find_node(scan->inventory, type, id) : NODE_NONE;
	}
}

void observe_task(struct scan *scan, uint32_t process, const struct links *links)
{
	struct task_set set;

	/* One that has ended has let go of what it had, but for user and pid. */
	if (!(scan->facts & FACT_SETS) || !links->own[NS_MNT])
		return;
	find_nodes(scan, links->own, set.node);
	find_nodes(scan, links->for_children, set.for_children);
	inventory_add_task(scan->inventory, process, &set);
}

/*
 * How many threads to count with a process: where the source of threads is
 * asked, that one counts the others, each where it is.
 */
static unsigned int count_threads(const struct scan *scan, const struct walked *process)
{
	if (!(scan->facts & FACT_NTASKS))
		return 0;
	return scan->sources & source_bit(&source_threads) ? 1 : process->n_threads;
}

static void observe_links(struct scan *scan, const struct walked *process)
{
	unsigned int threads = count_threads(scan, process);
	const struct links *links = &process->links;
	struct holder holder = { .pid = process->pid, .other = NODE_NONE };

	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		struct sight sight = {
			.type = type,
			.id = { .dev = scan->nsfs, .ino = links->own[type] },
			.evidence = EVIDENCE_PROCESS,
			.process = process->index,
			.dirfd = process->dirfd,
			.path = ns_types[type].proc_file,
			.holder = process->is_self ? NULL : &holder,
		};

		if (sight.id.ino) {
			uint32_t node = observe(scan, &sight);

			scan->inventory->nodes[node].ntasks += threads;
		}
		/* Children mostly get what their parent has: nothing new then. */
		if (links->for_children[type] && links->for_children[type] != links->own[type]) {
			sight.id.ino = links->for_children[type];
			sight.evidence = EVIDENCE_FOR_CHILDREN;
			sight.path = ns_types[type].children_file;
			observe(scan, &sight);
		}
	}
	observe_task(scan, process->index, links);
}

static void note_stat(struct scan *scan, const struct walked *process)
{
	struct process *entry = &scan->inventory->processes[process->index];
	struct proc_stat stat;
	int r = proc_stat_read(process->dirfd, &stat);

	if (r == 0) {
		entry->ppid = stat.ppid;
		entry->start_time = stat.start_time;
	}
	scan_lose(scan, r);
}

static int look(struct scan *scan, struct walked *process)
{
	int r;

	r = walked_links(scan, process);
	if (r < 0)
		return r;
	/* No link, or not even a device: it vanished while we looked. */
	if (!has_links(&process->links) || !scan->nsfs)
		return 0;
	walked_index(scan, process);
	if (scan->facts & FACT_ANCESTRY)
		note_stat(scan, process);
	observe_links(scan, process);
	return 0;
}

static void prepare(struct scan *scan)
{
	if (scan->facts & FACT_HEAD)
		scan->types |= ns_set_of(NS_PID);
}

const struct source source_processes = {
	.name = "processes",
	.help = "what every process is in, and what its children would be in",
	.by_default = true,
	.evidence = EVIDENCE_PROCESS | EVIDENCE_FOR_CHILDREN,
	.prepare = prepare,
	.look = look,
};
