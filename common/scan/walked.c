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

/* Something of a process was not to be had: 0 or -errno. What has gone is no loss. */
static void lose(struct walked *process, int error)
{
	if (is_refusal(error))
		process->is_refused = true;
	else if (error < 0 && error != -ENOENT && error != -ESRCH)
		process->lost = error;
}

/* How many threads there are; 1 where that is not to be seen. */
static unsigned int count_threads(struct walked *process)
{
	struct stat st;

	if (fstatat(process->dirfd, "task", &st, 0) < 0) {
		lose(process, -errno);
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

/* The number of a socket. -EMEDIUMTYPE: it is none, or the file that one is bound to, opened with O_PATH. */
static int read_socket_link(int dirfd, const char *name, ino_t *ret)
{
	static const char before[] = "socket:[";
	char text[NS_LINK_SIZE];
	ssize_t n;

	n = readlinkat(dirfd, name, text, sizeof(text) - 1);
	if (n < 0)
		return -errno;
	text[n] = '\0';
	if (strncmp(text, before, strlen(before)) != 0)
		return -EMEDIUMTYPE;
	*ret = strtoull(text + strlen(before), NULL, 10);
	return 0;
}

/*
 * What the link says of a file that itself says nothing, as a security module
 * may hide it, or its disk be gone. As read_descriptor(). A path is of no
 * interest: no namespace file fails but one that is hidden, and only one that
 * was opened where it is mounted has a path.
 */
static int read_descriptor_link(int dirfd, const char *name, struct walked_descriptor *ret)
{
	int r;

	ret->what = DESCRIPTOR_NAMESPACE;
	r = ns_read_link(dirfd, name, &ret->type, &ret->inode);
	if (r == -EMEDIUMTYPE) {
		ret->what = DESCRIPTOR_SOCKET;
		r = read_socket_link(dirfd, name, &ret->inode);
	}
	if (r == -EMEDIUMTYPE)
		return 0;
	return r < 0 ? r : 1;
}

/*
 * What is behind a descriptor? 1; 0: nothing of interest; -errno: not to be
 * known. To ask for no attribute but the mount, and for nothing fresh, makes no
 * file system do anything: one of the process's own might never answer. The type
 * of the file and the number of its inode come along for nothing.
 */
static int read_descriptor(const struct walked_wish *wish, int dirfd, const char *name,
			   struct walked_descriptor *ret)
{
	struct statx st;
	int r;

	if (statx(dirfd, name, AT_STATX_DONT_SYNC, NSX_STATX_MNT_ID_UNIQUE, &st) < 0)
		return errno == ENOMEM ? -ENOMEM : read_descriptor_link(dirfd, name, ret);
	if (makedev(st.stx_dev_major, st.stx_dev_minor) == wish->nsfs) {
		/* Its link says which, unless that is the path it was opened by. */
		r = ns_read_link(dirfd, name, &ret->type, &ret->inode);
		ret->what = r < 0 ? DESCRIPTOR_MOUNTED : DESCRIPTOR_NAMESPACE;
		return 1;
	}
	if (S_ISDIR(st.stx_mode)) {
		ret->what = DESCRIPTOR_DIRECTORY;
		ret->mount = st.stx_mnt_id;
		return (st.stx_mask & NSX_STATX_MNT_ID_UNIQUE) != 0;
	}
	if (!S_ISSOCK(st.stx_mode))
		return 0;
	ret->what = DESCRIPTOR_SOCKET;
	r = read_socket_link(dirfd, name, &ret->inode);
	if (r == -EMEDIUMTYPE)
		return 0;
	return r < 0 ? r : 1;
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
		int of_interest = read_descriptor(wish, walk.fd, walk.name, &descriptor);

		count++;
		if (of_interest > 0)
			add_descriptor(process, &descriptor);
		else
			lose(process, of_interest);
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
