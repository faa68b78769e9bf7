/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * diag.c - messages and endings. Knows nothing of namespaces.
 */
#include "diag.h"

#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>

#include "utf8.h"

static const char *program_name = "nsx";
static int failure_status = EXIT_FAILURE;
static bool is_verbose;
static int messages = STDERR_FILENO; /* where they go */
static bool is_filled[STDERR_FILENO + 1];

int diag_keep_stderr(void)
{
	int copy = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);

	if (copy < 0)
		return -errno;
	messages = copy;
	return 0;
}

/*
 * Where a standard descriptor is closed, the next file opened would take its
 * place and swallow our messages. Put something there that fails in the same
 * way (EBADF on the use it is made for) and does not outlive an exec, so that
 * the program to be run finds it closed, as the caller left it.
 */
static void reserve_standard_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			is_filled[fd] = open("/dev/null",
					     (fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) | O_CLOEXEC) == fd;
}

bool diag_has_filled(int fd)
{
	return fd >= 0 && (size_t)fd < ARRAY_SIZE(is_filled) && is_filled[fd];
}

static void do_nothing(_unused_ int signal)
{
}

/*
 * A file that would be larger than it may (RLIMIT_FSIZE) is an error of
 * write(2), and not our end. Unlike a signal that is ignored, one with a handler
 * is for the program that is run what it was.
 */
static void survive_large_files(void)
{
	struct sigaction action;

	if (sigaction(SIGXFSZ, NULL, &action) == 0 && action.sa_handler == SIG_DFL) {
		action.sa_handler = do_nothing;
		sigaction(SIGXFSZ, &action, NULL);
	}
}

void diag_init(const char *program, int status)
{
	reserve_standard_descriptors();
	survive_large_files();
	program_name = program;
	failure_status = status;
}

void diag_set_failure_status(int status)
{
	failure_status = status;
}

const char *diag_program(void)
{
	return program_name;
}

void diag_set_verbose(bool verbose)
{
	is_verbose = verbose;
}

bool diag_is_verbose(void)
{
	return is_verbose;
}

void diag_print_safe(FILE *out, const char *text)
{
	size_t left = strlen(text), length;

	for (; left; text += length, left -= length) {
		uint32_t code = 0;

		length = utf8_decode(text, left, &code);
		if (length && !utf8_is_control(code)) {
			fwrite(text, 1, length, out);
			continue;
		}
		length = length ? length : 1;
		for (size_t i = 0; i < length; i++)
			fprintf(out, "\\x%02x", (unsigned char)text[i]);
	}
}

static _printf_(2, 0) void say(int error, const char *format, va_list args)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_free_ char *line = NULL;
	size_t size = 0;
	FILE *out;

	if (vasprintf(&text, format, args) < 0)
		text = NULL;

	/* One write(2) a line, so that lines of several processes do not mix. */
	out = open_memstream(&line, &size);
	if (!out) {
		fprintf(stderr, "%s: out of memory\n", program_name);
		return;
	}
	fprintf(out, "%s: ", program_name);
	diag_print_safe(out, text ? text : format);
	if (error)
		fprintf(out, ": %s", strerror(-error));
	putc('\n', out);
	if (fclose(out) == 0 && write(messages, line, size) < 0)
		return; /* and there is nobody to be told of it */
}

void warn(int error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(error, format, args);
	va_end(args);
}

void debug(const char *format, ...)
{
	va_list args;

	if (!is_verbose)
		return;
	va_start(args, format);
	say(0, format, args);
	va_end(args);
}

void die(int error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(error, format, args);
	va_end(args);
	exit(failure_status);
}

void die_status(int status, int error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(error, format, args);
	va_end(args);
	exit(status);
}

void die_usage(const char *format, ...)
{
	char *text;
	va_list args;
	int length;

	va_start(args, format);
	length = vasprintf(&text, format, args);
	va_end(args);
	if (length < 0)
		die_oom();
	warn(0, "%s (see '%s --help')", text, program_name);
	free(text); /* by hand: exit(3) leaves no scope */
	exit(failure_status);
}

void die_oom(void)
{
	die(-ENOMEM, "out of memory");
}

void *xcalloc(size_t count, size_t size)
{
	void *memory = calloc(count, size);

	if (!memory && count && size)
		die_oom();
	return memory;
}

void *xreallocarray(void *old, size_t count, size_t size)
{
	void *memory = reallocarray(old, count, size);

	if (!memory && count && size)
		die_oom();
	return memory;
}

char *xstrdup(const char *text)
{
	char *copy = strdup(text);

	if (!copy)
		die_oom();
	return copy;
}

char *xasprintf(const char *format, ...)
{
	char *text;
	va_list args;
	int length;

	va_start(args, format);
	length = vasprintf(&text, format, args);
	va_end(args);
	if (length < 0)
		die_oom();
	return text;
}

void finish(int status)
{
	int error = 0;

	if (fflush(stdout) != 0)
		error = -errno;
	else if (ferror(stdout))
		error = -EIO;
	/* Some file systems tell of a full disk only when the file is closed. */
	if (!error && fclose(stdout) != 0)
		error = -errno;
	if (error == -EPIPE)
		exit(status);
	if (error)
		die(error, "cannot write to standard output");
	exit(status);
}
