/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test-cgroup_join.c - which mount shows a cgroup, and moving into those of
 * another process; the latter takes root and a mounted hierarchy.
 */
#include "cgroup_join.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "file.h"
#include "proc.h"
#include "real_cgroup.h"
#include "tap.h"

static bool mounted_by(unsigned int hierarchy, const char *controllers, const char *type, const char *options)
{
	struct cgroup_line line = { hierarchy, (char *)controllers, (char *)"/" };
	struct mount_entry mount = { .fstype = type, .options = options };

	return cgroup_is_mounted_by(&line, &mount);
}

static void test_hierarchies(void)
{
	ok(mounted_by(0, "", "cgroup2", "rw,nsdelegate"));
	ok(!mounted_by(0, "", "cgroup", "rw,pids"));
	ok(!mounted_by(0, "", "tmpfs", "rw"));
	ok(mounted_by(5, "pids", "cgroup", "rw,pids"));
	ok(!mounted_by(5, "pids", "cgroup2", "rw,pids"));
	ok(!mounted_by(5, "pids", "fuse.cgroup", "rw,pids"));
	ok(!mounted_by(5, "cpu", "cgroup", "rw,cpuset"));
	ok(!mounted_by(5, "cpuset", "cgroup", "rw,cpu"));
	ok(!mounted_by(5, "pids", "cgroup", "rw"));
	ok(mounted_by(5, "cpu,cpuacct", "cgroup", "rw,cpuacct,cpu"));
	ok(!mounted_by(5, "cpu,cpuacct", "cgroup", "rw,cpu"));
	ok(mounted_by(5, "name=systemd", "cgroup", "rw,xattr,name=systemd"));
	ok(!mounted_by(5, "name=systemd", "cgroup", "rw,name=systemd2"));
	ok(mounted_by(5, "name=rw", "cgroup", "rw,name=rw"));
	/* A hierarchy of no controllers and no name is none. */
	ok(!mounted_by(5, "", "cgroup", "rw,"));
}

static const char *in_mount(const char *path, const char *root)
{
	struct mount_entry mount = { .root = root };

	return cgroup_path_in_mount(path, &mount);
}

static void test_paths(void)
{
	is_str(in_mount("/", "/"), "");
	is_str(in_mount("/a", "/"), "/a");
	is_str(in_mount("/a/b:c d", "/"), "/a/b:c d");
	is_str(in_mount("/a", "/a"), "");
	is_str(in_mount("/a/b", "/a"), "/b");
	is_str(in_mount("/", "/a"), NULL);
	is_str(in_mount("/ab", "/a"), NULL);
	is_str(in_mount("/b", "/a"), NULL);
	/* Above our cgroup namespace, as far as names are known. */
	is_str(in_mount("/..", "/"), NULL);
	is_str(in_mount("/../a", "/"), NULL);
	is_str(in_mount("/../a", "/.."), "/a");
	is_str(in_mount("/../a", "/../a"), "");
	is_str(in_mount("/../../a", "/../.."), "/a");
	is_str(in_mount("/../../a", "/.."), NULL);
	is_str(in_mount("/a", "/.."), NULL);
	is_str(in_mount("/..a", "/"), "/..a");
	is_str(in_mount("/../..a", "/.."), "/..a");
}

/* A process that has moved into a cgroup of ours, unless name is NULL. */
static pid_t start_in(const char *name)
{
	int line[2];
	char byte;
	pid_t pid;

	if (pipe2(line, O_CLOEXEC) < 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		if (name)
			cgroup_move(name);
		close(line[0]);
		if (write(line[1], "", 1) != 1)
			_exit(EXIT_FAILURE);
		for (;;)
			pause();
	}
	close(line[1]);
	if (read(line[0], &byte, 1) != 1)
		puts("Bail out! cannot start a process");
	close(line[0]);
	return pid;
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* Open the cgroups of a process; which one failed goes to `where`. */
static int open_of(pid_t pid, struct cgroup_joins *joins, char **where)
{
	_cleanup_close_ int procfd = -EBADF;
	_cleanup_close_ int dirfd = -EBADF;
	int r;

	r = proc_open(&procfd);
	if (r == 0)
		r = proc_open_pid(procfd, pid, &dirfd);
	return r < 0 ? r : cgroup_joins_open(procfd, dirfd, joins, where);
}

static void test_same(void)
{
	_cleanup_free_ char *where = NULL;
	struct cgroup_joins joins;
	pid_t pid = start_in(NULL);

	/* Nothing to open, so there is nothing to be refused. */
	is_int(open_of(pid, &joins, &where), 0);
	is_int((long long)joins.count, 0);
	is_int(cgroup_joins_enter(&joins, &where), 0);
	cgroup_joins_release(&joins);
	kill(pid, SIGKILL);
	waitid(P_PID, (id_t)pid, NULL, WEXITED | WNOWAIT);
	is_int(open_of(pid, &joins, &where), -ESRCH);
	ok(!where);
	end(pid);
}

/* The text of our cgroup file, to be freed. */
static char *cgroups_of(pid_t pid)
{
	char *path = NULL, *text = NULL;

	if (asprintf(&path, "/proc/%d/cgroup", (int)pid) < 0 || read_file(AT_FDCWD, path, &text, NULL) < 0)
		text = NULL;
	free(path);
	return text;
}

/* In a child, for the test itself stays where it is. */
static int enter_in_child(const struct cgroup_joins *joins, pid_t target)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		_cleanup_free_ char *ours = NULL, *theirs = NULL, *where = NULL;
		int r = cgroup_joins_enter(joins, &where);

		if (r < 0)
			_exit(where ? -r : 255);
		ours = cgroups_of(getpid());
		theirs = cgroups_of(target);
		_exit(ours && theirs && strcmp(ours, theirs) == 0 ? 0 : 254);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -EIO;
}

static void test_join(void)
{
	_cleanup_free_ char *where = NULL;
	struct cgroup_joins joins;
	pid_t pid;

	cgroup_make("target");
	pid = start_in("target");
	is_int(open_of(pid, &joins, &where), 0);
	is_int((long long)joins.count, 1);
	is_str(joins.list[0].path, cgroup_path("target"));
	is_int(fcntl(joins.list[0].procs, F_GETFD), FD_CLOEXEC);
	is_int(enter_in_child(&joins, pid), 0);
	/* Removed between: those who come later find nothing of that name. */
	end(pid);
	is_int(rmdir(cgroup_path("target")), 0);
	is_int(enter_in_child(&joins, getpid()), -ENODEV);
	cgroup_joins_release(&joins);
}

static void test_in(const char *type)
{
	if (!cgroup_begin(type))
		return;
	test_join();
	cgroup_end();
}

int main(void)
{
	test_hierarchies();
	test_paths();
	test_same();
	test_in(CGROUP_V2);
	test_in(CGROUP_V1);
	return done_testing();
}
