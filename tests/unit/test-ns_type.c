/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test-ns_type.c - the table of types and sets of them: ns_type.h. */
#include "ns_type.h"

#include <sched.h>

#include "kernel.h"
#include "tap.h"

/* Every column of every row is what the kernel and the other tools call it. */
static void test_table(void)
{
	static const struct {
		const char *name, *option, letter[2];
		int flag;
	} want[NS_TYPE_COUNT] = {
		[NS_MNT] = { "mnt", "mount", "m", CLONE_NEWNS },
		[NS_UTS] = { "uts", "uts", "u", CLONE_NEWUTS },
		[NS_IPC] = { "ipc", "ipc", "i", CLONE_NEWIPC },
		[NS_NET] = { "net", "net", "n", CLONE_NEWNET },
		[NS_PID] = { "pid", "pid", "p", CLONE_NEWPID },
		[NS_USER] = { "user", "user", "U", CLONE_NEWUSER },
		[NS_CGROUP] = { "cgroup", "cgroup", "C", CLONE_NEWCGROUP },
		[NS_TIME] = { "time", "time", "T", CLONE_NEWTIME },
	};

	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		const struct ns_type_info *info = &ns_types[type];

		is_str(info->name, want[type].name);
		is_str(info->option, want[type].option);
		is_int(info->letter, want[type].letter[0]);
		is_int(info->clone_flag, want[type].flag);
		ok(strncmp(info->proc_file, "ns/", 3) == 0 && strcmp(info->proc_file + 3, info->name) == 0);
		ok(info->isolates && *info->isolates);
		/* Below the numbers that are given out, and no two the same. */
		ok(info->initial >= 0xeffffff8 && info->initial < 0xf0000000);
		for (int other = 0; other < type; other++)
			ok(info->initial != ns_types[other].initial);
	}
}

static void test_what_children_get(void)
{
	is_str(ns_type_children_file(NS_PID), "ns/pid_for_children");
	is_str(ns_type_children_file(NS_TIME), "ns/time_for_children");
	is_str(ns_type_children_file(NS_NET), "ns/net");
	is_str(ns_type_children_file(NS_USER), "ns/user");
}

static void test_parents(void)
{
	for (int type = 0; type < NS_TYPE_COUNT; type++)
		is_int(ns_types[type].has_parent, type == NS_PID || type == NS_USER);
}

static void test_look_ups(void)
{
	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		const struct ns_type_info *info = &ns_types[type];

		is_int(ns_type_from_name(info->name), type);
		is_int(ns_type_from_name(info->option), type);
		is_int(ns_type_from_letter(info->letter), type);
		is_int(ns_type_from_clone_flag(info->clone_flag), type);
	}
	ok(NS_TYPE_INVALID < 0);
	is_int(ns_type_from_name(""), NS_TYPE_INVALID);
	is_int(ns_type_from_name("mn"), NS_TYPE_INVALID);
	is_int(ns_type_from_name("mnts"), NS_TYPE_INVALID);
	is_int(ns_type_from_name("Net"), NS_TYPE_INVALID);
	is_int(ns_type_from_name("net,uts"), NS_TYPE_INVALID);
	is_int(ns_type_from_letter('M'), NS_TYPE_INVALID);
	is_int(ns_type_from_letter('t'), NS_TYPE_INVALID);
	is_int(ns_type_from_letter('\0'), NS_TYPE_INVALID);
	is_int(ns_type_from_letter(-1), NS_TYPE_INVALID);
	is_int(ns_type_from_clone_flag(0), NS_TYPE_INVALID);
	is_int(ns_type_from_clone_flag(CLONE_NEWNET | CLONE_NEWUTS), NS_TYPE_INVALID);
	is_int(ns_type_from_clone_flag(CLONE_FS), NS_TYPE_INVALID);
}

static void test_sets(void)
{
	ns_set set = ns_set_of(NS_NET) | ns_set_of(NS_TIME);

	ok(ns_set_has(set, NS_NET));
	ok(ns_set_has(set, NS_TIME));
	ok(!ns_set_has(set, NS_MNT));
	is_int(ns_set_clone_flags(0), 0);
	is_int(ns_set_clone_flags(set), CLONE_NEWNET | CLONE_NEWTIME);
	is_int(ns_set_clone_flags(NS_SET_ALL), CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET |
						       CLONE_NEWPID | CLONE_NEWUSER | CLONE_NEWCGROUP |
						       CLONE_NEWTIME);
}

/* The set that a text says, or the error. */
static long long set_of(const char *text)
{
	ns_set set = 0;
	int r = ns_set_parse(text, &set, NULL);

	return r < 0 ? r : (long long)set;
}

static void test_set_parse(void)
{
	const char *text = "net,nat,uts";
	const char *bad = NULL;
	ns_set set = 7;

	is_int(set_of("net"), ns_set_of(NS_NET));
	is_int(set_of("mnt,pid"), ns_set_of(NS_MNT) | ns_set_of(NS_PID));
	is_int(set_of("pid,mount"), ns_set_of(NS_MNT) | ns_set_of(NS_PID));
	is_int(set_of("uts,uts"), ns_set_of(NS_UTS));
	is_int(set_of("mnt,uts,ipc,net,pid,user,cgroup,time"), NS_SET_ALL);
	is_int(set_of(""), -EINVAL);
	is_int(set_of(","), -EINVAL);
	is_int(set_of("net,"), -EINVAL);
	is_int(set_of(",net"), -EINVAL);
	is_int(set_of("net,,uts"), -EINVAL);
	is_int(set_of("net uts"), -EINVAL);
	is_int(set_of("net, uts"), -EINVAL);

	ok(ns_set_parse(text, &set, &bad) == -EINVAL && set == 7);
	ok(bad == text + 4);
	text = "net,";
	ok(ns_set_parse(text, &set, &bad) == -EINVAL && bad == text + 4);
}

static void test_set_format(void)
{
	static const struct {
		ns_set set;
		const char *text;
	} rows[] = {
		{ 0, "" },
		{ 1u << NS_NET, "net" },
		{ 1u << NS_PID | 1u << NS_MNT, "mnt, pid" },
		{ NS_SET_ALL, "mnt, uts, ipc, net, pid, user, cgroup, time" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *text = ns_set_format(rows[i].set);

		is_str(text, rows[i].text);
	}
}

int main(void)
{
	test_table();
	test_what_children_get();
	test_parents();
	test_look_ups();
	test_sets();
	test_set_parse();
	test_set_format();
	return done_testing();
}
