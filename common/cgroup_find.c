/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cgroup_find.c - the process of a unit or of a container: find the cgroup and
 * who is in it, put them in an order, and hold the first that can be held.
 */
#include "cgroup_find.h"

#include <string.h>

#include "cgroup.h"
#include "kernel.h"
#include "proc.h"

/* Smaller is better. The init of a pid namespace ranks as its level, which is at most 32. */
enum { RANK_PARENT_OUTSIDE = 100, RANK_PARENT_INSIDE, RANK_NO_CANDIDATE };

struct member {
	pid_t pid;
	unsigned int rank;
	int64_t start_time;
};

struct search {
	const char *name;
	bool is_container;
	int procfd;
	char *cgroup; /* the one found, without what is below it; NULL: none yet */
	struct member *members;
	size_t count;
};

static void search_release(struct search *search)
{
	free(search->cgroup);
	free(search->members);
	close_fd(search->procfd);
}

/* The cgroup and its members. */

/* 1, and the path of the cgroup with that name; 0; or -errno. */
static int match(const struct search *search, const char *path, size_t *ret_length)
{
	if (search->is_container)
		return cgroup_path_in_container(path, search->name, ret_length);
	return cgroup_path_in_unit(path, search->name, ret_length);
}

static int add_member(struct search *search, pid_t pid)
{
	struct member *larger = reallocarray(search->members, search->count + 1, sizeof(*larger));

	if (!larger)
		return -ENOMEM;
	search->members = larger;
	larger[search->count++] = (struct member){ .pid = pid };
	return 0;
}

/*
 * A path is of the first component that fits, so of two cgroups that are found
 * none is below the other: then the name is not enough.
 */
static int note_cgroup(struct search *search, const char *path, size_t length)
{
	if (!search->cgroup) {
		search->cgroup = strndup(path, length);
		return search->cgroup ? 0 : -ENOMEM;
	}
	return strlen(search->cgroup) == length && memcmp(search->cgroup, path, length) == 0 ? 0 : -ENOTUNIQ;
}

/* Is this process in it? */
static int consider(struct search *search, pid_t pid)
{
	_cleanup_(cgroup_table_release) struct cgroup_table table = { 0 };
	char path[32];
	size_t length;
	int r = 0;

	snprintf(path, sizeof(path), "%d/cgroup", (int)pid);
	if (cgroup_table_read(search->procfd, path, &table) < 0)
		return 0; /* gone, or not to be read */
	for (size_t i = 0; i < table.count && r == 0; i++) {
		r = match(search, table.lines[i].path, &length);
		if (r > 0)
			r = note_cgroup(search, table.lines[i].path, length) ?: add_member(search, pid) ?: 1;
	}
	return r < 0 ? r : 0;
}

static int find_members(struct search *search)
{
	_cleanup_(proc_walk_release) struct proc_walk walk = PROC_WALK_NONE;
	pid_t pid;
	int r;

	r = proc_walk_init(&walk, search->procfd, ".");
	while (r >= 0 && (r = proc_walk_next(&walk, &pid)) > 0)
		r = consider(search, pid);
	return r;
}

/* Their order. */

static int compare_pids(const void *a, const void *b)
{
	const struct member *x = a, *y = b;

	return (x->pid > y->pid) - (x->pid < y->pid);
}

static int compare_members(const void *a, const void *b)
{
	const struct member *x = a, *y = b;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	if (x->start_time != y->start_time)
		return x->start_time < y->start_time ? -1 : 1;
	return compare_pids(a, b);
}

/* Is a process the init of a pid namespace other than that of our /proc? Of how deep a one? */
static bool is_inner_init(int dirfd, unsigned int *ret_levels)
{
	pid_t innermost;

	return proc_pids_read(dirfd, ret_levels, &innermost) == 0 && *ret_levels > 1 && innermost == 1;
}

static bool is_member(const struct search *search, pid_t pid)
{
	struct member key = { .pid = pid };

	return bsearch(&key, search->members, search->count, sizeof(key), compare_pids) != NULL;
}

