/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * step_who.c - whom the program runs as, and with which capabilities.
 */
#include "step.h"

#include <grp.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "file.h"
#include "hint.h"
#include "proc.h"

/*
 * May setgroups(2) be denied where we are? In a user namespace that we made and
 * did not deny it in, it is not; of one just joined nobody has told us.
 */
static bool setgroups_may_be_denied(const struct spawn *spawn)
{
	return spawn->joined_user ||
	       (ns_set_has(spawn->plan->create, NS_USER) && spawn->plan->setgroups != SETGROUPS_ALLOW);
}

/* The number that stands for ids which are not mapped. */
static uint32_t overflow_id(int procfd, bool is_group)
{
	const char *path = is_group ? "sys/kernel/overflowgid" : "sys/kernel/overflowuid";
	uint32_t id = 65534;
	char text[16];

	if (read_file_into(procfd, path, text, sizeof(text)) > 0)
		sscanf(text, "%u", &id);
	return id;
}

/* Is an id where we are now that one of the user namespace above? */
static bool is_mapped_to(int procfd, bool is_group, uint32_t id, uint32_t above)
{
	_cleanup_free_ char *text = NULL;

	if (read_file(procfd, is_group ? "self/gid_map" : "self/uid_map", &text, NULL) < 0)
		return false;
	for (const char *line = text; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
		uint32_t first, outside, count;

		if (sscanf(line, "%u %u %u", &first, &outside, &count) == 3 && id >= first &&
		    id - first < count)
			return outside + (id - first) == above;
	}
	return false;
}

/*
 * Whom the target runs as, in the numbers of where we are now. -EINVAL: it has
 * none there. What is shown then is a number that may be somebody's, so it counts
 * only where the map says that it is the target's.
 */
static int follow(const struct spawn *spawn, bool is_group, uint32_t *ret)
{
	uint32_t before = is_group ? spawn->followed_gid : spawn->followed_uid;
	uint32_t id;
	uid_t uid;
	gid_t gid;
	int r;

	r = proc_ids_read(spawn->target.dirfd, &uid, &gid);
	if (r < 0)
		return r;
	id = is_group ? gid : uid;
	if (spawn->joined_user && id == overflow_id(spawn->procfd, is_group) &&
	    !is_mapped_to(spawn->procfd, is_group, id, before))
		return -EINVAL;
	*ret = id;
	return 0;
}

static ns_set wants_group(const struct plan *plan)
{
	return step_once_if(plan->becomes_group);
}

static void describe_group(const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	if (plan->follows_gid)
		fprintf(out, "become the group of '%s'", plan->target.text);
	else
		fprintf(out, "become group %u", plan->gid);
	if (plan->keeps_groups)
		fputs(" and keep the other groups", out);
	if (plan->become)
		fprintf(out, " with the other groups of '%s'", plan->become);
}

static int run_group(struct spawn *spawn, _unused_ enum ns_type type)
{
	const struct plan *plan = spawn->plan;
	gid_t gid = plan->gid;
	int r;

	/* Asked for by nobody, but decided for a user namespace that proved to be ours. */
	if (!plan->set_gid && !plan->become && !plan->follows_gid && !spawn->joined_user)
		return 0;
	r = plan->follows_gid ? follow(spawn, true, &gid) : 0;
	if (r < 0)
		return r;
	/* Denied, it is so for good (user_namespaces(7)); what could be done, step_join has. */
	if (!plan->keeps_groups && setgroups(plan->other_groups.count, plan->other_groups.list) < 0 &&
	    (errno != EPERM || !setgroups_may_be_denied(spawn)))
		return -errno;
	return setresgid(gid, gid, gid) < 0 ? -errno : 0;
}

static _noreturn_ void fail_group(const struct plan *plan, _unused_ enum ns_type type,
				  const char *description, int error)
{
	die_with_hint(error, description,
		      hint_identity(true, ns_set_has(plan->create, NS_USER),
				    plan->set_gid || plan->become || plan->follows_gid, plan->gid, error));
}

const struct step step_group = {
	.call = "setresgid",
	.wanted = wants_group,
	.describe = describe_group,
	.run = run_group,
	.fail = fail_group,
};

static ns_set wants_user(const struct plan *plan)
{
	return step_once_if(plan->becomes_user);
}

static void describe_user(const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	if (plan->follows_uid)
		fprintf(out, "become the user of '%s'", plan->target.text);
	else
		fprintf(out, "become user %u", plan->uid);
}

static int run_user(struct spawn *spawn, _unused_ enum ns_type type)
{
	const struct plan *plan = spawn->plan;
	uid_t uid = plan->uid;
	int r;

	if (!plan->set_uid && !plan->become && !plan->follows_uid && !spawn->joined_user)
		return 0;
	r = plan->follows_uid ? follow(spawn, false, &uid) : 0;
	if (r < 0)
		return r;
	/* Leaving uid 0 drops all capabilities, unless this is said before. */
	if (plan->keeps_caps && prctl(PR_SET_KEEPCAPS, 1UL) < 0)
		return -errno;
	if (setresuid(uid, uid, uid) < 0)
		return -errno;
	return plan_joins(plan) ? step_hide(spawn) : 0;
}

static _noreturn_ void fail_user(const struct plan *plan, _unused_ enum ns_type type, const char *description,
				 int error)
{
	die_with_hint(error, description,
		      hint_identity(false, ns_set_has(plan->create, NS_USER),
				    plan->set_uid || plan->become || plan->follows_uid, plan->uid, error));
}

const struct step step_user = {
	.call = "setresuid",
	.wanted = wants_user,
	.describe = describe_user,
	.run = run_user,
	.fail = fail_user,
};

/* Capabilities outlive exec of a user that is not root when they are ambient; capabilities(7). */

static ns_set wants_capabilities(const struct plan *plan)
{
	return step_once_if(plan->keeps_caps);
}

static void describe_capabilities(_unused_ const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	fputs("keep all capabilities", out);
}

static int run_capabilities(_unused_ struct spawn *spawn, _unused_ enum ns_type type)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	if (syscall(SYS_capget, &header, data) < 0)
		return -errno;
	for (size_t i = 0; i < ARRAY_SIZE(data); i++)
		data[i].effective = data[i].inheritable = data[i].permitted;
	if (syscall(SYS_capset, &header, data) < 0)
		return -errno;
	/* Up to the last one of this kernel, which refuses to read the next: -EINVAL. */
	for (unsigned long cap = 0; prctl(PR_CAPBSET_READ, cap) >= 0; cap++) {
		if (!(data[CAP_TO_INDEX(cap)].permitted & CAP_TO_MASK(cap)))
			continue;
		if (prctl(PR_CAP_AMBIENT, (unsigned long)PR_CAP_AMBIENT_RAISE, cap, 0UL, 0UL) < 0)
			return -errno;
	}
	return errno == EINVAL ? 0 : -errno;
}

const struct step step_capabilities = {
	.call = "capset, prctl",
	.wanted = wants_capabilities,
	.describe = describe_capabilities,
	.run = run_capabilities,
};
