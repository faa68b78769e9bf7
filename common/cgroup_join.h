/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cgroup_join.h - move into the cgroups of another process, of version 2 and
 * of every hierarchy of version 1; cgroups(7).
 *
 * Two parts, for between them namespaces are entered: everything is opened in
 * the caller's world and with the caller's rights. These are the ones that count
 * when it is written to later; their view of the tree too, from Linux 5.16 on.
 */
#ifndef NSX_CGROUP_JOIN_H
#define NSX_CGROUP_JOIN_H

#include "base.h"
#include "cgroup.h"
#include "mount_table.h"

/* Is that a mount of the hierarchy of the line? Pure. */
bool cgroup_is_mounted_by(const struct cgroup_line *line, const struct mount_entry *mount);

/*
 * Where a mount of its hierarchy has the cgroup with that path: "/below" the
 * mount point, or "" for that itself. NULL where the mount does not show it.
 * Both paths count from the root of our cgroup namespace, so that names of
 * cgroups above it are not known: what lies beyond is not found. Pure.
 */
const char *cgroup_path_in_mount(const char *path, const struct mount_entry *mount);

/* A cgroup to move into. */
struct cgroup_join {
	char *path; /* its directory, here */
	int procs;  /* the cgroup.procs in it, O_WRONLY */
};

struct cgroup_joins {
	struct cgroup_join *list;
	size_t count;
};

/*
 * Open the cgroups of the process whose directory in /proc that is, but for
 * those that we are in already and for hierarchies that are not mounted here.
 *
 * On failure *ret_where is which cgroup it was, for the caller to free, or
 * NULL where it was none. -ESRCH: the process is ending; -ENOENT: the cgroup
 * was removed; -ENODEV: of all that differ, no hierarchy is mounted; -EXDEV:
 * one is, but shows another part of it; -EACCES, -EROFS.
 */
int cgroup_joins_open(int procfd, int pid_dirfd, struct cgroup_joins *ret, char **ret_where);
void cgroup_joins_release(struct cgroup_joins *joins);

/*
 * Move our process, with all its threads, into all of them. *ret_where as
 * above. -ENODEV: the cgroup was removed; others are told in cgroups(7).
 */
int cgroup_joins_enter(const struct cgroup_joins *joins, char **ret_where);

#endif /* NSX_CGROUP_JOIN_H */
