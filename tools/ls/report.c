/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report.c - the options that ask for a report, and what goes with them.
 */
#include "ls/report.h"

#include "diag.h"
#include "gaps.h"

/* Options of this group exclude each other, and have codes of their own among those of the tool. */
enum { REPORT = 0x100, FIRST_CODE = CLI_TOOL_CODES + 0x80 };

/* One row a report, in the order of `reports`. */
static const struct cli_option options[] = {
	{ FIRST_CODE, "holders", CLI_NO_ARGUMENT, NULL,
	  "everything that keeps each namespace alive, or the one that REF names", REPORT },
	{ FIRST_CODE + 1, "sets", CLI_NO_ARGUMENT, NULL,
	  "the combinations of namespaces that tasks share: containers at a glance", REPORT },
	{ FIRST_CODE + 2, "pids", CLI_NO_ARGUMENT, NULL,
	  "the numbers of a process PID in all pid namespaces, or of REF:PID, number PID in that one",
	  REPORT },
	{ FIRST_CODE + 3, "limits", CLI_NO_ARGUMENT, NULL, "how many namespaces each user has, and may have",
	  REPORT },
	{ FIRST_CODE + 4, "diff", CLI_NO_ARGUMENT, NULL,
	  "which namespaces two REFs, processes or names, have in common", REPORT },
};

static const struct report *const reports[ARRAY_SIZE(options)] = {
	&report_holders, &report_sets, &report_pids, &report_limits, &report_diff,
};

static int apply(void *data, int code, _unused_ const char *argument)
{
	struct request *request = data;

	request->report = reports[code - FIRST_CODE];
	return 0;
}

const struct cli_group report_group = {
	"Reports, instead of a list",
	options,
	ARRAY_SIZE(options),
	apply,
};

static void check_words(const struct report *report, const struct request *request)
{
	if (request->n_words >= report->least_words && request->n_words <= report->most_words)
		return;
	if (report->most_words == 0)
		die_usage("--%s takes no operand, not '%s'", report->name, request->words[0]);
	die_usage("--%s takes %s, not %zu", report->name, report->words, request->n_words);
}

void report_check(const struct request *request)
{
	const struct report *report = request->report;
	const struct {
		bool is_given;
		unsigned int taken_as;
		const char *name;
	} others[] = {
		{ request->types != 0, REPORT_TAKES_TYPE, "type" },
		{ request->sources != 0, REPORT_TAKES_SOURCE, "source" },
		{ request->excludes_initial, REPORT_TAKES_EXCLUDE_INITIAL, "exclude-initial" },
		{ request->task.kind != NS_REF_NONE, 0, "task" },
		{ request->only_persistent, 0, "persistent" },
		{ request->filter != NULL, 0, "filter" },
		{ request->tree != TREE_NONE, 0, "tree" },
		{ request->watches, 0, "watch" },
		{ request->lists_sources, 0, "sources" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (others[i].is_given && !(report->takes & others[i].taken_as))
			die_usage("--%s and --%s exclude each other", report->name, others[i].name);
	if (!request->lists_columns)
		check_words(report, request);
}

static void print(const struct request *request, const struct findings *findings, bool has_color)
{
	struct sheet_style style = {
		.is_raw = request->format == FORMAT_RAW,
		.has_headings = !request->no_headings,
		.is_cut = !request->no_truncate,
		.has_color = has_color,
	};

	if (request->format == FORMAT_JSON)
		sheet_print_json(&findings->sheet, &findings->counts, findings->basis, stdout);
	else if (request->format == FORMAT_SHELL)
		sheet_print_shell(&findings->sheet, stdout);
	else
		sheet_print_table(&findings->sheet, &style, stdout);
}

void report_run(const struct request *request, bool has_color)
{
	const struct report *report = request->report;
	struct findings findings = { 0 };

	sheet_init(&findings.sheet, report->name, report->columns, report->n_columns);
	report->find(request, &findings);
	sheet_choose(&findings.sheet, &request->columns);
	print(request, &findings, has_color);
	tell_gaps(&findings.counts);
	sheet_release(&findings.sheet);
}
