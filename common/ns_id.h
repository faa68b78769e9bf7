/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ns_id.h - what tells one namespace from another: the device and inode number
 * of its nsfs file, for as long as something holds it (namespaces(7)). The
 * kernel uses a number again once the namespace is gone.
 */
#ifndef NSX_NS_ID_H
#define NSX_NS_ID_H

#include "base.h"
#include "ns_type.h"

#include <sys/types.h>

struct ns_id {
	dev_t dev; /* the one nsfs device of this kernel; no constant */
	ino_t ino;
};

static inline bool ns_id_equal(struct ns_id a, struct ns_id b)
{
	return a.ino == b.ino && a.dev == b.dev;
}

/* Spreads well for hash tables of any power-of-two size. */
static inline size_t ns_id_hash(struct ns_id id)
{
	uint64_t mixed = ((uint64_t)id.ino ^ ((uint64_t)id.dev << 40)) * UINT64_C(0x9e3779b97f4a7c15);

	return (size_t)(mixed ^ (mixed >> 32));
}

/* Longest link text, "cgroup:[18446744073709551615]", with its NUL byte. */
enum { NS_LINK_SIZE = 32 };

/*
 * Read the text of a link in /proc/PID/ns, "net:[4026531840]".
 * -EINVAL where it is none; -ERANGE where the number is too large.
 */
int ns_link_parse(const char *text, enum ns_type *ret_type, ino_t *ret_ino);

/* Write that text. */
void ns_link_format(enum ns_type type, ino_t ino, char out[NS_LINK_SIZE]);

/* The identity of an open namespace file (or of any other file). */
int ns_id_of_fd(int fd, struct ns_id *ret);

/* The same of a path at a directory, followed; one stat(2). -EACCES also where that is a directory. */
int ns_id_of_path(int dirfd, const char *path, struct ns_id *ret);

#endif /* NSX_NS_ID_H */
