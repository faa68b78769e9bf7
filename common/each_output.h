/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * each_output.h - what is written of many runs, in the forms that each.h
 * describes: their output, and how they ended. Starts and ends none.
 */
#ifndef NSX_EACH_OUTPUT_H
#define NSX_EACH_OUTPUT_H

#include "base.h"
#include "child.h"
#include "each.h"
#include "lines.h"

enum each_stream { EACH_OUT, EACH_ERR, EACH_STREAM_COUNT };

enum each_form {
	EACH_INHERITED, /* the run writes by itself */
	EACH_WHOLE,	/* kept until the run ends, see each_output_copy() */
	EACH_LABELLED,	/* line by line */
	EACH_JSON,	/* line by line, too */
};

/* Where our own output goes. */
struct each_sink {
	int fd;
	int error; /* writing failed with that -errno, and is given up */
};

struct each_output {
	enum each_form form;
	bool tells; /* of failures, in words */
	const struct each_job *jobs;
	size_t count;
	char **prefixes; /* EACH_LABELLED: padded, of each job */
	struct each_sink sinks[EACH_STREAM_COUNT];
	/* Waiting for a slow reader looks at the signals, so that we can always be ended and stopped. */
	struct children *children;
	int signal; /* that asked us to end; 0: none */
};

/* Are failures said in words? */
bool each_tells(const struct each_options *options);

/* `jobs` and `children` are to outlive it; the children may be made ready later, before anything is written. */
void each_output_init(struct each_output *output, const struct each_job *jobs, size_t count,
		      const struct each_options *options, struct children *children);
void each_output_release(struct each_output *output);

/* Take in what signals have come since. */
void each_output_take_signals(struct each_output *output);

/* Has what a run writes to this stream no reader any more, or no place? */
bool each_output_is_lost(const struct each_output *output, enum each_stream stream);

/* Lines: pass on what a run wrote; with no bytes, that was all, and the splitter is released. */
void each_output_pass(struct each_output *output, size_t index, enum each_stream stream,
		      struct line_splitter *splitter, const char *text, size_t size);

/* Pass bytes on as they are. */
void each_output_copy(struct each_output *output, enum each_stream stream, const char *text, size_t size);

/* How a run ended: always with EACH_JSON, otherwise one that failed, as `tells` says. */
void each_output_end(struct each_output *output, size_t index, int wait_status);

/* It was not started, for this -errno; or 0, because we were asked to end, which only EACH_JSON says of each. */
void each_output_not_started(struct each_output *output, size_t index, int error);

/* -errno: output could not be written, other than for want of a reader; or 0. */
int each_output_error(const struct each_output *output);

#endif /* NSX_EACH_OUTPUT_H */
