/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * visitor.c - in other mount namespaces.
 */
#include "scan/visitor.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>

#include "diag.h"
#include "file.h"
#include "kernel.h"
#include "ns_join.h"
#include "ns_query.h"
#include "scan/lookup.h"
#include "worker.h"

/*
 * How often a namespace is copied to get at what is covered in it. Once will
 * do, unless what covers one thing holds another.
 */
enum { COPIES_MAX = 16 };

struct visitor {
	int socket, procfd;
	/* Inode numbers: of what was told, and what was told with a descriptor. */
	struct number_set told, sent;
	struct number_set given_up; /* of this visit */
	bool wants_all;		    /* of this visit */
	bool is_in_copy, is_incomplete, is_spent;
};

/* A mountinfo taken apart. */
struct table {
	char *text;
	struct mount_entry *entries;
	size_t count;
};

static void table_release(struct table *table)
{
	free(table->text);
	free(table->entries);
	*table = (struct table){ 0 };
}

static size_t count_lines(const char *text)
{
	size_t count = 0;

	while ((text = strchr(text, '\n'))) {
		text++;
		count++;
	}
	return count;
}

/* Where namespaces are mounted; through the /proc opened outside, which shows us where we are now. */
static int table_read(int procfd, struct table *ret)
{
	_cleanup_(table_release) struct table table = { 0 };
	_cleanup_free_ char *text = NULL;
	char *rest, *line;
	int r;

	r = read_file(procfd, "self/mountinfo", &text, NULL);
	if (r < 0)
		return r;
	table.text = take_ptr(text);
	/* Most have none, and take no more work. */
	rest = strstr(table.text, " - nsfs ") ? table.text : NULL;
	table.entries = rest ? xcalloc(count_lines(rest), sizeof(*table.entries)) : NULL;
	while (rest && (line = strsep(&rest, "\n")) && rest)
		if (mount_entry_parse(line, &table.entries[table.count]) == 0)
			table.count++;
	*ret = table;
	table = (struct table){ 0 };
	return 0;
}

/* Is it a namespace, of a type that we know? */
static bool is_namespace(const struct mount_entry *entry, enum ns_type *ret_type, ino_t *ret_ino)
{
	return strcmp(entry->fstype, "nsfs") == 0 && ns_link_parse(entry->root, ret_type, ret_ino) == 0;
}

static const struct mount_entry *find_by_id(const struct mount_entry *entries, size_t count, int id)
{
	for (size_t i = 0; i < count; i++)
		if (entries[i].id == id)
			return &entries[i];
	return NULL;
}

int visitor_find_cover(const struct mount_entry *entries, size_t count, size_t wanted)
{
	const struct mount_entry *below = &entries[wanted], *at = below;
	int cover = -1;

	/*
	 * From the wanted one up to the root: `at` is a mount on the way, and
	 * `below` the next one on the way that is mounted on it. The chain is no
	 * longer than the table, even if that was read while it changed.
	 */
	for (size_t steps = 0; at && steps <= count; steps++) {
		for (size_t i = 0; i < count; i++)
			if (entries[i].parent == at->id && &entries[i] != below && &entries[i] != at &&
			    mount_path_is_within(below->path, entries[i].path))
				cover = (int)i;
		below = at;
		at = find_by_id(entries, count, at->parent);
		if (at == below)
			break; /* its own parent, as the first of all mounts is */
	}
	return cover;
}

/* The namespace whose number is `ino` at a path; -ENOENT where something else is there. */
static int open_namespace(const struct visitor *visitor, const char *path, ino_t ino, int *ret_fd)
{
	_cleanup_close_ int look = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	char self[32];
	struct ns_id id;
	int r;

	if (look < 0)
		return -errno;
	r = ns_check(look);
	if (r >= 0)
		r = ns_id_of_fd(look, &id);
	if (r < 0)
		return r;
	if (id.ino != ino)
		return -ENOENT;
	/* The very file that was looked at, whatever the path leads to by now. */
	snprintf(self, sizeof(self), "self/fd/%d", look);
	return ns_open(visitor->procfd, self, ret_fd);
}

/* Was what would be told now told before? */
static bool is_told(struct visitor *visitor, ino_t inode, int fd)
{
	if (fd < 0 && visitor->wants_all)
		return false;
	return !number_set_add(fd >= 0 ? &visitor->sent : &visitor->told, inode);
}

static void tell(struct visitor *visitor, const struct mount_entry *entry, int fd)
{
	struct visit_answer answer = { .what = VISIT_FOUND, .is_in_sight = fd >= 0 && !visitor->is_in_copy };

	if (!is_namespace(entry, &answer.type, &answer.inode) || is_told(visitor, answer.inode, fd))
		return;
	snprintf(answer.path, sizeof(answer.path), "%s", entry->path);
	/* Nobody there to read it: the next wait for a request will tell. */
	worker_send(visitor->socket, &answer, offsetof(struct visit_answer, path) + strlen(answer.path) + 1,
		    fd);
}

