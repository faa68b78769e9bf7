/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nsx-pin - keep namespaces under a name; mount(2). The verbs are in tools/pin/.
 */
#include <string.h>

#include "diag.h"
#include "hint.h"
#include "pin/tool.h"
#include "pin_path.h"
#include "plan_cli.h"
#include "run_each.h"

/* --- Options of our own */

enum {
	CODE_HOLD = CLI_TOOL_CODES,
	CODE_MODE,
	CODE_KILL,
	CODE_FORCE,
	CODE_NO_WAIT,
	CODE_DRY_RUN,
	CODE_INITIAL,
	CODE_NO_MOUNTS,
};

/* Permission bits, in octal as chmod(1) takes them. */
static int parse_mode(const char *text, int *ret)
{
	char *end;
	unsigned long mode;

	if (!*text || text[strspn(text, "01234567")])
		return -EINVAL;
	mode = strtoul(text, &end, 8);
	if (mode > 0777)
		return -ERANGE;
	*ret = (int)mode;
	return 0;
}

static int apply_own(void *data, int code, const char *argument)
{
	struct request *request = data;

	switch (code) {
	case 'J':
		request->json = true;
		return 0;
	case 'n':
		request->no_headings = true;
		return 0;
	case 'r':
		request->raw = true;
		return 0;
	case 'o':
		request->columns = argument;
		return *argument ? 0 : -EINVAL;
	case 'H':
		request->lists_columns = true;
		return 0;
	case 'a':
		request->all = true;
		return 0;
	case CODE_HOLD:
		request->plan.pin_holds = true;
		return 0;
	case CODE_MODE:
		return parse_mode(argument, &request->plan.pin_mode);
	case CODE_KILL:
		request->kills = true;
		return 0;
	case CODE_FORCE:
		request->forces = true;
		return 0;
	case CODE_NO_WAIT:
		request->no_wait = true;
		return 0;
	case CODE_DRY_RUN:
		request->dry_run = true;
		return 0;
	case CODE_INITIAL:
		request->initial = true;
		return 0;
	case 'u':
		request->plan.become = argument;
		return *argument ? 0 : -EINVAL;
	case CODE_NO_MOUNTS:
		request->no_mounts = true;
		return 0;
	case CODE_EACH_PARALLEL:
		return parse_parallel(argument, &request->each.parallel);
	}
	return -EINVAL;
}

