/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * request.h - what a command line asks for, as plain data: nothing is opened
 * or looked up to know it. Part of the tool: wrong usage ends it.
 */
#ifndef NSX_LS_REQUEST_H
#define NSX_LS_REQUEST_H

#include "base.h"
#include "ls/columns.h"
#include "ls/select.h"
#include "ns_ref.h"
#include "ns_type.h"

struct report;

enum format {
	FORMAT_TABLE,
	FORMAT_RAW,
	FORMAT_SHELL,
	FORMAT_JSON,
};

enum color {
	COLOR_AUTO, /* on a terminal, unless NO_COLOR is set */
	COLOR_ALWAYS,
	COLOR_NEVER,
};

struct request {
	const struct report *report; /* instead of a list; or NULL */
	char **words;		     /* its operands */
	size_t n_words;
	/* What. */
	ns_set types; /* never 0 once it is read */
	struct ns_ref task;
	struct ns_ref namespace; /* show the processes in it */
	bool only_persistent;
	bool excludes_initial;
	const char *filter; /* or NULL */
	/* Where. */
	unsigned int sources; /* whose finds are shown; 0 until it is read: not given */
	unsigned int asked;   /* these, and those that what is shown depends on besides */
	/* How. */
	enum tree tree;
	const char **outputs; /* the arguments of -o, in order */
	size_t n_outputs;
	bool all_columns;
	struct column_list columns; /* what these come to */
	enum format format;
	enum color color;
	bool no_headings;
	bool no_truncate;
	bool no_wrap;
	/* Something else instead. */
	bool watches;
	int64_t interval_ms; /* between two looks that nothing else asks for */
	bool lists_columns;
	bool lists_sources;
};

/* Fill a request of zeros from the command line; --help and --version print and end. */
void request_read(struct request *request, int argc, char **argv);

void request_release(struct request *request);

#endif /* NSX_LS_REQUEST_H */
