/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nsx-pin - keep namespaces under a name; mount(2).
 */
#include <libsmartcols.h>
#include <string.h>

#include "cli.h"
#include "diag.h"
#include "hint.h"
#include "pin.h"
#include "pin_path.h"
#include "plan.h"
#include "plan_cli.h"
#include "spawn.h"

/* What was asked for; the plan comes first, so that its option groups can write to it. */
struct request {
	struct plan plan;
	bool json;
	bool no_headings;
	char **operands;
	int count;
};

_Static_assert(offsetof(struct request, plan) == 0, "groups of plan_cli.h write to a request");

static const struct cli_option list_options[] = {
	{ 'J', "json", CLI_NO_ARGUMENT, NULL, "print JSON", 0 },
	{ 'n', "noheadings", CLI_NO_ARGUMENT, NULL, "do not print headings", 0 },
};

static int apply_list(void *data, int code, _unused_ const char *argument)
{
	struct request *request = data;

	if (code == 'J')
		request->json = true;
	else
		request->no_headings = true;
	return 0;
}

static const struct cli_group list_group = {
	"Output",
	list_options,
	ARRAY_SIZE(list_options),
	apply_list,
};

static const char *check_name(const char *name)
{
	const char *problem = pin_name_problem(name);

	if (problem)
		die(0, "invalid name '%s': %s", name, problem);
	return name;
}

/* net alone is what ip-netns(8) keeps, so that is what a name has unless told otherwise. */
static ns_set types_or_default(const struct request *request)
{
	return request->plan.create ? request->plan.create : ns_set_of(NS_NET);
}

static _noreturn_ void run_add(struct request *request)
{
	struct plan *plan = &request->plan;

	plan->pin = check_name(request->operands[0]);
	plan->create = types_or_default(request);
	plan->program = PROGRAM_NONE;
	if (pin_types(plan->pin))
		die(0, "'%s' exists already", plan->pin);
	plan_cli_complete(plan);
	spawn_run(plan);
}

static void run_attach(struct request *request)
{
	_cleanup_(ns_ref_process_release) struct ns_ref_process process = { -EBADF, -EBADF };
	const char *name = check_name(request->operands[0]);
	const char *word = request->operands[1];
	ns_set types = types_or_default(request);
	enum ns_type failed;
	struct ns_ref ref;
	int r;

	r = ns_ref_parse(word, &ref);
	if (r < 0 || ref.kind != NS_REF_PROCESS)
		die_usage("'%s' is no process: give PID or PID:INODE", word);
	r = ns_ref_open_process(&ref, &process);
	if (r == -ESRCH)
		die_status(EXIT_MISSING, 0, "there is no process %s", word);
	if (r == -ESTALE)
		die_status(EXIT_MISSING, 0, "process %s has ended, and its pid is another's now", word);
	if (r < 0)
		die(r, "cannot open process %s", word);
	r = pin_attach(name, types, &process, &failed);
	if (r == -EEXIST)
		die(0, "'%s' exists already", name);
	if (r < 0 && failed != NS_TYPE_INVALID) {
		_cleanup_free_ char *step =
			xasprintf("keep the %s namespace of process %s", ns_types[failed].name, word);

		die_with_hint(r, step, hint_keep(failed, r));
	}
	if (r < 0)
		die(r, "cannot make room for the name '%s'", name);
}

static void run_del(struct request *request)
{
	int status = EXIT_SUCCESS;

	for (int i = 0; i < request->count; i++)
		check_name(request->operands[i]);
	for (int i = 0; i < request->count; i++) {
		const char *name = request->operands[i];
		int r = pin_remove(name);

		if (r == -ENOENT)
			warn(0, "there is no name '%s'", name);
		else if (r == -EBUSY)
			warn(0, "cannot delete '%s': processes live in its pid namespace", name);
		else if (r < 0)
			warn(r, "cannot delete '%s'", name);
		if (r < 0 && status == EXIT_SUCCESS)
			status = r == -ENOENT ? EXIT_MISSING : EXIT_FAILURE;
	}
	finish(status);
}

enum { COLUMN_NAME, COLUMN_TYPE, COLUMN_NS, COLUMN_STATE };

struct listing {
	struct libscols_table *table;
	const struct request *request;
};

static int add_line(void *context, const struct pin_entry *entry)
{
	struct listing *listing = context;
	struct libscols_line *line = scols_table_new_line(listing->table, NULL);
	int r;

	if (!line)
		return -ENOMEM;
	r = scols_line_set_data(line, COLUMN_NAME, entry->name);
	if (r == 0)
		r = scols_line_set_data(line, COLUMN_TYPE, ns_types[entry->type].name);
	if (r == 0 && !entry->is_stale)
		r = scols_line_refer_data(line, COLUMN_NS,
					  xasprintf("%llu", (unsigned long long)entry->id.ino));
	if (r == 0)
		r = scols_line_set_data(line, COLUMN_STATE, entry->is_stale ? "stale" : "ok");
	return r;
}

