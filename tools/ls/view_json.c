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

enum { INDENT = 3 };

/*
 * The length of the character that starts at `c`, 1 to 4, and its code point;
 * 0 where the bytes are no UTF-8: cut off, overlong, a surrogate, too large.
 */
static size_t decode_utf8(const unsigned char *c, uint32_t *ret)
{
	static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t length;
	uint32_t code;

	if (*c < 0x80) {
		*ret = *c;
		return 1;
	}
	if (*c >= 0xc2 && *c <= 0xdf)
		length = 2;
	else if ((*c & 0xf0) == 0xe0)
		length = 3;
	else if (*c >= 0xf0 && *c <= 0xf4)
		length = 4;
	else
		return 0;
	code = *c & (0xffu >> (length + 1));
	for (size_t i = 1; i < length; i++) {
		if ((c[i] & 0xc0) != 0x80) /* the NUL byte at the end too */
			return 0;
		code = code << 6 | (c[i] & 0x3fu);
	}
	if (code < smallest[length] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		return 0;
	*ret = code;
	return length;
}

static bool is_control(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code <= 0x9f);
}

static void print_string(FILE *out, const char *text)
{
	const unsigned char *c = (const unsigned char *)text;

	putc('"', out);
	while (*c) {
		uint32_t code = 0;
		size_t length = decode_utf8(c, &code);

		if (length == 0)
			fputs("\\ufffd", out);
		else if (is_control(code))
			fprintf(out, "\\u%04x", code);
		else if (code == '"' || code == '\\')
			fprintf(out, "\\%c", (char)code);
		else
			fwrite(c, 1, length, out);
		c += length ? length : 1;
	}
	putc('"', out);
}

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
			print_string(out, text);
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
