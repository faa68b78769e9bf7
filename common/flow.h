/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * flow.h - bytes on their way from one descriptor to another.
 *
 * A buffer of fixed size between the two: while it is full nothing is read, so
 * that whoever writes too fast has to wait, and nothing is ever lost. To be
 * driven by a poll(2) loop with SIGPIPE blocked: read when there is space,
 * write when something is pending, each when the descriptor is ready.
 */
#ifndef NSX_FLOW_H
#define NSX_FLOW_H

#include "base.h"

enum { FLOW_SIZE = 16384 };

struct flow {
	int from, to;	   /* not ours to close */
	size_t start, end; /* what is pending, in data */
	char data[FLOW_SIZE];
};

#define FLOW_INIT(from_fd, to_fd) ((struct flow){ .from = (from_fd), .to = (to_fd) })

size_t flow_pending(const struct flow *flow);
size_t flow_space(const struct flow *flow);

/* Forget what is pending. */
void flow_clear(struct flow *flow);

/*
 * Read once; call it where there is space. Returns how many bytes came, 0
 * where there are none now, -ENODATA at the end of the file, or -errno.
 */
ssize_t flow_read(struct flow *flow);

/*
 * Write once. Returns 0, also where nothing can be written now, or -errno.
 * Writes so little that a pipe which poll(2) calls writable does not block:
 * our standard output is not ours alone, so O_NONBLOCK is not to be set there.
 */
int flow_write(struct flow *flow);

/* Add a byte to what is pending. There must be space. */
void flow_add(struct flow *flow, char byte);

#endif /* NSX_FLOW_H */
