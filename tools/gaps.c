/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gaps.c - telling of gaps.
 */
#include "gaps.h"

#include "diag.h"

void tell_gaps(const struct scan_counts *counts)
{
	_cleanup_free_ char *gaps = scan_counts_format(counts);

	if (gaps && (diag_is_verbose() || isatty(STDERR_FILENO)))
		warn(0, "incomplete: %s%s", gaps, geteuid() == 0 ? "" : " (run as root for all)");
}
