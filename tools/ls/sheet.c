/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sheet.c - rows of texts, and these as JSON and for shells, one row a line.
 */
#include "ls/sheet.h"

#include "diag.h"
#include "json.h"
#include "ls/cells.h"
#include "ls/view.h"

enum { FIRST_ROOM = 64 };

void sheet_init(struct sheet *sheet, const char *name, const struct column *list, size_t count)
{
	*sheet = (struct sheet){ .name = name };
	sheet->columns.columns = xcalloc(count, sizeof(*sheet->columns.columns));
	for (size_t i = 0; i < count; i++)
		sheet->columns.columns[sheet->columns.count++] = &list[i];
}

void sheet_release(struct sheet *sheet)
{
	for (size_t i = 0; i < sheet->n_rows; i++)
		cells_free(sheet->rows[i], &sheet->columns);
	free(sheet->rows);
	column_list_release(&sheet->columns);
	*sheet = (struct sheet){ 0 };
}

char **sheet_add_row(struct sheet *sheet)
{
	if (sheet->n_rows == sheet->room) {
		sheet->room = sheet->room ? sheet->room * 2 : FIRST_ROOM;
		sheet->rows = xreallocarray(sheet->rows, sheet->room, sizeof(*sheet->rows));
	}
	sheet->rows[sheet->n_rows] = xcalloc(sheet->columns.count, sizeof(**sheet->rows));
	return sheet->rows[sheet->n_rows++];
}

/* The place of a column in a list; `count` where it is not there. */
static size_t place_of(const struct column_list *list, const struct column *column)
{
	size_t i = 0;

	while (i < list->count && list->columns[i] != column)
		i++;
	return i;
}

/* The cells of a row in the order of other columns. */
static char **choose_cells(char **cells, const struct column_list *from, const struct column_list *to)
{
	char **chosen = xcalloc(to->count, sizeof(*chosen));

	for (size_t i = 0; i < to->count; i++) {
		size_t place = place_of(from, to->columns[i]);

		if (place < from->count) {
			chosen[i] = cells[place];
			cells[place] = NULL;
		}
	}
	cells_free(cells, from);
	return chosen;
}

void sheet_choose(struct sheet *sheet, const struct column_list *chosen)
{
	struct column_list all = sheet->columns;

	sheet->columns = (struct column_list){ 0 };
	for (size_t i = 0; i < chosen->count; i++)
		column_list_add_one(&sheet->columns, chosen->columns[i]);
	for (size_t i = 0; i < sheet->n_rows; i++)
		sheet->rows[i] = choose_cells(sheet->rows[i], &all, &sheet->columns);
	column_list_release(&all);
}

char *cell_number(unsigned long long number)
{
	return xasprintf("%llu", number);
}

char *cell_link(enum ns_type type, ino_t ino)
{
	char link[NS_LINK_SIZE];

	ns_link_format(type, ino, link);
	return xstrdup(link);
}

char *cell_text(const char *text)
{
	return text ? xstrdup(text) : NULL;
}

void sheet_print_json(const struct sheet *sheet, const struct scan_counts *counts, const char *const basis[2],
		      FILE *out)
{
	putc('{', out);
	view_json_head(out, counts);
	if (basis[0]) {
		fprintf(out, ", \"%s\": ", basis[0]);
		json_print_string(out, basis[1]);
	}
	fprintf(out, ", \"%s\": [", sheet->name);
	for (size_t i = 0; i < sheet->n_rows; i++) {
		fputs(i ? ",\n   {" : "\n   {", out);
		cells_print_json(out, &sheet->columns, sheet->rows[i]);
		putc('}', out);
	}
	fputs(sheet->n_rows ? "\n]}\n" : "]}\n", out);
}

void sheet_print_shell(const struct sheet *sheet, FILE *out)
{
	for (size_t i = 0; i < sheet->n_rows; i++) {
		cells_print_shell(out, &sheet->columns, sheet->rows[i]);
		putc('\n', out);
	}
}
