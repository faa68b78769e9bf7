/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test-join_order.c - pieces to turns: join_order.h. */
#include "join_order.h"

#include "tap.h"

/*
 * User namespaces by hand: our own, A and B below it, A1 and A2 in A, and A11
 * in A1.
 */
enum { OUT = JOIN_USER_OUTSIDE, OWN = JOIN_USER_OWN, A, B, A1, A2, A11, USERS };

static const struct join_user users[USERS] = {
	[OWN] = { JOIN_USER_OUTSIDE },
	[A] = { OWN },
	[B] = { OWN },
	[A1] = { A },
	[A2] = { A },
	[A11] = { A1 },
};

static const char *const names[USERS] = { "own", "A", "B", "A1", "A2", "A11" };

enum { PIECES_MOST = 4 };

/* The turns as words: "(A) net mnt user" is net, after entering A, then mnt, then user. */
static const char *order(const struct join_piece *pieces, size_t count, bool has_rights)
{
	static char text[256];
	struct join_turn turns[PIECES_MOST];
	char *to = text;

	*text = '\0';
	join_order(users, pieces, count, has_rights, turns);
	for (size_t i = 0; i < count; i++) {
		if (turns[i].way_in != OWN)
			to += sprintf(to, "(%s) ", names[turns[i].way_in]);
		to += sprintf(to, "%s%s", ns_types[pieces[turns[i].piece].type].name,
			      i + 1 < count ? " " : "");
	}
	return text;
}

#define ORDER(has_rights, ...)                                                                               \
	order((const struct join_piece[]){ __VA_ARGS__ },                                                    \
	      ARRAY_SIZE(((const struct join_piece[]){ __VA_ARGS__ })), has_rights)

static void test_nothing(void)
{
	join_order(users, NULL, 0, true, NULL);
	join_order(users, NULL, 0, false, NULL);
	ok(true); /* and nothing was touched */
}

static void test_with_rights(void)
{
	/* Nothing need be entered for them, wherever they belong. */
	is_str(ORDER(true, { NS_UTS, A }), "uts");
	is_str(ORDER(true, { NS_MNT, OWN }, { NS_UTS, A11 }, { NS_NET, B }), "mnt uts net");
	is_str(ORDER(true, { NS_MNT, A }, { NS_UTS, OWN }), "uts mnt");
	/* With a user namespace: first what it does not own, then it, then what it owns. */
	is_str(ORDER(true, { NS_MNT, A }, { NS_NET, OWN }, { NS_USER, A }), "net user mnt");
	is_str(ORDER(true, { NS_MNT, A1 }, { NS_NET, B }, { NS_USER, A }), "net user mnt");
	is_str(ORDER(true, { NS_MNT, A }, { NS_NET, A1 }, { NS_USER, A1 }), "mnt user net");
	is_str(ORDER(true, { NS_USER, A }), "user");
	/* What cannot be joined comes first, and setns(2) says so. */
	is_str(ORDER(true, { NS_MNT, A }, { NS_NET, OUT }), "net mnt");
	is_str(ORDER(true, { NS_NET, A }, { NS_USER, OUT }), "user net");
}

static void test_owners_without_rights(void)
{
	/* One owner, or several of which one is above the others: that one is the way in. */
	is_str(ORDER(false, { NS_UTS, A }), "(A) uts");
	is_str(ORDER(false, { NS_MNT, A }, { NS_UTS, A }, { NS_NET, A }), "(A) mnt uts net");
	is_str(ORDER(false, { NS_UTS, A1 }, { NS_NET, A }), "(A) uts net");
	is_str(ORDER(false, { NS_UTS, A }, { NS_NET, A11 }), "(A) uts net");
	is_str(ORDER(false, { NS_UTS, A11 }, { NS_NET, A1 }), "(A1) uts net");
	is_str(ORDER(false, { NS_UTS, A11 }), "(A11) uts");
	/* Beside each other: the one above both. */
	is_str(ORDER(false, { NS_UTS, A1 }, { NS_NET, A2 }), "(A) uts net");
	is_str(ORDER(false, { NS_UTS, A11 }, { NS_NET, A2 }), "(A) uts net");
	/* Above both is our own alone, where we have no rights: there is no way. */
	is_str(ORDER(false, { NS_UTS, A }, { NS_NET, B }), "uts net");
	is_str(ORDER(false, { NS_UTS, A11 }, { NS_NET, A2 }, { NS_PID, B }), "uts net pid");
	/* Then what is to blame comes first. */
	is_str(ORDER(false, { NS_UTS, A }, { NS_NET, OWN }), "net uts");
	is_str(ORDER(false, { NS_UTS, A }, { NS_NET, OUT }), "net uts");
}

