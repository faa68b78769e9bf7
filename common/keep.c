/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * keep.c - files that hold namespaces.
 */
#include "keep.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

enum effect_kind { MADE_DIRECTORY, MADE_FILE, REPLACED, BOUND };

struct keep_effect {
	enum effect_kind kind;
	char *path;
	char *before; /* REPLACED: where the file is that was there */
};

/* Make room and copy the path before the effect, so that noting cannot fail after it. */
static int reserve(struct keep *keep, const char *path, char **ret_path)
{
	struct keep_effect *larger;

	larger = reallocarray(keep->effects, keep->count + 1, sizeof(*larger));
	if (!larger)
		return -ENOMEM;
	keep->effects = larger;
	*ret_path = strdup(path);
	return *ret_path ? 0 : -ENOMEM;
}

static void note(struct keep *keep, enum effect_kind kind, char **path, char **before)
{
	keep->effects[keep->count++] =
		(struct keep_effect){ kind, take_ptr(*path), before ? take_ptr(*before) : NULL };
}

static void free_effect(const struct keep_effect *effect)
{
	free(effect->path);
	free(effect->before);
}

void keep_release(struct keep *keep)
{
	for (size_t i = 0; i < keep->count; i++) {
		if (keep->effects[i].kind == REPLACED)
			unlink(keep->effects[i].before);
		free_effect(&keep->effects[i]);
	}
	free(keep->effects);
	*keep = (struct keep){ 0 };
}

static int write_text(int fd, const char *text)
{
	size_t size = strlen(text);
	ssize_t n = write(fd, text, size);

	if (n < 0)
		return -errno;
	return (size_t)n == size ? 0 : -EIO;
}

/* Undo all but the first effects. */
static void undo_from(struct keep *keep, size_t first)
{
	while (keep->count > first) {
		const struct keep_effect *effect = &keep->effects[--keep->count];

		switch (effect->kind) {
		case MADE_DIRECTORY:
			rmdir(effect->path);
			break;
		case MADE_FILE:
			unlink(effect->path);
			break;
		case REPLACED:
			rename(effect->before, effect->path);
			break;
		case BOUND:
			umount2(effect->path, MNT_DETACH);
			break;
		}
		free_effect(effect);
	}
}

void keep_undo(struct keep *keep)
{
	undo_from(keep, 0);
	keep_release(keep);
}

int keep_make_directory(struct keep *keep, const char *path)
{
	_cleanup_free_ char *copy = NULL;
	int r;

	r = reserve(keep, path, &copy);
	if (r < 0)
		return r;
	if (mkdir(path, 0755) < 0)
		return -errno;
	note(keep, MADE_DIRECTORY, &copy, NULL);
	return 0;
}

static int make_file(struct keep *keep, const char *path, mode_t mode, int *ret_fd)
{
	_cleanup_close_ int fd = -EBADF;
	_cleanup_free_ char *copy = NULL;
	int r;

	r = reserve(keep, path, &copy);
	if (r < 0)
		return r;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, mode);
	if (fd < 0)
		return -errno;
	note(keep, MADE_FILE, &copy, NULL);
	*ret_fd = take_fd(&fd);
	return 0;
}

int keep_make_file(struct keep *keep, const char *path, mode_t mode)
{
	_cleanup_close_ int fd = -EBADF;

	return make_file(keep, path, mode, &fd);
}

int keep_write_file(struct keep *keep, const char *path, const char *text)
{
	_cleanup_close_ int fd = -EBADF;
	int r;

	r = make_file(keep, path, 0644, &fd);
	return r < 0 ? r : write_text(fd, text);
}

static bool is_fifo(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISFIFO(st.st_mode);
}

/*
 * Write to what is there and no regular file: a FIFO, a device, what a link
 * leads to. We are not to wait for a reader: nothing would end us.
 */
static int write_through(const char *path, const char *text)
{
	_cleanup_close_ int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	int r;

	if (fd < 0)
		return errno == ENXIO && is_fifo(path) ? -ERESTART : -errno;
	r = write_text(fd, text);
	return r == -EAGAIN ? -ERESTART : r;
}

/* A name in the same directory. */
static int name_beside(const char *path, const char *what, char **ret)
{
	if (asprintf(ret, "%s.%s%d", path, what, (int)getpid()) < 0) {
		*ret = NULL; /* it is undefined then; asprintf(3) */
		return -ENOMEM;
	}
	return 0;
}

