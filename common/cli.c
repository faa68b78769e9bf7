/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cli.c - rows to getopt_long(3), --help, exclusions and messages.
 */
#include "cli.h"

#include <getopt.h>
#include <string.h>

#include "diag.h"

enum {
	CODE_HELP = 'h',
	CODE_VERSION = 'V',
	CODE_VERBOSE = 'v',
};

enum {
	HELP_COLUMN = 30, /* where the explanations of --help start */
	HELP_WIDTH = 79,
};

static const struct cli_option common_options[] = {
	{ CODE_VERBOSE, "verbose", CLI_NO_ARGUMENT, NULL, "say each step as it is done", 0 },
	{ CODE_HELP, "help", CLI_NO_ARGUMENT, NULL, "show this help and end", 0 },
	{ CODE_VERSION, "version", CLI_NO_ARGUMENT, NULL, "show the version and end", 0 },
};

static int apply_common(_unused_ void *request, int code, _unused_ const char *argument)
{
	/* --help and --version never come here: they need the program. */
	if (code == CODE_VERBOSE)
		diag_set_verbose(true);
	return 0;
}

static const struct cli_group common_group = {
	"Common",
	common_options,
	ARRAY_SIZE(common_options),
	apply_common,
};

/* The n-th group of a program, the common one last, then NULL. */
static const struct cli_group *group_at(const struct cli_program *program, size_t n)
{
	for (size_t i = 0; i <= n; i++)
		if (!program->groups[i])
			return i == n ? &common_group : NULL;
	return program->groups[n];
}

/* What getopt_long(3) and the look-up of a code need, made from the rows. */
struct parser {
	struct option *long_options;
	char *short_options;
	const struct cli_option **rows;	 /* as long_options */
	const struct cli_group **groups; /* as long_options: whose row it is */
	const struct cli_option **seen;	 /* those of exclusive numbers that came */
	size_t count, n_seen;
};

static void parser_release(struct parser *parser)
{
	free(parser->long_options);
	free(parser->short_options);
	free(parser->rows);
	free(parser->groups);
	free(parser->seen);
	*parser = (struct parser){ 0 };
}

static void parser_add(struct parser *parser, const struct cli_group *group, const struct cli_option *row)
{
	static const int getopt_arity[] = {
		[CLI_NO_ARGUMENT] = no_argument,
		[CLI_REQUIRED] = required_argument,
		[CLI_OPTIONAL] = optional_argument,
		[CLI_LONG_OPTIONAL] = optional_argument,
	};
	static const char *const colons[] = {
		[CLI_NO_ARGUMENT] = "",
		[CLI_REQUIRED] = ":",
		[CLI_OPTIONAL] = "::",
		[CLI_LONG_OPTIONAL] = "",
	};

	parser->long_options[parser->count] = (struct option){
		.name = row->name,
		.has_arg = getopt_arity[row->arity],
		.val = row->code,
	};
	parser->rows[parser->count] = row;
	parser->groups[parser->count] = group;
	parser->count++;
	if (row->code < CLI_FIRST_CODE) {
		char *end = parser->short_options + strlen(parser->short_options);

		sprintf(end, "%c%s", row->code, colons[row->arity]);
	}
}

static void parser_init(struct parser *parser, const struct cli_program *program)
{
	const struct cli_group *group;
	size_t total = 0;

	for (size_t g = 0; (group = group_at(program, g)); g++)
		total += group->count;

	*parser = (struct parser){
		.long_options = xcalloc(total + 1, sizeof(struct option)),
		.short_options = xcalloc(1, 3 * total + sizeof("+:")),
		.rows = xcalloc(total, sizeof(*parser->rows)),
		.groups = xcalloc(total, sizeof(*parser->groups)),
		.seen = xcalloc(total, sizeof(*parser->seen)),
	};
	/* '+': stop at the first operand; ':': tell a missing argument apart. */
	strcpy(parser->short_options, program->stops_at_operand ? "+:" : ":");
	for (size_t g = 0; (group = group_at(program, g)); g++)
		for (size_t i = 0; i < group->count; i++)
			parser_add(parser, group, &group->options[i]);
}

/* The index of the row with a code, or parser->count. */
static size_t parser_find(const struct parser *parser, int code)
{
	size_t i = 0;

	while (i < parser->count && parser->rows[i]->code != code)
		i++;
	return i;
}

static void print_wrapped(const char *text, size_t column)
{
	while (*text) {
		size_t room = HELP_WIDTH - HELP_COLUMN;
		size_t length = strlen(text);

		if (length > room) {
			for (length = room; length > 0 && text[length] != ' '; length--)
				;
			if (length == 0)
				length = strcspn(text, " ");
		}
		printf("%*s%.*s\n", (int)(HELP_COLUMN - column), "", (int)length, text);
		text += length;
		text += strspn(text, " ");
		column = 0;
	}
}

