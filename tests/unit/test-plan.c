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

enum { WORDS_MAX = 32 };

/* A plan with the words that it points into. */
struct filled {
	struct plan plan;
	char *line;
	char *words[WORDS_MAX + 1];
};

static const struct plan_facts ordinary = {
	.euid = 1000, .egid = 100, .map_uid = 0, .map_gid = 0, .set_uid = 7, .set_gid = 8,
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
		plan_cli_create_group(true), &plan_cli_id_map_group, &plan_cli_files_group,
		&plan_cli_life_group, NULL,
	};
	const struct cli_group *enter_groups[] = {
		&plan_cli_target_group, plan_cli_join_group(), &plan_cli_identity_group,
		&plan_cli_life_group, NULL,
	};
	const struct cli_program program = {
		.name = "test", .usage = "", .purpose = "", .manual = "",
		.groups = tool == UNSHARE ? unshare_groups : enter_groups,
		.stops_at_operand = true,
	};
	int count = 0, first;
	char *rest;

	*filled = (struct filled){ 0 };
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
	return r == -EINVAL && problem ? problem : "no reason given";
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

static char *steps_of(enum tool tool, const char *line)
{
	_cleanup_(filled_release) struct filled filled;
	const char *problem;

	fill(&filled, tool, line);
	if (plan_complete(&filled.plan, &ordinary, &problem) < 0)
		return xstrdup(problem);
	return steps_of_plan(&filled.plan);
}

#define is_steps(tool, line, want)                        \
	do {                                              \
		_cleanup_free_ char *got = steps_of(tool, line); \
		tap_is_str(got, want, "steps of " line, __FILE__, __LINE__); \
	} while (0)

/* The complete plan; released by the caller. */
static const struct plan *complete(struct filled *filled, enum tool tool, const char *line)
{
	const char *problem;

	fill(filled, tool, line);
	if (plan_complete(&filled->plan, &ordinary, &problem) < 0)
		printf("Bail out! '%s': %s\n", line, problem);
	return &filled->plan;
}

static void test_unshare_steps(void)
{
	is_steps(UNSHARE, "true", " 1  run 'true'\n");
	is_steps(UNSHARE, "-n true",
		 " 1  create namespaces (net)\n"
		 " 2  run 'true'\n");
	/* Pid implies a child, and mounts are cut off from the caller's. */
	is_steps(UNSHARE, "-muinpUCT true",
		 " 1  create namespaces (mnt, uts, ipc, net, pid, user, cgroup, time)\n"
		 " 2  fork\n"
		 " 3  make all mounts private\n"
		 " 4  run 'true'\n");
	is_steps(UNSHARE, "--user --map-root-user --pid --mount-proc --uts --hostname box sh -c id",
		 " 1  create namespaces (mnt, uts, pid, user)\n"
		 " 2  set setgroups to 'deny'\n"
		 " 3  map users 0:1000:1\n"
		 " 4  map groups 0:100:1\n"
		 " 5  fork\n"
		 " 6  make all mounts private\n"
		 " 7  set the host name to 'box'\n"
		 " 8  mount proc at '/proc'\n"
		 " 9  run 'sh'\n");
	/* The new root comes before what is named inside it. */
	is_steps(UNSHARE, "-p --mount-proc=/p --root /r --wd /w --kill-child=TERM true",
		 " 1  create namespaces (mnt, pid)\n"
		 " 2  fork\n"
		 " 3  make all mounts private\n"
		 " 4  change root to '/r'\n"
		 " 5  mount proc at '/p'\n"
		 " 6  change directory to '/w'\n"
		 " 7  have the child sent TERM when its parent ends\n"
		 " 8  run 'true'\n");
	/* Files are made before, and bound once the namespaces are as they will be. */
	is_steps(UNSHARE, "--net=/n --pid=/p --mount=/m true",
		 " 1  make '/m'\n"
		 " 2  make '/n'\n"
		 " 3  make '/p'\n"
		 " 4  create namespaces (mnt, net, pid)\n"
		 " 5  fork\n"
		 " 6  make all mounts private\n"
		 " 7  keep the mnt namespace at '/m'\n"
		 " 8  keep the net namespace at '/n'\n"
		 " 9  keep the pid namespace at '/p'\n"
		 "10  run 'true'\n");
	is_steps(UNSHARE, "-m --propagation slave true",
		 " 1  create namespaces (mnt)\n"
		 " 2  make all mounts slave\n"
		 " 3  run 'true'\n");
	is_steps(UNSHARE, "-m --propagation unchanged true",
		 " 1  create namespaces (mnt)\n"
		 " 2  run 'true'\n");
}

