/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test-subid.c - lines of subuid(5) and of getsubids(1).
 */
#include "subid.h"

#include "tap.h"

static const char subuid[] = "alice:100000:65536\n"
			     "bob:165536:65536\n"
			     "1000:300000:10\n"
			     "alice:400000:1000\n"
			     "\n"
			     "# a comment\n"
			     "alice\n"
			     "alice:12\n"
			     "alice:x:5\n"
			     "alice:5:x\n"
			     "alice:5:0\n"
			     "alice:4294967290:10\n"
			     "alice:-1:10\n"
			     "alicealice:1:1";

static void test_all_lines_of_a_user(void)
{
	struct subid_list list = { 0 };

	is_int(subid_parse(subuid, "alice", 1000, &list), 0);
	is_int((long long)list.count, 3);
	is_int(list.ranges[0].first, 100000);
	is_int(list.ranges[0].count, 65536);
	is_int(list.ranges[1].first, 300000);
	is_int(list.ranges[2].first, 400000);
	is_int(list.ranges[2].count, 1000);
	subid_list_release(&list);
	is_int((long long)list.count, 0);
}

static void test_another_user(void)
{
	struct subid_list list = { 0 };

	is_int(subid_parse(subuid, "carol", 1001, &list), 0);
	is_int((long long)list.count, 0);
	is_int(subid_parse("", "alice", 1000, &list), 0);
	is_int((long long)list.count, 0);
	subid_list_release(&list);
}

static void test_getsubids(void)
{
	struct subid_list list = { 0 };

	is_int(subid_parse_getsubids("0: alice 100000 65536\n1: alice 400000 1000\nnonsense\n2: alice 5\n",
				     &list),
	       0);
	is_int((long long)list.count, 2);
	is_int(list.ranges[1].first, 400000);
	is_int(list.ranges[1].count, 1000);
	subid_list_release(&list);
}

int main(void)
{
	test_all_lines_of_a_user();
	test_another_user();
	test_getsubids();
	return done_testing();
}
