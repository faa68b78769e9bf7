/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test-pin_path.c - which names a pin may have, and where it lives: pin_path.h. */
#include "pin_path.h"

#include <string.h>

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

static bool names(const char *path, enum ns_type type, const char *want)
{
	_cleanup_free_ char *name = pin_path_name(path, type);

	return want ? name && strcmp(name, want) == 0 : !name;
}

static void test_names_of_paths(void)
{
	ok(names("/run/netns/blue", NS_NET, "blue"));
	ok(names("/run/netns/a b\xff", NS_NET, "a b\xff"));
	ok(names("/run/nsx/blue/uts", NS_UTS, "blue"));
	ok(names("/run/nsx/blue/user", NS_USER, "blue"));
	/* Not the file of that type. */
	ok(names("/run/nsx/blue/net", NS_NET, NULL));
	ok(names("/run/nsx/blue/uts", NS_IPC, NULL));
	ok(names("/run/netns/blue", NS_UTS, NULL));
	ok(names("/run/nsx/blue/uts/", NS_UTS, NULL));
	ok(names("/run/nsx/blue", NS_UTS, NULL));
	ok(names("/run/netns/blue/x", NS_NET, NULL));
	ok(names("/run/netns/", NS_NET, NULL));
	ok(names("/run/netns", NS_NET, NULL));
	ok(names("/run/netnsblue", NS_NET, NULL));
	ok(names("/run/netns/-x", NS_NET, NULL));
	ok(names("/srv/blue", NS_NET, NULL));
}

int main(void)
{
	test_names();
	test_names_of_paths();
	return done_testing();
}
