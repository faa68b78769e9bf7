/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * source_mounts.c - namespace files that are mounted somewhere: in our mount
 * namespace, and in every other one that any source found, with a process in
 * it or without. What is mounted there may be mount namespaces again, which
 * are searched in turn.
 *
 * A visitor (visitor.h) does the searching. It may meet a file system that
 * never answers, so it has a time within which something must have come of it.
 */
#include "scan/source.h"

#include "ns_query.h"
#include "scan/visitor.h"
#include "worker.h"

enum { PATIENCE_MS = 2000 };

static void prepare(struct scan *scan)
{
	/* All of them, each open until it is visited. */
	scan->types |= ns_set_of(NS_MNT);
	scan->held |= ns_set_of(NS_MNT);
}

/* What is mounted there; the path to it means something in our own mount namespace only. */
static void observe_mount(struct scan *scan, const struct visit_answer *answer, int fd, bool is_own)
{
	struct sight sight = {
		.type = answer->type,
		.id = { .dev = scan->nsfs, .ino = answer->inode },
		.evidence = EVIDENCE_MOUNT,
		.process = PROCESS_NONE,
		.dirfd = fd,
		.shown = is_own && answer->is_in_sight ? answer->path : NULL,
	};

	if (ns_set_has(scan->types, sight.type))
		observe(scan, &sight);
}

/*
 * Take in answers up to the last one. 0 and *ret where it came; -ETIMEDOUT or
 * another -errno where it did not.
 */
static int read_answers(struct scan *scan, struct worker *visitor, bool is_own, struct visit_answer *ret)
{
	for (;;) {
		_cleanup_close_ int fd = -EBADF;
		ssize_t n = worker_receive(visitor->socket, ret, sizeof(*ret), PATIENCE_MS, &fd);

		if (n <= (ssize_t)offsetof(struct visit_answer, path))
			return n < 0 ? (int)n : -ECONNRESET;
		if (ret->what == VISIT_DONE)
			return 0;
		observe_mount(scan, ret, fd, is_own);
		if (scan_is_over(scan))
			return -ECANCELED;
	}
}

/* One that cannot be visited at all. */
static void count_refused(struct scan *scan)
{
	scan->counts.mount_namespaces++;
	scan->counts.mount_namespaces_refused++;
}

/* Have a mount namespace searched, and count it. */
static int visit(struct scan *scan, struct worker *visitor, int fd, bool is_own)
{
	struct visit_request request = { .is_own = is_own };
	struct visit_answer answer;
	int r;

	scan->counts.mount_namespaces++;
	if (!visitor->pid) {
		r = worker_start(visitor, visitor_serve, &scan->procfd);
		if (r < 0)
			return r;
	}
	r = worker_send(visitor->socket, &request, sizeof(request), fd);
	if (r == 0)
		r = read_answers(scan, visitor, is_own, &answer);
	/* One that found what was looked for need not say how it went on. */
	if (!scan_is_over(scan) && (r < 0 || answer.is_incomplete))
		scan->counts.mount_namespaces_refused++;
	if (r < 0 || answer.is_spent)
		worker_end(visitor);
	return 0;
}

/* Our own comes first: only a visitor that was nowhere else is in it. */
static int visit_own(struct scan *scan, struct worker *visitor, struct ns_id *ret)
{
	_cleanup_close_ int fd = -EBADF;
	int r;

	r = ns_open(scan->procfd, "self/ns/mnt", &fd);
	if (r == 0)
		r = ns_id_of_fd(fd, ret);
	if (r < 0)
		return r;
	scan->nsfs = ret->dev;
	return visit(scan, visitor, fd, true);
}

static int visit_all(struct scan *scan, struct worker *visitor)
{
	struct inventory *inventory = scan->inventory;
	struct ns_id own;
	int r;

	r = visit_own(scan, visitor, &own);
	/* What a visit brings to light comes to the end of this list. */
	for (size_t i = 0; r == 0 && i < inventory->n_nodes && !scan_is_over(scan); i++) {
		const struct node *node = &inventory->nodes[i];

		if (node->type != NS_MNT || ns_id_equal(node->id, own))
			continue;
		if (node->fd >= 0)
			r = visit(scan, visitor, node->fd, false);
		else if (node->is_withheld)
			count_refused(scan);
	}
	return r;
}

static int scan_mounts(struct scan *scan)
{
	struct worker visitor = WORKER_NONE;
	int r;

	r = visit_all(scan, &visitor);
	worker_end(&visitor);
	return r;
}

const struct source source_mounts = {
	.name = "mounts",
	.help = "namespace files that are mounted, here and in every other mount namespace",
	.by_default = true,
	.evidence = EVIDENCE_MOUNT,
	.prepare = prepare,
	.scan = scan_mounts,
};
