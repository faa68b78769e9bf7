/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nsx-ls - list namespaces: which there are, and who is in them.
 *
 * From options to a request, and from there through the modules of tools/ls:
 * sources fill the inventory, select makes rows of it, a view prints them.
 */
#include <locale.h>
#include <string.h>

#include "diag.h"
#include "gaps.h"
#include "ls/detail.h"
#include "ls/filter.h"
#include "ls/legend.h"
#include "ls/report.h"
#include "ls/request.h"
#include "scan/inventory.h"
#include "scan/observe.h"
#include "ls/select.h"
#include "scan/source.h"
#include "ls/survey.h"
#include "ls/target.h"
#include "ls/view.h"
#include "ls/watch.h"

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

static struct rows find_namespaces(const struct request *request, struct scan *scan)
{
	_cleanup_(target_release) struct target target = TARGET_NONE;
	struct selection selection = {
		.types = request->types,
		.task = PROCESS_NONE,
		.only_persistent = request->only_persistent,
		.tree = request->tree,
		.evidence = sources_evidence(request->sources),
	};
	struct baseline baseline;

	if (request->excludes_initial) {
		baseline_read(scan->procfd, &baseline);
		selection.excluded = &baseline;
	}
	if (request->task.kind != NS_REF_NONE)
		target_hold_process(&target, &request->task);
	survey_run(scan);
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
	scan->sources = source_bit(&source_processes) | source_bit(&source_threads);
	/* Each row is of the process that it is about. */
	scan->facts &= ~FACTS_OF_HEADS;
	survey_run(scan);
	return select_processes(scan->inventory,
				inventory_find_node(scan->inventory, target.type, target.id));
}

/* By https://no-color.org: any value but the empty one. */
static bool wants_color(enum color color)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (color != COLOR_AUTO)
		return color == COLOR_ALWAYS;
	return isatty(STDOUT_FILENO) && !(no_color && *no_color) && term && strcmp(term, "dumb") != 0;
}

static void show(const struct request *request, const struct scan *scan, const struct rows *rows)
{
	struct view view = {
		.inventory = scan->inventory,
		.rows = rows,
		.columns = &request->columns,
		.tree = request->tree,
		.name = request->namespace.kind == NS_REF_NONE ? "namespaces" : "processes",
		.counts = &scan->counts,
		.is_raw = request->format == FORMAT_RAW,
		.has_headings = !request->no_headings,
		.is_cut = !request->no_truncate,
		.is_stacked = !request->no_wrap,
		.has_color = wants_color(request->color),
	};

	if (request->format == FORMAT_JSON)
		view_json(&view, stdout);
	else if (request->format == FORMAT_SHELL)
		view_shell(&view, stdout);
	else
		view_table(&view, stdout);
}

static void list(const struct request *request)
{
	_cleanup_(inventory_release) struct inventory inventory = { 0 };
	_cleanup_(rows_release) struct rows rows = { 0 };
	_cleanup_(scan_release) struct scan scan = { .procfd = -EBADF };
	struct filter *filter = request->filter ? filter_new(request->filter) : NULL;
	unsigned int facts = column_list_facts(&request->columns);

	survey_init(&scan, &inventory);
	scan.types = request->types;
	scan.facts = facts | tree_facts(request->tree) | (filter ? filter_facts(filter) : 0);
	scan.sources = request->asked;
	if (request->namespace.kind == NS_REF_NONE)
		rows = find_namespaces(request, &scan);
	else
		rows = find_processes(request, &scan);
	if (filter) {
		detail_fill(&scan, filter_facts(filter), &rows);
		filter_rows(filter, &inventory, &rows);
		facts &= ~filter_facts(filter); /* are known by now */
	}
	detail_fill(&scan, facts, &rows);
	show(request, &scan, &rows);
	tell_gaps(&scan.counts);
	filter_free(filter);
}

static void list_columns(const struct request *request)
{
	const struct report *report = request->report;
	bool is_of_processes = request->namespace.kind != NS_REF_NONE;

	legend_columns(report ? report->columns : columns, report ? report->n_columns : n_columns,
		       is_of_processes ? COLUMN_OF_PROCESS : 0, request->format == FORMAT_JSON);
}

int main(int argc, char **argv)
{
	struct request request = { 0 };

	diag_init("nsx-ls", EXIT_FAILURE);
	/* Characters as the terminal has them; numbers and messages stay as they are. */
	setlocale(LC_CTYPE, "");

	request_read(&request, argc, argv);
	if (request.lists_columns)
		list_columns(&request);
	else if (request.lists_sources)
		legend_sources(request.format == FORMAT_JSON);
	else if (request.report)
		report_run(&request, wants_color(request.color));
	else if (request.watches)
		watch(&request);
	else
		list(&request);
	request_release(&request);
	finish(EXIT_SUCCESS);
}
