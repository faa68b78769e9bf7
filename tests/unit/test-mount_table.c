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

/* "ID|PARENT|DEVICE|ROOT|PATH|FSTYPE|SOURCE|OPTIONS", or the error. */
static const char *parsed(const char *text)
{
	static char out[512];
	char copy[512];
	struct mount_entry entry;

	snprintf(copy, sizeof(copy), "%s", text);
	if (mount_entry_parse(copy, &entry) < 0)
		return "error";
	snprintf(out, sizeof(out), "%d|%d|%s|%s|%s|%s|%s|%s", entry.id, entry.parent, entry.device,
		 entry.root, entry.path, entry.fstype, entry.source, entry.options);
	return out;
}

/* "SHARED|MASTER" */
static const char *groups(const char *text)
{
	static char out[64];
	char copy[512];
	struct mount_entry entry;

	snprintf(copy, sizeof(copy), "%s", text);
	if (mount_entry_parse(copy, &entry) < 0)
		return "error";
	snprintf(out, sizeof(out), "%u|%u", entry.shared, entry.master);
	return out;
}

static void test_lines(void)
{
	is_str(parsed("41 31 0:38 / /sys/fs/cgroup rw,relatime - cgroup2 cgroup2 rw"),
	       "41|31|0:38|/|/sys/fs/cgroup|cgroup2|cgroup2|rw");
	is_str(parsed("9 1 8:1 /a\\040b /c\\012d rw shared:1 master:2 unbindable - ext4 /dev/x\\040y rw,e=1"),
	       "9|1|8:1|/a b|/c\nd|ext4|/dev/x y|rw,e=1");
	is_str(parsed("9 1 0:4 net:[4026532001] /run/netns/blue rw - nsfs nsfs rw"),
	       "9|1|0:4|net:[4026532001]|/run/netns/blue|nsfs|nsfs|rw");
	is_str(groups("9 1 8:1 / /c rw shared:12 master:7 - ext4 /dev/x rw"), "12|7");
	is_str(groups("9 1 8:1 / /c rw unbindable master:7 - ext4 /dev/x rw,shared:3"), "0|7");
	is_str(groups("9 1 8:1 / /shared:1 rw shared:x master: - ext4 master:4 rw"), "0|0");
	/* A source may be empty, and a path be like a field of another kind. */
	is_str(parsed("9 1 0:5 - - rw - tmpfs  rw"), "9|1|0:5|-|-|tmpfs||rw");
	is_str(parsed(""), "error");
	is_str(parsed("41"), "error");
	is_str(parsed("41 31 0:38 / /x rw"), "error");
	is_str(parsed("41 31 0:38 / /x rw -"), "error");
	is_str(parsed("x 31 0:38 / /x rw - cgroup2 none rw"), "error");
	is_str(parsed("41 31 0:38 / /x rw shared:1 cgroup2 none rw"), "error");
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
	test_lines();
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
