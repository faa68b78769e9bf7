/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test-lines.c - bytes to lines, however they are cut.
 */
#include "lines.h"

#include "tap.h"

/* Each line as "text|", with + in front of a continuation, and ~ for | where it goes on. */
static void note(void *context, const struct line *line)
{
	FILE *out = context;

	if (line->is_continuation)
		putc('+', out);
	fwrite(line->text, 1, line->size, out);
	putc(line->is_partial ? '~' : '|', out);
}

/* The lines of a text that comes `step` bytes at a time, for the caller to free. */
static char *split(const char *text, size_t size, size_t step)
{
	struct line_splitter splitter = { 0 };
	char *lines = NULL;
	size_t length;
	FILE *out = open_memstream(&lines, &length);

	for (size_t i = 0; i < size; i += step)
		if (line_splitter_feed(&splitter, text + i, size - i < step ? size - i : step, note, out) < 0)
			abort();
	line_splitter_end(&splitter, note, out);
	line_splitter_release(&splitter);
	fclose(out);
	return lines;
}

static void check(const char *text, const char *want)
{
	for (size_t step = 1; step < 8; step++) {
		char *got = split(text, strlen(text), step);

		is_str(got, want);
		free(got);
	}
}

static void test_lines(void)
{
	check("", "");
	check("\n", "|");
	check("a\nbc\n", "a|bc|");
	check("a\n\n\nb", "a|||b|");
	check("no newline", "no newline|");
}

static void test_nul_byte(void)
{
	char *got = split("a\0b\n", 4, 4);

	ok(memcmp(got, "a\0b|", 5) == 0);
	free(got);
}

/* `count` bytes 'x' and then `tail`, in pieces of that many bytes. */
static void check_long(size_t count, const char *tail, size_t first_size, const char *want_tail)
{
	static const size_t steps[] = { 1, 4096, LINE_PIECE_SIZE, 1000000 };
	size_t size = count + strlen(tail);
	char *text = malloc(size + 1);

	memset(text, 'x', count);
	strcpy(text + count, tail);
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		char *got = split(text, size, steps[i]);

		is_int(strspn(got, "x"), first_size);
		is_str(got + first_size, want_tail);
		free(got);
	}
	free(text);
}

static void test_long_lines(void)
{
	/* Just as long as a piece is a whole line. */
	check_long(LINE_PIECE_SIZE, "\nnext", LINE_PIECE_SIZE, "|next|");
	check_long(LINE_PIECE_SIZE, "", LINE_PIECE_SIZE, "|");
	check_long(LINE_PIECE_SIZE, "y\nnext\n", LINE_PIECE_SIZE, "~+y|next|");
	check_long(LINE_PIECE_SIZE, "y", LINE_PIECE_SIZE, "~+y|");
}

static void test_characters_stay_whole(void)
{
	check_long(LINE_PIECE_SIZE - 1, "\xc3\xbc\n", LINE_PIECE_SIZE - 1, "~+\xc3\xbc|");
	check_long(LINE_PIECE_SIZE - 2, "\xe2\x82\xac\n", LINE_PIECE_SIZE - 2, "~+\xe2\x82\xac|");
	check_long(LINE_PIECE_SIZE - 3, "\xf0\x9f\x90\xa7\n", LINE_PIECE_SIZE - 3, "~+\xf0\x9f\x90\xa7|");
	check_long(LINE_PIECE_SIZE - 3, "\xe2\x82\xacy\n", LINE_PIECE_SIZE - 3, "\xe2\x82\xac~+y|");
	/* What is no UTF-8 is cut anywhere. */
	check_long(LINE_PIECE_SIZE - 4, "\x80\x80\x80\x80y\n", LINE_PIECE_SIZE - 4, "\x80\x80\x80\x80~+y|");
}

int main(void)
{
	test_lines();
	test_nul_byte();
	test_long_lines();
	test_characters_stay_whole();
	return done_testing();
}
