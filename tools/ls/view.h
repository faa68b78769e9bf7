/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * view.h - rows and columns to text: a table, or JSON. A view knows neither
 * /proc nor how anything was found, and trusts no byte of a cell.
 */
#ifndef NSX_LS_VIEW_H
#define NSX_LS_VIEW_H

#include "base.h"
#include "ls/columns.h"
#include "scan/inventory.h"
#include "ls/select.h"

struct view {
	const struct inventory *inventory;
	const struct rows *rows;
	const struct column_list *columns;
	const char *name; /* "namespaces": the key of the array in JSON */
	enum tree tree;
	/* The table only. */
	bool is_raw; /* one blank between cells, blanks in them as \x20 */
	bool has_headings;
	bool is_cut; /* may cut cells where a terminal is too narrow */
};

/*
 * Through libsmartcols, which nothing else of nsx-ls uses. Bytes that are no
 * printable character are written as \xNN. Rows of a raw tree come in its
 * order, without its lines.
 */
void view_table(const struct view *view, FILE *out);

/*
 * One object a row: keys are the columns' names in lower case, numbers are
 * numbers, null is unknown. With a tree every object has an array "children".
 * Always valid UTF-8: a byte that is none becomes U+FFFD, and every control
 * character, DEL and C1 included, an escape.
 */
void view_json(const struct view *view, FILE *out);

#endif /* NSX_LS_VIEW_H */
