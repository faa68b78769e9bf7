/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test-visitor.c - which mount is in the way to which.
 */
#include "scan/visitor.h"

#include "tap.h"

/* The path of what covers entries[wanted]; "" for nothing. */
static const char *cover(const struct mount_entry *entries, size_t count, size_t wanted)
{
	int found = visitor_find_cover(entries, count, wanted);

	return found < 0 ? "" : entries[found].fstype;
}

#define COVER(entries, wanted) cover(entries, sizeof(entries) / sizeof((entries)[0]), wanted)

/* id, parent, root, path, and in place of the file system a name. */
#define MOUNT(id, parent, root, path, name)                                                                  \
	{                                                                                                    \
		(id), (parent), "0:1", (root), (path), (name), "", "", 0, 0                                  \
	}

static void test_in_sight(void)
{
	static const struct mount_entry entries[] = {
		MOUNT(1, 0, "/", "/", "root"),	       MOUNT(2, 1, "net:[5]", "/run/a", "wanted"),
		MOUNT(3, 1, "/", "/run/ab", "other"),  MOUNT(4, 1, "/", "/run/a/b", "below"),
		MOUNT(5, 3, "/", "/run/ab/c", "deep"),
	};

	is_str(COVER(entries, 1), "");
	/* The first of all mounts may be its own parent. */
	is_str(COVER(entries, 0), "");
}

static void test_covers(void)
{
	static const struct mount_entry stacked[] = {
		MOUNT(1, 1, "/", "/", "root"),
		MOUNT(2, 1, "net:[5]", "/net", "wanted"),
		MOUNT(3, 2, "/", "/net", "on it"),
		MOUNT(4, 3, "/", "/net", "on that"),
	};
	static const struct mount_entry above[] = {
		MOUNT(1, 1, "/", "/", "root"),
		MOUNT(2, 1, "/", "/run", "run"),
		MOUNT(3, 2, "net:[5]", "/run/a/net", "wanted"),
		MOUNT(4, 2, "/", "/run/a", "on a"),
		MOUNT(5, 2, "/", "/run/b", "on b"),
		MOUNT(6, 3, "/", "/run/a/net", "on it"),
	};
	static const struct mount_entry far_above[] = {
		MOUNT(9, 2, "/", "/run/a", "on a"),
		MOUNT(8, 1, "/", "/run", "another run"),
		MOUNT(3, 2, "net:[5]", "/run/a/net", "wanted"),
		MOUNT(2, 1, "/", "/run/", "run"),
		MOUNT(1, 1, "/", "/", "root"),
	};

	is_str(COVER(stacked, 1), "on it");
	is_str(COVER(stacked, 2), "on that");
	/* The one nearest to the root, which a path walk meets first. */
	is_str(COVER(above, 2), "on a");
	is_str(COVER(above, 4), "");
	is_str(COVER(far_above, 2), "another run");
}

/* A table that was read while it changed may be anything; it must not keep us. */
static void test_circle(void)
{
	static const struct mount_entry entries[] = {
		MOUNT(1, 2, "/", "/a", "one"),
		MOUNT(2, 1, "/", "/a", "two"),
		MOUNT(3, 7, "/", "/", "orphan"),
	};

	ok(COVER(entries, 0) != NULL);
	is_str(COVER(entries, 2), "");
}

int main(void)
{
	test_in_sight();
	test_covers();
	test_circle();
	return done_testing();
}
