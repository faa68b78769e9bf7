/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report.h - answers that are no list of namespaces: each has rows and columns
 * of its own, a file report_*.c, and an option that takes its words from the
 * operands. Part of the tool: what is wrong or not there ends it.
 */
#ifndef NSX_LS_REPORT_H
#define NSX_LS_REPORT_H

#include "base.h"
#include "cli.h"
#include "ls/request.h"
#include "ls/sheet.h"
#include "scan/counts.h"

/* Options, beside those of how a table looks, that make sense with a report. */
enum {
	REPORT_TAKES_TYPE = 1u << 0,
	REPORT_TAKES_SOURCE = 1u << 1,
	REPORT_TAKES_EXCLUDE_INITIAL = 1u << 2,
};

/* What a report finds. */
struct findings {
	struct sheet sheet;
	struct scan_counts counts;
	const char *basis[2]; /* one more key of the JSON and its string: { "compared_with", "process 1" } */
};

struct report {
	const char *name; /* "holders": of the option, and the key in JSON */
	size_t least_words, most_words; /* operands */
	const char *words;		/* what they are: "two references"; for messages */
	unsigned int takes;		/* REPORT_TAKES_* */
	const struct column *columns;	/* without functions, and facts */
	size_t n_columns;
	/* Fill in rows and counts; the operands are request->words. */
	void (*find)(const struct request *request, struct findings *findings);
};

/* Each in its report_*.c. */
extern const struct report report_holders, report_sets, report_pids, report_limits, report_diff;

/* --holders and so on: which report, in request->report. */
extern const struct cli_group report_group;

/* Look at what else was given beside a report; wrong usage ends the program. */
void report_check(const struct request *request);

/* Make it and print it. */
void report_run(const struct request *request, bool has_color);

#endif /* NSX_LS_REPORT_H */
