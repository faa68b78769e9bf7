/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nsx-unshare - run a program in new namespaces; unshare(2).
 */
#include "cli.h"
#include "diag.h"
#include "plan.h"
#include "plan_cli.h"
#include "spawn.h"
#include "unshare_check.h"

/* The plan comes first, so that the groups of plan_cli.h can write to it. */
struct request {
	struct plan plan;
	bool check;
	bool explain;
	bool json;
};

_Static_assert(offsetof(struct request, plan) == 0, "groups of plan_cli.h write to a request");

enum { CODE_CHECK = CLI_TOOL_CODES, CODE_EXPLAIN };
enum { EXCLUSIVE_DOING = PLAN_EXCLUSIVE_OTHER };

static const struct cli_option asking_options[] = {
	{ CODE_EXPLAIN, "explain", CLI_NO_ARGUMENT, NULL, "show the steps and do nothing", EXCLUSIVE_DOING },
	{ CODE_CHECK, "check", CLI_NO_ARGUMENT, NULL,
	  "try what you can create and set up here; status 1 where something cannot be", EXCLUSIVE_DOING },
	{ 'J', "json", CLI_NO_ARGUMENT, NULL, "with --check: print JSON", 0 },
};

static int apply_asking(void *data, int code, _unused_ const char *argument)
{
	struct request *request = data;

	switch (code) {
	case CODE_EXPLAIN:
		request->explain = true;
		return 0;
	case CODE_CHECK:
		request->check = true;
		return 0;
	case 'J':
		request->json = true;
		return 0;
	}
	return -EINVAL;
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
		plan_cli_create_group("Namespaces to create; FILE keeps one", true),
		&plan_cli_choice_group,
		&plan_cli_id_map_group,
		&plan_cli_identity_group,
		&plan_cli_files_group,
		&plan_cli_life_group,
		&plan_cli_tell_group,
		&asking_group,
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
	int first = cli_parse(&program, argc, argv, request);

	if (first < argc) {
		request->plan.program = PROGRAM_ARGV;
		request->plan.argv = argv + first;
	}
	if (request->json && !request->check)
		die_usage("--json goes with --check");
}

int main(int argc, char **argv)
{
	struct request request = { .plan = PLAN_INIT };

	diag_init("nsx-unshare", EXIT_NSX);
	parse(argc, argv, &request);
	if (request.check)
		finish(unshare_check(request.json));
	if (!request.explain)
		plan_cli_claim(&request.plan);
	plan_cli_complete(&request.plan);
	if (request.explain) {
		spawn_explain(&request.plan, stdout);
		finish(EXIT_SUCCESS);
	}
	spawn_run(&request.plan);
}
