/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * spawn.h - do what a completed plan says. One table of steps is the order in
 * which things are done, the words of the errors, the trace of --verbose and
 * the text of spawn_explain().
 */
#ifndef NSX_SPAWN_H
#define NSX_SPAWN_H

#include "base.h"
#include "child.h"
#include "plan.h"

/*
 * Do it. Ends as the program does that the plan runs; or, where a step fails,
 * with the failure status, one line that names the step, and whatever was
 * created on the way undone.
 */
_noreturn_ void spawn_run(const struct plan *plan);

/*
 * The same in a process that child_fork() made, whose parent runs many. With
 * plan->kill_child it ends with that one: the program, and who waits for it.
 */
_noreturn_ void spawn_run_as_child(const struct plan *plan, const struct child *self);

/* Print the steps, one a line: number, system calls, words. Do nothing. */
void spawn_explain(const struct plan *plan, FILE *out);

#endif /* NSX_SPAWN_H */
