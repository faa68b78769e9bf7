/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plan_cli.c - options to plan: rows, and what each writes down. No effects.
 */
#include "plan_cli.h"

#include <limits.h>
#include <signal.h>
#include <string.h>

#include "diag.h"
#include "ns_cli.h"
#include "text.h"

enum {
	CODE_MAP_USER = CLI_IDENTITY_CODES,
	CODE_MAP_GROUP,
	CODE_SETGROUPS,
	CODE_PRESERVE_CREDENTIALS,

	CODE_MOUNT_PROC = CLI_FILES_CODES,
	CODE_PROPAGATION,
	CODE_HOSTNAME,

	CODE_KILL_CHILD = CLI_LIFE_CODES,
};

/* Numbers of exclusions, see cli.h. */
enum { EXCLUSIVE_NONE, EXCLUSIVE_FORK, EXCLUSIVE_MAP };

/* Types to create. */

static int apply_create(void *request, int code, const char *argument)
{
	enum ns_type type = ns_type_from_letter(code);
	struct plan *plan = request;

	plan->create |= ns_set_of(type);
	if (argument) {
		if (!*argument)
			return -EINVAL;
		plan->keep_at[type] = argument;
	}
	return 0;
}

const struct cli_group *plan_cli_create_group(bool with_files)
{
	static struct cli_option rows[NS_TYPE_COUNT];
	static struct cli_group group = { NULL, rows, ARRAY_SIZE(rows), apply_create };

	group.heading = with_files ? "Namespaces to create; FILE keeps one" : "Namespaces to create";
	ns_cli_fill(rows, with_files ? CLI_LONG_OPTIONAL : CLI_NO_ARGUMENT, "FILE");
	return &group;
}

/* Types to join. */

static int apply_join(void *request, int code, const char *argument)
{
	enum ns_type type = ns_type_from_letter(code);
	struct plan *plan = request;

	if (argument)
		return ns_ref_parse(argument, &plan->join[type]);
	plan->join_types |= ns_set_of(type);
	return 0;
}

const struct cli_group *plan_cli_join_group(void)
{
	static struct cli_option rows[NS_TYPE_COUNT];
	static struct cli_group group = { NULL, rows, ARRAY_SIZE(rows), apply_join };

	group.heading = "Namespaces to enter; of the target, or of REF";
	ns_cli_fill(rows, CLI_OPTIONAL, "REF");
	return &group;
}

static const struct cli_option target_options[] = {
	{ 't', "target", CLI_REQUIRED, "REF", "the process (PID, PID:INODE) or pin:NAME to enter", 0 },
	{ 'a', "all", CLI_NO_ARGUMENT, NULL,
	  "enter all namespaces of the target that differ from ours; so does a target alone", 0 },
};

static int apply_target(void *request, int code, const char *argument)
{
	struct plan *plan = request;
	int r;

	if (code == 'a') {
		plan->join_all = true;
		return 0;
	}
	r = ns_ref_parse(argument, &plan->target);
	if (r < 0)
		return r;
	return plan->target.kind == NS_REF_PROCESS || plan->target.kind == NS_REF_PIN ? 0 : -EINVAL;
}

const struct cli_group plan_cli_target_group = {
	"Target",
	target_options,
	ARRAY_SIZE(target_options),
	apply_target,
};

/* Id maps of a new user namespace. */

static const struct cli_option id_map_options[] = {
	{ 'r', "map-root-user", CLI_NO_ARGUMENT, NULL,
	  "be root inside: --map-user=0 --map-group=0; implies --user", EXCLUSIVE_MAP },
	{ 'c', "map-current-user", CLI_NO_ARGUMENT, NULL, "keep your ids inside; implies --user",
	  EXCLUSIVE_MAP },
	{ CODE_MAP_USER, "map-user", CLI_REQUIRED, "USER", "the user to be inside; implies --user", 0 },
	{ CODE_MAP_GROUP, "map-group", CLI_REQUIRED, "GROUP", "the group to be inside; implies --user", 0 },
	{ CODE_SETGROUPS, "setgroups", CLI_REQUIRED, "allow|deny",
	  "whether setgroups(2) works inside; a group map denies it unless this allows", 0 },
};

