/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * utf8.h - characters in bytes of any kind. Pure.
 */
#ifndef NSX_UTF8_H
#define NSX_UTF8_H

#include "base.h"

/*
 * The length of the character that starts at `text`, 1 to 4, and its code point;
 * 0 where the `size` bytes are not UTF-8 (RFC 3629) there: cut off, overlong, a
 * surrogate, too large. `size` is not 0.
 */
size_t utf8_decode(const char *text, size_t size, uint32_t *ret);

/* C0, DEL and C1: what terminals obey. */
static inline bool utf8_is_control(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code <= 0x9f);
}

#endif /* NSX_UTF8_H */
