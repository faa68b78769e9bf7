/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test-json.c - bytes as a JSON string. What text may hold is in
 * test-view_json.c; here is what only a size can tell.
 */
#include "base.h"
#include "json.h"
#include "tap.h"

static void check(const char *bytes, size_t size, const char *want)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	json_print_bytes(out, bytes, size);
	fclose(out);
	is_str(text, want);
	free(text);
}

int main(void)
{
	/* Exactly so many bytes, for a checker of addresses to see. */
	char *cut = malloc(3);

	memcpy(cut, "a\xe2\x82", 3);
	check(cut, 3, "\"a\\ufffd\\ufffd\"");
	check(cut, 2, "\"a\\ufffd\"");
	free(cut);
	check("", 0, "\"\"");
	check("a\0b", 3, "\"a\\u0000b\"");
	check("\xe2\x82\xac", 3, "\"\xe2\x82\xac\"");
	check("\xe2\x82\xac", 2, "\"\\ufffd\\ufffd\"");
	check("a\nb", 1, "\"a\"");
	return done_testing();
}
