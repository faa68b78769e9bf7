/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plan.c - decisions. Pure: data in, data out.
 */
#include "plan.h"

#include <string.h>

#include "diag.h"
#include "pin_path.h"

static void map_release(struct plan_map *side)
{
	free(side->ranges);
	id_map_release(&side->map);
}

void plan_enter(struct plan *plan)
{
	plan->enters = true;
	/* In a copy of the mounts, what is mounted and unmounted outside goes on to show. */
	plan->propagation = PROPAGATION_SLAVE;
}

void plan_release(struct plan *plan)
{
	map_release(&plan->users);
	map_release(&plan->groups);
	free(plan->other_groups.list);
	free(plan->caller_directory);
	free(plan->keep_env);
}

ns_set plan_explicit_joins(const struct plan *plan)
{
	ns_set set = 0;

	for (int type = 0; type < NS_TYPE_COUNT; type++)
		if (plan->join[type].kind != NS_REF_NONE)
			set |= ns_set_of(type);
	return set;
}

ns_set plan_target_joins(const struct plan *plan)
{
	ns_set set = plan->join_all ? NS_SET_ALL : plan->join_types;

	return set & ~plan_explicit_joins(plan);
}

const struct ns_ref *plan_reference_of(const struct plan *plan, enum ns_type type)
{
	return plan->join[type].kind != NS_REF_NONE ? &plan->join[type] : &plan->target;
}

bool plan_target_is_namespace(const struct plan *plan)
{
	return plan->join_all && ns_ref_is_namespace(&plan->target);
}

