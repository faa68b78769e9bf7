/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * each.c - many runs, and their output in order.
 *
 * One loop polls the signals and the pipes of all runs. Waiting for a slow
 * reader of our own output looks at the signals as well, so that we can always
 * be ended and stopped.
 */
#include "each.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "diag.h"
#include "json.h"
#include "kernel.h"
#include "lines.h"

enum which { OUT, ERR, STREAM_COUNT };

static const char *const stream_names[STREAM_COUNT] = { "stdout", "stderr" };

enum mode {
	MODE_INHERIT,
	MODE_WHOLE,
	MODE_LABELS,
	MODE_JSON,
};

/* What a run writes, as we get it: a pipe or, to be kept whole, a file in memory. */
struct stream {
	int fd; /* -EBADF: none, or at its end */
	struct line_splitter splitter;
};

struct run {
	size_t index;
	pid_t pid;
	struct stream streams[STREAM_COUNT];
};

/* Where our own output goes. */
struct sink {
	int fd;
	int error; /* writing failed with that -errno, and is given up */
};

enum { BUFFER_SIZE = 64 * 1024 };

struct each {
	const struct each_job *jobs;
	size_t count, next;
	each_function *run;
	void *context;
	enum mode mode;
	size_t most; /* at a time */
	bool tells;
	char **prefixes; /* MODE_LABELS: padded, of each job */
	struct children children;
	struct run *runs;
	size_t running;
	bool is_short; /* of processes or descriptors, until a run ends */
	struct sink sinks[STREAM_COUNT];
	char *buffer;
	struct each_results results;
};

/* Are failures said in words? */
static bool tells(const struct each_options *options)
{
	return options->labels || diag_is_verbose() || isatty(STDERR_FILENO);
}

static enum mode mode_of(const struct each_options *options)
{
	if (options->json)
		return MODE_JSON;
	if (options->labels)
		return MODE_LABELS;
	return options->parallel > 1 ? MODE_WHOLE : MODE_INHERIT;
}

/* Labels. */

/* Columns on a terminal, with every character one wide. */
static size_t width_of(const char *text)
{
	size_t width = 0;

	for (; *text; text++)
		width += (*text & 0xc0) != 0x80;
	return width;
}

static char *printable(const char *label)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		die_oom();
	diag_print_safe(out, label);
	if (fclose(out) != 0)
		die_oom();
	return text;
}

static void make_prefixes(struct each *each)
{
	size_t widest = 0;

	each->prefixes = xcalloc(each->count, sizeof(*each->prefixes));
	for (size_t i = 0; i < each->count; i++) {
		size_t width;

		each->prefixes[i] = printable(each->jobs[i].label);
		width = width_of(each->prefixes[i]);
		widest = width > widest ? width : widest;
	}
	for (size_t i = 0; i < each->count; i++) {
		_cleanup_free_ char *label = each->prefixes[i];

		each->prefixes[i] = xasprintf("%s%*s", label, (int)(widest - width_of(label)), "");
	}
}

/* Our output. */

static void take_signals(struct each *each)
{
	int r = children_take_signal(&each->children);

	if (r > 0 && !each->results.signal)
		each->results.signal = r;
}

/* Signals being held back, that of our own broken pipe waits; it is meant for nobody. */
static void forget_broken_pipe(void)
{
	struct timespec at_once = { 0 };
	sigset_t one;

	sigemptyset(&one);
	sigaddset(&one, SIGPIPE);
	sigtimedwait(&one, NULL, &at_once);
}

/*
 * Write what has a reader, as much at once as a pipe takes without waiting.
 * Asked to end, do not wait for one that does not read.
 */
