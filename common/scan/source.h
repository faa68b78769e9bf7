/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * source.h - ways of finding namespaces: one file and one row each.
 *
 * A source walks what it knows to walk, hands what it sees to observe(), and
 * counts what refused. What vanishes under its hands is none of its concern.
 */
#ifndef NSX_SCAN_SOURCE_H
#define NSX_SCAN_SOURCE_H

#include "base.h"
#include "scan/observe.h"

struct source {
	const char *name;
	const char *help;
	bool by_default;
	/* 0, or -errno where the source as a whole cannot work. */
	int (*scan)(struct scan *scan);
};

/* source_proc.c */
extern const struct source source_processes;

/* All of them, in the order in which they are asked; ends in NULL. */
extern const struct source *const sources[];

/*
 * Ask every source that is asked by default, then link the inventory. Returns
 * 0 or the -errno of the first that fails, whose row *ret_failed then is.
 */
int sources_scan(struct scan *scan, const struct source **ret_failed);

#endif /* NSX_SCAN_SOURCE_H */