bool plan_joins(const struct plan *plan)
{
	return plan_explicit_joins(plan) || plan_target_joins(plan);
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

bool plan_keeps_init(const struct plan *plan)
{
	return plan->program == PROGRAM_NONE && ns_set_has(plan->create, NS_PID);
}

void plan_descriptors(const struct plan *plan, struct plan_descriptor ret[PLAN_DESCRIPTOR_COUNT])
{
	ret[0] = (struct plan_descriptor){ "--info-fd", plan->info_fd };
	ret[1] = (struct plan_descriptor){ "--json-status-fd", plan->status_fd };
	ret[2] = (struct plan_descriptor){ "--block-fd", plan->block_fd };
	ret[3] = (struct plan_descriptor){ "--userns-block-fd", plan->user_block_fd };
	ret[4] = (struct plan_descriptor){ "--sync-fd", plan->sync_fd };
}

static bool maps_own(const struct plan_map *side)
{
	return side->own || side->keeps_own;
}

static bool is_mapped(const struct plan_map *side)
{
	return maps_own(side) || side->keeps_all || side->range_count;
}

static bool sets_clocks(const struct plan *plan)
{
	return plan->uptime.is_given || plan->offsets[CLOCK_OFFSET_MONOTONIC].is_given ||
	       plan->offsets[CLOCK_OFFSET_BOOTTIME].is_given;
}

static bool wants_mounts(const struct plan *plan)
{
	return plan->proc || plan->sys || plan->binfmt || plan->interpreter || plan->pivot_root ||
	       plan->shows_etc;
}

/* Types to create that an option asks for without naming them. */
static ns_set implied_types(const struct plan *plan)
{
	ns_set types = 0;

	if (is_mapped(&plan->users) || is_mapped(&plan->groups) || plan->owner)
		types |= ns_set_of(NS_USER);
	if (wants_mounts(plan))
		types |= ns_set_of(NS_MNT);
	if (plan->hostname || plan->domainname)
		types |= ns_set_of(NS_UTS);
	if (plan->loopback)
		types |= ns_set_of(NS_NET);
	if (plan->init)
		types |= ns_set_of(NS_PID);
	if (sets_clocks(plan))
		types |= ns_set_of(NS_TIME);
	return types;
}

/* Everything new and nobody in particular: then all stay who they are, as far as we may say so. */
static void keep_ids(struct plan *plan, const struct plan_facts *facts)
{
	bool may_map_all = facts->users.is_privileged && facts->groups.is_privileged;

	plan->users.keeps_all = plan->groups.keeps_all = may_map_all;
	plan->users.keeps_own = plan->groups.keeps_own = !may_map_all;
}

/* The name of the network that is entered, where it has one: also as ip-netns(8) users write it. */
static const char *name_of_net(const struct plan *plan)
{
	static const char *const directories[] = { "/run/netns/", "/var/run/netns/" };
	const struct ns_ref *ref =
		plan->join[NS_NET].kind == NS_REF_NONE ? &plan->target : &plan->join[NS_NET];

	if (!ns_set_has(plan_target_joins(plan) | plan_explicit_joins(plan), NS_NET))
		return NULL;
	if (ref->kind == NS_REF_PIN)
		return ref->name;
	for (size_t i = 0; ref->kind == NS_REF_PATH && i < ARRAY_SIZE(directories); i++) {
		size_t length = strlen(directories[i]);

		if (strncmp(ref->name, directories[i], length) == 0)
			return ref->name + length + strspn(ref->name + length, "/");
	}
	return NULL;
}

/* A target alone is all of it. Of a process, --net-socket and --user-parent say what, as in nsenter(1). */
static void imply_joins(struct plan *plan)
{
	bool is_process = ns_ref_is_process(&plan->target);

	if (plan->target.kind == NS_REF_NONE || plan->join_types || plan->join_all)
		return;
	if (is_process && plan->join[NS_NET].kind == NS_REF_SOCKET)
		return;
	if (is_process && plan->joins_user_parent && !plan_explicit_joins(plan))
		plan->join_types = ns_set_of(NS_USER);
	else
		plan->join_all = true;
}

static void imply(struct plan *plan, const struct plan_facts *facts)
{
	imply_joins(plan);
	if (plan->shows_etc && !plan->etc_name)
		plan->etc_name = name_of_net(plan);
	if (plan->create_all)
		plan->create |= facts->creatable & ~plan->share & ~plan_explicit_joins(plan);
	/* Who enters a world sets up that one, not another on top. */
	if (plan->enters)
		plan->create |= wants_mounts(plan) ? ns_set_of(NS_MNT) : 0;
	else if (!plan_target_joins(plan))
		plan->create |= implied_types(plan) & ~plan_explicit_joins(plan);
	if (plan->interpreter && !plan->binfmt)
		plan->binfmt = "/proc/sys/fs/binfmt_misc";
	if (plan->create_all && ns_set_has(plan->create, NS_USER) && !is_mapped(&plan->users) &&
	    !is_mapped(&plan->groups) && plan->user_block_fd < 0)
		keep_ids(plan, facts);
	if (plan->fork == FORK_AUTO &&
	    (plan->kill_child || plan->forwards_signals || plan->init || plan->pty || plan->status_fd >= 0 ||
	     plan->sync_fd >= 0 || ns_set_has(plan->create, NS_TIME)))
		plan->fork = FORK_ALWAYS;
}

/* Is one file given for two types? The second would hide the first. */
static bool shares_a_file(const struct plan *plan)
{
	for (int a = 0; a < NS_TYPE_COUNT; a++)
		for (int b = a + 1; b < NS_TYPE_COUNT; b++)
			if (plan->keep_at[a] && plan->keep_at[b] &&
			    strcmp(plan->keep_at[a], plan->keep_at[b]) == 0)
				return true;
	return false;
}

/* Is one descriptor given for two uses? One of them would close it. */
static bool shares_a_descriptor(const struct plan *plan)
{
	struct plan_descriptor list[PLAN_DESCRIPTOR_COUNT];

	plan_descriptors(plan, list);
	for (size_t a = 0; a < ARRAY_SIZE(list); a++)
		for (size_t b = a + 1; b < ARRAY_SIZE(list); b++)
			if (list[a].fd >= 0 && list[a].fd == list[b].fd)
				return true;
	return false;
}

/* What is asked for of a target that is no process, or of none. */
static const char *find_lack_of_process(const struct plan *plan)
{
	if (ns_ref_is_process(&plan->target))
		return NULL;
	if (plan->outer_root.is_given && !plan->outer_root.path)
		return "--root without a directory is that of the target: name a process with --target or "
		       "--each";
	if (plan->outer_directory.is_given && !plan->outer_directory.path)
		return "--wd without a directory is that of the target: name a process with --target or "
		       "--each";
	if (plan->takes_env)
		return "--env takes the environment of the target: name a process with --target or --each";
	if (plan->joins_cgroup)
		return "--join-cgroup takes the cgroups of a process: name one with --target or --each";
	if (plan->follows_uid || plan->follows_gid)
		return "'follow' means whom the target runs as: name a process with --target or --each";
	if (plan->follows_context)
		return "--follow-context takes the label of the target: name a process with --target or "
		       "--each";
	return NULL;
}

/* What nsx-enter's options need of each other. */
static const char *find_entering_problem(const struct plan *plan)
{
	const char *problem = find_lack_of_process(plan);

	if (problem)
		return problem;
	if (plan->joins_user_parent && !plan_joins(plan))
		return "--user-parent is that of a namespace to enter: name a target or a namespace";
	if (plan->shows_etc && !plan->etc_name)
		return "no network is entered by a name: give one, --etc-netns=NAME";
	if (plan->shows_etc && pin_name_problem(plan->etc_name))
		return "--etc-netns takes the name of a directory in /etc/netns";
	if (plan->takes_program && plan->program != PROGRAM_ARGV)
		return "--host-exe takes a program along: name one";
	if (plan->outer_directory.is_given && (plan->directory || plan->keeps_directory))
		return "--wd and --wdns both set the working directory: give one";
	return NULL;
}

/* Why the options do not go together, or NULL. */
static const char *find_problem(const struct plan *plan)
{
	ns_set kept = plan_kept(plan);
	ns_set joined = plan_target_joins(plan) | plan_explicit_joins(plan);
	ns_set copied = plan->enters ? ns_set_of(NS_MNT) : 0; /* once it is entered */
	bool new_pid = ns_set_has(plan->create, NS_PID);
	bool keeps_in_file = false;
	const char *problem = find_entering_problem(plan);

	if (problem)
		return problem;
	for (int type = 0; type < NS_TYPE_COUNT; type++)
		keeps_in_file |= plan->keep_at[type] != NULL;
	if (plan->has_two_targets)
		return "one target at a time: --target is given twice";
	if ((plan->join_types || plan->join_all) && plan->target.kind == NS_REF_NONE)
		return "a type without a reference is taken from the target: name one with --target";
	if (plan->create & plan_explicit_joins(plan) & ~copied)
		return "a namespace is either created or joined: a type is given for both";
	if (shares_a_file(plan))
		return "a file keeps one namespace: the same is given for two types";
	/* What is left of --all once types are taken out of it may be nothing that can be had. */
	if (plan->create_all && !plan->create && (NS_SET_ALL & ~plan->share & ~plan_explicit_joins(plan)))
		return "of the types that --all is to create none can be created here";
	if (plan->share && !plan->create_all)
		return "--share takes types out of --all: add --all";
	if (plan->pin && keeps_in_file)
		return "--pin keeps all new namespaces under one name: no =FILE beside it";
	if (plan->pin && !plan->create)
		return "--pin keeps new namespaces: name the types to create";
	if (plan->setgroups != SETGROUPS_UNSET && !ns_set_has(plan->create, NS_USER))
		return "--setgroups is for a new user namespace: add --user";
	if (implied_types(plan) & plan->share)
		return "an option needs a new namespace of a type that --share leaves out";
	if (wants_mounts(plan) && !ns_set_has(plan->create, NS_MNT))
		return "mounts are made in a new mount namespace, and one that exists is entered";
	if (shares_a_descriptor(plan))
		return "a descriptor has one use: the same is given for two";
	if ((is_mapped(&plan->users) || is_mapped(&plan->groups) || plan->owner) &&
	    !ns_set_has(plan->create, NS_USER))
		return "ids are mapped when a user namespace is made, and one that exists is entered";
	if (sets_clocks(plan) && !ns_set_has(plan->create, NS_TIME))
		return "clocks are set when a time namespace is made, and one that exists is entered";
	if (plan->user_block_fd >= 0 && !ns_set_has(plan->create, NS_USER))
		return "--userns-block-fd waits for the maps of a new user namespace: add --user";
	if (plan->user_block_fd >= 0 && (is_mapped(&plan->users) || is_mapped(&plan->groups)))
		return "with --userns-block-fd somebody else writes the maps: no --map option beside it";
	if (plan->root && plan->pivot_root)
		return "--root and --pivot-root both set the root directory: give one";
	if (plan->uptime.is_given && plan->offsets[CLOCK_OFFSET_BOOTTIME].is_given)
		return "--uptime and --boottime both set the boot clock: give one";
	if (plan->keep_env && !*plan->keep_env)
		return "--whitelist-env takes names of variables";
	if (plan->fork != FORK_NEVER)
		return NULL;
	if (plan->kill_child)
		return "--kill-child needs a child, and --no-fork makes none";
	if (plan->forwards_signals)
		return "--forward-signals needs a child, and --no-fork makes none";
	if (plan->init)
		return "--init is the program's parent: drop --no-fork";
	if (plan->pty)
		return "--pty needs somebody outside who serves the terminal: drop --no-fork";
	if (plan->status_fd >= 0)
		return "--json-status-fd tells the status of a child: drop --no-fork";
	if (plan->sync_fd >= 0)
		return "--sync-fd is held open by the program's parent: drop --no-fork";
	if ((new_pid || ns_set_has(joined, NS_PID)) && plan->proc)
		return "--mount-proc shows the pid namespace to a child only: drop --no-fork";
	if (new_pid && ns_set_has(kept, NS_PID))
		return "a pid namespace can be kept once its first process is there: drop --no-fork";
	return NULL;
}

/* Ids inside from 0 on, for all ranges one after the other, around the caller's own. */
static int map_automatically(struct id_map *map, const struct subid_list *list, const struct id_range *own)
{
	uint64_t next = 0;
	int r = 0;

	for (size_t i = 0; i < list->count && r == 0; i++)
		r = id_map_add_around(map, next, UINT32_MAX, list->ranges[i].first, list->ranges[i].count,
				      own, &next);
	return r;
}

/* Each id inside as it is outside. */
static int map_identically(struct id_map *map, const struct subid_list *list, const struct id_range *own)
{
	int r = 0;

	for (size_t i = 0; i < list->count && r == 0; i++) {
		const struct subid_range *range = &list->ranges[i];

		r = id_map_add_around(map, range->first, (uint64_t)range->first + range->count, range->first,
				      range->count, own, NULL);
	}
	return r;
}

static int map_range(struct id_map *map, const char *word, const struct id_range *range,
		     const struct plan_map_facts *facts, const struct id_range *own)
{
	size_t before;
	int r;

	switch (id_range_word(word)) {
	case ID_RANGE_AUTO:
		return map_automatically(map, &facts->subids, own);
	case ID_RANGE_SUBIDS:
		return map_identically(map, &facts->subids, own);
	case ID_RANGE_ALL:
		return map_identically(map, &facts->parents, own);
	case ID_RANGE_NUMBERS:
		break;
	}
	before = map->count;
	r = id_map_add_around(map, range->inside, (uint64_t)range->inside + range->count, range->outside,
			      range->count, own, NULL);
	/* Nothing was left of what was asked for beside the caller's own id. */
	return r == 0 && map->count == before ? -EEXIST : r;
}

static int decide_map(struct plan_map *side, const struct plan_map_facts *facts)
{
	struct id_range own = { side->keeps_own ? facts->caller : facts->own, facts->caller, 1 };
	const struct id_range *hole = maps_own(side) ? &own : NULL;
	int r = 0;

	if (hole)
		r = id_map_add(&side->map, own);
	if (r == 0 && side->keeps_all)
		r = map_identically(&side->map, &facts->parents, hole);
	for (size_t i = 0; i < side->range_count && r == 0; i++)
		r = map_range(&side->map, side->ranges[i], &facts->ranges[i], facts, hole);
	return r;
}

/* Is nothing mapped but the caller's own id? */
static bool is_own_alone(const struct plan_map *side, const struct plan_map_facts *facts)
{
	const struct id_map *map = &side->map;

	return map->count == 1 && map->ranges[0].count == 1 && map->ranges[0].outside == facts->caller;
}

/*
 * The kernel lets the creator write one line, for its own id; anything else
 * takes CAP_SETUID or CAP_SETGID in the parent namespace. So with the
 * capability somebody outside writes, and without it a setuid tool does.
 */
static enum map_writer choose_writer(const struct plan_map *side, const struct plan_map_facts *facts,
				     bool may_write_inside)
{
	bool is_own = is_own_alone(side, facts);

	if (side->map.count == 0)
		return MAP_NOT_WRITTEN;
	if (is_own && may_write_inside)
		return MAP_FROM_INSIDE;
	/* A tool would deny setgroups for one's own group, so do not ask it. */
	return facts->is_privileged || is_own ? MAP_FROM_OUTSIDE : MAP_BY_TOOL;
}

static const char *map_problem(int error)
{
	switch (error) {
	case -EINVAL:
		return "a range of ids is empty";
	case -ERANGE:
		return "a range of ids reaches beyond 4294967294, the last id there is";
	case -EEXIST:
		return "ranges of ids overlap, and an id can be mapped once, inside and outside; to be root "
		       "and "
		       "yourself by turns, nest: nsx-unshare -r sh -c 'SET UP; exec nsx-unshare "
		       "--map-user=UID "
		       "--map-group=GID PROGRAM'";
	case -E2BIG:
		return "the kernel takes no more than 340 ranges of ids";
	default:
		return "the ids cannot be mapped";
	}
}

static int decide_maps(struct plan *plan, const struct plan_facts *facts, const char **ret_problem)
{
	bool is_ours = !plan->owner; /* the owner of another's is not us, so cannot write */
	int r;

	r = decide_map(&plan->users, &facts->users);
	if (r == 0)
		r = decide_map(&plan->groups, &facts->groups);
	if (r < 0) {
		*ret_problem = map_problem(r);
		return r;
	}
	/* From inside, a map of one's own group is accepted only once setgroups(2) is given up. */
	if (is_own_alone(&plan->groups, &facts->groups) && plan->setgroups == SETGROUPS_UNSET)
		plan->setgroups = SETGROUPS_DENY;
	plan->users.writer = choose_writer(&plan->users, &facts->users, is_ours);
	plan->groups.writer =
		choose_writer(&plan->groups, &facts->groups, is_ours && plan->setgroups != SETGROUPS_ALLOW);
	return 0;
}

static struct plan_groups copy_groups(const struct plan_groups *groups)
{
	struct plan_groups copy = { xcalloc(groups->count, sizeof(*copy.list)), groups->count };

	for (size_t i = 0; i < groups->count; i++)
		copy.list[i] = groups->list[i];
	return copy;
}

static void decide_credentials(struct plan *plan, const struct plan_facts *facts)
{
	ns_set joins = plan_target_joins(plan) | plan_explicit_joins(plan);
	bool joins_user = ns_set_has(joins, NS_USER) || plan->joins_user_parent;
	/*
	 * With everything of a target an ordinary user enters a user namespace that
	 * was not asked for by name: there the map says who they are. Root is nobody
	 * there as a rule, and becomes its root.
	 */
	bool is_named = !plan->join_all || plan->joins_user_parent ||
			ns_set_has(plan->join_types | plan_explicit_joins(plan), NS_USER);
	bool becomes_root =
		joins_user && !plan->keeps_credentials && (is_named || facts->users.is_privileged);

	plan->becomes_owner = plan->owner != NULL;
	plan->owner_uid = facts->owner_uid;
	plan->owner_gid = facts->owner_gid;
	/* In a user namespace just joined our ids mean nothing: be its root. */
	plan->becomes_user = plan->set_uid || plan->become || plan->follows_uid || becomes_root;
	plan->becomes_group = plan->set_gid || plan->become || plan->follows_gid || becomes_root;
	plan->uid = plan->set_uid || plan->become ? facts->set_uid : 0;
	plan->gid = plan->set_gid || plan->become ? facts->set_gid : 0;
	plan->other_groups = copy_groups(&facts->set_groups);
}

/* The boot clock shows boot + offset. */
static void decide_offsets(struct plan *plan, const struct plan_facts *facts)
{
	struct plan_offset *boot = &plan->offsets[CLOCK_OFFSET_BOOTTIME];

	if (!plan->uptime.is_given)
		return;
	*boot = plan->uptime;
	boot->offset.tv_sec -= facts->now[CLOCK_OFFSET_BOOTTIME].tv_sec;
	boot->offset.tv_nsec -= facts->now[CLOCK_OFFSET_BOOTTIME].tv_nsec;
	if (boot->offset.tv_nsec < 0) {
		boot->offset.tv_nsec += 1000000000;
		boot->offset.tv_sec--;
	}
}

int plan_complete(struct plan *plan, const struct plan_facts *facts, const char **ret_problem)
{
	int r;

	imply(plan, facts);
	*ret_problem = find_problem(plan);
	if (*ret_problem)
		return -EINVAL;
	r = decide_maps(plan, facts, ret_problem);
	if (r < 0)
		return r;
	decide_credentials(plan, facts);
	decide_offsets(plan, facts);
	plan->shell = facts->shell;
	if (plan->keeps_directory) {
		plan->caller_directory = xstrdup(facts->directory);
		plan->directory = plan->caller_directory;
	}
	for (int i = 0; i < PLAN_CLOCK_COUNT; i++)
		plan->now[i] = facts->now[i];
	return 0;
}
