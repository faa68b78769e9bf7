/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report_holders.c - everything that keeps namespaces alive: the answer to why
 * one does not go away.
 */
#include "ls/report_holders.h"

#include <fcntl.h>
#include <string.h>

#include "diag.h"
#include "ls/report.h"
#include "ls/survey.h"
#include "ls/target.h"
#include "ns_query.h"
#include "pin_path.h"
#include "pin_registry.h"
#include "scan/source.h"

enum { NS, TYPE, HOLDER, PID, TID, FD, OTHER, NAME, PATH, COMMAND };

static const struct column holder_columns[] = {
	[NS] = { .name = "NS",
		 .width = 10,
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

/* In the order in which they are shown. */
static const struct {
	unsigned int evidence;
	const char *name;
} kinds[] = {
	{ EVIDENCE_PROCESS, "process" },       { EVIDENCE_THREAD, "thread" },
	{ EVIDENCE_FOR_CHILDREN, "children" }, { EVIDENCE_DESCRIPTOR, "descriptor" },
	{ EVIDENCE_SOCKET, "socket" },	       { EVIDENCE_MOUNT, "mount" },
	{ EVIDENCE_PARENT, "child" },	       { EVIDENCE_OWNER, "owned" },
};

static int rank(unsigned int evidence)
{
	int i = 0;

	while (i < (int)ARRAY_SIZE(kinds) - 1 && kinds[i].evidence != evidence)
		i++;
	return i;
}

static int compare_numbers(long long x, long long y)
{
	return (x > y) - (x < y);
}

static ino_t inode_of(const struct inventory *inventory, uint32_t node)
{
	return node == NODE_NONE ? 0 : inventory->nodes[node].id.ino;
}

static int compare_nodes(const struct inventory *inventory, uint32_t x, uint32_t y)
{
	int r = compare_numbers((long long)inode_of(inventory, x), (long long)inode_of(inventory, y));

	if (r == 0 && x != NODE_NONE && y != NODE_NONE)
		r = compare_numbers(inventory->nodes[x].type, inventory->nodes[y].type);
	return r;
}

static int compare_holders(const void *a, const void *b, void *arg)
{
	const struct holder *x = *(const struct holder *const *)a, *y = *(const struct holder *const *)b;
	const struct inventory *inventory = arg;
	int r;

	r = compare_nodes(inventory, x->node, y->node);
	if (r == 0)
		r = compare_numbers(rank(x->evidence), rank(y->evidence));
	if (r == 0)
		r = compare_numbers(x->pid, y->pid);
	if (r == 0)
		r = compare_numbers(x->thread, y->thread);
	if (r == 0)
		r = compare_numbers(x->number, y->number);
	if (r == 0)
		r = compare_nodes(inventory, x->other, y->other);
	if (r == 0 && x->path && y->path)
		r = strcmp(x->path, y->path);
	return r;
}

/* Of mounts only those have a process that are mounted nowhere, and open. */
static bool has_number(const struct holder *holder)
{
	return (holder->evidence & (EVIDENCE_DESCRIPTOR | EVIDENCE_SOCKET)) ||
	       (holder->evidence == EVIDENCE_MOUNT && holder->pid);
}

static bool is_pinned_by(const struct pinned *pinned, const struct holder *holder, const struct node *node,
			 bool is_here)
{
	if (pinned->type != node->type || pinned->inode != node->id.ino)
		return false;
	if (holder->evidence == EVIDENCE_MOUNT)
		return is_here && holder->path && pinned->path && strcmp(holder->path, pinned->path) == 0;
	if (!pinned->pid || pinned->pid != holder->pid)
		return false;
	return pinned->fd < 0 ? holder->evidence == EVIDENCE_PROCESS
			      : holder->evidence == EVIDENCE_DESCRIPTOR && holder->number == pinned->fd;
}

/* The name that this holder is there for, for the caller to free; or NULL. */
static char *name_of(const struct inventory *inventory, const struct holder *holder,
		     const struct holders_wanted *wanted)
{
	const struct node *node = &inventory->nodes[holder->node];
	/* A name is what the path means here; elsewhere it is a path like others. */
	bool is_here = wanted->own_mounts && inode_of(inventory, holder->other) == wanted->own_mounts;

	for (size_t i = 0; i < wanted->n_pinned; i++)
		if (is_pinned_by(&wanted->pinned[i], holder, node, is_here))
			return xstrdup(wanted->pinned[i].name);
	/* Also where its record is lost. */
	return is_here && holder->path ? pin_path_name(holder->path, node->type) : NULL;
}

static void add_row(const struct inventory *inventory, const struct holder *holder,
		    const struct holders_wanted *wanted, struct sheet *sheet)
{
	const struct node *node = &inventory->nodes[holder->node];
	uint32_t process = holder->pid ? inventory_find_process(inventory, holder->pid) : PROCESS_NONE;
	const char *kind = kinds[rank(holder->evidence)].name;
	char **row = sheet_add_row(sheet);

	row[NS] = cell_number(node->id.ino);
	row[TYPE] = cell_text(ns_types[node->type].name);
	row[PID] = holder->pid ? cell_number((unsigned int)holder->pid) : NULL;
	row[TID] = holder->thread ? cell_number((unsigned int)holder->thread) : NULL;
	row[FD] = has_number(holder) ? cell_number((unsigned int)holder->number) : NULL;
	row[PATH] = cell_text(holder->path);
	if (holder->other != NODE_NONE)
		row[OTHER] =
			cell_link(inventory->nodes[holder->other].type, inode_of(inventory, holder->other));
	row[NAME] = name_of(inventory, holder, wanted);
	row[HOLDER] = cell_text(row[NAME] && holder->evidence != EVIDENCE_PROCESS ? "pin" : kind);
	if (process != PROCESS_NONE)
		row[COMMAND] = cell_text(inventory->processes[process].command);
}

void holders_fill(const struct inventory *inventory, const struct holders_wanted *wanted, struct sheet *sheet)
{
	_cleanup_free_ const struct holder **order = xcalloc(inventory->n_holders + 1, sizeof(*order));
	size_t count = 0;

	for (size_t i = 0; i < inventory->n_holders; i++) {
		const struct node *node = &inventory->nodes[inventory->holders[i].node];

		if (ns_set_has(wanted->types, node->type) &&
		    !(wanted->excluded && baseline_has(wanted->excluded, node->type, node->id.ino)))
			order[count++] = &inventory->holders[i];
	}
	qsort_r(order, count, sizeof(*order), compare_holders, (void *)inventory);
	for (size_t i = 0; i < count; i++)
		add_row(inventory, order[i], wanted, sheet);
}

/* --- Names, from the registries */

struct pinned_list {
	struct pinned *list;
	size_t count;
};

static void pinned_list_release(struct pinned_list *pinned)
{
	for (size_t i = 0; i < pinned->count; i++) {
		free(pinned->list[i].name);
		free(pinned->list[i].path);
	}
	free(pinned->list);
}

static void add_pinned(struct pinned_list *pinned, const struct pinned *entry, const char *name)
{
	pinned->list = xreallocarray(pinned->list, pinned->count + 1, sizeof(*pinned->list));
	pinned->list[pinned->count] = *entry;
	pinned->list[pinned->count++].name = xstrdup(name);
}

/* Where a user's own name has its file; those of the system are known by their paths. */
static char *path_of(const struct pin *pin, enum ns_type type)
{
	_cleanup_free_ char *registry = NULL;

	if (pin->is_system || pin_registry_path(false, &registry) < 0)
		return NULL;
	return xasprintf("%s/%s/%s", registry, pin->name, ns_types[type].name);
}

static int note_pin(void *context, const struct pin *pin)
{
	struct pinned_list *pinned = context;

	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		const struct pin_kept *kept = &pin->record.kept[type];
		struct pinned entry = { .type = type, .inode = kept->inode, .fd = -EBADF };

		if (pin->is_closed || kept->method == PIN_NOT_KEPT)
			continue;
		if (type == NS_PID && pin->record.init.pid) {
			entry.pid = pin->record.init.pid;
			add_pinned(pinned, &entry, pin->name);
		}
		entry.pid = kept->method == PIN_HOLD ? pin->record.holder.pid : 0;
		entry.fd = kept->method == PIN_HOLD ? kept->fd : -EBADF;
		entry.path = kept->method == PIN_BIND ? path_of(pin, type) : NULL;
		add_pinned(pinned, &entry, pin->name);
	}
	return 0;
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
	_cleanup_(pinned_list_release) struct pinned_list pinned = { 0 };
	struct holders_wanted wanted = { .types = request->types };
	struct baseline baseline;
	struct ns_id own;

	survey_init(&scan, &inventory);
	scan.types = request->types;
	scan.facts = FACT_HOLDERS;
	scan.sources = request->sources ? request->sources : sources_by_default();
	if (request->n_words)
		hold_wanted(request, &target, &scan);
	if (request->excludes_initial) {
		baseline_read(scan.procfd, &baseline);
		wanted.excluded = &baseline;
	}
	if (ns_id_of_path(scan.procfd, "self/ns/mnt", &own) == 0)
		wanted.own_mounts = own.ino;
	survey_run(&scan);
	pin_visit(false, note_pin, &pinned);
	wanted.pinned = pinned.list;
	wanted.n_pinned = pinned.count;
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
