/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test-describe.c - what a namespace is, from what the kernel says.
 */
#include "ls/describe_net.h"
#include "ls/describe_text.h"

#include <arpa/inet.h>

#include "diag.h"
#include "tap.h"

/* Compare, and free. */
static void is_text(char *got, const char *want)
{
	is_str(got, want);
	free(got);
}

static void test_id_maps(void)
{
	is_text(describe_id_maps("         0       1000          1\n", "         0        100          1\n"),
		"uids 0:1000:1, gids 0:100:1");
	is_text(describe_id_maps("0 0 4294967295\n", "0 0 4294967295\n"),
		"uids 0:0:4294967295, gids 0:0:4294967295");
	is_text(describe_id_maps("0 1000 1\n1 100000 65536\n", ""),
		"uids 0:1000:1 1:100000:65536, gids none");
	is_text(describe_id_maps("0 0 1\n1 1 1\n2 2 1\n3 3 1\n4 4 1\n5 5 1\n6 6 1\n7 7 1\n", ""),
		"uids 0:0:1 1:1:1 2:2:1 3:3:1 4:4:1 5:5:1 6:6:1 7:7:1, gids none");
	is_text(describe_id_maps("",
				 "0 0 1\n1 1 1\n2 2 1\n3 3 1\n4 4 1\n5 5 1\n6 6 1\n7 7 1\n8 8 1\n9 9 1\n"),
		"uids none, gids 0:0:1 1:1:1 2:2:1 3:3:1 4:4:1 5:5:1 6:6:1 7:7:1 and 2 more");
	is_text(describe_id_maps("0 1000\n", ""), NULL);
	is_text(describe_id_maps("", "what"), NULL);
}

static void test_clocks(void)
{
	is_text(describe_clocks("monotonic           0         0\nboottime            0         0\n"),
		"monotonic 0, boottime 0");
	is_text(describe_clocks("monotonic 86400 0\nboottime -7200 0\n"), "monotonic +86400, boottime -7200");
	/* Nanoseconds count forward from the second below. */
	is_text(describe_clocks("monotonic 1 500000000\nboottime -2 500000000\n"),
		"monotonic +1.5, boottime -1.5");
	is_text(describe_clocks("monotonic 0 1\nboottime -1 999999999\n"),
		"monotonic +0.000000001, boottime -0.000000001");
	is_text(describe_clocks(""), NULL);
	is_text(describe_clocks("monotonic 1\n"), NULL);
}

static void is_mounts(const char *mountinfo, long count, const char *want)
{
	_cleanup_free_ char *copy = xstrdup(mountinfo);

	is_text(describe_mounts(copy, count), want);
}

static void test_mounts(void)
{
	is_mounts("1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 0:4 / /proc rw - proc proc rw\n", -1,
		  "2 mounts, / is ext4 on /dev/sda1");
	is_mounts("1 0 0:9 / / rw - overlay overlay rw\n", -1, "1 mount, / is overlay");
	/* A part of a file system; and the last of several on the root. */
	is_mounts("1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 8:2 /images/a\\040b / rw - btrfs /dev/sdb rw\n",
		  -1, "2 mounts, / is /images/a b of btrfs on /dev/sdb");
	/* What is known better than by counting. */
	is_mounts("1 0 0:9 / / rw - tmpfs none rw\n", 7, "7 mounts, / is tmpfs");
	/* A root directory that is no mount point. */
	is_mounts("2 1 0:4 / /proc rw - proc proc rw\n", -1, "1 mount");
	is_mounts("", -1, "0 mounts");
}

static void test_cgroup_root(void)
{
	is_text(describe_cgroup_root("/a/b", "/"), "/a/b");
	is_text(describe_cgroup_root("/a/b", "/a/b"), "/");
	is_text(describe_cgroup_root("/a/b/c", "/c"), "/a/b");
	is_text(describe_cgroup_root("/../x/c", "/c"), "/../x");
	is_text(describe_cgroup_root("/", "/"), "/");
	/* Outside of it, or moved between the two looks. */
	is_text(describe_cgroup_root("/a", "/.."), NULL);
	is_text(describe_cgroup_root("/a/b", "/../b"), NULL);
	is_text(describe_cgroup_root("/a/b", "/c"), NULL);
	is_text(describe_cgroup_root("/c", "/a/b/c"), NULL);
}

static struct net_address address(int interface, int family, const char *text, unsigned int prefix)
{
	struct net_address address = { .index = interface, .family = family, .prefix = prefix };

	ok(inet_pton(family, text, &address.address) == 1);
	return address;
}

static void test_net(void)
{
	struct net_interface interfaces[] = { { 7, "eth0", true }, { 1, "lo", true }, { 3, "veth1", false } };
	struct net_address addresses[] = {
		address(7, AF_INET6, "fd00::2", 64),	 address(1, AF_INET6, "::1", 128),
		address(7, AF_INET, "192.0.2.2", 24),	 address(1, AF_INET, "127.0.0.1", 8),
		address(5, AF_INET, "198.51.100.1", 32), /* whose interface is gone since */
	};
	struct net net = { interfaces, ARRAY_SIZE(interfaces), addresses, ARRAY_SIZE(addresses) };
	struct net empty = { 0 };
	char text[256], small[72];

	net_format(&net, text, sizeof(text));
	is_str(text, "lo 127.0.0.1/8 ::1/128, veth1 down, eth0 192.0.2.2/24 fd00::2/64");
	net_format(&net, small, sizeof(small));
	is_str(small, "lo 127.0.0.1/8 ::1/128, veth1 down, and 1 more");
	net_format(&net, small, 30);
	is_str(small, "3 more");
	net_format(&empty, text, sizeof(text));
	is_str(text, "no interfaces");
}

static void test_many_addresses(void)
{
	struct net_interface interface = { 2, "eth0", true };
	struct net_address addresses[20];
	struct net net = { &interface, 1, addresses, ARRAY_SIZE(addresses) };
	char text[1024];

	for (size_t i = 0; i < ARRAY_SIZE(addresses); i++)
		addresses[i] = address(2, AF_INET, "192.0.2.2", 24);
	net_format(&net, text, sizeof(text));
	ok(strncmp(text, "eth0 192.0.2.2/24 192.0.2.2/24 ", 31) == 0);
	ok(strlen(text) > 3);
	is_str(text + strlen(text) - 3, " +4");
}

int main(void)
{
	test_id_maps();
	test_clocks();
	test_mounts();
	test_cgroup_root();
	test_net();
	test_many_addresses();
	return done_testing();
}
