/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report_holders.h - the pure part of a report, for tests of it.
 */
#ifndef NSX_LS_REPORT_HOLDERS_H
#define NSX_LS_REPORT_HOLDERS_H

#include "base.h"
#include "ls/baseline.h"
#include "ls/sheet.h"
#include "scan/inventory.h"
#include "scan/pinned.h"

struct holders_wanted {
	ns_set types;
	const struct baseline *excluded; /* or NULL */
	const struct pinned_list *pinned;
};

/* One row a holder, by namespace, kind, process and number. */
void holders_fill(const struct inventory *inventory, const struct holders_wanted *wanted,
		  struct sheet *sheet);

#endif /* NSX_LS_REPORT_HOLDERS_H */
