/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * watch.c - look, compare, print, and wait until another look is worth it.
 *
 * The order that loses nothing: listen first, look then, and judge what was
 * heard meanwhile by what the look found.
 */
#include "ls/watch.h"

#include <limits.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>

#include "diag.h"
#include "gaps.h"
#include "ls/baseline.h"
#include "ls/cells.h"
#include "ls/detail.h"
#include "ls/filter.h"
#include "ls/select.h"
#include "ls/survey.h"
#include "ls/wake.h"
#include "ls/watch_out.h"
#include "ls/watch_print.h"
#include "ls/watched.h"
#include "scan/source.h"

/*
 * Looks take at most one part in so many of the time. What has ended may be a
 * zombie for a moment; what one look missed another one may find.
 */
enum { REST_PER_LOOK = 4, AGAIN_MS = 100 };

enum { WAKE_SIGNAL = WAKE_SOURCES, WAKE_READER };

struct watch {
	const struct request *request;
	unsigned int facts;    /* for what is shown */
	struct filter *filter; /* or NULL */
	struct wake wake;
	struct watched watched;
	struct watch_out out;
	struct watch_printer printer;
	struct inventory inventory; /* of the last look */
	int procfd;
	struct baseline excluded;		/* where that is wanted */
	int64_t last_look, look_cost, again_at; /* in ms; again_at 0: not */
	bool has_looked;
	bool has_stuck; /* a process of ours hangs in a file system: leave mounts alone */
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* --- A look */

/* Those that a look left behind, if they are gone by now. */
static bool has_stuck_children(void)
{
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
		;
	return pid == 0;
}

static void scan_now(struct watch *watch, struct scan *scan, struct inventory *inventory)
{
	survey_init(scan, inventory);
	/* Their births and ends would be events, too. */
	scan->may_have_threads = false;
	scan->types = watch->request->types;
	scan->facts = watch->facts | FACT_NSID | (watch->filter ? filter_facts(watch->filter) : 0);
	scan->sources = watch->request->asked;
	watch->has_stuck = has_stuck_children();
	if (watch->has_stuck)
		scan->sources &= ~source_bit(&source_mounts);
	survey_run(scan);
}

static struct rows select_now(const struct watch *watch, const struct inventory *inventory)
{
	struct selection selection = {
		.types = watch->request->types,
		.task = PROCESS_NONE,
		.only_persistent = watch->request->only_persistent,
		.evidence = sources_evidence(watch->request->sources),
		.excluded = watch->request->excludes_initial ? &watch->excluded : NULL,
	};

