/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ns_query.h - what the kernel says of an open namespace (ioctl_nsfs(2)), and
 * opening one without harm. Each question is one system call; ask it once per
 * namespace. Descriptors handed out are O_CLOEXEC and the caller's to close.
 */
#ifndef NSX_NS_QUERY_H
#define NSX_NS_QUERY_H

#include "base.h"
#include "ns_id.h"
#include "ns_type.h"

/*
 * Open `path` at `dirfd`, which must be a namespace file: an nsfs link of
 * /proc or a bind mount of one. What else it may be (a FIFO, a device) is
 * found out before it is opened. -EMEDIUMTYPE where it is no namespace.
 */
int ns_open(int dirfd, const char *path, int *ret_fd);

/* Is an open file a namespace? 0 or -EMEDIUMTYPE; for O_PATH descriptors too. */
int ns_check(int fd);

/*
 * Read a link of /proc without opening what is behind it: the cheapest look
 * at a namespace. -EMEDIUMTYPE where it is no link to a namespace.
 */
int ns_read_link(int dirfd, const char *path, enum ns_type *ret_type, ino_t *ret_ino);

/* The type; -EMEDIUMTYPE where `fd` is no namespace. */
enum ns_type ns_query_type(int fd);

/* The user namespace that owns it. For a user namespace that is its parent.
 * -EPERM where the owner lies outside of the caller's user namespace. */
int ns_query_owner(int fd, int *ret_fd);

/* The parent of a user or pid namespace. -EPERM where it lies outside of the
 * caller's; -EINVAL for other types. */
int ns_query_parent(int fd, int *ret_fd);

/* The uid, seen from the caller, of the creator of a user namespace. */
int ns_query_owner_uid(int fd, uid_t *ret);

/* The 64-bit id, never used twice: 6.18, -ENOTTY before. */
int ns_query_nsid(int fd, uint64_t *ret);

/*
 * Number `pid` of a pid namespace, as the caller's own numbers it (a thread may
 * have one too), and the process that it is of. Linux 6.11, -ENOTTY before.
 * -ESRCH: there is no such number, or the caller has none for it; but up to
 * Linux 6.19, less some stable ones, that is -ENOTTY as well.
 */
int ns_query_pid_from(int fd, pid_t pid, pid_t *ret_thread, pid_t *ret_process);

/*
 * The process that is number 1 of a pid namespace, as the caller's own numbers
 * it: 6.11, -ENOTTY before. -ESRCH (up to 6.18 -ENOTTY too): there is none, or
 * the caller has no number for it.
 */
int ns_query_init(int fd, pid_t *ret);

/* How many mounts a mount namespace has, that of its root not counted: 6.12, -ENOTTY before. */
int ns_query_mounts(int fd, unsigned int *ret);

/* The net namespace of an open socket of any family (SIOCGSKNS, 4.10).
 * -EMEDIUMTYPE where `fd` is no socket; -EPERM without rights over it. */
int ns_query_socket(int fd, int *ret_fd);

/*
 * Does `fd` belong to user namespace `user`, or to one below it? True for
 * `user` itself and its descendants too. Walks up by NS_GET_USERNS.
 */
bool ns_query_is_below(int fd, struct ns_id user);

#endif /* NSX_NS_QUERY_H */
