/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cli.h - a command line from rows: one row an option makes getopt's arrays,
 * --help, exclusions and messages.
 *
 * A program is a list of groups, each a heading, its rows, and the function
 * that writes what a row says into the program's request. Parsing has no
 * effect beyond that request: nothing is opened, forked or looked up.
 */
#ifndef NSX_CLI_H
#define NSX_CLI_H

#include "base.h"

/* Codes of options that have no letter; each group counts up from its own. */
enum {
	CLI_FIRST_CODE = 0x100, /* all below are letters */
	CLI_CREATE_CODES = 0x100,
	CLI_IDENTITY_CODES = 0x200,
	CLI_FILES_CODES = 0x300,
	CLI_LIFE_CODES = 0x400,
	CLI_EACH_CODES = 0x500,
	CLI_TOOL_CODES = 0x600, /* rows of one tool alone */
};

enum cli_arity {
	CLI_NO_ARGUMENT,
	CLI_REQUIRED,	   /* -x ARG, --xx ARG, --xx=ARG */
	CLI_OPTIONAL,	   /* -xARG, -x=ARG, --xx=ARG */
	CLI_LONG_OPTIONAL, /* --xx=ARG; -x takes none, so that -xyz stay three options */
};

struct cli_option {
	int code;	      /* its letter, or a number from CLI_*_CODES */
	const char *name;     /* the long option */
	enum cli_arity arity;
	const char *argument; /* "FILE": for --help and for messages */
	const char *help;
	int exclusive;	      /* options of one non-zero number exclude each other */
};

struct cli_group {
	const char *heading;
	const struct cli_option *options;
	size_t count;
	/*
	 * Note the option in the request. Returns 0, or -EINVAL or -ERANGE for
	 * an argument that is none or lies outside; cli_parse() then says so.
	 */
	int (*apply)(void *request, int code, const char *argument);
};

struct cli_program {
	const char *name;     /* "nsx-unshare" */
	const char *usage;    /* "[options] [program [argument ...]]"; one line each */
	const char *purpose;  /* one sentence */
	const char *manual;   /* "nsx-unshare(1)" */
	const struct cli_group *const *groups; /* ends in NULL */
	bool stops_at_operand; /* the first word that is no option ends the options */
};

/*
 * Parse; returns the index of the first operand in argv (which is put behind
 * the options unless stops_at_operand). --help and --version print and end
 * the program; wrong usage ends it through die_usage().
 */
int cli_parse(const struct cli_program *program, int argc, char **argv, void *request);

#endif /* NSX_CLI_H */
