/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * run_each.h - the same program in many worlds, for the tools that run
 * programs in what exists: rows of options, the worlds, and from a world to
 * the objects that each.h prints. Which worlds there are, and what the plan for
 * one of them is, the tool says.
 */
#ifndef NSX_RUN_EACH_H
#define NSX_RUN_EACH_H

#include "base.h"
#include "cli.h"
#include "each.h"
#include "ns_id.h"
#include "ns_ref.h"
#include "plan.h"

#include <sys/resource.h>

/* Rows for a group of the tool, whose own codes begin at the second of these. */
enum { CODE_EACH_PARALLEL = CLI_EACH_CODES, RUN_EACH_TOOL_CODES };

#define ROW_EACH_JSON(exclusive)                                                                             \
	{                                                                                                    \
		'J', "json", CLI_NO_ARGUMENT, NULL, "print output and statuses as JSON, an object a line",   \
			exclusive                                                                            \
	}
#define ROW_EACH_PARALLEL                                                                                    \
	{                                                                                                    \
		CODE_EACH_PARALLEL, "parallel", CLI_REQUIRED, "N",                                           \
			"have up to N run at a time; 0: one for each CPU", 0                                 \
	}

/* The argument of --parallel. -EINVAL, -ERANGE. */
int parse_parallel(const char *argument, unsigned int *ret);

/* What one run is in. What it points to lives until the program ends. */
struct world {
	struct ns_ref ref; /* kind NS_REF_NONE: the namespace that `fd` is */
	int fd;		   /* -EBADF: there is a reference */
	/* For labels and JSON. */
	enum ns_type type; /* NS_TYPE_INVALID: not one namespace */
	struct ns_id id;   /* zeros: the same */
	pid_t leader;	   /* a process in it; 0: not known */
	char *label;
	char *name; /* of nsx-pin, or NULL */
};

struct worlds {
	struct world *list;
	size_t count;
	struct rlimit descriptors; /* what we were started with */
};

/* None yet. Raises our limit of open files: each world and each run may take some. */
void worlds_init(struct worlds *worlds);

/* Add one without a label, for the caller to fill in; or what a reference means, by the user's word. */
struct world *worlds_add(struct worlds *worlds);
struct world *worlds_add_reference(struct worlds *worlds, const struct ns_ref *ref);

/* The completed plan for a world. Called in the process of the run, which it may end. */
typedef struct plan world_plan(const void *context, const struct world *world);

/* Run it in each, in order, and end with what became of them (each.h). */
_noreturn_ void run_each(const struct worlds *worlds, const struct each_options *options,
			 world_plan *plan_for, const void *context);

#endif /* NSX_RUN_EACH_H */
