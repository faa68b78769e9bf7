/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sheet_table.c - reports as tables, by libsmartcols.
 */
#include "ls/sheet.h"

#include <libsmartcols.h>

#include "diag.h"
#include "ls/cells.h"
#include "ls/view.h"

static void unref_table(struct libscols_table **table)
{
	scols_unref_table(*table);
}

/* libsmartcols fails for want of memory, or because we use it wrongly. */
static void check(int r)
{
	if (r < 0)
		die(r, "cannot make the table");
}

static void add_column(struct libscols_table *table, const struct column *column,
		       const struct sheet_style *style)
{
	struct libscols_column *added;
	int flags = 0;

	if (column->flags & COLUMN_RIGHT)
		flags |= SCOLS_FL_RIGHT;
	if ((column->flags & COLUMN_TRUNCATED) && style->is_cut)
		flags |= SCOLS_FL_TRUNC;
	added = scols_table_new_column(table, column->name, 0, flags);
	if (!added)
		die_oom();
	if (style->has_color)
		check(scols_cell_set_color(scols_column_get_header(added), VIEW_COLOR_HEADING));
}

static void add_row(struct libscols_table *table, const struct sheet *sheet, char *const *row)
{
	struct libscols_line *line = scols_table_new_line(table, NULL);

	if (!line)
		die_oom();
	for (size_t i = 0; i < sheet->columns.count; i++) {
		const struct column *column = sheet->columns.columns[i];

		/* The line owns the text from here on. */
		if (row[i])
			check(scols_line_refer_data(line, i, cell_flatten(column, row[i], ',')));
	}
}

void sheet_print_table(const struct sheet *sheet, const struct sheet_style *style, FILE *out)
{
	_cleanup_(unref_table) struct libscols_table *table = scols_new_table();

	if (!table)
		die_oom();
	check(scols_table_set_stream(table, out));
	check(scols_table_enable_raw(table, style->is_raw));
	check(scols_table_enable_noheadings(table, !style->has_headings));
	check(scols_table_enable_colors(table, style->has_color));
	for (size_t i = 0; i < sheet->columns.count; i++)
		add_column(table, sheet->columns.columns[i], style);
	for (size_t i = 0; i < sheet->n_rows; i++)
		add_row(table, sheet, sheet->rows[i]);
	check(scols_print_table(table));
}
