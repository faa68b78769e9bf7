/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * json.c - JSON strings.
 */
#include "json.h"

#include <string.h>

/*
 * The length of the character that starts at `c`, 1 to 4, and its code point;
 * 0 where the bytes before `end` are no UTF-8: cut off, overlong, a surrogate,
 * too large.
 */
static size_t decode_utf8(const unsigned char *c, const unsigned char *end, uint32_t *ret)
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
	if ((size_t)(end - c) < length)
		return 0;
	code = *c & (0xffu >> (length + 1));
	for (size_t i = 1; i < length; i++) {
		if ((c[i] & 0xc0) != 0x80)
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

void json_print_bytes(FILE *out, const char *text, size_t size)
{
	const unsigned char *c = (const unsigned char *)text;
	const unsigned char *end = c + size;

	putc('"', out);
	while (c < end) {
		uint32_t code = 0;
		size_t length = decode_utf8(c, end, &code);

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

void json_print_string(FILE *out, const char *text)
{
	json_print_bytes(out, text, strlen(text));
}
