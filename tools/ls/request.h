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

struct request {
	const struct report *report; /* instead of a list; or NULL */
	char **words;		     /* its operands */
	size_t n_words;
	ns_set types; /* 0: not given */
	struct ns_ref task;
	struct ns_ref namespace; /* show the processes in it */
	bool excludes_initial;
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

/* Fill a request of zeros from the command line; --help and --version print and end. */
void request_read(struct request *request, int argc, char **argv);

void request_release(struct request *request);

#endif /* NSX_LS_REQUEST_H */
