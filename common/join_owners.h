/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * join_owners.h - who owns what is to be joined: the user namespaces from there
 * up to the caller's own, what join_order() makes of them, and afterwards whose
 * namespace it was that could not be joined. Owners are asked of the kernel,
 * NS_GET_USERNS; ioctl_nsfs(2).
 */
#ifndef NSX_JOIN_OWNERS_H
#define NSX_JOIN_OWNERS_H

#include "base.h"
#include "join_order.h"
#include "ns_id.h"
#include "ns_type.h"

/* User namespaces that own what is joined, and those above them up to ours. */
struct join_owners {
	struct join_user *users; /* as join_order() wants them */
	struct join_owner {
		struct ns_id id;
		int fd; /* -EBADF for our own */
	} * list;		 /* list[i] is users[i] */
	size_t count;
};

/* What is to be joined one at a time, in order. */
struct join_arrangement {
	struct join_owners owners;
	struct join_piece pieces[NS_TYPE_COUNT];
	struct join_turn turns[NS_TYPE_COUNT];
	size_t count; /* of pieces and turns */
	bool has_rights;
};

/*
 * Arrange the open namespaces, fds[type] (negative: none; borrowed). *ret starts
 * as { 0 }, and is released in any case. Where there is no /proc that shows our
 * own user namespace they are in no particular order; -ENODEV, if one of them is
 * a user namespace. 0, or another -errno.
 */
int join_arrange(const int fds[NS_TYPE_COUNT], struct join_arrangement *ret);
void join_arrangement_release(struct join_arrangement *arrangement);

/* Where the user namespace is that owns what was to be joined. */
enum join_obstacle {
	JOIN_OWNER_OWN,	    /* our own */
	JOIN_OWNER_BELOW,   /* below ours, made by `uid` */
	JOIN_OWNER_APART,   /* the same, and beside another one that is needed */
	JOIN_OWNER_OUTSIDE, /* above or beside ours */
};

struct join_blame {
	enum ns_type type;
	enum join_obstacle obstacle;
	uid_t uid; /* as seen from here; -1 where nothing is below ours */
};

/* A turn failed: what is to blame for it. */
struct join_blame join_blame(const struct join_arrangement *arrangement, const struct join_turn *failed);

#endif /* NSX_JOIN_OWNERS_H */
