/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plan_cli_who.c - options for the ids of a new user namespace, and for whom
 * the program runs as. No effects: names are looked up later.
 */
#include "plan_cli.h"

#include <string.h>

#include "diag.h"

enum {
	CODE_MAP_USER = CLI_IDENTITY_CODES,
	CODE_MAP_USERS,
	CODE_MAP_GROUP,
	CODE_MAP_GROUPS,
	CODE_MAP_AUTO,
	CODE_MAP_SUBIDS,
	CODE_SETGROUPS,
	CODE_OWNER,
	CODE_PRESERVE_CREDENTIALS,
	CODE_KEEP_GROUPS,
	CODE_KEEP_CAPS,
};

/* Id maps of a new user namespace. */

static const struct cli_option id_map_options[] = {
	{ 'r', "map-root-user", CLI_NO_ARGUMENT, NULL,
	  "be root inside: --map-user=0 --map-group=0; implies --user", PLAN_EXCLUSIVE_MAP },
	{ 'c', "map-current-user", CLI_NO_ARGUMENT, NULL, "keep your ids inside; implies --user",
	  PLAN_EXCLUSIVE_MAP },
	{ CODE_MAP_USER, "map-user", CLI_REQUIRED, "USER", "the user to be inside; implies --user", 0 },
	{ CODE_MAP_USERS, "map-users", CLI_REQUIRED, "INSIDE:OUTSIDE:COUNT|auto|subids|all",
	  "users to map besides; can be repeated; implies --user", 0 },
	{ CODE_MAP_GROUP, "map-group", CLI_REQUIRED, "GROUP", "the group to be inside; implies --user", 0 },
	{ CODE_MAP_GROUPS, "map-groups", CLI_REQUIRED, "INSIDE:OUTSIDE:COUNT|auto|subids|all",
	  "groups to map besides; can be repeated; implies --user", 0 },
	{ CODE_MAP_AUTO, "map-auto", CLI_NO_ARGUMENT, NULL,
	  "map your subordinate ids to ids from 0 on: --map-users=auto --map-groups=auto", 0 },
	{ CODE_MAP_SUBIDS, "map-subids", CLI_NO_ARGUMENT, NULL,
	  "map them to themselves: --map-users=subids --map-groups=subids", 0 },
	{ CODE_OWNER, "owner", CLI_REQUIRED, "USER:GROUP", "who is to own the user namespace; implies --user",
	  0 },
	{ CODE_SETGROUPS, "setgroups", CLI_REQUIRED, "allow|deny",
	  "whether setgroups(2) works inside; --map-group denies it unless this allows", 0 },
};

static int add_range(struct plan_map *side, const char *word)
{
	struct id_range_words words;

	/* Names are looked up later; the shape can be seen now. */
	if (id_range_word(word) == ID_RANGE_NUMBERS) {
		if (id_range_split(word, &words) < 0)
			return -EINVAL;
		free(words.memory);
	}
	side->ranges = xreallocarray(side->ranges, side->range_count + 1, sizeof(*side->ranges));
	side->ranges[side->range_count++] = word;
	return 0;
}

static int add_range_to_both(struct plan *plan, const char *word)
{
	return add_range(&plan->users, word) ?: add_range(&plan->groups, word);
}

/* The last of the options that say who to be wins. */
static void set_own(struct plan_map *side, const char *own, bool keeps)
{
	side->own = own;
	side->keeps_own = keeps;
}

static int apply_owner(struct plan *plan, const char *argument)
{
	const char *colon = strchr(argument, ':');

	if (!colon || colon == argument || !colon[1])
		return -EINVAL;
	plan->owner = argument;
	return 0;
}

