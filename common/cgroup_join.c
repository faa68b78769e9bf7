/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cgroup_join.c - from the lines of /proc/PID/cgroup to open files.
 */
#include "cgroup_join.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "file.h"
#include "proc.h"

/* Is a word one of "rw,cpu,cpuacct"? */
static bool has_word(const char *list, const char *word, size_t length)
{
	while (*list) {
		size_t next = strcspn(list, ",");

		if (next == length && memcmp(list, word, length) == 0)
			return true;
		list += next + (list[next] == ',');
	}
	return false;
}

bool cgroup_is_mounted_by(const struct cgroup_line *line, const struct mount_entry *mount)
{
	const char *word = line->controllers;
	size_t length;

	if (line->hierarchy == 0)
		return strcmp(mount->fstype, "cgroup2") == 0;
	if (strcmp(mount->fstype, "cgroup") != 0 || !*word)
		return false;
	for (; *word; word += length + (word[length] == ',')) {
		length = strcspn(word, ",");
		if (!has_word(mount->options, word, length))
			return false;
	}
	return true;
}

const char *cgroup_path_in_mount(const char *path, const struct mount_entry *mount)
{
	size_t length = strlen(mount->root);
	const char *below;

	if (!cgroup_path_is_below(path, mount->root, length))
		return NULL;
	below = path + (length == 1 ? 0 : length);
	if (strcmp(below, "/") == 0)
		return "";
	/* Up to a cgroup above the one mounted. */
	if (strncmp(below, "/..", 3) == 0 && (below[3] == '\0' || below[3] == '/'))
		return NULL;
	return below;
}

/* -ESTALE: at its place is another mount, on top. */
static int open_mount(const struct mount_entry *mount, int *ret_fd)
{
	_cleanup_close_ int fd = open(mount->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct statx st;

	if (fd < 0 || statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &st) < 0)
		return -errno;
	if ((st.stx_mask & STATX_MNT_ID) && st.stx_mnt_id != (uint64_t)mount->id)
		return -ESTALE;
	*ret_fd = take_fd(&fd);
	return 0;
}

