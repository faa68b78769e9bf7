/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plan_facts.c - what must be looked up before deciding: ids and rights of the
 * caller, users and groups given by name, subordinate ids. Done before
 * anything is entered, so that no name service of another world is asked.
 */
#include "plan.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "diag.h"
#include "file.h"
#include "hint.h"
#include "kernel.h"
#include "probe.h"
#include "text.h"
#include "user_name.h"

/* A user or group in words: the number, or the entry of that name. */
static int look_up(const char *text, bool is_group, uint32_t *ret, char **ret_problem)
{
	const char *kind = is_group ? "group" : "user";
	const struct passwd *user;
	const struct group *group;
	int r;

	if (!text)
		return 0;
	r = parse_id(text, ret);
	if (r == -ERANGE)
		*ret_problem = xasprintf("%s id '%s' is out of range", kind, text);
	if (r != -EINVAL)
		return r;
	if (is_group && (group = getgrnam(text))) {
		*ret = group->gr_gid;
		return 0;
	}
	if (!is_group && (user = getpwnam(text))) {
		*ret = user->pw_uid;
		return 0;
	}
	*ret_problem = xasprintf("there is no %s '%s'", kind, text);
	return -EINVAL;
}

/* The groups that the system gives a user. */
static int list_groups(const struct passwd *user, struct plan_groups *ret)
{
	_cleanup_free_ gid_t *list = NULL;
	int room = 0, count = 0;

	/* What does not fit is counted; getgrouplist(3). Where it did fit, there is no memory. */
	while (getgrouplist(user->pw_name, user->pw_gid, list, &count) < 0) {
		if (count <= room)
			return -ENOMEM;
		room = count;
		list = xreallocarray(list, (size_t)room, sizeof(*list));
	}
	*ret = (struct plan_groups){ take_ptr(list), (size_t)count };
	return 0;
}

/* Somebody whom the system knows, by name or number, with all groups: of a number alone it knows none. */
static int look_up_whole_user(const char *text, struct plan_facts *facts, char **ret_problem)
{
	const struct passwd *user;
	uid_t uid;

	if (!text)
		return 0;
	user = parse_id(text, &uid) == 0 ? getpwuid(uid) : getpwnam(text);
	if (!user) {
		*ret_problem = xasprintf("there is no user '%s'", text);
		return -EINVAL;
	}
	facts->set_uid = user->pw_uid;
	facts->set_gid = user->pw_gid;
	return list_groups(user, &facts->set_groups);
}

/* "USER:GROUP" */
static int look_up_owner(const char *text, struct plan_facts *facts, char **ret_problem)
{
	_cleanup_free_ char *user = NULL;
	const char *colon;
	int r;

	if (!text)
		return 0;
	colon = strchr(text, ':');
	user = strndup(text, (size_t)(colon - text));
	if (!user)
		return -ENOMEM;
	r = look_up(user, false, &facts->owner_uid, ret_problem);
	return r < 0 ? r : look_up(colon + 1, true, &facts->owner_gid, ret_problem);
}

/* "inside:outside:count" with names where ids are. */
static int look_up_range(const char *text, bool is_group, struct id_range *ret, char **ret_problem)
{
	struct id_range_words words = { 0 };
	_cleanup_free_ char *memory = NULL;
	int r;

	r = id_range_split(text, &words);
	memory = words.memory;
	if (r == 0)
		r = look_up(words.inside, is_group, &ret->inside, ret_problem);
	if (r == 0)
		r = look_up(words.outside, is_group, &ret->outside, ret_problem);
	if (r == 0)
		r = parse_u32(words.count, &ret->count);
	if (r == -ERANGE && !*ret_problem)
		*ret_problem = xstrdup("a range of ids reaches beyond 4294967294, the last id there is");
	if (r < 0 && !*ret_problem)
		*ret_problem = xasprintf("'%s' is no range of ids: INSIDE:OUTSIDE:COUNT", text);
	return r;
}

/* Subordinate ids are given to users by name; the user that the caller, or the owner, is. */
static int gather_subids(bool is_group, uid_t uid, struct plan_map_facts *facts, char **ret_problem)
{
	_cleanup_free_ char *user = user_name(uid);
	int r;

	r = subid_get(is_group, user, uid, &facts->subids);
	if (r == 0 && facts->subids.count == 0) {
		*ret_problem =
			xasprintf("there are no subordinate %s ids for '%s': add a line to %s, "
				  "or run usermod(8) with %s",
				  is_group ? "group" : "user", user, is_group ? "/etc/subgid" : "/etc/subuid",
				  is_group ? "--add-subgids" : "--add-subuids");
		return -ENOENT;
	}
	return r;
}

/* All ids of our own user namespace, which is the parent of a new one. */
static int gather_parents(bool is_group, struct plan_map_facts *facts)
{
	_cleanup_free_ char *text = NULL;
	const char *line;
	int r;

	r = read_file(AT_FDCWD, is_group ? "/proc/self/gid_map" : "/proc/self/uid_map", &text, NULL);
	if (r < 0)
		return r;
	for (line = text; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
		struct subid_list *list = &facts->parents;
		uint32_t first, count;

		if (sscanf(line, "%u %*u %u", &first, &count) != 2)
			continue;
		list->ranges = xreallocarray(list->ranges, list->count + 1, sizeof(*list->ranges));
		list->ranges[list->count++] = (struct subid_range){ first, count };
	}
	return 0;
}

