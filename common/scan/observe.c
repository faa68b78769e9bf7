/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * observe.c - what sources see, and what the kernel adds to it.
 */
#include "scan/observe.h"

#include <fcntl.h>
#include <string.h>

#include "diag.h"
#include "ns_query.h"
#include "proc.h"

/* What makes it worth opening a namespace. */
#define FACTS_ASKED (FACT_OWNER | FACT_PARENT | FACT_NSID)

int scan_init(struct scan *scan, struct inventory *inventory)
{
	*scan = (struct scan){ .inventory = inventory, .procfd = -EBADF };
	return proc_open(&scan->procfd);
}

void scan_release(struct scan *scan)
{
	scan->procfd = close_fd(scan->procfd);
	number_map_release(&scan->sockets);
	number_map_release(&scan->cookies);
	number_map_release(&scan->mounts);
	for (size_t i = 0; i < scan->n_trees; i++) {
		close_fd(scan->trees[i].mntfd);
		close_fd(scan->trees[i].fd);
	}
	free(scan->trees);
	scan->trees = NULL;
	scan->n_trees = scan->n_open_trees = 0;
}

void scan_lose(struct scan *scan, int error)
{
	bool is_want = error == -ENOMEM || error == -EMFILE || error == -ENFILE || error == -EIO;

	if (is_want && !scan->loss)
		scan->loss = error;
}

void observe_holder(struct scan *scan, uint32_t index, unsigned int evidence, const struct holder *holder)
{
	const struct node *node = &scan->inventory->nodes[index];
	struct holder mine = *holder;

	if (!(scan->facts & FACT_HOLDERS) ||
	    (scan->held_inode && (node->type != scan->held_type || node->id.ino != scan->held_inode)))
		return;
	mine.node = index;
	mine.evidence = evidence;
	inventory_add_holder(scan->inventory, &mine);
}

typedef int relation_query(int fd, int *ret_fd);

static void examine(struct scan *scan, uint32_t index, int fd);

/*
 * Follow a relation of an open namespace to the node at its other end. A
 * refusal (-EPERM: outside of the caller's namespaces) is an answer too: none
 * that we may know of.
 *
 * The descriptors on the way up keep every namespace of the chain alive, so no
 * inode number changes hands meanwhile and the chain cannot bite its tail. The
 * kernel ends it after 33 namespaces at the latest.
 */
static uint32_t relative_of(struct scan *scan, int fd, relation_query *query, enum ns_type type,
			    unsigned int evidence)
{
	_cleanup_close_ int relative = -EBADF;
	struct ns_id id;
	uint32_t index;
	int r;

	r = query(fd, &relative);
	if (r >= 0)
		r = ns_id_of_fd(relative, &id);
	if (r < 0) {
		scan_lose(scan, r);
		return NODE_NONE;
	}
	index = inventory_add_node(scan->inventory, type, id);
	scan->inventory->nodes[index].evidence |= evidence;
	examine(scan, index, relative);
	return index;
}

/* What is owned keeps its owner, a child keeps its parent. */
static void note_relative(struct scan *scan, uint32_t above, unsigned int evidence, uint32_t below)
{
	struct holder holder = { .other = below };

	if (above != NODE_NONE)
		observe_holder(scan, above, evidence, &holder);
}

/* Ask the kernel what is wanted of an open namespace, unless it was asked. */
static void ask_about(struct scan *scan, uint32_t index, int fd)
{
	/* The array may move while relatives are added: no pointer into it is kept. */
	struct node **nodes = &scan->inventory->nodes;
	enum ns_type type = (*nodes)[index].type;

	if ((*nodes)[index].is_asked)
		return;
	(*nodes)[index].is_asked = true;

	if (scan->facts & FACT_NSID)
		scan_lose(scan, ns_query_nsid(fd, &(*nodes)[index].nsid));
	if (scan->facts & FACT_OWNER) {
		uint32_t owner = relative_of(scan, fd, ns_query_owner, NS_USER, EVIDENCE_OWNER);

		(*nodes)[index].owner = owner;
		/* The owner of a user namespace is its parent, and one thing holds it once. */
		note_relative(scan, owner, type == NS_USER ? EVIDENCE_PARENT : EVIDENCE_OWNER, index);
		if (type == NS_USER)
			scan_lose(scan, ns_query_owner_uid(fd, &(*nodes)[index].owner_uid));
	}
	if ((scan->facts & FACT_PARENT) && ns_types[type].has_parent) {
		uint32_t parent = relative_of(scan, fd, ns_query_parent, type, EVIDENCE_PARENT);

		(*nodes)[index].parent = parent;
		if (type != NS_USER || !(scan->facts & FACT_OWNER))
			note_relative(scan, parent, EVIDENCE_PARENT, index);
	}
}

