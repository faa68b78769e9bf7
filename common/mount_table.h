/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mount_table.h - what is mounted where, from mountinfo (proc(5)). Not by
 * libmount: linking that alone would cost nsx-unshare and nsx-enter half as
 * much time as fork and exec.
 */
#ifndef NSX_MOUNT_TABLE_H
#define NSX_MOUNT_TABLE_H

#include "base.h"

/*
 * Undo the escapes of a path in mountinfo in place: \040 for a blank and so
 * on. Pure.
 */
void mount_path_unescape(char *path);

/* What nsx reads of a line of mountinfo; the words point into the line. */
struct mount_entry {
	int id, parent;
	const char *device;  /* "0:39", of the file system */
	const char *root;    /* in the file system; "net:[4026532001]" for a namespace file */
	const char *path;    /* where it is mounted, from the root of the reader */
	const char *fstype;  /* "nsfs" for namespace files */
	const char *source;  /* "/dev/sda1", or whatever whoever mounted it liked; may be empty */
	const char *options; /* of the file system, as they stand there: "rw,name=systemd" */
	unsigned int shared; /* its group of peers, and the one it is a slave of; 0: none */
	unsigned int master;
};

/* Take a line apart in place, escapes undone. Pure. -EINVAL where it is none. */
int mount_entry_parse(char *line, struct mount_entry *ret);

/*
 * Is a path the same as a directory, or below it? "/a/b" is below "/a" and
 * "/", "/ab" is not below "/a". Pure.
 */
bool mount_path_is_within(const char *path, const char *directory);

/*
 * Call visit() with each mount in sight, by the mountinfo below an open
 * /proc (the one at hand may be somebody else's), in the order of mountinfo
 * (parents before what is mounted on them), until it returns other than 0;
 * that is returned. -errno where there is no mountinfo.
 */
int mount_table_visit(int procfd, int (*visit)(void *context, const struct mount_entry *mount),
		      void *context);

/* How a mount shares what is mounted on it. */
struct mount_groups {
	bool is_shared, is_slave;
};

/* Of what is mounted at a path: 1; 0 where nothing is; or -errno. Cheap from Linux 6.8 on. */
int mount_groups_read(const char *path, struct mount_groups *ret);

/* Mounts taken from below a directory, with all that is mounted on them. */
struct mount_copies {
	struct mount_copy *list;
	size_t count;
};

void mount_copies_release(struct mount_copies *copies);

/* Copy each mount directly below `directory`, whole trees, mounted nowhere yet. */
int mount_copies_take(int procfd, const char *directory, struct mount_copies *copies);

/* Mount the copies at the same places below another directory, where those are there. */
int mount_copies_put(const struct mount_copies *copies, int directory);

#endif /* NSX_MOUNT_TABLE_H */
