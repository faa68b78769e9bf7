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
#include "subid.h"

#include <sys/types.h>
#include <time.h>

enum plan_fork {
	FORK_AUTO, /* when the plan needs a child */
	FORK_ALWAYS,
	FORK_NEVER,
};

enum plan_setgroups {
	SETGROUPS_UNSET, /* deny where one's own group alone is mapped, else left alone */
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

/* Who writes an id map; user_namespaces(7) says who may. */
enum map_writer {
	MAP_NOT_WRITTEN,
	MAP_FROM_INSIDE,  /* the process that made the namespace: one id, its own */
	MAP_FROM_OUTSIDE, /* a process in the parent namespace with CAP_SETUID, CAP_SETGID */
	MAP_BY_TOOL,	  /* newuidmap(1), newgidmap(1): for ordinary users */
};

/* One side, users or groups, of the ids of a new user namespace. */
struct plan_map {
	/* Asked for. */
	const char *own;     /* the id inside for the caller's own: a number or name, or NULL */
	bool keeps_own;	     /* the caller's own id stays as it is */
	bool keeps_all;	     /* all ids do */
	const char **ranges; /* inside:outside:count, auto, subids, all */
	size_t range_count;

	/* Decided by plan_complete(). */
	struct id_map map;
	enum map_writer writer;
};

/* The clocks of a time namespace; time_namespaces(7). */
enum plan_clock { CLOCK_OFFSET_MONOTONIC, CLOCK_OFFSET_BOOTTIME, PLAN_CLOCK_COUNT };

struct plan_offset {
	bool is_given;
	struct timespec offset; /* tv_nsec 0 to 999999999, also where tv_sec is negative */
};

/* A directory of the caller's world, or where no path is given the target process's own. */
struct plan_place {
	bool is_given;
	const char *path;
};

struct plan_groups {
	gid_t *list;
	size_t count;
};

struct plan {
	bool enters; /* nothing is created for what options need, but a copy of the mounts */

	/* Which namespaces. */
	ns_set create;
	bool create_all;		    /* every type that the caller can create */
	ns_set share;			    /* but not these */
	const char *keep_at[NS_TYPE_COUNT]; /* files to bind new ones to */
	const char *pin;		    /* a name to keep all new ones under */
	bool pin_holds;			    /* by a process, though the caller may mount */
	int pin_mode;			    /* permission bits of the name; -1: as is usual */
	struct ns_ref join[NS_TYPE_COUNT];  /* kind NS_REF_NONE: not joined by a reference of its own */
	struct ns_ref target;		    /* what to take join_types from */
	bool has_two_targets;		    /* an error, but not one of a single option */
	ns_set join_types;
	bool join_all;	/* every type of the target that differs from ours */
	bool joins_user_parent; /* in place of a user namespace, the one above it */
	bool for_children;	/* of a process, the pid and time namespace of its children */
	bool lacks_socket;	/* what --net-socket says was not open when we were started */
	bool joins_cgroup; /* the program moves into the cgroups of the target, a process */
	struct plan_offset offsets[PLAN_CLOCK_COUNT];
	struct plan_offset uptime; /* where the boot clock is to start */

	/* Who. */
	struct plan_map users, groups;
	enum plan_setgroups setgroups;
	const char *owner;	       /* USER:GROUP, who is to own a new user namespace */
	const char *set_uid, *set_gid; /* become that, after entering; a number or a name */
	bool keeps_credentials;	       /* do not become uid 0 on joining a user namespace */
	bool follows_uid, follows_gid; /* be whom the target process is */
	const char *become;	       /* a user, with the groups that the system gives them */
	bool keeps_groups;	       /* --setgid leaves the other groups alone */
	bool keeps_caps;	       /* capabilities outlive the change of user, and exec */

	/* Files and names. */
	enum plan_propagation propagation;
	const char *root;
	const char *pivot_root;
	const char *directory;
	const char *proc;	 /* where to mount proc */
	const char *sys;	 /* where to mount sysfs */
	bool sys_may_stay;	 /* the one in sight will do where none can be mounted */
	const char *binfmt;	 /* where to mount binfmt_misc */
	const char *interpreter; /* a line for its register file */
	const char *hostname;
	const char *domainname;
	bool loopback;
	struct plan_place outer_root, outer_directory; /* taken along into what is entered */
	bool keeps_directory;			       /* the path of the caller's, in there */
	bool shows_etc;				       /* /etc/netns/NAME over /etc */
	const char *etc_name;

