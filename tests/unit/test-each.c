/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test-each.c - many runs, and where their output goes. A run does what its
 * row below says.
 */
#include "each.h"

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

#include "capture.h"
#include "diag.h"
#include "tap.h"

/* What a run writes, and how it ends. */
struct script {
	const char *out, *err;
	int status, signal;
	bool leaves_child; /* that goes on writing until it cannot */
	int waits, tells;  /* reads a byte from, and writes one to, a pipe of pipes[]; 0: none */
};

static int pipes[3][2];

static void put(int fd, const char *text)
{
	if (text && write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		_exit(99);
}

static void leave_child(void)
{
	if (fork() != 0)
		return;
	for (;;) {
		put(STDOUT_FILENO, "more\n");
		usleep(1000);
	}
}

static void do_script(void *context, size_t index, _unused_ const struct child *self)
{
	const struct script *script = &((const struct script *)context)[index];
	char byte;

	if (read(STDIN_FILENO, &byte, 1) != 0)
		_exit(98);
	if (script->tells)
		put(pipes[script->tells][1], "x");
	if (script->waits && read(pipes[script->waits][0], &byte, 1) != 1)
		_exit(97);
	put(STDERR_FILENO, script->err);
	put(STDOUT_FILENO, script->out);
	if (script->leaves_child)
		leave_child();
	if (script->signal) {
		prctl(PR_SET_DUMPABLE, 0UL);
		raise(script->signal);
	}
	_exit(script->status);
}

static const struct each_job jobs[] = {
	{ "a", "\"name\": \"a\"" },
	{ "long\tb", "\"name\": \"b\"" },
	{ "\xc3\xbc", "\"name\": \"c\"" },
};

struct arguments {
	const struct script *scripts;
	size_t count;
	struct each_options options;
};

static void run_scripts(void *data)
{
	const struct arguments *arguments = data;
	struct each_results results;

	diag_init("test", EXIT_NSX);
	if (each_run(jobs, arguments->count, &arguments->options, do_script, (void *)arguments->scripts,
		     &results) < 0)
		_exit(96);
	each_exit(&results, &arguments->options);
}

#define RUN(scripts, ...)                                                                                    \
	capture(run_scripts, &(struct arguments){ scripts, ARRAY_SIZE(scripts), { __VA_ARGS__ } })

static const struct script plain[] = {
	{ .out = "1\n2\n", .err = "e\n" },
	{ .out = "\n3" },
	{ .out = "4", .err = "f" },
};

static void test_inherited(void)
{
	struct captured got = RUN(plain, .parallel = 1);

	is_int(got.status, 0);
	is_str(got.out, "1\n2\n\n34");
	is_str(got.err, "e\nf");
}

static void test_labels(void)
{
	struct captured got = RUN(plain, .parallel = 1, .labels = true);

	is_int(got.status, 0);
	is_str(got.out, "a          1\n"
			"a          2\n"
			"long\\x09b  \n"
			"long\\x09b  3\n"
			"\xc3\xbc          4\n");
	is_str(got.err, "a          e\n"
			"\xc3\xbc          f\n");
}

static void test_json(void)
{
	static const struct script scripts[] = {
		{ .out = "a\"b\n" },
		{ .err = "\xff", .status = 7 },
		{ .signal = SIGTERM },
	};
	struct captured got = RUN(scripts, .parallel = 1, .json = true);

	is_int(got.status, EXIT_SOME_FAILED);
	is_str(got.out, "{\"name\": \"a\", \"stream\": \"stdout\", \"line\": \"a\\\"b\"}\n"
			"{\"name\": \"a\", \"exit-code\": 0}\n"
			"{\"name\": \"b\", \"stream\": \"stderr\", \"line\": \"\\ufffd\"}\n"
			"{\"name\": \"b\", \"exit-code\": 7}\n"
			"{\"name\": \"c\", \"signal\": \"TERM\"}\n");
	is_str(got.err, "");
}

static void test_failures(void)
{
	static const struct script scripts[] = {
		{ .status = 3 },
		{ .signal = SIGKILL },
		{ .out = "there\n" },
	};
	struct captured got = RUN(scripts, .parallel = 1);

	is_int(got.status, EXIT_SOME_FAILED);
	is_str(got.out, "there\n");
	is_str(got.err, "");
	got = RUN(scripts, .parallel = 1, .labels = true);
	is_int(got.status, EXIT_SOME_FAILED);
	is_str(got.out, "\xc3\xbc          there\n");
	is_str(got.err, "test: a: ended with status 3\n"
			"test: long\\x09b: ended by signal KILL\n"
			"test: 2 of 3 runs failed\n");
}

/* Each of the first two waits for the other: so they run at one time. */
static void test_parallel(void)
{
	static const struct script scripts[] = {
		{ .out = "1\n", .tells = 1, .waits = 2 },
		{ .out = "2\n", .tells = 2, .waits = 1 },
		{ .out = "3\n" },
	};
	struct captured got = RUN(scripts, .parallel = 2);

	is_int(got.status, 0);
	is_int(strlen(got.out), 6);
	ok(strstr(got.out, "1\n") && strstr(got.out, "2\n") && strstr(got.out, "3\n"));
	is_str(got.err, "");
}

/* The second and third end first, and come first; nothing of a run stands in another's. */
static void test_kept_whole(void)
{
	static const struct script scripts[] = {
		{ .out = "11111\n", .err = "aaaaa\n", .waits = 1 },
		{ .out = "22222\n", .err = "bbbbb\n" },
		{ .out = "33333\n", .err = "ccccc\n", .tells = 1 },
	};
	struct captured got = RUN(scripts, .parallel = 2);

	is_int(got.status, 0);
	is_int(strlen(got.out), 18);
	ok(strncmp(got.out, "22222\n", 6) == 0);
	ok(strstr(got.out, "11111\n") && strstr(got.out, "33333\n"));
	is_int(strlen(got.err), 18);
	ok(strncmp(got.err, "bbbbb\n", 6) == 0);
}

/* The child that is left holds the output open, and would keep us for ever. */
static void test_nobody_is_waited_for(void)
{
	static const struct script scripts[] = {
		{ .out = "1\n", .leaves_child = true },
		{ .out = "2\n" },
	};
	struct captured got = RUN(scripts, .parallel = 1, .labels = true);

	is_int(got.status, 0);
	ok(strncmp(got.out, "a          1\n", 13) == 0);
	ok(strstr(got.out, "\nlong\\x09b  2\n"));
	got = RUN(scripts, .parallel = 2);
	is_int(got.status, 0);
	ok(strstr(got.out, "1\n") && strstr(got.out, "2\n"));
}

static void test_nothing_to_do(void)
{
	struct captured got = capture(run_scripts, &(struct arguments){ plain, 0, { .parallel = 3 } });

	is_int(got.status, 0);
	is_str(got.out, "");
	is_str(got.err, "");
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(pipes); i++)
		if (pipe(pipes[i]) < 0)
			abort();
	test_inherited();
	test_labels();
	test_json();
	test_failures();
	test_parallel();
	test_kept_whole();
	test_nobody_is_waited_for();
	test_nothing_to_do();
	for (size_t i = 0; i < ARRAY_SIZE(pipes); i++) {
		close(pipes[i][0]);
		close(pipes[i][1]);
	}
	return done_testing();
}
