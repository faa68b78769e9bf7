/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nsx-enter - run a program in existing namespaces; setns(2).
 */
#include "cli.h"
#include "diag.h"
#include "enter_each.h"
#include "plan.h"
#include "plan_cli.h"
#include "spawn.h"

/* Each structure comes first in the next, so that groups of options can write to what is theirs. */
struct request {
	struct enter_request enter;
	bool explain;
};

_Static_assert(offsetof(struct request, enter) == 0, "groups of options write to a request");

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
	struct enter_request *enter = &request->enter;
	const struct cli_group *groups[] = {
		&plan_cli_target_group,
		plan_cli_join_group(),
		&plan_cli_enter_identity_group,
		&plan_cli_world_group,
		&plan_cli_enter_life_group,
		&plan_cli_enter_tell_group,
		&enter_each_group,
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
		enter->plan.program = PROGRAM_ARGV;
		enter->plan.argv = argv + first;
	}
	if (enter->each.given && !enter->each.count)
		die_usage("--%s is for many runs: add --each", enter->each.given);
	if (request->explain && enter->each.count)
		die_usage("--explain shows one run: leave out --each");
}

int main(int argc, char **argv)
{
	struct request request = { .enter = { .plan = PLAN_INIT, .each = EACH_REQUEST_INIT } };
	struct plan *plan = &request.enter.plan;

	diag_init("nsx-enter", EXIT_NSX);
	plan_enter(plan);
	parse(argc, argv, &request);
	if (!request.explain)
		plan_cli_claim(plan);
	if (request.enter.each.count)
		enter_each(&request.enter);
	plan_cli_complete(plan);
	if (!plan_joins(plan))
		die_usage("nothing to enter: name a target (--target PID) or a namespace (--net=REF)");
	if (request.explain) {
		spawn_explain(plan, stdout);
		finish(EXIT_SUCCESS);
	}
	spawn_run(plan);
}
