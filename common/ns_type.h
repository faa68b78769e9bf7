/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ns_type.h - THE table of namespace types. Nothing else in nsx lists them:
 * a new type of the kernel is one row here and one test.
 *
 * Sources: namespaces(7), clone(2), time_namespaces(7), pid_namespaces(7).
 */
#ifndef NSX_NS_TYPE_H
#define NSX_NS_TYPE_H

#include "base.h"

#include <sys/types.h>

/* A failed look-up is an error already: NS_TYPE_INVALID is negative. */
enum ns_type {
	NS_MNT,
	NS_UTS,
	NS_IPC,
	NS_NET,
	NS_PID,
	NS_USER,
	NS_CGROUP,
	NS_TIME,
	NS_TYPE_COUNT,
	NS_TYPE_INVALID = -EINVAL,
};

struct ns_type_info {
	const char *name;	   /* "mnt": the kernel's word, as in net:[4026531840] */
	char letter;		   /* 'm': the short option in all tools */
	const char *option;	   /* "mount": the long option in all tools */
	int clone_flag;		   /* CLONE_NEW*, also what NS_GET_NSTYPE answers */
	const char *proc_file;	   /* "ns/mnt", below /proc/PID */
	const char *children_file; /* "ns/pid_for_children", or NULL where children get the task's own */
	bool has_parent;	   /* NS_GET_PARENT works: user and pid */
	/*
	 * The inode number of the one that the machine started with; enum
	 * init_ns_ino of linux/nsfs.h. Those of net and mnt are so from 6.17 on,
	 * the others always were.
	 */
	ino_t initial;
	const char *isolates;	   /* what it separates, for --help */
};

extern const struct ns_type_info ns_types[NS_TYPE_COUNT];

/* Look-ups; NS_TYPE_INVALID where there is none. */
enum ns_type ns_type_from_name(const char *name); /* "mnt", and "mount" as users type it */
enum ns_type ns_type_from_letter(int letter);
enum ns_type ns_type_from_clone_flag(int flag);

/*
 * The file that names the namespace `type` that children of a process get:
 * where the process itself stays outside of what it created (pid, time).
 */
const char *ns_type_children_file(enum ns_type type);

/* A set of types: bit 1u << type. */
typedef unsigned int ns_set;

#define NS_SET_ALL ((1u << NS_TYPE_COUNT) - 1)

static inline bool ns_set_has(ns_set set, enum ns_type type)
{
	return set & (1u << type);
}

static inline ns_set ns_set_of(enum ns_type type)
{
	return 1u << type;
}

/* The CLONE_NEW* bits of a set. */
int ns_set_clone_flags(ns_set set);

/*
 * Read "mnt,net,pid" (names or long options). -EINVAL for an unknown or empty
 * word, which *ret_bad (may be NULL) then points to within `text`.
 */
int ns_set_parse(const char *text, ns_set *ret, const char **ret_bad);

/* Print a set as "mnt, net, pid" into memory that the caller frees. */
char *ns_set_format(ns_set set);

#endif /* NSX_NS_TYPE_H */
