/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * step_create.c - create namespaces, unshare(2), and write the id maps of a
 * new user namespace, user_namespaces(7).
 */
#include "step.h"

#include <fcntl.h>
#include <sched.h>

#include "diag.h"
#include "file.h"
#include "id_map.h"
#include "ns_query.h"

/* Create. */

static ns_set wants_create(const struct plan *plan)
{
	return step_once_if(plan->create != 0);
}

static void describe_create(const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	_cleanup_free_ char *types = ns_set_format(plan->create);

	fprintf(out, "create namespaces (%s)", types);
}

/* The 64-bit id of the mount namespace we are in; 0 before Linux 6.18. */
static uint64_t own_mount_nsid(void)
{
	_cleanup_close_ int fd = -EBADF;
	uint64_t id;

	if (ns_open(AT_FDCWD, "/proc/self/ns/mnt", &fd) < 0 || ns_query_nsid(fd, &id) < 0)
		return 0;
	return id;
}

/*
 * Linux 6.18 hands out ids in batches, one a CPU, and lets a mount namespace
 * be bound only in one of a smaller id. So where the new one came out smaller,
 * make it again on each CPU that we may use, until it is not.
 */
static int recreate_newer_mount_namespace(uint64_t older)
{
	cpu_set_t before, one;
	int r = 0;

	if (sched_getaffinity(0, sizeof(before), &before) < 0)
		return -errno;
	for (int cpu = 0; cpu < CPU_SETSIZE && own_mount_nsid() <= older && r == 0; cpu++) {
		if (!CPU_ISSET(cpu, &before))
			continue;
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		if (sched_setaffinity(0, sizeof(one), &one) < 0 || unshare(CLONE_NEWNS) < 0)
			r = -errno;
	}
	sched_setaffinity(0, sizeof(before), &before);
	return r;
}

static int run_create(struct spawn *spawn, _unused_ enum ns_type type)
{
	const struct plan *plan = spawn->plan;
	bool keeps_mounts = ns_set_has(plan_kept(plan), NS_MNT);
	uint64_t older = keeps_mounts ? own_mount_nsid() : 0;

	if (unshare(ns_set_clone_flags(plan->create)) < 0)
		return -errno;
	if (older && own_mount_nsid() <= older)
		return recreate_newer_mount_namespace(older);
	return 0;
}

const struct step step_create = {
	.wanted = wants_create,
	.describe = describe_create,
	.run = run_create,
};

/* Id maps: written by ourselves, or by a process outside with the rights of the parent. */

static ns_set wants_setgroups(const struct plan *plan)
{
	return step_once_if(plan->setgroups != SETGROUPS_UNSET && !plan->maps_from_outside);
}

static ns_set wants_setgroups_outside(const struct plan *plan)
{
	return step_once_if(plan->setgroups != SETGROUPS_UNSET && plan->maps_from_outside);
}

static ns_set wants_uid_map(const struct plan *plan)
{
	return step_once_if(plan->uid_map.count && !plan->maps_from_outside);
}

static ns_set wants_uid_map_outside(const struct plan *plan)
{
	return step_once_if(plan->uid_map.count && plan->maps_from_outside);
}

static ns_set wants_gid_map(const struct plan *plan)
{
	return step_once_if(plan->gid_map.count && !plan->maps_from_outside);
}

static ns_set wants_gid_map_outside(const struct plan *plan)
{
	return step_once_if(plan->gid_map.count && plan->maps_from_outside);
}

static const char *setgroups_word(const struct plan *plan)
{
	return plan->setgroups == SETGROUPS_DENY ? "deny" : "allow";
}

static void describe_setgroups(const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	fprintf(out, "set setgroups to '%s'", setgroups_word(plan));
}

static void describe_map(const char *what, const struct id_map *map, FILE *out)
{
	fprintf(out, "map %s", what);
	for (size_t i = 0; i < map->count; i++)
		fprintf(out, "%s %u:%u:%u", i ? "," : "", map->ranges[i].inside, map->ranges[i].outside,
			map->ranges[i].count);
}

static void describe_uid_map(const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	describe_map("users", &plan->uid_map, out);
}

static void describe_gid_map(const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	describe_map("groups", &plan->gid_map, out);
}

/* Write a file of /proc/PID of the process that made the user namespace. */
static int write_own_proc(const struct spawn *spawn, const char *name, const char *text)
{
	_cleanup_free_ char *path = NULL;

	path = spawn->is_outside ? xasprintf("/proc/%d/%s", (int)spawn->self, name)
				 : xasprintf("/proc/self/%s", name);
	return write_file(AT_FDCWD, path, text);
}

static int write_map(const struct spawn *spawn, const char *name, const struct id_map *map)
{
	_cleanup_free_ char *text = NULL;
	int r;

	r = id_map_format(map, &text);
	return r < 0 ? r : write_own_proc(spawn, name, text);
}

static int run_setgroups(struct spawn *spawn, _unused_ enum ns_type type)
{
	return write_own_proc(spawn, "setgroups", setgroups_word(spawn->plan));
}

const struct step step_setgroups = {
	.wanted = wants_setgroups,
	.describe = describe_setgroups,
	.run = run_setgroups,
};

const struct step step_setgroups_outside = {
	.wanted = wants_setgroups_outside,
	.describe = describe_setgroups,
	.run = run_setgroups,
	.is_outside = true,
};

static int run_uid_map(struct spawn *spawn, _unused_ enum ns_type type)
{
	return write_map(spawn, "uid_map", &spawn->plan->uid_map);
}

const struct step step_uid_map = {
	.wanted = wants_uid_map,
	.describe = describe_uid_map,
	.run = run_uid_map,
};

const struct step step_uid_map_outside = {
	.wanted = wants_uid_map_outside,
	.describe = describe_uid_map,
	.run = run_uid_map,
	.is_outside = true,
};

static int run_gid_map(struct spawn *spawn, _unused_ enum ns_type type)
{
	return write_map(spawn, "gid_map", &spawn->plan->gid_map);
}

const struct step step_gid_map = {
	.wanted = wants_gid_map,
	.describe = describe_gid_map,
	.run = run_gid_map,
};

const struct step step_gid_map_outside = {
	.wanted = wants_gid_map_outside,
	.describe = describe_gid_map,
	.run = run_gid_map,
	.is_outside = true,
};