#define GROUP(variable, heading, ...)                                                                        \
	static const struct cli_option variable##_options[] = { __VA_ARGS__ };                               \
	static const struct cli_group variable = { heading, variable##_options,                              \
						   ARRAY_SIZE(variable##_options), apply_own }

#define ROW_JSON                                                                                             \
	{                                                                                                    \
		'J', "json", CLI_NO_ARGUMENT, NULL, "print JSON", 0                                          \
	}

GROUP(json_group, "Output", ROW_JSON);
GROUP(list_group, "Output", ROW_JSON,
      { 'n', "noheadings", CLI_NO_ARGUMENT, NULL, "do not print headings", 0 },
      { 'r', "raw", CLI_NO_ARGUMENT, NULL, "one blank between cells, blanks in them as \\x20", 0 },
      { 'o', "output", CLI_REQUIRED, "COLUMN[,COLUMN...]", "print these columns", 0 },
      { 'H', "list-columns", CLI_NO_ARGUMENT, NULL, "say which columns there are, and end", 0 });
GROUP(keep_group, "Keeping",
      { CODE_HOLD, "hold", CLI_NO_ARGUMENT, NULL, "by a process that holds them, not by mounts", 0 },
      { CODE_MODE, "mode", CLI_REQUIRED, "MODE", "who may look into the name and enter it (0700)", 0 });
GROUP(exec_group, "Running",
      { 'u', "user", CLI_REQUIRED, "USER", "run the program as USER, with their group and groups", 0 },
      { CODE_NO_MOUNTS, "no-mounts", CLI_NO_ARGUMENT, NULL,
	"mount nothing: neither the network's /sys nor its files of /etc/netns", 0 },
      { 'a', "all", CLI_NO_ARGUMENT, NULL, "in all names that are yours", 0 }, ROW_EACH_JSON(0),
      ROW_EACH_PARALLEL);
GROUP(del_group, "Deleting", { 'a', "all", CLI_NO_ARGUMENT, NULL, "all names that are yours", 0 },
      { CODE_KILL, "kill", CLI_NO_ARGUMENT, NULL, "kill the processes inside first", 0 },
      { CODE_FORCE, "force", CLI_NO_ARGUMENT, NULL,
	"leave processes and physical network devices where they are, and delete the name", 0 },
      { CODE_NO_WAIT, "no-wait", CLI_NO_ARGUMENT, NULL, "do not wait until the namespaces are gone", 0 });
GROUP(gc_group, "Removing", { CODE_DRY_RUN, "dry-run", CLI_NO_ARGUMENT, NULL, "only say what", 0 });
GROUP(monitor_group, "Watching",
      { CODE_INITIAL, "initial", CLI_NO_ARGUMENT, NULL, "begin with the names that are there", 0 });

/* --- Verbs */

static const struct cli_group *types_to_create(void)
{
	return plan_cli_create_group("Namespaces to create", false);
}

static const struct cli_group *types_to_keep(void)
{
	return plan_cli_create_group("Namespaces to keep", false);
}

/* In the order of --help. */
static const struct verb verbs[] = {
	{ .name = "list",
	  .usage = "[NAME...] [options]",
	  .purpose = "List names, what they keep, and how that fares.",
	  .most = -1,
	  .groups = { &list_group },
	  .run = run_list },
	{ .name = "show",
	  .usage = "[NAME] [options]",
	  .purpose = "Show all of one name; without one, list.",
	  .most = 1,
	  .groups = { &list_group },
	  .run = run_show },
	{ .name = "add",
	  .usage = "NAME [types] [options] [-- COMMAND [argument ...]]",
	  .purpose = "Create namespaces (by default net), run COMMAND in them, and keep them.",
	  .least = 1,
	  .most = 1,
	  .needs = "a name",
	  .takes_command = true,
	  .types = types_to_create,
	  .groups = { &plan_cli_pin_choice_group, &plan_cli_pin_files_group, &plan_cli_id_map_group,
		      &keep_group },
	  .run = run_add },
	{ .name = "attach",
	  .usage = "NAME REF [types] [options]",
	  .purpose = "Keep namespaces that exist (of processes by default net) under NAME.",
	  .least = 2,
	  .most = 2,
	  .needs = "a name and what to keep",
	  .types = types_to_keep,
	  .groups = { &keep_group },
	  .run = run_attach },
	{ .name = "exec",
	  .usage = "[options] NAME COMMAND [argument ...]\n[options] NAME... | --all -- COMMAND [argument "
		   "...]",
	  .purpose = "Run a program in what a name keeps, or in several, one after the other.",
	  .most = -1,
	  .runs_program = true,
	  .groups = { &exec_group },
	  .run = run_exec },
	{ .name = "del",
	  .usage = "NAME... | --all [options]",
	  .purpose = "Delete names, and wait until nothing of what they kept is left.",
	  .most = -1,
	  .groups = { &del_group },
	  .run = run_del },
	{ .name = "rename",
	  .usage = "OLD NEW",
	  .purpose = "Give a name another name.",
	  .least = 2,
	  .most = 2,
	  .needs = "a name and a new one",
	  .run = run_rename },
	{ .name = "gc",
	  .usage = "[options]",
	  .purpose = "Remove what is stale, and what was left unfinished, and say what.",
	  .groups = { &gc_group, &json_group },
	  .run = run_gc },
	{ .name = "verify",
	  .usage = "[options]",
	  .purpose = "Print what is not well; end with 0 where all is.",
	  .groups = { &json_group },
	  .run = run_verify },
	{ .name = "set",
	  .usage = "NAME NSID|auto",
	  .purpose = "Give a network namespace a number, as ip(8) uses them.",
	  .least = 2,
	  .most = 2,
	  .needs = "a name and a number",
	  .run = run_set },
	{ .name = "list-id",
	  .usage = "[nsid NSID] [options]",
	  .purpose = "List the numbers of network namespaces, or one, and their names.",
	  .most = 2,
	  .groups = { &json_group },
	  .run = run_list_id },
	{ .name = "identify",
	  .usage = "[PID] [options]",
	  .purpose = "Print the names of namespaces that a process (we ourselves) is in.",
	  .most = 1,
	  .groups = { &json_group },
	  .run = run_identify },
	{ .name = "pids",
	  .usage = "NAME [options]",
	  .purpose = "Print the processes that are in namespaces of a name.",
	  .least = 1,
	  .most = 1,
	  .needs = "a name",
	  .groups = { &json_group },
	  .run = run_pids },
	{ .name = "monitor",
	  .usage = "[options]",
	  .purpose = "Print a line whenever a name works, or is gone.",
	  .groups = { &monitor_group, &json_group },
	  .run = run_monitor },
};

/* What a bare "nsx-pin" does. */
static const struct verb *const default_verb = &verbs[0];

/* Other words of ip-netns(8). */
static const char *canonical_word(const char *word)
{
	size_t length = strlen(word);

	/* With their short forms, as far as these are of no verb of ours. */
	if (length > strlen("del") && strncmp("delete", word, length) == 0)
		return "del";
	return length > 1 && strncmp("lst", word, length) == 0 ? "list" : word;
}

/*
 * Prefixes are accepted, as ip(8) does: of several verbs that fit, the first,
 * which the table has in the order of ip-netns(8). "list" stands before "list-id".
 */
static const struct verb *find_verb(const char *typed)
{
	const char *word = canonical_word(typed);

	for (size_t i = 0; *word && i < ARRAY_SIZE(verbs); i++)
		if (strncmp(verbs[i].name, word, strlen(word)) == 0)
			return &verbs[i];
	die_usage("unknown verb '%s'", typed);
}

static void print_usage_of(const struct verb *verb, FILE *out)
{
	const char *line = verb->usage;
	size_t length;

	for (; *line; line += length + (line[length] == '\n')) {
		length = strcspn(line, "\n");
		fprintf(out, "%s %.*s\n", verb->name, (int)length, line);
	}
}

static char *general_usage(void)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		die_oom();
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++) {
		const struct verb *verb = &verbs[i];

		if (verb == default_verb)
			fprintf(out, "[%s] %s\n", verb->name, verb->usage);
		else
			print_usage_of(verb, out);
	}
	fputs("VERB --help", out);
	if (fclose(out) != 0)
		die_oom();
	return text;
}