static void print_option(const struct cli_option *row)
{
	_cleanup_free_ char *letter = NULL;
	_cleanup_free_ char *left = NULL;
	const char *open = "", *close = "";
	size_t column;

	letter = row->code < CLI_FIRST_CODE ? xasprintf("-%c,", row->code) : xstrdup("   ");
	if (row->arity == CLI_REQUIRED) {
		open = " ";
	} else if (row->arity != CLI_NO_ARGUMENT) {
		open = "[=";
		close = "]";
	}
	left = xasprintf("  %s --%s%s%s%s", letter, row->name, open,
			 row->arity == CLI_NO_ARGUMENT ? "" : row->argument, close);
	fputs(left, stdout);
	column = strlen(left);
	if (column + 2 > HELP_COLUMN) {
		putchar('\n');
		column = 0;
	}
	print_wrapped(row->help, column);
}

static _noreturn_ void print_help(const struct cli_program *program)
{
	const struct cli_group *group;
	const char *line = program->usage;

	printf("Usage:\n");
	while (*line) {
		size_t length = strcspn(line, "\n");

		printf(" %s %.*s\n", program->name, (int)length, line);
		line += length + (line[length] == '\n');
	}
	printf("\n%s\n", program->purpose);
	for (size_t g = 0; (group = group_at(program, g)); g++) {
		printf("\n%s:\n", group->heading);
		for (size_t i = 0; i < group->count; i++)
			print_option(&group->options[i]);
	}
	printf("\nFor more see %s.\n", program->manual);
	finish(EXIT_SUCCESS);
}

static _noreturn_ void print_version(const struct cli_program *program)
{
	printf("%s from %s\n", program->name, PACKAGE_STRING);
	finish(EXIT_SUCCESS);
}

static _noreturn_ void die_unknown(const struct parser *parser, char **argv)
{
	size_t i = parser_find(parser, optopt);
	size_t length, matches = 0;
	const char *word;

	/* getopt sets optopt to the letter, or to the code of a long option that it knows. */
	if (optopt && i == parser->count)
		die_usage("unknown option '-%c'", optopt);
	if (optopt)
		die_usage("--%s takes no argument", parser->rows[i]->name);

	/* A long one, the word just passed: unknown, or short for several. */
	word = argv[optind - 1];
	length = strcspn(word, "=");
	for (i = 0; i < parser->count; i++)
		if (length > 2 && strncmp(parser->rows[i]->name, word + 2, length - 2) == 0)
			matches++;
	if (matches > 1)
		die_usage("'%.*s' is short for more than one option", (int)length, word);
	die_usage("unknown option '%.*s'", (int)length, word);
}

/* What is wrong with an argument that apply() refused. */
static _noreturn_ void die_argument(const struct cli_option *row, const char *argument, int error)
{
	if (error == -ERANGE)
		die_usage("--%s: '%s' is out of range", row->name, argument);
	if (error == -EINVAL)
		die_usage("--%s takes %s, not '%s'", row->name, row->argument, argument);
	die(error, "--%s: '%s'", row->name, argument);
}

/* Remember the row; end where one of the same exclusive number came before. */
static void check_exclusive(struct parser *parser, const struct cli_option *row)
{
	const struct cli_option **seen = parser->seen;

	for (size_t i = 0; i < parser->n_seen; i++)
		if (seen[i] != row && seen[i]->exclusive == row->exclusive)
			die_usage("--%s and --%s exclude each other", seen[i]->name, row->name);
	for (size_t i = 0; i < parser->n_seen; i++)
		if (seen[i] == row)
			return;
	seen[parser->n_seen++] = row;
}

int cli_parse(const struct cli_program *program, int argc, char **argv, void *request)
{
	/* Static: whoever looks for leaks finds it, and what it points to, where an error ends us. */
	static struct parser parser;
	int code;

	parser_init(&parser, program);
	opterr = 0;
	optind = 0; /* glibc: start over, and look at '+' again */
	while ((code = getopt_long(argc, argv, parser.short_options, parser.long_options, NULL)) != -1) {
		const struct cli_option *row;
		size_t i;
		int r;

		if (code == '?')
			die_unknown(&parser, argv);
		if (code == ':')
			die_usage("'%s' needs an argument: %s", argv[optind - 1],
				  parser.rows[parser_find(&parser, optopt)]->argument);
		if (code == CODE_HELP)
			print_help(program);
		if (code == CODE_VERSION)
			print_version(program);

		i = parser_find(&parser, code);
		row = parser.rows[i];
		if (row->exclusive)
			check_exclusive(&parser, row);
		/* "-x=ARG" is for those who take a short option for a long one. */
		if (row->arity == CLI_OPTIONAL && optarg && *optarg == '=')
			optarg++;
		r = parser.groups[i]->apply(request, code, optarg);
		if (r < 0)
			die_argument(row, optarg, r);
	}
	parser_release(&parser);
	return optind;
}
