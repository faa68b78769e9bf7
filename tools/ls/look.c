/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * look.c - scanning, with words for what goes wrong.
 */
#include "ls/look.h"

#include "diag.h"
#include "scan/source.h"

void look_open(struct scan *scan, struct inventory *inventory)
{
	int r = scan_init(scan, inventory);

	if (r == -ENODEV || r == -ENOENT)
		die_status(EXIT_UNSUPPORTED, 0, "/proc is not mounted here");
	if (r < 0)
		die(r, "cannot open /proc");
}

void look_run(struct scan *scan)
{
	const char *failed;
	int r = sources_scan(scan, &failed);

	if (r < 0)
		die(r, "cannot ask for %s", failed);
}

void look_report_gaps(const struct scan *scan)
{
	_cleanup_free_ char *gaps = scan_counts_format(&scan->counts);

	if (gaps && (diag_is_verbose() || isatty(STDERR_FILENO)))
		warn(0, "incomplete: %s%s", gaps, geteuid() == 0 ? "" : " (run as root for all)");
}
