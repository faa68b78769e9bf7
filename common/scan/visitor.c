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
#include <time.h>

#include "kernel.h"
#include "ns_join.h"
#include "ns_query.h"
#include "scan/lookup.h"
#include "scan/mounted.h"
#include "worker.h"

/*
 * How often a namespace is copied to get at what is covered in it. Once will
 * do, unless what covers one thing holds another.
 */
enum { COPIES_MAX = 16 };

/*
 * How long a visit may take things away. Whoever may mount in a mount namespace
 * of their own, which any user may have, can cover more than anybody wants to
 * wait for.
 */
enum { UNCOVER_MS = 5000 };

struct visitor {
	int socket, procfd;
	/* Inode numbers: of what was told, and what was told with a descriptor. */
	struct number_set told, sent;
	struct number_set given_up; /* of this visit */
	bool wants_all, is_unheard; /* of this visit; something could not be told */
	bool is_in_copy, is_spent;
	int64_t uncover_until; /* in ms, of this visit; 0: nothing was taken away yet */
};

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
		at = mounted_find(entries, count, at->parent);
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

static void send_answer(struct visitor *visitor, const struct visit_answer *answer, int fd)
{
	if (worker_send(visitor->socket, answer,
			offsetof(struct visit_answer, path) + strlen(answer->path) + 1, fd) < 0)
		visitor->is_unheard = true;
}

static void tell(struct visitor *visitor, const struct mount_entry *entry, int fd)
{
	struct visit_answer answer = { .what = VISIT_FOUND, .is_in_sight = fd >= 0 && !visitor->is_in_copy };

	if (!mounted_is_namespace(entry, &answer.type, &answer.inode) || is_told(visitor, answer.inode, fd))
		return;
	snprintf(answer.path, sizeof(answer.path), "%s", entry->path);
	send_answer(visitor, &answer, fd);
}

static void tell_all(struct visitor *visitor, const struct mounted *table)
{
	for (size_t i = 0; i < table->count; i++)
		tell(visitor, &table->entries[i], -EBADF);
}

/* Is a namespace of the table still to be had, at this place in it? */
static bool is_left(const struct visitor *visitor, const struct mount_entry *entry, ino_t *ret_ino)
{
	enum ns_type type;

	return mounted_is_namespace(entry, &type, ret_ino) && !number_set_has(&visitor->sent, *ret_ino) &&
	       !number_set_has(&visitor->given_up, *ret_ino);
}

/* Its place, or -1. */
static int find_left(const struct visitor *visitor, const struct mounted *table)
{
	ino_t ino;

	for (size_t i = 0; i < table->count; i++)
		if (is_left(visitor, &table->entries[i], &ino))
			return (int)i;
	return -1;
}

/* All that is in sight. */
static void send_all(struct visitor *visitor, const struct mounted *table)
{
	ino_t ino;

	for (size_t i = 0; i < table->count; i++) {
		_cleanup_close_ int fd = -EBADF;

		if (is_left(visitor, &table->entries[i], &ino) &&
		    open_namespace(visitor, table->entries[i].path, ino, &fd) == 0)
			tell(visitor, &table->entries[i], fd);
	}
}

