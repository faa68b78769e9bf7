/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ns_find.c - a scan for one namespace, and a scan for all.
 */
#include "ns_find.h"

#include <fcntl.h>
#include <string.h>

#include "diag.h"
#include "kernel.h"
#include "ns_query.h"
#include "scan/source.h"

static int run(struct scan *scan, unsigned int set, struct scan_counts *counts)
{
	const char *failed;
	int r;

	scan->sources = set;
	r = sources_scan(scan, &failed);
	if (r < 0)
		debug("cannot ask for %s: %s", failed, strerror(-r));
	*counts = scan->counts;
	return r;
}

/* One scan for the hunted one, with these sources. */
static int hunt(struct hunt *hunted, ns_set types, unsigned int set, struct scan_counts *counts)
{
	_cleanup_(inventory_release) struct inventory inventory = { 0 };
	_cleanup_(scan_release) struct scan scan = { .procfd = -EBADF };
	int r;

	r = scan_init(&scan, &inventory);
	if (r < 0)
		return r;
	scan.types = types;
	scan.facts = hunted->nsid ? FACT_NSID : 0;
	scan.hunt = hunted;
	return run(&scan, set, counts);
}

/* Can this kernel tell 64-bit ids at all? */
static int check_nsid(void)
{
	_cleanup_close_ int fd = -EBADF;
	uint64_t nsid;
	int r;

	r = ns_open(AT_FDCWD, "/proc/self/ns/mnt", &fd);
	if (r == 0)
		r = ns_query_nsid(fd, &nsid);
	return r == -ENOTTY ? -EOPNOTSUPP : r;
}

/* By its handle, on Linux 6.19 and newer. */
static int open_by_nsid(const struct ns_wanted *wanted, int *ret_fd)
{
	_cleanup_close_ int fd = -EBADF;
	uint64_t nsid;
	int r;

	r = kernel_open_namespace(wanted->nsid, &fd);
	if (r >= 0)
		r = ns_query_nsid(fd, &nsid);
	if (r < 0)
		return r;
	if (nsid != wanted->nsid || (wanted->type >= 0 && ns_query_type(fd) != wanted->type))
		return -ENOENT;
	*ret_fd = take_fd(&fd);
	return 0;
}

int ns_find(const struct ns_wanted *wanted, struct scan_counts *counts, int *ret_fd)
{
	struct hunt hunted = {
		.type = wanted->type,
		.inode = wanted->inode,
		.nsid = wanted->nsid,
		.fd = -EBADF,
	};
	ns_set types = wanted->type >= 0 ? ns_set_of(wanted->type) : NS_SET_ALL;
	struct scan_counts unasked = { 0 };
	int r;

	counts = counts ? counts : &unasked;
	*counts = (struct scan_counts){ 0 };
	if (wanted->nsid) {
		if (open_by_nsid(wanted, ret_fd) == 0)
			return 0;
		r = check_nsid();
		if (r < 0)
			return r;
	}

	/* Most are found by a look at processes; only if that fails is it worth all the rest. */
	r = hunt(&hunted, types, source_bit(&source_processes), counts);
	if (r == 0 && hunted.fd < 0)
		r = hunt(&hunted, types, sources_by_default(), counts);
	if (hunted.fd >= 0) {
		*ret_fd = hunted.fd;
		return 0;
	}
	if (r < 0)
		return r;
	return scan_counts_refused(counts) ? -EACCES : -ENOENT;
}

static int compare_nodes(const void *a, const void *b, void *arg)
{
	const struct node *nodes = arg;
	ino_t x = nodes[*(const uint32_t *)a].id.ino, y = nodes[*(const uint32_t *)b].id.ino;

	return (x > y) - (x < y);
}

/* The places of all nodes in the inventory, by inode number; for the caller to free. */
static uint32_t *in_order(const struct inventory *inventory)
{
	uint32_t *order = xcalloc(inventory->n_nodes, sizeof(*order));

	for (uint32_t i = 0; i < inventory->n_nodes; i++)
		order[i] = i;
	if (inventory->n_nodes)
		qsort_r(order, inventory->n_nodes, sizeof(*order), compare_nodes, inventory->nodes);
	return order;
}

/* The lowest process that is in a namespace, not one that has only to do with it. */
static pid_t leader_in(const struct inventory *inventory, const struct node *node)
{
	return node->nprocs ? inventory->processes[node->leader].pid : 0;
}

int ns_find_all(ns_set types, int (*found)(void *context, const struct ns_found *found), void *context,
		struct scan_counts *counts)
{
	_cleanup_(inventory_release) struct inventory inventory = { 0 };
	_cleanup_(scan_release) struct scan scan = { .procfd = -EBADF };
	_cleanup_free_ uint32_t *order = NULL;
	struct scan_counts unasked;
	int r;

	r = scan_init(&scan, &inventory);
	if (r < 0)
		return r;
	scan.types = scan.held = types;
	r = run(&scan, sources_by_default(), counts ? counts : &unasked);
	if (r < 0)
		return r;
	order = in_order(&inventory);
	for (size_t i = 0; i < inventory.n_nodes; i++) {
		const struct node *node = &inventory.nodes[order[i]];
		struct ns_found one = { node->type, node->id, node->fd, leader_in(&inventory, node) };

		/* What could not be opened was gone by then. */
		if (!ns_set_has(types, node->type) || node->fd < 0)
			continue;
		r = found(context, &one);
		if (r != 0)
			return r;
	}
	return 0;
}