static int gather_map(const struct plan_map *side, bool is_group, uid_t subid_user,
		      struct plan_map_facts *facts, char **ret_problem)
{
	int r;

	r = look_up(side->own, is_group, &facts->own, ret_problem);
	facts->ranges = xcalloc(side->range_count, sizeof(*facts->ranges));
	for (size_t i = 0; i < side->range_count && r == 0; i++) {
		const char *word = side->ranges[i];

		switch (id_range_word(word)) {
		case ID_RANGE_NUMBERS:
			r = look_up_range(word, is_group, &facts->ranges[i], ret_problem);
			break;
		case ID_RANGE_ALL:
			if (!facts->parents.count)
				r = gather_parents(is_group, facts);
			break;
		case ID_RANGE_AUTO:
		case ID_RANGE_SUBIDS:
			if (!facts->subids.count)
				r = gather_subids(is_group, subid_user, facts, ret_problem);
			break;
		}
	}
	return r;
}

static int gather_creatable(struct plan_facts *facts, char **ret_problem)
{
	_cleanup_free_ char *hint = NULL;
	int r;

	r = probe_creatable(&facts->creatable);
	if (r == 0)
		return 0;
	if (r == -ECANCELED)
		hint = xstrdup("the attempt was killed");
	else if (r == -EAGAIN)
		hint = hint_fork(r);
	else
		hint = hint_create(NS_SET_ALL, r);
	*ret_problem = xasprintf("cannot create any namespace for --all: %s%s%s", strerror(-r),
				 hint ? ": " : "", hint ? hint : "");
	return r;
}

/* The clocks as they are without a time namespace; ours may be in one itself. */
static int gather_clocks(struct timespec now[PLAN_CLOCK_COUNT])
{
	static const clockid_t clocks[PLAN_CLOCK_COUNT] = { CLOCK_MONOTONIC, CLOCK_BOOTTIME };
	static const char *const names[PLAN_CLOCK_COUNT] = { "monotonic", "boottime" };
	char text[256];

	if (read_file_into(AT_FDCWD, "/proc/self/timens_offsets", text, sizeof(text)) < 0)
		*text = '\0'; /* a kernel without time namespaces */
	for (int i = 0; i < PLAN_CLOCK_COUNT; i++) {
		const char *line = strstr(text, names[i]);
		long long seconds;
		long nanoseconds;

		if (clock_gettime(clocks[i], &now[i]) < 0)
			return -errno;
		if (!line || sscanf(line + strlen(names[i]), "%lld %ld", &seconds, &nanoseconds) != 2)
			continue;
		now[i].tv_sec -= seconds;
		now[i].tv_nsec -= nanoseconds;
		if (now[i].tv_nsec < 0) {
			now[i].tv_nsec += 1000000000;
			now[i].tv_sec--;
		}
	}
	return 0;
}

void plan_facts_release(struct plan_facts *facts)
{
	struct plan_map_facts *sides[] = { &facts->users, &facts->groups };

	free(facts->directory);
	free(facts->set_groups.list);
	for (size_t i = 0; i < ARRAY_SIZE(sides); i++) {
		free(sides[i]->ranges);
		subid_list_release(&sides[i]->subids);
		subid_list_release(&sides[i]->parents);
	}
}

int plan_facts_gather(const struct plan *plan, struct plan_facts *ret, char **ret_problem)
{
	struct plan_facts *facts = ret;
	int r;

	*ret_problem = NULL;
	*facts = (struct plan_facts){ 0 };
	r = look_up_owner(plan->owner, facts, ret_problem);
	facts->users.caller = plan->owner ? facts->owner_uid : geteuid();
	facts->groups.caller = plan->owner ? facts->owner_gid : getegid();
	facts->users.is_privileged = kernel_has_capability(CAP_SETUID);
	facts->groups.is_privileged = kernel_has_capability(CAP_SETGID);
	if (r == 0)
		r = look_up(plan->set_uid, false, &facts->set_uid, ret_problem);
	if (r == 0)
		r = look_up(plan->set_gid, true, &facts->set_gid, ret_problem);
	if (r == 0)
		r = look_up_whole_user(plan->become, facts, ret_problem);
	if (r == 0)
		r = gather_map(&plan->users, false, facts->users.caller, &facts->users, ret_problem);
	if (r == 0)
		r = gather_map(&plan->groups, true, facts->users.caller, &facts->groups, ret_problem);
	if (r == 0 && plan->create_all)
		r = gather_creatable(facts, ret_problem);
	if (r == 0)
		r = gather_clocks(facts->now);
	if (r == 0 && plan->create_all && !facts->users.parents.count)
		r = gather_parents(false, &facts->users);
	if (r == 0 && plan->create_all && !facts->groups.parents.count)
		r = gather_parents(true, &facts->groups);
	if (r == 0 && plan->keeps_directory) {
		facts->directory = getcwd(NULL, 0);
		if (!facts->directory) {
			r = -errno;
			*ret_problem = xasprintf("the working directory has no path: %s", strerror(errno));
		}
	}
	facts->shell = getenv("SHELL");
	if (!facts->shell || !*facts->shell)
		facts->shell = "/bin/sh";
	return r;
}
