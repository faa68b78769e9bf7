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

#include <limits.h>

/*
 * A request, with an open mount namespace. What is answered: any number of
 * FOUND, each with an open namespace; then one DONE. A namespace is sent once
 * in the life of a visitor.
 */
struct visit_request {
	bool is_own; /* it is the one that the visitor is in already */
};

struct visit_answer {
	enum { VISIT_FOUND, VISIT_DONE } what;
	bool is_incomplete; /* DONE: some of it, or all, could not be seen */
	bool is_spent;	    /* DONE: the visitor has entered a user namespace, and can visit no other */
	char path[PATH_MAX]; /* FOUND: where it is mounted; sent up to its NUL byte */
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
