/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ns_type.c - the table of namespace types and its look-ups. Pure.
 */
#include "ns_type.h"

#include <string.h>

#include "diag.h"
#include "kernel.h"

/* In the order of the options in --help, which is that of unshare(1). */
const struct ns_type_info ns_types[NS_TYPE_COUNT] = {
	[NS_MNT] = { "mnt", 'm', "mount", CLONE_NEWNS, "ns/mnt", NULL, false, 0xeffffff8, "mount points" },
	[NS_UTS] = { "uts", 'u', "uts", CLONE_NEWUTS, "ns/uts", NULL, false, 0xeffffffe,
		     "host and domain name" },
	[NS_IPC] = { "ipc", 'i', "ipc", CLONE_NEWIPC, "ns/ipc", NULL, false, 0xefffffff,
		     "System V IPC and POSIX message queues" },
	[NS_NET] = { "net", 'n', "net", CLONE_NEWNET, "ns/net", NULL, false, 0xeffffff9,
		     "network devices, addresses, routes, sockets" },
	[NS_PID] = { "pid", 'p', "pid", CLONE_NEWPID, "ns/pid", "ns/pid_for_children", true, 0xeffffffc,
		     "process ids" },
	[NS_USER] = { "user", 'U', "user", CLONE_NEWUSER, "ns/user", NULL, true, 0xeffffffd,
		      "user and group ids, capabilities" },
	[NS_CGROUP] = { "cgroup", 'C', "cgroup", CLONE_NEWCGROUP, "ns/cgroup", NULL, false, 0xeffffffb,
			"the cgroup root" },
	[NS_TIME] = { "time", 'T', "time", CLONE_NEWTIME, "ns/time", "ns/time_for_children", false,
		      0xeffffffa, "boot and monotonic clocks" },
};

/* Is the word name[0..length) the name or the long option of this type? */
static bool is_named(const struct ns_type_info *info, const char *name, size_t length)
{
	return (strlen(info->name) == length && strncmp(info->name, name, length) == 0) ||
	       (strlen(info->option) == length && strncmp(info->option, name, length) == 0);
}

static enum ns_type from_word(const char *name, size_t length)
{
	for (int type = 0; type < NS_TYPE_COUNT; type++)
		if (is_named(&ns_types[type], name, length))
			return type;
	return NS_TYPE_INVALID;
}

enum ns_type ns_type_from_name(const char *name)
{
	return from_word(name, strlen(name));
}

enum ns_type ns_type_from_letter(int letter)
{
	for (int type = 0; type < NS_TYPE_COUNT; type++)
		if (ns_types[type].letter == letter)
			return type;
	return NS_TYPE_INVALID;
}

enum ns_type ns_type_from_clone_flag(int flag)
{
	for (int type = 0; type < NS_TYPE_COUNT; type++)
		if (ns_types[type].clone_flag == flag)
			return type;
	return NS_TYPE_INVALID;
}

const char *ns_type_children_file(enum ns_type type)
{
	const struct ns_type_info *info = &ns_types[type];

	return info->children_file ? info->children_file : info->proc_file;
}

int ns_set_clone_flags(ns_set set)
{
	int flags = 0;

	for (int type = 0; type < NS_TYPE_COUNT; type++)
		if (ns_set_has(set, type))
			flags |= ns_types[type].clone_flag;
	return flags;
}

int ns_set_parse(const char *text, ns_set *ret, const char **ret_bad)
{
	ns_set set = 0;
	const char *word = text;

	for (;;) {
		size_t length = strcspn(word, ",");
		enum ns_type type = from_word(word, length);

		if (type < 0) {
			if (ret_bad)
				*ret_bad = word;
			return -EINVAL;
		}
		set |= ns_set_of(type);
		if (!word[length])
			break;
		word += length + 1;
	}
	*ret = set;
	return 0;
}

char *ns_set_format(ns_set set)
{
	char *text = xstrdup("");

	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		_cleanup_free_ char *shorter = NULL;

		if (!ns_set_has(set, type))
			continue;
		shorter = text;
		text = xasprintf("%s%s%s", shorter, *shorter ? ", " : "", ns_types[type].name);
	}
	return text;
}
