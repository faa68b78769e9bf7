/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * outside.h - a process that stays in the caller's world while the caller
 * moves into another one, and does there what can be done only from there:
 * write id maps with the parent's privileges, bind namespaces to files.
 *
 * All or nothing: what it did it undoes when it is told to, or when the last
 * holder of the connection ends, unless it was told before that all is well.
 */
#ifndef NSX_OUTSIDE_H
#define NSX_OUTSIDE_H

#include "base.h"

#include <sys/types.h>

struct outside {
	int socket; /* -EBADF where there is none */
};

/*
 * It calls serve(context, request, argument, program) for each
 * outside_call() and hands back the result; at the end it calls undo(context)
 * when the work is to be undone, else keep(context), which may go on for ever.
 * All see the caller's memory as it is now.
 */
typedef int outside_serve(void *context, int request, int argument, pid_t program);
typedef void outside_end(void *context);

/* What it is made of. All are called in that process, begin() once and first. */
struct outside_duty {
	void (*begin)(void *context);
	outside_serve *serve;
	outside_end *undo;
	outside_end *keep;
	void *context;
};

/*
 * May a send(2) or recv(2) that failed so do better a moment later, after which
 * this returns? Between processes that wait for each other nothing else will do:
 * one that gave up would not know what the other did, or have it wait for ever.
 */
bool outside_is_passing(int error);

int outside_start(struct outside *outside, const struct outside_duty *duty);

/*
 * Have it do something (request >= 0), and wait for the result: 0 or -errno.
 * `program` is the process to do it for, in the pid namespace outside.
 */
int outside_call(struct outside *outside, int request, int argument, pid_t program);

/* From now on the end of the connection means that all went well: exec(2) ends it. */
int outside_arm(struct outside *outside);

/* Let it keep what it did and end. -errno: it may not have heard of that, and undo it. */
int outside_commit(struct outside *outside);

/* Have it undo what it did and end; returns when that is done. */
void outside_abort(struct outside *outside);

/* Drop this process's side of the connection, for another holder to go on. */
void outside_close(struct outside *outside);

#endif /* NSX_OUTSIDE_H */
