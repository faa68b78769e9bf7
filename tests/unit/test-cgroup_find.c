/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test-cgroup_find.c - the process of a unit and of a container, with real
 * cgroups, which takes root and a mounted hierarchy.
 */
#include "cgroup_find.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "kernel.h"
#include "proc.h"
#include "real_cgroup.h"
#include "tap.h"

/* A unit name and a container id that nobody else has. */
static char unit[64], id[65], same_start[65];

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
		cgroup_move(name);
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
	cgroup_make(name);
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
	cgroup_make(name);
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
	cgroup_make(name);
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
	cgroup_make(name);
	outer = start(name, WITH_INIT, &init);
	is_int(found_container(id), init);
	is_int(found_container(part), init);
	is_int(found_unit(name), outer);
	/* Another container with the same first digits. */
	snprintf(name, sizeof(name), "docker/%s", same_start);
	cgroup_make(name);
	again = start(name, PLAIN, &child);
	is_int(found_container(part), -ENOTUNIQ);
	is_int(found_container(id), init);
	/* With no init of its own: as in a unit. */
	is_int(found_container(same_start), again);
	end(again, child);
	end(outer, init);
	is_int(found_container(id), -ESRCH);
}

static void test_in(const char *type)
{
	if (!cgroup_begin(type))
		return;
	test_none();
	test_unit();
	test_two();
	test_container();
	cgroup_end();
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

	test_in(CGROUP_V2);
	test_in(CGROUP_V1);
	if (tap_count == 0)
		puts("1..0 # skip needs root and cgroups");
	return tap_count == 0 ? EXIT_SUCCESS : done_testing();
}
