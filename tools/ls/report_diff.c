/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report_diff.c - the namespaces of two processes or names, side by side.
 */
#include "diag.h"
#include "ls/report.h"
#include "ls/survey.h"
#include "ls/target.h"
#include "ns_query.h"

enum { TYPE, FIRST, SECOND, RESULT };

static const struct column diff_columns[] = {
	[TYPE] = { .name = "TYPE", .help = "the type" },
	[FIRST] = { .name = "FIRST",
		    .flags = COLUMN_RIGHT,
		    .json = COLUMN_NUMBER,
		    .help = "inode number of that namespace of the first" },
	[SECOND] = { .name = "SECOND",
		     .flags = COLUMN_RIGHT,
		     .json = COLUMN_NUMBER,
		     .help = "and of the second" },
	[RESULT] = { .name = "RESULT", .help = "same, different, or missing" },
};

/* What one reference names. All of it is held: numbers of what is gone are used again. */
struct side {
	struct target target;
	int fds[NS_TYPE_COUNT];
	struct ns_id ids[NS_TYPE_COUNT];
};

static void side_init(struct side *side)
{
	*side = (struct side){ .target = TARGET_NONE };
	for (int type = 0; type < NS_TYPE_COUNT; type++)
		side->fds[type] = -EBADF;
}

static void side_release(struct side *side)
{
	target_release(&side->target);
	for (int type = 0; type < NS_TYPE_COUNT; type++)
		close_fd(side->fds[type]);
}

static void open_of_process(struct side *side, const struct ns_ref *ref)
{
	target_hold_process(&side->target, ref);
	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		int r = ns_open(side->target.process.dirfd, ns_types[type].proc_file, &side->fds[type]);

		/* A zombie has two only, and older kernels lack types. */
		if (r < 0 && r != -ENOENT && r != -ESRCH)
			die(r, "cannot open the %s namespace of '%s'", ns_types[type].name, ref->text);
	}
}

static void open_of_pin(struct side *side, const struct ns_ref *ref)
{
	bool is_any = false, is_stale = false;

	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		int r = ns_ref_open(ref, type, &side->fds[type]);

		if (r < 0 && r != -ENOENT && r != -EMEDIUMTYPE)
			die(r, "cannot open '%s'", ref->text);
		is_any |= r == 0;
		is_stale |= r == -EMEDIUMTYPE;
	}
	if (!is_any)
		die_status(EXIT_MISSING, 0, "'%s' %s", ref->text,
			   is_stale ? "is stale: its files hold no namespaces" : "names no namespace");
}

static void open_one(struct side *side, const struct ns_ref *ref)
{
	target_hold_namespace(&side->target, ref, NS_SET_ALL);
	side->fds[side->target.type] = take_fd(&side->target.fd);
}

static void side_open(struct side *side, const char *word)
{
	struct ns_ref ref;
	int r = ns_ref_parse(word, &ref);

	if (r == -ERANGE)
		die_usage("'%s' is out of range", word);
	if (r < 0)
		die_usage("'%s' names neither a process nor a namespace", word);
	if (ns_ref_is_process(&ref))
		open_of_process(side, &ref);
	else if (ref.kind == NS_REF_PIN)
		open_of_pin(side, &ref);
	else
		open_one(side, &ref);
	for (int type = 0; type < NS_TYPE_COUNT; type++)
		if (side->fds[type] >= 0 && ns_id_of_fd(side->fds[type], &side->ids[type]) < 0)
			die(0, "cannot tell which namespace '%s' is", word);
}

static const char *compare(const struct side *first, const struct side *second, enum ns_type type)
{
	if (first->fds[type] < 0 || second->fds[type] < 0)
		return "missing";
	return ns_id_equal(first->ids[type], second->ids[type]) ? "same" : "different";
}

static char *inode_cell(const struct side *side, enum ns_type type)
{
	return side->fds[type] < 0 ? NULL : cell_number(side->ids[type].ino);
}

static void find(const struct request *request, struct findings *findings)
{
	_cleanup_(side_release) struct side first, second;

	survey_need_proc();
	side_init(&first);
	side_init(&second);
	side_open(&first, request->words[0]);
	side_open(&second, request->words[1]);
	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		char **row;

		if (!ns_set_has(request->types, type))
			continue;
		row = sheet_add_row(&findings->sheet);
		row[TYPE] = cell_text(ns_types[type].name);
		row[FIRST] = inode_cell(&first, type);
		row[SECOND] = inode_cell(&second, type);
		row[RESULT] = cell_text(compare(&first, &second, type));
	}
}

const struct report report_diff = {
	.name = "diff",
	.least_words = 2,
	.most_words = 2,
	.words = "two references",
	.takes = REPORT_TAKES_TYPE,
	.columns = diff_columns,
	.n_columns = ARRAY_SIZE(diff_columns),
	.find = find,
};
