/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test-cells.c - cells as words of a shell, and lists.
 */
#include "ls/cells.h"
#include "ls/list.h"
#include "tap.h"

static const struct column number = { .name = "NS", .json = COLUMN_NUMBER };
static const struct column string = { .name = "COMMAND", .json = COLUMN_STRING };
static const struct column path = { .name = "PATH", .json = COLUMN_STRING };
static const struct column boolean = { .name = "INITIAL", .json = COLUMN_BOOLEAN };
static const struct column list = { .name = "NSFS", .json = COLUMN_LIST };

typedef void printer(FILE *out, const struct column_list *columns, char *const *cells);

/* What is printed of one cell, for the caller to free. */
static char *printed(printer *print, const struct column *column, const char *text)
{
	struct column_list one = { .columns = &column, .count = 1 };
	char *cell = (char *)text, *got = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&got, &size);

	print(out, &one, &cell);
	fclose(out);
	return got;
}

static void check(printer *print, const struct column *column, const char *text, const char *want)
{
	char *got = printed(print, column, text);

	is_str(got, want);
	free(got);
}

static void test_shell(void)
{
	check(cells_print_shell, &number, "7", "NS=\"7\"");
	check(cells_print_shell, &string, NULL, "COMMAND=\"\"");
	check(cells_print_shell, &string, "", "COMMAND=\"\"");
	check(cells_print_shell, &path, "/proc/7/ns/net", "NS_PATH=\"/proc/7/ns/net\"");
	check(cells_print_shell, &list, "a b\0c,d\0e\n\0", "NSFS=\"a b,c,d,e\\x0a\"");
}

static void test_hostile_words(void)
{
	check(cells_print_shell, &string, "\"; $(reboot) `reboot` ${HOME} 'x' !x",
	      "COMMAND=\"\\\"; \\$(reboot) \\`reboot\\` \\${HOME} 'x' !x\"");
	check(cells_print_shell, &string, "a\nb\tc\x7f\x1b", "COMMAND=\"a\\x0ab\\x09c\\x7f\\x1b\"");
	check(cells_print_shell, &string, "\\\" \\", "COMMAND=\"\\x5c\\\" \\x5c\"");
	/* The first byte of a character of two in GBK: with the backslash behind it, the quote would be bare.
	 */
	check(cells_print_shell, &string, "\x81\"$(reboot)", "COMMAND=\"\\x81\\\"\\$(reboot)\"");
	check(cells_print_shell, &string, "gr\xc3\xbc\xc3\x9f", "COMMAND=\"gr\\xc3\\xbc\\xc3\\x9f\"");
}

static void test_values(void)
{
	check(cells_print_json, &number, "7", "\"ns\": 7");
	check(cells_print_json, &number, "none", "\"ns\": null");
	check(cells_print_json, &number, NULL, "\"ns\": null");
	check(cells_print_json, &boolean, "yes", "\"initial\": true");
	check(cells_print_json, &boolean, "no", "\"initial\": false");
	check(cells_print_json, &boolean, NULL, "\"initial\": null");
	check(cells_print_shell, &boolean, "yes", "INITIAL=\"yes\"");
	check(cells_print_shell, &number, "none", "NS=\"none\"");
	ok(cell_has_number("0"));
	ok(!cell_has_number("none"));
	ok(!cell_has_number(""));
	ok(!cell_has_number(NULL));
}

/* A list made of items, and taken to pieces again. */
static void test_making_lists(void)
{
	struct list made;
	char *text;

	list_init(&made);
	text = list_end(&made);
	is_str(text, "");
	free(text);

	list_init(&made);
	list_add(&made, "a");
	list_add(&made, "");
	list_add(&made, "b,c");
	text = list_end(&made);
	is_str(text, "a");
	is_str(list_next(text), "b,c");
	is_str(list_next(list_next(text)), "");
	free(text);
}

static void test_lists(void)
{
	char *flat;

	check(cells_print_json, &list, NULL, "\"nsfs\": null");
	check(cells_print_json, &list, "\0", "\"nsfs\": []");
	check(cells_print_json, &list, "a\0", "\"nsfs\": [\"a\"]");
	check(cells_print_json, &list, "a\0b\n\"\0", "\"nsfs\": [\"a\", \"b\\u000a\\\"\"]");

	flat = cell_flatten(&list, "a\0b\nc\0", '\n');
	is_str(flat, "a\nb\\x0ac");
	free(flat);
	flat = cell_flatten(&list, "\0", ',');
	is_str(flat, "");
	free(flat);
	flat = cell_flatten(&string, "a\nb", ',');
	is_str(flat, "a\nb");
	free(flat);
}

int main(void)
{
	test_shell();
	test_hostile_words();
	test_values();
	test_making_lists();
	test_lists();
	return done_testing();
}
