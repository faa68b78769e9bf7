/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report_limits.c - who has how many namespaces, and how many there may be
 * (/proc/sys/user/max_*_namespaces, namespaces(7)): whose are those that are
 * missing where ENOSPC says that there are no more?
 */
#include "ls/report_limits.h"

#include <pwd.h>
#include <sched.h>
#include <string.h>

#include "diag.h"
#include "file.h"
#include "kernel.h"
#include "ls/report.h"
#include "ls/survey.h"
#include "scan/source.h"
#include "text.h"
#include "worker.h"

/* User namespaces lie no deeper; inode numbers that changed hands during a scan might make a circle. */
enum { DEEPEST = 33, FIRST_ROOM = 64, PATIENCE_MS = 2000 };

enum { NS, UID, USER, TYPE, COUNT, MAX };

static const struct column limit_columns[] = {
	[NS] = { .name = "NS",
		 .flags = COLUMN_RIGHT,
		 .json = COLUMN_NUMBER,
		 .help = "inode number of the user namespace" },
	[UID] = { .name = "UID", .flags = COLUMN_RIGHT, .json = COLUMN_NUMBER, .help = "the user" },
	[USER] = { .name = "USER", .help = "name of that user" },
	[TYPE] = { .name = "TYPE", .help = "type of namespaces" },
	[COUNT] = { .name = "COUNT",
		    .flags = COLUMN_RIGHT,
		    .json = COLUMN_NUMBER,
		    .help = "how many there are" },
	[MAX] = { .name = "MAX",
		  .flags = COLUMN_RIGHT,
		  .json = COLUMN_NUMBER,
		  .help = "how many there may be" },
};

static bool is_account(const void *list, uint32_t index, const void *wanted)
{
	const struct account *account = (const struct account *)list + index;
	const struct account *key = wanted;

	return account->user_ns == key->user_ns && account->uid == key->uid;
}

static struct account *find_account(struct accounts *accounts, uint32_t user_ns, uid_t uid)
{
	struct account key = { .user_ns = user_ns, .uid = uid };
	uint32_t hash = lookup_hash_number(lookup_hash_number(user_ns) ^ uid);
	uint32_t index = lookup_find(&accounts->index, hash, is_account, accounts->list, &key);

	if (index != LOOKUP_NONE)
		return &accounts->list[index];
	if (accounts->count == accounts->room) {
		accounts->room = accounts->room ? accounts->room * 2 : FIRST_ROOM;
		accounts->list = xreallocarray(accounts->list, accounts->room, sizeof(*accounts->list));
	}
	lookup_add(&accounts->index, hash, (uint32_t)accounts->count);
	accounts->list[accounts->count] = key;
	return &accounts->list[accounts->count++];
}

/* One namespace, on every account that it is on. */
static void charge(const struct inventory *inventory, const struct node *node, struct accounts *accounts)
{
	uint32_t user_ns = node->owner;
	uid_t uid = node->owner_uid;

	if (node->type != NS_USER && user_ns != NODE_NONE)
		uid = inventory->nodes[user_ns].owner_uid;
	for (int depth = 0; user_ns != NODE_NONE && depth <= DEEPEST; depth++) {
		find_account(accounts, user_ns, uid)->counts[node->type]++;
		uid = inventory->nodes[user_ns].owner_uid;
		user_ns = inventory->nodes[user_ns].owner;
	}
}

static int compare_accounts(const void *a, const void *b, void *arg)
{
	const struct account *x = a, *y = b;
	const struct node *nodes = arg;
	ino_t x_ino = nodes[x->user_ns].id.ino, y_ino = nodes[y->user_ns].id.ino;

	if (x_ino != y_ino)
		return x_ino < y_ino ? -1 : 1;
	return (x->uid > y->uid) - (x->uid < y->uid);
}

void accounts_fill(const struct inventory *inventory, const struct baseline *initial,
		   struct accounts *accounts)
{
	for (size_t i = 0; i < inventory->n_nodes; i++) {
		const struct node *node = &inventory->nodes[i];

		if (!baseline_has(initial, node->type, node->id.ino))
			charge(inventory, node, accounts);
	}
	/* Nothing is added any more, so they need not be found where they were. */
	lookup_release(&accounts->index);
	if (accounts->count)
		qsort_r(accounts->list, accounts->count, sizeof(*accounts->list), compare_accounts,
			inventory->nodes);
}

void accounts_release(struct accounts *accounts)
{
	lookup_release(&accounts->index);
	free(accounts->list);
	*accounts = (struct accounts){ 0 };
}

/* What may be had in a user namespace, by type; -errno where it could not be read. */
struct limits {
	int64_t most[NS_TYPE_COUNT];
};

