/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * step_create.c - create namespaces, unshare(2), on behalf of whom they are to
 * belong to.
 */
#include "step.h"

#include <fcntl.h>
#include <grp.h>
#include <sched.h>

#include "diag.h"
#include "hint.h"
#include "ns_query.h"

/* The owner of a user namespace is the effective user of its creator: become that first. */

static ns_set wants_owner(const struct plan *plan)
{
	return step_once_if(plan->becomes_owner);
}

static void describe_owner(const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	fprintf(out, "become the owner, user %u and group %u", plan->owner_uid, plan->owner_gid);
}

static int run_owner(struct spawn *spawn, _unused_ enum ns_type type)
{
	uid_t uid = spawn->plan->owner_uid;
	gid_t gid = spawn->plan->owner_gid;

	if (setgroups(0, NULL) < 0 || setresgid(gid, gid, gid) < 0 || setresuid(uid, uid, uid) < 0)
		return -errno;
	return 0;
}

static _noreturn_ void fail_owner(const struct plan *plan, _unused_ enum ns_type type,
				  const char *description, int error)
{
	die_with_hint(error, description, hint_identity(false, false, true, plan->owner_uid, error));
}

const struct step step_owner = {
	.call = "setresuid",
	.wanted = wants_owner,
	.describe = describe_owner,
	.run = run_owner,
	.fail = fail_owner,
};

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

static _noreturn_ void fail_create(const struct plan *plan, _unused_ enum ns_type type,
				   const char *description, int error)
{
	die_with_hint(error, description, hint_create(plan->create, error));
}

const struct step step_create = {
	.call = "unshare",
	.wanted = wants_create,
	.describe = describe_create,
	.run = run_create,
	.fail = fail_create,
};
