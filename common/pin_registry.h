/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pin_registry.h - look up names, and open what they keep. Changes nothing;
 * pin.h does. pin_path.h says what is where.
 *
 * There is one registry of the system, which belongs to whom /run belongs to:
 * root, as a rule. Everyone else has one of their own, in $XDG_RUNTIME_DIR or,
 * without that, in /run/user/UID. A name is looked for in one's own first,
 * then in the system's. Root never looks into that of a user, and nothing is
 * believed that others could have written: a registry in which they may write,
 * or that belongs to another, is none (-EPERM).
 *
 * No lock is taken: a name is there once its record is, and the record comes
 * last and goes first.
 */
#ifndef NSX_PIN_REGISTRY_H
#define NSX_PIN_REGISTRY_H

#include "base.h"
#include "ns_id.h"
#include "ns_type.h"
#include "pin_record.h"

struct pin_registry {
	bool is_system;
	uid_t owner; /* of all that is in it */
	char *path;
	int fd; /* the directory */
};

#define PIN_REGISTRY_NONE ((struct pin_registry){ .fd = -EBADF })

/* Is the caller's own registry that of the system? */
bool pin_owns_system(void);

/*
 * Where it would be, for the caller to free: the system's, or the caller's
 * own. -ENXIO: the caller has no runtime directory.
 */
int pin_registry_path(bool is_system, char **ret);

/*
 * Open it. -ENOENT: nobody made one yet; -ENXIO; -EPERM: others may write to
 * it; -ENOTDIR: it is no directory, or a symbolic link.
 */
int pin_registry_open(bool is_system, struct pin_registry *ret);
void pin_registry_release(struct pin_registry *registry);

/* A name, as it was when looked up. */
struct pin {
	char *name;
	bool is_system;
	bool is_closed;		  /* there is one, and its mode keeps us out: nothing else is known */
	bool has_record;	  /* false: a net name of ip-netns(8) */
	struct pin_record record; /* of such a name: what can be said of it */
	int dirfd;		  /* its directory; -EBADF without a record */
};

#define PIN_NONE ((struct pin){ .dirfd = -EBADF })

void pin_release(struct pin *pin);

/* Look a name up in one registry, or in one's own and then the system's. -ENOENT; -EBADMSG. */
int pin_read(const struct pin_registry *registry, const char *name, struct pin *ret);
int pin_find(const char *name, struct pin *ret);

/*
 * As proc_hold(), for a process that a record names. -ESTALE also where this
 * kernel has no numbers to know it by: then it was another that noted it. -ESRCH
 * also of one that has ended, and that its parent has yet to see; -EACCES also
 * where /proc shows another pid namespace, or is not there.
 */
int pin_process_hold(const struct pin_process *process, int *ret_pidfd, int *ret_dirfd);

/*
 * Open the namespace of a type. -ENOENT: it has none of that type, or it was
 * taken away meanwhile; -EACCES: it is closed; -EMEDIUMTYPE: what is there is
 * no namespace; -ESTALE: its holder has ended, or holds another one.
 */
int pin_open_type(const struct pin *pin, enum ns_type type, int *ret_fd);

/* Of an error of that: there is none to be opened, for whoever may look. */
bool pin_has_gone(int error);

/* The same by name: what "pin:NAME" means. */
int pin_open(const char *name, enum ns_type type, int *ret_fd);

/* The types that the name has; 0 where there is no such name. */
ns_set pin_types(const char *name);

/*
 * Call found() with each name, in strcmp(3) order, one's own before the
 * system's, until it returns other than 0; that is returned. `own_only`: those
 * alone that are the caller's to change. No registry at all is an empty one.
 */
int pin_visit(bool own_only, int (*found)(void *context, const struct pin *pin), void *context);

/* --- For pin.c and for who looks after a registry */

/* The names of all that is in a registry, of a name or not, sorted. */
struct pin_names {
	char **list;
	size_t count;
};

void pin_names_release(struct pin_names *names);
int pin_names_read(const struct pin_registry *registry, struct pin_names *ret);

/* The directory of a name. -ENOENT; -ENOTDIR: something else is there. */
int pin_open_directory(const struct pin_registry *registry, const char *name, int *ret_fd);

/* Read `file` of a name's directory. -ENOENT; -EBADMSG: it is no record, or not the owner's. */
int pin_read_record(const struct pin_registry *registry, int dirfd, const char *file, struct pin_record *ret);

/*
 * Does /run/netns have an empty file under a name that keeps no namespace there?
 * One is left where ip-netns(8) is killed in the middle of "add" or "delete".
 */
bool pin_has_stray_net(const struct pin *pin);

/*
 * Is what /run/netns has under a name that of an unfinished one: the same
 * namespace, or none? 1; 0, also where there is nothing; or -errno.
 */
int pin_net_is_of(const char *name, const struct pin_record *unfinished);

#endif /* NSX_PIN_REGISTRY_H */
