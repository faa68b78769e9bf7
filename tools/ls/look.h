/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * look.h - one scan for the tool: it succeeds, or ends the program with words.
 */
#ifndef NSX_LS_LOOK_H
#define NSX_LS_LOOK_H

#include "base.h"
#include "scan/observe.h"

/* A scan that wants nothing yet; without a /proc, EXIT_UNSUPPORTED. */
void look_open(struct scan *scan, struct inventory *inventory);

/* Ask the sources. */
void look_run(struct scan *scan);

/* A person is told of gaps; a script that reads standard error as failure is not, unless it asks. */
void look_report_gaps(const struct scan *scan);

#endif /* NSX_LS_LOOK_H */
