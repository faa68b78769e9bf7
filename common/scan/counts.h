/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * counts.h - how far a scan could see. Not seeing is data.
 */
#ifndef NSX_SCAN_COUNTS_H
#define NSX_SCAN_COUNTS_H

#include "base.h"

struct scan_counts {
	size_t processes;		 /* that there were */
	size_t processes_refused;	 /* those among them that could not be read, or not all of it */
	bool hides_processes;		 /* /proc shows those only that we may read (hidepid), so nobody knows how many */
	size_t mount_namespaces;	 /* that there were; 0 where mounts were not looked for */
	size_t mount_namespaces_refused; /* those among them that could not be searched, or not all of it */
};

static inline bool scan_counts_refused(const struct scan_counts *counts)
{
	return counts->processes_refused || counts->hides_processes || counts->mount_namespaces_refused;
}

/*
 * "231 of 410 processes could not be read; /proc hides others", for messages and for the caller to
 * free; NULL where nothing refused.
 */
char *scan_counts_format(const struct scan_counts *counts);

#endif /* NSX_SCAN_COUNTS_H */
