/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pin.h - make names that keep namespaces, and take them away.
 *
 * A name is made in this order, so that whoever is killed in the middle leaves
 * no half of a name, only what the next one with that name, or nsx-pin gc,
 * clears away: its directory, locked with flock(2) as long as somebody is at
 * work in it; the file "unfinished", which says what is ours in /run/netns;
 * the files of namespaces, bound; the record, which makes the name, by a
 * rename(2). It is taken away in the opposite order.
 *
 * /run/netns is prepared as iproute2 prepares it, under the same lock: a
 * shared mount, so that taking a name away there takes it away in every mount
 * namespace. It stays a peer of /run, where that is shared: so a service that
 * was started before the first name was made, with mounts of its own, sees the
 * names, too. (iproute2 7.3 makes it a peer of nothing, and there these see files
 * that are not namespaces. Whoever comes first decides.) /run/nsx is a tmpfs of
 * its own and private, for a mount namespace can be bound only on a mount without
 * peers.
 *
 * What cannot be bound is held: by the process that made the name, which lives
 * on for that with nothing but these descriptors. So are the namespaces of
 * ordinary users, who cannot mount, and a mount namespace that the kernel does
 * not let us bind: our own, an older one, or on Linux 6.18 one whose number
 * happens to be smaller.
 */
#ifndef NSX_PIN_H
#define NSX_PIN_H

#include "base.h"
#include "ns_type.h"
#include "pin_registry.h"

/* What a new name is to be. */
struct pin_wish {
	const char *name; /* valid, see pin_path.h */
	bool holds;	  /* by a process, though one may mount */
	int mode;	  /* permission bits; -1: as is usual */
	bool has_owner;	  /* in the system's registry, somebody else than root */
	uid_t owner;
	gid_t group; /* theirs, who may look into it by `mode` */
};

/* A name under way; the members are pin.c's own. */
struct pin_making {
	const char *name;
	bool holds;
	struct pin_registry registry;
	struct pin_record record;
	int dirfd; /* its directory, locked; -EBADF: nothing was begun */
	int held[NS_TYPE_COUNT];
};

/* Such a thing must begin as this. */
void pin_making_init(struct pin_making *making);

/*
 * Begin: make the registry, where there is none, and room for the name in it.
 * Waits while another process makes the same name. -EEXIST: there is one; and
 * what pin_registry_open() says.
 */
int pin_begin(struct pin_making *making, const struct pin_wish *wish);

/* Keep a namespace, by its descriptor, which stays the caller's. */
int pin_keep(struct pin_making *making, enum ns_type type, int fd);

/* Note a process that we started as init of a pid namespace. */
int pin_note_init(struct pin_making *making, pid_t pid);

/* The name is complete: have it be there. Called by the process that is to call pin_end(). */
int pin_publish(struct pin_making *making);

/* Undo whatever was done. What cannot be undone is for nsx-pin gc. */
int pin_undo(struct pin_making *making);

/*
 * Leave it as it is. Returns where no namespace has to be held; else the
 * caller becomes the process that does it, for good.
 */
void pin_end(struct pin_making *making);

/* --- Taking names away */

/*
 * Lock the directory of a name; wait for it, or -EWOULDBLOCK where another
 * process has it. -ENOENT: it is not there.
 */
int pin_lock(const struct pin_registry *registry, const char *name, bool waits, int *ret_dirfd);

/*
 * Take away all there is of a name, complete or not, whose directory is
 * locked; end the init that was started for it, and its holder.
 */
int pin_discard(const struct pin_registry *registry, const char *name, int dirfd);

/*
 * Unbind a file of /run/netns, and remove it. Mounts come and go there while
 * we look: -EBUSY after many tries.
 */
int pin_remove_net(const char *name);

/* The same of another type, in the directory of a name. */
int pin_remove_type(const struct pin_registry *registry, const char *name, int dirfd, enum ns_type type);

/*
 * Lock the directory of a name. A name of ip-netns(8) has none, and is given
 * one, and a record with it. -ENOENT.
 */
int pin_adopt(const struct pin_registry *registry, const char *name, int *ret_dirfd);

/* Put a record into the directory of a name, in the place of one that is there, at once. */
int pin_write_record(int dirfd, const struct pin_record *record);

/* Wake up those that watch the registry. */
void pin_touch(const struct pin_registry *registry);

/* Open the system's registry or one's own, which is made where there is none. */
int pin_registry_make(struct pin_registry *ret);

#endif /* NSX_PIN_H */
