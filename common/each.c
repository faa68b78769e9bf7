/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * each.c - many runs: one loop polls the signals and the pipes of all of them.
 */
#include "each.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "diag.h"
#include "each_output.h"
#include "kernel.h"

/* What a run writes, as we get it: a pipe or, to be kept whole, a file in memory. */
struct stream {
	int fd; /* -EBADF: none, or at its end */
	struct line_splitter splitter;
};

struct run {
	size_t index;
	pid_t pid;
	struct stream streams[EACH_STREAM_COUNT];
};

enum { BUFFER_SIZE = 64 * 1024 };

struct each {
	size_t count, next;
	each_function *run;
	void *context;
	size_t most; /* at a time */
	struct each_output output;
	struct children children;
	struct run *runs;
	size_t running;
	bool is_short; /* of processes or descriptors, until a run ends */
	char *buffer;
	struct each_results results;
};

/* What a run writes. */

/* Pass on what came from a run; with no bytes, that was all. */
static void pass_on(struct each *each, struct run *run, enum each_stream which, size_t size)
{
	struct stream *stream = &run->streams[which];

	each_output_pass(&each->output, run->index, which, &stream->splitter, each->buffer, size);
	if (size == 0)
		stream->fd = close_fd(stream->fd);
}

/* Read up to `most` bytes that are there; returns how many. */
static size_t read_stream(struct each *each, struct run *run, enum each_stream which, size_t most)
{
	ssize_t n = 0;

	/* Nobody reads us: then nobody reads the run, and it is to know. */
	if (!each_output_is_lost(&each->output, which))
		n = read(run->streams[which].fd, each->buffer, most < BUFFER_SIZE ? most : BUFFER_SIZE);
	if (n < 0)
		n = 0;
	pass_on(each, run, which, (size_t)n);
	return (size_t)n;
}

/* After the end of a run: what is there now. Others may have the pipe open still. */
static void drain(struct each *each, struct run *run, enum each_stream which)
{
	struct stream *stream = &run->streams[which];
	int left = 0;

	if (stream->fd >= 0 && ioctl(stream->fd, FIONREAD, &left) < 0)
		left = 0;
	while (stream->fd >= 0 && left > 0)
		left -= (int)read_stream(each, run, which, (size_t)left);
	if (stream->fd >= 0)
		pass_on(each, run, which, 0);
}

static void copy_whole(struct each *each, struct run *run, enum each_stream which)
{
	struct stream *stream = &run->streams[which];
	struct stat st;
	ssize_t n;

	/* It ends here: whoever the run left behind can write no more. */
	if (stream->fd >= 0)
		fcntl(stream->fd, F_ADD_SEALS, F_SEAL_GROW);
	if (stream->fd < 0 || fstat(stream->fd, &st) < 0)
		return;
	for (off_t offset = 0; offset < st.st_size && !each_output_is_lost(&each->output, which);
	     offset += n) {
		n = pread(stream->fd, each->buffer, BUFFER_SIZE, offset);
		if (n <= 0)
			break;
		each_output_copy(&each->output, which, each->buffer, (size_t)n);
	}
	stream->fd = close_fd(stream->fd);
}

/* Starting. */

/* Is what goes to standard output and to standard error one file? */
static bool is_one_output(void)
{
	struct stat out, err;

	return fstat(STDOUT_FILENO, &out) == 0 && fstat(STDERR_FILENO, &err) == 0 &&
	       out.st_dev == err.st_dev && out.st_ino == err.st_ino;
}

/* The two ends of an output: ours, and the run's. */
static int open_output(enum each_form form, int *ret_ours, int *ret_theirs)
{
	int pair[2];

	if (form == EACH_WHOLE) {
		pair[0] = kernel_memory_file("nsx-output");
		if (pair[0] < 0)
			return pair[0];
		pair[1] = fcntl(pair[0], F_DUPFD_CLOEXEC, 0);
		if (pair[1] < 0) {
			pair[0] = close_fd(pair[0]);
			return -errno;
		}
	} else if (pipe2(pair, O_CLOEXEC) < 0) {
		return -errno;
	}
	*ret_ours = pair[0];
	*ret_theirs = pair[1];
	return 0;
}

static int open_outputs(const struct each *each, struct run *run, int theirs[EACH_STREAM_COUNT])
{
	int r;

	if (each->output.form == EACH_INHERITED)
		return 0;
	r = open_output(each->output.form, &run->streams[EACH_OUT].fd, &theirs[EACH_OUT]);
	if (r < 0)
		return r;
	if (each->output.form != EACH_WHOLE || !is_one_output())
		return open_output(each->output.form, &run->streams[EACH_ERR].fd, &theirs[EACH_ERR]);
	theirs[EACH_ERR] = fcntl(theirs[EACH_OUT], F_DUPFD_CLOEXEC, 0);
	return theirs[EACH_ERR] < 0 ? -errno : 0;
}

static void close_outputs(struct run *run)
{
	for (int which = 0; which < EACH_STREAM_COUNT; which++)
		run->streams[which].fd = close_fd(run->streams[which].fd);
}

/* In the child: be the run. What belongs to the others it must not hold open. */
static _noreturn_ void become_run(struct each *each, struct run *run, const int theirs[EACH_STREAM_COUNT],
				  const struct child *self)
{
	_cleanup_close_ int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (null < 0 || dup2(null, STDIN_FILENO) < 0)
		die(-errno, "cannot have '/dev/null' as standard input");
	if (theirs[EACH_OUT] >= 0 &&
	    (dup2(theirs[EACH_OUT], STDOUT_FILENO) < 0 || dup2(theirs[EACH_ERR], STDERR_FILENO) < 0))
		die(-errno, "cannot pass on the output");
	null = close_fd(null);
	close_fd(theirs[EACH_OUT]);
	close_fd(theirs[EACH_ERR]);
	close_outputs(run);
	for (size_t i = 0; i < each->running; i++)
		close_outputs(&each->runs[i]);
	each->run(each->context, run->index, self);
	_exit(EXIT_FAILURE); /* it was not to return */
}