/*
 * Is there a link of a process to open it by, later? A path where it is mounted
 * is none: a file system on the way may not answer then.
 */
static bool has_link(const struct node *node)
{
	return (node->evidence & EVIDENCE_OF_LINKS) ||
	       (node->path && strncmp(node->path, "/proc/", strlen("/proc/")) == 0);
}

static bool wants_to_hold(const struct scan *scan, const struct node *node)
{
	return node->fd < 0 &&
	       (ns_set_has(scan->held, node->type) || ((scan->facts & FACT_OPEN) && !has_link(node)));
}

/* By all that is known of it; its 64-bit id is known once it was asked. */
static bool is_hunted(const struct scan *scan, const struct node *node)
{
	const struct hunt *hunt = scan->hunt;

	return hunt && hunt->fd < 0 && (hunt->type < 0 || hunt->type == node->type) &&
	       (!hunt->inode || hunt->inode == node->id.ino) && (!hunt->nsid || hunt->nsid == node->nsid);
}

static int duplicate(int fd, int lowest)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, lowest);

	return copy < 0 ? -EBADF : copy;
}

/* All that an open namespace is good for. */
static void examine(struct scan *scan, uint32_t index, int fd)
{
	struct node *node;

	ask_about(scan, index, fd);
	node = &scan->inventory->nodes[index];
	if (wants_to_hold(scan, node)) {
		node->fd = duplicate(fd, scan->held_from);
		node->is_withheld = node->fd < 0;
	}
	if (is_hunted(scan, node))
		scan->hunt->fd = duplicate(fd, 0);
}

/* It is counted where it is to be visited; else nobody would know that there was more to say of it. */
static void withhold(struct scan *scan, uint32_t index, int error)
{
	struct node *node = &scan->inventory->nodes[index];

	node->is_withheld = true;
	if (!ns_set_has(scan->held, node->type))
		scan_lose(scan, error);
}

/* Open what was seen, and have it examined, if it still is what was seen. */
static void examine_sight(struct scan *scan, uint32_t index, const struct sight *sight)
{
	_cleanup_close_ int fd = -EBADF;
	struct ns_id id;
	int r;

	if (sight->dirfd < 0) {
		scan->inventory->nodes[index].is_withheld = true;
		return;
	}
	if (!sight->path) {
		examine(scan, index, sight->dirfd);
		return;
	}
	r = ns_open(sight->dirfd, sight->path, &fd);
	if (r == 0)
		r = ns_id_of_fd(fd, &id);
	/* Gone, or moved on: the next sight of it may do. */
	if (r == 0 && ns_id_equal(id, sight->id))
		examine(scan, index, fd);
	else if (r < 0 && r != -ENOENT && r != -ESRCH)
		withhold(scan, index, r);
}

static bool is_worth_opening(const struct scan *scan, const struct node *node)
{
	return (!node->is_asked && (scan->facts & FACTS_ASKED)) || wants_to_hold(scan, node) ||
	       is_hunted(scan, node);
}

static void note_process(struct inventory *inventory, uint32_t index, const struct sight *sight)
{
	struct process *process = &inventory->processes[sight->process];
	struct node *node = &inventory->nodes[index];

	if (sight->evidence == EVIDENCE_PROCESS) {
		process->node[sight->type] = index;
		process->speaker = sight->thread;
	} else if (node->sponsor == PROCESS_NONE || process->pid < inventory->processes[node->sponsor].pid) {
		node->sponsor = sight->process;
		node->sponsor_thread = sight->thread;
		node->is_for_children = sight->evidence == EVIDENCE_FOR_CHILDREN;
	}
}