static int64_t read_limit(int procfd, enum ns_type type)
{
	char path[64], text[32];
	uint64_t number;
	ssize_t n;
	int r;

	snprintf(path, sizeof(path), "sys/user/max_%s_namespaces", ns_types[type].name);
	n = read_file_into(procfd, path, text, sizeof(text));
	if (n < 0)
		return n;
	text[strcspn(text, "\n")] = '\0';
	r = parse_u64(text, &number);
	return r < 0 ? r : (int64_t)number;
}

/* Of the user namespace that we are in: these files show each reader its own. */
static void read_limits(int procfd, struct limits *ret)
{
	for (int type = 0; type < NS_TYPE_COUNT; type++)
		ret->most[type] = read_limit(procfd, type);
}

struct question {
	int procfd;
	int user_ns; /* open */
};

/* In a process of its own, for there is no way back. */
static void answer(int socket, const void *context)
{
	const struct question *question = context;
	struct limits limits;

	if (kernel_setns(question->user_ns, CLONE_NEWUSER) < 0)
		return;
	read_limits(question->procfd, &limits);
	worker_send(socket, &limits, sizeof(limits), -EBADF);
}

/* Those of another user namespace, which takes the right to enter it. */
static bool ask_for_limits(int procfd, int user_ns, struct limits *ret)
{
	struct question question = { .procfd = procfd, .user_ns = user_ns };
	struct worker worker = WORKER_NONE;
	int fd = -EBADF;
	ssize_t n = 0;

	if (user_ns < 0)
		return false;
	if (worker_start(&worker, answer, &question) == 0)
		n = worker_receive(worker.socket, ret, sizeof(*ret), PATIENCE_MS, &fd);
	close_fd(fd);
	worker_end(&worker);
	return n == (ssize_t)sizeof(*ret);
}

static void find_limits(const struct scan *scan, const struct node *user_ns, struct limits *ret)
{
	struct ns_id own;

	if (ns_id_of_path(scan->procfd, "self/ns/user", &own) == 0 && ns_id_equal(own, user_ns->id)) {
		read_limits(scan->procfd, ret);
		return;
	}
	if (!ask_for_limits(scan->procfd, user_ns->fd, ret))
		for (int type = 0; type < NS_TYPE_COUNT; type++)
			ret->most[type] = -EACCES;
}

static char *name_cell(uid_t uid)
{
	const struct passwd *entry = uid == UID_UNKNOWN ? NULL : getpwuid(uid);

	return cell_text(entry ? entry->pw_name : NULL);
}

static void add_rows(const struct inventory *inventory, const struct account *account,
		     const struct limits *limits, ns_set types, struct sheet *sheet)
{
	_cleanup_free_ char *user = name_cell(account->uid);

	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		char **row;

		if (!account->counts[type] || !ns_set_has(types, type))
			continue;
		row = sheet_add_row(sheet);
		row[NS] = cell_number(inventory->nodes[account->user_ns].id.ino);
		row[UID] = account->uid == UID_UNKNOWN ? NULL : cell_number(account->uid);
		row[USER] = cell_text(user);
		row[TYPE] = cell_text(ns_types[type].name);
		row[COUNT] = cell_number(account->counts[type]);
		row[MAX] =
			limits->most[type] < 0 ? NULL : cell_number((unsigned long long)limits->most[type]);
	}
}

static void find(const struct request *request, struct findings *findings)
{
	_cleanup_(inventory_release) struct inventory inventory = { 0 };
	_cleanup_(scan_release) struct scan scan = { .procfd = -EBADF };
	_cleanup_(accounts_release) struct accounts accounts = { 0 };
	struct baseline initial;
	struct limits limits;

	survey_init(&scan, &inventory);
	/* All types lead to user namespaces, which are to be entered later. */
	scan.types = NS_SET_ALL;
	scan.facts = FACT_OWNER;
	scan.held = ns_set_of(NS_USER);
	scan.sources = request->sources;
	baseline_read_initial(scan.procfd, &initial);
	survey_run(&scan);
	accounts_fill(&inventory, &initial, &accounts);
	for (size_t i = 0; i < accounts.count; i++) {
		const struct account *account = &accounts.list[i];

		if (i == 0 || account->user_ns != accounts.list[i - 1].user_ns)
			find_limits(&scan, &inventory.nodes[account->user_ns], &limits);
		add_rows(&inventory, account, &limits, request->types, &findings->sheet);
	}
	findings->counts = scan.counts;
}

const struct report report_limits = {
	.name = "limits",
	.takes = REPORT_TAKES_TYPE | REPORT_TAKES_SOURCE,
	.columns = limit_columns,
	.n_columns = ARRAY_SIZE(limit_columns),
	.find = find,
};
