/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * view_table.c - tables and trees by libsmartcols.
 */
#include "ls/view.h"

#include <string.h>

#include "diag.h"
#include "ls/cells.h"
#include "ls/table.h"

/* Sober: names of colours and sequences of terminals, as scols_line_set_color() takes them. */
#define COLOR_TYPE  "cyan"
#define COLOR_EMPTY "\033[2m" /* faint: nobody is in it */

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

static bool is_stacked(const struct view *view, const struct column *column)
{
	return column->json == COLUMN_LIST && view->is_stacked && !view->is_raw;
}

static int flags_of(const struct view *view, const struct column *column)
{
	const struct column *tree = tree_column(view);
	int flags = 0;

	if (tree && column == tree)
		flags |= SCOLS_FL_TREE; /* flush left: lines start at the edge */
	else if (column->flags & COLUMN_RIGHT)
		flags |= SCOLS_FL_RIGHT;
	if ((column->flags & COLUMN_TRUNCATED) && view->is_cut)
		flags |= SCOLS_FL_TRUNC;
	if (is_stacked(view, column))
		flags |= SCOLS_FL_WRAP;
	return flags;
}

/* The items of a list one below the other: at the newlines between them, and nowhere else. */
static void stack_items(struct libscols_column *column)
{
	table_check(scols_column_set_wrapfunc(column, scols_wrapnl_chunksize, scols_wrapnl_nextchunk, NULL));
	table_check(scols_column_set_safechars(column, "\n"));
}

static void add_column(struct libscols_table *table, const struct view *view, const struct column *column)
{
	struct libscols_column *added =
		table_add_column(table, column, flags_of(view, column), view->has_color);

	if (is_stacked(view, column))
		stack_items(added);
}

static void set_cell(const struct view *view, struct libscols_line *line, size_t i, const char *text)
{
	const struct column *column = view->columns->columns[i];
	char *flat;

	if (!text)
		return;
	flat = cell_flatten(column, text, is_stacked(view, column) ? '\n' : ',');
	/* The line owns the text from here on. */
	table_check(scols_line_refer_data(line, i, flat));
}

static void color_line(const struct view *view, const struct row *row, struct libscols_line *line)
{
	if (!view->inventory->lacks_processes && view->inventory->nodes[row->node].nprocs == 0) {
		table_check(scols_line_set_color(line, COLOR_EMPTY));
		return;
	}
	for (size_t i = 0; i < view->columns->count; i++)
		if (strcmp(view->columns->columns[i]->name, "TYPE") == 0)
			table_check(scols_cell_set_color(scols_line_get_cell(line, i), COLOR_TYPE));
}

static void add_row(struct libscols_table *table, const struct view *view, const struct row *row,
		    struct libscols_line **lines)
{
	char **cells = cells_of(view->inventory, row, view->columns);
	struct libscols_line *parent = NULL;
	struct libscols_line *line;

	if (row->parent != ROW_NONE && !view->is_raw)
		parent = lines[row->parent];
	line = scols_table_new_line(table, parent);
	if (!line)
		die_oom();
	for (size_t i = 0; i < view->columns->count; i++)
		set_cell(view, line, i, cells[i]);
	cells_free(cells, view->columns);
	if (view->has_color)
		color_line(view, row, line);
	lines[row - view->rows->rows] = line;
}

void view_table(const struct view *view, FILE *out)
{
	_cleanup_(table_unref) struct libscols_table *table = scols_new_table();
	_cleanup_free_ struct libscols_line **lines = xcalloc(view->rows->count, sizeof(*lines));

	if (!table)
		die_oom();
	table_check(scols_table_set_stream(table, out));
	table_check(scols_table_enable_raw(table, view->is_raw));
	table_check(scols_table_enable_noheadings(table, !view->has_headings));
	table_check(scols_table_enable_colors(table, view->has_color));
	for (size_t i = 0; i < view->columns->count; i++)
		add_column(table, view, view->columns->columns[i]);
	for (size_t i = 0; i < view->rows->count; i++)
		add_row(table, view, &view->rows->rows[i], lines);
	table_check(scols_print_table(table));
}
