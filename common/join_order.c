/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * join_order.c - pieces to turns.
 */
#include "join_order.h"

static bool is_below_own(int user)
{
	return user > JOIN_USER_OWN;
}

static bool is_at_or_below(const struct join_user *users, int user, int ancestor)
{
	while (is_below_own(user) && user != ancestor)
		user = users[user].parent;
	return user == ancestor;
}

/* The lowest user namespace in which one has rights over both: our own at the highest. */
static int lowest_above_both(const struct join_user *users, int one, int other)
{
	while (is_below_own(one) && !is_at_or_below(users, other, one))
		one = users[one].parent;
	return is_below_own(one) ? one : JOIN_USER_OWN;
}

/* The user namespace that was asked for, or the caller's own. */
static int user_asked_for(const struct join_piece *pieces, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (pieces[i].type == NS_USER)
			return pieces[i].user;
	return JOIN_USER_OWN;
}

enum turn_of {
	BEFORE_AND_HOPELESS, /* without rights; the one that fails is to be the one to blame */
	BEFORE,
	ASKED, /* the user namespace that was asked for */
	AFTER,
};

/* What the user namespace asked for does not own is joined before its rights are all that is left. */
static enum turn_of turn_of(const struct join_user *users, const struct join_piece *piece, int asked)
{
	if (piece->type == NS_USER)
		return is_below_own(piece->user) ? ASKED : BEFORE_AND_HOPELESS;
	if (is_below_own(asked) && is_at_or_below(users, piece->user, asked))
		return AFTER;
	return is_below_own(piece->user) ? BEFORE : BEFORE_AND_HOPELESS;
}

/*
 * The one user namespace to be entered on the way by who has no rights here:
 * it has to be above all that is to be joined before the one that was asked
 * for, and above that one as well.
 */
static int find_way_in(const struct join_user *users, const struct join_piece *pieces, size_t count,
		       int asked)
{
	int way_in = JOIN_USER_OWN;

	for (size_t i = 0; i < count; i++) {
		if (turn_of(users, &pieces[i], asked) > BEFORE)
			continue;
		if (way_in == JOIN_USER_OWN)
			way_in = is_below_own(asked) ? lowest_above_both(users, asked, pieces[i].user)
						     : pieces[i].user;
		else
			way_in = lowest_above_both(users, way_in, pieces[i].user);
		if (!is_below_own(way_in))
			return JOIN_USER_OWN;
	}
	return way_in;
}

void join_order(const struct join_user *users, const struct join_piece *pieces, size_t count, bool has_rights,
		struct join_turn *turns)
{
	int asked = user_asked_for(pieces, count);

	/* By insertion: there are eight types, and equals stay in their order. */
	for (size_t i = 0; i < count; i++) {
		enum turn_of turn = turn_of(users, &pieces[i], asked);
		size_t at = i;

		while (at > 0 && turn_of(users, &pieces[turns[at - 1].piece], asked) > turn) {
			turns[at] = turns[at - 1];
			at--;
		}
		turns[at] = (struct join_turn){ .piece = i, .way_in = JOIN_USER_OWN };
	}
	if (!has_rights && count > 0)
		turns[0].way_in = find_way_in(users, pieces, count, asked);
}
