/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * writer.h - write JSON as one goes: values in the order of the calls, each with
 * its key where it stands in an object, NULL as key in an array.
 *
 * Strings are those of json.h. An object in an array begins on a line of its
 * own, unless all is to be one line.
 */
#ifndef NSX_PIN_WRITER_H
#define NSX_PIN_WRITER_H

#include "base.h"

struct json {
	FILE *out;
	bool is_one_line;
	/* From here on writer.c's own. */
	unsigned int depth;
	bool has_before; /* something stands before the next value in its object or array */
};

/* Open and close an object ('{', '}') or an array ('[', ']'). The last one closed ends the line. */
void json_open(struct json *json, const char *key, char bracket);
void json_close(struct json *json, char bracket);

/* NULL is null. */
void json_string(struct json *json, const char *key, const char *text);
void json_number(struct json *json, const char *key, intmax_t number);
void json_boolean(struct json *json, const char *key, bool value);
void json_null(struct json *json, const char *key);

/* A number, or null where it is 0. */
void json_number_or_null(struct json *json, const char *key, intmax_t number);

#endif /* NSX_PIN_WRITER_H */
