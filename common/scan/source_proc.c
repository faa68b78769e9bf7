/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * source_proc.c - the processes of /proc and the links in their ns directory,
 * with those that name what their children would get.
 *
 * This is where nsx-ls spends its time, so a process costs one open of its
 * directory and one readlinkat(2) a link, which needs no stat(2): all
 * namespace files of a kernel are on one device, looked up once.
 */
#include "scan/source.h"

#include "ns_query.h"
#include "proc.h"

/* What one process shows. Inode numbers; 0 where there is nothing to see. */
struct links {
	ino_t own[NS_TYPE_COUNT];
	ino_t for_children[NS_TYPE_COUNT];
};

static bool is_refusal(int error)
{
	/* -EPERM comes from a /proc mounted with hidepid=1. */
	return error == -EACCES || error == -EPERM;
}

static bool is_gone(int error)
{
	return error == -ENOENT || error == -ESRCH;
}

/* The inode number behind one link; 0 and success where it is not there. */
static int read_one(int dirfd, const char *path, ino_t *ret)
{
	enum ns_type type;
	int r;

	r = ns_read_link(dirfd, path, &type, ret);
	if (is_gone(r)) {
		*ret = 0;
		return 0;
	}
	return r;
}

/*
 * Read the links of the wanted types. A link may be missing for more reasons
 * than the end of its process: a zombie keeps those of pid and user until it is
 * reaped, older kernels lack types, and pid_for_children of a process that
 * unshared is not there before its first child (up to Linux 7.0). The kernel
 * guards all links of a process alike, so the first refusal stands for all.
 */
static int read_links(int dirfd, ns_set types, struct links *ret)
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

/* Learn the device of namespace files from the first link that is still there. */
static void learn_device(struct scan *scan, int dirfd, const struct links *links)
{
	for (int type = 0; type < NS_TYPE_COUNT && !scan->nsfs; type++) {
		struct ns_id id;

		if (links->own[type] && ns_id_of_path(dirfd, ns_types[type].proc_file, &id) == 0)
			scan->nsfs = id.dev;
	}
}

static void observe_links(struct scan *scan, int dirfd, uint32_t process, const struct links *links)
{
	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		struct sight sight = {
			.type = type,
			.id = { .dev = scan->nsfs, .ino = links->own[type] },
			.evidence = EVIDENCE_PROCESS,
			.process = process,
			.dirfd = dirfd,
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

static int scan_process(struct scan *scan, pid_t pid)
{
	_cleanup_close_ int dirfd = -EBADF;
	struct links links = { 0 };
	struct proc_stat stat;
	uint32_t process;
	int r;

	r = proc_open_pid(scan->procfd, pid, &dirfd);
	if (r == 0)
		r = read_links(dirfd, scan->types, &links);
	if (is_refusal(r)) {
		scan->n_seen++;
		scan->n_refused++;
		return 0;
	}
	if (r < 0 && !is_gone(r))
		return r;
	if (has_links(&links))
		learn_device(scan, dirfd, &links);
	/* No link, or not even a device: it vanished while we looked. */
	if (!has_links(&links) || !scan->nsfs)
		return 0;

	scan->n_seen++;
	process = inventory_add_process(scan->inventory, pid);
	if ((scan->facts & FACT_ANCESTRY) && proc_stat_read(dirfd, &stat) == 0)
		scan->inventory->processes[process].ppid = stat.ppid;
	observe_links(scan, dirfd, process, &links);
	return 0;
}

static int scan_processes(struct scan *scan)
{
	_cleanup_(proc_walk_release) struct proc_walk walk = { 0 };
	pid_t pid;
	int r;

	r = proc_walk_init(&walk, scan->procfd, ".");
	if (r < 0)
		return r;
	while ((r = proc_walk_next(&walk, &pid)) > 0) {
		r = scan_process(scan, pid);
		if (r < 0)
			return r;
	}
	return r;
}

const struct source source_processes = {
	.name = "processes",
	.help = "links of every process in /proc/PID/ns, and those for its children",
	.by_default = true,
	.scan = scan_processes,
};
