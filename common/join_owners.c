/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * join_owners.c - finding owners with NS_GET_USERNS, and who is to blame.
 */
#include "join_owners.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <unistd.h>

#include "diag.h"
#include "kernel.h"
#include "ns_query.h"

static void owners_release(struct join_owners *owners)
{
	for (size_t i = 0; i < owners->count; i++)
		close_fd(owners->list[i].fd);
	free(owners->list);
	free(owners->users);
}

static int owners_add(struct join_owners *owners, struct ns_id id, int fd, int parent)
{
	owners->list = xreallocarray(owners->list, owners->count + 1, sizeof(*owners->list));
	owners->users = xreallocarray(owners->users, owners->count + 1, sizeof(*owners->users));
	owners->list[owners->count] = (struct join_owner){ id, fd };
	owners->users[owners->count] = (struct join_user){ parent };
	return (int)owners->count++;
}

/*
 * The index of an open user namespace, added with all above it; the descriptor
 * is taken. Out of sight is also where our own is not above. The kernel nests
 * them 33 deep at most.
 */
static int owners_place(struct join_owners *owners, int fd)
{
	struct ns_id id;
	int above, parent;

	if (ns_id_of_fd(fd, &id) < 0) {
		close_fd(fd);
		return JOIN_USER_OUTSIDE;
	}
	for (size_t i = 0; i < owners->count; i++) {
		if (ns_id_equal(owners->list[i].id, id)) {
			close_fd(fd);
			return (int)i;
		}
	}
	if (ns_query_owner(fd, &above) < 0) {
		close_fd(fd);
		return JOIN_USER_OUTSIDE;
	}
	parent = owners_place(owners, above);
	if (parent == JOIN_USER_OUTSIDE) {
		close_fd(fd);
		return JOIN_USER_OUTSIDE;
	}
	return owners_add(owners, id, fd, parent);
}

/* Whose rights it takes to join the namespace. */
static int owners_of_piece(struct join_owners *owners, int fd, enum ns_type type)
{
	int user = -EBADF;

	if (type == NS_USER)
		user = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	else if (ns_query_owner(fd, &user) < 0)
		return JOIN_USER_OUTSIDE;
	return user < 0 ? JOIN_USER_OUTSIDE : owners_place(owners, user);
}

void join_arrangement_release(struct join_arrangement *arrangement)
{
	owners_release(&arrangement->owners);
}

/* As they come: who owns what says nothing where our own user namespace is not known. */
static void arrange_plainly(const int fds[NS_TYPE_COUNT], struct join_arrangement *ret)
{
	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		if (fds[type] < 0)
			continue;
		ret->pieces[ret->count] = (struct join_piece){ .type = type, .user = JOIN_USER_OWN };
		ret->turns[ret->count] = (struct join_turn){ .piece = ret->count, .way_in = JOIN_USER_OWN };
		ret->count++;
	}
}

int join_arrange(const int fds[NS_TYPE_COUNT], struct join_arrangement *ret)
{
	struct ns_id own;
	int r;

	r = ns_id_of_path(AT_FDCWD, "/proc/self/ns/user", &own);
	ret->has_rights = kernel_has_capability(CAP_SYS_ADMIN);
	/* No /proc, or one that does not know us. */
	if (r == -ENOENT && fds[NS_USER] >= 0)
		return -ENODEV;
	if (r == -ENOENT) {
		arrange_plainly(fds, ret);
		return 0;
	}
	if (r < 0)
		return r;
	owners_add(&ret->owners, own, -EBADF, JOIN_USER_OUTSIDE);
	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		if (fds[type] < 0)
			continue;
		ret->pieces[ret->count++] = (struct join_piece){
			.type = type,
			.user = owners_of_piece(&ret->owners, fds[type], type),
		};
	}
	join_order(ret->owners.users, ret->pieces, ret->count, ret->has_rights, ret->turns);
	return 0;
}

/* Whose is it, seen from here: who made the user namespace below ours that all others there are in? */
static uid_t creator_of(const struct join_owners *owners, int user)
{
	uid_t uid;

	while (owners->users[user].parent != JOIN_USER_OWN)
		user = owners->users[user].parent;
	return ns_query_owner_uid(owners->list[user].fd, &uid) < 0 ? (uid_t)-1 : uid;
}

/*
 * Where there was no way in (join_order.h), the first to fail need not be the
 * one to blame: that is rather what belongs to somebody else.
 */
static const struct join_turn *turn_to_blame(const struct join_arrangement *arrangement,
					     const struct join_turn *failed)
{
	const struct join_turn *turns = arrangement->turns;

	if (failed != turns || failed->way_in != JOIN_USER_OWN || arrangement->has_rights ||
	    arrangement->pieces[failed->piece].user <= JOIN_USER_OWN)
		return failed;
	for (size_t i = 0; i < arrangement->count; i++) {
		int user = arrangement->pieces[turns[i].piece].user;

		if (user > JOIN_USER_OWN && creator_of(&arrangement->owners, user) != geteuid())
			return &turns[i];
	}
	return failed;
}

static enum join_obstacle obstacle_of(const struct join_arrangement *arrangement,
				      const struct join_turn *turn, uid_t *ret_uid)
{
	int user = arrangement->pieces[turn->piece].user;

	if (user == JOIN_USER_OUTSIDE)
		return JOIN_OWNER_OUTSIDE;
	if (user == JOIN_USER_OWN)
		return JOIN_OWNER_OWN;
	*ret_uid = creator_of(&arrangement->owners, user);
	/* One of ours, but there was no way in that leads to the others as well. */
	if (turn == arrangement->turns && arrangement->count > 1 && turn->way_in == JOIN_USER_OWN &&
	    *ret_uid == geteuid())
		return JOIN_OWNER_APART;
	return JOIN_OWNER_BELOW;
}

struct join_blame join_blame(const struct join_arrangement *arrangement, const struct join_turn *failed)
{
	const struct join_turn *turn = turn_to_blame(arrangement, failed);
	struct join_blame blame = { .type = arrangement->pieces[turn->piece].type, .uid = (uid_t)-1 };

	blame.obstacle = obstacle_of(arrangement, turn, &blame.uid);
	return blame;
}
