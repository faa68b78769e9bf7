/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * table.h - what tables of libsmartcols have in common, whatever is in them.
 */
#ifndef NSX_LS_TABLE_H
#define NSX_LS_TABLE_H

#include "base.h"
#include "diag.h"
#include "ls/columns.h"
#include "ls/view.h"

#include <libsmartcols.h>

static inline void table_unref(struct libscols_table **table)
{
	scols_unref_table(*table);
}

/* libsmartcols fails for want of memory, or because we use it wrongly. */
static inline void table_check(int r)
{
	if (r < 0)
		die(r, "cannot make the table");
}

/* A column with its heading; flags are those of libsmartcols. */
static inline struct libscols_column *table_add_column(struct libscols_table *table, const struct column *column,
						       int flags, bool has_color)
{
	struct libscols_column *added = scols_table_new_column(table, column->name, 0, flags);

	if (!added)
		die_oom();
	if (has_color)
		table_check(scols_cell_set_color(scols_column_get_header(added), VIEW_COLOR_HEADING));
	return added;
}

#endif /* NSX_LS_TABLE_H */
