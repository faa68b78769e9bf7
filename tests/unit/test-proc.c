/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test-proc.c - what /proc says of processes: proc.h. */
#include "proc.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include "tap.h"

/* The fields behind the command, of a process that started at 12345. */
#define REST " S 41 42 42 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 12345 9 10 18446744073709551615"

/* The command in the text of a stat file, or NULL. */
static const char *comm_of(const char *text)
{
	static struct proc_stat stat;

	return proc_stat_parse(text, &stat) < 0 ? NULL : stat.comm;
}

static void test_stat(void)
{
	struct proc_stat stat;

	ok(proc_stat_parse("42 (cat)" REST "\n", &stat) == 0);
	is_int(stat.pid, 42);
	is_str(stat.comm, "cat");
	is_int(stat.state, 'S');
	is_int(stat.ppid, 41);
	is_int(stat.flags, 4194304);
	is_int(stat.start_time, 12345);
	/* 600 seconds before the boot of a time namespace: 2^64 - 600e9 nanoseconds. */
	ok(proc_stat_parse("1 (init) S 0 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 1844674347370 9 10", &stat) == 0);
	is_int(stat.start_time, -60000);
}

/* Any process may choose its command: none may pass for another field. */
static void test_stat_commands(void)
{
	is_str(comm_of("42 (a) R (b)" REST), "a) R (b");
	is_str(comm_of("42 (a b)" REST), "a b");
	is_str(comm_of("42 ())" REST), ")");
	is_str(comm_of("42 (()" REST), "(");
	is_str(comm_of("42 ()" REST), "");
	is_str(comm_of("42 (a\nb)" REST), "a\nb");
	is_str(comm_of("42 (\xff\x1b)" REST), "\xff\x1b");
	is_str(comm_of("42 (kworker/u64:12-a_workqueue_with_a_very_long_name_of_63_bytes_xx)" REST),
	       "kworker/u64:12-a_workqueue_with_a_very_long_name_of_63_bytes_xx");
	/* More than the kernel ever writes is cut, not overrun. */
	is_int((long long)strlen(comm_of("42 (0123456789012345678901234567890123456789"
					 "012345678901234567890123456789)" REST)),
	       63);
}

static void test_stat_garbage(void)
{
	struct proc_stat stat = { .pid = 7 };

	is_int(proc_stat_parse("", &stat), -EINVAL);
	is_int(proc_stat_parse("42", &stat), -EINVAL);
	is_int(proc_stat_parse("42 (cat", &stat), -EINVAL);
	is_int(proc_stat_parse("42 cat)" REST, &stat), -EINVAL);
	is_int(proc_stat_parse("42 )cat(" REST, &stat), -EINVAL);
	is_int(proc_stat_parse("(cat)" REST, &stat), -EINVAL);
	is_int(proc_stat_parse("x (cat)" REST, &stat), -EINVAL);
	is_int(proc_stat_parse("42 (cat)", &stat), -EINVAL);
	is_int(proc_stat_parse("42 (cat) S 41", &stat), -EINVAL);
	is_int(stat.pid, 7);
}

static void test_status(void)
{
	static const char text[] = "Name:\tUid:\nUmask:\t0022\nNoUid:\t9\nUid:\t1000\t1001\t1002\t1003\n"
				   "Empty:\t\nNSpid:\t7\t1";
	const char *value = NULL;

	ok(proc_status_find(text, "Uid", &value) == 0 && strncmp(value, "1000\t1001", 9) == 0);
	ok(proc_status_find(text, "Name", &value) == 0 && strncmp(value, "Uid:\n", 5) == 0);
	ok(proc_status_find(text, "NSpid", &value) == 0 && strcmp(value, "7\t1") == 0);
	ok(proc_status_find(text, "Empty", &value) == 0 && *value == '\n');

	value = NULL;
	is_int(proc_status_find(text, "id", &value), -ENODATA);
	is_int(proc_status_find(text, "Ui", &value), -ENODATA);
	is_int(proc_status_find(text, "uid", &value), -ENODATA);
	is_int(proc_status_find(text, "Gid", &value), -ENODATA);
	is_int(proc_status_find("", "Uid", &value), -ENODATA);
	is_int(proc_status_find("\n", "Uid", &value), -ENODATA);
	is_int(proc_status_find("Uid", "Uid", &value), -ENODATA);
	ok(!value);
}

static void test_this_process(int procfd)
{
	_cleanup_close_ int dirfd = -EBADF;
	_cleanup_free_ char *command = NULL;
	unsigned int levels;
	struct proc_stat stat;
	pid_t innermost;
	int fd = -EBADF;

	is_int(proc_open_pid(procfd, getpid(), &dirfd), 0);
	is_int(proc_stat_read(dirfd, &stat), 0);
	is_int(stat.pid, getpid());
	is_int(stat.ppid, getppid());
	ok(!(stat.flags & (PROC_FLAG_EXITING | PROC_FLAG_KTHREAD)));
	is_int(proc_pids_read(dirfd, &levels, &innermost), 0);
	is_int(levels, 1);
	is_int(innermost, getpid());
	is_int(proc_command_line(dirfd, &command), 0);
	ok(command && strstr(command, "test-proc"));

	ok(proc_open_pid(procfd, 2147483647, &fd) == -ESRCH && fd == -EBADF);
}

/* A zombie has no command line any more, but a name. */
static void test_zombie(int procfd)
{
	_cleanup_close_ int dirfd = -EBADF;
	_cleanup_free_ char *command = NULL;
	struct proc_stat stat = { 0 };
	pid_t pid = fork();

	if (pid == 0)
		_exit(EXIT_SUCCESS);
	is_int(waitid(P_PID, (id_t)pid, NULL, WEXITED | WNOWAIT), 0);
	is_int(proc_open_pid(procfd, pid, &dirfd), 0);
	is_int(proc_stat_read(dirfd, &stat), 0);
	is_int(stat.state, 'Z');
	is_int(stat.ppid, getpid());
	is_int(proc_command_line(dirfd, &command), 0);
	is_str(command, "[test-proc]");

	waitpid(pid, NULL, 0);
	ok(proc_stat_read(dirfd, &stat) < 0);
}

static void test_walk(int procfd)
{
	_cleanup_(proc_walk_release) struct proc_walk walk = PROC_WALK_NONE;
	bool found_self = false, found_first = false;
	pid_t number;
	int r;

	is_int(proc_walk_init(&walk, procfd, "."), 0);
	while ((r = proc_walk_next(&walk, &number)) > 0)
		found_self |= number == getpid();
	is_int(r, 0);
	ok(found_self);
	proc_walk_release(&walk);

	is_int(proc_walk_init(&walk, procfd, "self/fd"), 0);
	while ((r = proc_walk_next(&walk, &number)) > 0)
		found_first |= number == 0;
	is_int(r, 0);
	ok(found_first);
	proc_walk_release(&walk);

	is_int(proc_walk_init(&walk, procfd, "2147483647/fd"), -ENOENT);
	is_int(proc_walk_init(&walk, procfd, "version"), -ENOTDIR);
}

int main(void)
{
	_cleanup_close_ int procfd = -EBADF;

	test_stat();
	test_stat_commands();
	test_stat_garbage();
	test_status();
	is_int(proc_open(&procfd), 0);
	test_this_process(procfd);
	test_zombie(procfd);
	test_walk(procfd);
	return done_testing();
}
