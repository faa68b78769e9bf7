/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * step_etc.c - the files that a network has of its own, over those of /etc:
 * resolv.conf, hosts and so on in /etc/netns/NAME; ip-netns(8).
 */
#include "step.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "diag.h"

static ns_set wants_etc(const struct plan *plan)
{
	return step_once_if(plan->shows_etc);
}

static void describe_etc(const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	fprintf(out, "show the files of '/etc/netns/%s' in '/etc'", plan->etc_name);
}

static bool is_of_type(int fd, mode_t type)
{
	struct stat st;

	return fstat(fd, &st) == 0 && (st.st_mode & S_IFMT) == type;
}

/* -EISDIR, -ENOTDIR: one of them is a directory, the other is none. */
static int mount_on(int source, int place)
{
	bool has_directory = is_of_type(source, S_IFDIR), covers_directory = is_of_type(place, S_IFDIR);

	if (has_directory != covers_directory)
		return covers_directory ? -EISDIR : -ENOTDIR;
	return move_mount(source, "", place, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0
		       ? -errno
		       : 0;
}

/*
 * Mount over what has that name in /etc; over a symbolic link itself, so that
 * what it leads to (a file that others share, or none at all) is left alone.
 * A directory, and a kernel that mounts on no links, takes what it leads to.
 */
static int cover(int source, int etc, const char *name)
{
	_cleanup_close_ int place = openat(etc, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	int r;

	if (place < 0)
		return -errno;
	r = mount_on(source, place);
	if (r == 0 || !is_of_type(place, S_IFLNK))
		return r;
	close_fd(place);
	place = openat(etc, name, O_PATH | O_CLOEXEC);
	return place < 0 ? -errno : mount_on(source, place);
}

/* Why one is left out, which the others are of use without; NULL: that is an error. */
static const char *reason_to_omit(int error)
{
	switch (error) {
	case -ENOENT:
		return "there is no such file in /etc";
	case -EISDIR:
		return "in /etc that is a directory";
	case -ENOTDIR:
		return "in /etc that is no directory";
	default:
		return NULL;
	}
}

static int show(int files, int etc, const char *name, const char *net)
{
	_cleanup_close_ int source =
		open_tree(files, name, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
	const char *reason = "it leads nowhere";
	int r;

	if (source < 0 && errno != ENOENT)
		return -errno;
	if (source >= 0) {
		r = cover(source, etc, name);
		reason = reason_to_omit(r);
		if (!reason)
			return r;
	}
	warn(0, "note: '/etc/netns/%s/%s' is not shown: %s", net, name, reason);
	return 0;
}

static int run_etc(struct spawn *spawn, _unused_ enum ns_type type)
{
	_cleanup_free_ char *path = xasprintf("/etc/netns/%s", spawn->plan->etc_name);
	_cleanup_close_ int etc = open("/etc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	_cleanup_closedir_ DIR *files = opendir(path);
	const struct dirent *entry;
	int r = 0;

	/* A network without files of its own has those of all. */
	if (!files)
		return errno == ENOENT ? 0 : -errno;
	if (etc < 0)
		return -errno;
	while (r == 0 && (errno = 0, entry = readdir(files)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			r = show(dirfd(files), etc, entry->d_name, spawn->plan->etc_name);
	return r < 0 ? r : -errno;
}

const struct step step_etc = {
	.call = "move_mount",
	.wanted = wants_etc,
	.describe = describe_etc,
	.run = run_etc,
};
