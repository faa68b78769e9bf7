/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * exec.c - nsx-pin exec: run a program in what names keep. The plan is that of
 * nsx-enter, with the mounts that "ip netns exec" makes.
 */
#include "diag.h"
#include "pin/tool.h"
#include "pin_registry.h"
#include "plan_cli.h"
#include "run_each.h"
#include "spawn.h"

/* The user's word is the name alone. */
static struct ns_ref reference_to(const char *name)
{
	return (struct ns_ref){ .kind = NS_REF_PIN, .text = name, .type = NS_TYPE_INVALID, .name = name };
}

static struct plan plan_to_enter(const struct request *request, const char *name, ns_set types)
{
	struct plan plan = request->plan;

	plan_enter(&plan);
	plan.target = reference_to(name);
	if (ns_set_has(types, NS_NET) && !request->no_mounts) {
		plan.sys = "/sys";
		plan.sys_may_stay = true;
		plan.shows_etc = true;
	}
	plan_cli_complete(&plan);
	return plan;
}

static struct plan plan_for(const struct request *request, const char *name)
{
	_cleanup_(pin_release) struct pin pin = PIN_NONE;

	/* Any other status may be the program's. */
	find_name(name, EXIT_NSX, &pin);
	return plan_to_enter(request, name, pin_record_types(&pin.record));
}

/* --- Several */

static void add_world(struct worlds *worlds, const char *name)
{
	struct ns_ref ref = reference_to(name);

	worlds_add_reference(worlds, &ref);
}

static int add_pin(void *context, const struct pin *pin)
{
	add_world(context, xstrdup(pin->name));
	return 0;
}

static void find_worlds(const struct request *request, struct worlds *worlds)
{
	/* A word that is no name is rather part of a command: then nothing is to run. */
	for (int i = 0; i < request->count; i++) {
		_cleanup_(pin_release) struct pin pin = PIN_NONE;
		const char *name = check_name(request->operands[i]);
		int r = pin_find(name, &pin);

		if (r < 0 && r != -ENOENT)
			die(r, "cannot look up '%s'", name);
		if (r < 0 || !(pin.is_closed || pin_record_types(&pin.record)))
			die(0, "there is no name '%s'; all words before the '--' are names", name);
		add_world(worlds, name);
	}
	if (request->all)
		visit_names(true, add_pin, worlds);
}

static struct plan plan_for_world(const void *context, const struct world *world)
{
	return plan_for(context, world->name);
}

static _noreturn_ void exec_in_each(const struct request *request)
{
	struct each_options options = request->each;
	struct worlds worlds;

	worlds_init(&worlds);
	find_worlds(request, &worlds);
	if (worlds.count == 0)
		finish(EXIT_SUCCESS);
	/* What is wrong whatever the name is said once, not by each run. */
	(void)plan_to_enter(request, worlds.list[0].name, 0);
	options.json = request->json;
	options.labels = !request->json;
	if (!options.parallel)
		options.parallel = 1;
	run_each(&worlds, &options, plan_for_world, request);
}

void run_exec(struct request *request)
{
	bool is_one = request->count == 1 && !request->json && !request->each.parallel;
	struct plan plan;

	if (!is_one)
		exec_in_each(request);
	plan = plan_for(request, check_name(request->operands[0]));
	spawn_run(&plan);
}
