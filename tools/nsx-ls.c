/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nsx-ls - list namespaces: which there are, and who is in them.
 *
 * From options to a request, and from there through the modules of tools/ls:
 * sources fill the inventory, select makes rows of it, a view prints them.
 */
#include <locale.h>
#include <string.h>

#include "cli.h"
#include "diag.h"
#include "ls/columns.h"
#include "ls/detail.h"
#include "scan/inventory.h"
#include "scan/observe.h"
#include "ls/select.h"
#include "scan/source.h"
#include "ls/target.h"
#include "ls/view.h"
#include "ns_ref.h"
#include "proc.h"
#include "text.h"

struct request {
	ns_set types; /* 0: not given */
	struct ns_ref task;
	struct ns_ref namespace; /* show the processes in it */
	enum tree tree;
	struct column_list columns;
	bool adds_columns; /* to the default ones, in front of them */
	bool all_columns;
	bool is_json;
	bool is_raw;
	bool no_headings;
	bool no_truncate;
	bool lists_columns;
	unsigned int sources; /* 0: not given */
	bool lists_sources;
};

enum { CODE_OUTPUT_ALL = CLI_TOOL_CODES, CODE_SOURCE, CODE_SOURCES };

/* Numbers of options that exclude each other. */
enum { FORMAT = 1, SHAPE, OUTPUT };

static const struct cli_option what_options[] = {
	{ 't', "type", CLI_REQUIRED, "TYPE[,TYPE]", "only namespaces of these types", 0 },
	{ 'p', "task", CLI_REQUIRED, "PID", "only the namespaces that this process is in", 0 },
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
	return request->task.kind == NS_REF_PROCESS ? 0 : -EINVAL;
}

