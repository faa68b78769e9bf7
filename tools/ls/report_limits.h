/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report_limits.h - the pure part of a report, for tests of it.
 */
#ifndef NSX_LS_REPORT_LIMITS_H
#define NSX_LS_REPORT_LIMITS_H

#include "base.h"
#include "ls/baseline.h"
#include "scan/inventory.h"

/* How many namespaces a user has in a user namespace. */
struct account {
	uint32_t user_ns; /* its node */
	uid_t uid;	  /* as we number users; UID_UNKNOWN where that is not to be had */
	uint32_t counts[NS_TYPE_COUNT];
};

/* By user namespace, then user. One of zeros is empty. */
struct accounts {
	struct account *list;
	size_t count;
	struct lookup index;
	size_t room;
};

/*
 * Count as the kernel does (kernel/ucount.c): a namespace counts for its
 * creator in the user namespace that owns it, then for the creator of that one
 * in its parent, and so on to the initial one. The initial namespaces count for
 * nobody.
 *
 * The kernel names the creators of user namespaces only. Others are taken for
 * those of the creator of their owner, who mostly has made both.
 *
 * The inventory knows owners (FACT_OWNER) of all types.
 */
void accounts_fill(const struct inventory *inventory, const struct baseline *initial, struct accounts *accounts);
void accounts_release(struct accounts *accounts);

#endif /* NSX_LS_REPORT_LIMITS_H */
