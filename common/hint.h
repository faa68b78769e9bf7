/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hint.h - from a step that failed to why, and what to do about it.
 *
 * The kernel answers a dozen causes with one errno. Each function below takes
 * what was tried and the -errno, looks at a few cheap things (sysctls, limits,
 * our own status; never a fork), and returns a clause to put behind the
 * message, for the caller to free; or NULL where it knows nothing better. The
 * order of the causes is the order of the kernel's tests; the facts are those
 * of user_namespaces(7), namespaces(7), pid_namespaces(7), cgroups(7), seccomp(2).
 */
#ifndef NSX_HINT_H
#define NSX_HINT_H

#include "base.h"
#include "join_owners.h"
#include "ns_ref.h"
#include "ns_type.h"

/*
 * From now on look at this open /proc, the caller's (-EBADF where there is
 * none): the one at hand may be of a world that was entered, and make us
 * believe anything, or wait for ever. The descriptor stays the caller's.
 */
void hint_look_in(int procfd);

char *hint_create(ns_set types, int error);		  /* unshare(2) of these */
char *hint_setgroups(int error);			  /* writing /proc/PID/setgroups */

/* Writing an id map; by newuidmap(1) or newgidmap(1), with setgroups(2) to be allowed. */
char *hint_map(bool is_group, bool by_tool, bool allows_setgroups, int error);

/* Opening what a reference names, for a type or (NS_TYPE_INVALID) as it is; ns_ref.h has the errors. */
char *hint_reference(const struct ns_ref *ref, enum ns_type type, int error);
char *hint_user_parent(int error); /* asking for the owner */
char *hint_target_file(int error); /* reading or opening something below /proc/PID */
char *hint_chroot(bool enters, int error);
char *hint_label(int error); /* setting a security label */
char *hint_program(int error); /* taking a static program along */

/* setns(2) */
char *hint_join(const struct join_blame *blame, int error, bool has_rights);

char *hint_cgroup_open(int error);			  /* opening cgroup.procs */
char *hint_cgroup_join(int error);			  /* writing to it */
char *hint_fork(int error);				  /* fork after a pid namespace */
char *hint_mount_virtual(const char *type, int error);	  /* mounting proc, sysfs, binfmt_misc */
char *hint_propagation(int error);			  /* of "/" */
char *hint_pivot(int error);				  /* pivot_root(2) */
char *hint_pty(int error);				  /* opening a pseudo-terminal */
char *hint_keep(enum ns_type type, int error);		  /* binding a namespace */
char *hint_registry(int error);				  /* making room for a name, looking names up; pin_registry.h has the errors */
/* setresuid(2), setresgid(2); in a user namespace just made, or in one entered; the id was asked for, or not */
char *hint_identity(bool is_group, bool is_new, bool is_given, uint32_t id, int error);

/* Say "cannot DESCRIPTION: errno: hint" and end; frees the hint, which may be NULL. */
_noreturn_ void die_with_hint(int error, const char *description, char *hint);

#endif /* NSX_HINT_H */
