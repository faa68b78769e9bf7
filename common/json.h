/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * json.h - strings of JSON, RFC 8259, from whatever bytes there are. What is
 * printed is always valid UTF-8 and never drives a terminal: control
 * characters (C0, DEL, C1) are written as \uNNNN, and each byte that is no
 * part of a character as \ufffd.
 */
#ifndef NSX_JSON_H
#define NSX_JSON_H

#include "base.h"

/* Print a string in its quotes. */
void json_print_string(FILE *out, const char *text);

/* The same of `size` bytes, NUL bytes among them. */
void json_print_bytes(FILE *out, const char *text, size_t size);

#endif /* NSX_JSON_H */
