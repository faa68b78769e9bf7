/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * walk.c - the one walk over all processes: each is opened once, shown to the
 * sources that look at processes, and then, one by one, its descriptors to
 * those that look at descriptors.
 *
 * This is where a scan spends its time: think in system calls a process.
 */
#include "scan/source.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "diag.h"
#include "kernel.h"
#include "proc.h"
#include "text.h"

static bool is_refusal(int error)
{
	/* -EPERM comes from a /proc mounted with hidepid=1. */
	return error == -EACCES || error == -EPERM;
}

static bool is_gone(int error)
{
	return error == -ENOENT || error == -ESRCH;
}

uint32_t walked_index(struct scan *scan, struct walked *process)
{
	if (process->index == PROCESS_NONE)
		process->index = inventory_add_process(scan->inventory, process->pid);
	return process->index;
}

int walked_pidfd(struct walked *process)
{
	struct stat st;

	if (process->pidfd < 0)
		process->pidfd = kernel_pidfd_open(process->pid);
	/* Its directory is there still, so until now the number was its own. */
	if (process->pidfd >= 0 && fstatat(process->dirfd, "stat", &st, 0) < 0)
		return -errno;
	return process->pidfd;
}

int walked_links(struct scan *scan, struct walked *process)
{
	int r;

	if (process->has_links)
		return 0;
	r = links_read(process->dirfd, scan->types, &process->links);
	process->has_links = r == 0;
	return r;
}

/* Learn the device of namespace files from the first link that is there. */
static void learn_device(struct scan *scan, int dirfd)
{
	for (int type = 0; type < NS_TYPE_COUNT && !scan->nsfs; type++) {
		struct ns_id id;

		if (ns_id_of_path(dirfd, ns_types[type].proc_file, &id) == 0)
			scan->nsfs = id.dev;
	}
}

/* A descriptor to the sources. What the link says fits, or it is a path, which may be cut off. */
static int show_descriptor(struct scan *scan, struct walked *process, const char *dir, int dirfd, int number)
{
	char name[16], target[64];
	struct walked_descriptor descriptor = { dir, dirfd, name, number, target };
	ssize_t n;
	int r = 0;

	snprintf(name, sizeof(name), "%d", number);
	n = readlinkat(dirfd, name, target, sizeof(target));
	if (n < 0) {
		r = -errno;
		scan_lose(scan, r);
		return is_refusal(r) ? r : 0;
	}
	target[(size_t)n < sizeof(target) ? (size_t)n : sizeof(target) - 1] = '\0';
	for (size_t i = 0; sources[i] && r == 0; i++)
		if ((scan->sources & (1u << i)) && sources[i]->look_at_descriptor)
			r = sources[i]->look_at_descriptor(scan, process, &descriptor);
	return r;
}

/*
 * All descriptors of a task. Returns how many there were, or -errno; one that
 * refuses does not keep us from the next.
 */
static int show_descriptors_at(struct scan *scan, struct walked *process, const char *path)
{
	_cleanup_(proc_walk_release) struct proc_walk walk = { 0 };
	int r, number, count = 0;

	r = proc_walk_init(&walk, process->dirfd, path);
	if (r < 0)
		return r;
	while (!scan_is_over(scan) && (r = proc_walk_next(&walk, &number)) > 0) {
		count++;
		r = show_descriptor(scan, process, path, dirfd(walk.dir), number);
		if (is_refusal(r))
			process->is_refused = true;
		else if (r < 0 && !is_gone(r))
			return r;
	}
	return r < 0 && !is_gone(r) ? r : count;
}

/* Those of the first thread, other than the leader, that has any. */
static int show_descriptors_of_threads(struct scan *scan, struct walked *process)
{
	_cleanup_(proc_walk_release) struct proc_walk walk = { 0 };
	pid_t tid;
	int r;

	r = proc_walk_init(&walk, process->dirfd, "task");
	if (r < 0)
		return r;
	while ((r = proc_walk_next(&walk, &tid)) > 0) {
		char path[32];

		if (tid == process->pid)
			continue;
		snprintf(path, sizeof(path), "task/%d/fd", (int)tid);
		r = show_descriptors_at(scan, process, path);
		if (r != 0)
			return r;
	}
	return r;
}

