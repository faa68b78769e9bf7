/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz-json.c - whatever a process calls itself, JSON is JSON, in valid UTF-8,
 * and drives no terminal: json.h, ls/cells.h, ls/sheet.h. Each line is a cell.
 */
#include "fuzz.h"
#include "json.h"
#include "ls/list.h"
#include "ls/sheet.h"
#include "scan/counts.h"

/* A checker of RFC 8259: reads a value, and returns what follows; NULL: it is none. */
static const char *skip_value(const char *at);

static const char *skip_blanks(const char *at)
{
	return at + strspn(at, " \t\r\n");
}

static const char *skip_string(const char *at)
{
	if (*at++ != '"')
		return NULL;
	for (; *at != '"'; at++) {
		if ((unsigned char)*at < 0x20)
			return NULL;
		if (*at != '\\')
			continue;
		at++;
		if (*at == 'u' && strspn(at + 1, "0123456789abcdefABCDEF") >= 4)
			at += 4;
		else if (!*at || !strchr("\"\\/bfnrt", *at))
			return NULL;
	}
	return at + 1;
}

static const char *skip_key(const char *at)
{
	at = skip_string(at);
	at = at ? skip_blanks(at) : NULL;
	return at && *at == ':' ? at + 1 : NULL;
}

static const char *skip_members(const char *at, char end)
{
	at = skip_blanks(at + 1);
	if (*at == end)
		return at + 1;
	for (;;) {
		if (end == '}')
			at = skip_key(skip_blanks(at));
		at = at ? skip_value(at) : NULL;
		if (!at || (*at != ',' && *at != end))
			return NULL;
		if (*at++ == end)
			return at;
	}
}

static const char *skip_number(const char *at)
{
	size_t digits;

	at += *at == '-';
	digits = strspn(at, "0123456789");
	return digits == 0 || (digits > 1 && *at == '0') ? NULL : at + digits;
}

static const char *skip_value(const char *at)
{
	static const char *const words[] = { "true", "false", "null" };

	at = skip_blanks(at);
	if (*at == '{' || *at == '[')
		at = skip_members(at, *at == '{' ? '}' : ']');
	else if (*at == '"')
		at = skip_string(at);
	else if (strchr("-0123456789", *at))
		at = skip_number(at);
	else
		for (size_t i = 0; i < ARRAY_SIZE(words); i++)
			if (strncmp(at, words[i], strlen(words[i])) == 0)
				return skip_blanks(at + strlen(words[i]));
	return at && *at ? skip_blanks(at) : at;
}

static bool is_json(const char *text)
{
	const char *end = skip_value(text);

	return end && !*end;
}

static void check_bytes(const uint8_t *data, size_t size)
{
	char *bytes = fuzz_bytes(data, size), *json = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&json, &length);

	json_print_bytes(out, bytes, size);
	fclose(out);
	holds(strlen(json) == length && is_json(json) && fuzz_is_clean(json, length, ""));
	free(json);
	free(bytes);
}

/* All lines as the items of one cell. */
static char *list_of(char *text)
{
	struct list list;
	char *item;

	list_init(&list);
	while ((item = strsep(&text, "\n")))
		list_add(&list, item);
	return list_end(&list);
}

static void check_sheet(const char *text, size_t size)
{
	static const struct column hostile[] = {
		{ .name = "COMMAND", .json = COLUMN_STRING },
		{ .name = "PLACES", .json = COLUMN_LIST },
		{ .name = "NUMBER", .json = COLUMN_NUMBER },
		{ .name = "TRUTH", .json = COLUMN_BOOLEAN },
	};
	const char *const basis[2] = { "basis", text };
	struct scan_counts counts = { 0 };
	char *copy = fuzz_text(text, size), *json = NULL;
	struct sheet sheet;
	size_t length = 0;
	FILE *out = open_memstream(&json, &length);
	char **row;

	sheet_init(&sheet, "holders", hostile, ARRAY_SIZE(hostile));
	row = sheet_add_row(&sheet);
	row[0] = cell_text(text);
	row[1] = list_of(copy);
	row[2] = cell_number(size);
	row[3] = cell_text(size & 1 ? text : "yes");
	sheet_add_row(&sheet);
	sheet_print_json(&sheet, &counts, basis, out);
	fclose(out);
	holds(strlen(json) == length && is_json(json) && fuzz_is_clean(json, length, "\n"));
	free(json);
	free(copy);
	sheet_release(&sheet);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);

	check_bytes(data, size);
	check_sheet(text, size);
	free(text);
	return 0;
}
