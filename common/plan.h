/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plan.h - what to run, and in which world: plain data between the command
 * line (plan_cli.h) and the doing (spawn.h).
 *
 * Options write down what was asked for. plan_complete() then decides what
 * that implies, fills in defaults and refuses what cannot be: a pure function
 * of the plan and of what plan_facts_gather() learned about the caller.
 */
#ifndef NSX_PLAN_H
#define NSX_PLAN_H

#include "base.h"
#include "id_map.h"
#include "ns_ref.h"
#include "ns_type.h"

#include <sys/types.h>

enum plan_fork {
	FORK_AUTO, /* when a new pid namespace is made or joined */
	FORK_ALWAYS,
	FORK_NEVER,
};

enum plan_setgroups {
	SETGROUPS_UNSET, /* deny with a group map, else left alone */
	SETGROUPS_ALLOW,
	SETGROUPS_DENY,
};

enum plan_program {
	PROGRAM_SHELL, /* $SHELL */
	PROGRAM_ARGV,  /* argv */
	PROGRAM_NONE,  /* none: the namespaces are made to be kept */
};

/* The propagation of mounts in a new mount namespace; mount_namespaces(7). */
enum plan_propagation {
	PROPAGATION_PRIVATE, /* the default */
	PROPAGATION_SLAVE,
	PROPAGATION_SHARED,
	PROPAGATION_UNCHANGED,
};

/* A uid or gid that the user named, or not. */
struct plan_id {
	const char *text; /* as written: a number or a name; NULL where not given */
	bool is_current;  /* the caller's own */
};

struct plan {
	/* Which namespaces. */
	ns_set create;
	const char *keep_at[NS_TYPE_COUNT]; /* files to bind new ones to */
	const char *pin;		    /* a name to keep all new ones under */
	struct ns_ref join[NS_TYPE_COUNT];  /* kind NS_REF_NONE: not joined by a reference of its own */
	struct ns_ref target;		    /* the process, or pin, to take join_types from */
	ns_set join_types;
	bool join_all;			    /* every type of the target that differs from ours */

	/* Who. */
	struct plan_id map_user, map_group; /* id inside that stands for the caller's */
	enum plan_setgroups setgroups;
	const char *set_uid, *set_gid;	    /* become that, after entering; a number or a name */
	bool keeps_credentials;		    /* do not become uid 0 on joining a user namespace */

	/* Files. */
	enum plan_propagation propagation;
	const char *root;
	const char *directory;
	const char *proc; /* where to mount proc */
	const char *hostname;

	/* Life. */
	enum plan_fork fork;
	int kill_child; /* signal for the child when we end; 0: none */
	enum plan_program program;
	char **argv;

	/* Decided by plan_complete(). */
	struct id_map uid_map, gid_map;
	bool maps_from_outside; /* written by a process in the parent user namespace */
	bool becomes_user, becomes_group;
	uid_t uid;
	gid_t gid;
};

/* What must be known about the caller: ids, and names looked up. */
struct plan_facts {
	uid_t euid;
	gid_t egid;
	uid_t map_uid, set_uid; /* the numbers of plan.map_user, plan.set_uid where given */
	gid_t map_gid, set_gid;
};

/* Free what plan_complete() allocated. */
void plan_release(struct plan *plan);

/* Does the plan enter namespaces that exist? */
bool plan_joins(const struct plan *plan);

/* The types that new namespaces are kept of, in files or under a name. */
ns_set plan_kept(const struct plan *plan);

/*
 * Look up what plan_complete() needs. -EINVAL and a sentence in *ret_problem
 * (the caller's to free) where a name is unknown or a number out of range.
 */
int plan_facts_gather(const struct plan *plan, struct plan_facts *ret, char **ret_problem);

/*
 * Decide. -EINVAL, and in *ret_problem (a constant) why the options do not go
 * together.
 */
int plan_complete(struct plan *plan, const struct plan_facts *facts, const char **ret_problem);

#endif /* NSX_PLAN_H */
