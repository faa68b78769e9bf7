/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test-ns_id.c - identities of namespaces and the text of their links: ns_id.h. */
#include "ns_id.h"

#include <fcntl.h>

#include "tap.h"

/* The inode number of a link's text, or the error. */
static long long inode_of(const char *text)
{
	enum ns_type type = NS_TYPE_INVALID;
	ino_t ino = 0;
	int r = ns_link_parse(text, &type, &ino);

	return r < 0 ? r : (long long)ino;
}

static enum ns_type type_of(const char *text)
{
	enum ns_type type = NS_TYPE_INVALID;
	ino_t ino;

	ns_link_parse(text, &type, &ino);
	return type;
}

static void test_link_parse(void)
{
	enum ns_type type = NS_NET;
	ino_t ino = 7;

	is_int(inode_of("net:[4026531840]"), 4026531840);
	is_int(type_of("net:[4026531840]"), NS_NET);
	is_int(type_of("mnt:[1]"), NS_MNT);
	is_int(type_of("cgroup:[4026531835]"), NS_CGROUP);
	is_int(type_of("time:[4026531834]"), NS_TIME);
	ok(ns_link_parse("cgroup:[18446744073709551615]", &type, &ino) == 0 && ino == UINT64_MAX);

	is_int(inode_of(""), -EINVAL);
	is_int(inode_of("net"), -EINVAL);
	is_int(inode_of("net:"), -EINVAL);
	is_int(inode_of("net:["), -EINVAL);
	is_int(inode_of("net:[]"), -EINVAL);
	is_int(inode_of("net:[1"), -EINVAL);
	is_int(inode_of("net:1]"), -EINVAL);
	is_int(inode_of("net:[1]]"), -EINVAL);
	is_int(inode_of("net:[1] "), -EINVAL);
	is_int(inode_of("net:[-1]"), -EINVAL);
	is_int(inode_of("net:[ 1]"), -EINVAL);
	is_int(inode_of("net:[0x1]"), -EINVAL);
	is_int(inode_of("net:[1]:[2]"), -EINVAL);
	is_int(inode_of(":[1]"), -EINVAL);
	is_int(inode_of("bad:[1]"), -EINVAL);
	is_int(inode_of("Net:[1]"), -EINVAL);
	is_int(inode_of(" net:[1]"), -EINVAL);
	is_int(inode_of("a-word-longer-than-any-link-of-the-kernel:[1]"), -EINVAL);
	is_int(inode_of("/proc/self/ns/net"), -EINVAL);
	is_int(inode_of("socket:[12345]"), -EINVAL);
	is_int(inode_of("net:[no-number-and-longer-than-a-link-can-be]"), -EINVAL);
	is_int(inode_of("net:[18446744073709551616]"), -ERANGE);
	is_int(inode_of("net:[99999999999999999999999999999999999999999999]"), -ERANGE);

	type = NS_UTS;
	ino = 7;
	ok(ns_link_parse("net:[x]", &type, &ino) < 0 && type == NS_UTS && ino == 7);
}

static void test_link_format(void)
{
	char text[NS_LINK_SIZE];

	ns_link_format(NS_NET, 4026531840, text);
	is_str(text, "net:[4026531840]");
	ns_link_format(NS_CGROUP, UINT64_MAX, text);
	is_str(text, "cgroup:[18446744073709551615]");

	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		ns_link_format(type, 1u + (unsigned int)type, text);
		is_int(type_of(text), type);
		is_int(inode_of(text), type + 1);
	}
}

static void test_equality(void)
{
	struct ns_id a = { .dev = 4, .ino = 4026531840 };
	struct ns_id same = a;
	struct ns_id other_dev = { .dev = 5, .ino = 4026531840 };
	struct ns_id other_ino = { .dev = 4, .ino = 4026531841 };

	ok(ns_id_equal(a, same));
	ok(!ns_id_equal(a, other_dev));
	ok(!ns_id_equal(a, other_ino));
	ok(ns_id_hash(a) == ns_id_hash(same));
	ok(ns_id_hash(a) != ns_id_hash(other_dev));
}

/* Inode numbers come in a row: in a table half full, no slot may be crowded. */
static void test_hash_spreads(void)
{
	enum { SLOTS = 4096 };
	static unsigned int used[SLOTS];
	unsigned int most = 0;

	for (ino_t ino = 4026531840; ino < 4026531840 + SLOTS / 2; ino++) {
		size_t slot = ns_id_hash((struct ns_id){ .dev = 4, .ino = ino }) % SLOTS;

		if (++used[slot] > most)
			most = used[slot];
	}
	ok(most <= 8);
}

static void test_of_files(void)
{
	struct ns_id by_path = { 0 }, by_fd = { 0 }, other = { 0 };
	char link[NS_LINK_SIZE] = "", text[NS_LINK_SIZE];
	_cleanup_close_ int fd = open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC);
	_cleanup_close_ int dirfd = open("/proc/self/ns", O_PATH | O_DIRECTORY | O_CLOEXEC);

	is_int(ns_id_of_path(AT_FDCWD, "/proc/self/ns/uts", &by_path), 0);
	is_int(ns_id_of_fd(fd, &by_fd), 0);
	ok(ns_id_equal(by_path, by_fd));
	is_int(ns_id_of_path(dirfd, "mnt", &other), 0);
	ok(!ns_id_equal(by_path, other));

	ok(readlink("/proc/self/ns/uts", link, sizeof(link) - 1) > 0);
	ns_link_format(NS_UTS, by_path.ino, text);
	is_str(text, link);

	is_int(ns_id_of_path(AT_FDCWD, "/proc/self/ns/none", &other), -ENOENT);
	is_int(ns_id_of_fd(-1, &other), -EBADF);
}

int main(void)
{
	test_link_parse();
	test_link_format();
	test_equality();
	test_hash_spreads();
	test_of_files();
	return done_testing();
}
