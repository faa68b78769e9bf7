/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * request.c - the options of nsx-ls, a row each.
 */
#include "ls/request.h"

#include <string.h>

#include "cli.h"
#include "diag.h"
#include "ls/report.h"
#include "scan/source.h"
#include "text.h"

enum {
	CODE_OUTPUT_ALL = CLI_TOOL_CODES,
	CODE_SOURCE,
	CODE_SOURCES,
	CODE_SHELL,
	CODE_COLOR,
	CODE_EXCLUDE_INITIAL,
	CODE_WATCH,
};

enum { WATCH_INTERVAL_MS = 2000 };

/* Numbers of options that exclude each other. */
enum { FORMAT = 1, SHAPE, OUTPUT, MEMBERS };

static const struct cli_option what_options[] = {
	{ 't', "type", CLI_REQUIRED, "TYPE[,TYPE]", "only namespaces of these types", 0 },
	{ 'p', "task", CLI_REQUIRED, "PID",
	  "only those that a process is in; or unit:NAME, container:ID, pidfile:PATH", MEMBERS },
	{ 'P', "persistent", CLI_NO_ARGUMENT, NULL, "only namespaces that no process is in", MEMBERS },
	{ 'Q', "filter", CLI_REQUIRED, "EXPR", "only rows for which this is true, as 'NPROCS > 9'", 0 },
	{ CODE_EXCLUDE_INITIAL, "exclude-initial", CLI_NO_ARGUMENT, NULL,
	  "leave out the namespaces that process 1 is in", 0 },
};

static int apply_types(struct request *request, const char *argument)
{
	const char *bad = argument;
	ns_set types;

	if (ns_set_parse(argument, &types, &bad) < 0) {
		_cleanup_free_ char *known = ns_set_format(NS_SET_ALL);

		die(0, "unknown namespace type '%.*s' (known: %s)", (int)strcspn(bad, ","), bad, known);
	}
	request->types |= types;
	return 0;
}

static int apply_task(struct request *request, const char *argument)
{
	int r = ns_ref_parse(argument, &request->task);

	if (r < 0)
		return r;
	return ns_ref_is_process(&request->task) ? 0 : -EINVAL;
}

static int apply_what(void *data, int code, const char *argument)
{
	struct request *request = data;

	switch (code) {
	case 't':
		return apply_types(request, argument);
	case 'p':
		return apply_task(request, argument);
	case 'P':
		request->only_persistent = true;
		break;
	case 'Q':
		request->filter = argument;
		break;
	case CODE_EXCLUDE_INITIAL:
		request->excludes_initial = true;
		break;
	}
	return 0;
}

static const struct cli_group what_group = {
	"What is shown",
	what_options,
	ARRAY_SIZE(what_options),
	apply_what,
};

static const struct cli_option where_options[] = {
	{ CODE_SOURCE, "source", CLI_REQUIRED, "SOURCE[,SOURCE]", "look for namespaces there only", 0 },
	{ CODE_SOURCES, "sources", CLI_NO_ARGUMENT, NULL, "say which sources there are, and end", 0 },
	{ CODE_WATCH, "watch", CLI_OPTIONAL, "SECS",
	  "go on: a line for each that appears or goes; look every SECS (2) at least", 0 },
};

static int apply_sources(struct request *request, const char *argument)
{
	const char *bad = argument;
	unsigned int set;

	if (sources_parse(argument, &set, &bad) < 0)
		die(0, "unknown source '%.*s' (--sources shows all)", (int)strcspn(bad, ","), bad);
	request->sources |= set;
	return 0;
}

static int apply_watch(struct request *request, const char *argument)
{
	struct timespec span;
	int r;

	request->watches = true;
	request->interval_ms = WATCH_INTERVAL_MS;
	if (!argument)
		return 0;
	r = parse_time_span(argument, &span);
	if (r < 0)
		return r;
	if (span.tv_sec < 0 || span.tv_sec > INT32_MAX)
		return -ERANGE;
	request->interval_ms = (int64_t)span.tv_sec * 1000 + span.tv_nsec / 1000000;
	return request->interval_ms > 0 ? 0 : -ERANGE;
}

static int apply_where(void *data, int code, const char *argument)
{
	struct request *request = data;

	switch (code) {
	case CODE_SOURCE:
		return apply_sources(request, argument);
	case CODE_SOURCES:
		request->lists_sources = true;
		break;
	case CODE_WATCH:
		return apply_watch(request, argument);
	}
	return 0;
}

static const struct cli_group where_group = {
	"Where namespaces are looked for",
	where_options,
	ARRAY_SIZE(where_options),
	apply_where,
};

