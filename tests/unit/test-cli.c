/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test-cli.c - rows to a command line: cli.h and ns_cli.h. */
#include "cli.h"

#include "capture.h"
#include "diag.h"
#include "ns_cli.h"
#include "tap.h"

enum { FORK = CLI_LIFE_CODES, NO_FORK, COUNT, FORTRESS };

static const struct cli_option rows[] = {
	{ 'm', "mount", CLI_LONG_OPTIONAL, "FILE", "mount points", 0 },
	{ 'r', "root", CLI_REQUIRED, "DIR", "change the root", 0 },
	{ 's', "signal", CLI_OPTIONAL, "SIG", "send a signal", 0 },
	{ 'n', "net", CLI_NO_ARGUMENT, NULL, "network devices", 0 },
	{ FORK, "fork", CLI_NO_ARGUMENT, NULL, "fork first", 1 },
	{ NO_FORK, "no-fork", CLI_NO_ARGUMENT, NULL, "do not fork", 1 },
	{ FORTRESS, "fortress", CLI_NO_ARGUMENT, NULL, "begins like another", 0 },
	{ COUNT, "count", CLI_REQUIRED, "N", "a number explained at such length that it fills two lines", 0 },
};

/* Each option is written down as "NAME=ARGUMENT ". */
struct request {
	char text[256];
};

static const char *name_of(int code)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].code == code)
			return rows[i].name;
	return "?";
}

static int apply(void *data, int code, const char *argument)
{
	struct request *request = data;
	size_t used = strlen(request->text);

	if (code == COUNT && strcmp(argument, "many") == 0)
		return -EINVAL;
	if (code == COUNT && strcmp(argument, "999") == 0)
		return -ERANGE;
	snprintf(request->text + used, sizeof(request->text) - used, "%s%s%s ", name_of(code),
		 argument ? "=" : "", argument ? argument : "");
	return 0;
}

static const struct cli_group group = { "Things", rows, ARRAY_SIZE(rows), apply };
static const struct cli_group *const groups[] = { &group, NULL };

static struct cli_program program = {
	.name = "test-cli",
	.usage = "[options] [program]\n--other",
	.purpose = "Test the parser.",
	.manual = "test-cli(1)",
	.groups = groups,
	.stops_at_operand = true,
};

/* A command line, in words that blanks part. */
struct line {
	char text[256];
	char *argv[16];
	int argc;
};

static struct line line_of(const char *words)
{
	static struct line line;
	char *rest = line.text;

	snprintf(line.text, sizeof(line.text), "test-cli %s", words);
	line.argc = 0;
	while (line.argc < (int)ARRAY_SIZE(line.argv) - 1 && (line.argv[line.argc] = strsep(&rest, " ")))
		line.argc++;
	return line;
}

/* What parsing writes down, with the operands behind a '|'. */
static const char *parsed(const char *words)
{
	static struct request request;
	struct line line = line_of(words);
	size_t used;
	int first;

	/* The copy's words lie in the static line. */
	request = (struct request){ "" };
	first = cli_parse(&program, line.argc, line.argv, &request);
	used = strlen(request.text);
	for (int i = first; i < line.argc; i++)
		used += (size_t)snprintf(request.text + used, sizeof(request.text) - used, "%s%s",
					 i == first ? "|" : " ", line.argv[i]);
	return request.text;
}

static void test_arguments(void)
{
	is_str(parsed(""), "|"); /* one operand, the empty word */
	is_str(parsed("-n"), "net ");
	is_str(parsed("--net"), "net ");
	is_str(parsed("-n -n"), "net net ");

	is_str(parsed("-r /x"), "root=/x ");
	is_str(parsed("-r/x"), "root=/x ");
	is_str(parsed("--root /x"), "root=/x ");
	is_str(parsed("--root=/x"), "root=/x ");
	is_str(parsed("--root="), "root= ");
	is_str(parsed("-r -n"), "root=-n ");

	is_str(parsed("-s"), "signal ");
	is_str(parsed("-s9"), "signal=9 ");
	is_str(parsed("-s=9"), "signal=9 ");
	is_str(parsed("--signal"), "signal ");
	is_str(parsed("--signal=9"), "signal=9 ");
	is_str(parsed("-s 9"), "signal |9");

	is_str(parsed("-m"), "mount ");
	is_str(parsed("--mount"), "mount ");
	is_str(parsed("--mount=/x"), "mount=/x ");
	is_str(parsed("-mnr /x"), "mount net root=/x ");

	is_str(parsed("--fork"), "fork ");
	is_str(parsed("--no-f"), "no-fork ");
	is_str(parsed("--count 3 -n"), "count=3 net ");
}

