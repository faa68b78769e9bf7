/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report_sets.h - the pure part of a report, for tests of it.
 */
#ifndef NSX_LS_REPORT_SETS_H
#define NSX_LS_REPORT_SETS_H

#include "base.h"
#include "ls/baseline.h"
#include "ls/sheet.h"
#include "scan/inventory.h"

/* The sets by the pid of their leader, as places in the inventory; for the caller to free. */
uint32_t *sets_in_order(const struct inventory *inventory);

/*
 * The types of which a set has others than the baseline, then files such as
 * pid_for_children where children would be in others than the task itself: mnt,
 * uts, pid_for_children. A list as COLUMN_LIST has it, for the caller to free.
 */
char *set_differences(const struct inventory *inventory, const struct task_set *set,
		      const struct baseline *baseline);

/* Its namespaces: mnt:[4026531841], uts:[4026531838]. Likewise. */
char *set_links(const struct inventory *inventory, const struct task_set *set);

#endif /* NSX_LS_REPORT_SETS_H */