	return select_namespaces(inventory, &selection);
}

static void free_cells(struct watch *watch, char **cells)
{
	if (cells)
		cells_free(cells, &watch->request->columns);
}

/* Whether a row passes the filter, which is asked once for each. */
static bool *ask_filter(struct watch *watch, const struct scan *scan, struct rows *rows)
{
	if (!watch->filter)
		return NULL;
	detail_fill(scan, filter_facts(watch->filter), rows);
	return filter_ask(watch->filter, scan->inventory, rows);
}

static void show_appeared(struct watch *watch, const struct scan *scan, struct rows *rows)
{
	_cleanup_free_ bool *passes = ask_filter(watch, scan, rows);
	_cleanup_free_ char ***cells = xcalloc(rows->count, sizeof(*cells));
	const struct inventory *inventory = scan->inventory;

	detail_fill(scan, watch->facts & ~(watch->filter ? filter_facts(watch->filter) : 0), rows);
	for (size_t i = 0; i < rows->count; i++) {
		if (passes && !passes[i])
			continue;
		cells[i] = cells_of(inventory, &rows->rows[i], &watch->request->columns);
		if (watch->printer.format == FORMAT_TABLE)
			watch_printer_measure(&watch->printer, cells[i]);
	}
	if (!watch->has_looked && !watch->request->no_headings)
		watch_print_headings(&watch->printer);
	for (size_t i = 0; i < rows->count; i++) {
		if (cells[i])
			watch_print(&watch->printer, watch->has_looked ? "appeared" : "present", cells[i]);
		watched_add(&watch->watched, inventory, &rows->rows[i], cells[i]);
	}
}

static void show_gone(struct watch *watch, struct watched_changes *changes)
{
	for (size_t i = 0; i < changes->n_gone; i++) {
		char **cells = changes->gone[i].cells;

		if (cells)
			watch_print(&watch->printer, "gone", cells);
		free_cells(watch, cells);
	}
}

/* What came and went between two looks, as far as the kernel told of it. */
static void show_glimpse(struct watch *watch, const struct glimpse *glimpse)
{
	_cleanup_(inventory_release) struct inventory inventory = { 0 };
	_cleanup_(rows_release) struct rows rows = { 0 };
	struct scan scan = { .inventory = &inventory,
			     .procfd = watch->procfd,
			     .nsfs = watch->wake.news.nsfs };
	struct ns_id id = { .dev = scan.nsfs, .ino = glimpse->ino };
	uint32_t node = inventory_add_node(&inventory, glimpse->type, id);
	uint32_t process = inventory_add_process(&inventory, glimpse->pid);
	_cleanup_free_ bool *passes = NULL;

	inventory.nodes[node].evidence = EVIDENCE_PROCESS;
	inventory.processes[process].node[glimpse->type] = node;
	inventory_link(&inventory);
	rows = select_now(watch, &inventory);
	passes = ask_filter(watch, &scan, &rows);
	if (rows.count && (!passes || passes[0])) {
		char **cells = cells_of(&inventory, &rows.rows[0], &watch->request->columns);

		watch_print(&watch->printer, "appeared", cells);
		watch_print(&watch->printer, "gone", cells);
		free_cells(watch, cells);
	}
}

static void show_glimpses(struct watch *watch, const struct inventory *inventory)
{
	const struct news *news = &watch->wake.news;

	for (size_t i = 0; i < news->n_glimpses && watch->has_looked; i++) {
		const struct glimpse *glimpse = &news->glimpses[i];
		struct ns_id id = { .dev = news->nsfs, .ino = glimpse->ino };

		if (inventory_find_node(inventory, glimpse->type, id) == NODE_NONE &&
		    !watched_has(&watch->watched, glimpse->type, glimpse->ino))
			show_glimpse(watch, glimpse);
	}
}

/* Returns whether another look may find what this one missed. */
static bool show_changes(struct watch *watch, struct scan *scan)
{
	_cleanup_(rows_release) struct rows rows = select_now(watch, scan->inventory);
	_cleanup_(watched_changes_release) struct watched_changes changes = { 0 };

	for (size_t i = 0; i < watch->wake.news.n_glimpses; i++)
		watched_doubt(&watch->watched, watch->wake.news.glimpses[i].ino);
	watched_compare(&watch->watched, scan->inventory, &rows, watch->has_stuck, &changes);
	/* In this order, for a number may pass from the first to the second and on to the third. */
	show_gone(watch, &changes);
	show_glimpses(watch, scan->inventory);
	show_appeared(watch, scan, &changes.appeared);
	if (!watch->has_looked) {
		watch_print_ready(&watch->printer, &scan->counts);
		tell_gaps(&scan->counts);
	}
	return changes.is_unsure;
}

/* What the next news are judged by. Descriptors would keep what they are of. */
static void keep_inventory(struct watch *watch, struct inventory *inventory, dev_t nsfs)
{
	inventory_release(&watch->inventory);
	watch->inventory = *inventory;
	*inventory = (struct inventory){ 0 };
	for (size_t i = 0; i < watch->inventory.n_nodes; i++)
		watch->inventory.nodes[i].fd = close_fd(watch->inventory.nodes[i].fd);
	watch->wake.news.inventory = &watch->inventory;
	watch->wake.news.nsfs = nsfs;
}

static size_t terminal_width(const struct request *request)
{
	struct winsize size;

	if (request->no_truncate || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0)
		return 0;
	return size.ws_col;
}

static void look(struct watch *watch)
{
	_cleanup_(inventory_release) struct inventory inventory = { 0 };
	_cleanup_(scan_release) struct scan scan = { .procfd = -EBADF };
	int64_t start = now_ms();
	bool again;

	scan_now(watch, &scan, &inventory);
	/* A window may change its size. */
	watch->printer.line_max = terminal_width(watch->request);
	again = show_changes(watch, &scan) || watch->wake.news.is_of_an_end;
	watch_out_flush(&watch->out);
	wake_renew(&watch->wake, &inventory);
	keep_inventory(watch, &inventory, scan.nsfs);
	news_clear(&watch->wake.news);
	watch->last_look = now_ms();
	watch->look_cost = watch->last_look - start;
	watch->again_at = again ? watch->last_look + AGAIN_MS : 0;
	watch->has_looked = true;
}

/* --- Waiting */

static int64_t next_look(const struct watch *watch)
{
	int64_t rested = watch->last_look + REST_PER_LOOK * watch->look_cost;
	int64_t at = watch->last_look + watch->request->interval_ms;

	if (watch->wake.news.is_due)
		at = watch->last_look;
	else if (watch->again_at && watch->again_at < at)
		at = watch->again_at;
	return at > rested ? at : rested;
}

/* False: it is over. */
static bool wait_for_news(struct watch *watch)
{
	for (;;) {
		int64_t left = next_look(watch) - now_ms();
		int r;

		if (watch->out.error)
			return false;
		r = wake_wait(&watch->wake, left <= 0 ? 0 : left < INT_MAX ? (int)left : INT_MAX);
		if (r >= 0)
			return false;
		if (next_look(watch) <= now_ms())
			return true;
	}
}

/* Signals that were ignored when we started stay so. Ones that end us end a wait, not a line. */
static int listen_to_signals(struct watch *watch)
{
	static const int ends[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction action;
	sigset_t signals;
	int r, fd;

	sigemptyset(&signals);
	/* One that is blocked comes to a signalfd(2) even if it is ignored. */
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		if (sigaction(ends[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN)
			sigaddset(&signals, ends[i]);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
	fd = signalfd(-1, &signals, SFD_CLOEXEC);
	if (fd < 0)
		die(-errno, "cannot wait for signals");
	r = wake_add(&watch->wake, fd, EPOLLIN, WAKE_SIGNAL);
	if (r < 0)
		die(r, "cannot wait for signals");
	return fd;
}

/* A reader that went away is no error, nor is a signal while nobody reads. */
static void end_output(struct watch *watch)
{
	int error = watch->out.error;

	watch_out_close(&watch->out);
	if (error && error != -EPIPE && error != -EINTR)
		die(error, "cannot write to standard output");
}

void watch(const struct request *request)
{
	struct watch watch = {
		.request = request,
		.facts = column_list_facts(&request->columns),
		.wake = WAKE_NONE,
	};
	_cleanup_(scan_release) struct scan proc = { .procfd = -EBADF };
	_cleanup_close_ int signals = -EBADF;
	int r;

	watch.wake.news.types = request->types;
	if (request->filter)
		watch.filter = filter_new(request->filter);
	survey_init(&proc, &watch.inventory);
	watch.procfd = proc.procfd;
	if (request->excludes_initial)
		baseline_read(watch.procfd, &watch.excluded);
	r = wake_open(&watch.wake, watch.procfd);
	if (r < 0)
		die(r, "cannot wait for events");
	signals = listen_to_signals(&watch);
	watch_out_open(&watch.out, signals);
	watch_printer_init(&watch.printer, watch.out.stream, request->format, &request->columns);
	/* A pipe that nobody reads any more is an event by itself; other files have none (-EPERM). */
	r = wake_add(&watch.wake, STDOUT_FILENO, 0, WAKE_READER);
	if (r < 0 && r != -EPERM)
		die(r, "cannot wait for events");

	do
		look(&watch);
	while (wait_for_news(&watch));

	end_output(&watch);
	wake_release(&watch.wake);
	watch_printer_release(&watch.printer);
	for (size_t i = 0; i < watch.watched.count; i++)
		free_cells(&watch, watch.watched.items[i].cells);
	free(watch.watched.items);
	inventory_release(&watch.inventory);
	filter_free(watch.filter);
}