static void write_out(struct each *each, enum which which, const char *text, size_t size)
{
	struct sink *sink = &each->sinks[which];

	while (size > 0 && !sink->error) {
		struct pollfd sources[] = {
			{ .fd = sink->fd, .events = POLLOUT },
			{ .fd = each->children.signals, .events = POLLIN },
		};
		ssize_t n;

		if (poll(sources, ARRAY_SIZE(sources), each->results.signal ? 0 : -1) < 0 && errno != EINTR)
			sink->error = -errno;
		if (sources[1].revents)
			take_signals(each);
		if (!sources[0].revents) {
			if (each->results.signal)
				return;
			continue;
		}
		n = write(sink->fd, text, size < PIPE_BUF ? size : PIPE_BUF);
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			sink->error = -errno;
		if (sink->error == -EPIPE)
			forget_broken_pipe();
		if (n > 0) {
			text += n;
			size -= (size_t)n;
		}
	}
}

/* What is printed to `out`, and written when that is closed. */
struct page {
	FILE *out;
	char *text;
	size_t size;
};

static void page_open(struct page *page)
{
	*page = (struct page){ 0 };
	page->out = open_memstream(&page->text, &page->size);
	if (!page->out)
		die_oom();
}

static void page_write(struct page *page, struct each *each, enum which which)
{
	if (fclose(page->out) != 0)
		die_oom();
	write_out(each, which, page->text, page->size);
	free(page->text);
}

/* Results. */

static const char *signal_name(int sig, char unnamed[16])
{
	const char *name = sigabbrev_np(sig);

	if (name)
		return name;
	snprintf(unnamed, 16, "%d", sig);
	return unnamed;
}

static void print_end(FILE *out, int wait_status)
{
	char unnamed[16];

	if (WIFSIGNALED(wait_status))
		fprintf(out, "\"signal\": \"%s\"", signal_name(WTERMSIG(wait_status), unnamed));
	else
		fprintf(out, "\"exit-code\": %d", WEXITSTATUS(wait_status));
}

static void report_end(struct each *each, size_t index, int wait_status)
{
	const struct each_job *job = &each->jobs[index];
	char unnamed[16];

	each->results.failed += wait_status != 0;
	if (each->mode == MODE_JSON) {
		struct page page;

		page_open(&page);
		fprintf(page.out, "{%s, ", job->members);
		print_end(page.out, wait_status);
		fputs("}\n", page.out);
		page_write(&page, each, OUT);
	} else if (wait_status != 0 && each->tells) {
		if (WIFSIGNALED(wait_status))
			warn(0, "%s: ended by signal %s", job->label,
			     signal_name(WTERMSIG(wait_status), unnamed));
		else
			warn(0, "%s: ended with status %d", job->label, WEXITSTATUS(wait_status));
	}
}

static void report_not_started(struct each *each, size_t index, const char *why)
{
	struct page page;

	if (each->mode != MODE_JSON)
		return;
	page_open(&page);
	fprintf(page.out, "{%s, \"error\": ", each->jobs[index].members);
	json_print_string(page.out, why);
	fputs("}\n", page.out);
	page_write(&page, each, OUT);
}

/* The output of runs. */

struct printer {
	const struct each *each;
	size_t index;
	enum which which;
	FILE *out;
};

static void print_line(void *context, const struct line *line)
{
	const struct printer *printer = context;
	const struct each *each = printer->each;

	if (each->mode == MODE_LABELS) {
		fputs(each->prefixes[printer->index], printer->out);
		fputs(line->is_continuation ? " +" : "  ", printer->out);
		fwrite(line->text, 1, line->size, printer->out);
		putc('\n', printer->out);
		return;
	}
	fprintf(printer->out, "{%s, \"stream\": \"%s\", \"line\": ", each->jobs[printer->index].members,
		stream_names[printer->which]);
	json_print_bytes(printer->out, line->text, line->size);
	fputs(line->is_partial ? ", \"partial\": true}\n" : "}\n", printer->out);
}

