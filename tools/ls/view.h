/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * view.h - rows and columns to text: a table, JSON, words of a shell. A view knows neither
 * /proc nor how anything was found, and trusts no byte of a cell.
 */
#ifndef NSX_LS_VIEW_H
#define NSX_LS_VIEW_H

#include "base.h"
#include "ls/columns.h"
#include "scan/counts.h"
#include "scan/inventory.h"
#include "ls/select.h"

struct view {
	const struct inventory *inventory;
	const struct rows *rows;
	const struct column_list *columns;
	enum tree tree;
	/* JSON only. */
	const char *name; /* "namespaces": the key of the array */
	const struct scan_counts *counts;
	/* The table only. */
	bool is_raw; /* one blank between cells, blanks in them as \x20 */
	bool has_headings;
	bool is_cut;	 /* may cut cells where a terminal is too narrow */
	bool is_stacked; /* each item of a list has a line of its own; else commas are between them */
	bool has_color;	 /* headings and types stand out, rows without a process stand back */
};

/* Of headings, in all tables; as scols_line_set_color() takes it. */
#define VIEW_COLOR_HEADING "bold"

/*
 * Through libsmartcols. Bytes that are no printable character are written as
 * \xNN. Rows of a raw tree come in its order, without its lines.
 */
void view_table(const struct view *view, FILE *out);

/*
 * One object a row, as cells_print_json() has it. With a tree every object has
 * an array "children".
 */
void view_json(const struct view *view, FILE *out);

/* The keys that every JSON object we print on its own has, without its braces: schema, complete, counts. */
void view_json_head(FILE *out, const struct scan_counts *counts);

/* Counts up when a key that there was changes its meaning or goes; new keys do not count. */
enum { VIEW_JSON_SCHEMA = 1 };

/* One line of assignments a row, as cells_print_shell() has it; those of a tree in its order. */
void view_shell(const struct view *view, FILE *out);

#endif /* NSX_LS_VIEW_H */
