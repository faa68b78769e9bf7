/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * view_table.c - tables and trees by libsmartcols.
 */
#include "ls/view.h"

#include <libsmartcols.h>
#include <string.h>

#include "diag.h"

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

/*
 * The column that the lines of a tree stand in: the name of what is nested,
 * as lsns(8) has it, or the first one where that is not shown.
 */
static const struct column *tree_column(const struct view *view)
{
	const char *wanted = view->tree == TREE_PROCESS ? "COMMAND" : "NS";

	if (view->tree == TREE_NONE || view->is_raw)
		return NULL;
	for (size_t i = 0; i < view->columns->count; i++)
		if (strcmp(view->columns->columns[i]->name, wanted) == 0)
			return view->columns->columns[i];
	return view->columns->columns[0];
}

static int flags_of(const struct view *view, const struct column *column)
{
	int flags = 0;

	if (column == tree_column(view))
		flags |= SCOLS_FL_TREE; /* flush left: lines start at the edge */
	else if (column->flags & COLUMN_RIGHT)
		flags |= SCOLS_FL_RIGHT;
	if ((column->flags & COLUMN_TRUNCATED) && view->is_cut)
		flags |= SCOLS_FL_TRUNC;
	return flags;
}

static void add_columns(struct libscols_table *table, const struct view *view)
{
	for (size_t i = 0; i < view->columns->count; i++) {
		const struct column *column = view->columns->columns[i];

		if (!scols_table_new_column(table, column->name, column->width, flags_of(view, column)))
			die_oom();
	}
}

static void add_row(struct libscols_table *table, const struct view *view, const struct row *row,
		    struct libscols_line **lines)
{
	struct libscols_line *parent = NULL;
	struct libscols_line *line;

	if (row->parent != ROW_NONE && !view->is_raw)
		parent = lines[row->parent];
	line = scols_table_new_line(table, parent);
	if (!line)
		die_oom();
	for (size_t i = 0; i < view->columns->count; i++) {
		char *text = view->columns->columns[i]->cell(view->inventory, row);

		/* The line owns the text from here on. */
		if (text)
			check(scols_line_refer_data(line, i, text));
	}
	lines[row - view->rows->rows] = line;
}

void view_table(const struct view *view, FILE *out)
{
	_cleanup_(unref_table) struct libscols_table *table = scols_new_table();
	_cleanup_free_ struct libscols_line **lines = xcalloc(view->rows->count, sizeof(*lines));

	if (!table)
		die_oom();
	check(scols_table_set_stream(table, out));
	check(scols_table_enable_raw(table, view->is_raw));
	check(scols_table_enable_noheadings(table, !view->has_headings));
	add_columns(table, view);
	for (size_t i = 0; i < view->rows->count; i++)
		add_row(table, view, &view->rows->rows[i], lines);
	check(scols_print_table(table));
}
