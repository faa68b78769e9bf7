/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test-ns_ref.c - what a user may name: ns_ref.h. */
#include "ns_ref.h"

#include <fcntl.h>

#include "kernel.h"
#include "tap.h"

/* The kind that a word is read as, or the error. */
static int kind_of(const char *text)
{
	struct ns_ref ref;
	int r = ns_ref_parse(text, &ref);

	return r < 0 ? r : (int)ref.kind;
}

static void test_processes(void)
{
	const char *text = "1234";
	struct ns_ref ref;

	ok(ns_ref_parse(text, &ref) == 0 && ref.kind == NS_REF_PROCESS);
	ok(ref.text == text);
	is_int(ref.pid, 1234);
	is_int((long long)ref.pidfd_inode, 0);

	ok(ns_ref_parse("1234:5678", &ref) == 0 && ref.kind == NS_REF_PROCESS);
	is_int(ref.pid, 1234);
	is_int((long long)ref.pidfd_inode, 5678);
	ok(ns_ref_parse("1:18446744073709551615", &ref) == 0 && ref.pidfd_inode == UINT64_MAX);

	is_int(kind_of("2147483647"), NS_REF_PROCESS);
	is_int(kind_of("0"), -ERANGE);
	is_int(kind_of("00"), -ERANGE);
	is_int(kind_of("0:5"), -ERANGE);
	is_int(kind_of("1:0"), -ERANGE);
	is_int(kind_of("1:"), -EINVAL);
	is_int(kind_of("1:2:3"), -EINVAL);
	is_int(kind_of("1::2"), -EINVAL);
	is_int(kind_of("2147483648:5"), -ERANGE);
	is_int(kind_of("1:18446744073709551616"), -ERANGE);
}

static void test_inodes(void)
{
	struct ns_ref ref;

	ok(ns_ref_parse("net:[4026532001]", &ref) == 0 && ref.kind == NS_REF_INODE);
	is_int((long long)ref.inode, 4026532001);
	is_int(ref.type, NS_NET);

	ok(ns_ref_parse("@4026532001", &ref) == 0 && ref.kind == NS_REF_INODE);
	is_int((long long)ref.inode, 4026532001);
	is_int(ref.type, NS_TYPE_INVALID);

	ok(ns_ref_parse("4026532001", &ref) == 0 && ref.kind == NS_REF_INODE);
	is_int((long long)ref.inode, 4026532001);
	is_int(ref.type, NS_TYPE_INVALID);

	is_int(kind_of("2147483648"), NS_REF_INODE);
	is_int(kind_of("4294967295"), NS_REF_INODE);
	is_int(kind_of("4294967296"), -ERANGE);
	is_int(kind_of("@4294967296"), -ERANGE);
	is_int(kind_of("99999999999999999999"), -ERANGE);
	is_int(kind_of("net:[99999999999999999999]"), -ERANGE);
	is_int(kind_of("@"), -EINVAL);
	is_int(kind_of("@x"), -EINVAL);
	is_int(kind_of("@-1"), -EINVAL);
	is_int(kind_of("@net"), -EINVAL);
}

static void test_pins(void)
{
	const char *text = "pin:blue";
	struct ns_ref ref;

	ok(ns_ref_parse(text, &ref) == 0 && ref.kind == NS_REF_PIN);
	ok(ref.name == text + 4);
	is_int(kind_of("pin:4026532001"), NS_REF_PIN);
	is_int(kind_of("pin:"), -EINVAL);
	is_int(kind_of("pin:a/b"), -EINVAL);
	is_int(kind_of("pin:.."), -EINVAL);
	is_int(kind_of("pin:-x"), -EINVAL);
	is_int(kind_of("pin:a\nb"), -EINVAL);
}

