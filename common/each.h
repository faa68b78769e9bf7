/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * each.h - run a function in many processes, one after the other or several at
 * a time, and never stop early because one failed. Knows nothing of plans and
 * namespaces: a job is a label and what its process does.
 *
 * Where the output goes:
 *   neither labels nor JSON, one at a time: it is the caller's own;
 *   neither, several at a time: kept in memory, and copied out as a whole when
 *     the run ends, in order where both streams go to the same file;
 *   labels: line by line behind "LABEL  ", each stream to ours of that name; a
 *     line that goes on (lines.h) stands behind "LABEL +";
 *   JSON: an object a line on standard output, see below.
 * With the latter two no line is torn or mixed with another. But for the first, a
 * process that a run leaves behind can write no more once the run has ended.
 *
 * Objects begin with the job's own members. Then comes one of
 *   "stream": "stdout"|"stderr", "line": TEXT, and "partial": true if the line
 *     goes on in the next object of that job and stream
 *   "exit-code": NUMBER  the run has ended, ...
 *   "signal": NAME       ... or was ended by that signal
 *   "error": TEXT        it was not started, and why
 * and each job has exactly one of the last three, as its last object.
 */
#ifndef NSX_EACH_H
#define NSX_EACH_H

#include "base.h"
#include "child.h"

struct each_job {
	const char *label;   /* any bytes; written so that it drives no terminal */
	const char *members; /* for JSON: "\"name\": \"blue\", \"pid\": 7" */
};

struct each_options {
	unsigned int parallel; /* how many at a time, from 1 on */
	bool labels;
	bool json; /* counts before labels */
};

struct each_results {
	size_t total;
	size_t failed;	/* ended other than with 0, or could not be started */
	size_t not_run; /* because of the signal */
	int signal;	/* that asked us to end; 0: none */
	int lost;	/* -errno: output could not be written, other than for want of a reader */
};

/*
 * What a job's process does: exec or exit. Standard input is /dev/null there,
 * signals are the caller's, `self` is for child_die_with_parent().
 */
typedef void each_function(void *context, size_t index, const struct child *self);

/*
 * Run jobs[0..count) in that order. Meanwhile all signals are forwarded to
 * those that run (child.h); after INT, TERM, HUP or QUIT no others are started.
 * A job for which there is no process or descriptor left waits for the end of
 * another. Where --verbose, labels or a terminal at standard error ask for
 * it, and not with JSON, a failed run is said in a line. Returns 0 however the
 * runs ended, or -errno where they could not be waited for: then some may go on.
 */
int each_run(const struct each_job *jobs, size_t count, const struct each_options *options,
	     each_function *run, void *context, struct each_results *ret);

/*
 * Say how many failed, where that is asked for, and end: by the signal;
 * else with 0 where all went well, or with EXIT_SOME_FAILED.
 */
_noreturn_ void each_exit(const struct each_results *results, const struct each_options *options);

#endif /* NSX_EACH_H */
