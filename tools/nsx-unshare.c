/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nsx-unshare - run a program in new namespaces; unshare(2).
 */
#include "cli.h"
#include "diag.h"
#include "plan.h"
#include "plan_cli.h"
#include "spawn.h"

static void parse(int argc, char **argv, struct plan *plan)
{
	const struct cli_group *groups[] = {
		plan_cli_create_group(true),
		&plan_cli_id_map_group,
		&plan_cli_files_group,
		&plan_cli_life_group,
		NULL,
	};
	const struct cli_program program = {
		.name = "nsx-unshare",
		.usage = "[options] [program [argument ...]]",
		.purpose = "Run a program ($SHELL) in new namespaces.",
		.manual = "nsx-unshare(1)",
		.groups = groups,
		.stops_at_operand = true,
	};
	int first = cli_parse(&program, argc, argv, plan);

	if (first < argc) {
		plan->program = PROGRAM_ARGV;
		plan->argv = argv + first;
	}
}

int main(int argc, char **argv)
{
	struct plan plan = { 0 };

	diag_init("nsx-unshare", EXIT_NSX);
	parse(argc, argv, &plan);
	plan_cli_complete(&plan);
	spawn_run(&plan);
}
