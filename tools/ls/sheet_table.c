/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sheet_table.c - reports as tables, by libsmartcols.
 */
#include "ls/sheet.h"

#include "diag.h"
#include "ls/cells.h"
#include "ls/table.h"

static void add_column(struct libscols_table *table, const struct column *column,
		       const struct sheet_style *style)
{
	int flags = 0;

	if (column->flags & COLUMN_RIGHT)
		flags |= SCOLS_FL_RIGHT;
	if ((column->flags & COLUMN_TRUNCATED) && style->is_cut)
		flags |= SCOLS_FL_TRUNC;
	table_add_column(table, column, flags, style->has_color);
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
			table_check(scols_line_refer_data(line, i, cell_flatten(column, row[i], ',')));
	}
}

void sheet_print_table(const struct sheet *sheet, const struct sheet_style *style, FILE *out)
{
	_cleanup_(table_unref) struct libscols_table *table = scols_new_table();

	if (!table)
		die_oom();
	table_check(scols_table_set_stream(table, out));
	table_check(scols_table_enable_raw(table, style->is_raw));
	table_check(scols_table_enable_noheadings(table, !style->has_headings));
	table_check(scols_table_enable_colors(table, style->has_color));
	for (size_t i = 0; i < sheet->columns.count; i++)
		add_column(table, sheet->columns.columns[i], style);
	for (size_t i = 0; i < sheet->n_rows; i++)
		add_row(table, sheet, sheet->rows[i]);
	table_check(scols_print_table(table));
}
