/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * target.h - the process or the namespace that was asked for: held from
 * before the scan, so that its number cannot come to mean another meanwhile,
 * and found again in what the scan brought.
 *
 * Part of the tool: ends it with a message where the target is not there
 * (EXIT_MISSING) or not to be had.
 */
#ifndef NSX_LS_TARGET_H
#define NSX_LS_TARGET_H

#include "base.h"
#include "scan/inventory.h"
#include "scan/observe.h"
#include "ns_ref.h"

struct target {
	struct ns_ref ref;
	struct ns_ref_process process;
	/* Of a namespace; one given by its number is known after the scan only. */
	int fd;
	enum ns_type type; /* NS_TYPE_INVALID: not known */
	struct ns_id id;
};

#define TARGET_NONE                                                                                          \
	{                                                                                                    \
		.process = { -EBADF, -EBADF }, .fd = -EBADF, .type = NS_TYPE_INVALID                         \
	}

/* Take hold of a process (`ref` must be one). */
void target_hold_process(struct target *target, const struct ns_ref *ref);

/* Its place in the inventory. */
uint32_t target_find_process(const struct target *target, const struct inventory *inventory);

/* Take hold of a namespace of one of the types. */
void target_hold_namespace(struct target *target, const struct ns_ref *ref, ns_set types);

/* Narrow or widen a scan to what it takes to find the namespace. */
void target_adjust_scan(const struct target *target, struct scan *scan);

/* Its place in the inventory; NODE_NONE where it is held, but no process is in it. */
uint32_t target_find_namespace(const struct target *target, const struct scan *scan, ns_set types);

void target_release(struct target *target);

#endif /* NSX_LS_TARGET_H */