static void test_enter_steps(void)
{
	is_steps(ENTER, "-t 7 true",
		 " 1  open the mnt namespace of '7'\n"
		 " 2  open the uts namespace of '7'\n"
		 " 3  open the ipc namespace of '7'\n"
		 " 4  open the net namespace of '7'\n"
		 " 5  open the pid namespace of '7'\n"
		 " 6  open the user namespace of '7'\n"
		 " 7  open the cgroup namespace of '7'\n"
		 " 8  open the time namespace of '7'\n"
		 " 9  enter the other namespaces of '7'\n"
		 "10  fork\n"
		 "11  become group 0\n"
		 "12  become user 0\n"
		 "13  run 'true'\n");
	is_steps(ENTER, "-t 7 -n -u --ipc=/i true",
		 " 1  open the uts namespace of '7'\n"
		 " 2  open the ipc namespace of '/i'\n"
		 " 3  open the net namespace of '7'\n"
		 " 4  enter the uts, net namespaces of '7', the ipc namespace of '/i'\n"
		 " 5  run 'true'\n");
	is_steps(ENTER, "--net=pin:blue --pid=/p --kill-child true",
		 " 1  open the net namespace of 'pin:blue'\n"
		 " 2  open the pid namespace of '/p'\n"
		 " 3  enter the net namespace of 'pin:blue', the pid namespace of '/p'\n"
		 " 4  fork\n"
		 " 5  have the child sent KILL when its parent ends\n"
		 " 6  run 'true'\n");
	/* The group first: becoming the user takes the right to change groups. */
	is_steps(ENTER, "-t 7 -U -S someone -G some true",
		 " 1  open the user namespace of '7'\n"
		 " 2  enter the user namespaces of '7'\n"
		 " 3  become group 8\n"
		 " 4  become user 7\n"
		 " 5  run 'true'\n");
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
	is_str(steps, " 1  make room for the name 'blue'\n"
		      " 2  make a file for the net namespace of 'blue'\n"
		      " 3  make a file for the pid namespace of 'blue'\n"
		      " 4  create namespaces (net, pid)\n"
		      " 5  fork\n"
		      " 6  keep the net namespace as 'blue'\n"
		      " 7  keep the pid namespace as 'blue'\n"
		      " 8  stay as the init of the pid namespace\n");
	filled_release(&filled);
}

static void test_shell(void)
{
	setenv("SHELL", "/bin/example", 1);
	is_steps(UNSHARE, "", " 1  run '/bin/example'\n");
	setenv("SHELL", "", 1);
	is_steps(UNSHARE, "", " 1  run '/bin/sh'\n");
	unsetenv("SHELL");
	is_steps(UNSHARE, "", " 1  run '/bin/sh'\n");
}

/* Namespaces that other options ask for. */
static ns_set created(const char *line)
{
	_cleanup_(filled_release) struct filled filled;

	return complete(&filled, UNSHARE, line)->create;
}

static void test_implied_types(void)
{
	const ns_set user = ns_set_of(NS_USER);

	is_int(created("true"), 0);
	is_int(created("-r true"), user);
	is_int(created("-c true"), user);
	is_int(created("--map-user=1 true"), user);
	is_int(created("--map-group=1 true"), user);
	is_int(created("--mount-proc true"), ns_set_of(NS_MNT));
	is_int(created("--hostname box true"), ns_set_of(NS_UTS));
	is_int(created("-p true"), ns_set_of(NS_PID));
	/* A directory to change to asks for nothing. */
	is_int(created("--root / --wd / true"), 0);
	is_int(created("-r --mount-proc --hostname box -p true"),
	       user | ns_set_of(NS_MNT) | ns_set_of(NS_UTS) | ns_set_of(NS_PID));
}

static enum plan_fork fork_of(const char *line)
{
	_cleanup_(filled_release) struct filled filled;

	return complete(&filled, UNSHARE, line)->fork;
}

static void test_fork(void)
{
	is_int(fork_of("true"), FORK_AUTO);
	is_int(fork_of("--fork true"), FORK_ALWAYS);
	is_int(fork_of("--no-fork true"), FORK_NEVER);
	is_int(fork_of("--kill-child true"), FORK_ALWAYS);
	is_steps(UNSHARE, "-f true", " 1  fork\n 2  run 'true'\n");
	is_steps(UNSHARE, "-p --no-fork true",
		 " 1  create namespaces (pid)\n"
		 " 2  run 'true'\n");
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
		 " 1  create namespaces (net)\n"
		 " 2  run 'true'\n");
}

