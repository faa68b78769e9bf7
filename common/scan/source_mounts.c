/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * source_mounts.c - namespace files that are mounted somewhere: in our mount
 * namespace, and in every other one that any source found, with a process in
 * it or without. What is mounted there may be mount namespaces again, which
 * are searched in turn.
 *
 * A visitor (visitor.h) does the searching. It may meet a file system that
 * never answers, so it has a time within which something must have come of it.
 * Whoever has many such file systems shall not keep us for long: each one makes
 * us less patient with the next, and visitors that cannot even be killed are
 * left behind in small numbers only.
 */
#include "scan/source.h"

#include "ns_query.h"
#include "scan/visitor.h"
#include "worker.h"

enum { PATIENCE_MS = 2000, LEAST_PATIENCE_MS = 50, LEFT_BEHIND_MAX = 8 };

struct search {
	struct scan *scan;
	struct worker visitor;
	int patience_ms;
	unsigned int left_behind; /* visitors */
};

static void prepare(struct scan *scan)
{
	/* All of them, each open until it is visited. */
	scan->types |= ns_set_of(NS_MNT);
	scan->held |= ns_set_of(NS_MNT);
}

/* The mount namespace that is searched. */
struct place {
	uint32_t node;
	int fd; /* open; or -errno */
	bool is_own;
};

/* What is mounted there; the path to it means something in our own mount namespace only. */
static void observe_mount(struct scan *scan, struct visit_answer *answer, int fd, const struct place *place)
{
	struct holder holder = { .other = place->node, .path = answer->path };
	struct sight sight = {
		.type = answer->type,
		.id = { .dev = scan->nsfs, .ino = answer->inode },
		.evidence = EVIDENCE_MOUNT,
		.process = PROCESS_NONE,
		.dirfd = fd,
		.shown = place->is_own && answer->is_in_sight ? answer->path : NULL,
		/* It is told again when it is opened. */
		.holder = fd < 0 ? &holder : NULL,
	};

	if (ns_set_has(scan->types, sight.type))
		observe(scan, &sight);
}

/*
 * Take in answers up to the last one. 0 and *ret where it came; -ETIMEDOUT or
 * another -errno where it did not.
 */
static int read_answers(struct search *search, const struct place *place, struct visit_answer *ret)
{
	for (;;) {
		_cleanup_close_ int fd = -EBADF;
		ssize_t n =
			worker_receive(search->visitor.socket, ret, sizeof(*ret), search->patience_ms, &fd);

		if (n <= (ssize_t)offsetof(struct visit_answer, path))
			return n < 0 ? (int)n : -ECONNRESET;
		if (ret->what == VISIT_DONE)
			return 0;
		observe_mount(search->scan, ret, fd, place);
		if (scan_is_over(search->scan))
			return -ECANCELED;
	}
}

static int ask_visitor(struct search *search, const struct place *place, struct visit_answer *ret)
{
	struct visit_request request = {
		.is_own = place->is_own,
		.wants_all = search->scan->facts & FACT_HOLDERS,
	};
	int r = 0;

	if (search->left_behind >= LEFT_BEHIND_MAX)
		return -ETIMEDOUT;
	if (!search->visitor.pid)
		r = worker_start(&search->visitor, visitor_serve, &search->scan->procfd);
	if (r == 0)
		r = worker_send(search->visitor.socket, &request, sizeof(request), place->fd);
	return r < 0 ? r : read_answers(search, place, ret);
}

/* The next visit has another visitor. */
static void end_visitor(struct search *search)
{
	if (worker_end(&search->visitor) < 0)
		search->left_behind++;
}

/* Have a mount namespace searched, and count it. A negative descriptor is one that cannot be. */
static void visit(struct search *search, const struct place *place)
{
	struct scan_counts *counts = &search->scan->counts;
	struct visit_answer answer = { 0 };
	int r = place->fd < 0 ? place->fd : ask_visitor(search, place, &answer);

	counts->mount_namespaces++;
	/* One that found what was looked for need not say how it went on. */
	if (!scan_is_over(search->scan) && (r < 0 || answer.is_incomplete))
		counts->mount_namespaces_refused++;
	if (r == -ETIMEDOUT && search->patience_ms > LEAST_PATIENCE_MS)
		search->patience_ms /= 2;
	if (place->fd >= 0 && (r < 0 || answer.is_spent))
		end_visitor(search);
}

/* Our own comes first: only a visitor that was nowhere else is in it. */
static void visit_own(struct search *search, struct ns_id *ret)
{
	struct scan *scan = search->scan;
	_cleanup_close_ int fd = -EBADF;
	struct place place = { .node = NODE_NONE, .is_own = true };
	int r;

	r = ns_open(scan->procfd, "self/ns/mnt", &fd);
	if (r == 0)
		r = ns_id_of_fd(fd, ret);
	if (r == 0) {
		scan->nsfs = ret->dev;
		/* Whoever wants to know what holds others wants to know where. */
		if (scan->facts & FACT_HOLDERS)
			place.node = inventory_add_node(scan->inventory, NS_MNT, *ret);
	}
	place.fd = r < 0 ? r : fd;
	visit(search, &place);
}

static int scan_mounts(struct scan *scan)
{
	struct search search = { .scan = scan, .visitor = WORKER_NONE, .patience_ms = PATIENCE_MS };
	struct inventory *inventory = scan->inventory;
	struct ns_id own = { 0 };

	visit_own(&search, &own);
	/* What a visit brings to light comes to the end of this list. */
	for (size_t i = 0; i < inventory->n_nodes && !scan_is_over(scan); i++) {
		const struct node *node = &inventory->nodes[i];
		struct place place = { .node = (uint32_t)i, .fd = node->fd };

		if (node->type == NS_MNT && !ns_id_equal(node->id, own) &&
		    (node->fd >= 0 || node->is_withheld))
			visit(&search, &place);
	}
	worker_end(&search.visitor);
	return 0;
}

const struct source source_mounts = {
	.name = "mounts",
	.help = "namespace files that are mounted, here and in every other mount namespace",
	.by_default = true,
	.evidence = EVIDENCE_MOUNT,
	.prepare = prepare,
	.scan = scan_mounts,
};
