/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test-flow.c - a buffer between two descriptors: nothing is lost, nothing
 * blocks, and ends are told apart from pauses.
 */
#include "flow.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>

#include "tap.h"

/* A flow between two pipes that never block: the test writes to `in` and reads from `out`. */
struct piped {
	struct flow flow;
	int in, out;
};

static void piped_init(struct piped *piped)
{
	int in[2], out[2];

	if (pipe2(in, O_NONBLOCK | O_CLOEXEC) < 0 || pipe2(out, O_NONBLOCK | O_CLOEXEC) < 0)
		abort();
	piped->flow = FLOW_INIT(in[0], out[1]);
	piped->in = in[1];
	piped->out = out[0];
}

static void piped_release(struct piped *piped)
{
	close_fdp(&piped->flow.from);
	close_fdp(&piped->flow.to);
	close_fdp(&piped->in);
	close_fdp(&piped->out);
}

static void put(struct piped *piped, const char *text)
{
	if (write(piped->in, text, strlen(text)) != (ssize_t)strlen(text))
		abort();
}

/* What has arrived; in a buffer used again. */
static const char *got(struct piped *piped)
{
	static char text[64];
	ssize_t n = read(piped->out, text, sizeof(text) - 1);

	text[n < 0 ? 0 : n] = '\0';
	return text;
}

static void test_bytes_pass(void)
{
	_cleanup_(piped_release) struct piped piped;

	piped_init(&piped);
	is_int(flow_pending(&piped.flow), 0);
	is_int(flow_space(&piped.flow), FLOW_SIZE);
	put(&piped, "hello");
	is_int(flow_read(&piped.flow), 5);
	is_int(flow_pending(&piped.flow), 5);
	is_int(flow_space(&piped.flow), FLOW_SIZE - 5);
	flow_add(&piped.flow, '!');
	is_int(flow_write(&piped.flow), 0);
	is_int(flow_pending(&piped.flow), 0);
	is_str(got(&piped), "hello!");
}

static void test_pauses_and_ends(void)
{
	_cleanup_(piped_release) struct piped piped;

	piped_init(&piped);
	is_int(flow_read(&piped.flow), 0);
	close_fdp(&piped.in);
	is_int(flow_read(&piped.flow), -ENODATA);
	close_fdp(&piped.flow.from);
	is_int(flow_read(&piped.flow), -EBADF);
}

static void test_clear(void)
{
	_cleanup_(piped_release) struct piped piped;

	piped_init(&piped);
	put(&piped, "gone");
	flow_read(&piped.flow);
	flow_clear(&piped.flow);
	is_int(flow_pending(&piped.flow), 0);
	flow_add(&piped.flow, 'x');
	flow_write(&piped.flow);
	is_str(got(&piped), "x");
}

/* The signal would be taken for one that somebody sent. */
static void test_reader_is_gone(void)
{
	_cleanup_(piped_release) struct piped piped;
	sigset_t mask, pending;

	sigemptyset(&mask);
	sigaddset(&mask, SIGPIPE);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	piped_init(&piped);
	close_fdp(&piped.out);
	flow_add(&piped.flow, 'x');
	is_int(flow_write(&piped.flow), -EPIPE);
	sigpending(&pending);
	ok(!sigismember(&pending, SIGPIPE));
	sigprocmask(SIG_UNBLOCK, &mask, NULL);
}

/* Where the reader is slow nothing is lost, and a write never asks for more than fits. */
static void test_back_pressure(void)
{
	_cleanup_(piped_release) struct piped piped;
	int stuck;

	piped_init(&piped);
	fcntl(piped.flow.to, F_SETPIPE_SZ, 1 << 16);
	for (int i = 0; i < FLOW_SIZE; i++)
		flow_add(&piped.flow, 'x');
	is_int(flow_space(&piped.flow), 0);
	is_int(flow_write(&piped.flow), 0);
	is_int(flow_pending(&piped.flow), FLOW_SIZE - PIPE_BUF);
	/* What is full stays as it is. */
	for (int i = 0; i < 100; i++) {
		while (flow_space(&piped.flow))
			flow_add(&piped.flow, 'x');
		is_int(flow_write(&piped.flow), 0);
	}
	stuck = (int)flow_pending(&piped.flow);
	is_int(flow_write(&piped.flow), 0);
	is_int(flow_pending(&piped.flow), stuck);
}

/* A million bytes in pieces of all sizes come out in their order. */
static void test_order(void)
{
	enum { TOTAL = 1000000 };
	_cleanup_(piped_release) struct piped piped;
	static char chunk[5000];
	size_t written = 0, moved = 0, wrong = 0;

	piped_init(&piped);
	for (unsigned int round = 0; moved < TOTAL && round < TOTAL; round++) {
		size_t size = round * 37 % sizeof(chunk);
		ssize_t n;

		if (size > TOTAL - written)
			size = TOTAL - written;
		for (size_t i = 0; i < size; i++)
			chunk[i] = (char)((written + i) % 251);
		n = write(piped.in, chunk, size);
		written += n > 0 ? (size_t)n : 0;
		if (flow_space(&piped.flow))
			flow_read(&piped.flow);
		if (flow_pending(&piped.flow))
			flow_write(&piped.flow);
		n = read(piped.out, chunk, (round * 53 + 1) % sizeof(chunk));
		for (ssize_t i = 0; i < n; i++)
			wrong += chunk[i] != (char)((moved + (size_t)i) % 251);
		moved += n > 0 ? (size_t)n : 0;
	}
	is_int(moved, TOTAL);
	is_int(wrong, 0);
}

int main(void)
{
	test_bytes_pass();
	test_pauses_and_ends();
	test_clear();
	test_reader_is_gone();
	test_back_pressure();
	test_order();
	return done_testing();
}
