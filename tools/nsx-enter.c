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

static void parse(int argc, char **argv, struct enter_request *request)
{
	const struct cli_group *groups[] = {
		&plan_cli_target_group,	    plan_cli_join_group(), &plan_cli_enter_identity_group,
		&plan_cli_enter_life_group, &enter_each_group,	   NULL,
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
	if (request->each.given && !request->each.count)
		die_usage("--%s is for many runs: add --each", request->each.given);
}

int main(int argc, char **argv)
{
	struct enter_request request = { .plan = PLAN_INIT, .each = EACH_REQUEST_INIT };

	diag_init("nsx-enter", EXIT_NSX);
	parse(argc, argv, &request);
	if (request.each.count)
		enter_each(&request);
	plan_cli_complete(&request.plan);
	if (!plan_joins(&request.plan))
		die_usage("nothing to enter: name a target (--target PID) or a namespace (--net=REF)");
	spawn_run(&request.plan);
}
