/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * enter_each.c - from the words after --each to worlds, and from a world to
 * the plan of one run.
 */
#include "enter_each.h"

#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>

#include "diag.h"
#include "json.h"
#include "ns_find.h"
#include "pin_registry.h"
#include "plan_cli.h"
#include "spawn.h"
#include "text.h"

enum { CODE_EACH = CLI_EACH_CODES, CODE_LABEL, CODE_PARALLEL };

enum { EXCLUSIVE_OUTPUT = PLAN_EXCLUSIVE_OTHER };

/* Options. */

static const struct cli_option each_options[] = {
	{ CODE_EACH, "each", CLI_REQUIRED, "TYPE|REF[,...]",
	  "run the program in each namespace of TYPE, or in what each REF means", PLAN_EXCLUSIVE_TARGET },
	{ CODE_LABEL, "label", CLI_NO_ARGUMENT, NULL, "say in front of each line of output where it is from",
	  EXCLUSIVE_OUTPUT },
	{ 'J', "json", CLI_NO_ARGUMENT, NULL, "print output and statuses as JSON, an object a line",
	  EXCLUSIVE_OUTPUT },
	{ CODE_PARALLEL, "parallel", CLI_REQUIRED, "N", "have up to N run at a time; 0: one for each CPU",
	  0 },
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

static int apply_parallel(struct each_request *each, const char *argument)
{
	uint32_t number;
	int r;

	r = parse_u32(argument, &number);
	if (r < 0)
		return r;
	if (number == 0) {
		long processors = sysconf(_SC_NPROCESSORS_ONLN);

		number = processors > 0 ? (uint32_t)processors : 1;
	}
	each->options.parallel = number;
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
	case CODE_PARALLEL:
		each->given = "parallel";
		return apply_parallel(each, argument);
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

/* One run. */
struct world {
	struct ns_ref ref; /* kind NS_REF_NONE: the namespace that `fd` is */
	int fd;
	enum ns_type type;
	struct ns_id id;
	pid_t leader;
	char *label;
	char *name; /* of the pin, or NULL */
	char *members;
};

struct worlds {
	const struct enter_request *request;
	struct world *worlds;
	size_t count;
	struct rlimit descriptors; /* what we were started with */
};

static struct world *add_world(struct worlds *worlds)
{
	struct world *world;

	worlds->worlds = xreallocarray(worlds->worlds, worlds->count + 1, sizeof(*worlds->worlds));
	world = &worlds->worlds[worlds->count++];
	*world = (struct world){ .fd = -EBADF, .type = NS_TYPE_INVALID };
	return world;
}

static void add_reference(struct worlds *worlds, const struct ns_ref *ref)
{
	struct world *world = add_world(worlds);

	world->ref = *ref;
	world->label = xstrdup(ref->text);
	if (ref->kind == NS_REF_PIN)
		world->name = xstrdup(ref->name);
	if (ref->kind == NS_REF_PROCESS)
		world->leader = ref->pid;
}

static int add_found(void *context, const struct ns_found *found)
{
	char link[NS_LINK_SIZE];
	struct world *world;
	int fd;

	fd = fcntl(found->fd, F_DUPFD_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	ns_link_format(found->type, found->id.ino, link);
	world = add_world(context);
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
	_cleanup_free_ char *gaps = NULL;
	int r;

	r = ns_find_all(ns_set_of(type), add_found, worlds, &counts);
	if (r < 0)
		die(r, "cannot find the %s namespaces", ns_types[type].name);
	gaps = scan_counts_format(&counts);
	if (gaps && (diag_is_verbose() || isatty(STDERR_FILENO)))
		warn(0, "incomplete: %s%s", gaps, geteuid() == 0 ? "" : " (run as root for all)");
}

/* Names say more than numbers. */
static void note_name(struct worlds *worlds, enum ns_type type, struct ns_id id, const char *name)
{
	for (size_t i = 0; i < worlds->count; i++) {
		struct world *world = &worlds->worlds[i];

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

static void print_text(FILE *out, const char *text)
{
	if (text)
		json_print_string(out, text);
	else
		fputs("null", out);
}

static void print_number(FILE *out, uint64_t number)
{
	if (number)
		fprintf(out, "%llu", (unsigned long long)number);
	else
		fputs("null", out);
}

/* Unknown is null, as in nsx-ls. */
static char *members_of(const struct world *world)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		die_oom();
	fputs("\"label\": ", out);
	print_text(out, world->label);
	fputs(", \"type\": ", out);
	print_text(out, world->type == NS_TYPE_INVALID ? NULL : ns_types[world->type].name);
	fputs(", \"ns\": ", out);
	print_number(out, world->id.ino);
	fputs(", \"pid\": ", out);
	print_number(out, (uint64_t)world->leader);
	fputs(", \"name\": ", out);
	print_text(out, world->name);
	if (fclose(out) != 0)
		die_oom();
	return text;
}

/* Each namespace found takes a descriptor; there may be more than the usual 1024. */
static void raise_descriptor_limit(struct worlds *worlds)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &worlds->descriptors) < 0)
		die(-errno, "cannot get the limit of open files");
	limit = worlds->descriptors;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static void find_worlds(struct worlds *worlds)
{
	const struct each_request *each = &worlds->request->each;
	int r;

	for (size_t i = 0; i < each->count; i++) {
		const struct each_word *word = &each->words[i];

		if (word->type == NS_TYPE_INVALID)
			add_reference(worlds, &word->ref);
		else
			find_all(worlds, word->type);
	}
	if (worlds->count == 0)
		die(0, "there is no namespace to enter");
	r = pin_visit(false, note_pin, worlds);
	if (r < 0)
		debug("cannot look for names: %s", strerror(-r));
	for (size_t i = 0; i < worlds->count; i++)
		worlds->worlds[i].members = members_of(&worlds->worlds[i]);
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

static struct plan plan_for(const struct worlds *worlds, size_t index)
{
	const struct world *world = &worlds->worlds[index];
	struct plan plan = worlds->request->plan;

	if (world->type >= 0) /* then it is open */
		join_descriptor(&plan, world->fd, world->type, world->label);
	else
		plan.target = world->ref;
	plan_cli_complete(&plan);
	return plan;
}

/* In the process of one run. */
static void enter_one(void *context, size_t index, const struct child *self)
{
	const struct worlds *worlds = context;
	struct plan plan = plan_for(worlds, index);

	setrlimit(RLIMIT_NOFILE, &worlds->descriptors);
	spawn_run_as_child(&plan, self);
}

void enter_each(const struct enter_request *request)
{
	struct worlds worlds = { .request = request };
	struct each_results results;
	struct each_job *jobs;
	int r;

	if (request->plan.program != PROGRAM_ARGV)
		die_usage("--each needs a program to run");
	if (request->plan.pty)
		die_usage("--pty is for one program: leave out --each");
	raise_descriptor_limit(&worlds);
	find_worlds(&worlds);
	/* Wrong usage is said once, not by each run. */
	(void)plan_for(&worlds, 0);
	jobs = xcalloc(worlds.count, sizeof(*jobs));
	for (size_t i = 0; i < worlds.count; i++)
		jobs[i] = (struct each_job){ worlds.worlds[i].label, worlds.worlds[i].members };
	r = each_run(jobs, worlds.count, &request->each.options, enter_one, &worlds, &results);
	if (r < 0)
		die(r, "cannot wait for the programs");
	each_exit(&results, &request->each.options);
}
