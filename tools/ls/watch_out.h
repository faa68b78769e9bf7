/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * watch_out.h - where a watch prints: standard output, as a stream that gives up
 * when it is told to end while nobody reads.
 */
#ifndef NSX_LS_WATCH_OUT_H
#define NSX_LS_WATCH_OUT_H

#include "base.h"

struct watch_out {
	FILE *stream;
	int signals; /* a signalfd(2), borrowed: once it is readable, nothing waits for a reader */
	int error;   /* 0, or the -errno that all output since has failed with; -EINTR: a signal came */
};

/* Ends the program where there is no memory. `out` stays where it is. */
void watch_out_open(struct watch_out *out, int signals);

/* Print what was written, as far as the error allows. */
void watch_out_flush(struct watch_out *out);

/* What could not be printed is forgotten. */
void watch_out_close(struct watch_out *out);

#endif /* NSX_LS_WATCH_OUT_H */
