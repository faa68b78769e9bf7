/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nsx-ls - list namespaces: which there are, and who is in them.
 *
 * From options to a request, and from there through the modules of tools/ls:
 * sources fill the inventory, select makes rows of it, a view prints them.
 */
#include <locale.h>

#include "diag.h"
#include "ls/columns.h"
#include "ls/detail.h"
#include "ls/report.h"
#include "ls/request.h"
#include "scan/inventory.h"
#include "scan/observe.h"
#include "ls/select.h"
#include "scan/source.h"
#include "ls/survey.h"
#include "ls/target.h"
#include "ls/view.h"

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

static struct rows find_namespaces(const struct request *request, struct scan *scan)
{
	_cleanup_(target_release) struct target target = TARGET_NONE;
	struct selection selection = {
		.types = request->types,
		.task = PROCESS_NONE,
		.tree = request->tree,
		.evidence = sources_evidence(scan->sources),
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
	scan->sources = source_bit(&source_processes);
	survey_run(scan);
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

	survey_init(&scan, &inventory);
	scan.types = request->types;
	scan.facts = column_list_facts(&request->columns) | tree_facts(request->tree);
	scan.sources = choose_sources(request);
	if (request->namespace.kind == NS_REF_NONE)
		rows = find_namespaces(request, &scan);
	else
		rows = find_processes(request, &scan);
	detail_fill(scan.procfd, &inventory, &rows, scan.facts);
	show(request, &inventory, &rows);
	survey_tell_gaps(&scan.counts);
}

int main(int argc, char **argv)
{
	struct request request = { 0 };

	diag_init("nsx-ls", EXIT_FAILURE);
	/* Characters as the terminal has them; numbers and messages stay as they are. */
	setlocale(LC_CTYPE, "");

	request_read(&request, argc, argv);
	if (request.lists_columns)
		list_columns();
	else if (request.lists_sources)
		list_sources();
	else if (request.report)
		report_run(&request);
	else
		list(&request);
	request_release(&request);
	finish(EXIT_SUCCESS);
}
