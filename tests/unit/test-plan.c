/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test-plan.c - from options to decisions and to steps, as text: what is
 * implied, what is refused, and in which order things are done.
 */
#include "plan.h"

#include "diag.h"
#include "plan_cli.h"
#include "spawn.h"
#include "tap.h"

enum tool { UNSHARE, ENTER };

enum { WORDS_MAX = 40 };

/* A plan with the words that it points into. */
struct filled {
	struct plan plan;
	char *line;
	char *words[WORDS_MAX + 1];
};

/* Subordinate ids in two pieces, as two lines of subuid(5) give them. */
static struct subid_range subids[] = { { 100000, 1000 }, { 300000, 10 } };
static struct subid_range parents[] = { { 0, 4294967295u } };

/* What --map-users=10:200:5 and the like are as numbers: one a range, in their order. */
static struct id_range numbers[] = { { 10, 200, 5 }, { 20, 300, 5 } };

#define SIDE(id, privileged)                                                                                 \
	{                                                                                                    \
		.caller = (id), .own = 0, .ranges = numbers, .subids = { subids, ARRAY_SIZE(subids) },       \
		.parents = { parents, ARRAY_SIZE(parents) }, .is_privileged = (privileged)                   \
	}

static char here[] = "/from/here";

static const struct plan_facts ordinary = {
	.users = SIDE(1000, false),
	.groups = SIDE(100, false),
	.owner_uid = 5,
	.owner_gid = 6,
	.set_uid = 7,
	.set_gid = 8,
	.creatable = NS_SET_ALL & ~(1u << NS_TIME),
	.now = { { 500, 0 }, { 1000, 600000000 } },
	.shell = "/bin/example",
	.directory = here,
};

static const struct plan_facts privileged = {
	.users = SIDE(0, true),
	.groups = SIDE(0, true),
	.owner_uid = 5,
	.owner_gid = 6,
	.set_uid = 7,
	.set_gid = 8,
	.creatable = NS_SET_ALL,
	.now = { { 500, 0 }, { 1000, 600000000 } },
	.shell = "/bin/example",
	.directory = here,
};

static void filled_release(struct filled *filled)
{
	plan_release(&filled->plan);
	free(filled->line);
}

/* Parse a command line, its words parted by blanks, as the tool does. */
static void fill(struct filled *filled, enum tool tool, const char *line)
{
	const struct cli_group *unshare_groups[] = {
		plan_cli_create_group("", true),
		&plan_cli_choice_group,
		&plan_cli_id_map_group,
		&plan_cli_identity_group,
		&plan_cli_files_group,
		&plan_cli_life_group,
		&plan_cli_tell_group,
		NULL,
	};
	const struct cli_group *enter_groups[] = {
		&plan_cli_target_group,	    plan_cli_join_group(),
		&plan_cli_world_group,	    &plan_cli_enter_identity_group,
		&plan_cli_world_group,	    &plan_cli_enter_life_group,
		&plan_cli_enter_tell_group, NULL,
	};
	const struct cli_program program = {
		.name = "test",
		.usage = "",
		.purpose = "",
		.manual = "",
		.groups = tool == UNSHARE ? unshare_groups : enter_groups,
		.stops_at_operand = true,
	};
	int count = 0, first;
	char *rest;

	*filled = (struct filled){ .plan = PLAN_INIT };
	if (tool == ENTER) {
		filled->plan.enters = true;
		filled->plan.propagation = PROPAGATION_SLAVE;
	}
	filled->line = xasprintf("test %s", line);
	rest = filled->line;
	for (char *word; count < WORDS_MAX && (word = strsep(&rest, " "));)
		if (*word)
			filled->words[count++] = word;
	first = cli_parse(&program, count, filled->words, &filled->plan);
	if (first < count) {
		filled->plan.program = PROGRAM_ARGV;
		filled->plan.argv = filled->words + first;
	}
}

/* Why the options are refused, or "fine". */
static const char *problem_of(enum tool tool, const char *line)
{
	_cleanup_(filled_release) struct filled filled;
	const char *problem = NULL;
	int r;

	fill(&filled, tool, line);
	r = plan_complete(&filled.plan, &ordinary, &problem);
	if (r == 0)
		return problem ? "success with a problem" : "fine";
	return problem ? problem : "no reason given";
}

/* The steps, for the caller to free. */
static char *steps_of_plan(const struct plan *plan)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	spawn_explain(plan, out);
	fclose(out);
	return text;
}

static char *steps_of(enum tool tool, const struct plan_facts *facts, const char *line)
{
	_cleanup_(filled_release) struct filled filled;
	const char *problem;

	fill(&filled, tool, line);
	if (plan_complete(&filled.plan, facts, &problem) < 0)
		return xstrdup(problem);
	return steps_of_plan(&filled.plan);
}

#define is_steps_for(facts, tool, line, want)                                                                \
	do {                                                                                                 \
		_cleanup_free_ char *got = steps_of(tool, facts, line);                                      \
		tap_is_str(got, want, "steps of " line, __FILE__, __LINE__);                                 \
	} while (0)

#define is_steps(tool, line, want) is_steps_for(&ordinary, tool, line, want)

/* The complete plan; released by the caller. */
static const struct plan *complete_for(const struct plan_facts *facts, struct filled *filled, enum tool tool,
				       const char *line)
{
	const char *problem;

	fill(filled, tool, line);
	if (plan_complete(&filled->plan, facts, &problem) < 0)
		printf("Bail out! '%s': %s\n", line, problem);
	return &filled->plan;
}

static const struct plan *complete(struct filled *filled, enum tool tool, const char *line)
{
	return complete_for(&ordinary, filled, tool, line);
}