static int apply_id_map(void *request, int code, const char *argument)
{
	struct plan *plan = request;

	switch (code) {
	case 'r':
		plan->map_user = plan->map_group = (struct plan_id){ .text = "0" };
		return 0;
	case 'c':
		plan->map_user = plan->map_group = (struct plan_id){ .is_current = true };
		return 0;
	case CODE_MAP_USER:
		plan->map_user = (struct plan_id){ .text = argument };
		return 0;
	case CODE_MAP_GROUP:
		plan->map_group = (struct plan_id){ .text = argument };
		return 0;
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

/* Who to be in what was entered. */

static const struct cli_option identity_options[] = {
	{ 'S', "setuid", CLI_REQUIRED, "USER", "the user to be inside; by default 0 in a user namespace", 0 },
	{ 'G', "setgid", CLI_REQUIRED, "GROUP", "the group to be inside, with no other groups", 0 },
	{ CODE_PRESERVE_CREDENTIALS, "preserve-credentials", CLI_NO_ARGUMENT, NULL,
	  "keep user, group and groups on entering a user namespace", 0 },
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
	case CODE_PRESERVE_CREDENTIALS:
		plan->keeps_credentials = true;
		return 0;
	}
	return -EINVAL;
}

const struct cli_group plan_cli_identity_group = {
	"Identity",
	identity_options,
	ARRAY_SIZE(identity_options),
	apply_identity,
};

/* Files and names. */

static const char *const propagation_words[] = {
	[PROPAGATION_PRIVATE] = "private",
	[PROPAGATION_SLAVE] = "slave",
	[PROPAGATION_SHARED] = "shared",
	[PROPAGATION_UNCHANGED] = "unchanged",
};

static const struct cli_option files_options[] = {
	{ CODE_MOUNT_PROC, "mount-proc", CLI_OPTIONAL, "DIR",
	  "mount proc at DIR (/proc) for the new pid namespace; implies --mount", 0 },
	{ CODE_PROPAGATION, "propagation", CLI_REQUIRED, "private|slave|shared|unchanged",
	  "of the mounts in a new mount namespace (private)", 0 },
	{ 'R', "root", CLI_REQUIRED, "DIR", "change the root directory to DIR", 0 },
	{ 'w', "wd", CLI_REQUIRED, "DIR", "change the working directory to DIR, below the new root", 0 },
	{ CODE_HOSTNAME, "hostname", CLI_REQUIRED, "NAME", "set the host name; implies --uts", 0 },
};

static int apply_propagation(struct plan *plan, const char *argument)
{
	size_t index;
	int r;

	r = parse_word(argument, propagation_words, ARRAY_SIZE(propagation_words), &index);
	if (r < 0)
		return r;
	plan->propagation = (enum plan_propagation)index;
	return 0;
}

static int apply_files(void *request, int code, const char *argument)
{
	struct plan *plan = request;

	switch (code) {
	case CODE_MOUNT_PROC:
		plan->proc = argument ? argument : "/proc";
		return 0;
	case CODE_PROPAGATION:
		return apply_propagation(plan, argument);
	case 'R':
		plan->root = argument;
		return 0;
	case 'w':
		plan->directory = argument;
		return 0;
	case CODE_HOSTNAME:
		/* The kernel takes no longer one; sethostname(2). */
		if (strlen(argument) > HOST_NAME_MAX)
			return -ERANGE;
		plan->hostname = argument;
		return 0;
	}
	return -EINVAL;
}

const struct cli_group plan_cli_files_group = {
	"Files and names",
	files_options,
	ARRAY_SIZE(files_options),
	apply_files,
};

/* Life. */

static const struct cli_option life_options[] = {
	{ 'f', "fork", CLI_NO_ARGUMENT, NULL,
	  "run the program as a child, and end as it does; implied by --pid", EXCLUSIVE_FORK },
	{ 'F', "no-fork", CLI_NO_ARGUMENT, NULL, "run the program in place of ourselves", EXCLUSIVE_FORK },
	{ CODE_KILL_CHILD, "kill-child", CLI_OPTIONAL, "SIGNAL",
	  "send the child SIGNAL (KILL) when we end; implies --fork", 0 },
};

static int apply_life(void *request, int code, const char *argument)
{
	struct plan *plan = request;

	switch (code) {
	case 'f':
		plan->fork = FORK_ALWAYS;
		return 0;
	case 'F':
		plan->fork = FORK_NEVER;
		return 0;
	case CODE_KILL_CHILD:
		plan->kill_child = SIGKILL;
		return argument ? parse_signal(argument, &plan->kill_child) : 0;
	}
	return -EINVAL;
}

const struct cli_group plan_cli_life_group = {
	"Life",
	life_options,
	ARRAY_SIZE(life_options),
	apply_life,
};

void plan_cli_complete(struct plan *plan)
{
	_cleanup_free_ char *unknown = NULL;
	struct plan_facts facts;
	const char *problem;
	int r;

	r = plan_facts_gather(plan, &facts, &unknown);
	if (r < 0)
		die(unknown ? 0 : r, "%s", unknown ? unknown : "cannot look up users");
	r = plan_complete(plan, &facts, &problem);
	if (r < 0)
		die_usage("%s", problem);
}
