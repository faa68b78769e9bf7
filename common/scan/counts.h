/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * counts.h - how far a scan could see. Not seeing is data.
 */
#ifndef NSX_SCAN_COUNTS_H
#define NSX_SCAN_COUNTS_H

#include "base.h"

struct scan_counts {
	size_t processes;	      /* that were there */
	size_t processes_refused;     /* those among them that could not be read, or not all of it */
	size_t mount_namespaces;      /* that were there; 0 where mounts were not looked at */
	size_t mount_namespaces_refused; /* those among them that could not be searched, or not all of it */
};

static inline bool scan_counts_refused(const struct scan_counts *counts)
{
	return counts->processes_refused || counts->mount_namespaces_refused;
}

#endif /* NSX_SCAN_COUNTS_H */
