/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test-ns_find.c - what is there is found, what is not is not, and nothing
 * stays behind. Where namespaces can hide is for tests/ls/sources.bats.
 */
#include "ns_find.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "ns_query.h"
#include "tap.h"

static ino_t own_inode(enum ns_type type, uint64_t *ret_nsid)
{
	_cleanup_close_ int fd = -EBADF;
	struct ns_id id = { 0 };
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/%s", ns_types[type].proc_file);
	if (ns_open(AT_FDCWD, path, &fd) < 0 || ns_id_of_fd(fd, &id) < 0)
		return 0;
	*ret_nsid = 0;
	ns_query_nsid(fd, ret_nsid);
	return id.ino;
}

/* Is it what is found? */
static bool finds(struct ns_wanted wanted, enum ns_type type, ino_t inode)
{
	_cleanup_close_ int fd = -EBADF;
	struct ns_id id;

	return ns_find(&wanted, NULL, &fd) == 0 && ns_query_type(fd) == type && ns_id_of_fd(fd, &id) == 0 &&
	       id.ino == inode && (fcntl(fd, F_GETFD) & FD_CLOEXEC);
}

/* How it is not found depends on what this user may read. */
static bool misses(struct ns_wanted wanted)
{
	struct scan_counts counts;
	int fd = -EBADF;
	int r = ns_find(&wanted, &counts, &fd);

	return r == (scan_counts_refused(&counts) ? -EACCES : -ENOENT) && fd == -EBADF &&
	       counts.processes > 0 && counts.processes_refused < counts.processes &&
	       counts.mount_namespaces > 0;
}

static void test_find(void)
{
	uint64_t nsid;
	ino_t inode;
	int fd;

	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		inode = own_inode(type, &nsid);
		if (!inode)
			continue; /* not of this kernel */
		ok(finds((struct ns_wanted){ .type = type, .inode = inode }, type, inode));
		ok(finds((struct ns_wanted){ .type = NS_TYPE_INVALID, .inode = inode }, type, inode));
		if (nsid)
			ok(finds((struct ns_wanted){ .type = NS_TYPE_INVALID, .nsid = nsid }, type, inode));
	}
	inode = own_inode(NS_MNT, &nsid);
	ok(misses((struct ns_wanted){ .type = NS_UTS, .inode = inode }));
	ok(misses((struct ns_wanted){ .type = NS_TYPE_INVALID, .inode = 1 }));
	if (nsid)
		ok(misses((struct ns_wanted){ .type = NS_MNT, .nsid = UINT64_MAX - 1 }));
	else
		is_int(ns_find(&(struct ns_wanted){ .type = NS_MNT, .nsid = 1 }, NULL, &fd), -EOPNOTSUPP);
}

struct seen {
	ino_t last;
	unsigned int count, wrong, own;
};

static int note(void *context, const struct ns_found *found)
{
	struct seen *seen = context;
	struct ns_id id;
	uint64_t nsid;

	seen->wrong += found->id.ino <= seen->last || ns_query_type(found->fd) != found->type ||
		       ns_id_of_fd(found->fd, &id) < 0 || !ns_id_equal(id, found->id);
	seen->own += found->id.ino == own_inode(found->type, &nsid) && found->leader > 0;
	seen->last = found->id.ino;
	seen->count++;
	return 0;
}

static int stop(void *context, const struct ns_found *found)
{
	note(context, found);
	return 42;
}

static void test_find_all(void)
{
	struct seen seen = { 0 }, first = { 0 };
	struct scan_counts counts;

	is_int(ns_find_all(ns_set_of(NS_NET) | ns_set_of(NS_UTS), note, &seen, &counts), 0);
	ok(seen.count >= 2);
	is_int(seen.own, 2);
	is_int(seen.wrong, 0);
	ok(counts.processes > 0);
	is_int(ns_find_all(NS_SET_ALL, stop, &first, NULL), 42);
	is_int(first.count, 1);
}

static unsigned int count_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned int count = 0;

	while (dir && readdir(dir))
		count++;
	closedirp(&dir);
	return count;
}

static void test_nothing_left(void)
{
	unsigned int before = count_descriptors();
	struct rlimit few = { 64, 64 }, limit;
	struct seen seen = { 0 };

	/* The limit that a program started later inherits is as it was. */
	getrlimit(RLIMIT_NOFILE, &limit);
	few.rlim_max = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &few);
	is_int(ns_find_all(NS_SET_ALL, note, &seen, NULL), 0);
	getrlimit(RLIMIT_NOFILE, &limit);
	is_int(limit.rlim_cur, 64);
	is_int(seen.wrong, 0);
	is_int(count_descriptors(), before);
	ok(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD);
}

int main(void)
{
	test_find();
	test_find_all();
	test_nothing_left();
	return done_testing();
}
