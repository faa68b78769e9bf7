/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plan_cli.c - from the options written down to a plan that is complete.
 * plan_cli_*.c have the options, by topic: rows, and what each writes down.
 */
#include "plan_cli.h"

#include "diag.h"

void plan_cli_complete(struct plan *plan)
{
	_cleanup_(plan_facts_release) struct plan_facts facts = { 0 };
	_cleanup_free_ char *unknown = NULL;
	const char *problem;
	int r;

	r = plan_facts_gather(plan, &facts, &unknown);
	if (r < 0)
		die(unknown ? 0 : r, "%s", unknown ? unknown : "cannot look up what the options name");
	r = plan_complete(plan, &facts, &problem);
	if (r < 0)
		die_usage("%s", problem);
}