static int apply_id_map(void *request, int code, const char *argument)
{
	struct plan *plan = request;

	switch (code) {
	case 'r':
		set_own(&plan->users, "0", false);
		set_own(&plan->groups, "0", false);
		return 0;
	case 'c':
		set_own(&plan->users, NULL, true);
		set_own(&plan->groups, NULL, true);
		return 0;
	case CODE_MAP_USER:
		set_own(&plan->users, argument, false);
		return 0;
	case CODE_MAP_GROUP:
		set_own(&plan->groups, argument, false);
		return 0;
	case CODE_MAP_USERS:
		return add_range(&plan->users, argument);
	case CODE_MAP_GROUPS:
		return add_range(&plan->groups, argument);
	case CODE_MAP_AUTO:
		return add_range_to_both(plan, "auto");
	case CODE_MAP_SUBIDS:
		return add_range_to_both(plan, "subids");
	case CODE_OWNER:
		return apply_owner(plan, argument);
	case CODE_SETGROUPS:
		if (strcmp(argument, "allow") != 0 && strcmp(argument, "deny") != 0)
			return -EINVAL;
		plan->setgroups = *argument == 'a' ? SETGROUPS_ALLOW : SETGROUPS_DENY;
		return 0;
	}
	return -EINVAL;
}

const struct cli_group plan_cli_id_map_group = {
	"User and group ids of a new user namespace",
	id_map_options,
	ARRAY_SIZE(id_map_options),
	apply_id_map,
};

/* Who to be in there. */

#define ROW_SETUID                                                                                           \
	{                                                                                                    \
		'S', "setuid", CLI_REQUIRED, "USER", "run the program as USER", 0                            \
	}
#define ROW_SETGID                                                                                           \
	{                                                                                                    \
		'G', "setgid", CLI_REQUIRED, "GROUP", "run it as GROUP, and with no other groups", 0         \
	}

#define ROW_KEEP_CAPS                                                                                        \
	{                                                                                                    \
		CODE_KEEP_CAPS, "keep-caps", CLI_NO_ARGUMENT, NULL,                                          \
			"keep all capabilities in the user namespace, whoever the program runs as", 0        \
	}

/* After creating. */
static const struct cli_option identity_options[] = {
	ROW_SETUID,
	ROW_SETGID,
	{ CODE_KEEP_GROUPS, "keep-groups", CLI_NO_ARGUMENT, NULL, "with --setgid keep the other groups", 0 },
	ROW_KEEP_CAPS,
};

/* After entering. */
static const struct cli_option enter_identity_options[] = {
	{ 'S', "setuid", CLI_REQUIRED, "USER|follow",
	  "run the program as USER, or as whom the target runs as", 0 },
	{ 'G', "setgid", CLI_REQUIRED, "GROUP|follow", "run it as GROUP, and with no other groups", 0 },
	{ CODE_PRESERVE_CREDENTIALS, "preserve-credentials", CLI_NO_ARGUMENT, NULL,
	  "keep user, group and groups, instead of becoming 0 in a user namespace", 0 },
	ROW_KEEP_CAPS,
};

static int apply_identity(void *request, int code, const char *argument)
{
	struct plan *plan = request;

	switch (code) {
	case 'S':
		plan->set_uid = argument;
		return 0;
	case 'G':
		plan->set_gid = argument;
		return 0;
	case CODE_KEEP_GROUPS:
		plan->keeps_groups = true;
		return 0;
	case CODE_KEEP_CAPS:
		plan->keeps_caps = true;
		return 0;
	case CODE_PRESERVE_CREDENTIALS:
		plan->keeps_credentials = true;
		return 0;
	}
	return -EINVAL;
}

/* In a world that exists there is somebody to follow. */
static int apply_enter_identity(void *request, int code, const char *argument)
{
	bool follows = argument && strcmp(argument, "follow") == 0;
	struct plan *plan = request;

	if (code == 'S')
		plan->follows_uid = follows;
	if (code == 'G')
		plan->follows_gid = follows;
	return apply_identity(request, code, follows ? NULL : argument);
}

const struct cli_group plan_cli_identity_group = {
	"Who the program runs as",
	identity_options,
	ARRAY_SIZE(identity_options),
	apply_identity,
};

const struct cli_group plan_cli_enter_identity_group = {
	"Who the program runs as",
	enter_identity_options,
	ARRAY_SIZE(enter_identity_options),
	apply_enter_identity,
};