static void test_unshare_steps(void)
{
	is_steps(UNSHARE, "true", " 1  execve           run 'true'\n");
	is_steps(UNSHARE, "-n true",
		 " 1  unshare          create namespaces (net)\n"
		 " 2  execve           run 'true'\n");
	/* Pid implies a child, and mounts are cut off from the caller's. */
	is_steps(UNSHARE, "-muinpUCT true",
		 " 1  unshare          create namespaces (mnt, uts, ipc, net, pid, user, cgroup, time)\n"
		 " 2  fork             fork\n"
		 " 3  mount            make all mounts private\n"
		 " 4  execve           run 'true'\n");
	is_steps(UNSHARE, "--user --map-root-user --pid --mount-proc --uts --hostname box sh -c id",
		 " 1  unshare          create namespaces (mnt, uts, pid, user)\n"
		 " 2  write            set setgroups to 'deny'\n"
		 " 3  write            map users 0:1000:1\n"
		 " 4  write            map groups 0:100:1\n"
		 " 5  fork             fork\n"
		 " 6  mount            make all mounts private\n"
		 " 7  sethostname      set the host name to 'box'\n"
		 " 8  mount            mount proc at '/proc'\n"
		 " 9  execve           run 'sh'\n");
	/* The new root comes before what is named inside it. */
	is_steps(UNSHARE, "-p --mount-proc=/p --root /r --wd /w --kill-child=TERM true",
		 " 1  unshare          create namespaces (mnt, pid)\n"
		 " 2  fork             fork\n"
		 " 3  mount            make all mounts private\n"
		 " 4  chroot           change root to '/r'\n"
		 " 5  mount            mount proc at '/p'\n"
		 " 6  chdir            change directory to '/w'\n"
		 " 7  prctl            have the child sent TERM when its parent ends\n"
		 " 8  execve           run 'true'\n");
	/* Files are made before, and bound once the namespaces are as they will be. */
	is_steps(UNSHARE, "--net=/n --pid=/p --mount=/m true",
		 " 1  openat           make '/m'\n"
		 " 2  openat           make '/n'\n"
		 " 3  openat           make '/p'\n"
		 " 4  unshare          create namespaces (mnt, net, pid)\n"
		 " 5  fork             fork\n"
		 " 6  mount            make all mounts private\n"
		 " 7  mount            keep the mnt namespace at '/m'\n"
		 " 8  mount            keep the net namespace at '/n'\n"
		 " 9  mount            keep the pid namespace at '/p'\n"
		 "10  execve           run 'true'\n");
	is_steps(UNSHARE, "-m --propagation slave true",
		 " 1  unshare          create namespaces (mnt)\n"
		 " 2  mount            make all mounts slave\n"
		 " 3  execve           run 'true'\n");
	is_steps(UNSHARE, "-m --propagation unchanged true",
		 " 1  unshare          create namespaces (mnt)\n"
		 " 2  execve           run 'true'\n");
	/* Everything below a root that is pivoted to is mounted first; the interpreter before all. */
	is_steps(UNSHARE,
		 "--pivot-root /r --mount-proc --mount-sys --mount-binfmt=/b -l :x:M::y::/i: --wd /w true",
		 " 1  unshare          create namespaces (mnt)\n"
		 " 2  mount            make all mounts private\n"
		 " 3  mount, write     register the binary type ':x:M::y::/i:'\n"
		 " 4  mount            mount proc at '/proc'\n"
		 " 5  open_tree, mount mount sysfs at '/sys', what is mounted below kept\n"
		 " 6  mount            mount binfmt_misc at '/b'\n"
		 " 7  pivot_root       pivot root to '/r', the old root gone\n"
		 " 8  chdir            change directory to '/w'\n"
		 " 9  execve           run 'true'\n");
	/* Where it registers the type, binfmt_misc is mounted already. */
	is_steps(UNSHARE, "-l :x:M::y::/i: true",
		 " 1  unshare          create namespaces (mnt)\n"
		 " 2  mount            make all mounts private\n"
		 " 3  mount, write     register the binary type ':x:M::y::/i:'\n"
		 " 4  execve           run 'true'\n");
	is_steps(UNSHARE, "--hostname h --domainname d --lo true",
		 " 1  unshare          create namespaces (uts, net)\n"
		 " 2  sethostname      set the host name to 'h'\n"
		 " 3  setdomainname    set the NIS domain name to 'd'\n"
		 " 4  ioctl            bring the loopback device up\n"
		 " 5  execve           run 'true'\n");
	/* Groups before the user, capabilities after both, the end of the parent last. */
	is_steps(UNSHARE, "-r -S someone -G some --keep-groups --keep-caps --kill-child true",
		 " 1  unshare          create namespaces (user)\n"
		 " 2  write            set setgroups to 'deny'\n"
		 " 3  write            map users 0:1000:1\n"
		 " 4  write            map groups 0:100:1\n"
		 " 5  fork             fork\n"
		 " 6  setresgid        become group 8 and keep the other groups\n"
		 " 7  setresuid        become user 7\n"
		 " 8  capset, prctl    keep all capabilities\n"
		 " 9  prctl            have the child sent KILL when its parent ends\n"
		 "10  execve           run 'true'\n");
	is_steps(UNSHARE, "--clear-env --whitelist-env HOME,TERM env",
		 " 1  -                clear the environment, but for HOME,TERM\n"
		 " 2  execve           run 'env'\n");
	/* An init is told of our end itself: the program ends with it. */
	is_steps(UNSHARE, "--init --kill-child --mount-proc true",
		 " 1  unshare          create namespaces (mnt, pid)\n"
		 " 2  fork             fork\n"
		 " 3  fork             fork the program from a small init\n"
		 " 4  mount            make all mounts private\n"
		 " 5  mount            mount proc at '/proc'\n"
		 " 6  execve           run 'true'\n");
	/* Others are told, and waited for. */
	is_steps(UNSHARE,
		 "-U --info-fd 3 --json-status-fd 4 --block-fd 5 --userns-block-fd 6 --sync-fd 7 --pid-file "
		 "/run/pid true",
		 " 1  fcntl            keep the descriptors given as options from the program\n"
		 " 2  unshare          create namespaces (user)\n"
		 " 3  fork             fork\n"
		 " 4  write            write the pid and the namespaces as JSON\n"
		 " 5  read             wait on descriptor 6 for the id maps\n"
		 " 6  rename           write the pid to '/run/pid'\n"
		 " 7  read             wait on descriptor 5\n"
		 " 8  execve           run 'true'\n");
	is_steps(UNSHARE, "--monotonic -1.5 --boottime 2d true",
		 " 1  unshare          create namespaces (time)\n"
		 " 2  write            set the offset of the monotonic clock to -1.5 s, of the "
		 "boottime clock to 172800 s\n"
		 " 3  fork             fork\n"
		 " 4  execve           run 'true'\n");
	is_steps(UNSHARE, "--join net=/n --join user=pin:blue -u true",
		 " 1  openat           open the net namespace of '/n'\n"
		 " 2  openat           open the user namespace of 'pin:blue'\n"
		 " 3  setns            enter the net namespace of '/n', the user namespace of 'pin:blue'\n"
		 " 4  unshare          create namespaces (uts)\n"
		 " 5  setresgid        become group 0\n"
		 " 6  setresuid        become user 0\n"
		 " 7  execve           run 'true'\n");
	is_steps_for(&privileged, UNSHARE, "--owner 5:6 -r --boottime 1 true",
		     " 1  setresuid        become the owner, user 5 and group 6\n"
		     " 2  unshare          create namespaces (user, time)\n"
		     " 3  write            set setgroups to 'deny'\n"
		     " 4  write            map users 0:0:1\n"
		     " 5  write            map groups 0:0:1\n"
		     " 6  write            set the offset of the boottime clock to 1 s\n"
		     " 7  fork             fork\n"
		     " 8  execve           run 'true'\n");
}

static void test_enter_steps(void)
{
	is_steps(ENTER, "-t 7 true",
		 " 1  openat           open the mnt namespace of '7'\n"
		 " 2  openat           open the uts namespace of '7'\n"
		 " 3  openat           open the ipc namespace of '7'\n"
		 " 4  openat           open the net namespace of '7'\n"
		 " 5  openat           open the pid namespace of '7'\n"
		 " 6  openat           open the user namespace of '7'\n"
		 " 7  openat           open the cgroup namespace of '7'\n"
		 " 8  openat           open the time namespace of '7'\n"
		 " 9  setns            enter the other namespaces of '7'\n"
		 "10  fork             fork\n"
		 "11  execve           run 'true'\n");
	is_steps(ENTER, "-t 7 -n -u --ipc=/i true",
		 " 1  openat           open the uts namespace of '7'\n"
		 " 2  openat           open the ipc namespace of '/i'\n"
		 " 3  openat           open the net namespace of '7'\n"
		 " 4  setns            enter the uts, net namespaces of '7', the ipc namespace of '/i'\n"
		 " 5  execve           run 'true'\n");
	is_steps(ENTER, "--net=pin:blue --pid=/p --kill-child true",
		 " 1  openat           open the net namespace of 'pin:blue'\n"
		 " 2  openat           open the pid namespace of '/p'\n"
		 " 3  setns            enter the net namespace of 'pin:blue', the pid namespace of '/p'\n"
		 " 4  fork             fork\n"
		 " 5  prctl            have the child sent KILL when its parent ends\n"
		 " 6  execve           run 'true'\n");
	/* Cgroups are opened in the caller's world, and joined by the program alone. */
	is_steps(ENTER, "-t 7 -p -m -U -c true",
		 " 1  openat           open the mnt namespace of '7'\n"
		 " 2  openat           open the pid namespace of '7'\n"
		 " 3  openat           open the user namespace of '7'\n"
		 " 4  openat           open the cgroups of '7'\n"
		 " 5  setns            enter the mnt, pid, user namespaces of '7'\n"
		 " 6  fork             fork\n"
		 " 7  write            join the cgroups of '7'\n"
		 " 8  setresgid        become group 0\n"
		 " 9  setresuid        become user 0\n"
		 "10  execve           run 'true'\n");
	/* The group first: becoming the user takes the right to change groups. */
	is_steps(ENTER, "-t 7 -U -S someone -G some true",
		 " 1  openat           open the user namespace of '7'\n"
		 " 2  setns            enter the user namespace of '7'\n"
		 " 3  setresgid        become group 8\n"
		 " 4  setresuid        become user 7\n"
		 " 5  execve           run 'true'\n");
	/* The terminal is opened by whom it is for, and had when all else is said and done. */
	is_steps(ENTER, "-t 7 -n --pty -S someone --kill-child true",
		 " 1  openat           hold the caller's /proc and /dev/ptmx\n"
		 " 2  openat           open the net namespace of '7'\n"
		 " 3  setns            enter the net namespace of '7'\n"
		 " 4  fork             fork\n"
		 " 5  setresuid        become user 7\n"
		 " 6  ioctl, sendmsg   open a pseudo-terminal\n"
		 " 7  prctl            have the child sent KILL when its parent ends\n"
		 " 8  setsid, ioctl    have the pseudo-terminal alone, in a new session\n"
		 " 9  execve           run 'true'\n");
}

