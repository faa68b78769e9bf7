/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plan_cli_files.c - options for mounts, directories, names, environment and the
 * like: of a new world, and of one that is entered. No effects.
 */
#include "plan_cli.h"

#include <limits.h>
#include <string.h>

#include "diag.h"
#include "text.h"

enum {
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
	CODE_ETC_NETNS,
	CODE_HOST_EXE,
};

static const char *const propagation_words[] = {
	[PROPAGATION_PRIVATE] = "private",
	[PROPAGATION_SLAVE] = "slave",
	[PROPAGATION_SHARED] = "shared",
	[PROPAGATION_UNCHANGED] = "unchanged",
};

#define ROW_MOUNT_PROC                                                                                       \
	{                                                                                                    \
		CODE_MOUNT_PROC, "mount-proc", CLI_OPTIONAL, "DIR",                                          \
			"mount proc at DIR (/proc) for the new pid namespace; implies --mount", 0            \
	}
#define ROW_MOUNT_SYS                                                                                        \
	{                                                                                                    \
		CODE_MOUNT_SYS, "mount-sys", CLI_OPTIONAL, "DIR",                                            \
			"mount sysfs at DIR (/sys) for the new net namespace; implies --mount", 0            \
	}
#define ROW_PROPAGATION                                                                                      \
	{                                                                                                    \
		CODE_PROPAGATION, "propagation", CLI_REQUIRED, "private|slave|shared|unchanged",             \
			"of the mounts in a new mount namespace (private)", 0                                \
	}
#define ROW_PIVOT_ROOT                                                                                       \
	{                                                                                                    \
		CODE_PIVOT_ROOT, "pivot-root", CLI_REQUIRED, "DIR",                                          \
			"make DIR the root and let go of the old one; implies --mount", 0                    \
	}
#define ROWS_OF_NAMES                                                                                        \
	{ CODE_HOSTNAME, "hostname", CLI_REQUIRED, "NAME", "set the host name; implies --uts", 0 },          \
		{ CODE_DOMAINNAME,                                                                           \
		  "domainname",                                                                              \
		  CLI_REQUIRED,                                                                              \
		  "NAME",                                                                                    \
		  "set the NIS domain name; implies --uts",                                                  \
		  0 },                                                                                       \
	{                                                                                                    \
		CODE_LO, "lo", CLI_NO_ARGUMENT, NULL, "bring the loopback device up; implies --net", 0       \
	}

#define ROWS_OF_ENVIRONMENT                                                                                  \
	{                                                                                                    \
		CODE_CLEAR_ENV,                                                                              \
		"clear-env",                                                                                 \
		CLI_NO_ARGUMENT,                                                                             \
		NULL,                                                                                        \
		"run the program with an empty environment",                                                 \
		0                                                                                            \
	},                                                                                                   \
	{                                                                                                    \
		CODE_WHITELIST_ENV, "whitelist-env", CLI_REQUIRED, "NAME[,NAME...]",                         \
			"with none but these variables", 0                                                   \
	}

static const struct cli_option files_options[] = {
	ROW_MOUNT_PROC,
	ROW_MOUNT_SYS,
	{ CODE_MOUNT_BINFMT, "mount-binfmt", CLI_OPTIONAL, "DIR",
	  "mount binfmt_misc at DIR (/proc/sys/fs/binfmt_misc); implies --mount", 0 },
	{ 'l', "load-interp", CLI_REQUIRED, ":NAME:TYPE:OFFSET:MAGIC:MASK:INTERPRETER:FLAGS",
	  "register a binary type in there; implies --mount-binfmt", 0 },
	ROW_PROPAGATION,
	{ 'R', "root", CLI_REQUIRED, "DIR", "change the root directory to DIR", 0 },
	ROW_PIVOT_ROOT,
	{ 'w', "wd", CLI_REQUIRED, "DIR", "change the working directory to DIR, below the new root", 0 },
	ROWS_OF_NAMES,
	ROWS_OF_ENVIRONMENT,
};

/* What belongs to the namespaces, not to the program. */
static const struct cli_option pin_files_options[] = {
	ROW_MOUNT_PROC, ROW_MOUNT_SYS, ROW_PROPAGATION, ROW_PIVOT_ROOT, ROWS_OF_NAMES,
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
	/* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): their arguments are required */
	return strlen(name) > HOST_NAME_MAX ? -ERANGE : 0;
}

/* They add up; an empty list stays empty, to be refused. */
static void add_kept_variables(struct plan *plan, const char *names)
{
	char *before = plan->keep_env;

	if (!names || (before && !*before))
		return;
	plan->keep_env = before && *names ? xasprintf("%s,%s", before, names) : xstrdup(names);
	free(before);
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
		add_kept_variables(plan, argument);
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

const struct cli_group plan_cli_pin_files_group = {
	"Files, names",
	pin_files_options,
	ARRAY_SIZE(pin_files_options),
	apply_files,
};

/* Of a world that is entered. */

static const struct cli_option world_options[] = {
	{ 'r', "root", CLI_OPTIONAL, "DIR", "take this directory of ours, or the target's root, as the root",
	  0 },
	{ 'w', "wd", CLI_OPTIONAL, "DIR", "work in this directory of ours, or in that of the target", 0 },
	{ 'W', "wdns", CLI_OPTIONAL, "DIR",
	  "work in the directory of that name (of the name of ours) in there", 0 },
	{ 'e', "env", CLI_NO_ARGUMENT, NULL, "run the program with the environment of the target", 0 },
	ROWS_OF_ENVIRONMENT,
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
	case 'c':
		plan->joins_cgroup = true;
		return 0;
	case 'Z':
		plan->follows_context = true;
		return 0;
	case CODE_HOST_EXE:
		plan->takes_program = true;
		return 0;
	case CODE_ETC_NETNS:
		plan->shows_etc = true;
		plan->etc_name = argument;
		return 0;
	}
	/* These mean the same in a new world. */
	return apply_files(request, code, argument);
}

const struct cli_group plan_cli_world_group = {
	"The rest of that world",
	world_options,
	ARRAY_SIZE(world_options),
	apply_world,
};
