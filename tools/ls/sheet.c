/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sheet.c - rows of texts, and these as JSON, one row a line.
 */
#include "ls/sheet.h"

#include <ctype.h>
#include <string.h>

#include "diag.h"
#include "json.h"

enum { FIRST_ROOM = 64 };

char **sheet_add_row(struct sheet *sheet)
{
	if (sheet->n_rows == sheet->room) {
		sheet->room = sheet->room ? sheet->room * 2 : FIRST_ROOM;
		sheet->rows = xreallocarray(sheet->rows, sheet->room, sizeof(*sheet->rows));
	}
	sheet->rows[sheet->n_rows] = xcalloc(sheet->n_columns, sizeof(**sheet->rows));
	return sheet->rows[sheet->n_rows++];
}

void sheet_release(struct sheet *sheet)
{
	for (size_t i = 0; i < sheet->n_rows; i++) {
		for (size_t j = 0; j < sheet->n_columns; j++)
			free(sheet->rows[i][j]);
		free(sheet->rows[i]);
	}
	free(sheet->rows);
	sheet->rows = NULL;
	sheet->n_rows = sheet->room = 0;
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

static void print_key(FILE *out, const char *name)
{
	putc('"', out);
	for (; *name; name++)
		putc(tolower((unsigned char)*name), out);
	fputs("\": ", out);
}

static void print_list(FILE *out, const char *text)
{
	putc('[', out);
	while (*text) {
		size_t length = strcspn(text, ",");

		json_print_bytes(out, text, length);
		text += length;
		if (*text++)
			fputs(", ", out);
		else
			break;
	}
	putc(']', out);
}

static void print_cell(FILE *out, const struct column *column, const char *text)
{
	print_key(out, column->name);
	if (!text)
		fputs("null", out);
	else if (column->json == COLUMN_NUMBER)
		fputs(text, out);
	else if (column->json == COLUMN_LIST)
		print_list(out, text);
	else
		json_print_string(out, text);
}

static void print_row(FILE *out, const struct sheet *sheet, char *const *row)
{
	fputs("\n   {", out);
	for (size_t i = 0; i < sheet->n_columns; i++) {
		if (i)
			fputs(", ", out);
		print_cell(out, &sheet->columns[i], row[i]);
	}
	putc('}', out);
}

static void print_head(FILE *out, const struct scan_counts *counts)
{
	fprintf(out, "\"schema\": 1, \"complete\": %s,\n", scan_counts_refused(counts) ? "false" : "true");
	fprintf(out, " \"counts\": {\"processes\": %zu, \"processes_unread\": %zu, ", counts->processes,
		counts->processes_refused);
	fprintf(out, "\"mount_namespaces\": %zu, \"mount_namespaces_unread\": %zu},\n ",
		counts->mount_namespaces, counts->mount_namespaces_refused);
}

void sheet_print_json(const struct sheet *sheet, const struct scan_counts *counts, const char *const basis[2],
		      FILE *out)
{
	putc('{', out);
	print_head(out, counts);
	if (basis[0]) {
		print_key(out, basis[0]);
		json_print_string(out, basis[1]);
		fputs(",\n ", out);
	}
	print_key(out, sheet->name);
	putc('[', out);
	for (size_t i = 0; i < sheet->n_rows; i++) {
		if (i)
			putc(',', out);
		print_row(out, sheet, sheet->rows[i]);
	}
	fputs(sheet->n_rows ? "\n]}\n" : "]}\n", out);
}
