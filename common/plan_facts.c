/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plan_facts.c - what must be looked up before deciding: the caller's ids, and
 * users and groups given by name. Done before anything is entered, so that no
 * name service of another world is asked.
 */
#include "plan.h"

#include <grp.h>
#include <pwd.h>

#include "diag.h"
#include "text.h"

static int look_up_user(const char *text, uid_t *ret, char **ret_problem)
{
	const struct passwd *entry;
	int r;

	if (!text)
		return 0;
	r = parse_id(text, ret);
	if (r == -ERANGE)
		*ret_problem = xasprintf("user id '%s' is out of range", text);
	if (r != -EINVAL)
		return r;
	entry = getpwnam(text);
	if (!entry) {
		*ret_problem = xasprintf("there is no user '%s'", text);
		return -EINVAL;
	}
	*ret = entry->pw_uid;
	return 0;
}

static int look_up_group(const char *text, gid_t *ret, char **ret_problem)
{
	const struct group *entry;
	int r;

	if (!text)
		return 0;
	r = parse_id(text, ret);
	if (r == -ERANGE)
		*ret_problem = xasprintf("group id '%s' is out of range", text);
	if (r != -EINVAL)
		return r;
	entry = getgrnam(text);
	if (!entry) {
		*ret_problem = xasprintf("there is no group '%s'", text);
		return -EINVAL;
	}
	*ret = entry->gr_gid;
	return 0;
}

int plan_facts_gather(const struct plan *plan, struct plan_facts *ret, char **ret_problem)
{
	struct plan_facts facts = { .euid = geteuid(), .egid = getegid() };
	int r;

	*ret_problem = NULL;
	r = look_up_user(plan->map_user.text, &facts.map_uid, ret_problem);
	if (r == 0)
		r = look_up_user(plan->set_uid, &facts.set_uid, ret_problem);
	if (r == 0)
		r = look_up_group(plan->map_group.text, &facts.map_gid, ret_problem);
	if (r == 0)
		r = look_up_group(plan->set_gid, &facts.set_gid, ret_problem);
	if (r == 0)
		*ret = facts;
	return r;
}
