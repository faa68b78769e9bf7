/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plan_cli_types.c - options that say which namespaces: to create, to enter,
 * to keep, and the clocks of a new one. No effects.
 */
#include "plan_cli.h"

#include <string.h>

#include "ns_cli.h"
#include "pin_path.h"
#include "text.h"

enum {
	CODE_SHARE = CLI_CREATE_CODES,
	CODE_JOIN,
	CODE_PIN,
	CODE_MONOTONIC,
	CODE_BOOTTIME,
	CODE_UPTIME,
	CODE_USER_PARENT,
	CODE_FOR_CHILDREN,
};

/* Types to create. */

static int apply_create(void *request, int code, const char *argument)
{
	enum ns_type type = ns_type_from_letter(code);
	struct plan *plan = request;

	plan->create |= ns_set_of(type);
	if (argument) {
		if (!*argument)
			return -EINVAL;
		plan->keep_at[type] = argument;
	}
	return 0;
}

const struct cli_group *plan_cli_create_group(const char *heading, bool with_files)
{
	static struct cli_option rows[NS_TYPE_COUNT];
	static struct cli_group group = { NULL, rows, ARRAY_SIZE(rows), apply_create };

	group.heading = heading;
	ns_cli_fill(rows, with_files ? CLI_LONG_OPTIONAL : CLI_NO_ARGUMENT, "FILE");
	return &group;
}

#define ROW_ALL                                                                                              \
	{                                                                                                    \
		'a', "all", CLI_NO_ARGUMENT, NULL, "create all types that you can create here", 0            \
	}
#define ROW_SHARE                                                                                            \
	{                                                                                                    \
		CODE_SHARE, "share", CLI_REQUIRED, "TYPE[,TYPE...]", "but not these", 0                      \
	}
#define ROWS_OF_CLOCKS                                                                                       \
	{ CODE_MONOTONIC,                                                                                    \
	  "monotonic",                                                                                       \
	  CLI_REQUIRED,                                                                                      \
	  "SPAN",                                                                                            \
	  "offset of the monotonic clock (90, -1.5, 90min, 2d); implies --time",                             \
	  0 },                                                                                               \
		{ CODE_BOOTTIME,                                                                             \
		  "boottime",                                                                                \
		  CLI_REQUIRED,                                                                              \
		  "SPAN",                                                                                    \
		  "offset of the boot clock; implies --time",                                                \
		  0 },                                                                                       \
	{                                                                                                    \
		CODE_UPTIME, "uptime", CLI_REQUIRED, "SPAN", "where the boot clock starts; implies --time",  \
			0                                                                                    \
	}

static const struct cli_option choice_options[] = {
	ROW_ALL,
	ROW_SHARE,
	{ CODE_JOIN, "join", CLI_REQUIRED, "TYPE=REF",
	  "enter that one instead: of a process, a file, pin:NAME ... (nsx(7))", 0 },
	{ CODE_PIN, "pin", CLI_REQUIRED, "NAME", "keep all new ones under NAME, as nsx-pin does", 0 },
	ROWS_OF_CLOCKS,
};

/* Where a name to keep them under is given anyhow. */
static const struct cli_option pin_choice_options[] = {
	ROW_ALL,
	ROW_SHARE,
	ROWS_OF_CLOCKS,
};

/* "net=pin:blue" */
static int apply_join_word(struct plan *plan, const char *argument)
{
	const char *equals = strchr(argument, '=');
	_cleanup_free_ char *name = NULL;
	enum ns_type type;

	if (!equals)
		return -EINVAL;
	name = strndup(argument, (size_t)(equals - argument));
	if (!name)
		return -ENOMEM;
	type = ns_type_from_name(name);
	return type < 0 ? type : ns_ref_parse(equals + 1, &plan->join[type]);
}

static int apply_span(struct plan_offset *offset, const char *argument)
{
	int r;

	r = parse_time_span(argument, &offset->offset);
	if (r == 0)
		offset->is_given = true;
	return r;
}