static int apply_what(void *request, int code, const char *argument)
{
	return code == 't' ? apply_types(request, argument) : apply_task(request, argument);
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

static int apply_where(void *data, int code, const char *argument)
{
	struct request *request = data;

	if (code == CODE_SOURCE)
		return apply_sources(request, argument);
	request->lists_sources = true;
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
	{ 'n', "noheadings", CLI_NO_ARGUMENT, NULL, "no line of headings", 0 },
	{ 'u', "notruncate", CLI_NO_ARGUMENT, NULL, "cut nothing off on a narrow terminal", 0 },
};

static int apply_columns(struct request *request, const char *argument)
{
	const char *names = argument, *bad = NULL;

	if (*names == '+') {
		names++;
		/* Added to what an option before this one chose, if any. */
		request->adds_columns |= request->columns.count == 0;
	} else {
		column_list_release(&request->columns);
		request->adds_columns = false;
	}
	if (!*names)
		return -EINVAL;
	if (column_list_add(&request->columns, names, &bad) < 0)
		die(0, "unknown column '%.*s' (--list-columns shows all)", (int)strcspn(bad, ","), bad);
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
		request->is_json = true;
		break;
	case 'r':
		request->is_raw = true;
		break;
	case 'n':
		request->no_headings = true;
		break;
	case 'u':
		request->no_truncate = true;
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

static const struct cli_group *const groups[] = { &what_group, &where_group, &how_group, NULL };

static const struct cli_program program = {
	.name = "nsx-ls",
	.usage = "[options]\n[options] NAMESPACE",
	.purpose = "List the namespaces of all processes, or the processes in one namespace.",
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
	if (request->namespace.kind == NS_REF_PROCESS)
		die_usage("'%s' names a process: --task shows its namespaces", word);
	if (request->task.kind != NS_REF_NONE)
		die_usage("--task and a namespace exclude each other");
	if (request->sources)
		die_usage("--source and a namespace ('%s') exclude each other", word);
	if (request->tree != TREE_NONE)
		die_usage("--tree and a namespace ('%s') exclude each other", word);
}

/* Which columns: the usual ones, those asked for, or both. Wrong ones for a list of processes end it. */
static void complete_columns(struct request *request)
{
	bool of_processes = request->namespace.kind != NS_REF_NONE;
	struct column_list asked = request->columns;
	const char *bad;

	request->columns = (struct column_list){ 0 };
	if (request->all_columns)
		column_list_add_all(&request->columns, of_processes ? COLUMN_OF_PROCESS : 0);
	else if (!asked.count || request->adds_columns)
		column_list_add(&request->columns, of_processes ? COLUMNS_PROCESSES : COLUMNS_DEFAULT, &bad);
	for (size_t i = 0; i < asked.count; i++) {
		if (of_processes && !(asked.columns[i]->flags & COLUMN_OF_PROCESS))
			die_usage("column %s tells of a namespace, and rows are processes here",
				  asked.columns[i]->name);
		column_list_add(&request->columns, asked.columns[i]->name, &bad);
	}
	column_list_release(&asked);
}

static void read_request(struct request *request, int argc, char **argv)
{
	int first = cli_parse(&program, argc, argv, request);

	if (argc - first > 1)
		die_usage("one namespace at a time, not '%s' too", argv[first + 1]);
	if (argc - first == 1)
		read_namespace(request, argv[first]);
	if (request->types == 0)
		request->types = NS_SET_ALL;
	complete_columns(request);
}

static void list_columns(void)
{
	static const char *const json[] = { [COLUMN_STRING] = "string", [COLUMN_NUMBER] = "number" };

	for (size_t i = 0; i < n_columns; i++)
		printf("%-8s <%s> %s\n", columns[i].name, json[columns[i].json], columns[i].help);
}

static void list_sources(void)
{
	for (size_t i = 0; sources[i]; i++)
		printf("%-11s %-7s %s\n", sources[i]->name, sources[i]->by_default ? "default" : "",
		       sources[i]->help);
}

/* The facts that a tree needs to be put together. */
static unsigned int tree_facts(enum tree tree)
{
	static const unsigned int facts[] = {
		[TREE_NONE] = 0,
		[TREE_OWNER] = FACT_OWNER,
		[TREE_PARENT] = FACT_PARENT,
		[TREE_PROCESS] = FACT_ANCESTRY,
	};

	return facts[tree];
}

static void open_proc(struct scan *scan, struct inventory *inventory)
{
	int r = scan_init(scan, inventory);

	if (r == -ENODEV || r == -ENOENT)
		die_status(EXIT_UNSUPPORTED, 0, "/proc is not mounted here");
	if (r < 0)
		die(r, "cannot open /proc");
}

static void run_scan(struct scan *scan)
{
	const char *failed;
	int r = sources_scan(scan, &failed);

	if (r < 0)
		die(r, "cannot ask for %s", failed);
}

static struct rows find_namespaces(const struct request *request, struct scan *scan)
{
	_cleanup_(target_release) struct target target = TARGET_NONE;
	struct selection selection = {
		.types = request->types,
		.task = PROCESS_NONE,
		.tree = request->tree,
		.evidence = sources_evidence(scan->sources),
	};

	if (request->task.kind != NS_REF_NONE)
		target_hold_process(&target, &request->task);
	run_scan(scan);
	if (request->task.kind != NS_REF_NONE) {
		selection.task = target_find_process(&target, scan->inventory);
		/* It is there, but shows none of the wanted types: a zombie has but two. */
		if (selection.task == PROCESS_NONE)
			return (struct rows){ 0 };
	}
	return select_namespaces(scan->inventory, &selection);
}

static struct rows find_processes(const struct request *request, struct scan *scan)
{
	_cleanup_(target_release) struct target target = TARGET_NONE;

	target_hold_namespace(&target, &request->namespace, request->types);
	scan->types = ns_set_of(target.type);
	scan->sources = source_bit(&source_processes);
	run_scan(scan);
	return select_processes(scan->inventory,
				inventory_find_node(scan->inventory, target.type, target.id));
}

static void show(const struct request *request, const struct inventory *inventory, const struct rows *rows)
{
	struct view view = {
		.inventory = inventory,
		.rows = rows,
		.columns = &request->columns,
		.name = request->namespace.kind == NS_REF_NONE ? "namespaces" : "processes",
		.tree = request->tree,
		.is_raw = request->is_raw,
		.has_headings = !request->no_headings,
		.is_cut = !request->no_truncate,
	};

	if (request->is_json)
		view_json(&view, stdout);
	else
		view_table(&view, stdout);
}

/* A person is told of gaps; a script that reads standard error as failure is not, unless it asks. */
static void report_gaps(const struct scan *scan)
{
	_cleanup_free_ char *gaps = scan_counts_format(&scan->counts);

	if (gaps && (diag_is_verbose() || isatty(STDERR_FILENO)))
		warn(0, "incomplete: %s%s", gaps, geteuid() == 0 ? "" : " (run as root for all)");
}

/*
 * Where to look, if that is not said: a list of all that a process is in takes
 * processes only.
 */
static unsigned int choose_sources(const struct request *request)
{
	if (request->sources)
		return request->sources;
	return request->task.kind == NS_REF_NONE ? sources_by_default() : source_bit(&source_processes);
}

static void list(const struct request *request)
{
	_cleanup_(inventory_release) struct inventory inventory = { 0 };
	_cleanup_(rows_release) struct rows rows = { 0 };
	_cleanup_(scan_release) struct scan scan = { .procfd = -EBADF };

	open_proc(&scan, &inventory);
	scan.types = request->types;
	scan.facts = column_list_facts(&request->columns) | tree_facts(request->tree);
	scan.sources = choose_sources(request);
	if (request->namespace.kind == NS_REF_NONE)
		rows = find_namespaces(request, &scan);
	else
		rows = find_processes(request, &scan);
	detail_fill(scan.procfd, &inventory, &rows, scan.facts);
	show(request, &inventory, &rows);
	report_gaps(&scan);
}

int main(int argc, char **argv)
{
	struct request request = { 0 };

	diag_init("nsx-ls", EXIT_FAILURE);
	/* Characters as the terminal has them; numbers and messages stay as they are. */
	setlocale(LC_CTYPE, "");

	read_request(&request, argc, argv);
	if (request.lists_columns)
		list_columns();
	else if (request.lists_sources)
		list_sources();
	else
		list(&request);
	column_list_release(&request.columns);
	finish(EXIT_SUCCESS);
}
