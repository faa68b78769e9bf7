/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test-diag.c - messages and endings: diag.h. */
#include "diag.h"

#include <fcntl.h>
#include <signal.h>

#include "capture.h"
#include "tap.h"

/* What diag_print_safe() makes of a text, until the next call. */
static const char *safe(const char *text)
{
	static char buffer[256];
	FILE *out = fmemopen(buffer, sizeof(buffer), "w");

	if (!out)
		abort();
	diag_print_safe(out, text);
	fclose(out); /* writes the NUL byte too */
	return buffer;
}

static void test_print_safe(void)
{
	is_str(safe(""), "");
	is_str(safe("plain words, 100% \"so\" \\ 'so'"), "plain words, 100% \"so\" \\ 'so'");
	is_str(safe("a\nb"), "a\\x0ab");
	is_str(safe("\t\r\b"), "\\x09\\x0d\\x08");
	is_str(safe("\x1b[31mred"), "\\x1b[31mred");
	is_str(safe("\x01\x1f\x7f"), "\\x01\\x1f\\x7f");
	is_str(safe(" ~"), " ~"); /* the first and the last that are printed */

	/* UTF-8: letters stay, C1 controls do not. */
	is_str(safe("gr\xc3\xbc\xc3\x9f"), "gr\xc3\xbc\xc3\x9f");
	is_str(safe("\xc2\xa0\xc2\xb5"), "\xc2\xa0\xc2\xb5");
	is_str(safe("\xc2\x80\xc2\x9f"), "\\xc2\\x80\\xc2\\x9f");
	is_str(safe("\xc2\x9bm"), "\\xc2\\x9bm");

	/* Cut off in the middle of a character. */
	is_str(safe("a\xc2"), "a\\xc2");
	is_str(safe("\xff\xfe"), "\\xff\\xfe");
	/* A C1 control of an 8-bit terminal; one overlong; a surrogate. */
	is_str(safe("\x9b"
		    "31m"),
	       "\\x9b31m");
	is_str(safe("\xc1\x9b"), "\\xc1\\x9b");
	is_str(safe("\xed\xa0\x80"), "\\xed\\xa0\\x80");
}

static void say(_unused_ void *argument)
{
	warn(0, "one %s", "word");
	warn(-ENOENT, "cannot open '%s'", "a\nb");
	debug("not %s", "said");
	diag_set_verbose(true);
	debug("said %d", 1);
}

static void test_messages(void)
{
	struct captured got = capture(say, NULL);

	is_int(got.status, 0);
	is_str(got.out, "");
	is_str(got.err, "test-diag: one word\n"
			"test-diag: cannot open 'a\\x0ab': No such file or directory\n"
			"test-diag: said 1\n");
	is_str(diag_program(), "test-diag");
	ok(!diag_is_verbose());
}

static void run_die(_unused_ void *argument)
{
	die(-EPERM, "cannot do '%s'", "it");
}

static void run_die_status(_unused_ void *argument)
{
	die_status(EXIT_NOT_FOUND, 0, "no '%s'", "prog");
}

static void run_die_usage(_unused_ void *argument)
{
	die_usage("unknown option '%s'", "--x%s");
}

static void run_die_oom(_unused_ void *argument)
{
	die_oom();
}

static void test_endings(void)
{
	struct captured got;

	got = capture(run_die, NULL);
	is_int(got.status, 42);
	is_str(got.err, "test-diag: cannot do 'it': Operation not permitted\n");

	got = capture(run_die_status, NULL);
	is_int(got.status, 127);
	is_str(got.err, "test-diag: no 'prog'\n");

	got = capture(run_die_usage, NULL);
	is_int(got.status, 42);
	is_str(got.err, "test-diag: unknown option '--x%s' (see 'test-diag --help')\n");

	got = capture(run_die_oom, NULL);
	is_int(got.status, 42);
	ok(strncmp(got.err, "test-diag: ", 11) == 0 && strstr(got.err, "memory"));
}

static void run_finish(void *argument)
{
	printf("some output\n");
	finish(*(int *)argument);
}

static void run_finish_on_full_disk(void *argument)
{
	dup2(open("/dev/full", O_WRONLY | O_CLOEXEC), STDOUT_FILENO);
	run_finish(argument);
}

static void run_finish_without_reader(void *argument)
{
	int ends[2];

	signal(SIGPIPE, SIG_IGN);
	if (pipe(ends) == 0) {
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
	}
	run_finish(argument);
}

static void test_finish(void)
{
	struct captured got;
	int success = EXIT_SUCCESS, missing = EXIT_MISSING;

	got = capture(run_finish, &missing);
	is_int(got.status, EXIT_MISSING);
	is_str(got.out, "some output\n");
	is_str(got.err, "");

	got = capture(run_finish_on_full_disk, &success);
	is_int(got.status, 42);
	is_str(got.err, "test-diag: cannot write to standard output: No space left on device\n");

	got = capture(run_finish_without_reader, &missing);
	is_int(got.status, EXIT_MISSING);
	is_str(got.err, "");
}

static void test_memory(void)
{
	_cleanup_free_ char *text = xasprintf("%s:[%u]", "net", 1u);
	_cleanup_free_ char *copy = xstrdup(text);
	_cleanup_free_ int *numbers = xcalloc(3, sizeof(*numbers));

	is_str(copy, "net:[1]");
	ok(numbers[0] == 0 && numbers[2] == 0);
	numbers[2] = 5;
	numbers = xreallocarray(numbers, 100, sizeof(*numbers));
	is_int(numbers[2], 5);
}

int main(void)
{
	diag_init("test-diag", 42);
	test_print_safe();
	test_messages();
	test_endings();
	test_finish();
	test_memory();
	return done_testing();
}