/* Start the next one; 0 or -errno. */
static int start(struct each *each)
{
	struct run *run = &each->runs[each->running];
	int theirs[EACH_STREAM_COUNT] = { -EBADF, -EBADF };
	struct child child;
	int r;

	*run = (struct run){ .index = each->next, .streams = { { .fd = -EBADF }, { .fd = -EBADF } } };
	r = open_outputs(each, run, theirs);
	if (r >= 0)
		r = children_fork(&each->children, &child);
	if (r == 0)
		become_run(each, run, theirs, &child);
	close_fd(theirs[EACH_OUT]);
	close_fd(theirs[EACH_ERR]);
	if (r < 0) {
		close_outputs(run);
		return r;
	}
	run->pid = child.pid;
	each->running++;
	return 0;
}

static bool is_shortage(int error)
{
	return error == -EAGAIN || error == -ENOMEM || error == -EMFILE || error == -ENFILE;
}

static bool may_start(const struct each *each)
{
	return each->next < each->count && each->running < each->most && !each->is_short &&
	       !each->output.signal;
}

static void start_next(struct each *each)
{
	int r = start(each);

	if (is_shortage(r) && each->running > 0) {
		each->is_short = true;
		return;
	}
	if (r < 0) {
		each->results.failed++;
		each_output_not_started(&each->output, each->next, r);
	}
	each->next++;
}

/* Ending. */

static void end_run(struct each *each, struct run *run, int wait_status)
{
	for (int which = 0; which < EACH_STREAM_COUNT; which++) {
		if (each->output.form == EACH_WHOLE)
			copy_whole(each, run, which);
		else
			drain(each, run, which);
	}
	each->results.failed += wait_status != 0;
	each_output_end(&each->output, run->index, wait_status);
	*run = each->runs[--each->running];
	each->is_short = false;
}

/* Returns whether any has ended. */
static bool end_runs(struct each *each)
{
	bool has_ended = false;
	int wait_status;
	pid_t pid;

	while (children_take_ended(&each->children, &pid, &wait_status) > 0) {
		size_t i = 0;

		while (each->runs[i].pid != pid)
			i++;
		end_run(each, &each->runs[i], wait_status);
		has_ended = true;
	}
	return has_ended;
}

/* Wait until something happens, and take in what it is. */
static int wait_for_news(struct each *each, struct pollfd *sources)
{
	size_t count = 0;

	sources[count++] = (struct pollfd){ .fd = each->children.signals, .events = POLLIN };
	for (size_t i = 0; i < each->running; i++)
		for (int which = 0; which < EACH_STREAM_COUNT; which++)
			sources[count++] = (struct pollfd){
				/* A file in memory is looked at in the end, and always readable. */
				.fd = each->output.form == EACH_WHOLE ? -1 : each->runs[i].streams[which].fd,
				.events = POLLIN,
			};
	if (poll(sources, count, -1) < 0)
		return errno == EINTR ? 0 : -errno;
	for (size_t n = 1; n < count; n++)
		if (sources[n].revents)
			read_stream(each, &each->runs[(n - 1) / EACH_STREAM_COUNT],
				    (n - 1) % EACH_STREAM_COUNT, BUFFER_SIZE);
	if (sources[0].revents)
		each_output_take_signals(&each->output);
	return 0;
}

static int run_all(struct each *each)
{
	_cleanup_free_ struct pollfd *sources = xcalloc(1 + each->most * EACH_STREAM_COUNT, sizeof(*sources));

	for (;;) {
		int r;

		while (may_start(each))
			start_next(each);
		if (end_runs(each))
			continue;
		if (each->running == 0)
			return 0;
		r = wait_for_news(each, sources);
		if (r < 0)
			return r;
	}
}

static void each_release(struct each *each)
{
	each_output_release(&each->output);
	free(each->runs);
	free(each->buffer);
}

int each_run(const struct each_job *jobs, size_t count, const struct each_options *options,
	     each_function *run, void *context, struct each_results *ret)
{
	_cleanup_(each_release) struct each each = {
		.count = count,
		.run = run,
		.context = context,
		.most = options->parallel < count ? options->parallel : count,
		.results = { .total = count },
	};
	int r;

	each_output_init(&each.output, jobs, count, options, &each.children);
	each.runs = xcalloc(each.most, sizeof(*each.runs));
	each.buffer = xcalloc(1, BUFFER_SIZE);
	r = children_init(&each.children);
	if (r < 0)
		return r;
	r = run_all(&each);
	for (; r == 0 && each.next < count; each.next++) {
		each.results.not_run++;
		each_output_not_started(&each.output, each.next, 0);
	}
	children_release(&each.children);
	if (r < 0)
		return r;
	each.results.signal = each.output.signal;
	each.results.lost = each_output_error(&each.output);
	*ret = each.results;
	return 0;
}

void each_exit(const struct each_results *results, const struct each_options *options)
{
	bool all_went_well = !results->failed && !results->not_run && !results->lost;

	if (results->lost)
		warn(results->lost, "cannot write the output");
	if (each_tells(options) && results->not_run)
		warn(0, "%zu of %zu runs failed, %zu not started", results->failed, results->total,
		     results->not_run);
	else if (each_tells(options) && results->failed)
		warn(0, "%zu of %zu runs failed", results->failed, results->total);
	if (results->signal)
		child_exit_like(results->signal);
	exit(all_went_well ? EXIT_SUCCESS : EXIT_SOME_FAILED);
}
