/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * id_map.h - ranges of user or group ids, as user_namespaces(7) has them. Pure.
 */
#ifndef NSX_ID_MAP_H
#define NSX_ID_MAP_H

#include "base.h"

/* The kernel's limits: lines (4.15), and bytes (less than a page) of one write. */
enum {
	ID_MAP_RANGES_MAX = 340,
	ID_MAP_TEXT_MAX = 4095,
};

/* Ids inside..inside+count-1 stand for outside..outside+count-1 of the parent. */
struct id_range {
	uint32_t inside;
	uint32_t outside;
	uint32_t count; /* 1 or more */
};

/* Ranges that overlap on neither side. Zero it to begin. */
struct id_map {
	struct id_range *ranges;
	size_t count;
};

void id_map_release(struct id_map *map);

/*
 * Add a range. -EINVAL: it is empty; -ERANGE: it reaches beyond 4294967294,
 * the last id; -EEXIST: it overlaps one that is there, inside or outside;
 * -E2BIG: more than ID_MAP_RANGES_MAX.
 */
int id_map_add(struct id_map *map, struct id_range range);

/*
 * Print as /proc/PID/uid_map takes it, "inside outside count" a line, for the
 * caller to free. -E2BIG where it is longer than ID_MAP_TEXT_MAX.
 */
int id_map_format(const struct id_map *map, char **ret);

#endif /* NSX_ID_MAP_H */
