/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cells.c - cells as text, as JSON, and as words of a shell.
 */
#include "ls/cells.h"

#include <ctype.h>
#include <string.h>

#include "diag.h"
#include "json.h"
#include "ls/list.h"

char **cells_of(const struct inventory *inventory, const struct row *row, const struct column_list *list)
{
	char **cells = xcalloc(list->count, sizeof(*cells));

	for (size_t i = 0; i < list->count; i++)
		cells[i] = list->columns[i]->cell(inventory, row);
	return cells;
}

void cells_free(char **cells, const struct column_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(cells[i]);
	free(cells);
}

bool cell_has_number(const char *text)
{
	return text && *text >= '0' && *text <= '9';
}

char *cell_flatten(const struct column *column, const char *text, char separator)
{
	char *flat = NULL;
	size_t size = 0;
	FILE *out;

	if (column->json != COLUMN_LIST)
		return xstrdup(text);
	out = open_memstream(&flat, &size);
	if (!out)
		die_oom();
	for (const char *item = text; *item; item = list_next(item)) {
		if (item != text)
			putc(separator, out);
		for (const char *c = item; *c; c++)
			if (*c == '\n' && separator == '\n')
				fputs("\\x0a", out);
			else
				putc(*c, out);
	}
	if (fclose(out) != 0)
		die_oom();
	return flat;
}

static void print_key(FILE *out, const char *name)
{
	putc('"', out);
	for (; *name; name++)
		putc(tolower((unsigned char)*name), out);
	fputs("\": ", out);
}

static void print_json_list(FILE *out, const char *text)
{
	putc('[', out);
	for (const char *item = text; *item; item = list_next(item)) {
		if (item != text)
			fputs(", ", out);
		json_print_string(out, item);
	}
	putc(']', out);
}

static void print_json_value(FILE *out, const struct column *column, const char *text)
{
	if (!text) {
		fputs("null", out);
		return;
	}
	switch (column->json) {
	case COLUMN_STRING:
		json_print_string(out, text);
		break;
	case COLUMN_NUMBER:
		fputs(cell_has_number(text) ? text : "null", out);
		break;
	case COLUMN_BOOLEAN:
		fputs(strcmp(text, "yes") == 0 ? "true" : "false", out);
		break;
	case COLUMN_LIST:
		print_json_list(out, text);
		break;
	}
}

void cells_print_json(FILE *out, const struct column_list *list, char *const *cells)
{
	for (size_t i = 0; i < list->count; i++) {
		if (i)
			fputs(", ", out);
		print_key(out, list->columns[i]->name);
		print_json_value(out, list->columns[i], cells[i]);
	}
}

/*
 * Nothing but printable ASCII, as in raw tables: a shell of an old locale takes
 * some bytes above that and a backslash behind them for one character, and then
 * a quote that the backslash should guard ends the word. A backslash itself is
 * written like a control byte, so that the value can be told from what it was.
 */
static void print_shell_value(FILE *out, const char *text)
{
	for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
		if (*c < ' ' || *c >= 0x7f || *c == '\\')
			fprintf(out, "\\x%02x", *c);
		else if (strchr("\"$`", *c))
			fprintf(out, "\\%c", *c);
		else
			putc(*c, out);
	}
}

void cell_print_raw(FILE *out, const char *text)
{
	for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
		if (*c <= ' ' || *c >= 0x7f || *c == '\\')
			fprintf(out, "\\x%02x", *c);
		else
			putc(*c, out);
	}
}

void cell_print_shell(FILE *out, const char *name, const char *text)
{
	fprintf(out, "%s=\"", name);
	if (text)
		print_shell_value(out, text);
	putc('"', out);
}

/* Assigning to these would end the shell's commands, or fail: they are read-only in some. */
static bool is_name_of_shells(const char *name)
{
	static const char *const names[] = { "PATH", "PPID", "UID" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

void cells_print_shell(FILE *out, const struct column_list *list, char *const *cells)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct column *column = list->columns[i];
		_cleanup_free_ char *text = cells[i] ? cell_flatten(column, cells[i], ',') : NULL;

		if (i)
			putc(' ', out);
		if (is_name_of_shells(column->name))
			fputs("NS_", out);
		cell_print_shell(out, column->name, text);
	}
}
