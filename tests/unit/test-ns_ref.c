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
	is_int(kind_of("@0"), -ERANGE);
	is_int(kind_of("net:[0]"), -ERANGE);
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

static void test_descriptors(void)
{
	const char *text = "fd:1234:5";
	struct ns_ref ref;

	ok(ns_ref_parse(text, &ref) == 0 && ref.kind == NS_REF_FD);
	ok(ref.text == text);
	is_int(ref.pid, 1234);
	is_int(ref.fd, 5);
	ok(ns_ref_parse("fd:1:0", &ref) == 0 && ref.fd == 0);
	is_int(kind_of("fd:2147483647:2147483647"), NS_REF_FD);
	is_int(kind_of("fd:"), -EINVAL);
	is_int(kind_of("fd:1"), -EINVAL);
	is_int(kind_of("fd:1:"), -EINVAL);
	is_int(kind_of("fd::1"), -EINVAL);
	is_int(kind_of("fd:1:x"), -EINVAL);
	is_int(kind_of("fd:1:-1"), -EINVAL);
	is_int(kind_of("fd:x:1"), -EINVAL);
	is_int(kind_of("fd:-1:1"), -EINVAL);
	is_int(kind_of("fd:1:2:3"), -EINVAL);
	is_int(kind_of("fd:1: 2"), -EINVAL);
	is_int(kind_of("fd:0:1"), -ERANGE);
	is_int(kind_of("fd:2147483648:1"), -ERANGE);
	is_int(kind_of("fd:1:2147483648"), -ERANGE);
	/* Paths, if they are anything. */
	is_int(kind_of("fd"), NS_REF_PATH);
	is_int(kind_of("./fd:1:2"), NS_REF_PATH);
}

static void test_nsids(void)
{
	struct ns_ref ref;

	ok(ns_ref_parse(":7", &ref) == 0 && ref.kind == NS_REF_NSID);
	ok(ref.nsid == 7);
	is_int(ref.type, NS_TYPE_INVALID);
	ok(ns_ref_parse(":18446744073709551615", &ref) == 0 && ref.nsid == UINT64_MAX);
	is_int(kind_of(":"), -EINVAL);
	is_int(kind_of(":x"), -EINVAL);
	is_int(kind_of(":-7"), -EINVAL);
	is_int(kind_of(":7 "), -EINVAL);
	is_int(kind_of(":7:8"), -EINVAL);
	is_int(kind_of("::7"), -EINVAL);
	is_int(kind_of(":0"), -ERANGE);
	is_int(kind_of(":18446744073709551616"), -ERANGE);
}

/* unit:NAME, container:ID, pidfile:PATH: all behind the first colon is the name. */
static void test_named(void)
{
	const char *text = "pidfile:/run/a:b.pid";
	struct ns_ref ref;

	ok(ns_ref_parse(text, &ref) == 0 && ref.kind == NS_REF_PIDFILE);
	ok(ref.name == text + 8);
	ok(ns_ref_parse("unit:a@b:c.service", &ref) == 0 && ref.kind == NS_REF_UNIT);
	is_str(ref.name, "a@b:c.service");
	ok(ns_ref_parse("container:0123abcd", &ref) == 0 && ref.kind == NS_REF_CONTAINER);
	is_str(ref.name, "0123abcd");
	is_int(kind_of("unit:"), -EINVAL);
	is_int(kind_of("container:"), -EINVAL);
	is_int(kind_of("pidfile:"), -EINVAL);
	is_int(kind_of("unit"), NS_REF_PATH);
	is_int(kind_of("Unit:a"), NS_REF_PATH);
	is_int(kind_of("./unit:a"), NS_REF_PATH);
}

static void test_classes(void)
{
	static const struct {
		const char *text;
		bool is_process, is_namespace;
	} words[] = {
		{ "7", true, false },		{ "7:8", true, false },	      { "unit:a", true, false },
		{ "container:a", true, false }, { "pidfile:a", true, false }, { "pin:a", false, false },
		{ "@7", false, true },		{ "net:[7]", false, true },   { ":7", false, true },
		{ "fd:1:2", false, true },	{ "/n", false, true },
	};
	const struct ns_ref none = { .kind = NS_REF_NONE }, socket = { .kind = NS_REF_SOCKET };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		struct ns_ref ref;

		tap_is_int(ns_ref_parse(words[i].text, &ref), 0, words[i].text, __FILE__, __LINE__);
		tap_is_int(ns_ref_is_process(&ref), words[i].is_process, words[i].text, __FILE__, __LINE__);
		tap_is_int(ns_ref_is_namespace(&ref), words[i].is_namespace, words[i].text, __FILE__,
			   __LINE__);
	}
	ok(!ns_ref_is_process(&none) && !ns_ref_is_namespace(&none));
	ok(!ns_ref_is_process(&socket) && ns_ref_is_namespace(&socket));
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
	} else {
		ref.pidfd_inode = 1;
		is_int(ns_ref_open_process(&ref, &process), -EOPNOTSUPP);
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
	is_int(open_uts("pin:a-name-that-no-test-ever-makes"), -ENOENT);
}

