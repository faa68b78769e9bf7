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
 * Add ids outside..outside+count-1 for ids inside..inside_end-1, in order, and
 * leave out the two of `hole` (one id inside, one outside; NULL: none), which
 * are mapped to each other elsewhere: the "hole" rule of unshare(1). So both
 * sides close up over the hole, and what the longer side has left over at its
 * end is not mapped. *ret_next (may be NULL) is the inside id after the last.
 * Errors as id_map_add().
 */
int id_map_add_around(struct id_map *map, uint64_t inside, uint64_t inside_end, uint32_t outside,
		      uint32_t count, const struct id_range *hole, uint64_t *ret_next);

/* What --map-users and --map-groups take: numbers, or one of three words for many ranges. */
enum id_range_word {
	ID_RANGE_NUMBERS, /* anything else */
	ID_RANGE_AUTO,	  /* subordinate ids, to ids from 0 on */
	ID_RANGE_SUBIDS,  /* subordinate ids, to themselves */
	ID_RANGE_ALL,	  /* all ids there are, to themselves */
};

enum id_range_word id_range_word(const char *text);

/* "0:100000:65536" or, from old scripts, "100000,0,65536": the three words, in memory
 * that the caller frees as a whole. -EINVAL. */
struct id_range_words {
	char *memory;
	const char *inside, *outside, *count;
};

int id_range_split(const char *text, struct id_range_words *ret);

/*
 * Print as /proc/PID/uid_map takes it, "inside outside count" a line, for the
 * caller to free. -E2BIG where it is longer than ID_MAP_TEXT_MAX.
 */
int id_map_format(const struct id_map *map, char **ret);

#endif /* NSX_ID_MAP_H */
