/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * source_mounts.c - namespace files that are mounted somewhere: in our mount
 * namespace, in mounts that are mounted nowhere but that a process has open
 * (open_tree(2)), and in every other mount namespace that any source found,
 * with a process in it or without. What is mounted there may be mount
 * namespaces again, which are searched in turn.
 *
 * A visitor (visitor.h) does the searching. It may meet a file system that
 * never answers, so it has a time within which something must have come of it.
 * Whoever has many such file systems shall not keep us for long: each one makes
 * us less patient with the next, and visitors that cannot even be killed are
 * left behind in small numbers only.
 */
#include "scan/source.h"

#include <fcntl.h>
#include <string.h>

#include "diag.h"
#include "kernel.h"
#include "ns_query.h"
#include "scan/visitor.h"
#include "worker.h"

enum { PATIENCE_MS = 5000, LEAST_PATIENCE_MS = 50, LEFT_BEHIND_MAX = 8 };

/* Whoever has more trees than this wants to use up our descriptors. */
enum { OPEN_TREES_MAX = 256 };

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

/* What is searched. */
struct place {
	uint32_t node; /* a mount namespace; or NODE_NONE */
	int fd;	       /* open; or -errno */
	bool is_own;
	const struct loose_tree *tree; /* what is not mounted in it, but was made there; or NULL */
	bool is_incomplete;
};

/* --- Trees of mounts that are mounted nowhere */

/*
 * Is a mount in no mount namespace? In that of the process, at least, it is not:
 * the kernel knows it there by its id, whatever is mounted over it (6.11).
 */
static bool is_mounted_nowhere(uint64_t mount, int mntfd)
{
	struct nsx_statmount answer;
	uint64_t ns;

	return kernel_mount_namespace_id(mntfd, &ns) == 0 &&
	       kernel_statmount(mount, ns, NSX_STATMOUNT_MNT_BASIC, &answer, sizeof(answer)) == -ENOENT;
}

/* Those that are open come first: they are few, and looked through often. */
static void add_tree(struct scan *scan, const struct loose_tree *tree)
{
	size_t place = tree->fd >= 0 ? scan->n_open_trees++ : scan->n_trees;

	scan->trees = xreallocarray(scan->trees, scan->n_trees + 1, sizeof(*scan->trees));
	if (place < scan->n_trees)
		scan->trees[scan->n_trees] = scan->trees[place];
	scan->trees[place] = *tree;
	scan->n_trees++;
}

/* Keep it open, to be searched from that mount namespace. */
static bool open_tree_in(struct scan *scan, struct walked *process,
			 const struct walked_descriptor *descriptor, int *mntfd, struct loose_tree *tree)
{
	char path[WALKED_PATH_SIZE];

	if (scan->n_open_trees == OPEN_TREES_MAX) {
		process->is_refused = true;
		return false;
	}
	walked_descriptor_path(descriptor, path);
	tree->fd = openat(process->dirfd, path, O_PATH | O_CLOEXEC);
	if (tree->fd < 0)
		return false;
	tree->mntfd = take_fd(mntfd);
	return true;
}

/* The first descriptor of a mount that is met: true where it becomes a tree. */
static bool examine_tree(struct scan *scan, struct walked *process,
			 const struct walked_descriptor *descriptor, struct loose_tree *tree)
{
	_cleanup_close_ int mntfd = -EBADF;

	return ns_open(process->dirfd, "ns/mnt", &mntfd) == 0 && is_mounted_nowhere(tree->mount, mntfd) &&
	       open_tree_in(scan, process, descriptor, &mntfd, tree);
}

/*
 * Another descriptor of a tree. It can be copied only in the mount namespace
 * that it was made in, which may be that of any process that has it open: the
 * first may have it from elsewhere, as another scan of this kind.
 */
