/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test-pin_path.c - which names a pin may have, and where it lives: pin_path.h. */
#include "pin_path.h"

#include "tap.h"

static bool is_name(const char *name)
{
	return !pin_name_problem(name);
}

static void test_names(void)
{
	char longest[256 + 1];

	ok(is_name("blue"));
	ok(is_name("a"));
	ok(is_name("1234"));
	ok(is_name("web@2.example.org"));
	ok(is_name("two words"));
	ok(is_name("..."));
	ok(is_name(".hidden"));
	ok(is_name("a-b"));
	ok(is_name("gr\xc3\xbcn")); /* UTF-8 */

	ok(!is_name(""));
	ok(!is_name("."));
	ok(!is_name(".."));
	ok(!is_name("/"));
	ok(!is_name("a/b"));
	ok(!is_name("../etc"));
	ok(!is_name("-x"));
	ok(!is_name("-"));
	ok(!is_name("a\nb"));
	ok(!is_name("\x1b[31m"));
	ok(!is_name("a\x7f"));

	memset(longest, 'a', sizeof(longest));
	longest[255] = '\0';
	ok(is_name(longest));
	longest[255] = 'a';
	longest[256] = '\0';
	ok(!is_name(longest));
}

int main(void)
{
	test_names();
	return done_testing();
}
