/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * keep.h - bind namespaces to files, all or nothing: what was made is noted,
 * and undone in reverse order when a later step fails.
 */
#ifndef NSX_KEEP_H
#define NSX_KEEP_H

#include "base.h"
#include "ns_id.h"
#include "ns_type.h"

#include <sys/types.h>

/* Effects, in the order in which they came about. Zero it to begin. */
struct keep {
	struct keep_effect *effects;
	size_t count;
};

/* Forget the notes; the effects stay, and what was replaced goes. */
void keep_release(struct keep *keep);

/* Undo all effects noted, the last one first, and forget them. */
void keep_undo(struct keep *keep);

/* Make a directory (mode 0755). -EEXIST where there is something. */
int keep_make_directory(struct keep *keep, const char *path);

/*
 * Make an empty file of that mode, to bind a namespace to. -EEXIST where there
 * is something: whether that will do is the caller's to decide.
 */
int keep_make_file(struct keep *keep, const char *path, mode_t mode);

/* The same with a text in it. */
int keep_write_file(struct keep *keep, const char *path, const char *text);

/*
 * Put a file with a text there, at once and in the place of a regular file,
 * which stays beside it until it is known that it need not come back. Anything
 * else (a FIFO, a device, what a link leads to) is written to, and that is all.
 * -ERESTART: nobody reads the FIFO yet.
 */
int keep_replace_file(struct keep *keep, const char *path, const char *text);

/*
 * Bind the namespace file `source` (below /proc) to an existing file, and look
 * whether that one is bound now: -ESTALE where it is another.
 * -EINVAL: a mount namespace on a mount that has peers, or (Linux 6.18) made
 * on another CPU than the caller's; mount_namespaces(7).
 */
int keep_bind(struct keep *keep, const char *source, const char *path);

/*
 * The same for a mount namespace, on a shared mount as well: where that has
 * peers the file is bound to itself first, privately, so that two mounts hold
 * the namespace, and two umount(8) let it go.
 */
int keep_bind_mount_namespace(struct keep *keep, const char *source, const char *path);

#endif /* NSX_KEEP_H */
