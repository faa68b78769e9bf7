/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * json.c - JSON strings.
 */
#include "json.h"

#include <string.h>

#include "utf8.h"

void json_print_bytes(FILE *out, const char *text, size_t size)
{
	const char *end = text + size;

	putc('"', out);
	while (text < end) {
		uint32_t code = 0;
		size_t length = utf8_decode(text, (size_t)(end - text), &code);

		if (length == 0)
			fputs("\\ufffd", out);
		else if (utf8_is_control(code))
			fprintf(out, "\\u%04x", code);
		else if (code == '"' || code == '\\')
			fprintf(out, "\\%c", (char)code);
		else
			fwrite(text, 1, length, out);
		text += length ? length : 1;
	}
	putc('"', out);
}

void json_print_string(FILE *out, const char *text)
{
	json_print_bytes(out, text, strlen(text));
}
