/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plan.c - decisions. Pure: data in, data out.
 */
#include "plan.h"

void plan_release(struct plan *plan)
{
	id_map_release(&plan->uid_map);
	id_map_release(&plan->gid_map);
}

bool plan_joins(const struct plan *plan)
{
	for (int type = 0; type < NS_TYPE_COUNT; type++)
		if (plan->join[type].kind != NS_REF_NONE)
			return true;
	return plan->join_types || plan->join_all;
}

ns_set plan_kept(const struct plan *plan)
{
	ns_set kept = 0;

	if (plan->pin)
		return plan->create;
	for (int type = 0; type < NS_TYPE_COUNT; type++)
		if (plan->keep_at[type])
			kept |= ns_set_of(type);
	return kept;
}

static bool is_given(const struct plan_id *id)
{
	return id->text || id->is_current;
}

/* Options that ask for a namespace without naming it. */
static void imply(struct plan *plan)
{
	if (is_given(&plan->map_user) || is_given(&plan->map_group))
		plan->create |= ns_set_of(NS_USER);
	if (plan->proc && !plan_joins(plan))
		plan->create |= ns_set_of(NS_MNT);
	if (plan->hostname && !plan_joins(plan))
		plan->create |= ns_set_of(NS_UTS);
	if (plan->target.kind != NS_REF_NONE && !plan->join_types)
		plan->join_all = true;
	if (plan->kill_child && plan->fork == FORK_AUTO)
		plan->fork = FORK_ALWAYS;
}

/* Why the options do not go together, or NULL. */
static const char *find_problem(const struct plan *plan)
{
	bool new_pid = ns_set_has(plan->create, NS_PID);

	if ((plan->join_types || plan->join_all) && plan->target.kind == NS_REF_NONE)
		return "a type without a reference is taken from the target: name one with --target";
	if (plan->setgroups != SETGROUPS_UNSET && !ns_set_has(plan->create, NS_USER))
		return "--setgroups is for a new user namespace: add --user";
	if (plan->fork == FORK_NEVER) {
		if (plan->kill_child)
			return "--kill-child needs a child, and --no-fork makes none";
		if (new_pid && plan->proc)
			return "--mount-proc shows the new pid namespace to a child only: drop --no-fork";
		if (new_pid && ns_set_has(plan_kept(plan), NS_PID))
			return "a pid namespace can be kept once its first process is there: drop --no-fork";
	}
	return NULL;
}

/* One id inside for one outside. */
static int map_one(struct id_map *map, uint32_t inside, uint32_t outside)
{
	return id_map_add(map, (struct id_range){ inside, outside, 1 });
}

static int decide_maps(struct plan *plan, const struct plan_facts *facts)
{
	int r = 0;

	if (is_given(&plan->map_user))
		r = map_one(&plan->uid_map, plan->map_user.is_current ? facts->euid : facts->map_uid,
			    facts->euid);
	if (r == 0 && is_given(&plan->map_group)) {
		r = map_one(&plan->gid_map, plan->map_group.is_current ? facts->egid : facts->map_gid,
			    facts->egid);
		/*
		 * From inside, a group map is accepted only once setgroups(2)
		 * is given up; who wants to keep it has the map written by a
		 * process outside, which may do so with CAP_SETGID.
		 */
		if (plan->setgroups == SETGROUPS_UNSET)
			plan->setgroups = SETGROUPS_DENY;
		if (plan->setgroups == SETGROUPS_ALLOW)
			plan->maps_from_outside = true;
	}
	return r;
}

static void decide_credentials(struct plan *plan, const struct plan_facts *facts)
{
	bool joins_user = plan->join_all || ns_set_has(plan->join_types, NS_USER) ||
			  plan->join[NS_USER].kind != NS_REF_NONE;
	bool becomes_root = joins_user && !plan->keeps_credentials;

	/* In a user namespace just joined our ids mean nothing: be its root. */
	plan->becomes_user = plan->set_uid || becomes_root;
	plan->becomes_group = plan->set_gid || becomes_root;
	plan->uid = plan->set_uid ? facts->set_uid : 0;
	plan->gid = plan->set_gid ? facts->set_gid : 0;
}

int plan_complete(struct plan *plan, const struct plan_facts *facts, const char **ret_problem)
{
	int r;

	imply(plan);
	*ret_problem = find_problem(plan);
	if (*ret_problem)
		return -EINVAL;
	r = decide_maps(plan, facts);
	if (r < 0) {
		*ret_problem = "the id map cannot be made";
		return r;
	}
	decide_credentials(plan, facts);
	return 0;
}