static void examine_again(struct scan *scan, struct walked *process,
			  const struct walked_descriptor *descriptor, struct loose_tree *tree)
{
	_cleanup_close_ int mntfd = -EBADF;
	struct ns_id id, known;

	if (ns_open(process->dirfd, "ns/mnt", &mntfd) < 0 || ns_id_of_fd(mntfd, &id) < 0)
		return;
	for (size_t i = 0; i < scan->n_open_trees; i++) {
		const struct loose_tree *other = &scan->trees[i];

		if (other->mount == tree->mount && ns_id_of_fd(other->mntfd, &known) == 0 &&
		    ns_id_equal(known, id))
			return;
	}
	open_tree_in(scan, process, descriptor, &mntfd, tree);
}

/* Once for each mount and mount namespace, unless all that holds something is wanted. */
static int look_at_descriptor(struct scan *scan, struct walked *process,
			      const struct walked_descriptor *descriptor)
{
	struct loose_tree tree = {
		.mount = descriptor->mount,
		.pid = process->pid,
		.number = descriptor->number,
		.mntfd = -EBADF,
		.fd = -EBADF,
	};
	uint32_t is_tree;

	if (descriptor->what != DESCRIPTOR_DIRECTORY)
		return 0;
	if (!number_map_find(&scan->mounts, tree.mount, &is_tree)) {
		is_tree = examine_tree(scan, process, descriptor, &tree);
		number_map_add(&scan->mounts, tree.mount, is_tree);
	} else if (is_tree)
		examine_again(scan, process, descriptor, &tree);
	if (!is_tree || (tree.fd < 0 && !(scan->facts & FACT_HOLDERS)))
		return 0;
	add_tree(scan, &tree);
	if (scan->facts & FACT_HOLDERS)
		walked_note_command(scan, process);
	return 0;
}

/* Each descriptor of a tree holds what is mounted in it. */
static void observe_holders_of_tree(struct scan *scan, uint32_t node, const struct loose_tree *tree,
				    struct visit_answer *answer)
{
	for (size_t i = 0; i < scan->n_trees; i++) {
		struct holder holder = {
			.pid = scan->trees[i].pid,
			.number = scan->trees[i].number,
			.other = NODE_NONE,
			.path = answer->path,
		};

		if (scan->trees[i].mount == tree->mount)
			observe_holder(scan, node, EVIDENCE_MOUNT, &holder);
	}
}

/* --- Asking a visitor */

/* What is mounted there; the path to it means something in our own mount namespace only. */
static void observe_mount(struct scan *scan, struct visit_answer *answer, int fd, const struct place *place)
{
	struct holder holder = { .other = place->node, .path = *answer->path ? answer->path : NULL };
	struct sight sight = {
		.type = answer->type,
		.id = { .dev = scan->nsfs, .ino = answer->inode },
		.evidence = EVIDENCE_MOUNT,
		.process = PROCESS_NONE,
		.dirfd = fd,
		.shown = place->is_own && answer->is_in_sight ? answer->path : NULL,
		/* It is told again when it is opened. */
		.holder = fd < 0 && !place->tree ? &holder : NULL,
	};
	uint32_t node;

	if (!ns_set_has(scan->types, sight.type))
		return;
	node = observe(scan, &sight);
	if (fd < 0 && place->tree)
		observe_holders_of_tree(scan, node, place->tree, answer);
}

/* What could not be opened is no gap where it is known otherwise, or not wanted. */
static bool is_missed(const struct scan *scan, const struct visit_answer *answer)
{
	struct ns_id id = { .dev = scan->nsfs, .ino = answer->inode };
	uint32_t node = inventory_find_node(scan->inventory, answer->type, id);

	return node != NODE_NONE && !(scan->inventory->nodes[node].evidence & ~EVIDENCE_MOUNT);
}

/*
 * Take in answers up to the last one. 0 and *ret where it came; -ETIMEDOUT or
 * another -errno where it did not.
 */