static const struct cli_option how_options[] = {
	{ 'o', "output", CLI_REQUIRED, "LIST", "show these columns; +LIST adds them to the usual ones",
	  OUTPUT },
	{ CODE_OUTPUT_ALL, "output-all", CLI_NO_ARGUMENT, NULL, "show all columns", OUTPUT },
	{ 'H', "list-columns", CLI_NO_ARGUMENT, NULL, "say which columns there are, and end", 0 },
	{ 'l', "list", CLI_NO_ARGUMENT, NULL, "a plain list, which is the default", SHAPE },
	{ 'T', "tree", CLI_OPTIONAL, "owner|parent|process",
	  "a tree: below the owner (if nothing is said), the parent, or by processes", SHAPE },
	{ 'J', "json", CLI_NO_ARGUMENT, NULL, "JSON, for programs", FORMAT },
	{ 'r', "raw", CLI_NO_ARGUMENT, NULL, "one blank between columns, none within", FORMAT },
	{ CODE_SHELL, "shell", CLI_NO_ARGUMENT, NULL, "NAME=\"value\" for each column, for eval", FORMAT },
	{ 'n', "noheadings", CLI_NO_ARGUMENT, NULL, "no line of headings", 0 },
	{ 'u', "notruncate", CLI_NO_ARGUMENT, NULL, "cut nothing off on a narrow terminal", 0 },
	{ 'W', "nowrap", CLI_NO_ARGUMENT, NULL, "one line a row: commas between the items of a list", 0 },
	{ CODE_COLOR, "color", CLI_OPTIONAL, "auto|always|never",
	  "colours: on a terminal (if nothing is said), always, or never", 0 },
};

static int apply_columns(struct request *request, const char *argument)
{
	if (!argument[*argument == '+'])
		return -EINVAL;
	/* Which columns there are depends on what is said elsewhere. */
	request->outputs = xreallocarray(request->outputs, request->n_outputs + 1, sizeof(*request->outputs));
	request->outputs[request->n_outputs++] = argument;
	return 0;
}

static int apply_tree(struct request *request, const char *argument)
{
	static const char *const kinds[] = { "owner", "parent", "process" };
	static const enum tree trees[] = { TREE_OWNER, TREE_PARENT, TREE_PROCESS };
	size_t kind = 0;
	int r = 0;

	if (argument)
		r = parse_word(argument, kinds, ARRAY_SIZE(kinds), &kind);
	if (r == 0)
		request->tree = trees[kind];
	return r;
}

static int apply_color(struct request *request, const char *argument)
{
	static const char *const words[] = {
		[COLOR_AUTO] = "auto",
		[COLOR_ALWAYS] = "always",
		[COLOR_NEVER] = "never",
	};
	size_t color = COLOR_ALWAYS;
	int r = 0;

	if (argument)
		r = parse_word(argument, words, ARRAY_SIZE(words), &color);
	if (r == 0)
		request->color = (enum color)color;
	return r;
}

static int apply_how(void *data, int code, const char *argument)
{
	struct request *request = data;

	switch (code) {
	case 'o':
		return apply_columns(request, argument);
	case CODE_OUTPUT_ALL:
		request->all_columns = true;
		break;
	case 'H':
		request->lists_columns = true;
		break;
	case 'T':
		return apply_tree(request, argument);
	case 'J':
		request->format = FORMAT_JSON;
		break;
	case 'r':
		request->format = FORMAT_RAW;
		break;
	case CODE_SHELL:
		request->format = FORMAT_SHELL;
		break;
	case CODE_COLOR:
		return apply_color(request, argument);
	case 'n':
		request->no_headings = true;
		break;
	case 'u':
		request->no_truncate = true;
		break;
	case 'W':
		request->no_wrap = true;
		break;
	}
	return 0;
}

static const struct cli_group how_group = {
	"How it is shown",
	how_options,
	ARRAY_SIZE(how_options),
	apply_how,
};

static const struct cli_group *const groups[] = { &what_group, &report_group, &where_group, &how_group,
						  NULL };

static const struct cli_program program = {
	.name = "nsx-ls",
	.usage = "[options]\n[options] NAMESPACE\n[options] --REPORT [REF...]",
	.purpose =
		"List the namespaces of all processes, or the processes in one namespace, or report on them.",
	.manual = "nsx-ls(8)",
	.groups = groups,
};