static int apply_choice(void *request, int code, const char *argument)
{
	struct plan *plan = request;
	ns_set share;
	int r;

	switch (code) {
	case 'a':
		plan->create_all = true;
		return 0;
	case CODE_SHARE:
		r = ns_set_parse(argument, &share, NULL);
		if (r == 0)
			plan->share |= share;
		return r;
	case CODE_JOIN:
		return apply_join_word(plan, argument);
	case CODE_PIN:
		plan->pin = argument;
		return pin_name_problem(argument) ? -EINVAL : 0;
	case CODE_MONOTONIC:
		return apply_span(&plan->offsets[CLOCK_OFFSET_MONOTONIC], argument);
	case CODE_BOOTTIME:
		return apply_span(&plan->offsets[CLOCK_OFFSET_BOOTTIME], argument);
	case CODE_UPTIME:
		r = apply_span(&plan->uptime, argument);
		/* No clock shows less than 0. */
		return r == 0 && plan->uptime.offset.tv_sec < 0 ? -ERANGE : r;
	}
	return -EINVAL;
}

const struct cli_group plan_cli_choice_group = {
	"Choosing, keeping, clocks",
	choice_options,
	ARRAY_SIZE(choice_options),
	apply_choice,
};

const struct cli_group plan_cli_pin_choice_group = {
	"Choosing, clocks",
	pin_choice_options,
	ARRAY_SIZE(pin_choice_options),
	apply_choice,
};

/* Types to join. */

static int apply_join(void *request, int code, const char *argument)
{
	enum ns_type type = ns_type_from_letter(code);
	struct plan *plan = request;

	if (argument)
		return ns_ref_parse(argument, &plan->join[type]);
	plan->join_types |= ns_set_of(type);
	return 0;
}

const struct cli_group *plan_cli_join_group(void)
{
	static struct cli_option rows[NS_TYPE_COUNT];
	static struct cli_group group = { NULL, rows, ARRAY_SIZE(rows), apply_join };

	group.heading = "Namespaces to enter; of the target, or of REF";
	ns_cli_fill(rows, CLI_OPTIONAL, "REF");
	return &group;
}

static const struct cli_option target_options[] = {
	{ 't', "target", CLI_REQUIRED, "REF",
	  "what to enter: a process (PID, unit:NAME, container:ID ...), pin:NAME, a namespace",
	  PLAN_EXCLUSIVE_TARGET },
	{ 'a', "all", CLI_NO_ARGUMENT, NULL,
	  "enter all namespaces of the target that differ from ours; so does a target alone", 0 },
	{ 'N', "net-socket", CLI_REQUIRED, "FD",
	  "enter the net namespace of this open socket of the target; without one, of ours", 0 },
	{ CODE_USER_PARENT, "user-parent", CLI_NO_ARGUMENT, NULL,
	  "enter the parent of the user namespace, or the owner of what else is entered", 0 },
	{ CODE_FOR_CHILDREN, "for-children", CLI_NO_ARGUMENT, NULL,
	  "of a process take the pid and time namespace that its children get", 0 },
};

static int apply_net_socket(struct plan *plan, const char *argument)
{
	struct ns_ref ref = { .kind = NS_REF_SOCKET, .text = argument, .type = NS_TYPE_INVALID };
	int r;

	r = parse_fd(argument, &ref.fd);
	if (r == 0)
		plan->join[NS_NET] = ref;
	return r;
}

static int apply_target(void *request, int code, const char *argument)
{
	struct plan *plan = request;

	switch (code) {
	case 't':
		plan->has_two_targets = plan->target.kind != NS_REF_NONE;
		return ns_ref_parse(argument, &plan->target);
	case 'a':
		plan->join_all = true;
		return 0;
	case 'N':
		return apply_net_socket(plan, argument);
	case CODE_USER_PARENT:
		plan->joins_user_parent = true;
		return 0;
	case CODE_FOR_CHILDREN:
		plan->for_children = true;
		return 0;
	}
	return -EINVAL;
}

const struct cli_group plan_cli_target_group = {
	"Target",
	target_options,
	ARRAY_SIZE(target_options),
	apply_target,
};
