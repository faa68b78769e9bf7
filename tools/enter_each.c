/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * enter_each.c - from the words after --each to worlds, and from a world to
 * the plan of one run.
 */
#include "enter_each.h"

#include <fcntl.h>
#include <string.h>

#include "diag.h"
#include "gaps.h"
#include "ns_find.h"
#include "pin_registry.h"
#include "plan_cli.h"

enum { CODE_EACH = RUN_EACH_TOOL_CODES, CODE_LABEL };

enum { EXCLUSIVE_OUTPUT = PLAN_EXCLUSIVE_OTHER };

/* Options. */

static const struct cli_option each_options[] = {
	{ CODE_EACH, "each", CLI_REQUIRED, "TYPE|REF[,...]",
	  "run the program in each namespace of TYPE, or in what each REF means", PLAN_EXCLUSIVE_TARGET },
	{ CODE_LABEL, "label", CLI_NO_ARGUMENT, NULL, "say in front of each line of output where it is from",
	  EXCLUSIVE_OUTPUT },
	ROW_EACH_JSON(EXCLUSIVE_OUTPUT),
	ROW_EACH_PARALLEL,
};

/* "net", "pin:blue": a word that is neither is a path, and has a slash. */
static int parse_word_of_each(char *text, struct each_word *ret)
{
	struct each_word word = { .type = ns_type_from_name(text) };
	int r;

	if (word.type == NS_TYPE_INVALID) {
		r = ns_ref_parse(text, &word.ref);
		if (r < 0)
			return r;
		if (word.ref.kind == NS_REF_PATH && !strchr(text, '/'))
			return -EINVAL;
	}
	*ret = word;
	return 0;
}

/* The words stay in memory: references point into them. */
static int apply_each_list(struct each_request *each, const char *argument)
{
	char *rest = xstrdup(argument);
	char *text;

	while ((text = strsep(&rest, ","))) {
		int r;

		each->words = xreallocarray(each->words, each->count + 1, sizeof(*each->words));
		r = parse_word_of_each(text, &each->words[each->count]);
		if (r < 0)
			return r;
		each->count++;
	}
	return 0;
}

static int apply_each(void *data, int code, const char *argument)
{
	struct enter_request *request = data;
	struct each_request *each = &request->each;

	switch (code) {
	case CODE_EACH:
		return apply_each_list(each, argument);
	case CODE_LABEL:
		each->given = "label";
		each->options.labels = true;
		return 0;
	case 'J':
		each->given = "json";
		each->options.json = true;
		return 0;
	case CODE_EACH_PARALLEL:
		each->given = "parallel";
		return parse_parallel(argument, &each->options.parallel);
	}
	return -EINVAL;
}

const struct cli_group enter_each_group = {
	"Everywhere",
	each_options,
	ARRAY_SIZE(each_options),
	apply_each,
};

/* Worlds. */

static int add_found(void *context, const struct ns_found *found)
{
	char link[NS_LINK_SIZE];
	struct world *world;
	int fd;

	fd = fcntl(found->fd, F_DUPFD_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	ns_link_format(found->type, found->id.ino, link);
	world = worlds_add(context);
	world->fd = fd;
	world->type = found->type;
	world->id = found->id;
	world->leader = found->leader;
	world->label = xstrdup(link);
	return 0;
}

/* The namespaces of a type, whatever keeps them alive. */
static void find_all(struct worlds *worlds, enum ns_type type)
{
	struct scan_counts counts;
	int r;

	r = ns_find_all(ns_set_of(type), add_found, worlds, &counts);
	if (r < 0)
		die(r, "cannot find the %s namespaces", ns_types[type].name);
	tell_gaps(&counts);
}

/* Names say more than numbers. */
static void note_name(struct worlds *worlds, enum ns_type type, struct ns_id id, const char *name)
{
	for (size_t i = 0; i < worlds->count; i++) {
		struct world *world = &worlds->list[i];

		if (world->fd < 0 || world->name || world->type != type || !ns_id_equal(world->id, id))
			continue;
		world->name = xstrdup(name);
		free(world->label);
		world->label = xasprintf("pin:%s", name);
	}
}

static int note_pin(void *context, const struct pin *pin)
{
	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		_cleanup_close_ int fd = -EBADF;
		struct ns_id id;

		if (pin_open_type(pin, type, &fd) == 0 && ns_id_of_fd(fd, &id) == 0)
			note_name(context, type, id, pin->name);
	}
	return 0;
}

static void find_worlds(const struct each_request *each, struct worlds *worlds)
{
	int r;

	for (size_t i = 0; i < each->count; i++) {
		const struct each_word *word = &each->words[i];

		if (word->type == NS_TYPE_INVALID)
			worlds_add_reference(worlds, &word->ref);
		else
			find_all(worlds, word->type);
	}
	if (worlds->count == 0)
		die(0, "there is no namespace to enter");
	r = pin_visit(false, note_pin, worlds);
	if (r < 0)
		debug("cannot look for names: %s", strerror(-r));
}

/* From a world to a plan. */

/* Have the plan enter one open namespace, whose type was given as an option, or none was. */
static void join_descriptor(struct plan *plan, int fd, enum ns_type type, const char *text)
{
	if (plan->join_all || (plan->join_types & ~ns_set_of(type)))
		die_usage("'%s' is a %s namespace: other types need a reference of their own", text,
			  ns_types[type].name);
	plan->join_types = 0;
	/* The option that names another one of this type counts, as it does beside a target. */
	if (plan->join[type].kind != NS_REF_NONE)
		return;
	plan->join[type] = (struct ns_ref){
		.kind = NS_REF_PATH,
		.text = text,
		.type = NS_TYPE_INVALID,
		.name = xasprintf("/proc/self/fd/%d", fd),
	};
}

static struct plan plan_for(const void *context, const struct world *world)
{
	const struct enter_request *request = context;
	struct plan plan = request->plan;

	if (world->type >= 0) /* then it is open */
		join_descriptor(&plan, world->fd, world->type, world->label);
	else
		plan.target = world->ref;
	plan_cli_complete(&plan);
	return plan;
}

void enter_each(const struct enter_request *request)
{
	struct worlds worlds;

	if (request->plan.program != PROGRAM_ARGV)
		die_usage("--each needs a program to run");
	if (request->plan.pty)
		die_usage("--pty is for one program: leave out --each");
	if (request->plan.pid_file)
		die_usage(
			"--pid-file is for one program, and each run would write over it: leave out --each");
	worlds_init(&worlds);
	find_worlds(&request->each, &worlds);
	/* Wrong usage is said once, not by each run. */
	(void)plan_for(request, &worlds.list[0]);
	run_each(&worlds, &request->each.options, plan_for, request);
}
