/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * each_output.c - lines with labels, objects of JSON, and writing them out. What
 * belongs together is made in memory and written as one, so that it is not
 * mixed with what others write.
 */
#include "each_output.h"

#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "diag.h"
#include "json.h"

static const char *const stream_names[EACH_STREAM_COUNT] = { "stdout", "stderr" };

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

static void make_prefixes(struct each_output *output)
{
	size_t widest = 0;

	output->prefixes = xcalloc(output->count, sizeof(*output->prefixes));
	for (size_t i = 0; i < output->count; i++) {
		size_t width;

		output->prefixes[i] = printable(output->jobs[i].label);
		width = width_of(output->prefixes[i]);
		widest = width > widest ? width : widest;
	}
	for (size_t i = 0; i < output->count; i++) {
		_cleanup_free_ char *label = output->prefixes[i];

		output->prefixes[i] = xasprintf("%s%*s", label, (int)(widest - width_of(label)), "");
	}
}

/* Beginning and end. */

bool each_tells(const struct each_options *options)
{
	return options->labels || diag_is_verbose() || isatty(STDERR_FILENO);
}

static enum each_form form_of(const struct each_options *options)
{
	if (options->json)
		return EACH_JSON;
	if (options->labels)
		return EACH_LABELLED;
	return options->parallel > 1 ? EACH_WHOLE : EACH_INHERITED;
}

void each_output_init(struct each_output *output, const struct each_job *jobs, size_t count,
		      const struct each_options *options, struct children *children)
{
	*output = (struct each_output){
		.form = form_of(options),
		.tells = each_tells(options),
		.jobs = jobs,
		.count = count,
		.sinks = { { .fd = STDOUT_FILENO }, { .fd = STDERR_FILENO } },
		.children = children,
	};
	if (output->form == EACH_LABELLED)
		make_prefixes(output);
}

void each_output_release(struct each_output *output)
{
	for (size_t i = 0; output->prefixes && i < output->count; i++)
		free(output->prefixes[i]);
	free(output->prefixes);
	*output = (struct each_output){ 0 };
}

/* Writing. */

void each_output_take_signals(struct each_output *output)
{
	int r = children_take_signal(output->children);

	if (r > 0 && !output->signal)
		output->signal = r;
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
void each_output_copy(struct each_output *output, enum each_stream stream, const char *text, size_t size)
{
	struct each_sink *sink = &output->sinks[stream];

	while (size > 0 && !sink->error) {
		struct pollfd sources[] = {
			{ .fd = sink->fd, .events = POLLOUT },
			{ .fd = output->children->signals, .events = POLLIN },
		};
		ssize_t n;

		if (poll(sources, ARRAY_SIZE(sources), output->signal ? 0 : -1) < 0 && errno != EINTR)
			sink->error = -errno;
		if (sources[1].revents)
			each_output_take_signals(output);
		if (!sources[0].revents) {
			if (output->signal)
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

/* All lines of JSON are one stream. */
static enum each_stream stream_to(const struct each_output *output, enum each_stream stream)
{
	return output->form == EACH_JSON ? EACH_OUT : stream;
}

bool each_output_is_lost(const struct each_output *output, enum each_stream stream)
{
	return output->sinks[stream_to(output, stream)].error != 0;
}

int each_output_error(const struct each_output *output)
{
	for (int stream = EACH_STREAM_COUNT - 1; stream >= 0; stream--)
		if (output->sinks[stream].error && output->sinks[stream].error != -EPIPE)
			return output->sinks[stream].error;
	return 0;
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

static void page_write(struct page *page, struct each_output *output, enum each_stream stream)
{
	if (fclose(page->out) != 0)
		die_oom();
	each_output_copy(output, stream_to(output, stream), page->text, page->size);
	free(page->text);
}

/* Lines. */

struct printer {
	const struct each_output *output;
	size_t index;
	enum each_stream stream;
	FILE *out;
};

static void print_line(void *context, const struct line *line)
{
	const struct printer *printer = context;
	const struct each_output *output = printer->output;

	if (output->form == EACH_LABELLED) {
		fputs(output->prefixes[printer->index], printer->out);
		fputs(line->is_continuation ? " +" : "  ", printer->out);
		fwrite(line->text, 1, line->size, printer->out);
		putc('\n', printer->out);
		return;
	}
	fprintf(printer->out, "{%s, \"stream\": \"%s\", \"line\": ", output->jobs[printer->index].members,
		stream_names[printer->stream]);
	json_print_bytes(printer->out, line->text, line->size);
	fputs(line->is_partial ? ", \"partial\": true}\n" : "}\n", printer->out);
}

void each_output_pass(struct each_output *output, size_t index, enum each_stream stream,
		      struct line_splitter *splitter, const char *text, size_t size)
{
	struct printer printer = { .output = output, .index = index, .stream = stream };
	struct page page;

	page_open(&page);
	printer.out = page.out;
	if (size > 0 && line_splitter_feed(splitter, text, size, print_line, &printer) < 0)
		die_oom();
	if (size == 0) {
		line_splitter_end(splitter, print_line, &printer);
		line_splitter_release(splitter);
	}
	page_write(&page, output, stream);
}

/* Ends. */

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

void each_output_end(struct each_output *output, size_t index, int wait_status)
{
	const struct each_job *job = &output->jobs[index];
	char unnamed[16];

	if (output->form == EACH_JSON) {
		struct page page;

		page_open(&page);
		fprintf(page.out, "{%s, ", job->members);
		print_end(page.out, wait_status);
		fputs("}\n", page.out);
		page_write(&page, output, EACH_OUT);
	} else if (wait_status != 0 && output->tells) {
		if (WIFSIGNALED(wait_status))
			warn(0, "%s: ended by signal %s", job->label,
			     signal_name(WTERMSIG(wait_status), unnamed));
		else
			warn(0, "%s: ended with status %d", job->label, WEXITSTATUS(wait_status));
	}
}

void each_output_not_started(struct each_output *output, size_t index, int error)
{
	const struct each_job *job = &output->jobs[index];
	struct page page;

	if (output->form == EACH_JSON) {
		page_open(&page);
		fprintf(page.out, "{%s, \"error\": ", job->members);
		json_print_string(page.out, error ? strerror(-error) : "not run");
		fputs("}\n", page.out);
		page_write(&page, output, EACH_OUT);
	} else if (error) {
		warn(error, "%s: cannot be started", job->label);
	}
}
