/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test-mount_table.c - lines of mountinfo, and paths as it escapes them.
 */
#include "mount_table.h"

#include "tap.h"

static const char *unescaped(const char *text)
{
	static char path[64];

	snprintf(path, sizeof(path), "%s", text);
	mount_path_unescape(path);
	return path;
}

static int parsed(const char *text, struct mount_entry *ret)
{
	static char line[256];

	snprintf(line, sizeof(line), "%s", text);
	return mount_entry_parse(line, ret);
}

static void test_entries(void)
{
	struct mount_entry entry;

	ok(parsed("36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue", &entry) ==
	   0);
	is_int(entry.id, 36);
	is_int(entry.parent, 35);
	is_str(entry.root, "/mnt1");
	is_str(entry.path, "/mnt2");
	is_str(entry.fstype, "ext3");
	/* A namespace file; no optional fields, or several. */
	ok(parsed("7 6 0:4 net:[4026532001] /run/netns/a\\040b rw - nsfs nsfs rw", &entry) == 0);
	is_str(entry.root, "net:[4026532001]");
	is_str(entry.path, "/run/netns/a b");
	is_str(entry.fstype, "nsfs");
	ok(parsed("7 6 0:4 / / rw shared:1 master:2 propagate_from:3 unbindable - fuse.x-y none rw",
		  &entry) == 0);
	is_str(entry.fstype, "fuse.x-y");

	ok(parsed("", &entry) == -EINVAL);
	ok(parsed("7 6 0:4 /", &entry) == -EINVAL);
	ok(parsed("7 6 0:4 / / rw shared:1", &entry) == -EINVAL);
	ok(parsed("7 6 0:4 / / rw -", &entry) == -EINVAL);
	ok(parsed("x 6 0:4 / / rw - ext4 none rw", &entry) == -EINVAL);
	ok(parsed("7 -6 0:4 / / rw - ext4 none rw", &entry) == -EINVAL);
}

static void test_within(void)
{
	ok(mount_path_is_within("/a/b", "/a"));
	ok(mount_path_is_within("/a", "/a"));
	ok(mount_path_is_within("/a", "/"));
	ok(mount_path_is_within("/", "/"));
	ok(!mount_path_is_within("/ab", "/a"));
	ok(!mount_path_is_within("/a", "/a/b"));
	ok(!mount_path_is_within("/", "/a"));
}

int main(void)
{
	test_entries();
	test_within();
	is_str(unescaped("/plain/path"), "/plain/path");
	is_str(unescaped("/a\\040b"), "/a b");
	is_str(unescaped("/tab\\011new\\012line\\134back"), "/tab\tnew\nline\\back");
	is_str(unescaped("\\040\\040"), "  ");
	is_str(unescaped("/\\303\\244"), "/\303\244");
	/* What is no escape stays. */
	is_str(unescaped("/a\\"), "/a\\");
	is_str(unescaped("/a\\04"), "/a\\04");
	is_str(unescaped("/a\\089"), "/a\\089");
	is_str(unescaped("/a\\777"), "/a\\777");
	is_str(unescaped(""), "");
	return done_testing();
}
