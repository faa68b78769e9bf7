/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * source_threads.c - the threads of every process that has more than one. One
 * may have left its leader in all but user and pid namespace, and goes on
 * where the leader has ended.
 */
#include "scan/source.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "proc.h"

/* Types in which threads of one process may differ; their children may go to other pid namespaces. */
#define OF_THREADS (NS_SET_ALL & ~ns_set_of(NS_USER))

/* Would its children be in what the leader shows, or where the thread is itself? */
static bool has_known_children(const struct walked *process, const struct links *links, enum ns_type type)
{
	ino_t ino = links->for_children[type];

	return !ino || ino == process->links.own[type] || ino == process->links.for_children[type] ||
	       ino == links->own[type];
}

/*
 * What the leader has too is known already. A leader that has ended has none
 * of these any more: then the first thread that has stands for the process.
 */
static void observe_thread(struct scan *scan, struct walked *process, pid_t tid, int dirfd,
			   const struct links *links)
{
	struct holder holder = { .pid = process->pid, .thread = tid, .other = NODE_NONE };

	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		bool is_speaker = !process->links.own[type];
		struct sight sight = {
			.type = type,
			.id = { .dev = scan->nsfs, .ino = links->own[type] },
			.evidence = is_speaker ? EVIDENCE_PROCESS : EVIDENCE_THREAD,
			.process = walked_index(scan, process),
			.thread = tid,
			.dirfd = dirfd,
			.path = ns_types[type].proc_file,
			.holder = process->is_self ? NULL : &holder,
		};

		if (links->own[type] && links->own[type] != process->links.own[type])
			observe(scan, &sight);
		if (is_speaker)
			process->links.own[type] = links->own[type];
		if (!has_known_children(process, links, type)) {
			sight.id.ino = links->for_children[type];
			sight.evidence = EVIDENCE_FOR_CHILDREN;
			sight.path = ns_types[type].children_file;
			observe(scan, &sight);
		}
	}
}

/* The user namespace is one for all threads of a process. */
static void count_thread(struct scan *scan, const struct walked *process, const struct links *links)
{
	struct inventory *inventory = scan->inventory;

	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		const struct links *seen = ns_set_has(OF_THREADS, type) ? links : &process->links;
		struct ns_id id = { .dev = scan->nsfs, .ino = seen->own[type] };
		uint32_t node = id.ino ? inventory_find_node(inventory, type, id) : NODE_NONE;

		if (node != NODE_NONE)
			inventory->nodes[node].ntasks++;
	}
}

static int look_at_thread(struct scan *scan, struct walked *process, pid_t tid)
{
	_cleanup_close_ int dirfd = -EBADF;
	struct links links = { 0 };
	char path[32];
	int r;

	snprintf(path, sizeof(path), "task/%d", (int)tid);
	dirfd = openat(process->dirfd, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dirfd < 0)
		return -errno;
	r = links_read(dirfd, scan->types & OF_THREADS, &links);
	if (r < 0)
		return r;
	observe_thread(scan, process, tid, dirfd, &links);
	if (scan->facts & FACT_NTASKS)
		count_thread(scan, process, &links);
	links.own[NS_USER] = process->links.own[NS_USER];
	observe_task(scan, walked_index(scan, process), &links);
	return 0;
}

static int look(struct scan *scan, struct walked *process)
{
	_cleanup_(proc_walk_release) struct proc_walk walk = { 0 };
	struct stat st;
	pid_t tid;
	int r;

	/* A directory has two links, and one for each directory in it. */
	if (fstatat(process->dirfd, "task", &st, 0) < 0)
		return -errno;
	if (st.st_nlink <= 3 || !scan->nsfs)
		return 0;
	r = walked_links(scan, process);
	if (r == 0)
		r = proc_walk_init(&walk, process->dirfd, "task");
	if (r < 0)
		return r;
	while (!scan_is_over(scan) && (r = proc_walk_next(&walk, &tid)) > 0) {
		r = tid == process->pid ? 0 : look_at_thread(scan, process, tid);
		if (r < 0 && r != -ENOENT && r != -ESRCH)
			return r;
	}
	return r < 0 && r != -ENOENT && r != -ESRCH ? r : 0;
}

const struct source source_threads = {
	.name = "threads",
	.help = "what threads are in that their process is not",
	.by_default = true,
	.evidence = EVIDENCE_PROCESS | EVIDENCE_THREAD | EVIDENCE_FOR_CHILDREN,
	.look = look,
};
