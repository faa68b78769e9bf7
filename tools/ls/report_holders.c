/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report_holders.c - everything that keeps namespaces alive: the answer to why
 * one does not go away.
 */
#include "ls/report_holders.h"

#include <fcntl.h>

#include "diag.h"
#include "ls/report.h"
#include "ls/survey.h"
#include "ls/target.h"
#include "scan/holders.h"
#include "scan/pinned.h"
#include "scan/source.h"

enum { NS, TYPE, HOLDER, PID, TID, FD, OTHER, NAME, PATH, COMMAND };

static const struct column holder_columns[] = {
	[NS] = { .name = "NS",
		 .flags = COLUMN_RIGHT,
		 .json = COLUMN_NUMBER,
		 .help = "inode number of the namespace" },
	[TYPE] = { .name = "TYPE", .help = "its type" },
	[HOLDER] = { .name = "HOLDER", .help = "what keeps it" },
	[PID] = { .name = "PID", .flags = COLUMN_RIGHT, .json = COLUMN_NUMBER, .help = "the process" },
	[TID] = { .name = "TID", .flags = COLUMN_RIGHT, .json = COLUMN_NUMBER, .help = "its thread" },
	[FD] = { .name = "FD",
		 .flags = COLUMN_RIGHT,
		 .json = COLUMN_NUMBER,
		 .help = "number of its descriptor" },
	[OTHER] = { .name = "OTHER",
		    .help = "the child or owned namespace; of a mount, the mount namespace" },
	[NAME] = { .name = "NAME", .help = "the name of a pin" },
	[PATH] = { .name = "PATH", .help = "where it is mounted" },
	[COMMAND] = { .name = "COMMAND", .flags = COLUMN_TRUNCATED, .help = "command line of the process" },
};

static void add_row(const struct inventory *inventory, const struct holder *holder,
		    const struct pinned_list *pinned, struct sheet *sheet)
{
	_cleanup_(holder_words_release) struct holder_words words;
	const struct node *node = &inventory->nodes[holder->node];
	char **row = sheet_add_row(sheet);

	holder_describe(inventory, holder, pinned, &words);
	row[NS] = cell_number(node->id.ino);
	row[TYPE] = cell_text(ns_types[node->type].name);
	row[HOLDER] = cell_text(words.kind);
	row[PID] = words.pid ? cell_number((unsigned int)words.pid) : NULL;
	row[TID] = words.thread ? cell_number((unsigned int)words.thread) : NULL;
	row[FD] = words.fd >= 0 ? cell_number((unsigned int)words.fd) : NULL;
	row[OTHER] = cell_text(words.other);
	row[NAME] = cell_text(words.name);
	row[PATH] = cell_text(words.path);
	row[COMMAND] = cell_text(words.command);
}

struct choice {
	const struct inventory *inventory;
	const struct holders_wanted *wanted;
};

static bool is_wanted(const void *context, uint32_t index)
{
	const struct choice *choice = context;
	const struct baseline *excluded = choice->wanted->excluded;
	const struct node *node = &choice->inventory->nodes[index];

	return ns_set_has(choice->wanted->types, node->type) &&
	       !(excluded && baseline_has(excluded, node->type, node->id.ino));
}

void holders_fill(const struct inventory *inventory, const struct holders_wanted *wanted, struct sheet *sheet)
{
	const struct choice choice = { inventory, wanted };
	_cleanup_free_ const struct holder **list = NULL;
	size_t count;

	list = holders_sorted(inventory, is_wanted, &choice, &count);
	for (size_t i = 0; i < count; i++)
		add_row(inventory, list[i], wanted->pinned, sheet);
}

/* Hold what a word names, and have only that looked for. */
static void hold_wanted(const struct request *request, struct target *target, struct scan *scan)
{
	const char *word = request->words[0];
	struct ns_ref ref;
	int r = ns_ref_parse(word, &ref);

	if (r == -ERANGE)
		die_usage("'%s' is out of range", word);
	if (r < 0)
		die_usage("'%s' names no namespace", word);
	if (request->excludes_initial)
		die_usage("--exclude-initial and a namespace ('%s') exclude each other", word);
	target_hold_namespace(target, &ref, request->types);
	scan->types = ns_set_of(target->type);
	scan->held_type = target->type;
	scan->held_inode = target->id.ino;
}

static void find(const struct request *request, struct findings *findings)
{
	_cleanup_(inventory_release) struct inventory inventory = { 0 };
	_cleanup_(scan_release) struct scan scan = { .procfd = -EBADF };
	_cleanup_(target_release) struct target target = TARGET_NONE;
	struct holders_wanted wanted = { .types = request->types };
	_cleanup_(pinned_release) struct pinned_list pinned = { 0 };
	struct baseline baseline;

	survey_init(&scan, &inventory);
	scan.types = request->types;
	scan.facts = FACT_HOLDERS;
	scan.sources = request->sources;
	if (request->n_words)
		hold_wanted(request, &target, &scan);
	if (request->excludes_initial) {
		baseline_read(scan.procfd, &baseline);
		wanted.excluded = &baseline;
	}
	survey_run(&scan);
	pinned_read(&pinned);
	wanted.pinned = &pinned;
	holders_fill(&inventory, &wanted, &findings->sheet);
	findings->counts = scan.counts;
	if (request->n_words && !findings->sheet.n_rows)
		warn(0, "nothing was found that keeps '%s'", request->words[0]);
}

const struct report report_holders = {
	.name = "holders",
	.most_words = 1,
	.words = "one reference at most",
	.takes = REPORT_TAKES_TYPE | REPORT_TAKES_SOURCE | REPORT_TAKES_EXCLUDE_INITIAL,
	.columns = holder_columns,
	.n_columns = ARRAY_SIZE(holder_columns),
	.find = find,
};
