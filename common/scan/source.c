/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * source.c - the list of sources, and a run of them.
 */
#include "scan/source.h"

#include "diag.h"

const struct source *const sources[] = {
	&source_processes,
	NULL,
};

int sources_scan(struct scan *scan, const struct source **ret_failed)
{
	int r;

	for (const struct source *const *source = sources; *source; source++) {
		if (!(*source)->by_default)
			continue;
		r = (*source)->scan(scan);
		if (r < 0) {
			*ret_failed = *source;
			return r;
		}
		debug("asked %s: %zu namespaces, %zu processes so far", (*source)->name,
		      scan->inventory->n_nodes, scan->inventory->n_processes);
	}
	inventory_link(scan->inventory);
	return 0;
}
