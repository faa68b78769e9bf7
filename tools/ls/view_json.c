/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * view_json.c - JSON, one row a line.
 *
 * Not by libsmartcols: it copies invalid UTF-8 and C1 controls as they are
 * (2.38), changed the type of values between releases, and has no place for a
 * key beside the array.
 */
#include "ls/view.h"

#include <ctype.h>

#include "diag.h"
#include "json.h"

enum { INDENT = 3 };

static void print_key(FILE *out, const char *name)
{
	putc('"', out);
	for (; *name; name++)
		putc(tolower((unsigned char)*name), out);
	fputs("\": ", out);
}

static void print_cells(const struct view *view, const struct row *row, FILE *out)
{
	for (size_t i = 0; i < view->columns->count; i++) {
		const struct column *column = view->columns->columns[i];
		_cleanup_free_ char *text = column->cell(view->inventory, row);

		if (i)
			fputs(", ", out);
		print_key(out, column->name);
		if (!text)
			fputs("null", out);
		else if (column->json == COLUMN_NUMBER)
			fputs(text, out);
		else
			json_print_string(out, text);
	}
}

/* How deep each row lies, roots at 1; for the caller to free. */
static size_t *depths_of(const struct rows *rows)
{
	size_t *depths = xcalloc(rows->count, sizeof(*depths));

	for (size_t i = 0; i < rows->count; i++) {
		uint32_t parent = rows->rows[i].parent;

		depths[i] = parent == ROW_NONE ? 1 : depths[parent] + 1;
	}
	return depths;
}

static void start_line(FILE *out, size_t depth)
{
	fprintf(out, "\n%*s", (int)depth * INDENT, "");
}

/* End a row's object, and those around it until the next row lies at `next`. */
static void close_down_to(FILE *out, size_t depth, size_t next)
{
	for (; depth > next; depth--) {
		start_line(out, depth - 1);
		fputs("]}", out);
	}
}

void view_json(const struct view *view, FILE *out)
{
	_cleanup_free_ size_t *depths = depths_of(view->rows);
	size_t count = view->rows->count;

	putc('{', out);
	print_key(out, view->name);
	putc('[', out);
	for (size_t i = 0; i < count; i++) {
		size_t next = i + 1 < count ? depths[i + 1] : 1;

		start_line(out, depths[i]);
		putc('{', out);
		print_cells(view, &view->rows->rows[i], out);
		if (view->tree != TREE_NONE)
			fputs(", \"children\": [", out);
		if (next > depths[i])
			continue; /* the next row is the first child */
		fputs(view->tree != TREE_NONE ? "]}" : "}", out);
		close_down_to(out, depths[i], next);
		if (i + 1 < count)
			putc(',', out);
	}
	fputs(count ? "\n]}\n" : "]}\n", out);
}
