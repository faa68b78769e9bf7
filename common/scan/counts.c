/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * counts.c - gaps in words.
 */
#include "scan/counts.h"

#include "diag.h"

char *scan_counts_format(const struct scan_counts *counts)
{
	_cleanup_free_ char *processes = NULL, *mounts = NULL;
	const char *hidden = counts->hides_processes ? "/proc hides processes of others" : NULL;

	if (counts->processes_refused)
		processes = xasprintf("%zu of %zu processes", counts->processes_refused, counts->processes);
	if (counts->mount_namespaces_refused)
		mounts = xasprintf("%zu of %zu mount namespaces", counts->mount_namespaces_refused,
				   counts->mount_namespaces);
	if (!processes && !mounts)
		return hidden ? xstrdup(hidden) : NULL;
	return xasprintf("%s%s%s could not be read%s%s", processes ? processes : "",
			 processes && mounts ? " and " : "", mounts ? mounts : "", hidden ? "; " : "",
			 hidden ? hidden : "");
}
