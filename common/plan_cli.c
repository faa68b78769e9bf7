/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plan_cli.c - from the options written down to a plan that is complete.
 * plan_cli_*.c have the options, by topic: rows, and what each writes down.
 */
#include "plan_cli.h"

#include <fcntl.h>

#include "diag.h"

static bool is_closed(int fd)
{
	return diag_has_filled(fd) || (fcntl(fd, F_GETFD) < 0 && errno == EBADF);
}

void plan_cli_claim(struct plan *plan)
{
	struct plan_descriptor list[PLAN_DESCRIPTOR_COUNT];
	const struct ns_ref *net = &plan->join[NS_NET];

	plan_descriptors(plan, list);
	for (size_t i = 0; i < ARRAY_SIZE(list); i++)
		if (list[i].fd >= 0 && is_closed(list[i].fd))
			die(-EBADF, "cannot use descriptor %d for %s", list[i].fd, list[i].option);
	/* It may be a number of the target's. */
	plan->lacks_socket = net->kind == NS_REF_SOCKET && is_closed(net->fd);
}

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
