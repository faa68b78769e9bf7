/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * watched.h - what a watch has shown so far, and what changed since. Pure.
 *
 * A namespace is the same one from look to look if type and inode number are,
 * and the 64-bit id where there is one: numbers, which all types share, are used
 * again, ids are not.
 * It counts as gone when two looks in a row did not find it: one look can miss
 * what moves from a process read later to one that was read before.
 */
#ifndef NSX_LS_WATCHED_H
#define NSX_LS_WATCHED_H

#include "base.h"
#include "scan/inventory.h"
#include "ls/select.h"

struct watched_item {
	enum ns_type type;
	struct ns_id id;
	uint64_t nsid;	  /* 0: not known */
	char **cells;	  /* as it was shown; NULL: it is not shown. The list's own, see cells.h */
	bool has_process; /* when it was seen last */
	bool is_missed;	  /* the last look did not find it */
};

/* One of zeros is empty. */
struct watched {
	struct watched_item *items;
	size_t count;
	size_t room;
};

struct watched_changes {
	struct watched_item *gone; /* taken off the list; their cells are the caller's now */
	size_t n_gone;
	struct rows appeared; /* not on the list yet */
	bool is_unsure;	      /* something was missed for the first time: look again */
};

/*
 * Compare with what a look found. A partial one did not look at mounts: what
 * it does not find, and no process was in, may be there still.
 */
void watched_compare(struct watched *watched, const struct inventory *inventory, const struct rows *found,
		     bool is_partial, struct watched_changes *ret);

void watched_changes_release(struct watched_changes *changes);

/* Put a row of `appeared` on the list, with cells that become the list's, or NULL. */
void watched_add(struct watched *watched, const struct inventory *inventory, const struct row *row,
		 char **cells);

/*
 * Something else was seen with this inode number, or perhaps the same: if the
 * next look does not find what had it, that is gone.
 */
void watched_doubt(struct watched *watched, ino_t ino);

/* Is there one of this type with this inode number? */
bool watched_has(const struct watched *watched, enum ns_type type, ino_t ino);

#endif /* NSX_LS_WATCHED_H */
