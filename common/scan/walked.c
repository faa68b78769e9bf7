/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * walked.c - the system calls that a process costs.
 *
 * One readlinkat(2) a link and no stat(2), for all namespace files of a kernel
 * are on one device, looked up once. One statx(2) a descriptor, which tells
 * namespaces and sockets from all others, and a readlinkat(2) for the few that
 * are namespaces.
 */
#include "scan/walked.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "diag.h"
#include "kernel.h"
#include "ns_query.h"
#include "proc.h"
#include "scan/inventory.h"

enum { FIRST_ROOM = 8 };

static bool is_refusal(int error)
{
	return error == -EACCES || error == -EPERM;
}

void walked_descriptor_path(const struct walked_descriptor *descriptor, char out[WALKED_PATH_SIZE])
{
	if (descriptor->thread)
		snprintf(out, WALKED_PATH_SIZE, "task/%d/fd/%d", (int)descriptor->thread, descriptor->number);
	else
		snprintf(out, WALKED_PATH_SIZE, "fd/%d", descriptor->number);
}

/* The inode number behind one link; 0 and success where it is not there. */
static int read_link(int dirfd, const char *path, ino_t *ret)
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
		r = read_link(dirfd, info->proc_file, &ret->own[type]);
		if (r == 0 && info->children_file)
			r = read_link(dirfd, info->children_file, &ret->for_children[type]);
	}
	return r;
}

/* How many threads there are; 1 where that is not to be seen. */
static unsigned int count_threads(struct walked *process)
{
	struct stat st;

	if (fstatat(process->dirfd, "task", &st, 0) < 0) {
		process->lost = -errno;
		return 1;
	}
	/* A directory has two links, and one for each directory in it. */
	return st.st_nlink <= 2 ? 1 : (unsigned int)st.st_nlink - 2;
}

static void add_descriptor(struct walked *process, const struct walked_descriptor *descriptor)
{
	if (process->n_descriptors == process->descriptors_room) {
		process->descriptors_room =
			process->descriptors_room ? process->descriptors_room * 2 : FIRST_ROOM;
		process->descriptors = xreallocarray(process->descriptors, process->descriptors_room,
						     sizeof(*process->descriptors));
	}
	process->descriptors[process->n_descriptors++] = *descriptor;
}

/* One that is a namespace file: its link says which, unless that is the path it was opened by. */
static void read_namespace(int dirfd, const char *name, struct walked_descriptor *ret)
{
	ret->what = ns_read_link(dirfd, name, &ret->type, &ret->inode) < 0 ? DESCRIPTOR_MOUNTED
									   : DESCRIPTOR_NAMESPACE;
}

/* A socket itself, and not the file that one is bound to, opened with O_PATH? */
static bool is_open_socket(int dirfd, const char *name)
{
	static const char text[] = "socket:[";
	char target[sizeof(text) - 1];

	return readlinkat(dirfd, name, target, sizeof(target)) == (ssize_t)sizeof(target) &&
	       memcmp(target, text, sizeof(target)) == 0;
}

/*
 * What is behind a descriptor? False: nothing of interest. To ask for no
 * attribute but the mount, and for nothing fresh, makes no file system do
 * anything: one of the process's own might never answer. The type of the file
 * and the number of its inode come along for nothing.
 */
static bool read_descriptor(struct walked *process, const struct walked_wish *wish, int dirfd,
			    const char *name, struct walked_descriptor *ret)
{
	struct statx st;

	if (statx(dirfd, name, AT_STATX_DONT_SYNC, NSX_STATX_MNT_ID_UNIQUE, &st) < 0) {
		/* A security module may hide a file and show the link to it. */
		ret->what = DESCRIPTOR_NAMESPACE;
		if (errno == ENOENT)
			return false;
		if (ns_read_link(dirfd, name, &ret->type, &ret->inode) == 0)
			return true;
		process->lost = -errno;
		return false;
	}
	if (makedev(st.stx_dev_major, st.stx_dev_minor) == wish->nsfs) {
		read_namespace(dirfd, name, ret);
		return true;
	}
	if (S_ISDIR(st.stx_mode)) {
		ret->what = DESCRIPTOR_DIRECTORY;
		ret->mount = st.stx_mnt_id;
		return st.stx_mask & NSX_STATX_MNT_ID_UNIQUE;
	}
	ret->what = DESCRIPTOR_SOCKET;
	ret->inode = st.stx_ino;
	return S_ISSOCK(st.stx_mode) && is_open_socket(dirfd, name);
}

/* All descriptors of a task. Returns how many there were, or -errno. */
static int read_table(struct walked *process, const struct walked_wish *wish, pid_t thread)
{
	_cleanup_(proc_walk_release) struct proc_walk walk = PROC_WALK_NONE;
	struct walked_descriptor descriptor = { .thread = thread };
	char path[WALKED_PATH_SIZE] = "fd";
	int r, count = 0;

	if (thread)
		snprintf(path, sizeof(path), "task/%d/fd", (int)thread);
	r = proc_walk_init(&walk, process->dirfd, path);
	if (r < 0)
		return r;
	while ((r = proc_walk_next(&walk, &descriptor.number)) > 0) {
		count++;
		if (read_descriptor(process, wish, walk.fd, walk.name, &descriptor))
			add_descriptor(process, &descriptor);
	}
	return r < 0 && r != -ENOENT && r != -ESRCH ? r : count;
}

/* Those of the first thread, other than the leader, that has any. */
static int read_table_of_threads(struct walked *process, const struct walked_wish *wish)
{
	_cleanup_(proc_walk_release) struct proc_walk walk = PROC_WALK_NONE;
	pid_t tid;
	int r;

	r = proc_walk_init(&walk, process->dirfd, "task");
	if (r < 0)
		return r;
	while ((r = proc_walk_next(&walk, &tid)) > 0) {
		if (tid == process->pid)
			continue;
		r = read_table(process, wish, tid);
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
static int read_descriptors(struct walked *process, const struct walked_wish *wish)
{
	int r;

	r = read_table(process, wish, 0);
	if (is_refusal(r) && has_ended(process))
		r = 0;
	if (r == 0)
		r = read_table_of_threads(process, wish);
	return r < 0 ? r : 0;
}

void walked_read(struct walked *process, pid_t pid, const struct walked_wish *wish)
{
	*process = (struct walked){
		.pid = pid,
		.dirfd = -EBADF,
		.n_threads = 1,
		.index = PROCESS_NONE,
		.pidfd = -EBADF,
	};
	process->error = proc_open_pid(wish->procfd, pid, &process->dirfd);
	if (process->error < 0)
		return;
	if (wish->types) {
		process->links_error = links_read(process->dirfd, wish->types, &process->links);
		process->has_links = process->links_error == 0;
	}
	if (process->links_error < 0)
		return;
	if (wish->threads)
		process->n_threads = count_threads(process);
	if (wish->descriptors)
		process->descriptors_error = read_descriptors(process, wish);
}

void walked_release(struct walked *process)
{
	close_fd(process->pidfd);
	close_fd(process->dirfd);
	free(process->descriptors);
	*process = (struct walked){ .dirfd = -EBADF, .pidfd = -EBADF };
}
