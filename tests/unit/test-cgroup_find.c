/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test-cgroup_find.c - the process of a unit and of a container, with real
 * cgroups, which takes root and a mounted hierarchy.
 */
#include "cgroup_find.h"

#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "kernel.h"
#include "proc.h"
#include "tap.h"

static char root[PATH_MAX]; /* a cgroup of our own */

/* A unit name and a container id that nobody else has. */
static char unit[64], id[65], same_start[65];

/*
 * The first mount of a hierarchy: " - cgroup2 ", " - cgroup ". Not one of
 * cpuset, which takes a process only once it was given processors.
 */
static bool find_mount(const char *type, char *point, size_t size)
{
	char line[2 * PATH_MAX], path[PATH_MAX];
	FILE *file = fopen("/proc/self/mountinfo", "re");
	bool found = false;

	while (file && !found && fgets(line, sizeof(line), file))
		found = strstr(line, type) && !strstr(line, "cpuset") &&
			sscanf(line, "%*s %*s %*s / %4095s", path) == 1 &&
			snprintf(point, size, "%s", path) < (int)size;
	if (file)
		fclose(file);
	return found;
}

static const char *path_of(const char *name)
{
	static char path[2 * PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", root, name);
	return path;
}

/* A cgroup below ours, "a/b" with what it takes. */
static void make(const char *name)
{
	char part[256];

	for (size_t i = 0; name[i]; i++) {
		snprintf(part, sizeof(part), "%.*s", (int)i, name);
		if (name[i] == '/')
			mkdir(path_of(part), 0755);
	}
	if (mkdir(path_of(name), 0755) < 0)
		printf("Bail out! cannot make %s\n", path_of(name));
}

static void move_here(const char *name)
{
	char file[256];
	int fd;

	snprintf(file, sizeof(file), "%s/cgroup.procs", name);
	fd = open(path_of(file), O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "0", 1) != 1)
		_exit(EXIT_FAILURE);
	close(fd);
}

enum { PLAIN = 0, WITH_INIT = CLONE_NEWPID };

/*
 * A process in that cgroup, and a child of it, the init of a pid namespace
 * where asked for. Returns the first pid, with the second one's in *ret_child.
 */
static pid_t start(const char *name, int flags, pid_t *ret_child)
{
	int line[2];
	pid_t pid, child;

	if (pipe2(line, O_CLOEXEC) < 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		move_here(name);
		if (flags && unshare(flags) < 0)
			_exit(EXIT_FAILURE);
		child = fork();
		if (child == 0)
			for (;;)
				pause();
		if (write(line[1], &child, sizeof(child)) != sizeof(child))
			_exit(EXIT_FAILURE);
		for (;;)
			pause();
	}
	close(line[1]);
	if (read(line[0], &child, sizeof(child)) != sizeof(child))
		printf("Bail out! cannot start a process in %s\n", name);
	close(line[0]);
	if (ret_child)
		*ret_child = child;
	return pid;
}

/* Of those started with start(): also the child. */
static void end(pid_t pid, pid_t child)
{
	kill(child, SIGKILL);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	waitpid(child, NULL, 0);
}

/* The pid found, or the error; what is held must be the process. */
static long long found(bool is_container, const char *name)
{
	_cleanup_close_ int pidfd = -EBADF;
	_cleanup_close_ int dirfd = -EBADF;
	struct proc_stat stat;
	pid_t pid = 0;
	int r;

	r = (is_container ? cgroup_find_container : cgroup_find_unit)(name, &pid, &pidfd, &dirfd);
	if (r < 0)
		return pid == 0 && pidfd == -EBADF && dirfd == -EBADF ? r : -EIO;
	if (kernel_pidfd_send_signal(pidfd, 0) < 0 || proc_stat_read(dirfd, &stat) < 0 || stat.pid != pid)
		return -EIO;
	return pid;
}

static long long found_unit(const char *name)
{
	return found(false, name);
}

static long long found_container(const char *name)
{
	return found(true, name);
}

static void test_none(void)
{
	is_int(found_unit(unit), -ESRCH);
	is_int(found_container(id), -ESRCH);
	is_int(found_unit(""), -ESRCH);
	is_int(found_unit("a/b"), -ESRCH);
	is_int(found_container(""), -ESRCH);
}

