/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * enter_each.h - nsx-enter --each: the same program in many worlds.
 */
#ifndef NSX_ENTER_EACH_H
#define NSX_ENTER_EACH_H

#include "base.h"
#include "cli.h"
#include "plan.h"
#include "run_each.h"

/* Each namespace of a type, or what one reference means. */
struct each_word {
	enum ns_type type; /* NS_TYPE_INVALID: a reference */
	struct ns_ref ref;
};

struct each_request {
	struct each_word *words;
	size_t count; /* 0: without --each */
	struct each_options options;
	const char *given; /* an option that makes sense with --each only, or NULL */
};

#define EACH_REQUEST_INIT                                    \
	((struct each_request){ .options = { .parallel = 1 } })

/* What nsx-enter was asked for; the plan comes first, so that groups of plan_cli.h can write to it. */
struct enter_request {
	struct plan plan;
	struct each_request each;
};

_Static_assert(offsetof(struct enter_request, plan) == 0, "groups of plan_cli.h write to a request");

extern const struct cli_group enter_each_group;

/* Run plan.argv in each, and end with what became of them. */
_noreturn_ void enter_each(const struct enter_request *request);

#endif /* NSX_ENTER_EACH_H */