static void tell_left(struct visitor *visitor, const struct mounted *table)
{
	struct visit_answer answer = { .what = VISIT_LEFT };

	for (size_t i = 0; i < table->count; i++) {
		if (!mounted_is_namespace(&table->entries[i], &answer.type, &answer.inode) ||
		    number_set_has(&visitor->sent, answer.inode))
			continue;
		/* What no path leads to was not told: it has no path to be told by. */
		if (!*table->entries[i].path)
			tell(visitor, &table->entries[i], -EBADF);
		send_answer(visitor, &answer, -EBADF);
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

/* The same with all rights over it. */
static int enter_as_owner(struct visitor *visitor, int fd)
{
	int r = ns_join_owner(visitor->procfd, fd, &visitor->is_spent);

	return r < 0 ? r : kernel_setns(fd, CLONE_NEWNS);
}

/* What is unmounted in a copy stays mounted in all others. */
static int make_private(void)
{
	return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ? -errno : 0;
}

/*
 * Have a copy of the mount namespace for ourselves, in which nothing that we do
 * reaches the original. A copy by another user namespace than the one that owns
 * it would have its mounts locked together.
 */
static int copy_mounts(void)
{
	return unshare(CLONE_NEWNS) < 0 ? -errno : make_private();
}

/* In it, to what is on top of all that is mounted at its root. */
static int go_to_top(const struct visitor *visitor)
{
	_cleanup_close_ int fd = -EBADF;
	int r = ns_open(visitor->procfd, "self/ns/mnt", &fd);

	if (r == 0)
		r = kernel_setns(fd, CLONE_NEWNS);
	return r < 0 ? r : make_private();
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* From the first time that it is asked on. */
static bool is_too_late(struct visitor *visitor)
{
	if (!visitor->uncover_until)
		visitor->uncover_until = now_ms() + UNCOVER_MS;
	return now_ms() >= visitor->uncover_until;
}

/* Paths at which something was taken away. */
struct taken {
	const char **paths;
	size_t count;
};

/* Does a path lead elsewhere by now, or would it, had what was taken away been there still? */
static bool is_doubtful(const struct taken *taken, const char *path)
{
	for (size_t i = 0; i < taken->count; i++)
		if (mount_path_is_within(path, taken->paths[i]) ||
		    mount_path_is_within(taken->paths[i], path))
			return true;
	return false;
}

/*
 * Take away what covers entries[wanted]: of the mounts in its way, the one that is
 * nearest to the root. -EAGAIN where its path is to be read anew before that.
 */
static int take_cover_away(const struct mounted *table, size_t wanted, struct taken *taken)
{
	int cover = visitor_find_cover(table->entries, table->count, wanted);
	const char *path;

	if (cover < 0)
		return -ENOENT;
	path = table->entries[cover].path;
	if (is_doubtful(taken, path))
		return -EAGAIN;
	if (umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW) < 0)
		return -errno;
	taken->paths[taken->count++] = path;
	return 0;
}

/* Take away what covers all that is left, as far as paths allow; what cannot be had is given up. */
static void take_covers_away(struct visitor *visitor, const struct mounted *table)
{
	_cleanup_free_ const char **paths = calloc(table->count, sizeof(*paths));
	struct taken taken = { .paths = paths };
	ino_t ino;

	for (size_t i = 0; i < table->count && !is_too_late(visitor); i++)
		if (is_left(visitor, &table->entries[i], &ino)) {
			int r = paths ? take_cover_away(table, i, &taken) : -ENOMEM;

			if (r < 0 && r != -EAGAIN)
				number_set_add(&visitor->given_up, ino);
		}
}

/*
 * In the copy: take mounts away, until all is sent or given up. Each round makes
 * one mount or one namespace less.
 */
static void uncover(struct visitor *visitor)
{
	while (!is_too_late(visitor)) {
		_cleanup_(mounted_release) struct mounted table = { 0 };

		if (mounted_read(visitor->procfd, "self", &table) < 0)
			return;
		send_all(visitor, &table);
		if (find_left(visitor, &table) < 0)
			return;
		take_covers_away(visitor, &table);
	}
}

/*
 * Get at what is out of sight, in copies. What is taken away may hold what is
 * wanted too, so it may need another copy. Files of mount namespaces are not
 * copied by the kernel: these stay out of sight.
 */
static void search_covered(struct visitor *visitor, int fd, const struct mounted *original)
{
	for (int copies = 0;
	     copies < COPIES_MAX && find_left(visitor, original) >= 0 && !is_too_late(visitor); copies++) {
		size_t before = visitor->sent.index.count;

		if (enter_as_owner(visitor, fd) < 0 || copy_mounts() < 0)
			return;
		visitor->is_in_copy = true;
		uncover(visitor);
		if (visitor->sent.index.count == before)
			return;
	}
}

/* In a copy: all that is below our root directory now. */
static int search_here(struct visitor *visitor)
{
	_cleanup_(mounted_release) struct mounted table = { 0 };
	int r = mounted_read(visitor->procfd, "self", &table);

	if (r < 0)
		return r;
	tell_all(visitor, &table);
	uncover(visitor);
	tell_left(visitor, &table);
	return 0;
}

/*
 * Get at what lies below something that is mounted over the root directory, in
 * a copy: take that away, as often as it has one more below.
 */
static void search_below_root(struct visitor *visitor, int fd, const struct mounted *seen)
{
	_cleanup_(mounted_release) struct mounted hidden = { 0 };

	mounted_read_hidden(fd, seen, &hidden);
	if (!hidden.count)
		return;
	if (enter_as_owner(visitor, fd) == 0 && copy_mounts() == 0) {
		visitor->is_in_copy = true;
		while (find_left(visitor, &hidden) >= 0 && mounted_root_is_ours() &&
		       umount2("/", MNT_DETACH) == 0 && go_to_top(visitor) == 0 && search_here(visitor) == 0)
			;
	}
	tell_left(visitor, &hidden);
}

static int visit_namespace(struct visitor *visitor, int fd, bool is_own)
{
	_cleanup_(mounted_release) struct mounted table = { 0 };
	int r;

	r = enter(visitor, fd, is_own);
	if (r == 0)
		r = mounted_read(visitor->procfd, "self", &table);
	if (r < 0)
		return r;
	tell_all(visitor, &table);
	send_all(visitor, &table);
	search_below_root(visitor, fd, &table);
	search_covered(visitor, fd, &table);
	tell_left(visitor, &table);
	return 0;
}

/*
 * Mounts that are mounted nowhere can be copied in the mount namespace that they
 * were made in (6.15), and looked at where the copy is mounted.
 */
static int visit_tree(struct visitor *visitor, int fd, int tree)
{
	_cleanup_close_ int copy = -EBADF;
	int r;

	r = enter_as_owner(visitor, fd);
	if (r < 0)
		return r;
	copy = open_tree(tree, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE | AT_EMPTY_PATH);
	if (copy < 0)
		return -errno;
	r = copy_mounts();
	if (r == 0 && move_mount(copy, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH) < 0)
		r = -errno;
	if (r == 0)
		r = go_to_top(visitor);
	visitor->is_in_copy = true;
	return r < 0 ? r : search_here(visitor);
}

static int visit(struct visitor *visitor, const struct visit_request *request, int fd)
{
	int r;

	visitor->wants_all = request->wants_all;
	visitor->is_in_copy = visitor->is_unheard = false;
	visitor->uncover_until = 0;
	if (request->tree >= 0)
		r = visit_tree(visitor, fd, request->tree);
	else
		r = visit_namespace(visitor, fd, request->is_own);
	number_set_release(&visitor->given_up);
	return r == 0 && visitor->is_unheard ? -EIO : r;
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
		answer.is_unseen = visit(&visitor, &request, fd) < 0;
		answer.is_spent = visitor.is_spent;
		if (worker_send(socket, &answer, offsetof(struct visit_answer, path) + 1, -EBADF) < 0)
			return;
	}
}
