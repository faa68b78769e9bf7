/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * writer.c - writing JSON.
 */
#include "pin/writer.h"

#include "json.h"

enum { INDENT = 3 };

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

void json_boolean(struct json *json, const char *key, bool value)
{
	begin_value(json, key, false);
	fputs(value ? "true" : "false", json->out);
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
