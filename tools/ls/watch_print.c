/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * watch_print.c - one line an event, in four formats.
 *
 * Not by libsmartcols, which wants to see a whole table before it prints.
 */
#include "ls/watch_print.h"

#include <string.h>
#include <wchar.h>

#include "diag.h"
#include "ls/cells.h"
#include "ls/view.h"

enum { EVENT_WIDTH = 8 /* "appeared" */ };

void watch_printer_init(struct watch_printer *printer, FILE *out, enum format format,
			const struct column_list *columns_shown)
{
	*printer = (struct watch_printer){
		.out = out,
		.format = format,
		.columns = columns_shown,
		.widths = xcalloc(columns_shown->count, sizeof(*printer->widths)),
	};
	for (size_t i = 0; i < columns_shown->count; i++)
		printer->widths[i] = (unsigned int)strlen(columns_shown->columns[i]->name);
}

void watch_printer_release(struct watch_printer *printer)
{
	free(printer->widths);
	*printer = (struct watch_printer){ 0 };
}

/* A cell as a table shows it, for the caller to free. */
static char *shown(const struct column *column, const char *text)
{
	_cleanup_free_ char *flat = NULL;
	char *safe = NULL;
	size_t size = 0;
	FILE *out;

	if (!text)
		return xstrdup("");
	flat = cell_flatten(column, text, ',');
	out = open_memstream(&safe, &size);
	if (!out)
		die_oom();
	diag_print_safe(out, flat);
	if (fclose(out) != 0)
		die_oom();
	return safe;
}

/*
 * The length of the character that starts here, and how many columns it takes. A
 * byte that the locale does not know takes one, as most terminals show it.
 */
static size_t next_character(const char *text, unsigned int *ret_width)
{
	mbstate_t state = { 0 };
	wchar_t character;
	size_t length = mbrtowc(&character, text, MB_CUR_MAX, &state);
	int width;

	*ret_width = 1;
	if (length == 0 || length > MB_CUR_MAX)
		return 1;
	width = wcwidth(character);
	if (width >= 0)
		*ret_width = (unsigned int)width;
	return length;
}

/* How many bytes from here on fit into so many columns, and how many columns they take. */
static size_t fitting(const char *text, size_t room, size_t *ret_used)
{
	size_t size = 0;

	*ret_used = 0;
	while (text[size]) {
		unsigned int width;
		size_t length = next_character(text + size, &width);

		if (*ret_used + width > room)
			break;
		*ret_used += width;
		size += length;
	}
	return size;
}

static unsigned int width_of(const char *text)
{
	size_t used;

	fitting(text, SIZE_MAX, &used);
	return (unsigned int)used;
}

void watch_printer_measure(struct watch_printer *printer, char *const *cells)
{
	for (size_t i = 0; i < printer->columns->count; i++) {
		_cleanup_free_ char *text = shown(printer->columns->columns[i], cells[i]);
		unsigned int width = width_of(text);

		if (width > printer->widths[i])
			printer->widths[i] = width;
	}
}

static void print_blanks(FILE *out, unsigned int count)
{
	fprintf(out, "%*s", (int)count, "");
}

/* `texts`: one a column, the last of which is not padded. */
static void print_columns(const struct watch_printer *printer, const char *event, char *const *texts,
			  FILE *out)
{
	size_t last = printer->columns->count - 1;

	fprintf(out, "%-*s", EVENT_WIDTH, event);
	for (size_t i = 0; i <= last; i++) {
		unsigned int width = width_of(texts[i]);
		unsigned int blanks = width < printer->widths[i] ? printer->widths[i] - width : 0;
		bool is_right = printer->columns->columns[i]->flags & COLUMN_RIGHT;

		putc(' ', out);
		print_blanks(out, is_right && i < last ? blanks : 0);
		fputs(texts[i], out);
		print_blanks(out, is_right || i == last ? 0 : blanks);
	}
}

/* Cut where the terminal ends. */
static void print_table_line(const struct watch_printer *printer, const char *event, char *const *texts)
{
	_cleanup_free_ char *line = NULL;
	size_t size = 0, used;
	FILE *out = open_memstream(&line, &size);

	if (!out)
		die_oom();
	print_columns(printer, event, texts, out);
	if (fclose(out) != 0)
		die_oom();
	if (printer->line_max)
		size = fitting(line, printer->line_max, &used);
	fwrite(line, 1, size, printer->out);
	putc('\n', printer->out);
}

static void print_table_row(struct watch_printer *printer, const char *event, char *const *cells)
{
	size_t count = printer->columns->count;
	_cleanup_free_ char **texts = xcalloc(count, sizeof(*texts));

	watch_printer_measure(printer, cells);
	for (size_t i = 0; i < count; i++)
		texts[i] = shown(printer->columns->columns[i], cells[i]);
	print_table_line(printer, event, texts);
	for (size_t i = 0; i < count; i++)
		free(texts[i]);
}

static void print_raw_row(const struct watch_printer *printer, const char *event, char *const *cells)
{
	fputs(event, printer->out);
	for (size_t i = 0; i < printer->columns->count; i++) {
		_cleanup_free_ char *flat =
			cells[i] ? cell_flatten(printer->columns->columns[i], cells[i], ',') : NULL;

		putc(' ', printer->out);
		if (flat)
			cell_print_raw(printer->out, flat);
	}
	putc('\n', printer->out);
}

void watch_print_headings(const struct watch_printer *printer)
{
	size_t count = printer->columns->count;
	_cleanup_free_ char **names = xcalloc(count, sizeof(*names));

	for (size_t i = 0; i < count; i++)
		names[i] = (char *)printer->columns->columns[i]->name;
	if (printer->format == FORMAT_RAW) {
		fputs("EVENT", printer->out);
		for (size_t i = 0; i < count; i++)
			fprintf(printer->out, " %s", names[i]);
		putc('\n', printer->out);
	} else if (printer->format == FORMAT_TABLE) {
		print_table_line(printer, "EVENT", names);
	}
}

void watch_print(struct watch_printer *printer, const char *event, char *const *cells)
{
	switch (printer->format) {
	case FORMAT_TABLE:
		print_table_row(printer, event, cells);
		break;
	case FORMAT_RAW:
		print_raw_row(printer, event, cells);
		break;
	case FORMAT_SHELL:
		cell_print_shell(printer->out, "EVENT", event);
		putc(' ', printer->out);
		cells_print_shell(printer->out, printer->columns, cells);
		putc('\n', printer->out);
		break;
	case FORMAT_JSON:
		fprintf(printer->out, "{\"event\": \"%s\", ", event);
		cells_print_json(printer->out, printer->columns, cells);
		fputs("}\n", printer->out);
		break;
	}
}

void watch_print_ready(const struct watch_printer *printer, const struct scan_counts *counts)
{
	switch (printer->format) {
	case FORMAT_TABLE:
	case FORMAT_RAW:
		fputs("ready\n", printer->out);
		break;
	case FORMAT_SHELL:
		cell_print_shell(printer->out, "EVENT", "ready");
		putc('\n', printer->out);
		break;
	case FORMAT_JSON:
		fputs("{\"event\": \"ready\", ", printer->out);
		view_json_head(printer->out, counts);
		fputs("}\n", printer->out);
		break;
	}
}