static void tell_all(struct visitor *visitor, const struct table *table)
{
	for (size_t i = 0; i < table->count; i++)
		tell(visitor, &table->entries[i], -EBADF);
}

/* Is a namespace of the table still to be had, at this place in it? */
static bool is_left(const struct visitor *visitor, const struct mount_entry *entry, ino_t *ret_ino)
{
	enum ns_type type;

	return is_namespace(entry, &type, ret_ino) && !number_set_has(&visitor->sent, *ret_ino) &&
	       !number_set_has(&visitor->given_up, *ret_ino);
}

/* Its place, or -1. */
static int find_left(const struct visitor *visitor, const struct table *table)
{
	ino_t ino;

	for (size_t i = 0; i < table->count; i++)
		if (is_left(visitor, &table->entries[i], &ino))
			return (int)i;
	return -1;
}

/* All that is in sight. */
static void send_all(struct visitor *visitor, const struct table *table)
{
	ino_t ino;

	for (size_t i = 0; i < table->count; i++) {
		_cleanup_close_ int fd = -EBADF;

		if (is_left(visitor, &table->entries[i], &ino) &&
		    open_namespace(visitor, table->entries[i].path, ino, &fd) == 0)
			tell(visitor, &table->entries[i], fd);
	}
}

static int enter(struct visitor *visitor, int fd, bool is_own)
{
	/* If we may not, we are there, and cannot see but what our root directory shows. */
	if (is_own) {
		kernel_setns(fd, CLONE_NEWNS);
		return 0;
	}
	return ns_join(visitor->procfd, fd, CLONE_NEWNS, &visitor->is_spent);
}

/*
 * Have a copy of a mount namespace for ourselves, in which nothing that we do
 * reaches the original. A copy by another user namespace would have its mounts
 * locked together.
 */
static int enter_copy(struct visitor *visitor, int fd)
{
	int r;

	r = ns_join_owner(visitor->procfd, fd, &visitor->is_spent);
	if (r == 0)
		r = kernel_setns(fd, CLONE_NEWNS);
	if (r == 0 && unshare(CLONE_NEWNS) < 0)
		r = -errno;
	if (r == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		r = -errno;
	return r;
}

/* Take away the mount that is nearest to the root of those in the way to entries[wanted]. */
static int take_cover_away(const struct table *table, int wanted)
{
	int cover = visitor_find_cover(table->entries, table->count, (size_t)wanted);

	if (cover < 0)
		return -ENOENT;
	return umount2(table->entries[cover].path, MNT_DETACH | UMOUNT_NOFOLLOW) < 0 ? -errno : 0;
}

/*
 * In the copy: take away one mount after the other, until all is sent or given
 * up. Each round makes one mount or one namespace less.
 */
static void uncover(struct visitor *visitor)
{
	for (;;) {
		_cleanup_(table_release) struct table table = { 0 };
		ino_t ino;
		int left;

		if (table_read(visitor->procfd, &table) < 0)
			return;
		send_all(visitor, &table);
		left = find_left(visitor, &table);
		if (left < 0)
			return;
		if (take_cover_away(&table, left) < 0 && is_left(visitor, &table.entries[left], &ino))
			number_set_add(&visitor->given_up, ino);
	}
}

/*
 * Get at what is out of sight, in copies. What is taken away may hold what is
 * wanted too, so it may need another copy. Files of mount namespaces are not
 * copied by the kernel: these stay out of sight.
 */
static void search_covered(struct visitor *visitor, int fd, const struct table *original)
{
	for (int copies = 0; copies < COPIES_MAX && find_left(visitor, original) >= 0; copies++) {
		size_t before = visitor->sent.index.count;

		if (enter_copy(visitor, fd) < 0)
			return;
		visitor->is_in_copy = true;
		uncover(visitor);
		visitor->is_in_copy = false;
		if (visitor->sent.index.count == before)
			return;
	}
}

static void visit(struct visitor *visitor, const struct visit_request *request, int fd)
{
	_cleanup_(table_release) struct table table = { 0 };

	visitor->wants_all = request->wants_all;
	if (enter(visitor, fd, request->is_own) < 0 || table_read(visitor->procfd, &table) < 0) {
		visitor->is_incomplete = true;
		return;
	}
	tell_all(visitor, &table);
	send_all(visitor, &table);
	search_covered(visitor, fd, &table);
	number_set_release(&visitor->given_up);
	visitor->is_incomplete = find_left(visitor, &table) >= 0;
}

void visitor_serve(int socket, const void *context)
{
	struct visitor visitor = { .socket = socket, .procfd = *(const int *)context };

	for (;;) {
		struct visit_answer answer = { .what = VISIT_DONE };
		_cleanup_close_ int fd = -EBADF;
		struct visit_request request;

		if (worker_receive(socket, &request, sizeof(request), -1, &fd) != (ssize_t)sizeof(request))
			return;
		visit(&visitor, &request, fd);
		answer.is_incomplete = visitor.is_incomplete;
		answer.is_spent = visitor.is_spent;
		if (worker_send(socket, &answer, offsetof(struct visit_answer, path) + 1, -EBADF) < 0)
			return;
	}
}
