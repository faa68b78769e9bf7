/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * child.h - processes are forked here and waited for here.
 *
 * The supervisor keeps every signal blocked that it may be sent, from before
 * the fork until its end, and takes them one by one from a signalfd(2): none
 * is lost between the fork and the moment the child's pid is known, and no
 * handler runs.
 */
#ifndef NSX_CHILD_H
#define NSX_CHILD_H

#include "base.h"

#include <signal.h>
#include <sys/types.h>

#include "relay.h"

struct child {
	pid_t pid;   /* in our pid namespace */
	int parent_pidfd; /* in the child: the supervisor, for child_die_with_parent() */
	sigset_t caller_mask;		 /* what we were started with */
	struct sigaction caller_sigchld;
	int terminal; /* a descriptor of the terminal whose foreground we are; or -EBADF */
	int line;     /* to (child_serve_as_init) or from (child_supervise) an init of ours; or -EBADF */
	struct relay *relay; /* for child_supervise(): of the terminal of its own that it gets; or NULL */
	bool leads_session;  /* it is to, and may not yet: only SIGSTOP stops it */
};

/*
 * Fork. Returns the pid in the parent, whose signals are now blocked; 0 in the
 * child, whose signals are as the caller of the program set them; or -errno.
 * -ENOMEM after joining or creating a pid namespace: its init has ended.
 */
int child_fork(struct child *child);

/*
 * The same for a child that is to serve as an init: its signals stay blocked,
 * for a pid 1 loses those that it gets before it takes them. The program that
 * it forks has child_restore_signals() give it the caller's, with what was
 * filled in here.
 */
int child_fork_init(struct child *child);
void child_restore_signals(const struct child *child);

/*
 * In the child, as the last thing before exec: be sent `sig` when the
 * supervisor ends. The kernel forgets this at each change of credentials,
 * therefore last. -ESRCH: it ended already.
 */
int child_die_with_parent(const struct child *child, int sig);

/*
 * Wait for the child's end and return 0 and its wait status, see wait(2); where
 * that cannot be done, kill it and return -errno.
 * Meanwhile forward signals that somebody sent to us, and mirror stops: when
 * the child stops so do we, and when we are continued so is it. Signals of
 * the terminal reach its whole process group, and are not forwarded a second
 * time to a child that is in it. A terminal whose foreground we were is ours again
 * at the end, whoever the child left it to.
 * With a terminal of its own (child->relay, which is released here) the child
 * leaves our process group, and from then on all signals are forwarded. What it
 * wrote before its end is moved before this returns, unless a signal that asks
 * us to end comes meanwhile, or our standard output takes no more: then the
 * child is hung up (child->relay->output_error).
 *
 * On failure (-errno) the child is killed.
 *
 * Where child->line leads to an init of ours, what that says of the program
 * counts, for an init can neither stop nor end by a signal of its own.
 */
int child_supervise(struct child *child, int *ret_status);

/*
 * Only wait for the child's end: signals are not forwarded, and none need be
 * blocked. 0 and its wait status, or -errno.
 */
int child_wait(const struct child *child, int *ret_status);

/*
 * Several children at once. Signals are held back from children_init() on.
 * They are stopped and continued alike: once all are stopped so are we, and
 * when we are continued so are they.
 */
struct children {
	int signals; /* to poll: readable while there is something for children_take_signal() */
	/* What follows is for child.c alone. */
	struct child common;
	struct children_member {
		pid_t pid;
		bool is_stopped;
		bool has_ended;
		int status;
	} *members;
	size_t count;
};

int children_init(struct children *children);

/* Give signals back to the caller. Children that have not ended are left alone. */
void children_release(struct children *children);

/* As child_fork(). */
int children_fork(struct children *children, struct child *child);

/*
 * Take one signal, without waiting, and forward it to all children as
 * child_supervise() does. Returns it if it asks us to end: INT, TERM, HUP or
 * QUIT, unless the caller has it ignored; those that are stopped are then
 * continued, so that they can. 0 otherwise; or -errno.
 */
int children_take_signal(struct children *children);

/* Once the signal of an end was taken: 1 and a child that has ended, or 0. */
int children_take_ended(struct children *children, pid_t *ret_pid, int *ret_status);

/*
 * Be the init between: as pid 1 of a new pid namespace supervise `child`, the
 * program, reap whatever is orphaned, and tell the supervisor outside through
 * child->line. Ends, and everything in the namespace with it, when the program
 * does.
 */
_noreturn_ void child_serve_as_init(struct child *child);

/*
 * End as the child did: with its status, or by its signal (without a core
 * dump of our own).
 */
_noreturn_ void child_exit_like(int wait_status);

#endif /* NSX_CHILD_H */
