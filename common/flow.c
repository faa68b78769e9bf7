/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * flow.c - a buffer between two descriptors.
 */
#include "flow.h"

#include <limits.h>
#include <signal.h>
#include <string.h>
#include <time.h>

size_t flow_pending(const struct flow *flow)
{
	return flow->end - flow->start;
}

size_t flow_space(const struct flow *flow)
{
	return sizeof(flow->data) - flow_pending(flow);
}

void flow_clear(struct flow *flow)
{
	flow->start = flow->end = 0;
}

/* Have all of the space behind what is pending. */
static void pack(struct flow *flow)
{
	size_t pending = flow_pending(flow);

	memmove(flow->data, flow->data + flow->start, pending);
	flow->start = 0;
	flow->end = pending;
}

static bool is_for_later(int error)
{
	return error == EAGAIN || error == EINTR;
}

ssize_t flow_read(struct flow *flow)
{
	ssize_t n;

	pack(flow);
	n = read(flow->from, flow->data + flow->end, flow_space(flow));
	if (n < 0)
		return is_for_later(errno) ? 0 : -errno;
	if (n == 0)
		return -ENODATA;
	flow->end += (size_t)n;
	return n;
}

/* The signal that came with EPIPE is ours alone, and must not be taken for one that was sent to us. */
static void forget_sigpipe(void)
{
	const struct timespec now = { 0, 0 };
	sigset_t one;

	sigemptyset(&one);
	sigaddset(&one, SIGPIPE);
	sigtimedwait(&one, NULL, &now);
}

int flow_write(struct flow *flow)
{
	size_t size = flow_pending(flow) < PIPE_BUF ? flow_pending(flow) : PIPE_BUF;
	ssize_t n = write(flow->to, flow->data + flow->start, size);

	if (n < 0 && errno == EPIPE) {
		forget_sigpipe();
		return -EPIPE;
	}
	if (n < 0)
		return is_for_later(errno) ? 0 : -errno;
	flow->start += (size_t)n;
	return 0;
}

void flow_add(struct flow *flow, char byte)
{
	pack(flow);
	flow->data[flow->end++] = byte;
}
