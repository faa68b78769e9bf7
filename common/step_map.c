/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * step_map.c - the id maps of a new user namespace; user_namespaces(7).
 *
 * plan.c decided who writes each: the creator itself, a process outside that
 * has the rights of the parent, or a setuid tool that it runs.
 */
#include "step.h"

#include <fcntl.h>

#include "diag.h"
#include "file.h"
#include "hint.h"
#include "id_map.h"
#include "run.h"

int step_write_own_proc(const struct spawn *spawn, const char *name, const char *text)
{
	_cleanup_free_ char *path = NULL;

	path = spawn->is_outside ? xasprintf("/proc/%d/%s", (int)spawn->self, name)
				 : xasprintf("/proc/self/%s", name);
	return write_file(AT_FDCWD, path, text);
}

/* setgroups */

static ns_set wants_setgroups(const struct plan *plan)
{
	return step_once_if(plan->setgroups != SETGROUPS_UNSET);
}

/* Having become the owner of what we made, we may not write to our own /proc files any more. */
static bool setgroups_is_outside(const struct plan *plan)
{
	return plan->becomes_owner || plan->groups.writer == MAP_FROM_OUTSIDE;
}

static const char *setgroups_word(const struct plan *plan)
{
	return plan->setgroups == SETGROUPS_DENY ? "deny" : "allow";
}

static void describe_setgroups(const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	fprintf(out, "set setgroups to '%s'", setgroups_word(plan));
}

static int run_setgroups(struct spawn *spawn, _unused_ enum ns_type type)
{
	return step_write_own_proc(spawn, "setgroups", setgroups_word(spawn->plan));
}

static _noreturn_ void fail_setgroups(_unused_ const struct plan *plan, _unused_ enum ns_type type,
				      const char *description, int error)
{
	die_with_hint(error, description, hint_setgroups(error));
}

const struct step step_setgroups = {
	.call = "write",
	.wanted = wants_setgroups,
	.describe = describe_setgroups,
	.run = run_setgroups,
	.is_outside = setgroups_is_outside,
	.fail = fail_setgroups,
};

/* Maps */

static bool is_written_outside(const struct plan_map *side)
{
	return side->writer == MAP_FROM_OUTSIDE || side->writer == MAP_BY_TOOL;
}

static void describe_map(const char *what, const char *tool, const struct plan_map *side, FILE *out)
{
	const struct id_map *map = &side->map;

	fprintf(out, "map %s", what);
	for (size_t i = 0; i < map->count; i++)
		fprintf(out, "%s %u:%u:%u", i ? "," : "", map->ranges[i].inside, map->ranges[i].outside,
			map->ranges[i].count);
	if (side->writer == MAP_BY_TOOL)
		fprintf(out, " with %s", tool);
}

/* "newuidmap PID inside outside count ..."; newuidmap(1) */
static int run_tool(const struct spawn *spawn, const char *tool, const struct id_map *map)
{
	const char **argv = xcalloc(2 + 3 * map->count + 1, sizeof(*argv));
	size_t n = 0;
	int r;

	argv[n++] = tool;
	argv[n++] = xasprintf("%d", (int)spawn->self);
	for (size_t i = 0; i < map->count; i++) {
		argv[n++] = xasprintf("%u", map->ranges[i].inside);
		argv[n++] = xasprintf("%u", map->ranges[i].outside);
		argv[n++] = xasprintf("%u", map->ranges[i].count);
	}
	r = run_quietly(argv);
	for (size_t i = 1; i < n; i++)
		free((char *)argv[i]);
	free(argv);
	return r > 0 ? -EACCES : r;
}

static int write_map(const struct spawn *spawn, const char *name, const char *tool,
		     const struct plan_map *side)
{
	_cleanup_free_ char *text = NULL;
	int r;

	if (side->writer == MAP_BY_TOOL)
		return run_tool(spawn, tool, &side->map);
	r = id_map_format(&side->map, &text);
	return r < 0 ? r : step_write_own_proc(spawn, name, text);
}

static const char *call_of(const struct plan_map *side)
{
	return side->writer == MAP_BY_TOOL ? "fork, execve" : "write";
}

static ns_set wants_uid_map(const struct plan *plan)
{
	return step_once_if(plan->users.writer != MAP_NOT_WRITTEN);
}

static void describe_uid_map(const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	describe_map("users", "newuidmap", &plan->users, out);
}

static bool uid_map_is_outside(const struct plan *plan)
{
	return is_written_outside(&plan->users);
}

static int run_uid_map(struct spawn *spawn, _unused_ enum ns_type type)
{
	return write_map(spawn, "uid_map", "newuidmap", &spawn->plan->users);
}

static _noreturn_ void fail_uid_map(const struct plan *plan, _unused_ enum ns_type type,
				    const char *description, int error)
{
	die_with_hint(error, description, hint_map(false, plan->users.writer == MAP_BY_TOOL, false, error));
}

static const char *uid_map_call(const struct plan *plan)
{
	return call_of(&plan->users);
}

const struct step step_uid_map = {
	.call_of = uid_map_call,
	.wanted = wants_uid_map,
	.describe = describe_uid_map,
	.run = run_uid_map,
	.is_outside = uid_map_is_outside,
	.fail = fail_uid_map,
};

static ns_set wants_gid_map(const struct plan *plan)
{
	return step_once_if(plan->groups.writer != MAP_NOT_WRITTEN);
}

static void describe_gid_map(const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	describe_map("groups", "newgidmap", &plan->groups, out);
}

static bool gid_map_is_outside(const struct plan *plan)
{
	return is_written_outside(&plan->groups);
}

static int run_gid_map(struct spawn *spawn, _unused_ enum ns_type type)
{
	return write_map(spawn, "gid_map", "newgidmap", &spawn->plan->groups);
}

static _noreturn_ void fail_gid_map(const struct plan *plan, _unused_ enum ns_type type,
				    const char *description, int error)
{
	die_with_hint(error, description,
		      hint_map(true, plan->groups.writer == MAP_BY_TOOL, plan->setgroups == SETGROUPS_ALLOW,
			       error));
}

static const char *gid_map_call(const struct plan *plan)
{
	return call_of(&plan->groups);
}

const struct step step_gid_map = {
	.call_of = gid_map_call,
	.wanted = wants_gid_map,
	.describe = describe_gid_map,
	.run = run_gid_map,
	.is_outside = gid_map_is_outside,
	.fail = fail_gid_map,
};