	/* Environment of the program. */
	bool takes_env; /* the target process's */
	bool clears_env;
	char *keep_env; /* "HOME,TERM": what clearing leaves; the plan's own */

	/* Life. */
	enum plan_fork fork;
	bool forwards_signals; /* asked for, though every child is forwarded them */
	int kill_child;	       /* signal for the child when we end; 0: none */
	bool init;	       /* a small pid 1 of ours over the program */
	bool pty;	       /* a pseudo-terminal of its own */
	enum plan_program program;
	char **argv;
	char **setup;	      /* PROGRAM_NONE: a command to run once in there, before all is kept */
	bool takes_program;   /* the caller's file, not one of the world entered */
	bool follows_context; /* the label that a security module gave the target process */

	/* Telling others; descriptors are -1 where not given. */
	const char *pid_file;
	int info_fd, status_fd;	     /* JSON for them */
	int block_fd, user_block_fd; /* waited for */
	int sync_fd;		     /* held open as long as we run */

	/* Decided by plan_complete(). */
	bool becomes_owner, becomes_user, becomes_group;
	uid_t owner_uid, uid;
	gid_t owner_gid, gid;
	struct plan_groups other_groups; /* the supplementary ones; the plan's own */
	const char *shell;
	struct timespec now[PLAN_CLOCK_COUNT]; /* as in struct plan_facts */
	char *caller_directory;		       /* the plan's own */
};

#define PLAN_INIT                                                                                            \
	((struct plan){ .pin_mode = -1, .info_fd = -1, .status_fd = -1, .block_fd = -1, .user_block_fd = -1, .sync_fd = -1 })

/* What must be known about the caller for one side of the ids. */
struct plan_map_facts {
	uint32_t caller;	   /* the id that "own" stands for: the caller's, or the owner's */
	uint32_t own;		   /* plan_map.own as a number */
	struct id_range *ranges;   /* plan_map.ranges as numbers; count 0 for words */
	struct subid_list subids;  /* all subordinate ids, where a word asks for them */
	struct subid_list parents; /* all ids of our user namespace, where a word asks for them */
	bool is_privileged;	   /* CAP_SETUID, CAP_SETGID */
};

struct plan_facts {
	struct plan_map_facts users, groups;
	uid_t owner_uid, set_uid;
	gid_t owner_gid, set_gid;
	struct plan_groups set_groups; /* of plan.become, whose ids are set_uid and set_gid */
	ns_set creatable; /* where plan.create_all */
	/* What the clocks show now to those without a time namespace: offsets are to that. */
	struct timespec now[PLAN_CLOCK_COUNT];
	const char *shell;
	char *directory; /* where plan.keeps_directory */
};

/* Have it enter what exists, as nsx-enter does, before options are read. */
void plan_enter(struct plan *plan);

/* Free what options and plan_complete() allocated. */
void plan_release(struct plan *plan);
void plan_facts_release(struct plan_facts *facts);

/* Does the plan enter namespaces that exist? Which, as far as it says? */
bool plan_joins(const struct plan *plan);
ns_set plan_explicit_joins(const struct plan *plan); /* by a reference of their own */
ns_set plan_target_joins(const struct plan *plan);   /* from the target */

/* By what the namespace of a type is joined: its own reference, or the target. */
const struct ns_ref *plan_reference_of(const struct plan *plan, enum ns_type type);

/* Is the target one namespace, whose type shows when it is open? */
bool plan_target_is_namespace(const struct plan *plan);

/* The types that new namespaces are kept of, in files or under a name. */
ns_set plan_kept(const struct plan *plan);

/* The descriptors that options give, and which these are; fd is -1 where not given. */
struct plan_descriptor {
	const char *option;
	int fd;
};

enum { PLAN_DESCRIPTOR_COUNT = 5 };

void plan_descriptors(const struct plan *plan, struct plan_descriptor ret[PLAN_DESCRIPTOR_COUNT]);

/* Does a new pid namespace, kept without a program, need an init that stays? */
bool plan_keeps_init(const struct plan *plan);

/*
 * Look up what plan_complete() needs. On failure -errno, and a sentence in
 * *ret_problem (the caller's to free) where a name is unknown, a number out of
 * range, or there are no subordinate ids.
 */
int plan_facts_gather(const struct plan *plan, struct plan_facts *ret, char **ret_problem);

/*
 * Decide. On failure -errno, and in *ret_problem (a constant) why the options
 * do not go together.
 */
int plan_complete(struct plan *plan, const struct plan_facts *facts, const char **ret_problem);

#endif /* NSX_PLAN_H */
