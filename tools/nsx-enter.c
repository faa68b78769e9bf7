/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nsx-enter - run a program in existing namespaces; setns(2).
 */
#include "cli.h"
#include "diag.h"
#include "plan.h"
#include "plan_cli.h"
#include "spawn.h"

/* The plan comes first, so that the groups of plan_cli.h can write to it. */
struct request {
	struct plan plan;
	bool explain;
};

_Static_assert(offsetof(struct request, plan) == 0, "groups of plan_cli.h write to a request");

enum { CODE_EXPLAIN = CLI_TOOL_CODES };

static const struct cli_option asking_options[] = {
	{ CODE_EXPLAIN, "explain", CLI_NO_ARGUMENT, NULL, "show the steps and do nothing", 0 },
};

static int apply_asking(void *data, _unused_ int code, _unused_ const char *argument)
{
	struct request *request = data;

	request->explain = true;
	return 0;
}

static const struct cli_group asking_group = {
	"Asking",
	asking_options,
	ARRAY_SIZE(asking_options),
	apply_asking,
};

static void parse(int argc, char **argv, struct request *request)
{
	const struct cli_group *groups[] = {
		&plan_cli_target_group,
		plan_cli_join_group(),
		&plan_cli_enter_identity_group,
		&plan_cli_world_group,
		&plan_cli_enter_life_group,
		&plan_cli_enter_tell_group,
		&asking_group,
		NULL,
	};
	const struct cli_program program = {
		.name = "nsx-enter",
		.usage = "[options] [program [argument ...]]",
		.purpose = "Run a program ($SHELL) in namespaces that exist.",
		.manual = "nsx-enter(1)",
		.groups = groups,
		.stops_at_operand = true,
	};
	int first = cli_parse(&program, argc, argv, request);

	if (first < argc) {
		request->plan.program = PROGRAM_ARGV;
		request->plan.argv = argv + first;
	}
}

int main(int argc, char **argv)
{
	struct request request = { .plan = PLAN_INIT };

	diag_init("nsx-enter", EXIT_NSX);
	request.plan.enters = true;
	/* In a copy of the mounts, what is mounted and unmounted outside goes on to show. */
	request.plan.propagation = PROPAGATION_SLAVE;
	parse(argc, argv, &request);
	plan_cli_complete(&request.plan);
	if (!plan_joins(&request.plan))
		die_usage("nothing to enter: name a target (--target PID) or a namespace (--net=REF)");
	if (request.explain) {
		spawn_explain(&request.plan, stdout);
		finish(EXIT_SUCCESS);
	}
	spawn_run(&request.plan);
}