/* Does the file system not know that way to rename? */
static bool is_unknown_flag(int error)
{
	return error == EINVAL || error == ENOSYS || error == EOPNOTSUPP;
}

/* Put a file in the place of one that goes to `aside`: at once, but where there are no links either. */
static int replace(const char *file, const char *path, const char *aside)
{
	int r;

	if (link(path, aside) < 0 && rename(path, aside) < 0)
		return -errno;
	if (rename(file, path) == 0)
		return 0;
	r = -errno;
	rename(aside, path);
	/* A rename(2) of a file to itself, under another name, does nothing. */
	unlink(aside);
	return r;
}

/* Put a file in the place of what is there, which is then where *ret_before says. */
static int exchange(const char *file, const char *path, char **ret_before)
{
	_cleanup_free_ char *same = strdup(file);
	_cleanup_free_ char *aside = NULL;
	int r;

	r = same ? name_beside(path, "old.", &aside) : -ENOMEM;
	if (r < 0)
		return r;
	if (renameat2(AT_FDCWD, file, AT_FDCWD, path, RENAME_EXCHANGE) == 0) {
		*ret_before = take_ptr(same);
		return 0;
	}
	if (!is_unknown_flag(errno))
		return -errno;
	r = replace(file, path, aside);
	if (r == 0)
		*ret_before = take_ptr(aside);
	return r;
}

/* Put a text in the place of what is there, if anything is; that is then where *ret_before says. */
static int put_text(const char *path, const char *text, bool is_there, char **ret_before)
{
	_cleanup_free_ char *beside = NULL;
	_cleanup_close_ int fd = -EBADF;
	int r;

	r = name_beside(path, "", &beside);
	if (r < 0)
		return r;
	fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0644);
	if (fd < 0)
		return -errno;
	/* No reader sees half of it. */
	r = write_text(fd, text);
	if (r == 0 && is_there)
		r = exchange(beside, path, ret_before);
	else if (r == 0 && rename(beside, path) < 0)
		r = -errno;
	if (r < 0)
		unlink(beside);
	return r;
}

int keep_replace_file(struct keep *keep, const char *path, const char *text)
{
	_cleanup_free_ char *copy = NULL;
	_cleanup_free_ char *before = NULL;
	bool is_there;
	struct stat st;
	int r;

	is_there = lstat(path, &st) == 0;
	if (is_there && !S_ISREG(st.st_mode))
		return write_through(path, text);
	r = reserve(keep, path, &copy);
	if (r == 0)
		r = put_text(path, text, is_there, &before);
	if (r < 0)
		return r;
	note(keep, is_there ? REPLACED : MADE_FILE, &copy, &before);
	return 0;
}

/* Bind one path to another and note it. */
static int bind_path(struct keep *keep, const char *source, const char *path)
{
	_cleanup_free_ char *copy = NULL;
	int r;

	r = reserve(keep, path, &copy);
	if (r < 0)
		return r;
	if (mount(source, path, NULL, MS_BIND, NULL) < 0)
		return -errno;
	note(keep, BOUND, &copy, NULL);
	return 0;
}

int keep_bind(struct keep *keep, const char *source, const char *path)
{
	struct ns_id wanted, bound;
	int r;

	r = ns_id_of_path(AT_FDCWD, source, &wanted);
	if (r == 0)
		r = bind_path(keep, source, path);
	if (r < 0)
		return r;
	r = ns_id_of_path(AT_FDCWD, path, &bound);
	if (r < 0)
		return r;
	return ns_id_equal(wanted, bound) ? 0 : -ESTALE;
}

int keep_bind_mount_namespace(struct keep *keep, const char *source, const char *path)
{
	size_t before = keep->count;
	int r;

	r = keep_bind(keep, source, path);
	if (r != -EINVAL)
		return r;
	/* Peers of the mount below would get a copy, which the kernel makes of no mount
	 * namespace. So put the file on itself first, as a mount of its own without peers. */
	r = bind_path(keep, path, path);
	if (r == 0 && mount("none", path, NULL, MS_PRIVATE, NULL) < 0)
		r = -errno;
	if (r == 0)
		r = keep_bind(keep, source, path);
	if (r == -EINVAL)
		undo_from(keep, before);
	return r;
}