/* What is no namespace: opened or read before anything is entered, taken on after. */
static void test_enter_world_steps(void)
{
	is_steps(ENTER, "-t 7 -n -r -w true",
		 " 1  openat           open the net namespace of '7'\n"
		 " 2  openat           open the root directory of '7'\n"
		 " 3  openat           open the working directory of '7'\n"
		 " 4  setns            enter the net namespace of '7'\n"
		 " 5  fchdir, chroot   make the root directory of '7' the root directory, and the working "
		 "directory of '7' the working directory\n"
		 " 6  execve           run 'true'\n");
	is_steps(ENTER, "-t 7 -m -r/r true",
		 " 1  openat           open the mnt namespace of '7'\n"
		 " 2  openat           open '/r'\n"
		 " 3  setns            enter the mnt namespace of '7'\n"
		 " 4  fchdir, chroot   make '/r' the root directory\n"
		 " 5  execve           run 'true'\n");
	is_steps(ENTER, "-t 7 -m --wd=/w true",
		 " 1  openat           open the mnt namespace of '7'\n"
		 " 2  openat           open '/w'\n"
		 " 3  setns            enter the mnt namespace of '7'\n"
		 " 4  fchdir, chroot   make '/w' the working directory\n"
		 " 5  execve           run 'true'\n");
	/* The caller's path, or another, found in there once everything is mounted. */
	is_steps(ENTER, "-t 7 -m -r -W true",
		 " 1  openat           open the mnt namespace of '7'\n"
		 " 2  openat           open the root directory of '7'\n"
		 " 3  setns            enter the mnt namespace of '7'\n"
		 " 4  fchdir, chroot   make the root directory of '7' the root directory\n"
		 " 5  chdir            change directory to '/from/here'\n"
		 " 6  execve           run 'true'\n");
	is_steps(ENTER, "-t 7 -n --mount-proc --wdns=/in/there true",
		 " 1  openat           open the net namespace of '7'\n"
		 " 2  setns            enter the net namespace of '7'\n"
		 " 3  unshare          create namespaces (mnt)\n"
		 " 4  mount            make all mounts slave\n"
		 " 5  mount            mount proc at '/proc'\n"
		 " 6  chdir            change directory to '/in/there'\n"
		 " 7  execve           run 'true'\n");
	/* Mounts are made in a copy, of the mount namespace that was entered. */
	is_steps(ENTER, "-t 7 -m -p --mount-proc=/p --mount-sys=/s --etc-netns=blue true",
		 " 1  openat           open the mnt namespace of '7'\n"
		 " 2  openat           open the pid namespace of '7'\n"
		 " 3  setns            enter the mnt, pid namespaces of '7'\n"
		 " 4  unshare          create namespaces (mnt)\n"
		 " 5  fork             fork\n"
		 " 6  mount            make all mounts slave\n"
		 " 7  mount            mount proc at '/p'\n"
		 " 8  open_tree, mount mount sysfs at '/s', what is mounted below kept\n"
		 " 9  move_mount       show the files of '/etc/netns/blue' in '/etc'\n"
		 "10  execve           run 'true'\n");
	/* PATH, with which the program is looked for, changes last. */
	is_steps(ENTER, "-t 7 -n -Z -e true",
		 " 1  openat           open the net namespace of '7'\n"
		 " 2  read             read the environment of '7'\n"
		 " 3  read             read the security label of '7'\n"
		 " 4  setns            enter the net namespace of '7'\n"
		 " 5  -                take the environment of '7'\n"
		 " 6  write            take the security label of '7' with the next program\n"
		 " 7  execve           run 'true'\n");
	is_steps(ENTER, "-t 7 -n -e --clear-env --whitelist-env HOME true",
		 " 1  openat           open the net namespace of '7'\n"
		 " 2  read             read the environment of '7'\n"
		 " 3  setns            enter the net namespace of '7'\n"
		 " 4  -                take the environment of '7' and clear the environment, but for HOME\n"
		 " 5  execve           run 'true'\n");
	is_steps(ENTER, "--net=/n --host-exe busybox ls",
		 " 1  openat           open the net namespace of '/n'\n"
		 " 2  memfd_create     take 'busybox' along\n"
		 " 3  setns            enter the net namespace of '/n'\n"
		 " 4  execve           run 'busybox'\n");
}

/* Who it is, how it lives, and who is told. */
static void test_enter_life_steps(void)
{
	is_steps(ENTER, "-t 7 -U -S follow -G follow --keep-caps true",
		 " 1  openat           open the user namespace of '7'\n"
		 " 2  setns            enter the user namespace of '7'\n"
		 " 3  setresgid        become the group of '7'\n"
		 " 4  setresuid        become the user of '7'\n"
		 " 5  capset, prctl    keep all capabilities\n"
		 " 6  execve           run 'true'\n");
	/* The last word counts. */
	is_steps(ENTER, "-t 7 -n -S follow -S 7 -G 8 -G follow true",
		 " 1  openat           open the net namespace of '7'\n"
		 " 2  setns            enter the net namespace of '7'\n"
		 " 3  setresgid        become the group of '7'\n"
		 " 4  setresuid        become user 7\n"
		 " 5  execve           run 'true'\n");
	is_steps(ENTER, "-t 7 -n --init true",
		 " 1  openat           open the net namespace of '7'\n"
		 " 2  setns            enter the net namespace of '7'\n"
		 " 3  fork             fork\n"
		 " 4  fork             fork the program from a small init\n"
		 " 5  execve           run 'true'\n");
	/* That init is no pid 1: the program does not end with it. */
	is_steps(ENTER, "-t 7 -p --init --kill-child true",
		 " 1  openat           open the pid namespace of '7'\n"
		 " 2  setns            enter the pid namespace of '7'\n"
		 " 3  fork             fork\n"
		 " 4  fork             fork the program from a small init\n"
		 " 5  prctl            have the child sent KILL when its parent ends\n"
		 " 6  execve           run 'true'\n");
	is_steps(ENTER,
		 "-t 7 -n --info-fd 3 --json-status-fd 4 --block-fd 5 --sync-fd 6 --pid-file /run/pid true",
		 " 1  fcntl            keep the descriptors given as options from the program\n"
		 " 2  openat           open the net namespace of '7'\n"
		 " 3  setns            enter the net namespace of '7'\n"
		 " 4  fork             fork\n"
		 " 5  write            write the pid and the namespaces as JSON\n"
		 " 6  rename           write the pid to '/run/pid'\n"
		 " 7  read             wait on descriptor 5\n"
		 " 8  execve           run 'true'\n");
}

/* Which files of /etc/netns are shown: "NAME", or why none are. */
static const char *etc_name_of(const char *line)
{
	static char name[64];
	_cleanup_(filled_release) struct filled filled;
	const char *problem;

	fill(&filled, ENTER, line);
	if (plan_complete(&filled.plan, &ordinary, &problem) < 0)
		return problem;
	snprintf(name, sizeof(name), "%s", filled.plan.etc_name);
	return name;
}

