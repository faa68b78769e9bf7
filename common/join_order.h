/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * join_order.h - in which order namespaces can be joined one at a time, and
 * which user namespaces have to be joined on the way. Pure.
 *
 * setns(2) takes CAP_SYS_ADMIN in the user namespace that owns what is joined,
 * and in the one that the caller is in. Joining a user namespace gives every
 * right in it and in those below, and takes the rights in those above. The
 * creator of a user namespace may join it without any other right;
 * user_namespaces(7). So who has no rights enters one on the way, above all
 * that is to be joined; where there is none it cannot be done.
 */
#ifndef NSX_JOIN_ORDER_H
#define NSX_JOIN_ORDER_H

#include "base.h"
#include "ns_type.h"

/* Indices of user namespaces: the caller's own, and one out of its sight. */
enum { JOIN_USER_OWN = 0, JOIN_USER_OUTSIDE = -1 };

/* The user namespaces that matter; users[JOIN_USER_OWN] is the caller's own, and has no parent. */
struct join_user {
	int parent; /* an index */
};

/* Something to be joined. */
struct join_piece {
	enum ns_type type;
	int user; /* whose rights it takes: its owner's, or its own where it is a user namespace itself */
};

/* What to do next: join pieces[piece], after users[way_in] where that is not JOIN_USER_OWN. */
struct join_turn {
	size_t piece;
	int way_in;
};

/*
 * Put `count` pieces in order: turns[count]. `has_rights`: the caller has
 * CAP_SYS_ADMIN where it is, so in all user namespaces below; else it has none
 * but as a creator. What cannot be joined gets a turn nevertheless, and setns(2)
 * says so.
 */
void join_order(const struct join_user *users, const struct join_piece *pieces, size_t count, bool has_rights,
		struct join_turn *turns);

#endif /* NSX_JOIN_ORDER_H */
