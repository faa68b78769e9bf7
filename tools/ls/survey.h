/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * survey.h - a scan by the tool: what keeps it from being made ends the
 * program with a message.
 */
#ifndef NSX_LS_SURVEY_H
#define NSX_LS_SURVEY_H

#include "base.h"
#include "scan/observe.h"

/* Without /proc this ends the program (EXIT_UNSUPPORTED), for those who make no scan. */
void survey_need_proc(void);

/* A scan that wants nothing yet. Needs /proc likewise. */
void survey_init(struct scan *scan, struct inventory *inventory);

/* Make it. */
void survey_run(struct scan *scan);

#endif /* NSX_LS_SURVEY_H */