static struct libscols_table *new_table(const struct request *request)
{
	struct libscols_table *table = scols_new_table();
	struct libscols_column *ns = NULL;

	if (!table || !scols_table_new_column(table, "NAME", 0, 0) ||
	    !scols_table_new_column(table, "TYPE", 0, 0) ||
	    !(ns = scols_table_new_column(table, "NS", 0, SCOLS_FL_RIGHT)) ||
	    !scols_table_new_column(table, "STATE", 0, 0) ||
	    scols_column_set_json_type(ns, SCOLS_JSON_NUMBER) < 0 || scols_table_set_name(table, "pins") < 0)
		die_oom();
	scols_table_enable_json(table, request->json);
	scols_table_enable_noheadings(table, request->no_headings);
	return table;
}

static void run_list(struct request *request)
{
	struct listing listing = { .request = request };
	int r;

	scols_init_debug(0);
	listing.table = new_table(request);
	r = pin_list(add_line, &listing);
	if (r < 0)
		die(r, "cannot list names");
	/* An empty table is nothing to print, but an empty array is. */
	if (request->json || scols_table_get_nlines(listing.table) > 0)
		scols_print_table(listing.table);
	scols_unref_table(listing.table);
	finish(EXIT_SUCCESS);
}

struct verb {
	const char *name;
	const char *usage;
	const char *purpose;
	int least, most;   /* operands; most -1: no limit */
	const char *types; /* heading of the options that name types, or NULL */
	bool creates;
	bool prints;
	void (*run)(struct request *request);
};

static const struct verb verbs[] = {
	{ "list", "[options]", "List names and what they keep.", 0, 0, NULL, false, true, run_list },
	{ "add", "NAME [types] [options]", "Create namespaces (by default net) and keep them under NAME.", 1,
	  1, "Namespaces to create", true, false, run_add },
	{ "attach", "NAME PID [types]", "Keep namespaces (by default net) of a process under NAME.", 2, 2,
	  "Namespaces to keep", false, false, run_attach },
	{ "del", "NAME...", "Delete names; a namespace ends once nothing else holds it.", 1, -1, NULL, false,
	  false, run_del },
};

/* What a bare "nsx-pin" does. */
static const struct verb *const default_verb = &verbs[0];

/* "delete", "show" and "lst" are words of ip-netns(8) too. */
static const char *canonical_word(const char *word)
{
	if (strcmp(word, "delete") == 0)
		return "del";
	if (strcmp(word, "show") == 0 || strcmp(word, "lst") == 0)
		return "list";
	return word;
}

/* Prefixes are accepted, as ip(8) does. */
static const struct verb *find_verb(const char *typed)
{
	const char *word = canonical_word(typed);
	const struct verb *found = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++) {
		if (strcmp(verbs[i].name, word) == 0)
			return &verbs[i];
		if (!*word || strncmp(verbs[i].name, word, strlen(word)) != 0)
			continue;
		if (found)
			die_usage("'%s' is short for more than one verb", typed);
		found = &verbs[i];
	}
	if (!found)
		die_usage("unknown verb '%s'", typed);
	return found;
}

static const char general_usage[] = "[list] [options]\n"
				    "add NAME [types] [options]\n"
				    "attach NAME PID [types]\n"
				    "del NAME...\n"
				    "VERB --help";

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

static const struct verb *parse(int argc, char **argv, struct request *request)
{
	const char *word = take_verb(&argc, argv);
	bool has_verb = word != NULL;
	const struct verb *verb = has_verb ? find_verb(word) : default_verb;
	_cleanup_free_ char *name = xasprintf("nsx-pin%s%s", has_verb ? " " : "", has_verb ? verb->name : "");
	const struct cli_group *groups[4] = { NULL };
	const struct cli_program program = {
		.name = name,
		.usage = has_verb ? verb->usage : general_usage,
		.purpose = has_verb ? verb->purpose : "Keep namespaces under a name.",
		.manual = "nsx-pin(8)",
		.groups = groups,
	};
	size_t n = 0;
	int first;

	if (verb->types)
		groups[n++] = plan_cli_create_group(verb->types, false);
	if (verb->creates)
		groups[n++] = &plan_cli_id_map_group;
	if (verb->prints)
		groups[n++] = &list_group;
	first = cli_parse(&program, argc, argv, request);
	request->operands = argv + first;
	request->count = argc - first;
	if (request->count < verb->least)
		die_usage("%s needs %s", verb->name, verb->least == 2 ? "a name and a process" : "a name");
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