/* --- The command line */

const char *check_name(const char *name)
{
	const char *problem = pin_name_problem(name);

	if (problem)
		die(0, "invalid name '%s': %s", name, problem);
	return name;
}

void die_about_name(int error, const char *step)
{
	_cleanup_free_ char *hint = hint_registry(error);

	/* "Bad message", "Wrong medium type" */
	if (hint && (error == -EBADMSG || error == -EMEDIUMTYPE))
		die(0, "cannot %s: %s", step, hint);
	die_with_hint(error, step, take_ptr(hint));
}

void find_name(const char *name, int status_if_missing, struct pin *ret)
{
	_cleanup_free_ char *step = xasprintf("look into '%s'", name);
	int r;

	r = pin_find(check_name(name), ret);
	if (r == -ENOENT)
		die_status(status_if_missing, 0, "there is no name '%s'", name);
	if (r == 0 && ret->is_closed)
		r = -EACCES;
	if (r < 0)
		die_about_name(r, step);
}

void visit_names(bool own_only, int (*found)(void *context, const struct pin *pin), void *context)
{
	int r = pin_visit(own_only, found, context);

	if (r < 0)
		die_with_hint(r, "list names", hint_registry(r));
}

/*
 * Take the verb, the first word that is no option, out of argv: ip(8) has its
 * options before it. NULL where there is none.
 */