/* Pass on what came from a run; with no bytes, that was all. */
static void pass_on(struct each *each, struct run *run, enum which which, size_t size)
{
	struct stream *stream = &run->streams[which];
	struct printer printer = { .each = each, .index = run->index, .which = which };
	struct page page;

	page_open(&page);
	printer.out = page.out;
	if (size > 0 && line_splitter_feed(&stream->splitter, each->buffer, size, print_line, &printer) < 0)
		die_oom();
	if (size == 0) {
		line_splitter_end(&stream->splitter, print_line, &printer);
		line_splitter_release(&stream->splitter);
		stream->fd = close_fd(stream->fd);
	}
	page_write(&page, each, each->mode == MODE_JSON ? OUT : which);
}

/* Read up to `most` bytes that are there; returns how many. */
static size_t read_stream(struct each *each, struct run *run, enum which which, size_t most)
{
	const struct sink *sink = &each->sinks[each->mode == MODE_JSON ? OUT : which];
	ssize_t n = 0;

	/* Nobody reads us: then nobody reads the run, and it is to know. */
	if (!sink->error)
		n = read(run->streams[which].fd, each->buffer, most < BUFFER_SIZE ? most : BUFFER_SIZE);
	if (n < 0)
		n = 0;
	pass_on(each, run, which, (size_t)n);
	return (size_t)n;
}

/* After the end of a run: what is there now. Others may have the pipe open still. */
static void drain(struct each *each, struct run *run, enum which which)
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