uint32_t observe(struct scan *scan, const struct sight *sight)
{
	struct inventory *inventory = scan->inventory;
	uint32_t index = inventory_add_node(inventory, sight->type, sight->id);
	struct node *node = &inventory->nodes[index];

	node->evidence |= sight->evidence;
	if (sight->process != PROCESS_NONE)
		note_process(inventory, index, sight);
	if (sight->shown && !node->path)
		node->path = xstrdup(sight->shown);
	if (sight->holder)
		observe_holder(scan, index, sight->evidence, sight->holder);
	if (is_worth_opening(scan, node))
		examine_sight(scan, index, sight);
	return index;
}

int observe_fd(struct scan *scan, int fd, unsigned int evidence, const char *shown,
	       const struct holder *holder, uint32_t *ret_node)
{
	struct sight sight = {
		.type = ns_query_type(fd),
		.evidence = evidence,
		.process = PROCESS_NONE,
		.dirfd = fd,
		.shown = shown,
		.holder = holder,
	};
	uint32_t node;
	int r;

	if (sight.type < 0)
		return sight.type;
	r = ns_id_of_fd(fd, &sight.id);
	if (r < 0)
		return r;
	node = observe(scan, &sight);
	if (ret_node)
		*ret_node = node;
	return 0;
}

/* Open the directory of a process, if its link leads to the namespace. */
static int open_if_member(const struct scan *scan, uint32_t index, uint32_t process, int *ret_dirfd)
{
	_cleanup_close_ int dirfd = -EBADF;
	char link[INVENTORY_LINK_SIZE];
	enum ns_type type;
	ino_t ino;
	int r;

	inventory_link_path(scan->inventory, index, process, link);
	r = proc_open_pid(scan->procfd, scan->inventory->processes[process].pid, &dirfd);
	if (r == 0)
		r = ns_read_link(dirfd, link, &type, &ino);
	if (r == 0 && ino != scan->inventory->nodes[index].id.ino)
		r = -ESTALE;
	if (r == 0)
		*ret_dirfd = take_fd(&dirfd);
	return r;
}

uint32_t scan_open_member(const struct scan *scan, uint32_t index, int *ret_dirfd)
{
	const struct inventory *inventory = scan->inventory;
	const struct node *node = &inventory->nodes[index];

	if (node->leader == PROCESS_NONE)
		return PROCESS_NONE;
	if (open_if_member(scan, index, node->leader, ret_dirfd) == 0)
		return node->leader;
	/*
	 * Few leaders end between the scan and now; then this costs a look at
	 * memory for each process, and a look at /proc for those that were in it.
	 */
	for (uint32_t i = 0; i < inventory->n_processes; i++)
		if (inventory->processes[i].node[node->type] == index &&
		    open_if_member(scan, index, i, ret_dirfd) == 0)
			return i;
	return PROCESS_NONE;
}

/* By the link of a process, or by the path of a descriptor. */
static int reopen(const struct scan *scan, uint32_t index, int *ret_fd)
{
	const struct node *node = &scan->inventory->nodes[index];
	_cleanup_close_ int dirfd = -EBADF;
	uint32_t process = scan_open_member(scan, index, &dirfd);
	char link[INVENTORY_LINK_SIZE];

	if (process == PROCESS_NONE)
		return node->path ? ns_open(AT_FDCWD, node->path, ret_fd) : -ESTALE;
	inventory_link_path(scan->inventory, index, process, link);
	return ns_open(dirfd, link, ret_fd);
}

int scan_open_node(const struct scan *scan, uint32_t index, int *ret_fd)
{
	const struct node *node = &scan->inventory->nodes[index];
	_cleanup_close_ int fd = -EBADF;
	struct ns_id id;
	int r;

	if (node->fd >= 0) {
		fd = duplicate(node->fd, 0);
		if (fd < 0)
			return -errno;
		*ret_fd = take_fd(&fd);
		return 0;
	}
	r = reopen(scan, index, &fd);
	if (r == 0)
		r = ns_id_of_fd(fd, &id);
	if (r == 0 && !ns_id_equal(id, node->id))
		r = -ESTALE;
	if (r == 0)
		*ret_fd = take_fd(&fd);
	return r;
}
