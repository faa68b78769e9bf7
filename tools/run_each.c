/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * run_each.c - worlds to jobs.
 */
#include "run_each.h"

#include "diag.h"
#include "json.h"
#include "spawn.h"
#include "text.h"

int parse_parallel(const char *argument, unsigned int *ret)
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
	*ret = number;
	return 0;
}

/* Worlds. */

void worlds_init(struct worlds *worlds)
{
	struct rlimit limit;

	*worlds = (struct worlds){ .count = 0 };
	if (getrlimit(RLIMIT_NOFILE, &worlds->descriptors) < 0)
		die(-errno, "cannot get the limit of open files");
	limit = worlds->descriptors;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

struct world *worlds_add(struct worlds *worlds)
{
	struct world *world;

	worlds->list = xreallocarray(worlds->list, worlds->count + 1, sizeof(*worlds->list));
	world = &worlds->list[worlds->count++];
	*world = (struct world){ .fd = -EBADF, .type = NS_TYPE_INVALID };
	return world;
}

struct world *worlds_add_reference(struct worlds *worlds, const struct ns_ref *ref)
{
	struct world *world = worlds_add(worlds);

	world->ref = *ref;
	world->label = xstrdup(ref->text);
	if (ref->kind == NS_REF_PIN)
		world->name = xstrdup(ref->name);
	if (ref->kind == NS_REF_PROCESS)
		world->leader = ref->pid;
	return world;
}

/* JSON. */

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

/* Running. */

struct running {
	const struct worlds *worlds;
	world_plan *plan_for;
	const void *context;
};

/* In the process of one run. */
static void run_one(void *context, size_t index, const struct child *self)
{
	const struct running *running = context;
	struct plan plan = running->plan_for(running->context, &running->worlds->list[index]);

	setrlimit(RLIMIT_NOFILE, &running->worlds->descriptors);
	spawn_run_as_child(&plan, self);
}

void run_each(const struct worlds *worlds, const struct each_options *options, world_plan *plan_for,
	      const void *context)
{
	struct running running = { worlds, plan_for, context };
	struct each_job *jobs = xcalloc(worlds->count, sizeof(*jobs));
	struct each_results results;
	int r;

	for (size_t i = 0; i < worlds->count; i++)
		jobs[i] = (struct each_job){ worlds->list[i].label, members_of(&worlds->list[i]) };
	r = each_run(jobs, worlds->count, options, run_one, &running, &results);
	if (r < 0)
		die(r, "cannot wait for the programs");
	each_exit(&results, options);
}
