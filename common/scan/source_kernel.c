/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * source_kernel.c - what the kernel itself lists: all namespaces that are in
 * use (Linux 6.19; not those that only a socket keeps), and before that all
 * mount namespaces (6.12). The host's root gets all of them, anyone else next
 * to nothing, and where the kernel or a filter refuses there are the other
 * sources; so no refusal here counts as a gap.
 */
#include "scan/source.h"

#include "kernel.h"
#include "ns_query.h"

enum { PAGE = 512 };

static void observe_listed(struct scan *scan, uint64_t nsid)
{
	_cleanup_close_ int fd = -EBADF;
	enum ns_type type;

	if (kernel_open_namespace(nsid, &fd) < 0)
		return; /* gone meanwhile */
	type = ns_query_type(fd);
	if (type >= 0 && ns_set_has(scan->types, type))
		observe_fd(scan, fd, EVIDENCE_KERNEL, NULL);
}

static ssize_t list_page(struct scan *scan, uint64_t *after)
{
	uint64_t ids[PAGE];
	ssize_t n = kernel_list_namespaces(*after, ids, PAGE);

	for (ssize_t i = 0; i < n && !scan_is_over(scan); i++)
		observe_listed(scan, ids[i]);
	if (n > 0)
		*after = ids[n - 1];
	return n;
}

static int list_all(struct scan *scan)
{
	uint64_t after = 0;
	ssize_t n;

	do {
		n = list_page(scan, &after);
	} while (n == PAGE && !scan_is_over(scan));
	return n < 0 ? (int)n : 0;
}

/* From our own mount namespace to the end of the kernel's list, in one direction. */
static void follow_mount_namespaces(struct scan *scan, bool backwards)
{
	_cleanup_close_ int fd = -EBADF;

	if (ns_open(scan->procfd, "self/ns/mnt", &fd) < 0)
		return;
	observe_fd(scan, fd, EVIDENCE_KERNEL, NULL);
	while (!scan_is_over(scan)) {
		int next = -EBADF;

		if (kernel_next_mount_namespace(fd, backwards, &next) < 0)
			return;
		close_fd(fd);
		fd = next;
		observe_fd(scan, fd, EVIDENCE_KERNEL, NULL);
	}
}

static int scan_kernel(struct scan *scan)
{
	if (list_all(scan) == 0)
		return 0;
	if (ns_set_has(scan->types, NS_MNT)) {
		follow_mount_namespaces(scan, true);
		follow_mount_namespaces(scan, false);
	}
	return 0;
}

const struct source source_kernel = {
	.name = "kernel",
	.help = "the kernel's own list (Linux 6.19, as the host's root)",
	.by_default = true,
	.evidence = EVIDENCE_KERNEL,
	.scan = scan_kernel,
};
