/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * source_processes.c - the links in the ns directory of every process, with
 * those that name what its children would get.
 *
 * One readlinkat(2) a link and no stat(2): all namespace files of a kernel are
 * on one device, looked up once.
 */
#include "scan/source.h"

#include <sys/stat.h>

#include "ns_query.h"
#include "proc.h"

/* The inode number behind one link; 0 and success where it is not there. */
static int read_one(int dirfd, const char *path, ino_t *ret)
{
	enum ns_type type;
	int r;

	r = ns_read_link(dirfd, path, &type, ret);
	if (r == -ENOENT || r == -ESRCH) {
		*ret = 0;
		return 0;
	}
	return r;
}

/*
 * A link may be missing for more reasons than the end of its task: a zombie
 * keeps those of pid and user until it is reaped, older kernels lack types,
 * and pid_for_children of a process that unshared is not there before its
 * first child (up to Linux 7.0). The kernel guards all links of a task alike,
 * so the first refusal stands for all.
 */
int links_read(int dirfd, ns_set types, struct links *ret)
{
	int r = 0;

	for (int type = 0; type < NS_TYPE_COUNT && r == 0; type++) {
		const struct ns_type_info *info = &ns_types[type];

		if (!ns_set_has(types, type))
			continue;
		r = read_one(dirfd, info->proc_file, &ret->own[type]);
		if (r == 0 && info->children_file)
			r = read_one(dirfd, info->children_file, &ret->for_children[type]);
	}
	return r;
}

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
static unsigned int count_threads(const struct scan *scan, int dirfd)
{
	struct stat st;

	if (!(scan->facts & FACT_NTASKS))
		return 0;
	if (scan->sources & source_bit(&source_threads))
		return 1;
	/* A directory has two links, and one for each directory in it. */
	return fstatat(dirfd, "task", &st, 0) < 0 || st.st_nlink <= 2 ? 1 : (unsigned int)st.st_nlink - 2;
}

static void observe_links(struct scan *scan, const struct walked *process)
{
	unsigned int threads = count_threads(scan, process->dirfd);
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

static int look(struct scan *scan, struct walked *process)
{
	struct proc_stat stat;
	int r;

	r = walked_links(scan, process);
	if (r < 0)
		return r;
	/* No link, or not even a device: it vanished while we looked. */
	if (!has_links(&process->links) || !scan->nsfs)
		return 0;
	walked_index(scan, process);
	if ((scan->facts & FACT_ANCESTRY) && proc_stat_read(process->dirfd, &stat) == 0) {
		scan->inventory->processes[process->index].ppid = stat.ppid;
		scan->inventory->processes[process->index].start_time = stat.start_time;
	}
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