static bool is_candidate(const struct proc_stat *stat)
{
	return stat->state != 'Z' && stat->state != 'X' && !(stat->flags & PROC_FLAG_KTHREAD);
}

/* The members stand in the order of their pids. */
static unsigned int rank_of(const struct search *search, int dirfd, const struct proc_stat *stat)
{
	unsigned int levels;

	if (!is_candidate(stat))
		return RANK_NO_CANDIDATE;
	if (search->is_container && is_inner_init(dirfd, &levels))
		return levels;
	return is_member(search, stat->ppid) ? RANK_PARENT_INSIDE : RANK_PARENT_OUTSIDE;
}

static void look_at_member(const struct search *search, struct member *member)
{
	_cleanup_close_ int dirfd = -EBADF;
	struct proc_stat stat;

	member->rank = RANK_NO_CANDIDATE;
	if (proc_open_pid(search->procfd, member->pid, &dirfd) < 0 || proc_stat_read(dirfd, &stat) < 0)
		return;
	member->rank = rank_of(search, dirfd, &stat);
	member->start_time = stat.start_time;
}

/* The best first, and at the end those that are no candidates. */
static void sort_members(struct search *search)
{
	if (search->count == 0)
		return; /* nor is there an array */
	qsort(search->members, search->count, sizeof(*search->members), compare_pids);
	for (size_t i = 0; i < search->count; i++)
		look_at_member(search, &search->members[i]);
	qsort(search->members, search->count, sizeof(*search->members), compare_members);
}

/* Hold one. */

static bool is_in_cgroup(const struct search *search, int dirfd)
{
	_cleanup_(cgroup_table_release) struct cgroup_table table = { 0 };
	size_t length = strlen(search->cgroup);

	if (cgroup_table_read(dirfd, "cgroup", &table) < 0)
		return false;
	for (size_t i = 0; i < table.count; i++)
		if (cgroup_path_is_below(table.lines[i].path, search->cgroup, length))
			return true;
	return false;
}

/* -ESRCH: it ended, or is no longer in the cgroup. */
static int hold(const struct search *search, pid_t pid, int *ret_pidfd, int *ret_dirfd)
{
	_cleanup_close_ int pidfd = -EBADF;
	_cleanup_close_ int dirfd = -EBADF;
	struct proc_stat stat;
	int r;

	r = proc_hold_in(search->procfd, pid, 0, &pidfd, &dirfd);
	if (r < 0)
		return r;
	if (proc_stat_read(dirfd, &stat) < 0 || !is_candidate(&stat) || !is_in_cgroup(search, dirfd))
		return -ESRCH;
	*ret_pidfd = take_fd(&pidfd);
	*ret_dirfd = take_fd(&dirfd);
	return 0;
}

static int hold_best(const struct search *search, pid_t *ret_pid, int *ret_pidfd, int *ret_dirfd)
{
	int r = -ESRCH;

	for (size_t i = 0; i < search->count && r == -ESRCH; i++) {
		const struct member *member = &search->members[i];

		if (member->rank == RANK_NO_CANDIDATE)
			break;
		r = hold(search, member->pid, ret_pidfd, ret_dirfd);
		if (r == 0)
			*ret_pid = member->pid;
	}
	return r;
}

static int find(const char *name, bool is_container, pid_t *ret_pid, int *ret_pidfd, int *ret_dirfd)
{
	_cleanup_(search_release) struct search search = {
		.name = name,
		.is_container = is_container,
		.procfd = -EBADF,
	};
	int r;

	r = proc_open(&search.procfd);
	if (r == 0)
		r = find_members(&search);
	if (r < 0)
		return r;
	sort_members(&search);
	return hold_best(&search, ret_pid, ret_pidfd, ret_dirfd);
}

int cgroup_find_unit(const char *name, pid_t *ret_pid, int *ret_pidfd, int *ret_dirfd)
{
	return find(name, false, ret_pid, ret_pidfd, ret_dirfd);
}

int cgroup_find_container(const char *id, pid_t *ret_pid, int *ret_pidfd, int *ret_dirfd)
{
	return find(id, true, ret_pid, ret_pidfd, ret_dirfd);
}
