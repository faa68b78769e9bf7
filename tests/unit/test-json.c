/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test-json.c - writing JSON: json.h. */
#include "json.h"

#include "tap.h"

/* What write() prints. */
static char *written(void (*fill)(struct json *json), bool is_one_line)
{
	char *text = NULL;
	size_t size;
	struct json json = { .out = open_memstream(&text, &size), .is_one_line = is_one_line };

	fill(&json);
	fclose(json.out);
	return text;
}

static void fill_nested(struct json *json)
{
	json_open(json, NULL, '{');
	json_open(json, "pins", '[');
	json_open(json, NULL, '{');
	json_string(json, "name", "a \"b\"");
	json_number(json, "ns", 4026532179);
	json_open(json, "types", '[');
	json_string(json, NULL, "net");
	json_string(json, NULL, "uts");
	json_close(json, ']');
	json_null(json, "age");
	json_close(json, '}');
	json_open(json, NULL, '{');
	json_string(json, "name", NULL);
	json_number_or_null(json, "init", 0);
	json_number_or_null(json, "least", -1);
	json_close(json, '}');
	json_close(json, ']');
	json_close(json, '}');
}

static void fill_empty(struct json *json)
{
	json_open(json, NULL, '{');
	json_open(json, "pins", '[');
	json_close(json, ']');
	json_close(json, '}');
}

static void fill_odd(struct json *json)
{
	json_string(json, NULL, "\x1b\x7f\xc2\x9b \xc3\xa4 \xff \xed\xa0\x80 \\");
}

static void is_written(void (*fill)(struct json *json), bool is_one_line, const char *want)
{
	_cleanup_free_ char *text = written(fill, is_one_line);

	is_str(text, want);
}

int main(void)
{
	is_written(fill_nested, false,
		   "{\"pins\": [\n"
		   "      {\"name\": \"a \\\"b\\\"\", \"ns\": 4026532179, \"types\": [\"net\", \"uts\"], "
		   "\"age\": null},\n"
		   "      {\"name\": null, \"init\": null, \"least\": -1}]}\n");
	is_written(fill_nested, true,
		   "{\"pins\": [{\"name\": \"a \\\"b\\\"\", \"ns\": 4026532179, \"types\": [\"net\", "
		   "\"uts\"], \"age\": null}, "
		   "{\"name\": null, \"init\": null, \"least\": -1}]}\n");
	is_written(fill_empty, false, "{\"pins\": []}\n");
	is_written(fill_odd, false, "\"\\u001b\\u007f\\u009b \xc3\xa4 \\ufffd \\ufffd\\ufffd\\ufffd \\\\\"");
	return done_testing();
}