static void test_unit(void)
{
	char name[256], plain[128];
	pid_t first, second, child, other;

	snprintf(name, sizeof(name), "x.slice/%s", unit);
	snprintf(plain, sizeof(plain), "%.*s", (int)strlen(unit) - 8, unit);
	make(name);
	is_int(found_unit(unit), -ESRCH);
	/* The oldest of those from elsewhere, not its child. */
	first = start(name, PLAIN, &child);
	second = start(name, PLAIN, &other);
	is_int(found_unit(unit), first);
	is_int(found_unit(plain), first);
	is_int(found_unit("x.service"), -ESRCH);
	end(first, child);
	is_int(found_unit(unit), second);
	/* Below it counts as well. */
	end(second, other);
	snprintf(name, sizeof(name), "x.slice/%s/y/%s", unit, unit);
	make(name);
	first = start(name, PLAIN, &child);
	is_int(found_unit(unit), first);
	/* A zombie has nothing to enter; its child was given another parent. */
	kill(first, SIGKILL);
	waitid(P_PID, (id_t)first, NULL, WEXITED | WNOWAIT);
	is_int(found_unit(unit), child);
	end(first, child);
	is_int(found_unit(unit), -ESRCH);
}

static void test_two(void)
{
	char name[256];
	pid_t first, second, children[2];

	snprintf(name, sizeof(name), "y.slice/%s", unit);
	make(name);
	second = start(name, PLAIN, &children[1]);
	is_int(found_unit(unit), second);
	snprintf(name, sizeof(name), "x.slice/%s", unit);
	first = start(name, PLAIN, &children[0]);
	is_int(found_unit(unit), -ENOTUNIQ);
	end(second, children[1]);
	is_int(found_unit(unit), first);
	end(first, children[0]);
}

static void test_container(void)
{
	char name[256], part[16];
	pid_t outer, init, again, child;

	/* The init, though what started it is older and in the same cgroup. */
	snprintf(name, sizeof(name), "docker-%s.scope", id);
	snprintf(part, sizeof(part), "%.12s", id);
	make(name);
	outer = start(name, WITH_INIT, &init);
	is_int(found_container(id), init);
	is_int(found_container(part), init);
	is_int(found_unit(name), outer);
	/* Another container with the same first digits. */
	snprintf(name, sizeof(name), "docker/%s", same_start);
	make(name);
	again = start(name, PLAIN, &child);
	is_int(found_container(part), -ENOTUNIQ);
	is_int(found_container(id), init);
	/* With no init of its own: as in a unit. */
	is_int(found_container(same_start), again);
	end(again, child);
	end(outer, init);
	is_int(found_container(id), -ESRCH);
}

static int remove_one(const char *path, _unused_ const struct stat *st, int type, _unused_ struct FTW *ftw)
{
	/* The files of a cgroup go with it. */
	if (type == FTW_DP && rmdir(path) < 0)
		printf("Bail out! cannot remove %s\n", path);
	return 0;
}

/* Try all of it in a cgroup of our own; not where that cannot be had. */
static void test_in(const char *type)
{
	char point[PATH_MAX];

	if (!find_mount(type, point, sizeof(point)))
		return;
	snprintf(root, sizeof(root), "%.4000s/nsx-test-%d", point, (int)getpid());
	if (mkdir(root, 0755) < 0)
		return;
	test_none();
	test_unit();
	test_two();
	test_container();
	nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

int main(void)
{
	/* So that what is started below can be waited for. */
	prctl(PR_SET_CHILD_SUBREAPER, 1UL);
	snprintf(unit, sizeof(unit), "nsx-test-%d.service", (int)getpid());
	for (size_t i = 0; i < 8; i++)
		snprintf(id + 8 * i, 9, "%08x", (unsigned int)getpid());
	memcpy(same_start, id, sizeof(id));
	same_start[63] = id[63] == '0' ? '1' : '0';

	if (geteuid() == 0) {
		test_in(" - cgroup2 ");
		test_in(" - cgroup ");
	}
	if (tap_count == 0)
		puts("1..0 # skip needs root and cgroups");
	return tap_count == 0 ? EXIT_SUCCESS : done_testing();
}
