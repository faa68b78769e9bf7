/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pin.h - names that keep namespaces: the registry behind nsx-pin, and behind
 * "pin:NAME" in the other tools. pin_path.h says where things are.
 *
 * /run/netns is prepared as iproute2 prepares it: a shared mount, so that
 * taking a name away there takes it away in every mount namespace. /run/nsx
 * is a tmpfs of its own and private, for a mount namespace can be bound only
 * on a mount without peers. Changes are made under flock(2) on the directory.
 */
#ifndef NSX_PIN_H
#define NSX_PIN_H

#include "base.h"
#include "keep.h"
#include "ns_id.h"
#include "ns_ref.h"
#include "ns_type.h"

/* Locks on the directories of the registry; close to release. */
struct pin_locks {
	int netns;
	int nsx;
};

#define PIN_LOCKS_NONE ((struct pin_locks){ -EBADF, -EBADF })

void pin_locks_release(struct pin_locks *locks);

/*
 * Make the directories that a new name with these types needs, and take the
 * locks. What belongs to the name alone is noted in `keep`; the registry's own
 * directories stay. -EEXIST: there is such a name, with whatever types.
 */
int pin_prepare(const char *name, ns_set types, struct keep *keep, struct pin_locks *locks);

/* Make the file of one type, and bind `source` (below /proc) to it. */
int pin_make_file(const char *name, enum ns_type type, struct keep *keep);
int pin_bind(const char *name, enum ns_type type, const char *source, struct keep *keep);

/*
 * Keep namespaces of a process under a new name, all of `types` or none. The
 * process stays the caller's. -EEXIST; *ret_failed is the type that could not
 * be kept, or NS_TYPE_INVALID.
 */
int pin_attach(const char *name, ns_set types, const struct ns_ref_process *process, enum ns_type *ret_failed);

/* Note which process we started as init of a pinned pid namespace. */
int pin_record_init(const char *name, pid_t pid, struct keep *keep);

/* What a name has; 0 where there is no such name. */
ns_set pin_types(const char *name);

/*
 * Take a name away: unbind, unlink, and end the init that was started for it.
 * -ENOENT: no such name; -EBUSY: processes live in its pid namespace, whose
 * end would be theirs.
 */
int pin_remove(const char *name);

/* One namespace of one name. */
struct pin_entry {
	const char *name;
	enum ns_type type;
	bool is_stale;	 /* the file is there, and holds no namespace */
	struct ns_id id; /* unless stale */
};

/*
 * Call found(context, entry) for each, names in strcmp(3) order, types in the
 * table's. Stops at and returns the first negative result of it. No registry
 * at all is an empty one.
 */
int pin_list(int (*found)(void *context, const struct pin_entry *entry), void *context);

#endif /* NSX_PIN_H */
