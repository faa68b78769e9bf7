/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * json.c - writing JSON.
 */
#include "json.h"

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

void json_print_string(FILE *out, const char *text)
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

/* What stands between the value before and this one, and its key. */
static void begin_value(struct json *json, const char *key, bool is_object)
{
	if (json->has_before)
		putc(',', json->out);
	if (!key && is_object && json->depth && !json->is_one_line)
		fprintf(json->out, "\n%*s", (int)json->depth * INDENT, "");
	else if (json->has_before)
		putc(' ', json->out);
	if (key) {
		json_print_string(json->out, key);
		fputs(": ", json->out);
	}
	json->has_before = true;
}

void json_open(struct json *json, const char *key, char bracket)
{
	begin_value(json, key, bracket == '{');
	putc(bracket, json->out);
	json->depth++;
	json->has_before = false;
}

void json_close(struct json *json, char bracket)
{
	json->depth--;
	putc(bracket, json->out);
	json->has_before = json->depth > 0;
	if (json->depth == 0)
		putc('\n', json->out);
}

void json_string(struct json *json, const char *key, const char *text)
{
	if (!text) {
		json_null(json, key);
		return;
	}
	begin_value(json, key, false);
	json_print_string(json->out, text);
}

void json_number(struct json *json, const char *key, intmax_t number)
{
	begin_value(json, key, false);
	fprintf(json->out, "%jd", number);
}

void json_null(struct json *json, const char *key)
{
	begin_value(json, key, false);
	fputs("null", json->out);
}

void json_number_or_null(struct json *json, const char *key, intmax_t number)
{
	if (number)
		json_number(json, key, number);
	else
		json_null(json, key);
}
