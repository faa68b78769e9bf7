/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plan_cli_world.c - options for what is no namespace, of a world that is
 * entered: directories, mounts, environment, cgroups, program. No effects.
 */
#include "plan_cli.h"

enum {
	CODE_MOUNT_PROC = CLI_WORLD_CODES,
	CODE_MOUNT_SYS,
	CODE_ETC_NETNS,
	CODE_CLEAR_ENV,
	CODE_WHITELIST_ENV,
	CODE_HOST_EXE,
};

static const struct cli_option world_options[] = {
	{ 'r', "root", CLI_OPTIONAL, "DIR", "take this directory of ours, or the target's root, as the root",
	  0 },
	{ 'w', "wd", CLI_OPTIONAL, "DIR", "work in this directory of ours, or in that of the target", 0 },
	{ 'W', "wdns", CLI_OPTIONAL, "DIR",
	  "work in the directory of that name (of the name of ours) in there", 0 },
	{ 'e', "env", CLI_NO_ARGUMENT, NULL, "run the program with the environment of the target", 0 },
	{ CODE_CLEAR_ENV, "clear-env", CLI_NO_ARGUMENT, NULL, "run the program with an empty environment",
	  0 },
	{ CODE_WHITELIST_ENV, "whitelist-env", CLI_REQUIRED, "NAME[,NAME...]",
	  "with none but these variables", 0 },
	{ 'c', "join-cgroup", CLI_NO_ARGUMENT, NULL,
	  "move the program into the cgroups of the target, v2 and v1", 0 },
	{ 'Z', "follow-context", CLI_NO_ARGUMENT, NULL,
	  "run the program with the label of the target (SELinux, AppArmor)", 0 },
	{ CODE_HOST_EXE, "host-exe", CLI_NO_ARGUMENT, NULL,
	  "run our own program, which must be a static one, in there", 0 },
	{ CODE_MOUNT_PROC, "mount-proc", CLI_OPTIONAL, "DIR",
	  "mount proc at DIR (/proc), for the program alone", 0 },
	{ CODE_MOUNT_SYS, "mount-sys", CLI_OPTIONAL, "DIR",
	  "mount sysfs at DIR (/sys), for the program alone", 0 },
	{ CODE_ETC_NETNS, "etc-netns", CLI_OPTIONAL, "NAME",
	  "show the files of /etc/netns/NAME in /etc, to the program alone", 0 },
};

static void set_place(struct plan_place *place, const char *path)
{
	*place = (struct plan_place){ true, path };
}

static int apply_world(void *request, int code, const char *argument)
{
	struct plan *plan = request;

	/* No directory, and no name, is empty. */
	if (argument && !*argument)
		return -EINVAL;
	switch (code) {
	case 'r':
		set_place(&plan->outer_root, argument);
		return 0;
	case 'w':
		set_place(&plan->outer_directory, argument);
		return 0;
	case 'W':
		plan->directory = argument;
		plan->keeps_directory = !argument;
		return 0;
	case 'e':
		plan->takes_env = true;
		return 0;
	case CODE_CLEAR_ENV:
		plan->clears_env = true;
		return 0;
	case CODE_WHITELIST_ENV:
		plan->keep_env = argument;
		return 0;
	case 'c':
		plan->joins_cgroup = true;
		return 0;
	case 'Z':
		plan->follows_context = true;
		return 0;
	case CODE_HOST_EXE:
		plan->takes_program = true;
		return 0;
	case CODE_MOUNT_PROC:
		plan->proc = argument ? argument : "/proc";
		return 0;
	case CODE_MOUNT_SYS:
		plan->sys = argument ? argument : "/sys";
		return 0;
	case CODE_ETC_NETNS:
		plan->shows_etc = true;
		plan->etc_name = argument;
		return 0;
	}
	return -EINVAL;
}

const struct cli_group plan_cli_world_group = {
	"The rest of that world",
	world_options,
	ARRAY_SIZE(world_options),
	apply_world,
};
