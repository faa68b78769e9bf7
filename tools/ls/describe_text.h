/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * describe_text.h - descriptions of namespaces, from what files of /proc say.
 * Pure. Each returns text for the caller to free; NULL where the file is not
 * what it should be.
 */
#ifndef NSX_LS_DESCRIBE_TEXT_H
#define NSX_LS_DESCRIBE_TEXT_H

#include "base.h"

/* uid_map and gid_map: "uids 0:1000:1, gids 0:1000:1", inside:outside:count; long ones are cut. */
char *describe_id_maps(const char *uids, const char *gids);

/* timens_offsets, in seconds: "monotonic +86400, boottime -0.5". */
char *describe_clocks(const char *offsets);

/*
 * mountinfo, which is changed: "23 mounts, / is ext4 on /dev/sda1". `count` is
 * how many there are, where that is known better than by counting lines; else
 * negative.
 */
char *describe_mounts(char *mountinfo, long count);

/*
 * The root of a cgroup namespace, from the paths of one process: as seen from
 * here, and from there. NULL where the process is outside of that root.
 */
char *describe_cgroup_root(const char *from_here, const char *from_there);

#endif /* NSX_LS_DESCRIBE_TEXT_H */