static int open_procs(const struct mount_entry *mount, const char *below, int *ret_fd)
{
	_cleanup_close_ int top = -EBADF;
	_cleanup_close_ int cgroup = -EBADF;
	int r, fd;

	r = open_mount(mount, &top);
	if (r < 0)
		return r;
	/* Two steps: a path may be as long as the kernel takes them. */
	cgroup = openat(top, *below ? below + 1 : ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (cgroup < 0)
		return -errno;
	fd = openat(cgroup, "cgroup.procs", O_WRONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return -errno;
	*ret_fd = fd;
	return 0;
}

/* A cgroup that the target is in and we are not. */
struct wanted {
	const struct cgroup_line *line;
	struct cgroup_join join; /* with a path once a mount was tried */
	int error;		 /* 0: open */
};

struct opening {
	struct wanted *list;
	size_t count;
};

static void opening_release(struct opening *opening)
{
	for (size_t i = 0; i < opening->count; i++) {
		close_fd(opening->list[i].join.procs);
		free(opening->list[i].join.path);
	}
	free(opening->list);
}

/* Open it in that mount, if that shows it; else it is as out of sight as before. */
static int try_mount(struct wanted *wanted, const struct mount_entry *mount)
{
	const char *below = cgroup_path_in_mount(wanted->line->path, mount);
	char *path;
	int r;

	/* That it is mounted is known now. */
	if (wanted->error == -ENODEV)
		wanted->error = -EXDEV;
	if (!below)
		return 0;
	r = open_procs(mount, below, &wanted->join.procs);
	if (r == -ESTALE)
		return 0;
	if (asprintf(&path, "%s%s", mount->path, below) < 0)
		return -ENOMEM;
	free(wanted->join.path);
	wanted->join.path = path;
	wanted->error = r;
	return 0;
}

static int visit_mount(void *context, const struct mount_entry *mount)
{
	struct opening *opening = context;
	int r = 0;

	for (size_t i = 0; i < opening->count && r == 0; i++)
		if (opening->list[i].error < 0 && cgroup_is_mounted_by(opening->list[i].line, mount))
			r = try_mount(&opening->list[i], mount);
	return r;
}

static bool has_line(const struct cgroup_table *table, const struct cgroup_line *line)
{
	for (size_t i = 0; i < table->count; i++)
		if (table->lines[i].hierarchy == line->hierarchy)
			return strcmp(table->lines[i].path, line->path) == 0;
	return false;
}

static int list_wanted(const struct cgroup_table *theirs, const struct cgroup_table *ours,
		       struct opening *ret)
{
	/* One more, for none is no failure. */
	ret->list = calloc(theirs->count + 1, sizeof(*ret->list));
	if (!ret->list)
		return -ENOMEM;
	for (size_t i = 0; i < theirs->count; i++)
		if (!has_line(ours, &theirs->lines[i]))
			ret->list[ret->count++] = (struct wanted){
				.line = &theirs->lines[i],
				.join = { .procs = -EBADF },
				.error = -ENODEV,
			};
	return 0;
}

/* A hierarchy that is not mounted here is passed over, unless that is so of all. */
static int check_opened(const struct opening *opening, char **ret_where)
{
	size_t missing = 0;

	for (size_t i = 0; i < opening->count; i++) {
		const struct wanted *wanted = &opening->list[i];
		const char *where = wanted->join.path ? wanted->join.path : wanted->line->path;

		missing += wanted->error == -ENODEV;
		if (wanted->error == 0 || (wanted->error == -ENODEV && missing < opening->count))
			continue;
		*ret_where = strdup(where);
		return *ret_where ? wanted->error : -ENOMEM;
	}
	return 0;
}

static int take_opened(struct opening *opening, struct cgroup_joins *ret)
{
	struct cgroup_joins joins = { .list = calloc(opening->count + 1, sizeof(*joins.list)) };

	if (!joins.list)
		return -ENOMEM;
	for (size_t i = 0; i < opening->count; i++) {
		struct cgroup_join *join = &opening->list[i].join;

		if (opening->list[i].error < 0)
			continue;
		joins.list[joins.count].path = take_ptr(join->path);
		joins.list[joins.count++].procs = take_fd(&join->procs);
	}
	*ret = joins;
	return 0;
}

/* What a process that is ending shows of version 1 is the root, which it was not in. */
static int read_cgroups(int pid_dirfd, struct cgroup_table *ret)
{
	_cleanup_(cgroup_table_release) struct cgroup_table table = { 0 };
	struct proc_stat stat;
	int r;

	r = cgroup_table_read(pid_dirfd, "cgroup", &table);
	if (r == 0)
		r = proc_stat_read(pid_dirfd, &stat);
	/* Gone, the files of its directory are too. */
	if (r == -ENOENT || (r == 0 && (stat.flags & PROC_FLAG_EXITING)))
		r = -ESRCH;
	if (r < 0)
		return r;
	*ret = table;
	table = (struct cgroup_table){ 0 };
	return 0;
}

int cgroup_joins_open(int procfd, int pid_dirfd, struct cgroup_joins *ret, char **ret_where)
{
	_cleanup_(cgroup_table_release) struct cgroup_table theirs = { 0 };
	_cleanup_(cgroup_table_release) struct cgroup_table ours = { 0 };
	_cleanup_(opening_release) struct opening opening = { 0 };
	int r;

	*ret_where = NULL;
	r = read_cgroups(pid_dirfd, &theirs);
	if (r == 0)
		r = cgroup_table_read(procfd, "self/cgroup", &ours);
	if (r == 0)
		r = list_wanted(&theirs, &ours, &opening);
	if (r == 0)
		r = mount_table_visit(procfd, visit_mount, &opening);
	if (r == 0)
		r = check_opened(&opening, ret_where);
	return r < 0 ? r : take_opened(&opening, ret);
}

void cgroup_joins_release(struct cgroup_joins *joins)
{
	for (size_t i = 0; i < joins->count; i++) {
		close_fd(joins->list[i].procs);
		free(joins->list[i].path);
	}
	free(joins->list);
	*joins = (struct cgroup_joins){ 0 };
}

int cgroup_joins_enter(const struct cgroup_joins *joins, char **ret_where)
{
	int r = 0;

	*ret_where = NULL;
	for (size_t i = 0; i < joins->count && r == 0; i++) {
		/* 0: the process that writes it. */
		if (write(joins->list[i].procs, "0", 1) < 0) {
			r = -errno;
			*ret_where = strdup(joins->list[i].path);
		}
	}
	return r;
}
