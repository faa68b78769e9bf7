/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * target.h - the process or the namespace that was asked for: held from
 * before the scan, so that its number cannot come to mean another meanwhile.
 *
 * Part of the tool: ends it with a message where the target is not there
 * (EXIT_MISSING) or not to be had.
 */
#ifndef NSX_LS_TARGET_H
#define NSX_LS_TARGET_H

#include "base.h"
#include "scan/inventory.h"
#include "ns_ref.h"

struct target {
	struct ns_ref ref;
	struct ns_ref_process process;
	pid_t pid; /* its number in /proc */
	/* Of a namespace. */
	int fd;
	enum ns_type type;
	struct ns_id id;
};

#define TARGET_NONE                                                                                          \
	{                                                                                                    \
		.process = { -EBADF, -EBADF }, .fd = -EBADF, .type = NS_TYPE_INVALID                         \
	}

/* Take hold of a process (`ref` must be one), which may refuse to be read. */
void target_open_process(struct target *target, const struct ns_ref *ref);

/* The same, of one whose namespaces can be read. */
void target_hold_process(struct target *target, const struct ns_ref *ref);

/* Its place in the inventory. */
uint32_t target_find_process(const struct target *target, const struct inventory *inventory);

/*
 * Take hold of a namespace of one of the types, named in any way: one given by
 * its number is looked for everywhere, and of a process, or of a name that
 * keeps several, the types must choose one.
 */
void target_hold_namespace(struct target *target, const struct ns_ref *ref, ns_set types);

void target_release(struct target *target);

#endif /* NSX_LS_TARGET_H */
