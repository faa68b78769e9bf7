/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * utf8.c - reading UTF-8.
 */
#include "utf8.h"

size_t utf8_decode(const char *text, size_t size, uint32_t *ret)
{
	static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *c = (const unsigned char *)text;
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
	if (size < length)
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
