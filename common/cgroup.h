/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cgroup.h - in which cgroups a process is, and what these say of it: the unit
 * of systemd(1) and the container. No daemon is asked: their names stand in
 * the paths. Knows neither mounts nor namespaces.
 *
 * Paths are those of /proc/PID/cgroup (cgroups(7)): raw bytes without a
 * newline, for the kernel makes no cgroup with one in its name; colons and
 * blanks are nothing special. They count from the root of the reader's cgroup
 * namespace, and start with "/.." where they lead out of it.
 */
#ifndef NSX_CGROUP_H
#define NSX_CGROUP_H

#include "base.h"

#include <sys/types.h>

/* One line: a process is in one cgroup of each hierarchy. */
struct cgroup_line {
	unsigned int hierarchy; /* 0: cgroup v2 */
	char *controllers;	/* "cpu,cpuacct" or "name=systemd"; "" for v2 */
	char *path;
};

/* All lines, those first in which systemd and containers write: v2, then name=systemd. */
struct cgroup_table {
	char *text; /* what the lines point into */
	struct cgroup_line *lines;
	size_t count;
};

/*
 * Parse the text of a cgroup file, which the table owns from then on, also on
 * failure. -EINVAL: it is none. No lines are fine: a kernel without cgroups.
 */
int cgroup_table_parse(char *text, struct cgroup_table *ret);

/*
 * Read the file `path` at `dirfd`: "cgroup" of /proc/PID, or "PID/cgroup" of
 * /proc. Of a process that is ending the lines of cgroup v1 already say "/".
 */
int cgroup_table_read(int dirfd, const char *path, struct cgroup_table *ret);
void cgroup_table_release(struct cgroup_table *table);

/* A component of a path and its NUL byte: NAME_MAX of the kernel. */
enum { CGROUP_NAME_SIZE = 256 };

/*
 * The unit that a path stands for, as systemctl(1) shows it: the one below
 * slices only; of what a user's own manager (user@UID.service) started, the
 * unit in that. False: in no unit.
 */
bool cgroup_path_unit(const char *path, char ret[CGROUP_NAME_SIZE]);

/*
 * The container, as its engine calls it: 64 hexadecimal digits (docker,
 * podman, CRI-O, containerd), or a name (lxc, systemd-nspawn). Of containers
 * in containers the outermost. False: in none; what watches one from outside
 * (conmon, lxc.monitor) is in none.
 */
bool cgroup_path_container(const char *path, char ret[CGROUP_NAME_SIZE]);

/* The same of the first line that has one. */
bool cgroup_table_unit(const struct cgroup_table *table, char ret[CGROUP_NAME_SIZE]);
bool cgroup_table_container(const struct cgroup_table *table, char ret[CGROUP_NAME_SIZE]);

/*
 * Is a component of the path the unit `name`, whoever's manager started it,
 * one in a container included? "foo" without a suffix of units means
 * "foo.service". *ret_length: of the path up to the end of the first such
 * component, which is the cgroup of the unit.
 */
bool cgroup_path_in_unit(const char *path, const char *name, size_t *ret_length);

/*
 * Is the path in the container `id`? 1 and the length likewise, or 0. Of
 * hexadecimal ids the first four digits or more will do. -ENOTUNIQ: those fit
 * two containers, one in the other.
 */
int cgroup_path_in_container(const char *path, const char *id, size_t *ret_length);

/* Is a path that of a cgroup, the first `length` bytes of `top`, or below it? */
bool cgroup_path_is_below(const char *path, const char *top, size_t length);

#endif /* NSX_CGROUP_H */