static void test_etc_name(void)
{
	static const char none[] = "no network is entered by a name: give one, --etc-netns=NAME";
	static const char wrong[] = "--etc-netns takes the name of a directory in /etc/netns";

	is_str(etc_name_of("--net=pin:blue --etc-netns true"), "blue");
	is_str(etc_name_of("--net=/run/netns/blue --etc-netns true"), "blue");
	is_str(etc_name_of("--net=/var/run/netns/blue --etc-netns true"), "blue");
	is_str(etc_name_of("-t pin:blue --etc-netns true"), "blue");
	is_str(etc_name_of("-t pin:blue -n --etc-netns true"), "blue");
	is_str(etc_name_of("-t pin:blue --all --etc-netns true"), "blue");
	is_str(etc_name_of("-t pin:blue --net=pin:red --etc-netns true"), "red");
	is_str(etc_name_of("-t pin:blue --net=pin:red --etc-netns=green true"), "green");
	is_str(etc_name_of("-t 7 --etc-netns=green true"), "green");
	is_str(etc_name_of("-t 7 --etc-netns true"), none);
	is_str(etc_name_of("--net=/proc/7/ns/net --etc-netns true"), none);
	is_str(etc_name_of("--net=/run/netns --etc-netns true"), none);
	is_str(etc_name_of("--net=7 --etc-netns true"), none);
	is_str(etc_name_of("--net=@4026532001 --etc-netns true"), none);
	is_str(etc_name_of("-N 3 --etc-netns true"), none);
	is_str(etc_name_of("-t pin:blue --net=7 --etc-netns true"), none);
	/* A name with a network that is not entered. */
	is_str(etc_name_of("-t pin:blue -u --etc-netns true"), none);
	is_str(etc_name_of("--uts=pin:blue --etc-netns true"), none);
	is_str(etc_name_of("--net=/run/netns/blue/deeper --etc-netns true"), wrong);
	is_str(etc_name_of("--net=/run/netns/.. --etc-netns true"), wrong);
	is_str(etc_name_of("--net=/run/netns/ --etc-netns true"), wrong);
	is_str(etc_name_of("-t 7 --etc-netns=.. true"), wrong);
	is_str(etc_name_of("-t 7 --etc-netns=. true"), wrong);
	is_str(etc_name_of("-t 7 --etc-netns=a/b true"), wrong);
	is_str(etc_name_of("-t 7 --etc-netns=/etc true"), wrong);
}

