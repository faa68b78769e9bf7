/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * watch_out.c - standard output, as long as no signal comes.
 */
#include "ls/watch_out.h"

#include <limits.h>
#include <poll.h>
#include <stdio_ext.h>
#include <unistd.h>

#include "diag.h"

/* A pipe that is ready takes PIPE_BUF bytes at once, pipe(7). */
static ssize_t write_some(const struct watch_out *out, const char *data, size_t size)
{
	struct pollfd files[] = {
		{ .fd = STDOUT_FILENO, .events = POLLOUT },
		{ .fd = out->signals, .events = POLLIN },
	};

	for (;;) {
		ssize_t n;

		if (poll(files, ARRAY_SIZE(files), -1) < 0 && errno != EINTR)
			return -errno;
		/* Output first: who reads gets whole lines. */
		if (!files[0].revents) {
			if (files[1].revents)
				return -EINTR;
			continue;
		}
		n = write(STDOUT_FILENO, data, size < PIPE_BUF ? size : PIPE_BUF);
		if (n >= 0)
			return n;
		if (errno != EINTR && errno != EAGAIN)
			return -errno;
	}
}

/* For fopencookie(3), to which less than all is an error. */
static ssize_t write_all(void *cookie, const char *data, size_t size)
{
	struct watch_out *out = cookie;
	size_t written = 0;

	while (written < size && !out->error) {
		ssize_t n = write_some(out, data + written, size - written);

		if (n < 0)
			out->error = (int)n;
		else
			written += (size_t)n;
	}
	return (ssize_t)written;
}

void watch_out_open(struct watch_out *out, int signals)
{
	*out = (struct watch_out){ .signals = signals };
	out->stream = fopencookie(out, "w", (cookie_io_functions_t){ .write = write_all });
	if (!out->stream)
		die_oom();
}

void watch_out_flush(struct watch_out *out)
{
	/* That it failed is in `error`. */
	if (fflush(out->stream) != 0)
		__fpurge(out->stream);
}

void watch_out_close(struct watch_out *out)
{
	__fpurge(out->stream);
	fclose(out->stream);
	out->stream = NULL;
}
