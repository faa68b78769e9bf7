/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * source_processes.c - the links in the ns directory of every process, with
 * those that name what its children would get.
 *
 * One readlinkat(2) a link and no stat(2): all namespace files of a kernel are
 * on one device, looked up once.
 */
#include "scan/source.h"

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

static void observe_links(struct scan *scan, const struct walked *process)
{
	const struct links *links = &process->links;

	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		struct sight sight = {
			.type = type,
			.id = { .dev = scan->nsfs, .ino = links->own[type] },
			.evidence = EVIDENCE_PROCESS,
			.process = process->index,
			.dirfd = process->dirfd,
			.path = ns_types[type].proc_file,
		};

		if (sight.id.ino)
			observe(scan, &sight);
		/* Children mostly get what their parent has: nothing new then. */
		if (links->for_children[type] && links->for_children[type] != links->own[type]) {
			sight.id.ino = links->for_children[type];
			sight.evidence = EVIDENCE_FOR_CHILDREN;
			sight.path = ns_types[type].children_file;
			observe(scan, &sight);
		}
	}
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
	if ((scan->facts & FACT_ANCESTRY) && proc_stat_read(process->dirfd, &stat) == 0)
		scan->inventory->processes[process->index].ppid = stat.ppid;
	observe_links(scan, process);
	return 0;
}

const struct source source_processes = {
	.name = "processes",
	.help = "what every process is in, and what its children would be in",
	.by_default = true,
	.evidence = EVIDENCE_PROCESS | EVIDENCE_FOR_CHILDREN,
	.look = look,
};