static void test_paths(void)
{
	const char *text = "/run/netns/blue";
	struct ns_ref ref;

	ok(ns_ref_parse(text, &ref) == 0 && ref.kind == NS_REF_PATH);
	ok(ref.name == text);
	is_int(kind_of("./1234"), NS_REF_PATH);
	is_int(kind_of("blue"), NS_REF_PATH);
	is_int(kind_of("1234x"), NS_REF_PATH);
	is_int(kind_of("-1"), NS_REF_PATH);
	is_int(kind_of(" 1"), NS_REF_PATH);
	is_int(kind_of("pin"), NS_REF_PATH);
	is_int(kind_of("net:[x]"), NS_REF_PATH);
	is_int(kind_of(""), -EINVAL);
}

static void test_failure_leaves_the_result_alone(void)
{
	struct ns_ref ref = { .kind = NS_REF_NONE, .pid = 7 };

	ok(ns_ref_parse("0", &ref) < 0 && ref.kind == NS_REF_NONE && ref.pid == 7);
	ok(ns_ref_parse("pin:", &ref) < 0 && ref.kind == NS_REF_NONE && ref.pid == 7);
}

static void test_open_process(void)
{
	struct ns_ref ref = { .kind = NS_REF_PROCESS, .pid = getpid() };
	struct ns_ref_process process = { -EBADF, -EBADF };
	struct ns_id by_process = { 0 }, own = { 0 };
	ino_t inode = 0;

	is_int(ns_ref_open_process(&ref, &process), 0);
	is_int(ns_id_of_path(process.dirfd, "ns/net", &by_process), 0);
	is_int(ns_id_of_path(AT_FDCWD, "/proc/self/ns/net", &own), 0);
	ok(ns_id_equal(by_process, own));

	is_int(kernel_pidfd_inode(process.pidfd, &inode), 0);
	ns_ref_process_release(&process);
	ok(process.pidfd < 0 && process.dirfd < 0);

	if (inode) { /* 6.9 */
		ref.pidfd_inode = inode;
		is_int(ns_ref_open_process(&ref, &process), 0);
		ns_ref_process_release(&process);
		ref.pidfd_inode = inode + 1;
		is_int(ns_ref_open_process(&ref, &process), -ESTALE);
	}

	/* Beyond the kernel's ceiling of pids. */
	ref = (struct ns_ref){ .kind = NS_REF_PROCESS, .pid = 2147483647 };
	is_int(ns_ref_open_process(&ref, &process), -ESRCH);
	ok(process.pidfd < 0 && process.dirfd < 0);
}

/* What comes of opening a word as a uts namespace: 0, or the error. */
static int open_uts(const char *text)
{
	_cleanup_close_ int fd = -EBADF;
	struct ns_id id, own;
	struct ns_ref ref;
	int r;

	r = ns_ref_parse(text, &ref);
	if (r == 0)
		r = ns_ref_open(&ref, NS_UTS, &fd);
	if (r == 0)
		r = ns_id_of_fd(fd, &id);
	if (r == 0)
		r = ns_id_of_path(AT_FDCWD, "/proc/self/ns/uts", &own);
	return r < 0 ? r : ns_id_equal(id, own) ? 0 : 1;
}

static void test_open(void)
{
	_cleanup_free_ char *self = NULL;

	ok(asprintf(&self, "%d", (int)getpid()) > 0);
	is_int(open_uts(self), 0);
	is_int(open_uts("/proc/self/ns/uts"), 0);
	is_int(open_uts("2147483647"), -ESRCH);
	is_int(open_uts("/proc/self/ns/none"), -ENOENT);
	is_int(open_uts("/dev/null"), -EMEDIUMTYPE);
	is_int(open_uts("/proc/self/status"), -EMEDIUMTYPE);
	is_int(open_uts("/"), -EMEDIUMTYPE);
	is_int(open_uts("@4026531838"), 0); /* the initial one, wherever tests run */
	is_int(open_uts("pin:a-name-that-no-test-ever-makes"), -ENOENT);
}

int main(void)
{
	test_processes();
	test_inodes();
	test_pins();
	test_paths();
	test_failure_leaves_the_result_alone();
	test_open_process();
	test_open();
	return done_testing();
}
