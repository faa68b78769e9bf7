/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * proc.h - walk /proc and read what it says of a process; proc(5).
 *
 * A process may end between any two looks. That is normal and told apart
 * (-ENOENT, -ESRCH) from one that refuses to be read (-EACCES, -EPERM).
 * Knows nothing of namespaces.
 */
#ifndef NSX_PROC_H
#define NSX_PROC_H

#include "base.h"

#include <sys/types.h>

/* Open /proc; -ENODEV where what is mounted there is no procfs. */
int proc_open(int *ret_fd);

/* Open /proc/PID below an open /proc; -ESRCH where there is none. */
int proc_open_pid(int procfd, pid_t pid, int *ret_fd);

/* Ourselves as a /proc numbers us; -ENOENT where it does not know us. */
int proc_own_pid(int procfd, pid_t *ret);

/*
 * Are its numbers those that the kernel tells us and takes from us? Not where it
 * shows another pid namespace, as after unshare(2) without a new /proc.
 */
bool proc_is_ours(int procfd);

/*
 * Take hold of a process, so that its pid cannot come to mean another: a pidfd,
 * and /proc/PID (O_PATH). `pidfd_inode` is the inode number of its pidfd, 0
 * where not known. -ESRCH: no such process; -ESTALE: the pid is another's now;
 * -EOPNOTSUPP: it is known, but not to this kernel (before 6.9); -EACCES: /proc
 * hides it; -EXDEV: the /proc is not ours, and pids mean others there; -ENODEV:
 * there is no /proc. The second one looks in a /proc that is open.
 */
int proc_hold_in(int procfd, pid_t pid, ino_t pidfd_inode, int *ret_pidfd, int *ret_dirfd);
int proc_hold(pid_t pid, ino_t pidfd_inode, int *ret_pidfd, int *ret_dirfd);

/*
 * The numeric entries of a directory: processes of /proc, threads of
 * /proc/PID/task, descriptors of /proc/PID/fd.
 */
struct proc_walk {
	int fd; /* the directory */
	size_t at, end; /* of what is left in the buffer */
	const char *name; /* of the entry that was handed out last, till the next call */
	_Alignas(8) char entries[2048];
};

#define PROC_WALK_NONE                                                                                       \
	{                                                                                                    \
		.fd = -EBADF                                                                                 \
	}

int proc_walk_init(struct proc_walk *walk, int dirfd, const char *path);
void proc_walk_release(struct proc_walk *walk);

/* 1 and the next number, 0 at the end, or -errno. */
int proc_walk_next(struct proc_walk *walk, pid_t *ret);

/* Of the kernel's flags for a process: PF_* in its include/linux/sched.h. */
#define PROC_FLAG_EXITING 0x00000004u
#define PROC_FLAG_KTHREAD 0x00200000u

/* What nsx reads of /proc/PID/stat. */
struct proc_stat {
	pid_t pid;
	char comm[64];		 /* raw bytes; kernel threads have up to 63 */
	char state;		 /* 'Z' is a zombie */
	pid_t ppid;		 /* 0 where the parent is outside of this pid namespace */
	unsigned int flags;	 /* PROC_FLAG_*, and more */
	int64_t start_time;	 /* clock ticks after the boot of our time namespace; negative: before it */
};

/*
 * Parse the text of a stat file. The command stands in parentheses and may
 * hold blanks and parentheses itself: it ends at the last ')'. -EINVAL.
 */
int proc_stat_parse(const char *text, struct proc_stat *ret);
int proc_stat_read(int pid_dirfd, struct proc_stat *ret);

/*
 * Find the line "NAME:\tvalue" in the text of a status file, and hand out the
 * start of the value (up to its newline, within `text`). -ENODATA.
 */
int proc_status_find(const char *text, const char *name, const char **ret_value);

/* Pid namespaces are nested 32 deep at most, the initial one not counted; pid_namespaces(7). */
enum { PROC_LEVELS_MAX = 33 };

/*
 * The numbers of a process in all pid namespaces that it has one in, from that
 * of the /proc down; the line NSpid of its status. Returns how many, or -errno.
 */
int proc_numbers_parse(const char *text, pid_t ret[PROC_LEVELS_MAX]);
int proc_numbers_read(int pid_dirfd, pid_t ret[PROC_LEVELS_MAX]);

/*
 * In how many pid namespaces, counted from that of the /proc down, a process
 * has a number, and that in the innermost; the line NSpid of its status.
 */
int proc_pids_read(int pid_dirfd, unsigned int *ret_levels, pid_t *ret_innermost);

/*
 * Whose child a process is (0: of one outside of this pid namespace), and its
 * effective user. The owner of its directory would be cheaper and is not the
 * same: that is root for a process that is not dumpable.
 */
int proc_relations_read(int pid_dirfd, pid_t *ret_ppid, uid_t *ret_uid);

/* Its effective user and group, as the reader's user namespace maps them. */
int proc_ids_read(int pid_dirfd, uid_t *ret_uid, gid_t *ret_gid);

/*
 * The command line, arguments joined by blanks; "[comm]" for kernel threads,
 * zombies and programs that emptied theirs. Raw bytes, for the caller to free.
 */
int proc_command_line(int pid_dirfd, char **ret);

#endif /* NSX_PROC_H */
