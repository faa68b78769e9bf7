/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * join_order.c - pieces to turns.
 */
#include "join_order.h"

/* Levels below the caller's own user namespace; what is out of sight is above. */
static int depth_of(const struct join_user *users, int user)
{
	int depth = 0;

	if (user == JOIN_USER_OUTSIDE)
		return -1;
	for (; user != JOIN_USER_OWN; user = users[user].parent)
		depth++;
	return depth;
}

static bool is_at_or_below(const struct join_user *users, int user, int ancestor)
{
	while (user > JOIN_USER_OWN && user != ancestor)
		user = users[user].parent;
	return user == ancestor;
}

/* The user namespace that was asked for, or the caller's own. */
static int user_asked_for(const struct join_piece *pieces, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (pieces[i].type == NS_USER)
			return pieces[i].user;
	return JOIN_USER_OWN;
}

/*
 * Low turns come first. With rights: what a user namespace to be joined does
 * not own, before they are lost; then it, then what it owns. Without: from the
 * top down, a user namespace before what it owns.
 */
static int rank(const struct join_user *users, const struct join_piece *piece, int asked, bool has_rights)
{
	bool is_user = piece->type == NS_USER;

	if (!has_rights)
		return 2 * depth_of(users, piece->user) + !is_user;
	if (is_user)
		return 1;
	return asked != JOIN_USER_OWN && is_at_or_below(users, piece->user, asked) ? 2 : 0;
}

void join_order(const struct join_user *users, const struct join_piece *pieces, size_t count, bool has_rights,
		struct join_turn *turns)
{
	int asked = user_asked_for(pieces, count);
	int here = JOIN_USER_OWN;

	/* By insertion: there are eight types, and equals stay in their order. */
	for (size_t i = 0; i < count; i++) {
		int r = rank(users, &pieces[i], asked, has_rights);
		size_t at = i;

		while (at > 0 && rank(users, &pieces[turns[at - 1].piece], asked, has_rights) > r) {
			turns[at] = turns[at - 1];
			at--;
		}
		turns[at] = (struct join_turn){ .piece = i, .way_in = JOIN_USER_OWN };
	}
	for (size_t i = 0; i < count; i++) {
		const struct join_piece *piece = &pieces[turns[i].piece];
		bool may = has_rights || (here != JOIN_USER_OWN && is_at_or_below(users, piece->user, here));

		if (piece->type == NS_USER) {
			here = piece->user;
		} else if (!may && piece->user > JOIN_USER_OWN) {
			turns[i].way_in = piece->user;
			here = piece->user;
		}
	}
}