/* What is asked for of a process, and none is named. */
static void test_lack_of_process(void)
{
	static const char *const targets[] = { "--net=/n",	 "-t pin:blue", "-t /n",
					       "-t @4026532001", "-t :7",	"-t fd:7:8" };
	static const struct {
		const char *option, *problem;
	} lacks[] = {
		{ "-r", "--root without a directory is that of the target: name a process with --target or "
			"--each" },
		{ "-w",
		  "--wd without a directory is that of the target: name a process with --target or --each" },
		{ "-e", "--env takes the environment of the target: name a process with --target or --each" },
		{ "-S follow",
		  "'follow' means whom the target runs as: name a process with --target or --each" },
		{ "-G follow",
		  "'follow' means whom the target runs as: name a process with --target or --each" },
		{ "-Z",
		  "--follow-context takes the label of the target: name a process with --target or --each" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(lacks); i++) {
		for (size_t t = 0; t < ARRAY_SIZE(targets); t++) {
			_cleanup_free_ char *line = xasprintf("%s %s true", targets[t], lacks[i].option);

			is_str(problem_of(ENTER, line), lacks[i].problem);
		}
	}
	is_str(problem_of(ENTER, "--net=/n -r/ -w/ -S 7 -G 8 true"), "fine");
	is_str(problem_of(ENTER, "-t 7 -r -w -e -S follow -G follow -Z true"), "fine");
	is_str(problem_of(ENTER, "-t 7:8 -e true"), "fine");
	is_str(problem_of(ENTER, "-t unit:x -e true"), "fine");
	is_str(problem_of(ENTER, "-t container:x -e true"), "fine");
	is_str(problem_of(ENTER, "-t pidfile:/x -e true"), "fine");
}

static void test_entering_problems(void)
{
	is_str(problem_of(ENTER, "--user-parent true"),
	       "--user-parent is that of a namespace to enter: name a target or a namespace");
	is_str(problem_of(ENTER, "--user-parent --net=/n true"), "fine");
	is_str(problem_of(ENTER, "--net=/n --host-exe"), "--host-exe takes a program along: name one");
	is_str(problem_of(ENTER, "--net=/n -w/ -W/ true"),
	       "--wd and --wdns both set the working directory: give one");
	is_str(problem_of(ENTER, "-t 7 -w -W true"),
	       "--wd and --wdns both set the working directory: give one");
	is_str(problem_of(ENTER, "-t 7 -F --mount-proc true"),
	       "--mount-proc shows the pid namespace to a child only: drop --no-fork");
	is_str(problem_of(ENTER, "--pid=/p -F --mount-proc true"),
	       "--mount-proc shows the pid namespace to a child only: drop --no-fork");
	is_str(problem_of(ENTER, "-t 7 -n -F --mount-proc true"), "fine");
	is_str(problem_of(ENTER, "-t 7 -F --init true"), "--init is the program's parent: drop --no-fork");
	is_str(problem_of(ENTER, "-t 7 -F --forward-signals true"),
	       "--forward-signals needs a child, and --no-fork makes none");
	is_str(problem_of(ENTER, "-t 7 -F --json-status-fd 3 true"),
	       "--json-status-fd tells the status of a child: drop --no-fork");
	is_str(problem_of(ENTER, "-t 7 -F --sync-fd 3 true"),
	       "--sync-fd is held open by the program's parent: drop --no-fork");
	is_str(problem_of(ENTER, "-t 7 --info-fd 3 --block-fd 3 true"),
	       "a descriptor has one use: the same is given for two");
	/* A copy of what is entered is nothing that is created beside it. */
	is_str(problem_of(ENTER, "-t 7 -m --mount-proc true"), "fine");
	is_str(problem_of(ENTER, "--mount=/m --mount-sys true"), "fine");
	/* With one of the two given twice, the later one counts. */
	is_str(problem_of(ENTER, "-t 7 -W -W/ -w true"),
	       "--wd and --wdns both set the working directory: give one");
	is_str(problem_of(ENTER, "-t 7 -W/ -W true"), "fine");
}

/* What nsx-pin add does. */
static void test_pin_steps(void)
{
	_cleanup_free_ char *steps = NULL;
	struct filled filled;

	fill(&filled, UNSHARE, "-n -p");
	filled.plan.pin = "blue";
	filled.plan.program = PROGRAM_NONE;
	is_int(plan_complete(&filled.plan, &ordinary, &(const char *){ NULL }), 0);
	is_int(plan_kept(&filled.plan), ns_set_of(NS_NET) | ns_set_of(NS_PID));
	steps = steps_of_plan(&filled.plan);
	is_str(steps, " 1  mount            make room for the name 'blue'\n"
		      " 2  unshare          create namespaces (net, pid)\n"
		      " 3  fork             fork\n"
		      " 4  mount            keep the net namespace as 'blue'\n"
		      " 5  mount            keep the pid namespace as 'blue'\n"
		      " 6  pidfd_open       note the init of 'blue'\n"
		      " 7  rename           make the name 'blue' known\n"
		      " 8  sigwaitinfo      stay as the init of the pid namespace\n");
	filled_release(&filled);
}

/* With a command that sets it up, when all else is done. */
static void test_pin_setup_steps(void)
{
	char *setup[] = { (char *)"ip", (char *)"link", NULL };
	_cleanup_free_ char *steps = NULL;
	struct filled filled;

	fill(&filled, UNSHARE, "-n --hostname box --lo");
	filled.plan.pin = "blue";
	filled.plan.program = PROGRAM_NONE;
	filled.plan.setup = setup;
	is_int(plan_complete(&filled.plan, &ordinary, &(const char *){ NULL }), 0);
	steps = steps_of_plan(&filled.plan);
	is_str(steps, " 1  mount            make room for the name 'blue'\n"
		      " 2  unshare          create namespaces (uts, net)\n"
		      " 3  mount            keep the uts namespace as 'blue'\n"
		      " 4  mount            keep the net namespace as 'blue'\n"
		      " 5  sethostname      set the host name to 'box'\n"
		      " 6  ioctl            bring the loopback device up\n"
		      " 7  execve           run 'ip' to set it up\n"
		      " 8  rename           make the name 'blue' known\n");
	filled_release(&filled);
}

/* Without a program the shell is run that the facts name. */
static void test_shell(void)
{
	is_steps(UNSHARE, "", " 1  execve           run '/bin/example'\n");
}

/* Namespaces that other options ask for. */
static ns_set created(const char *line)
{
	_cleanup_(filled_release) struct filled filled;

	return complete(&filled, UNSHARE, line)->create;
}

static void test_implied_types(void)
{
	const ns_set user = ns_set_of(NS_USER), mnt = ns_set_of(NS_MNT), uts = ns_set_of(NS_UTS);
	const ns_set net = ns_set_of(NS_NET), pid = ns_set_of(NS_PID), time = ns_set_of(NS_TIME);

	is_int(created("true"), 0);
	is_int(created("-r true"), user);
	is_int(created("-c true"), user);
	is_int(created("--map-user=1 true"), user);
	is_int(created("--map-group=1 true"), user);
	is_int(created("--map-users=10:200:5 true"), user);
	is_int(created("--map-groups=all true"), user);
	is_int(created("--map-auto true"), user);
	is_int(created("--map-subids true"), user);
	is_int(created("--owner=5:6 true"), user);
	is_int(created("--mount-proc true"), mnt);
	is_int(created("--mount-sys true"), mnt);
	is_int(created("--mount-binfmt true"), mnt);
	is_int(created("-l :x:M::y::/i: true"), mnt);
	is_int(created("--pivot-root /r true"), mnt);
	is_int(created("--hostname box true"), uts);
	is_int(created("--domainname box true"), uts);
	is_int(created("--lo true"), net);
	is_int(created("--init true"), pid);
	is_int(created("--uptime 0 true"), time);
	is_int(created("--boottime 0 true"), time);
	is_int(created("--monotonic 0 true"), time);
	is_int(created("-p true"), pid);
	/* A directory to change to asks for nothing, nor who to be. */
	is_int(created("--root / --wd / true"), 0);
	is_int(created("-S someone -G some --keep-groups --keep-caps true"), 0);
	is_int(created("--kill-child --fork --info-fd 1 --pid-file /p true"), 0);
	is_int(created("-r --mount-proc --hostname box -p true"), user | mnt | uts | pid);
}

/* What is joined is not created, though an option asks for that type. */
static void test_implied_and_joined(void)
{
	is_int(created("--join net=/n --lo true"), 0);
	is_int(created("--join user=/u --lo true"), ns_set_of(NS_NET));
	is_int(created("--all --join net=/n --join uts=/u true"),
	       ordinary.creatable & ~(ns_set_of(NS_NET) | ns_set_of(NS_UTS)));
}

static void test_all(void)
{
	struct filled filled;
	const struct plan *plan;

	/* Not time, which this caller cannot create. */
	is_int(created("--all true"), ordinary.creatable);
	is_int(created("--all --time true"), NS_SET_ALL);
	is_int(created("--all --share net,mnt true"),
	       ordinary.creatable & ~(ns_set_of(NS_NET) | ns_set_of(NS_MNT)));
	is_int(created("--all --share net --share mnt,uts true"),
	       ordinary.creatable & ~(ns_set_of(NS_NET) | ns_set_of(NS_MNT) | ns_set_of(NS_UTS)));
	/* What an option of its own asks for is created all the same. */
	is_int(created("--all --share net --lo true"), ordinary.creatable);

	/* Nobody in particular: stay who you are. */
	plan = complete(&filled, UNSHARE, "--all true");
	ok(plan->users.keeps_own && plan->groups.keeps_own);
	is_int(plan->users.map.ranges[0].inside, 1000);
	is_int(plan->groups.map.ranges[0].inside, 100);
	filled_release(&filled);
	/* All that the caller may map: with every right, everybody. */
	plan = complete_for(&privileged, &filled, UNSHARE, "--all true");
	ok(plan->users.keeps_all && plan->groups.keeps_all);
	ok(!plan->users.keeps_own && !plan->groups.keeps_own);
	is_int((long long)plan->users.map.count, 1);
	is_int(plan->users.map.ranges[0].count, 4294967295u);
	is_int(plan->groups.writer, MAP_FROM_OUTSIDE);
	filled_release(&filled);
	plan = complete(&filled, UNSHARE, "--all -r true");
	ok(!plan->users.keeps_own && !plan->groups.keeps_own);
	filled_release(&filled);
	plan = complete(&filled, UNSHARE, "--all --map-user 0 true");
	ok(!plan->users.keeps_own && !plan->groups.keeps_own);
	filled_release(&filled);
	plan = complete(&filled, UNSHARE, "--all --share user true");
	ok(!plan->users.keeps_own && plan->users.writer == MAP_NOT_WRITTEN);
	filled_release(&filled);
}

static enum plan_fork fork_of(const char *line)
{
	_cleanup_(filled_release) struct filled filled;

	return complete(&filled, UNSHARE, line)->fork;
}

static void test_fork(void)
{
	is_int(fork_of("true"), FORK_AUTO);
	is_int(fork_of("-p true"), FORK_AUTO); /* decided once it is known what is joined */
	is_int(fork_of("--fork true"), FORK_ALWAYS);
	is_int(fork_of("--forward-signals true"), FORK_ALWAYS);
	is_int(fork_of("--no-fork true"), FORK_NEVER);
	is_int(fork_of("--no-fork --time true"), FORK_NEVER);
	is_int(fork_of("--kill-child true"), FORK_ALWAYS);
	is_int(fork_of("--init true"), FORK_ALWAYS);
	is_int(fork_of("--time true"), FORK_ALWAYS);
	is_int(fork_of("--uptime 0 true"), FORK_ALWAYS);
	is_int(fork_of("--json-status-fd 3 true"), FORK_ALWAYS);
	is_int(fork_of("--sync-fd 3 true"), FORK_ALWAYS);
	is_int(fork_of("--info-fd 3 --block-fd 3 --pid-file /p true"), FORK_AUTO);
	is_steps(UNSHARE, "-f true",
		 " 1  fork             fork\n"
		 " 2  execve           run 'true'\n");
	is_steps(UNSHARE, "-p --no-fork true",
		 " 1  unshare          create namespaces (pid)\n"
		 " 2  execve           run 'true'\n");
}

static void test_propagation(void)
{
	struct filled filled;

	is_int(complete(&filled, UNSHARE, "-m true")->propagation, PROPAGATION_PRIVATE);
	filled_release(&filled);
	is_int(complete(&filled, UNSHARE, "-m --propagation shared true")->propagation, PROPAGATION_SHARED);
	filled_release(&filled);
	/* Without a new mount namespace nothing is changed: it would be the caller's. */
	is_steps(UNSHARE, "-n --propagation shared true",
		 " 1  unshare          create namespaces (net)\n"
		 " 2  execve           run 'true'\n");
}

static void test_conflicts(void)
{
	is_str(problem_of(UNSHARE, "--no-fork --kill-child true"),
	       "--kill-child needs a child, and --no-fork makes none");
	is_str(problem_of(UNSHARE, "--no-fork -p --mount-proc true"),
	       "--mount-proc shows the pid namespace to a child only: drop --no-fork");
	is_str(problem_of(UNSHARE, "--no-fork --pid=/p true"),
	       "a pid namespace can be kept once its first process is there: drop --no-fork");
	is_str(problem_of(UNSHARE, "--setgroups deny true"),
	       "--setgroups is for a new user namespace: add --user");
	is_str(problem_of(UNSHARE, "--no-fork --init true"),
	       "--init is the program's parent: drop --no-fork");
	is_str(problem_of(UNSHARE, "--no-fork --json-status-fd 3 true"),
	       "--json-status-fd tells the status of a child: drop --no-fork");
	is_str(problem_of(UNSHARE, "--no-fork --sync-fd 3 true"),
	       "--sync-fd is held open by the program's parent: drop --no-fork");
	is_str(problem_of(UNSHARE, "-n --join net=/n true"),
	       "a namespace is either created or joined: a type is given for both");
	is_str(problem_of(UNSHARE, "--join user=/u -r true"),
	       "ids are mapped when a user namespace is made, and one that exists is entered");
	is_str(problem_of(UNSHARE, "--join user=/u --owner 5:6 true"),
	       "ids are mapped when a user namespace is made, and one that exists is entered");
	is_str(problem_of(UNSHARE, "--join time=/t --uptime 0 true"),
	       "clocks are set when a time namespace is made, and one that exists is entered");
	is_str(problem_of(UNSHARE, "--no-fork --forward-signals true"),
	       "--forward-signals needs a child, and --no-fork makes none");
	is_str(problem_of(UNSHARE, "--share net true"), "--share takes types out of --all: add --all");
	is_str(problem_of(UNSHARE, "--pin blue --net=/n true"),
	       "--pin keeps all new namespaces under one name: no =FILE beside it");
	is_str(problem_of(UNSHARE, "--pin blue true"),
	       "--pin keeps new namespaces: name the types to create");
	is_str(problem_of(UNSHARE, "--userns-block-fd 3 true"),
	       "--userns-block-fd waits for the maps of a new user namespace: add --user");
	is_str(problem_of(UNSHARE, "--userns-block-fd 3 -r true"),
	       "with --userns-block-fd somebody else writes the maps: no --map option beside it");
	is_str(problem_of(UNSHARE, "--userns-block-fd 3 --map-groups all true"),
	       "with --userns-block-fd somebody else writes the maps: no --map option beside it");
	is_str(problem_of(UNSHARE, "--root / --pivot-root /r true"),
	       "--root and --pivot-root both set the root directory: give one");
	is_str(problem_of(UNSHARE, "--uptime 0 --boottime 5 true"),
	       "--uptime and --boottime both set the boot clock: give one");
	is_str(problem_of(UNSHARE, "--whitelist-env= true"), "--whitelist-env takes names of variables");
	is_str(problem_of(ENTER, "-t 7 --no-fork --pty true"),
	       "--pty needs somebody outside who serves the terminal: drop --no-fork");
	is_str(problem_of(ENTER, "-n true"),
	       "a type without a reference is taken from the target: name one with --target");
	is_str(problem_of(ENTER, "--all true"),
	       "a type without a reference is taken from the target: name one with --target");
	is_str(problem_of(ENTER, "--all --net=/n true"),
	       "a type without a reference is taken from the target: name one with --target");

	/* And what looks like them. */
	is_str(problem_of(UNSHARE, "--no-fork -p true"), "fine");
	is_str(problem_of(UNSHARE, "--no-fork --mount-proc true"), "fine");
	is_str(problem_of(UNSHARE, "--no-fork -p --net=/n true"), "fine");
	is_str(problem_of(UNSHARE, "--no-fork -T --uptime 5 true"), "fine");
	is_str(problem_of(UNSHARE, "--no-fork --info-fd 3 --block-fd 4 --pid-file /p true"), "fine");
	is_str(problem_of(UNSHARE, "--fork --kill-child=1 true"), "fine");
	is_str(problem_of(UNSHARE, "-r --setgroups deny true"), "fine");
	is_str(problem_of(UNSHARE, "--user --setgroups allow true"), "fine");
	is_str(problem_of(UNSHARE, "-U --userns-block-fd 3 true"), "fine");
	is_str(problem_of(UNSHARE, "-a --join net=/n true"), "fine");
	is_str(problem_of(UNSHARE, "-a --share net --pin blue true"), "fine");
	is_str(problem_of(UNSHARE, "--uptime 0 --monotonic 5 true"), "fine");
	is_str(problem_of(ENTER, "--net=/n -c true"),
	       "--join-cgroup takes the cgroups of a process: name one with --target or --each");
	is_str(problem_of(ENTER, "-t pin:blue -c true"),
	       "--join-cgroup takes the cgroups of a process: name one with --target or --each");
	is_str(problem_of(ENTER, "-t 7 --net=/n -c true"), "fine");
	is_str(problem_of(ENTER, "--net=/n true"), "fine");
	is_str(problem_of(ENTER, "-t 7 --net=/n true"), "fine");
}

/* The maps as the kernel will be given them: "users; groups; setgroups", each with its writer. */
static char *maps_of(const struct plan_facts *facts, const char *line)
{
	static const char *const writers[] = { "nobody", "inside", "outside", "tool" };
	static const char *const setgroups[] = { "unset", "allow", "deny" };
	_cleanup_(filled_release) struct filled filled;
	const char *problem;
	char *text = NULL;
	size_t size;
	FILE *out;

	fill(&filled, UNSHARE, line);
	if (plan_complete(&filled.plan, facts, &problem) < 0)
		return xstrdup(problem);
	out = open_memstream(&text, &size);
	for (int i = 0; i < 2; i++) {
		const struct plan_map *side = i ? &filled.plan.groups : &filled.plan.users;

		fputs(writers[side->writer], out);
		for (size_t n = 0; n < side->map.count; n++)
			fprintf(out, " %u:%u:%u", side->map.ranges[n].inside, side->map.ranges[n].outside,
				side->map.ranges[n].count);
		fputs("; ", out);
	}
	fputs(setgroups[filled.plan.setgroups], out);
	fclose(out);
	return text;
}

#define is_maps_for(facts, line, want)                                                                       \
	do {                                                                                                 \
		_cleanup_free_ char *got = maps_of(facts, line);                                             \
		tap_is_str(got, want, "maps of " line, __FILE__, __LINE__);                                  \
	} while (0)

#define is_maps(line, want) is_maps_for(&ordinary, line, want)

static void test_own_ids(void)
{
	struct filled filled;
	const struct plan *plan;

	is_maps("-r true", "inside 0:1000:1; inside 0:100:1; deny");
	is_maps("-c true", "inside 1000:1000:1; inside 100:100:1; deny");
	is_maps("-U true", "nobody; nobody; unset");
	/* Only one of the two: the other map stays empty, and setgroups as it is. */
	is_maps("--map-user=0 true", "inside 0:1000:1; nobody; unset");
	is_maps("--map-group=0 true", "nobody; inside 0:100:1; deny");
	/* Who keeps setgroups(2) needs somebody outside to write the map; a tool would deny it. */
	is_maps("-r --setgroups allow true", "inside 0:1000:1; outside 0:100:1; allow");
	is_maps("--map-user=0 --setgroups allow true", "inside 0:1000:1; nobody; allow");
	is_maps("-r --setgroups deny true", "inside 0:1000:1; inside 0:100:1; deny");
	is_maps_for(&privileged, "-r true", "inside 0:0:1; inside 0:0:1; deny");

	/* The later option has the last word. */
	plan = complete(&filled, UNSHARE, "-r --map-user 5 true");
	is_str(plan->users.own, "5");
	is_str(plan->groups.own, "0");
	filled_release(&filled);
	plan = complete(&filled, UNSHARE, "--map-user 5 -c true");
	ok(plan->users.own == NULL && plan->users.keeps_own);
	filled_release(&filled);
}

/* One's own id is mapped from within, ranges by who has the right, or by a tool that has. */
static void test_writers(void)
{
	is_maps("--map-users 10:200:5 true", "tool 10:200:5; nobody; unset");
	is_maps("--map-groups 10:200:5 true", "nobody; tool 10:200:5; unset");
	is_maps_for(&privileged, "--map-users 10:200:5 --map-groups 10:200:5 true",
		    "outside 10:200:5; outside 10:200:5; unset");
	/* One side needs the tool, the other does not. */
	is_maps("-r --map-users 10:200:5 true", "tool 0:1000:1 10:200:5; inside 0:100:1; deny");
	is_maps("-r --map-groups 10:200:5 true", "inside 0:1000:1; tool 0:100:1 10:200:5; unset");
	/* The owner of a namespace that is not ours cannot write to our files. */
	is_maps_for(&privileged, "--owner 5:6 -r true", "outside 0:0:1; outside 0:0:1; deny");
	is_maps_for(&privileged, "--owner 5:6 --map-auto true",
		    "outside 0:100000:1000 1000:300000:10; outside 0:100000:1000 1000:300000:10; unset");
}

static void test_ranges(void)
{
	is_maps("--map-users 10:200:5 --map-users 20:300:5 true", "tool 10:200:5 20:300:5; nobody; unset");
	is_maps("--map-users auto true", "tool 0:100000:1000 1000:300000:10; nobody; unset");
	is_maps("--map-users subids true", "tool 100000:100000:1000 300000:300000:10; nobody; unset");
	is_maps_for(&privileged, "--map-users all true", "outside 0:0:4294967295; nobody; unset");
	is_maps("--map-auto true",
		"tool 0:100000:1000 1000:300000:10; tool 0:100000:1000 1000:300000:10; unset");
	is_maps("--map-subids true", "tool 100000:100000:1000 300000:300000:10; "
				     "tool 100000:100000:1000 300000:300000:10; unset");
	/* Around one's own, and not one id less. */
	is_maps("-r --map-auto true", "tool 0:1000:1 1:100000:1000 1001:300000:10; "
				      "tool 0:100:1 1:100000:1000 1001:300000:10; unset");
	/* 1000 inside is one's own: the second range closes up behind it. */
	is_maps("-c --map-users auto true",
		"tool 1000:1000:1 0:100000:1000 1001:300000:10; inside 100:100:1; deny");
	is_maps("-c --map-groups auto true", "inside 1000:1000:1; tool 100:100:1 0:100000:100 "
					     "101:100100:900 1001:300000:10; unset");
	/* Everything, and yet root: one's own is left out of both sides. */
	is_maps("-r --map-users all true",
		"tool 0:1000:1 1:0:1000 1001:1001:4294966294; inside 0:100:1; deny");
	is_maps_for(&privileged, "-c --map-users all true",
		    "outside 0:0:1 1:1:4294967294; inside 0:0:1; deny");
}

static const char overlap[] =
	"ranges of ids overlap, and an id can be mapped once, inside and outside; to be root and "
	"yourself by turns, nest: nsx-unshare -r sh -c 'SET UP; exec nsx-unshare --map-user=UID "
	"--map-group=GID PROGRAM'";

/* With other numbers for the two ranges. */
static const char *problem_of_ranges(struct id_range first, struct id_range second, const char *line)
{
	_cleanup_(filled_release) struct filled filled;
	struct id_range ranges[] = { first, second };
	struct plan_facts facts = ordinary;
	const char *problem = NULL;

	facts.users.ranges = ranges;
	fill(&filled, UNSHARE, line);
	return plan_complete(&filled.plan, &facts, &problem) == 0 ? "fine" : problem;
}

static void test_impossible_maps(void)
{
	const struct id_range some = { 10, 200, 5 };
	const char two[] = "--map-users 1:1:1 --map-users 1:1:1 true";

	is_str(problem_of_ranges(some, (struct id_range){ 15, 205, 5 }, two), "fine");
	is_str(problem_of_ranges(some, (struct id_range){ 14, 205, 5 }, two), overlap);
	is_str(problem_of_ranges(some, (struct id_range){ 15, 204, 5 }, two), overlap);
	is_str(problem_of_ranges((struct id_range){ 0, 0, 0 }, some, two), "a range of ids is empty");
	is_str(problem_of_ranges((struct id_range){ 1, 1, 4294967295u }, some, two),
	       "a range of ids reaches beyond 4294967294, the last id there is");
	/* Root and oneself at once. */
	is_str(problem_of_ranges((struct id_range){ 1000, 1000, 1 }, some, "-r --map-users 1:1:1 true"),
	       overlap);
	is_str(problem_of(UNSHARE, "--map-auto --map-auto true"), overlap);
	is_str(problem_of(UNSHARE, "--map-subids --map-users all true"), overlap);
}

static const struct plan_offset *boot_offset(const char *line)
{
	static struct plan_offset offset;
	struct filled filled;

	offset = complete(&filled, UNSHARE, line)->offsets[CLOCK_OFFSET_BOOTTIME];
	filled_release(&filled);
	return &offset;
}

static void test_offsets(void)
{
	const struct plan_offset *offset;

	offset = boot_offset("--boottime -1.5 true");
	ok(offset->is_given && offset->offset.tv_sec == -2 && offset->offset.tv_nsec == 500000000);
	/* The boot clock showed 1000.6 s when we looked. */
	offset = boot_offset("--uptime 0 true");
	ok(offset->is_given && offset->offset.tv_sec == -1001 && offset->offset.tv_nsec == 400000000);
	offset = boot_offset("--uptime 1000.6 true");
	ok(offset->is_given && offset->offset.tv_sec == 0 && offset->offset.tv_nsec == 0);
	offset = boot_offset("--uptime 1d true");
	ok(offset->is_given && offset->offset.tv_sec == 85399 && offset->offset.tv_nsec == 400000000);
	ok(!boot_offset("--monotonic 1 true")->is_given);
	ok(!boot_offset("--time true")->is_given);
}

static void test_credentials(void)
{
	struct filled filled;
	const struct plan *plan;

	/* Nobody's root unless a user namespace is entered. */
	plan = complete(&filled, ENTER, "-t 7 -n true");
	ok(!plan->becomes_user);
	ok(!plan->becomes_group);
	filled_release(&filled);

	plan = complete(&filled, ENTER, "-t 7 -U true");
	ok(plan->becomes_user && plan->uid == 0);
	ok(plan->becomes_group && plan->gid == 0);
	filled_release(&filled);

	plan = complete(&filled, ENTER, "--user=/u true");
	ok(plan->becomes_user && plan->becomes_group);
	filled_release(&filled);

	/* Not asked for by name: an ordinary user is whom the map says. */
	plan = complete(&filled, ENTER, "-t 7 true");
	ok(!plan->becomes_user && !plan->becomes_group);
	filled_release(&filled);
	plan = complete(&filled, ENTER, "-t 7 -a -U true");
	ok(plan->becomes_user && plan->becomes_group);
	filled_release(&filled);

	plan = complete(&filled, ENTER, "-t 7 -U --preserve-credentials true");
	ok(!plan->becomes_user && !plan->becomes_group);
	filled_release(&filled);

	/* One named, the other by default ... */
	plan = complete(&filled, ENTER, "-t 7 -U -S someone true");
	ok(plan->becomes_user && plan->uid == 7);
	ok(plan->becomes_group && plan->gid == 0);
	filled_release(&filled);

	/* ... or kept. */
	plan = complete(&filled, ENTER, "-t 7 -U --preserve-credentials -G some true");
	ok(!plan->becomes_user);
	ok(plan->becomes_group && plan->gid == 8);
	filled_release(&filled);

	plan = complete(&filled, ENTER, "-t 7 -n -S someone true");
	ok(plan->becomes_user && plan->uid == 7);
	ok(!plan->becomes_group);
	filled_release(&filled);

	/* A new user namespace says who we are by its map, unless an option does. */
	plan = complete(&filled, UNSHARE, "-r true");
	ok(!plan->becomes_user && !plan->becomes_group && !plan->becomes_owner);
	filled_release(&filled);
	plan = complete(&filled, UNSHARE, "-r -S someone true");
	ok(plan->becomes_user && plan->uid == 7 && !plan->becomes_group);
	filled_release(&filled);
	plan = complete(&filled, UNSHARE, "--owner 5:6 true");
	ok(plan->becomes_owner && plan->owner_uid == 5 && plan->owner_gid == 6);
	ok(!plan->becomes_user && !plan->becomes_group);
	filled_release(&filled);
}

/* A user with all groups, as nsx-pin exec --user has it. */
static void test_becoming(void)
{
	static gid_t groups[] = { 8, 9 };
	struct plan_facts facts = privileged;
	struct plan plan = PLAN_INIT;
	const char *problem;

	facts.set_groups = (struct plan_groups){ groups, ARRAY_SIZE(groups) };
	plan_enter(&plan);
	plan.become = "someone";
	plan.target = (struct ns_ref){ .kind = NS_REF_PIN, .text = "box", .name = "box" };
	ok(plan_complete(&plan, &facts, &problem) == 0);
	ok(plan.becomes_user && plan.uid == 7);
	ok(plan.becomes_group && plan.gid == 8);
	ok(plan.other_groups.count == 2 && plan.other_groups.list[1] == 9);
	plan_release(&plan);
}

static void test_joins(void)
{
	struct filled filled;
	const struct plan *plan;

	plan = complete(&filled, ENTER, "-t 7 true");
	ok(plan->join_all);
	ok(plan_joins(plan));
	filled_release(&filled);

	plan = complete(&filled, ENTER, "-t 7 -n true");
	ok(!plan->join_all);
	is_int(plan->join_types, ns_set_of(NS_NET));
	filled_release(&filled);

	/* --all adds to what is named. */
	plan = complete(&filled, ENTER, "-t 7 -a -n true");
	ok(plan->join_all);
	is_int(plan->join_types, ns_set_of(NS_NET));
	filled_release(&filled);

	plan = complete(&filled, ENTER, "--net=/n true");
	ok(plan_joins(plan));
	ok(!plan->join_all);
	filled_release(&filled);

	ok(!plan_joins(complete(&filled, ENTER, "true")));
	filled_release(&filled);
}

/* Two options say what to take of a process as the types do; nsenter(1). */
static void test_joins_of_sockets_and_parents(void)
{
	struct filled filled;
	const struct plan *plan;

	plan = complete(&filled, ENTER, "-t 7 -N 3 true");
	ok(!plan->join_all && !plan->join_types);
	is_int(plan_explicit_joins(plan), ns_set_of(NS_NET));
	ok(!plan->becomes_user);
	filled_release(&filled);
	plan = complete(&filled, ENTER, "-t 7 -a -N 3 true");
	ok(plan->join_all);
	filled_release(&filled);
	plan = complete(&filled, ENTER, "-t pin:a -N 3 true");
	ok(plan->join_all);
	filled_release(&filled);

	plan = complete(&filled, ENTER, "-t 7 --user-parent true");
	ok(!plan->join_all);
	is_int(plan->join_types, ns_set_of(NS_USER));
	filled_release(&filled);
	plan = complete(&filled, ENTER, "-t 7 -n --user-parent true");
	is_int(plan->join_types, ns_set_of(NS_NET));
	filled_release(&filled);
	plan = complete(&filled, ENTER, "-t 7 -a --user-parent true");
	ok(plan->join_all);
	filled_release(&filled);
	plan = complete(&filled, ENTER, "-t /n --user-parent true");
	ok(plan->join_all);
	filled_release(&filled);

	/* Whoever enters it, and by way of whatever it owns, is its root. */
	plan = complete(&filled, ENTER, "--net=/n --user-parent true");
	ok(plan->becomes_user && plan->becomes_group && plan->uid == 0 && plan->gid == 0);
	filled_release(&filled);
	plan = complete(&filled, ENTER, "--net=/n --user-parent --preserve-credentials true");
	ok(!plan->becomes_user && !plan->becomes_group);
	filled_release(&filled);
}

/* Names and numbers are looked up before anything is decided. */
static char *facts_problem(const char *line, struct plan_facts *ret)
{
	_cleanup_(filled_release) struct filled filled;
	char *problem = NULL;

	fill(&filled, UNSHARE, line);
	if (plan_facts_gather(&filled.plan, ret, &problem) == 0)
		return xstrdup("fine");
	return problem;
}

#define is_problem(line, want)                                                                               \
	do {                                                                                                 \
		_cleanup_(plan_facts_release) struct plan_facts unused = { 0 };                              \
		_cleanup_free_ char *got = facts_problem(line, &unused);                                     \
		tap_is_str(got, want, "facts of " line, __FILE__, __LINE__);                                 \
	} while (0)

static void test_facts(void)
{
	_cleanup_(plan_facts_release) struct plan_facts facts = { 0 };

	free(facts_problem("--map-user 17 --map-group 4294967294 -S 0 -G 4 true", &facts));
	is_int(facts.users.caller, geteuid());
	is_int(facts.groups.caller, getegid());
	is_int(facts.users.own, 17);
	is_int(facts.groups.own, 4294967294u);
	is_int(facts.set_uid, 0);
	is_int(facts.set_gid, 4);
	ok(facts.now[CLOCK_OFFSET_BOOTTIME].tv_sec > 0);
	ok(facts.now[CLOCK_OFFSET_MONOTONIC].tv_sec > 0);

	is_problem("--map-user root true", "fine");
	is_problem("--map-user 4294967295 true", "user id '4294967295' is out of range");
	is_problem("--map-user 99999999999999999999 true", "user id '99999999999999999999' is out of range");
	is_problem("--map-group 4294967296 true", "group id '4294967296' is out of range");
	is_problem("--map-user no-such-user true", "there is no user 'no-such-user'");
	is_problem("--map-group no-such-group true", "there is no group 'no-such-group'");
	is_problem("--map-user -1 true", "there is no user '-1'");
	is_problem("--map-user 0x10 true", "there is no user '0x10'");
	is_problem("-S 99999999999 true", "user id '99999999999' is out of range");
	is_problem("-G no-such-group true", "there is no group 'no-such-group'");
	is_problem("--owner no-such-user:0 true", "there is no user 'no-such-user'");
	is_problem("--owner 0:no-such-group true", "there is no group 'no-such-group'");
	is_problem("--map-users no-such-user:0:1 true", "there is no user 'no-such-user'");
	is_problem("--map-groups 0:no-such-group:1 true", "there is no group 'no-such-group'");
	is_problem("--map-users 0:0:4294967296 true",
		   "a range of ids reaches beyond 4294967294, the last id there is");
	is_problem("--map-users 0:4294967295:1 true", "user id '4294967295' is out of range");
	is_problem("--map-users 0:0:x true", "'0:0:x' is no range of ids: INSIDE:OUTSIDE:COUNT");
}

/* Ranges become numbers, whichever way they are written; the owner counts for the caller. */
static void test_range_facts(void)
{
	_cleanup_(plan_facts_release) struct plan_facts facts = { 0 };

	free(facts_problem(
		"--map-users 5:root:7 --map-users 200,10,3 --map-groups root:9:1 --owner 11:12 true",
		&facts));
	is_int(facts.users.ranges[0].inside, 5);
	is_int(facts.users.ranges[0].outside, 0);
	is_int(facts.users.ranges[0].count, 7);
	is_int(facts.users.ranges[1].inside, 10);
	is_int(facts.users.ranges[1].outside, 200);
	is_int(facts.users.ranges[1].count, 3);
	is_int(facts.groups.ranges[0].inside, 0);
	is_int(facts.groups.ranges[0].outside, 9);
	is_int(facts.users.caller, 11);
	is_int(facts.groups.caller, 12);
	is_int(facts.owner_uid, 11);
	is_int(facts.owner_gid, 12);
}

/* "all" is what our own user namespace has. */
static void test_parent_facts(void)
{
	_cleanup_(plan_facts_release) struct plan_facts facts = { 0 };
	unsigned int first = 0, count = 0;
	FILE *map = fopen("/proc/self/uid_map", "re");

	ok(map && fscanf(map, "%u %*u %u", &first, &count) == 2);
	fclose(map);
	free(facts_problem("--map-users all true", &facts));
	ok(facts.users.parents.count > 0);
	is_int(facts.users.parents.ranges[0].first, first);
	is_int(facts.users.parents.ranges[0].count, count);
	is_int((long long)facts.groups.parents.count, 0);
}

static void test_shell_facts(void)
{
	struct plan_facts facts = { 0 };

	setenv("SHELL", "/bin/other", 1);
	free(facts_problem("", &facts));
	is_str(facts.shell, "/bin/other");
	plan_facts_release(&facts);
	setenv("SHELL", "", 1);
	free(facts_problem("", &facts));
	is_str(facts.shell, "/bin/sh");
	plan_facts_release(&facts);
	unsetenv("SHELL");
	free(facts_problem("", &facts));
	is_str(facts.shell, "/bin/sh");
	plan_facts_release(&facts);
}

int main(void)
{
	diag_init("test-plan", EXIT_FAILURE);
	test_unshare_steps();
	test_enter_steps();
	test_enter_world_steps();
	test_enter_life_steps();
	test_etc_name();
	test_lack_of_process();
	test_entering_problems();
	test_pin_steps();
	test_pin_setup_steps();
	test_shell();
	test_implied_types();
	test_implied_and_joined();
	test_all();
	test_fork();
	test_propagation();
	test_conflicts();
	test_own_ids();
	test_writers();
	test_ranges();
	test_impossible_maps();
	test_offsets();
	test_credentials();
	test_becoming();
	test_joins();
	test_joins_of_sockets_and_parents();
	test_facts();
	test_range_facts();
	test_parent_facts();
	test_shell_facts();
	return done_testing();
}