static bool has_ended(const struct walked *process)
{
	struct proc_stat stat;

	return proc_stat_read(process->dirfd, &stat) == 0 && stat.state == 'Z';
}

/*
 * Threads share one table, but a leader that has ended while others go on has
 * let go of it. The kernel lets nobody but root see that it has none.
 */
static int show_descriptors(struct scan *scan, struct walked *process)
{
	int r;

	r = show_descriptors_at(scan, process, "fd");
	if (is_refusal(r) && has_ended(process))
		r = 0;
	if (r == 0)
		r = show_descriptors_of_threads(scan, process);
	return r < 0 ? r : 0;
}

static bool looks_at_descriptors(const struct scan *scan)
{
	for (size_t i = 0; sources[i]; i++)
		if ((scan->sources & (1u << i)) && sources[i]->look_at_descriptor)
			return true;
	return false;
}

static bool looks_at_processes(const struct scan *scan)
{
	for (size_t i = 0; sources[i]; i++)
		if ((scan->sources & (1u << i)) && sources[i]->look)
			return true;
	return false;
}

static int show_process(struct scan *scan, struct walked *process)
{
	int r = 0;

	for (size_t i = 0; sources[i] && r == 0 && !scan_is_over(scan); i++)
		if ((scan->sources & (1u << i)) && sources[i]->look)
			r = sources[i]->look(scan, process);
	if (r == 0 && !scan_is_over(scan) && looks_at_descriptors(scan))
		r = show_descriptors(scan, process);
	return r;
}

/* What is known to hold something is shown with its command: read now, it is of this very process. */
static void note_command(struct scan *scan, struct walked *process)
{
	uint32_t index = walked_index(scan, process);

	proc_command_line(process->dirfd, &scan->inventory->processes[index].command);
}

static int visit(struct scan *scan, pid_t pid, bool is_self)
{
	size_t n_holders = scan->inventory->n_holders;
	struct walked process = {
		.pid = pid,
		.dirfd = -EBADF,
		.index = PROCESS_NONE,
		.pidfd = -EBADF,
		.is_self = is_self,
	};
	int r;

	r = proc_open_pid(scan->procfd, pid, &process.dirfd);
	if (is_gone(r))
		return 0;
	scan->counts.processes++;
	if (r == 0) {
		if (!scan->nsfs)
			learn_device(scan, process.dirfd);
		r = show_process(scan, &process);
		if (scan->inventory->n_holders > n_holders)
			note_command(scan, &process);
	}
	if (is_refusal(r) || process.is_refused)
		scan->counts.processes_refused++;
	close_fd(process.pidfd);
	close_fd(process.dirfd);
	/* The kernel guards all of a process alike: its first refusal stood for the rest. */
	return is_refusal(r) || is_gone(r) ? 0 : r;
}

/* Ourselves as this /proc numbers us; 0 where it does not know us. */
static pid_t own_pid(struct scan *scan)
{
	char text[16];
	ssize_t n = readlinkat(scan->procfd, "self", text, sizeof(text) - 1);
	pid_t pid;

	if (n < 0)
		scan_lose(scan, -errno);
	if (n <= 0)
		return 0;
	text[n] = '\0';
	return parse_pid(text, &pid) < 0 ? 0 : pid;
}

int walk_processes(struct scan *scan)
{
	_cleanup_(proc_walk_release) struct proc_walk walk = { 0 };
	pid_t pid, self = own_pid(scan);
	int r;

	if (!looks_at_processes(scan) && !looks_at_descriptors(scan))
		return 0;
	/* Before we hold descriptors of namespaces, which are no reason for anything. */
	if (self) {
		r = visit(scan, self, true);
		if (r < 0)
			return r;
	}
	r = proc_walk_init(&walk, scan->procfd, ".");
	if (r < 0)
		return r;
	while (!scan_is_over(scan) && (r = proc_walk_next(&walk, &pid)) > 0) {
		r = pid == self ? 0 : visit(scan, pid, false);
		if (r < 0)
			return r;
	}
	debug("asked processes: %zu namespaces, %zu processes so far", scan->inventory->n_nodes,
	      scan->inventory->n_processes);
	return r < 0 ? r : 0;
}
