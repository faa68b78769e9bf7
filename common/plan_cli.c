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
#include "pin_path.h"
#include "text.h"

enum {
	CODE_SHARE = CLI_CREATE_CODES,
	CODE_JOIN,
	CODE_PIN,
	CODE_MONOTONIC,
	CODE_BOOTTIME,
	CODE_UPTIME,

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

	CODE_MOUNT_PROC = CLI_FILES_CODES,
	CODE_MOUNT_SYS,
	CODE_MOUNT_BINFMT,
	CODE_PROPAGATION,
	CODE_PIVOT_ROOT,
	CODE_HOSTNAME,
	CODE_DOMAINNAME,
	CODE_LO,
	CODE_CLEAR_ENV,
	CODE_WHITELIST_ENV,

	CODE_FORWARD_SIGNALS = CLI_LIFE_CODES,
	CODE_KILL_CHILD,
	CODE_INIT,
	CODE_PID_FILE,
	CODE_INFO_FD,
	CODE_JSON_STATUS_FD,
	CODE_BLOCK_FD,
	CODE_USERNS_BLOCK_FD,
	CODE_SYNC_FD,
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

const struct cli_group *plan_cli_create_group(const char *heading, bool with_files)
{
	static struct cli_option rows[NS_TYPE_COUNT];
	static struct cli_group group = { NULL, rows, ARRAY_SIZE(rows), apply_create };

	group.heading = heading;
	ns_cli_fill(rows, with_files ? CLI_LONG_OPTIONAL : CLI_NO_ARGUMENT, "FILE");
	return &group;
}

static const struct cli_option choice_options[] = {
	{ 'a', "all", CLI_NO_ARGUMENT, NULL, "create all types that you can create here", 0 },
	{ CODE_SHARE, "share", CLI_REQUIRED, "TYPE[,TYPE...]", "but not these", 0 },
	{ CODE_JOIN, "join", CLI_REQUIRED, "TYPE=REF",
	  "enter that one instead: of a process, a file, or pin:NAME", 0 },
	{ CODE_PIN, "pin", CLI_REQUIRED, "NAME", "keep all new ones under NAME, as nsx-pin does", 0 },
	{ CODE_MONOTONIC, "monotonic", CLI_REQUIRED, "SPAN",
	  "offset of the monotonic clock (90, -1.5, 90min, 2d); implies --time", 0 },
	{ CODE_BOOTTIME, "boottime", CLI_REQUIRED, "SPAN", "offset of the boot clock; implies --time", 0 },
	{ CODE_UPTIME, "uptime", CLI_REQUIRED, "SPAN", "where the boot clock starts; implies --time", 0 },
};

/* "net=pin:blue" */
static int apply_join_word(struct plan *plan, const char *argument)
{
	const char *equals = strchr(argument, '=');
	_cleanup_free_ char *name = NULL;
	enum ns_type type;

	if (!equals)
		return -EINVAL;
	name = strndup(argument, (size_t)(equals - argument));
	if (!name)
		return -ENOMEM;
	type = ns_type_from_name(name);
	return type < 0 ? type : ns_ref_parse(equals + 1, &plan->join[type]);
}

static int apply_span(struct plan_offset *offset, const char *argument)
{
	int r;

	r = parse_time_span(argument, &offset->offset);
	if (r == 0)
		offset->is_given = true;
	return r;
}

static int apply_choice(void *request, int code, const char *argument)
{
	struct plan *plan = request;
	ns_set share;
	int r;

	switch (code) {
	case 'a':
		plan->create_all = true;
		return 0;
	case CODE_SHARE:
		r = ns_set_parse(argument, &share, NULL);
		if (r == 0)
			plan->share |= share;
		return r;
	case CODE_JOIN:
		return apply_join_word(plan, argument);
	case CODE_PIN:
		plan->pin = argument;
		return pin_name_problem(argument) ? -EINVAL : 0;
	case CODE_MONOTONIC:
		return apply_span(&plan->offsets[CLOCK_OFFSET_MONOTONIC], argument);
	case CODE_BOOTTIME:
		return apply_span(&plan->offsets[CLOCK_OFFSET_BOOTTIME], argument);
	case CODE_UPTIME:
		r = apply_span(&plan->uptime, argument);
		/* No clock shows less than 0. */
		return r == 0 && plan->uptime.offset.tv_sec < 0 ? -ERANGE : r;
	}
	return -EINVAL;
}

const struct cli_group plan_cli_choice_group = {
	"Choosing, keeping, clocks",
	choice_options,
	ARRAY_SIZE(choice_options),
	apply_choice,
};

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

/* After creating. */
static const struct cli_option identity_options[] = {
	ROW_SETUID,
	ROW_SETGID,
	{ CODE_KEEP_GROUPS, "keep-groups", CLI_NO_ARGUMENT, NULL, "with --setgid keep the other groups", 0 },
	{ CODE_KEEP_CAPS, "keep-caps", CLI_NO_ARGUMENT, NULL,
	  "keep all capabilities in the user namespace, whoever the program runs as", 0 },
};

/* After entering. */
static const struct cli_option enter_identity_options[] = {
	ROW_SETUID,
	ROW_SETGID,
	{ CODE_PRESERVE_CREDENTIALS, "preserve-credentials", CLI_NO_ARGUMENT, NULL,
	  "keep user, group and groups, instead of becoming 0 in a user namespace", 0 },
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
	{ CODE_MOUNT_SYS, "mount-sys", CLI_OPTIONAL, "DIR",
	  "mount sysfs at DIR (/sys) for the new net namespace; implies --mount", 0 },
	{ CODE_MOUNT_BINFMT, "mount-binfmt", CLI_OPTIONAL, "DIR",
	  "mount binfmt_misc at DIR (/proc/sys/fs/binfmt_misc); implies --mount", 0 },
	{ 'l', "load-interp", CLI_REQUIRED, ":NAME:TYPE:OFFSET:MAGIC:MASK:INTERPRETER:FLAGS",
	  "register a binary type in there; implies --mount-binfmt", 0 },
	{ CODE_PROPAGATION, "propagation", CLI_REQUIRED, "private|slave|shared|unchanged",
	  "of the mounts in a new mount namespace (private)", 0 },
	{ 'R', "root", CLI_REQUIRED, "DIR", "change the root directory to DIR", 0 },
	{ CODE_PIVOT_ROOT, "pivot-root", CLI_REQUIRED, "DIR",
	  "make DIR the root and let go of the old one; implies --mount", 0 },
	{ 'w', "wd", CLI_REQUIRED, "DIR", "change the working directory to DIR, below the new root", 0 },
	{ CODE_HOSTNAME, "hostname", CLI_REQUIRED, "NAME", "set the host name; implies --uts", 0 },
	{ CODE_DOMAINNAME, "domainname", CLI_REQUIRED, "NAME", "set the NIS domain name; implies --uts", 0 },
	{ CODE_LO, "lo", CLI_NO_ARGUMENT, NULL, "bring the loopback device up; implies --net", 0 },
	{ CODE_CLEAR_ENV, "clear-env", CLI_NO_ARGUMENT, NULL, "run the program with an empty environment",
	  0 },
	{ CODE_WHITELIST_ENV, "whitelist-env", CLI_REQUIRED, "NAME[,NAME...]",
	  "with none but these variables", 0 },
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

/* Neither name may be longer in the kernel; sethostname(2). */
static int check_length(const char *name)
{
	return strlen(name) > HOST_NAME_MAX ? -ERANGE : 0;
}

static int apply_files(void *request, int code, const char *argument)
{
	struct plan *plan = request;

	switch (code) {
	case CODE_MOUNT_PROC:
		plan->proc = argument ? argument : "/proc";
		return 0;
	case CODE_MOUNT_SYS:
		plan->sys = argument ? argument : "/sys";
		return 0;
	case CODE_MOUNT_BINFMT:
		plan->binfmt = argument ? argument : "/proc/sys/fs/binfmt_misc";
		return 0;
	case 'l':
		plan->interpreter = argument;
		return 0;
	case CODE_PROPAGATION:
		return apply_propagation(plan, argument);
	case 'R':
		plan->root = argument;
		return 0;
	case CODE_PIVOT_ROOT:
		plan->pivot_root = argument;
		return 0;
	case 'w':
		plan->directory = argument;
		return 0;
	case CODE_HOSTNAME:
		plan->hostname = argument;
		return check_length(argument);
	case CODE_DOMAINNAME:
		plan->domainname = argument;
		return check_length(argument);
	case CODE_LO:
		plan->loopback = true;
		return 0;
	case CODE_CLEAR_ENV:
		plan->clears_env = true;
		return 0;
	case CODE_WHITELIST_ENV:
		plan->keep_env = argument;
		return 0;
	}
	return -EINVAL;
}

const struct cli_group plan_cli_files_group = {
	"Files, names, environment",
	files_options,
	ARRAY_SIZE(files_options),
	apply_files,
};

/* Life. */

static const struct cli_option life_options[] = {
	{ 'f', "fork", CLI_NO_ARGUMENT, NULL,
	  "run the program as a child, and end as it does; implied by --pid, --time", EXCLUSIVE_FORK },
	{ 'F', "no-fork", CLI_NO_ARGUMENT, NULL, "run the program in place of ourselves", EXCLUSIVE_FORK },
	{ CODE_FORWARD_SIGNALS, "forward-signals", CLI_NO_ARGUMENT, NULL,
	  "implies --fork, with which all signals are forwarded", 0 },
	{ CODE_KILL_CHILD, "kill-child", CLI_OPTIONAL, "SIGNAL",
	  "send the child SIGNAL (KILL) when we end; implies --fork", 0 },
	{ CODE_INIT, "init", CLI_NO_ARGUMENT, NULL,
	  "run the program below a small init that reaps and forwards signals; implies --pid", 0 },
};

/* What makes sense where nothing is created as well. */
static const struct cli_option enter_life_options[] = {
	{ 'f', "fork", CLI_NO_ARGUMENT, NULL,
	  "run the program as a child, and end as it does; implied where the pid namespace changes",
	  EXCLUSIVE_FORK },
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
	case CODE_FORWARD_SIGNALS:
		plan->forwards_signals = true;
		return 0;
	case 'F':
		plan->fork = FORK_NEVER;
		return 0;
	case CODE_KILL_CHILD:
		plan->kill_child = SIGKILL;
		return argument ? parse_signal(argument, &plan->kill_child) : 0;
	case CODE_INIT:
		plan->init = true;
		return 0;
	}
	return -EINVAL;
}

const struct cli_group plan_cli_enter_life_group = {
	"Life",
	enter_life_options,
	ARRAY_SIZE(enter_life_options),
	apply_life,
};

const struct cli_group plan_cli_life_group = {
	"Life",
	life_options,
	ARRAY_SIZE(life_options),
	apply_life,
};

/* Telling others. */

static const struct cli_option tell_options[] = {
	{ CODE_PID_FILE, "pid-file", CLI_REQUIRED, "FILE", "write the pid to FILE when all is set up", 0 },
	{ CODE_INFO_FD, "info-fd", CLI_REQUIRED, "FD", "write pid and namespaces to FD, as JSON", 0 },
	{ CODE_JSON_STATUS_FD, "json-status-fd", CLI_REQUIRED, "FD",
	  "the same, and the exit status at the end; implies --fork", 0 },
	{ CODE_BLOCK_FD, "block-fd", CLI_REQUIRED, "FD", "wait on FD before the program runs", 0 },
	{ CODE_USERNS_BLOCK_FD, "userns-block-fd", CLI_REQUIRED, "FD",
	  "wait on FD for somebody who writes the id maps", 0 },
	{ CODE_SYNC_FD, "sync-fd", CLI_REQUIRED, "FD",
	  "hold FD open as long as the program runs; implies --fork", 0 },
};

static int apply_tell(void *request, int code, const char *argument)
{
	struct plan *plan = request;

	switch (code) {
	case CODE_PID_FILE:
		plan->pid_file = argument;
		return *argument ? 0 : -EINVAL;
	case CODE_INFO_FD:
		return parse_fd(argument, &plan->info_fd);
	case CODE_JSON_STATUS_FD:
		return parse_fd(argument, &plan->status_fd);
	case CODE_BLOCK_FD:
		return parse_fd(argument, &plan->block_fd);
	case CODE_USERNS_BLOCK_FD:
		return parse_fd(argument, &plan->user_block_fd);
	case CODE_SYNC_FD:
		return parse_fd(argument, &plan->sync_fd);
	}
	return -EINVAL;
}

const struct cli_group plan_cli_tell_group = {
	"Telling others, with the names and keys of bubblewrap",
	tell_options,
	ARRAY_SIZE(tell_options),
	apply_tell,
};

void plan_cli_complete(struct plan *plan)
{
	_cleanup_(plan_facts_release) struct plan_facts facts = { 0 };
	_cleanup_free_ char *unknown = NULL;
	const char *problem;
	int r;

	r = plan_facts_gather(plan, &facts, &unknown);
	if (r < 0)
		die(unknown ? 0 : r, "%s", unknown ? unknown : "cannot look up what the options name");
	r = plan_complete(plan, &facts, &problem);
	if (r < 0)
		die_usage("%s", problem);
}
