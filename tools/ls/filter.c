/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * filter.c - filter expressions by libsmartcols: the columns that one names
 * make a table that is never printed, in which each row stands for a moment.
 */
#include "ls/filter.h"

#include <libsmartcols.h>
#include <stdio_ext.h>
#include <string.h>

#include "diag.h"
#include "ls/cells.h"
#include "ls/columns.h"

#ifdef HAVE_SCOLS_FILTER

struct filter {
	struct libscols_filter *expression;
	struct libscols_table *table;
	struct column_list columns; /* in the order of the table's */
};

static void check(int r)
{
	if (r < 0)
		die(r, "cannot use the filter");
}

static void *check_memory(void *made)
{
	if (!made)
		die_oom();
	return made;
}

static struct libscols_column *new_column(struct filter *filter, const struct column *column)
{
	struct libscols_column *added =
		check_memory(scols_table_new_column(filter->table, column->name, 0, 0));

	check(scols_column_set_data_type(added,
					 column->json == COLUMN_NUMBER ? SCOLS_DATA_U64 : SCOLS_DATA_STRING));
	return added;
}

/* A name in the expression; "ns" and "NS" are two names of one column. */
static void add_column(struct filter *filter, const char *name)
{
	size_t before = filter->columns.count, place = 0;
	const struct column *column = column_find(columns, n_columns, name, strlen(name));
	const char *bad;

	if (!column || column_list_add(&filter->columns, name, &bad) < 0)
		die(0, "--filter: unknown column '%s' (--list-columns shows all)", name);
	while (filter->columns.columns[place] != column)
		place++;
	if (place == before)
		new_column(filter, column);
	check(scols_filter_assign_column(filter->expression, NULL, name,
					 scols_table_get_column(filter->table, place)));
}

/*
 * The library prints characters that its rules do not know, and goes on: its
 * lexer is of flex(1), which does so by default.
 */
static bool has_unknown_characters(void)
{
	bool was_printed = __fpending(stdout) > 0;

	__fpurge(stdout);
	return was_printed;
}

static void parse(struct filter *filter, const char *expression)
{
	int r = scols_filter_parse_string(filter->expression, expression);

	if (has_unknown_characters())
		die_usage("--filter: '%s': it has a character that means nothing there", expression);
	if (r != 0)
		die_usage("--filter: '%s': %s", expression, scols_filter_get_errmsg(filter->expression));
}

struct filter *filter_new(const char *expression)
{
	struct filter *filter = xcalloc(1, sizeof(*filter));
	struct libscols_iter *iter = check_memory(scols_new_iter(SCOLS_ITER_FORWARD));
	const char *name;

	filter->expression = check_memory(scols_new_filter(NULL));
	filter->table = check_memory(scols_new_table());
	parse(filter, expression);
	while (scols_filter_next_holder(filter->expression, iter, &name, 0) == 0)
		add_column(filter, name);
	scols_free_iter(iter);
	return filter;
}

void filter_free(struct filter *filter)
{
	if (!filter)
		return;
	scols_unref_filter(filter->expression);
	scols_unref_table(filter->table);
	column_list_release(&filter->columns);
	free(filter);
}

unsigned int filter_facts(const struct filter *filter)
{
	return column_list_facts(&filter->columns);
}

static bool is_true_for(struct filter *filter, const struct inventory *inventory, const struct row *row)
{
	struct libscols_line *line = check_memory(scols_table_new_line(filter->table, NULL));
	char **cells = cells_of(inventory, row, &filter->columns);
	int is_true = 0;

	for (size_t i = 0; i < filter->columns.count; i++) {
		const struct column *column = filter->columns.columns[i];

		if (column->json == COLUMN_NUMBER ? cell_has_number(cells[i]) : cells[i] != NULL)
			check(scols_line_refer_data(line, i, cell_flatten(column, cells[i], ',')));
	}
	cells_free(cells, &filter->columns);
	check(scols_line_apply_filter(line, filter->expression, &is_true));
	check(scols_table_remove_line(filter->table, line));
	return is_true;
}

bool *filter_ask(struct filter *filter, const struct inventory *inventory, const struct rows *rows)
{
	bool *truths = xcalloc(rows->count, sizeof(*truths));

	for (size_t i = 0; i < rows->count; i++)
		truths[i] = is_true_for(filter, inventory, &rows->rows[i]);
	return truths;
}

#else

struct filter *filter_new(const char *expression _unused_)
{
	die_status(EXIT_UNSUPPORTED, 0,
		   "--filter needs libsmartcols 2.40 or newer, and this nsx-ls was built with %s",
		   LIBSMARTCOLS_VERSION);
}

void filter_free(struct filter *filter _unused_)
{
}

unsigned int filter_facts(const struct filter *filter _unused_)
{
	return 0;
}

bool *filter_ask(struct filter *filter _unused_, const struct inventory *inventory _unused_,
		 const struct rows *rows)
{
	return xcalloc(rows->count, sizeof(bool));
}

#endif

void filter_rows(struct filter *filter, const struct inventory *inventory, struct rows *rows)
{
	_cleanup_free_ bool *keep = filter_ask(filter, inventory, rows);

	rows_keep(rows, keep);
}
