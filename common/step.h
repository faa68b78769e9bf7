/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * step.h - one thing that spawn.c does for a plan, and the state that steps
 * share. Steps live in step_*.c, next to their words; their order is the
 * table in spawn.c. To add one: write it, declare it here, put it in the table.
 */
#ifndef NSX_STEP_H
#define NSX_STEP_H

#include "base.h"
#include "child.h"
#include "keep.h"
#include "ns_ref.h"
#include "ns_type.h"
#include "outside.h"
#include "pin.h"
#include "plan.h"

/* State of a plan under way. */
struct spawn {
	const struct plan *plan;
	pid_t self; /* the process that creates and joins; in the caller's pid namespace */

	/* Opened by step_open, used by step_join. */
	struct ns_ref_process target;
	ns_set target_types;	    /* joined through the target's pidfd */
	int join_fd[NS_TYPE_COUNT]; /* joined one by one */
	bool joined_user;
	bool joined_pid;

	struct outside outside;
	struct child child;
	int handover[2]; /* PROGRAM_NONE: between the parent [0] and the init that stays [1] */

	enum ns_type failed_type; /* of several in one step, the one that failed */

	/* In the process outside. */
	bool is_outside;
	struct keep keep;
	struct pin_locks locks;
};

/* What wanted() answers for a step that is done once, not once a type. */
#define STEP_ONCE (1u << NS_TYPE_COUNT)

static inline ns_set step_once_if(bool wanted)
{
	return wanted ? STEP_ONCE : 0;
}

struct step {
	/* The types it is done for, in the table's order; STEP_ONCE; 0 for not at all. Pure. */
	ns_set (*wanted)(const struct plan *plan);
	/* What it does, in the imperative: "mount proc at '/proc'". NS_TYPE_INVALID stands for
	 * all that it is done for. Pure. */
	void (*describe)(const struct plan *plan, enum ns_type type, FILE *out);
	/* Do it: 0 or -errno. */
	int (*run)(struct spawn *spawn, enum ns_type type);
	/* Done by the process that stays in the caller's world (outside.h). */
	bool is_outside;
	/* Say why it failed and end, where the words for the errno would mislead; or NULL. */
	void (*fail)(const char *description, enum ns_type type, int error) _noreturn_;
};

extern const struct step step_open, step_join;					/* step_join.c */
extern const struct step step_create, step_setgroups, step_setgroups_outside;	/* step_create.c */
extern const struct step step_uid_map, step_uid_map_outside;
extern const struct step step_gid_map, step_gid_map_outside;
extern const struct step step_prepare_pin, step_file, step_keep;		/* step_keep.c */
extern const struct step step_propagation, step_hostname, step_root;		/* step_files.c */
extern const struct step step_proc, step_directory;
extern const struct step step_fork, step_group, step_user;			/* step_run.c */
extern const struct step step_kill_child, step_stay, step_exec;

/* The types that are entered: by a reference of their own, or from the target. */
ns_set step_explicit_joins(const struct plan *plan);
ns_set step_target_joins(const struct plan *plan);

/* A request to the process outside, beside the indices of steps: note the init
 * whose pid is the argument. */
enum { REQUEST_RECORD_INIT = 1000 };

#endif /* NSX_STEP_H */
