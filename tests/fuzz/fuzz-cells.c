/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz-cells.c - whatever a process calls itself, no byte of it drives a
 * terminal or leaves its cell: tables, raw tables, words of shells, messages;
 * ls/cells.h, ls/sheet.h, diag.h.
 */
#include <locale.h>

#include "diag.h"
#include "fuzz.h"
#include "ls/sheet.h"

static const struct column hostile[] = {
	{ .name = "COMMAND", .json = COLUMN_STRING, .flags = COLUMN_TRUNCATED },
	{ .name = "PATH", .json = COLUMN_STRING },
	{ .name = "PLACES", .json = COLUMN_LIST },
};

enum { ROWS = 2 };

/* Two rows of the same words. */
static struct sheet sheet_of(const char *text)
{
	struct sheet sheet;

	sheet_init(&sheet, "holders", hostile, ARRAY_SIZE(hostile));
	for (int i = 0; i < ROWS; i++) {
		char **row = sheet_add_row(&sheet);

		row[0] = cell_text(text);
		row[1] = cell_text(text);
		row[2] = calloc(1, strlen(text) + 2);
		strcpy(row[2], text);
	}
	return sheet;
}

static size_t count_bytes(const char *text, char byte)
{
	size_t count = 0;

	for (; *text; text++)
		count += *text == byte;
	return count;
}

static void check_table(const struct sheet *sheet, struct sheet_style style)
{
	char *text = NULL;
	size_t size = 0, lines = ROWS + style.has_headings;
	FILE *out = open_memstream(&text, &size);

	sheet_print_table(sheet, &style, out);
	fclose(out);
	holds(fuzz_is_clean(text, size, "\n"));
	holds(count_bytes(text, '\n') == lines);
	if (style.is_raw)
		holds(count_bytes(text, ' ') == lines * (ARRAY_SIZE(hostile) - 1));
	free(text);
}

/* Two words in quotes and nothing that a shell would look at: no expansion, no end of a quote. */
static void check_shell(const struct sheet *sheet)
{
	char *text = NULL;
	size_t size = 0, quotes = 0;
	FILE *out = open_memstream(&text, &size);

	sheet_print_shell(sheet, out);
	fclose(out);
	holds(count_bytes(text, '\n') == ROWS);
	for (const char *c = text; *c; c++) {
		holds(*c == '\n' || (*c >= ' ' && *c < 0x7f));
		if (*c == '\\') {
			holds(c[1] && strchr("\"$`x", c[1]));
			c++;
			continue;
		}
		holds(*c != '$' && *c != '`');
		quotes += *c == '"';
	}
	holds(quotes == ROWS * 2 * ARRAY_SIZE(hostile));
	free(text);
}

static void check_message(const char *words)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	diag_print_safe(out, words);
	fclose(out);
	for (size_t i = 0; i < size; i++) {
		unsigned char c = (unsigned char)text[i];

		holds(c >= 0x20 && c != 0x7f);
		holds(c != 0xc2 || (unsigned char)text[i + 1] < 0x80 || (unsigned char)text[i + 1] > 0x9f);
	}
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	struct sheet sheet;

	setlocale(LC_ALL, "C.UTF-8");
	sheet = sheet_of(text);
	check_table(&sheet, (struct sheet_style){ .has_headings = true });
	check_table(&sheet, (struct sheet_style){ .is_cut = true });
	check_table(&sheet, (struct sheet_style){ .is_raw = true, .has_headings = true });
	check_shell(&sheet);
	check_message(text);
	sheet_release(&sheet);
	free(text);
	return 0;
}
