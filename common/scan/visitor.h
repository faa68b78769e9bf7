/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * visitor.h - searches mount namespaces from within, as a process of its own
 * (worker.h): what is mounted where can be seen by all who hold a namespace,
 * but opened only by who is in it.
 *
 * It trusts nothing there: /proc is the caller's, each file is looked at before
 * it is opened, and is what it should be or is left alone. A path walk in a
 * hostile place may take for ever; then it is for the caller to kill it.
 */
#ifndef NSX_SCAN_VISITOR_H
#define NSX_SCAN_VISITOR_H

#include "base.h"
#include "mount_table.h"
#include "ns_type.h"

#include <limits.h>
#include <sys/types.h>

/*
 * A request, with an open mount namespace. What is answered: any number of
 * FOUND and LEFT, and one DONE at the end. What is mounted is told before
 * anything is opened, for that may take for ever, and told again with a
 * descriptor if it can be had; each namespace once in the life of a visitor,
 * unless all is wanted: then each mount is told once without a descriptor. What
 * could not be opened is LEFT.
 */
struct visit_request {
	bool is_own;	/* it is the one that the visitor is in already */
	bool wants_all; /* to be told each mount, not but one of each namespace */
	/*
	 * A directory in mounts that are mounted nowhere, by somebody in that mount
	 * namespace: search these instead. A descriptor that the visitor was born
	 * with; or -EBADF.
	 */
	int tree;
};

struct visit_answer {
	enum { VISIT_FOUND, VISIT_LEFT, VISIT_DONE } what;
	/* FOUND, LEFT: */
	enum ns_type type;
	ino_t inode;
	/* FOUND: */
	bool is_in_sight; /* the path leads to it */
	/* DONE: */
	bool is_unseen; /* it could not be entered, or not be read what is mounted there */
	bool is_spent;	/* the visitor has entered a user namespace, and can visit no other */
	/* FOUND: */
	char path[PATH_MAX]; /* where it is mounted, "" for unknown; sent up to its NUL byte */
};

/* The life of a visitor, for worker_start(); `context` is the descriptor of /proc, an int. */
void visitor_serve(int socket, const void *context);

/*
 * The mount that is in the way of a path walk to entries[wanted]: mounted over
 * that one, or over a directory on the way to it. The one nearest to the root
 * where there are several; -1 where there is none. Pure.
 */
int visitor_find_cover(const struct mount_entry *entries, size_t count, size_t wanted);

#endif /* NSX_SCAN_VISITOR_H */