static int read_answers(struct search *search, struct place *place, struct visit_answer *ret)
{
	for (;;) {
		_cleanup_close_ int fd = -EBADF;
		ssize_t n =
			worker_receive(search->visitor.socket, ret, sizeof(*ret), search->patience_ms, &fd);

		if (n <= (ssize_t)offsetof(struct visit_answer, path))
			return n < 0 ? (int)n : -ECONNRESET;
		if (ret->what == VISIT_DONE)
			return 0;
		if (ret->what == VISIT_LEFT)
			place->is_incomplete |= is_missed(search->scan, ret);
		else
			observe_mount(search->scan, ret, fd, place);
		if (scan_is_over(search->scan))
			return -ECANCELED;
	}
}

static int ask_visitor(struct search *search, struct place *place, struct visit_answer *ret)
{
	struct visit_request request;
	int r = 0;

	/* All of it is sent, and so is what lies between its fields. */
	memset(&request, 0, sizeof(request));
	request.is_own = place->is_own;
	request.wants_all = search->scan->facts & FACT_HOLDERS;
	request.tree = place->tree ? place->tree->fd : -EBADF;
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

/* Have a place searched; whether all was seen is in place->is_incomplete then. */
static void visit(struct search *search, struct place *place)
{
	struct visit_answer answer = { 0 };
	int r = place->fd < 0 ? place->fd : ask_visitor(search, place, &answer);

	/* One that found what was looked for need not say how it went on. */
	if (!scan_is_over(search->scan) && (r < 0 || answer.is_unseen))
		place->is_incomplete = true;
	if (r == -ETIMEDOUT && search->patience_ms > LEAST_PATIENCE_MS)
		search->patience_ms /= 2;
	if (place->fd >= 0 && (r < 0 || answer.is_spent))
		end_visitor(search);
}

/* The same with a mount namespace, which is counted. */
static void visit_namespace(struct search *search, struct place *place)
{
	visit(search, place);
	search->scan->counts.mount_namespaces++;
	if (place->is_incomplete)
		search->scan->counts.mount_namespaces_refused++;
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
	visit_namespace(search, &place);
}

static bool is_searched(const struct scan *scan, uint64_t mount)
{
	for (size_t i = 0; i < scan->n_open_trees; i++)
		if (scan->trees[i].mount == mount && scan->trees[i].is_searched)
			return true;
	return false;
}

/*
 * Whoever has a tree open may have come from elsewhere since, or got it from
 * there: mostly from where we are.
 */
static void visit_trees(struct search *search)
{
	_cleanup_close_ int own = -EBADF;

	if (search->scan->n_open_trees && ns_open(search->scan->procfd, "self/ns/mnt", &own) < 0)
		return;
	for (size_t i = 0; i < search->scan->n_open_trees && !scan_is_over(search->scan); i++) {
		struct loose_tree *tree = &search->scan->trees[i];
		struct place place = { .node = NODE_NONE, .fd = tree->mntfd, .tree = tree };

		if (is_searched(search->scan, tree->mount))
			continue;
		visit(search, &place);
		if (place.is_incomplete) {
			place.fd = own;
			place.is_incomplete = false;
			visit(search, &place);
		}
		tree->is_searched = !place.is_incomplete;
	}
}

static int scan_mounts(struct scan *scan)
{
	struct search search = { .scan = scan, .visitor = WORKER_NONE, .patience_ms = PATIENCE_MS };
	struct inventory *inventory = scan->inventory;
	struct ns_id own = { 0 };

	visit_own(&search, &own);
	visit_trees(&search);
	/* What a visit brings to light comes to the end of this list. */
	for (size_t i = 0; i < inventory->n_nodes && !scan_is_over(scan); i++) {
		const struct node *node = &inventory->nodes[i];
		struct place place = { .node = (uint32_t)i, .fd = node->fd };

		if (node->type == NS_MNT && !ns_id_equal(node->id, own) &&
		    (node->fd >= 0 || node->is_withheld))
			visit_namespace(&search, &place);
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
	.look_at_descriptor = look_at_descriptor,
	.scan = scan_mounts,
};
