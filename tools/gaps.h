/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gaps.h - what a scan could not see, in words for a person.
 */
#ifndef NSX_GAPS_H
#define NSX_GAPS_H

#include "base.h"
#include "scan/counts.h"

/*
 * Say what could not be read: on a terminal, or with --verbose; a script that
 * reads standard error as failure is not told unless it asks.
 */
void tell_gaps(const struct scan_counts *counts);

#endif /* NSX_GAPS_H */
