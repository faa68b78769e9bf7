/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * survey.c - a scan, and words for what comes of it.
 */
#include "ls/survey.h"

#include "diag.h"
#include "proc.h"
#include "scan/source.h"

static void check_opened(int r)
{
	if (r == -ENODEV || r == -ENOENT)
		die_status(EXIT_UNSUPPORTED, 0, "/proc is not mounted here");
	if (r < 0)
		die(r, "cannot open /proc");
}

void survey_need_proc(void)
{
	_cleanup_close_ int fd = -EBADF;

	check_opened(proc_open(&fd));
}

void survey_init(struct scan *scan, struct inventory *inventory)
{
	check_opened(scan_init(scan, inventory));
	scan->may_have_threads = true;
}

void survey_run(struct scan *scan)
{
	const char *failed;
	int r = sources_scan(scan, &failed);

	if (r < 0)
		die(r, "cannot ask for %s", failed);
}