static void read_namespace(struct request *request, const char *word)
{
	int r = ns_ref_parse(word, &request->namespace);

	if (r == -ERANGE)
		die_usage("'%s' is out of range", word);
	if (r < 0)
		die_usage("'%s' names no namespace", word);
	if (request->namespace.kind == NS_REF_PROCESS && request->watches)
		die_usage("'%s' names a process: --task shows its namespaces; or is --watch=%s meant?", word,
			  word);
	if (request->namespace.kind == NS_REF_PROCESS)
		die_usage("'%s' names a process: --task shows its namespaces", word);
	if (request->task.kind != NS_REF_NONE)
		die_usage("--task and a namespace exclude each other");
	if (request->sources)
		die_usage("--source and a namespace ('%s') exclude each other", word);
	if (request->only_persistent)
		die_usage("--persistent and a namespace ('%s') exclude each other", word);
	if (request->watches)
		die_usage("--watch and a namespace ('%s') exclude each other", word);
	if (request->tree != TREE_NONE)
		die_usage("--tree and a namespace ('%s') exclude each other", word);
	if (request->excludes_initial)
		die_usage("--exclude-initial and a namespace ('%s') exclude each other", word);
}

static const char *usual_names(const struct request *request)
{
	if (request->namespace.kind != NS_REF_NONE)
		return COLUMNS_PROCESSES;
	/* Numbers and places change without that anything appears or goes. */
	return request->types == ns_set_of(NS_NET) && !request->watches ? COLUMNS_NET : COLUMNS_DEFAULT;
}

/*
 * The usual columns. Those of a report are all it has, but for what is too wide
 * for a table; a program reads that too.
 */
static void add_usual_columns(struct request *request)
{
	const struct report *report = request->report;
	bool is_table = request->format == FORMAT_TABLE || request->format == FORMAT_RAW;
	const char *bad;

	for (size_t i = 0; report && i < report->n_columns; i++)
		if (!is_table || !(report->columns[i].flags & COLUMN_NO_TABLE))
			column_list_add_one(&request->columns, &report->columns[i]);
	if (!report)
		column_list_add(&request->columns, usual_names(request), &bad);
}

static void add_all_columns(struct request *request)
{
	const struct report *report = request->report;

	for (size_t i = 0; report && i < report->n_columns; i++)
		column_list_add_one(&request->columns, &report->columns[i]);
	if (!report)
		column_list_add_all(&request->columns,
				    request->namespace.kind != NS_REF_NONE ? COLUMN_OF_PROCESS : 0);
}

/* What one -o says: these instead of what was chosen before, or, with a +, these too. */
static void add_output(struct request *request, const char *names)
{
	const struct report *report = request->report;
	const char *bad;
	int r;

	if (*names != '+')
		column_list_release(&request->columns);
	else if (!request->columns.count)
		add_usual_columns(request);
	names += *names == '+';
	if (report)
		r = column_list_add_from(&request->columns, report->columns, report->n_columns, names, &bad);
	else
		r = column_list_add(&request->columns, names, &bad);
	if (r < 0)
		die(0, "unknown column '%.*s'%s%s (--list-columns shows all)", (int)strcspn(bad, ","), bad,
		    report ? " of --" : "", report ? report->name : "");
}

/* Which columns: the usual ones, those asked for, or both. Wrong ones for a list of processes end it. */
static void complete_columns(struct request *request)
{
	for (size_t i = 0; i < request->n_outputs; i++)
		add_output(request, request->outputs[i]);
	if (request->all_columns)
		add_all_columns(request);
	else if (!request->columns.count)
		add_usual_columns(request);
	for (size_t i = 0; i < request->columns.count && request->namespace.kind != NS_REF_NONE; i++)
		if (!(request->columns.columns[i]->flags & COLUMN_OF_PROCESS))
			die_usage("column %s tells of a namespace, and rows are processes here",
				  request->columns.columns[i]->name);
}

/* What --task and --persistent show depends on where processes are, whatever is looked for. */
static void complete_sources(struct request *request)
{
	unsigned int of_processes = source_bit(&source_processes) | source_bit(&source_threads);
	bool is_of_task = request->task.kind != NS_REF_NONE;

	if (!request->sources)
		request->sources = is_of_task ? of_processes : sources_by_default();
	request->asked = request->sources;
	if (is_of_task || request->only_persistent)
		request->asked |= of_processes;
}

void request_read(struct request *request, int argc, char **argv)
{
	int first = cli_parse(&program, argc, argv, request);

	request->words = argv + first;
	request->n_words = (size_t)(argc - first);
	if (request->report)
		report_check(request);
	else if (argc - first > 1)
		die_usage("one namespace at a time, not '%s' too", argv[first + 1]);
	else if (argc - first == 1)
		read_namespace(request, argv[first]);
	if (request->watches && request->task.kind != NS_REF_NONE)
		die_usage("--watch and --task exclude each other");
	if (request->watches && request->tree != TREE_NONE)
		die_usage("--watch and --tree exclude each other");
	if (request->types == 0)
		request->types = NS_SET_ALL;
	complete_sources(request);
	complete_columns(request);
}

void request_release(struct request *request)
{
	column_list_release(&request->columns);
	free(request->outputs);
	request->outputs = NULL;
}
