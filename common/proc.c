/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * proc.c - reading /proc.
 */
#include "proc.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/statfs.h>

#include "file.h"
#include "kernel.h"
#include "text.h"

int proc_open(int *ret_fd)
{
	_cleanup_close_ int fd = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct statfs fs;

	if (fd < 0 || fstatfs(fd, &fs) < 0)
		return -errno;
	if (fs.f_type != PROC_SUPER_MAGIC)
		return -ENODEV;
	*ret_fd = take_fd(&fd);
	return 0;
}

int proc_open_pid(int procfd, pid_t pid, int *ret_fd)
{
	char name[16];
	int fd;

	snprintf(name, sizeof(name), "%d", (int)pid);
	fd = openat(procfd, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	*ret_fd = fd;
	return 0;
}

int proc_own_pid(int procfd, pid_t *ret)
{
	char text[16];
	ssize_t n = readlinkat(procfd, "self", text, sizeof(text) - 1);

	if (n < 0)
		return -errno;
	text[n] = '\0';
	return parse_pid(text, ret);
}

bool proc_is_ours(int procfd)
{
	_cleanup_close_ int dirfd = -EBADF;
	unsigned int levels;
	pid_t pid = 0, innermost;

	if (proc_own_pid(procfd, &pid) < 0 || pid != getpid())
		return false;
	/* By chance we may have the same number in that of a pid namespace above. */
	return proc_open_pid(procfd, pid, &dirfd) < 0 || proc_pids_read(dirfd, &levels, &innermost) < 0 ||
	       levels == 1;
}

int proc_hold(pid_t pid, ino_t pidfd_inode, int *ret_pidfd, int *ret_dirfd)
{
	_cleanup_close_ int procfd = -EBADF;
	int r;

	r = proc_open(&procfd);
	if (r < 0)
		return r == -ENOENT ? -ENODEV : r;
	return proc_hold_in(procfd, pid, pidfd_inode, ret_pidfd, ret_dirfd);
}

int proc_hold_in(int procfd, pid_t pid, ino_t pidfd_inode, int *ret_pidfd, int *ret_dirfd)
{
	_cleanup_close_ int pidfd = -EBADF;
	_cleanup_close_ int dirfd = -EBADF;
	ino_t inode;
	int r;

	if (!proc_is_ours(procfd))
		return -EXDEV;
	pidfd = kernel_pidfd_open(pid);
	/* -EINVAL, -ENOENT: a thread that leads no process (kernel-dependent). */
	if (pidfd == -EINVAL || pidfd == -ENOENT)
		return -ESRCH;
	if (pidfd < 0)
		return pidfd;
	if (pidfd_inode) {
		r = kernel_pidfd_inode(pidfd, &inode);
		if (r < 0)
			return r;
		/* Who names it wants to be sure: the pid alone does not do. */
		if (!inode)
			return -EOPNOTSUPP;
		if (inode != pidfd_inode)
			return -ESTALE;
	}
	r = proc_open_pid(procfd, pid, &dirfd);
	/* By kind of hidepid (proc(5)), the directory is out of sight, or what is in it. */
	if (r == 0 && faccessat(dirfd, "stat", F_OK, 0) < 0 && errno == ENOENT)
		r = -ESRCH;
	if (r == -ESRCH && kernel_pidfd_send_signal(pidfd, 0) != -ESRCH)
		return -EACCES;
	if (r < 0)
		return r;
	/* Still there: so the directory, opened meanwhile, is this process's. */
	r = kernel_pidfd_send_signal(pidfd, 0);
	if (r == -ESRCH)
		return r;
	*ret_pidfd = take_fd(&pidfd);
	*ret_dirfd = take_fd(&dirfd);
	return 0;
}

/*
 * Not by readdir(3), which adds two system calls and 32 KiB of memory to each
 * directory: most have but a few entries.
 */
int proc_walk_init(struct proc_walk *walk, int dirfd, const char *path)
{
	int fd = openat(dirfd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	walk->fd = fd;
	walk->at = walk->end = 0;
	return 0;
}

void proc_walk_release(struct proc_walk *walk)
{
	walk->fd = close_fd(walk->fd);
}

/* 1 and the name of the next entry, 0 at the end, or -errno. */
static int next_entry(struct proc_walk *walk)
{
	const struct dirent64 *entry;

	if (walk->at == walk->end) {
		ssize_t n = getdents64(walk->fd, walk->entries, sizeof(walk->entries));

		if (n <= 0)
			return n < 0 ? -errno : 0;
		walk->at = 0;
		walk->end = (size_t)n;
	}
	entry = (const struct dirent64 *)(walk->entries + walk->at);
	walk->at += entry->d_reclen;
	walk->name = entry->d_name;
	return 1;
}

int proc_walk_next(struct proc_walk *walk, pid_t *ret)
{
	int r;

	do {
		r = next_entry(walk);
		if (r <= 0)
			return r;
	} while (*walk->name < '0' || *walk->name > '9');

	/* Descriptor 0 is no pid, so this reads it as what it may be. */
	return parse_fd(walk->name, ret) < 0 ? -EINVAL : 1;
}

/*
 * What began before the boot of our time namespace has a negative age there. The
 * kernel counts in nanoseconds, modulo 2^64, and divides that by what a tick has
 * (fs/proc/array.c: nsec_to_clock_t()).
 */
static int64_t signed_ticks(unsigned long long ticks)
{
	long nsec_per_tick = 1000000000 / sysconf(_SC_CLK_TCK);

	return (int64_t)(ticks * (unsigned long long)nsec_per_tick) / nsec_per_tick;
}

int proc_stat_parse(const char *text, struct proc_stat *ret)
{
	unsigned long long start_time;
	const char *open = strchr(text, '(');
	const char *close = strrchr(text, ')');
	struct proc_stat stat = { 0 };
	size_t length;

	if (!open || !close || close < open)
		return -EINVAL;
	length = (size_t)(close - open - 1);
	if (length >= sizeof(stat.comm))
		length = sizeof(stat.comm) - 1;
	memcpy(stat.comm, open + 1, length);

	/* Fields 1; 3, 4, 9; 22: proc_pid_stat(5). */
	if (sscanf(text, "%d", &stat.pid) != 1 ||
	    sscanf(close + 1,
		   " %c %d %*d %*d %*d %*d %u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu",
		   &stat.state, &stat.ppid, &stat.flags, &start_time) != 4)
		return -EINVAL;
	stat.start_time = signed_ticks(start_time);
	*ret = stat;
	return 0;
}

int proc_stat_read(int pid_dirfd, struct proc_stat *ret)
{
	char text[1024];
	ssize_t n;

	n = read_file_into(pid_dirfd, "stat", text, sizeof(text));
	if (n < 0)
		return (int)n;
	return proc_stat_parse(text, ret);
}

int proc_status_find(const char *text, const char *name, const char **ret_value)
{
	size_t length = strlen(name);
	const char *line = text;

	while (line && *line) {
		if (strncmp(line, name, length) == 0 && line[length] == ':') {
			line += length + 1;
			*ret_value = line + strspn(line, " \t");
			return 0;
		}
		line = strchr(line, '\n');
		if (line)
			line++;
	}
	return -ENODATA;
}

int proc_relations_read(int pid_dirfd, pid_t *ret_ppid, uid_t *ret_uid)
{
	_cleanup_free_ char *text = NULL;
	const char *ppid_value, *uid_value;
	pid_t ppid;
	uid_t uid;
	int r;

	r = read_file(pid_dirfd, "status", &text, NULL);
	if (r < 0)
		return r;
	r = proc_status_find(text, "PPid", &ppid_value);
	if (r >= 0)
		r = proc_status_find(text, "Uid", &uid_value);
	if (r < 0)
		return r;
	/* Real, effective, saved, of file systems: proc_pid_status(5). */
	if (sscanf(ppid_value, "%d", &ppid) != 1 || sscanf(uid_value, "%*u %u", &uid) != 1)
		return -EINVAL;
	*ret_ppid = ppid;
	*ret_uid = uid;
	return 0;
}

int proc_ids_read(int pid_dirfd, uid_t *ret_uid, gid_t *ret_gid)
{
	_cleanup_free_ char *text = NULL;
	const char *uids, *gids;
	uid_t uid;
	gid_t gid;
	int r;

	r = read_file(pid_dirfd, "status", &text, NULL);
	if (r >= 0)
		r = proc_status_find(text, "Uid", &uids);
	if (r >= 0)
		r = proc_status_find(text, "Gid", &gids);
	if (r < 0)
		return r;
	if (sscanf(uids, "%*u %u", &uid) != 1 || sscanf(gids, "%*u %u", &gid) != 1)
		return -EINVAL;
	*ret_uid = uid;
	*ret_gid = gid;
	return 0;
}

int proc_numbers_parse(const char *text, pid_t ret[PROC_LEVELS_MAX])
{
	const char *value;
	int r, length, levels = 0;

	r = proc_status_find(text, "NSpid", &value);
	if (r < 0)
		return r;
	/* For sscanf the end of the line is a blank like others. */
	while (levels < PROC_LEVELS_MAX && *value && *value != '\n' &&
	       sscanf(value, "%d%n", &ret[levels], &length) == 1) {
		levels++;
		value += length;
	}
	return levels ? levels : -EINVAL;
}

int proc_numbers_read(int pid_dirfd, pid_t ret[PROC_LEVELS_MAX])
{
	_cleanup_free_ char *text = NULL;
	int r = read_file(pid_dirfd, "status", &text, NULL);

	return r < 0 ? r : proc_numbers_parse(text, ret);
}

int proc_pids_read(int pid_dirfd, unsigned int *ret_levels, pid_t *ret_innermost)
{
	pid_t numbers[PROC_LEVELS_MAX];
	int levels = proc_numbers_read(pid_dirfd, numbers);

	if (levels < 0)
		return levels;
	*ret_levels = (unsigned int)levels;
	/* cppcheck-suppress negativeIndex ; there is one at least, or an error */
	*ret_innermost = numbers[levels - 1];
	return 0;
}

static int bracketed_name(int pid_dirfd, char **ret)
{
	struct proc_stat stat;
	int r;

	r = proc_stat_read(pid_dirfd, &stat);
	if (r < 0)
		return r;
	return asprintf(ret, "[%s]", stat.comm) < 0 ? -ENOMEM : 0;
}

int proc_command_line(int pid_dirfd, char **ret)
{
	_cleanup_free_ char *text = NULL;
	size_t size;
	int r;

	r = read_file(pid_dirfd, "cmdline", &text, &size);
	if (r < 0)
		return r;
	/* A program that writes over its arguments pads them with NUL bytes. */
	while (size > 0 && text[size - 1] == '\0')
		size--;
	if (size == 0)
		return bracketed_name(pid_dirfd, ret);
	for (size_t i = 0; i < size; i++)
		if (text[i] == '\0')
			text[i] = ' ';
	*ret = take_ptr(text);
	return 0;
}
