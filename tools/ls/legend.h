/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * legend.h - what there is to choose from: columns and sources, as lines for
 * people or as JSON.
 */
#ifndef NSX_LS_LEGEND_H
#define NSX_LS_LEGEND_H

#include "base.h"
#include "ls/columns.h"

/* Columns that have all these flags. */
void legend_columns(const struct column *table, size_t count, unsigned int flags, bool is_json);
void legend_sources(bool is_json);

#endif /* NSX_LS_LEGEND_H */
