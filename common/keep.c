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

#include "file.h"

enum effect_kind { MADE_DIRECTORY, MADE_FILE, REPLACED, BOUND };

struct keep_effect {
	enum effect_kind kind;
	char *path;
	char *before; /* REPLACED: what was in the file */
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

static void note(struct keep *keep, enum effect_kind kind, char **path)
{
	keep->effects[keep->count++] = (struct keep_effect){ kind, take_ptr(*path), NULL };
}

static void free_effect(const struct keep_effect *effect)
{
	free(effect->path);
	free(effect->before);
}

void keep_release(struct keep *keep)
{
	for (size_t i = 0; i < keep->count; i++)
		free_effect(&keep->effects[i]);
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

/* Put a file with a text in the place of what is there, at once: no reader sees half of it. */
static int put_file(const char *path, const char *text)
{
	_cleanup_close_ int fd = -EBADF;
	_cleanup_free_ char *beside = NULL;
	int r;

	if (asprintf(&beside, "%s.%d", path, (int)getpid()) < 0) {
		beside = NULL; /* it is undefined then; asprintf(3) */
		return -ENOMEM;
	}
	fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0644);
	if (fd < 0)
		return -errno;
	r = write_text(fd, text);
	if (r == 0 && rename(beside, path) < 0)
		r = -errno;
	if (r < 0)
		unlink(beside);
	return r;
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
			put_file(effect->path, effect->before);
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
	note(keep, MADE_DIRECTORY, &copy);
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
	note(keep, MADE_FILE, &copy);
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

/* Write to what is there and no regular file: a FIFO, a device, what a link leads to. */
static int write_through(const char *path, const char *text)
{
	_cleanup_close_ int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOCTTY);

	return fd < 0 ? -errno : write_text(fd, text);
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
	if (r == 0 && is_there)
		r = read_file(AT_FDCWD, path, &before, NULL);
	if (r == 0)
		r = put_file(path, text);
	if (r < 0)
		return r;
	note(keep, is_there ? REPLACED : MADE_FILE, &copy);
	keep->effects[keep->count - 1].before = take_ptr(before);
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
	note(keep, BOUND, &copy);
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