static void copy_whole(struct each *each, struct run *run, enum which which)
{
	struct stream *stream = &run->streams[which];
	struct stat st;
	ssize_t n;

	/* It ends here: whoever the run left behind can write no more. */
	if (stream->fd >= 0)
		fcntl(stream->fd, F_ADD_SEALS, F_SEAL_GROW);
	if (stream->fd < 0 || fstat(stream->fd, &st) < 0)
		return;
	for (off_t offset = 0; offset < st.st_size && !each->sinks[which].error; offset += n) {
		n = pread(stream->fd, each->buffer, BUFFER_SIZE, offset);
		if (n <= 0)
			break;
		write_out(each, which, each->buffer, (size_t)n);
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
static int open_output(enum mode mode, int *ret_ours, int *ret_theirs)
{
	int pair[2];

	if (mode == MODE_WHOLE) {
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

static int open_outputs(const struct each *each, struct run *run, int theirs[STREAM_COUNT])
{
	int r;

	if (each->mode == MODE_INHERIT)
		return 0;
	r = open_output(each->mode, &run->streams[OUT].fd, &theirs[OUT]);
	if (r < 0)
		return r;
	if (each->mode != MODE_WHOLE || !is_one_output())
		return open_output(each->mode, &run->streams[ERR].fd, &theirs[ERR]);
	theirs[ERR] = fcntl(theirs[OUT], F_DUPFD_CLOEXEC, 0);
	return theirs[ERR] < 0 ? -errno : 0;
}

static void close_outputs(struct run *run)
{
	for (int which = 0; which < STREAM_COUNT; which++)
		run->streams[which].fd = close_fd(run->streams[which].fd);
}

/* In the child: be the run. What belongs to the others it must not hold open. */
static _noreturn_ void become_run(struct each *each, struct run *run, const int theirs[STREAM_COUNT],
				  const struct child *self)
{
	_cleanup_close_ int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (null < 0 || dup2(null, STDIN_FILENO) < 0)
		die(-errno, "cannot have '/dev/null' as standard input");
	if (theirs[OUT] >= 0 &&
	    (dup2(theirs[OUT], STDOUT_FILENO) < 0 || dup2(theirs[ERR], STDERR_FILENO) < 0))
		die(-errno, "cannot pass on the output");
	null = close_fd(null);
	close_fd(theirs[OUT]);
	close_fd(theirs[ERR]);
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
	int theirs[STREAM_COUNT] = { -EBADF, -EBADF };
	struct child child;
	int r;

	*run = (struct run){ .index = each->next, .streams = { { .fd = -EBADF }, { .fd = -EBADF } } };
	r = open_outputs(each, run, theirs);
	if (r >= 0)
		r = children_fork(&each->children, &child);
	if (r == 0)
		become_run(each, run, theirs, &child);
	close_fd(theirs[OUT]);
	close_fd(theirs[ERR]);
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
	       !each->results.signal;
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
		if (each->mode != MODE_JSON)
			warn(r, "%s: cannot be started", each->jobs[each->next].label);
		report_not_started(each, each->next, strerror(-r));
	}
	each->next++;
}

/* Ending. */

static void end_run(struct each *each, struct run *run, int wait_status)
{
	for (int which = 0; which < STREAM_COUNT; which++) {
		if (each->mode == MODE_WHOLE)
			copy_whole(each, run, which);
		else
			drain(each, run, which);
	}
	report_end(each, run->index, wait_status);
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
		for (int which = 0; which < STREAM_COUNT; which++)
			sources[count++] = (struct pollfd){
				/* A file in memory is looked at in the end, and always readable. */
				.fd = each->mode == MODE_WHOLE ? -1 : each->runs[i].streams[which].fd,
				.events = POLLIN,
			};
	if (poll(sources, count, -1) < 0)
		return errno == EINTR ? 0 : -errno;
	for (size_t n = 1; n < count; n++)
		if (sources[n].revents)
			read_stream(each, &each->runs[(n - 1) / STREAM_COUNT], (n - 1) % STREAM_COUNT,
				    BUFFER_SIZE);
	if (sources[0].revents)
		take_signals(each);
	return 0;
}

static int run_all(struct each *each)
{
	_cleanup_free_ struct pollfd *sources = xcalloc(1 + each->most * STREAM_COUNT, sizeof(*sources));

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
	for (size_t i = 0; each->prefixes && i < each->count; i++)
		free(each->prefixes[i]);
	free(each->prefixes);
	free(each->runs);
	free(each->buffer);
}

int each_run(const struct each_job *jobs, size_t count, const struct each_options *options,
	     each_function *run, void *context, struct each_results *ret)
{
	_cleanup_(each_release) struct each each = {
		.jobs = jobs,
		.count = count,
		.run = run,
		.context = context,
		.mode = mode_of(options),
		.most = options->parallel < count ? options->parallel : count,
		.tells = tells(options),
		.sinks = { { .fd = STDOUT_FILENO }, { .fd = STDERR_FILENO } },
		.results = { .total = count },
	};
	int r;

	each.runs = xcalloc(each.most, sizeof(*each.runs));
	each.buffer = xcalloc(1, BUFFER_SIZE);
	if (each.mode == MODE_LABELS)
		make_prefixes(&each);
	r = children_init(&each.children);
	if (r < 0)
		return r;
	r = run_all(&each);
	for (; r == 0 && each.next < count; each.next++) {
		each.results.not_run++;
		report_not_started(&each, each.next, "not run");
	}
	children_release(&each.children);
	for (int which = 0; which < STREAM_COUNT; which++)
		if (each.sinks[which].error && each.sinks[which].error != -EPIPE)
			each.results.lost = each.sinks[which].error;
	if (r == 0)
		*ret = each.results;
	return r;
}

void each_exit(const struct each_results *results, const struct each_options *options)
{
	bool all_went_well = !results->failed && !results->not_run && !results->lost;

	if (results->lost)
		warn(results->lost, "cannot write the output");
	if (tells(options) && results->not_run)
		warn(0, "%zu of %zu runs failed, %zu not started", results->failed, results->total,
		     results->not_run);
	else if (tells(options) && results->failed)
		warn(0, "%zu of %zu runs failed", results->failed, results->total);
	if (results->signal)
		child_exit_like(results->signal);
	exit(all_went_well ? EXIT_SUCCESS : EXIT_SOME_FAILED);
}
