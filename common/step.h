/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * step.h - one thing that spawn.c does for a plan, and the state that steps
 * share. Steps live in step_*.c, next to their words; their order is the
 * table in spawn.c. To add one: write it, declare it here, put it in the table.
 */
#ifndef NSX_STEP_H
#define NSX_STEP_H

#include "base.h"
#include "cgroup_join.h"
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
	int info_fd; /* the plan's, until we have closed it: another may have that number then */
	pid_t self; /* the process that creates and joins; in the caller's pid namespace */
	const struct child *as_child; /* what spawn_run_as_child() was given, or NULL */

	/* Opened by step_open, used by step_join. */
	struct ns_ref_process target;
	ns_set target_types;	    /* joined through the target's pidfd */
	int join_fd[NS_TYPE_COUNT]; /* joined one by one */
	struct cgroup_joins cgroups; /* opened by step_cgroup_open, used by step_cgroup */
	uid_t followed_uid; /* whom 'follow' means, as seen before anything is entered */
	gid_t followed_gid;
	bool joined_user;
	bool joined_pid;
	bool has_files_of_target; /* its root, or else mount namespace, is taken, and is not ours */

	struct outside outside;
	/* Read or opened before anything is entered; -EBADF, NULL where not wanted. */
	int root, directory;	       /* O_PATH */
	char *label;		       /* for label_file, below procfd */
	const char *label_file;
	char *environment;	       /* /proc/PID/environ */
	size_t environment_size;
	int program_file;	       /* to execute */

	int procfd; /* the caller's /proc, opened before anything else; or -EBADF */
	struct child child;
	int handover[2];  /* PROGRAM_NONE: between the parent [0] and the init that stays [1] */
	int init_line[2]; /* --init: what the init [1] tells the parent [0] */
	int host_ptmx;	  /* --pty: the caller's /dev/ptmx, not opened; or -EBADF */
	int pty_line[2];  /* --pty: from the program [1], that has the terminal, to the parent [0] */
	int pty_slave;
	struct relay relay;

	/* Of several in one step, the one that failed, where the step itself does not tell. */
	enum ns_type failed_type;
	char *failed_at; /* in words; or NULL */
	char *hint;	 /* why, where only the step itself could find out; or NULL */

	/* The process that becomes the program, or its init; in the caller's pid namespace. */
	pid_t program;

	/* In the process outside. */
	bool is_outside;
	struct keep keep;
	struct pin_making pin;
};

/* What wanted() answers for a step that is done once, not once a type. */
#define STEP_ONCE (1u << NS_TYPE_COUNT)

static inline ns_set step_once_if(bool wanted)
{
	return wanted ? STEP_ONCE : 0;
}

struct step {
	/* The system calls that do it, for spawn_explain(); of this plan, where that differs. */
	const char *call;
	const char *(*call_of)(const struct plan *plan);
	/* The types it is done for, in the table's order; STEP_ONCE; 0 for not at all. Pure. */
	ns_set (*wanted)(const struct plan *plan);
	/* What it does, in the imperative: "mount proc at '/proc'". NS_TYPE_INVALID stands for
	 * all that it is done for. Pure. */
	void (*describe)(const struct plan *plan, enum ns_type type, FILE *out);
	/* Do it: 0 or -errno. */
	int (*run)(struct spawn *spawn, enum ns_type type);
	/* Is it done by the process that stays in the caller's world (outside.h)? NULL: no. Pure.
	 * There run() does not wait for others, but returns -ERESTART to be called again. */
	bool (*is_outside)(const struct plan *plan);
	/* Say why it failed and what to do about it (hint.h), and end. NULL: the errno says all. */
	_noreturn_ void (*fail)(const struct plan *plan, enum ns_type type, const char *description,
				int error);
};

extern const struct step step_open, step_user_parent, step_join;		/* step_join.c */
extern const struct step step_cgroup_open, step_cgroup;				/* step_cgroup.c */
extern const struct step step_owner, step_create;				/* step_create.c */
extern const struct step step_setgroups, step_uid_map, step_gid_map;		/* step_map.c */
extern const struct step step_offsets;						/* step_time.c */
extern const struct step step_prepare_pin, step_file, step_keep, step_note_init; /* step_keep.c */
extern const struct step step_publish;
extern const struct step step_setup;						/* step_setup.c */
extern const struct step step_propagation, step_interpreter, step_root;		/* step_files.c */
extern const struct step step_proc, step_sys, step_binfmt, step_pivot, step_directory;
extern const struct step step_hostname, step_domainname, step_loopback;		/* step_names.c */
extern const struct step step_group, step_user, step_capabilities;		/* step_who.c */
extern const struct step step_fork, step_init, step_kill_child, step_stay;	/* step_life.c */
extern const struct step step_descriptors, step_info, step_user_block;		/* step_tell.c */
extern const struct step step_block, step_pid_file;
extern const struct step step_outer_root, step_outer_directory;			/* step_world.c */
extern const struct step step_enter_places;
extern const struct step step_host_pty, step_pty, step_session;			/* step_pty.c */
extern const struct step step_label, step_take_label;
extern const struct step step_etc;						/* step_etc.c */
extern const struct step step_read_environment, step_environment;		/* step_exec.c */
extern const struct step step_take_program, step_exec;

/*
 * In a world that is entered, let nobody look into us, who hold what is open
 * outside, as a terminal is that the program is not to have; nor ever into the
 * process that waits for the program: ptrace(2). exec(2) ends it, and so may,
 * with the sysctl fs.suid_dumpable, each change of credentials (step_join.c).
 */
int step_hide(const struct spawn *spawn);

/* Have spawn->target, the process of the plan's target, which must be one (step_join.c). */
int step_hold_target(struct spawn *spawn);

/* "the user namespace above that of '1234'", or that owns it: with plan->joins_user_parent. */
void step_name_user_parent(const struct plan *plan, FILE *out);

/* Write a file of /proc/PID of the process that made the namespaces (step_map.c). */
int step_write_own_proc(const struct spawn *spawn, const char *name, const char *text);

/*
 * Between step_life.c and step_tell.c: close descriptors on which a reader
 * waits for the end of the file, those that only the program waits for, and
 * tell how the program ended.
 */
void tell_close_reported(struct spawn *spawn);
void tell_close_awaited(struct spawn *spawn);
void tell_status(const struct spawn *spawn, int wait_status);

/*
 * Wait for others (step_tell.c): until there is something to read, or that many
 * milliseconds (-1: for ever; then, or where fd is negative, 0 says nothing of
 * it). HUP, INT, QUIT and TERM end us meanwhile with all undone, unless our
 * caller ignores or holds them. The pid 1 of a namespace, which we may be, is
 * ended by no signal that it does not take.
 */
struct waiting {
	sigset_t before;
	int signals;
};

int step_begin_to_wait(struct waiting *ret);
int step_wait(struct spawn *spawn, const struct waiting *waiting, int fd, int timeout);
void step_end_wait(struct waiting *waiting);

/* An is_outside() that says yes. */
bool step_always_outside(const struct plan *plan);

#endif /* NSX_STEP_H */