static void test_conflicts(void)
{
	is_str(problem_of(UNSHARE, "--no-fork --kill-child true"),
	       "--kill-child needs a child, and --no-fork makes none");
	is_str(problem_of(UNSHARE, "--no-fork -p --mount-proc true"),
	       "--mount-proc shows the new pid namespace to a child only: drop --no-fork");
	is_str(problem_of(UNSHARE, "--no-fork --pid=/p true"),
	       "a pid namespace can be kept once its first process is there: drop --no-fork");
	is_str(problem_of(UNSHARE, "--setgroups deny true"),
	       "--setgroups is for a new user namespace: add --user");
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
	is_str(problem_of(UNSHARE, "--fork --kill-child=1 true"), "fine");
	is_str(problem_of(UNSHARE, "-r --setgroups deny true"), "fine");
	is_str(problem_of(UNSHARE, "--user --setgroups allow true"), "fine");
	is_str(problem_of(ENTER, "--net=/n true"), "fine");
	is_str(problem_of(ENTER, "-t 7 --net=/n true"), "fine");
}

/* The maps as the kernel will be given them, and how setgroups(2) fares. */
static void test_id_maps(void)
{
	struct filled filled;
	const struct plan *plan;
	char *text;

	plan = complete(&filled, UNSHARE, "-c true");
	is_int(id_map_format(&plan->uid_map, &text), 0);
	is_str(text, "1000 1000 1\n");
	free(text);
	is_int(id_map_format(&plan->gid_map, &text), 0);
	is_str(text, "100 100 1\n");
	free(text);
	is_int(plan->setgroups, SETGROUPS_DENY);
	ok(!plan->maps_from_outside);
	filled_release(&filled);

	/* Only one of the two: the other map stays empty, and setgroups as it is. */
	plan = complete(&filled, UNSHARE, "--map-user=0 true");
	is_int((long long)plan->uid_map.count, 1);
	is_int((long long)plan->gid_map.count, 0);
	is_int(plan->setgroups, SETGROUPS_UNSET);
	ok(!plan->maps_from_outside);
	filled_release(&filled);

	plan = complete(&filled, UNSHARE, "--map-group=0 true");
	is_int((long long)plan->uid_map.count, 0);
	is_int((long long)plan->gid_map.count, 1);
	is_int(plan->setgroups, SETGROUPS_DENY);
	filled_release(&filled);

	/* Who keeps setgroups(2) needs somebody outside to write the map. */
	plan = complete(&filled, UNSHARE, "-r --setgroups allow true");
	is_int(plan->setgroups, SETGROUPS_ALLOW);
	ok(plan->maps_from_outside);
	filled_release(&filled);
	plan = complete(&filled, UNSHARE, "--map-user=0 --setgroups allow true");
	ok(!plan->maps_from_outside);
	filled_release(&filled);

	/* The later option has the last word. */
	plan = complete(&filled, UNSHARE, "-r --map-user 5 true");
	is_str(plan->map_user.text, "5");
	is_str(plan->map_group.text, "0");
	filled_release(&filled);

	is_steps(UNSHARE, "-r --setgroups allow true",
		 " 1  create namespaces (user)\n"
		 " 2  set setgroups to 'allow'\n"
		 " 3  map users 0:1000:1\n"
		 " 4  map groups 0:100:1\n"
		 " 5  run 'true'\n");
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

	plan = complete(&filled, ENTER, "-t 7 true");
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

	/* A new user namespace says who we are by its map. */
	plan = complete(&filled, UNSHARE, "-r true");
	ok(!plan->becomes_user && !plan->becomes_group);
	filled_release(&filled);
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

#define is_problem(line, want)                                        \
	do {                                                          \
		struct plan_facts unused = { 0 };                     \
		_cleanup_free_ char *got = facts_problem(line, &unused); \
		tap_is_str(got, want, "facts of " line, __FILE__, __LINE__); \
	} while (0)

static void test_facts(void)
{
	struct plan_facts facts = { .euid = 12345 };

	free(facts_problem("--map-user 17 --map-group 4294967294 true", &facts));
	is_int(facts.euid, geteuid());
	is_int(facts.egid, getegid());
	is_int(facts.map_uid, 17);
	is_int(facts.map_gid, 4294967294u);

	is_problem("--map-user root true", "fine");
	is_problem("--map-user 4294967295 true", "user id '4294967295' is out of range");
	is_problem("--map-user 99999999999999999999 true", "user id '99999999999999999999' is out of range");
	is_problem("--map-group 4294967296 true", "group id '4294967296' is out of range");
	is_problem("--map-user no-such-user true", "there is no user 'no-such-user'");
	is_problem("--map-group no-such-group true", "there is no group 'no-such-group'");
	is_problem("--map-user -1 true", "there is no user '-1'");
	is_problem("--map-user 0x10 true", "there is no user '0x10'");
}

int main(void)
{
	diag_init("test-plan", EXIT_FAILURE);
	test_unshare_steps();
	test_enter_steps();
	test_pin_steps();
	test_shell();
	test_implied_types();
	test_fork();
	test_propagation();
	test_conflicts();
	test_id_maps();
	test_credentials();
	test_joins();
	test_facts();
	return done_testing();
}