static const char *take_verb(int *argc, char **argv)
{
	char *verb;
	int i = 1;

	while (i < *argc && argv[i][0] == '-')
		i++;
	if (i == *argc)
		return NULL;
	verb = argv[i];
	memmove(&argv[i], &argv[i + 1], (size_t)(*argc - i) * sizeof(*argv));
	(*argc)--;
	return verb;
}

/* How many words stand behind the first "--"; -1 where there is none. */
static int count_behind_dashes(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--") == 0)
			return argc - i - 1;
	return -1;
}

/* Of the operands, those behind a "--" that has a name before it are a command. */
static void take_command(const struct verb *verb, struct request *request, int behind)
{
	/* The name itself may stand behind a "--", and then the command behind another. */
	if (behind >= request->count && request->count > 1 && strcmp(request->operands[1], "--") == 0) {
		memmove(&request->operands[1], &request->operands[2],
			(size_t)(request->count - 1) * sizeof(*request->operands));
		request->count--;
		behind = request->count - 1;
	}
	if (!verb->takes_command || behind < 0 || behind >= request->count)
		return;
	if (behind == 0)
		die_usage("no command follows the '--'");
	request->count -= behind;
	request->plan.setup = &request->operands[request->count];
}

/*
 * Of exec: the names before the first "--" and the program behind it; without
 * one, a name and the program, as ip-netns(8) has them. With --all there are no
 * names. `has_dashes`: a "--" came before all operands.
 */
static void take_program(struct request *request, bool has_dashes)
{
	char **program = request->operands;
	int names = 0;

	if (!request->all && !has_dashes && request->count > 0) {
		while (names < request->count && strcmp(request->operands[names], "--") != 0)
			names++;
		if (names == request->count)
			names = 1;
		else
			program++;
		program += names;
	}
	if (!request->all && names == 0)
		die_usage("exec needs a name%s", has_dashes ? " before the '--'" : "");
	if (!*program)
		die_usage("exec needs a command");
	request->plan.program = PROGRAM_ARGV;
	request->plan.argv = program;
	request->count = names;
}

static const struct verb *parse(int argc, char **argv, struct request *request)
{
	const char *word = take_verb(&argc, argv);
	bool has_verb = word != NULL;
	const struct verb *verb = has_verb ? find_verb(word) : default_verb;
	_cleanup_free_ char *name = xasprintf("nsx-pin%s%s", has_verb ? " " : "", has_verb ? verb->name : "");
	_cleanup_free_ char *usage = general_usage();
	const struct cli_group *groups[ARRAY_SIZE(verb->groups) + 2] = { NULL };
	const struct cli_program program = {
		.name = name,
		.usage = has_verb ? verb->usage : usage,
		.purpose = has_verb ? verb->purpose : "Keep namespaces under a name.",
		.manual = "nsx-pin(8)",
		.groups = groups,
		.stops_at_operand = verb->runs_program,
	};
	int behind = count_behind_dashes(argc, argv);
	size_t n = 0;
	int first;

	if (verb->types)
		groups[n++] = verb->types();
	for (size_t i = 0; i < ARRAY_SIZE(verb->groups) && verb->groups[i]; i++)
		groups[n++] = verb->groups[i];
	if (verb->runs_program)
		diag_set_failure_status(EXIT_NSX);
	first = cli_parse(&program, argc, argv, request);
	request->operands = argv + first;
	request->count = argc - first;
	if (verb->runs_program)
		take_program(request, strcmp(argv[first - 1], "--") == 0);
	else
		take_command(verb, request, behind);
	if (request->count < verb->least)
		die_usage("%s needs %s", verb->name, verb->needs);
	if (verb->most >= 0 && request->count > verb->most)
		die_usage("%s does not take '%s'", verb->name, request->operands[verb->most]);
	return verb;
}

int main(int argc, char **argv)
{
	struct request request = { .plan = PLAN_INIT };
	const struct verb *verb;

	diag_init("nsx-pin", EXIT_FAILURE);
	verb = parse(argc, argv, &request);
	verb->run(&request);
	return EXIT_SUCCESS;
}