static void test_asked_without_rights(void)
{
	/* The user namespace that was asked for is above, or the same: no other need be entered. */
	is_str(ORDER(false, { NS_UTS, A }, { NS_USER, A }), "user uts");
	is_str(ORDER(false, { NS_UTS, A11 }, { NS_NET, A2 }, { NS_USER, A }), "user uts net");
	is_str(ORDER(false, { NS_USER, A1 }), "user");
	/* Below what is joined: the owner first, then down. */
	is_str(ORDER(false, { NS_UTS, A }, { NS_USER, A1 }), "(A) uts user");
	is_str(ORDER(false, { NS_UTS, A }, { NS_NET, A11 }, { NS_USER, A11 }), "(A) uts user net");
	is_str(ORDER(false, { NS_UTS, A1 }, { NS_NET, A }, { NS_USER, A11 }), "(A) uts net user");
	is_str(ORDER(false, { NS_UTS, A1 }, { NS_USER, A11 }), "(A1) uts user");
	/* Beside it. */
	is_str(ORDER(false, { NS_UTS, A2 }, { NS_USER, A11 }), "(A) uts user");
	is_str(ORDER(false, { NS_UTS, B }, { NS_USER, A }), "uts user");
	/* Not below us. */
	is_str(ORDER(false, { NS_UTS, A }, { NS_USER, OUT }), "user uts");
	is_str(ORDER(false, { NS_UTS, OUT }, { NS_USER, A }), "uts user");
}

/* The kernel's rules, setns(2), for who is in a user namespace, and may enter what is below its own. */

static bool is_at_or_below(int user, int ancestor)
{
	while (user > OWN && user != ancestor)
		user = users[user].parent;
	return user == ancestor;
}

/* CAP_SYS_ADMIN in `user`: all there is inside another; in our own, or as the creator of what is below. */
static bool is_capable(int here, int user, bool has_rights)
{
	if (here == OWN && user == OWN)
		return has_rights;
	return is_at_or_below(user, here);
}

static bool may_join(int here, const struct join_piece *piece, bool has_rights)
{
	if (piece->type == NS_USER)
		return piece->user != here && is_capable(here, piece->user, has_rights);
	return is_capable(here, piece->user, has_rights) && is_capable(here, here, has_rights);
}

static bool may_enter(int *here, int user, bool has_rights)
{
	const struct join_piece piece = { NS_USER, user };

	if (!may_join(*here, &piece, has_rights))
		return false;
	*here = user;
	return true;
}

/* Do these turns lead to the end? */
static bool works(const struct join_piece *pieces, size_t count, bool has_rights,
		  const struct join_turn *turns)
{
	int here = OWN;

	for (size_t i = 0; i < count; i++) {
		const struct join_piece *piece = &pieces[turns[i].piece];

		if (turns[i].way_in != OWN && !may_enter(&here, turns[i].way_in, has_rights))
			return false;
		if (!may_join(here, piece, has_rights))
			return false;
		if (piece->type == NS_USER)
			here = piece->user;
	}
	return true;
}

/* Is there any way at all? Depth first: enter whatever user namespace, or join what is left. */
static bool is_possible(const struct join_piece *pieces, size_t count, bool has_rights, unsigned int done,
			int here, bool has_asked)
{
	if (done == (1u << count) - 1)
		return true;
	for (size_t i = 0; i < count; i++) {
		bool is_user = pieces[i].type == NS_USER;

		if (done & (1u << i) || !may_join(here, &pieces[i], has_rights))
			continue;
		if (is_possible(pieces, count, has_rights, done | 1u << i, is_user ? pieces[i].user : here,
				has_asked || is_user))
			return true;
	}
	/* After the one that was asked for, another would be where one ends up. */
	for (int user = A; user < USERS && !has_asked; user++) {
		int there = here;

		if (may_enter(&there, user, has_rights) &&
		    is_possible(pieces, count, has_rights, done, there, false))
			return true;
	}
	return false;
}

static bool has_each_once(const struct join_turn *turns, size_t count)
{
	unsigned int seen = 0;

	for (size_t i = 0; i < count; i++) {
		if (turns[i].piece >= count || seen & (1u << turns[i].piece))
			return false;
		seen |= 1u << turns[i].piece;
	}
	return true;
}

static unsigned int tried, twice, missed, needless;

static void try_one(const struct join_piece *pieces, size_t count, bool has_rights)
{
	struct join_turn turns[PIECES_MOST];

	join_order(users, pieces, count, has_rights, turns);
	tried++;
	if (!has_each_once(turns, count)) {
		twice++;
		return;
	}
	if (is_possible(pieces, count, has_rights, 0, OWN, false) !=
	    works(pieces, count, has_rights, turns)) {
		printf("# not found: %s\n", order(pieces, count, has_rights));
		missed++;
	}
	for (size_t i = 0; i < count; i++)
		needless += turns[i].way_in != OWN && (has_rights || i > 0);
}

/* All that can be asked for of these user namespaces: no user namespace or any, and three owners. */
static void test_all(void)
{
	for (int asked = OUT; asked < USERS; asked++)
		for (int one = OUT; one < USERS; one++)
			for (int two = OUT; two < USERS; two++)
				for (int three = OUT; three < USERS; three++) {
					const struct join_piece pieces[PIECES_MOST] = {
						{ NS_MNT, one },
						{ NS_UTS, two },
						{ NS_NET, three },
						{ NS_USER, asked },
					};
					/* Our own user namespace is never joined. */
					size_t count = asked == OWN ? 3 : 4;

					try_one(pieces, count, false);
					try_one(pieces, count, true);
				}
	is_int(tried, 2 * 7 * 7 * 7 * 7);
	is_int(twice, 0);    /* each piece has one turn */
	is_int(missed, 0);   /* what can be joined is joined */
	is_int(needless, 0); /* one way in at most, and with rights none */
}

int main(void)
{
	test_nothing();
	test_with_rights();
	test_owners_without_rights();
	test_asked_without_rights();
	test_all();
	return done_testing();
}
