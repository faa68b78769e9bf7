/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * walk.c - the one walk over all processes: each is read once (walked.h), shown
 * to the sources that look at processes, and then, one by one, its descriptors
 * to those that look at descriptors.
 */
#include "scan/source.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "diag.h"
#include "kernel.h"
#include "proc.h"
#include "scan/readers.h"
#include "text.h"

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

void walked_note_command(struct scan *scan, struct walked *process)
{
	uint32_t index = walked_index(scan, process);

	if (!scan->inventory->processes[index].command)
		proc_command_line(process->dirfd, &scan->inventory->processes[index].command);
}

int walked_pidfd(const struct scan *scan, struct walked *process)
{
	struct stat st;

	/* The number is another's for us, or nobody's: one that we cannot look into. */
	if (!scan->has_own_pids)
		return -EPERM;
	if (process->pidfd < 0)
		process->pidfd = kernel_pidfd_open(process->pid);
	/* Its directory is there still, so until now the number was its own. */
	if (process->pidfd >= 0 && fstatat(process->dirfd, "stat", &st, 0) < 0)
		return -errno;
	return process->pidfd;
}

int walked_links(struct scan *scan, struct walked *process)
{
	if (process->has_links || process->links_error < 0)
		return process->links_error;
	process->links_error = links_read(process->dirfd, scan->types, &process->links);
	process->has_links = process->links_error == 0;
	return process->links_error;
}

/* A descriptor to the sources; one that refuses does not keep us from the next. */
static int show_descriptor(struct scan *scan, struct walked *process,
			   const struct walked_descriptor *descriptor)
{
	int r = 0;

	for (size_t i = 0; sources[i] && r == 0; i++)
		if ((scan->sources & (1u << i)) && sources[i]->look_at_descriptor)
			r = sources[i]->look_at_descriptor(scan, process, descriptor);
	if (is_refusal(r))
		process->is_refused = true;
	return is_refusal(r) || is_gone(r) ? 0 : r;
}

static int show_descriptors(struct scan *scan, struct walked *process)
{
	int r = 0;

	for (size_t i = 0; i < process->n_descriptors && r == 0 && !scan_is_over(scan); i++)
		r = show_descriptor(scan, process, &process->descriptors[i]);
	return r < 0 ? r : process->descriptors_error;
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
	if (r == 0 && !scan_is_over(scan))
		r = show_descriptors(scan, process);
	return r;
}

static int visit(struct scan *scan, struct walked *process)
{
	size_t n_holders = scan->inventory->n_holders;
	int r = process->error;

	if (is_gone(r))
		return 0;
	scan->counts.processes++;
	scan_lose(scan, process->lost);
	if (r == 0)
		r = show_process(scan, process);
	if (scan->inventory->n_holders > n_holders)
		walked_note_command(scan, process);
	if (is_refusal(r) || process->is_refused)
		scan->counts.processes_refused++;
	/* The kernel guards all of a process alike: its first refusal stood for the rest. */
	return is_refusal(r) || is_gone(r) ? 0 : r;
}

/* Ourselves as this /proc numbers us; 0 where it does not know us. */
static pid_t own_pid(struct scan *scan)
{
	pid_t pid;
	int r = proc_own_pid(scan->procfd, &pid);

	scan_lose(scan, r);
	return r < 0 ? 0 : pid;
}

/* Learn the device of namespace files from the first link of a process that is there. */
static void learn_device_of(struct scan *scan, pid_t pid)
{
	_cleanup_close_ int dirfd = -EBADF;
	struct ns_id id;

	if (proc_open_pid(scan->procfd, pid, &dirfd) < 0)
		return;
	for (int type = 0; type < NS_TYPE_COUNT && !scan->nsfs; type++)
		if (ns_id_of_path(dirfd, ns_types[type].proc_file, &id) == 0)
			scan->nsfs = id.dev;
}

/* Ours mostly; where this /proc does not know us, that of whoever lets us look. */
static void learn_device(struct scan *scan, pid_t self)
{
	_cleanup_(proc_walk_release) struct proc_walk walk = PROC_WALK_NONE;
	pid_t pid;

	if (self)
		learn_device_of(scan, self);
	if (scan->nsfs || proc_walk_init(&walk, scan->procfd, ".") < 0)
		return;
	while (!scan->nsfs && proc_walk_next(&walk, &pid) > 0)
		learn_device_of(scan, pid);
}

/* Of each process what its sources look at, and no more. */
static struct walked_wish wish_of(const struct scan *scan)
{
	bool takes_threads = scan->sources & source_bit(&source_threads);

	return (struct walked_wish){
		.procfd = scan->procfd,
		.nsfs = scan->nsfs,
		.types = scan->sources & source_bit(&source_processes) ? scan->types : 0,
		.threads = takes_threads || (scan->facts & FACT_NTASKS),
		.descriptors = looks_at_descriptors(scan),
	};
}

/* Before we hold descriptors of namespaces, which are no reason for anything. */
static int visit_self(struct scan *scan, pid_t self, const struct walked_wish *wish)
{
	_cleanup_(walked_release) struct walked process;

	walked_read(&process, self, wish);
	process.is_self = true;
	return visit(scan, &process);
}

static int visit_others(struct scan *scan, pid_t self, const struct walked_wish *wish)
{
	_cleanup_(readers_end) struct readers readers;
	struct walked *process;
	int r;

	r = readers_start(&readers, wish, scan->may_have_threads ? readers_advised() : 0);
	if (r < 0)
		return r;
	while (!scan_is_over(scan) && (r = readers_next(&readers, &process)) > 0) {
		r = process->pid == self ? 0 : visit(scan, process);
		if (r < 0)
			return r;
	}
	return r < 0 ? r : 0;
}

/* Number 1 is there as long as its pid namespace is; not to see it means hidepid (proc(5)). */
static bool hides_processes(const struct scan *scan)
{
	struct stat st;

	return fstatat(scan->procfd, "1", &st, 0) < 0 && errno == ENOENT;
}

int walk_processes(struct scan *scan)
{
	pid_t self = own_pid(scan);
	struct walked_wish wish;
	int r = 0;

	if (!looks_at_processes(scan) && !looks_at_descriptors(scan))
		return 0;
	if (!scan->nsfs)
		learn_device(scan, self);
	scan->has_own_pids = proc_is_ours(scan->procfd);
	wish = wish_of(scan);
	if (self)
		r = visit_self(scan, self, &wish);
	if (r == 0)
		r = visit_others(scan, self, &wish);
	scan->counts.hides_processes = hides_processes(scan);
	if (r == 0)
		debug("asked processes: %zu namespaces, %zu processes so far", scan->inventory->n_nodes,
		      scan->inventory->n_processes);
	return r;
}