static void test_operands(void)
{
	is_str(parsed("-n sh -m"), "net |sh -m");
	is_str(parsed("-n -- -m"), "net |-m");
	is_str(parsed("- -n"), "|- -n");

	program.stops_at_operand = false;
	is_str(parsed("a -n b"), "net |a b");
	is_str(parsed("a -- -n"), "|a -n");
	program.stops_at_operand = true;
}

static void run_parse(void *argument)
{
	puts(parsed(argument));
}

/* The message about a line that is wrong, without what all have in common. */
static const char *complaint(const char *words)
{
	static struct captured got;
	char *end;

	got = capture(run_parse, (void *)words);
	end = strstr(got.err, " (see 'test-cli --help')\n");
	if (got.status != EXIT_NSX || *got.out || strncmp(got.err, "test-cli: ", 10) != 0 || !end)
		return got.err;
	*end = '\0';
	return got.err + 10;
}

static void test_complaints(void)
{
	is_str(complaint("-Z"), "unknown option '-Z'");
	is_str(complaint("-nZ"), "unknown option '-Z'");
	is_str(complaint("-Zn"), "unknown option '-Z'");
	is_str(complaint("--root=/x -Zn"), "unknown option '-Z'");
	is_str(complaint("-m/x"), "unknown option '-/'");
	is_str(complaint("--frobnicate"), "unknown option '--frobnicate'");
	is_str(complaint("--frobnicate=3"), "unknown option '--frobnicate'");
	is_str(complaint("--roots"), "unknown option '--roots'");
	is_str(complaint("--fo"), "'--fo' is short for more than one option");
	is_str(complaint("--net=x"), "--net takes no argument");
	is_str(complaint("-n --fork=x"), "--fork takes no argument");

	is_str(complaint("-r"), "'-r' needs an argument: DIR");
	is_str(complaint("--root"), "'--root' needs an argument: DIR");
	is_str(complaint("--count"), "'--count' needs an argument: N");
	is_str(complaint("--count many"), "--count takes N, not 'many'");
	is_str(complaint("--count=999"), "--count: '999' is out of range");

	is_str(complaint("--fork --no-fork"), "--fork and --no-fork exclude each other");
	is_str(complaint("--no-fork -n --fork"), "--no-fork and --fork exclude each other");
	is_str(parsed("--fork --fork"), "fork fork ");
}

static void test_verbose(void)
{
	is_str(parsed("-n"), "net ");
	ok(!diag_is_verbose());
	is_str(parsed("-v -n"), "net ");
	ok(diag_is_verbose());
	diag_set_verbose(false);
}

static void test_help(void)
{
	struct captured got = capture(run_parse, "--help");

	is_int(got.status, EXIT_SUCCESS);
	is_str(got.err, "");
	is_str(got.out, "Usage:\n"
			" test-cli [options] [program]\n"
			" test-cli --other\n"
			"\n"
			"Test the parser.\n"
			"\n"
			"Things:\n"
			"  -m, --mount[=FILE]          mount points\n"
			"  -r, --root DIR              change the root\n"
			"  -s, --signal[=SIG]          send a signal\n"
			"  -n, --net                   network devices\n"
			"      --fork                  fork first\n"
			"      --no-fork               do not fork\n"
			"      --fortress              begins like another\n"
			"      --count N               a number explained at such length that it fills\n"
			"                              two lines\n"
			"\n"
			"Common:\n"
			"  -v, --verbose               say each step as it is done\n"
			"  -h, --help                  show this help and end\n"
			"  -V, --version               show the version and end\n"
			"\n"
			"For more see test-cli(1).\n");
}

static void test_version(void)
{
	struct captured got = capture(run_parse, "-n -V -Z");

	is_int(got.status, EXIT_SUCCESS);
	is_str(got.out, "test-cli from " PACKAGE_STRING "\n");
	is_str(got.err, "");
}

static void test_namespace_rows(void)
{
	struct cli_option filled[NS_TYPE_COUNT];

	ns_cli_fill(filled, CLI_LONG_OPTIONAL, "FILE");
	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		is_int(ns_type_from_letter(filled[type].code), type);
		is_int(ns_type_from_name(filled[type].name), type);
		is_int(filled[type].arity, CLI_LONG_OPTIONAL);
		is_str(filled[type].argument, "FILE");
		is_int(filled[type].exclusive, 0);
		ok(filled[type].help && *filled[type].help);
	}
}

int main(void)
{
	diag_init("test-cli", EXIT_NSX);
	test_arguments();
	test_operands();
	test_complaints();
	test_verbose();
	test_help();
	test_version();
	test_namespace_rows();
	return done_testing();
}