/* What comes of a pid file with this in it, where it is to be our own pid. */
static int open_pid_file(const char *content, size_t size)
{
	char path[] = "/tmp/test-ns_ref.XXXXXX";
	struct ns_ref_process process = { -EBADF, -EBADF };
	struct ns_ref ref = { .kind = NS_REF_PIDFILE, .name = path };
	int fd = mkstemp(path), self = open("/proc/self", O_PATH | O_CLOEXEC);
	struct ns_id its = { 0 }, own = { 0 };
	int r = fd < 0 ? -errno : 0;

	if (r == 0 && write(fd, content, size) != (ssize_t)size)
		r = -errno;
	if (r == 0)
		r = ns_ref_open_process(&ref, &process);
	if (r == 0)
		r = ns_id_of_fd(process.dirfd, &its);
	if (r == 0)
		r = ns_id_of_fd(self, &own);
	close_fd(self);
	ns_ref_process_release(&process);
	close_fd(fd);
	unlink(path);
	return r < 0 ? r : ns_id_equal(its, own) ? 0 : 1;
}

static int open_pid_line(const char *before, const char *after)
{
	_cleanup_free_ char *text = NULL;

	if (asprintf(&text, "%s%d%s", before, (int)getpid(), after) < 0)
		return -ENOMEM;
	return open_pid_file(text, strlen(text));
}

static void test_pid_files(void)
{
	static char many[100000];

	is_int(open_pid_line("", ""), 0);
	is_int(open_pid_line("", "\n"), 0);
	is_int(open_pid_line("", "\r\n"), 0);
	is_int(open_pid_line("", " \t\n"), 0);
	is_int(open_pid_line("\t  ", "\n"), 0);
	is_int(open_pid_line("", "\n/var/lib/of/a/server/that/writes/more/lines/than/one/into/its/file\n"),
	       0);
	is_int(open_pid_file("2147483647\n", 11), -ESRCH);

	is_int(open_pid_file("", 0), -ENOMSG);
	is_int(open_pid_file("\n1\n", 3), -ENOMSG);
	is_int(open_pid_file("0\n", 2), -ENOMSG);
	is_int(open_pid_file("-1\n", 3), -ENOMSG);
	is_int(open_pid_file("x\n", 2), -ENOMSG);
	is_int(open_pid_line("", " of a server\n"), -ENOMSG);
	is_int(open_pid_line("", "x\n"), -ENOMSG);
	is_int(open_pid_file("99999999999\n", 12), -ENOMSG);
	is_int(open_pid_file(many, sizeof(many)), -ENOMSG);
	/* A number that is cut off is none. */
	memset(many, ' ', sizeof(many));
	memcpy(many + 62, "12", 2);
	is_int(open_pid_file(many, 64), -ENOMSG);
	memset(many, '1', sizeof(many));
	is_int(open_pid_file(many, sizeof(many)), -ENOMSG);
}

static void test_what_is_no_pid_file(void)
{
	struct ns_ref_process process = { -EBADF, -EBADF };
	struct ns_ref ref = { .kind = NS_REF_PIDFILE, .name = "/none/such" };

	is_int(ns_ref_open_process(&ref, &process), -ENOENT);
	ref.name = "/";
	is_int(ns_ref_open_process(&ref, &process), -ENOMSG);
	ref.name = "/dev/zero";
	is_int(ns_ref_open_process(&ref, &process), -ENOMSG);
	ok(process.pidfd < 0 && process.dirfd < 0);
}

int main(void)
{
	test_processes();
	test_inodes();
	test_pins();
	test_paths();
	test_descriptors();
	test_nsids();
	test_named();
	test_classes();
	test_failure_leaves_the_result_alone();
	test_open_process();
	test_open();
	test_pid_files();
	test_what_is_no_pid_file();
	return done_testing();
}
