/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz-lines.c - what comes in pieces, as lines: lines.h. Put together again,
 * lines are what came. The first byte says how long the pieces are; each byte
 * stands for many, so that lines are long enough to be cut.
 */
#include "fuzz.h"
#include "lines.h"

enum { TIMES = 512 };

struct seen {
	const char *want;
	size_t at, size;
	bool was_partial;
};

static void check_line(void *context, const struct line *line)
{
	struct seen *seen = context;

	holds(line->is_continuation == seen->was_partial);
	holds(line->size <= seen->size - seen->at);
	holds(memcmp(line->text, seen->want + seen->at, line->size) == 0);
	holds(!memchr(line->text, '\n', line->size));
	seen->at += line->size;
	seen->was_partial = line->is_partial;
	if (!line->is_partial && seen->at < seen->size)
		holds(seen->want[seen->at++] == '\n');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct line_splitter splitter = { 0 };
	size_t piece, whole;
	struct seen seen = { 0 };
	char *text;

	if (size < 2)
		return 0;
	piece = 1 + 97 * (size_t)data[0];
	whole = (size - 1) * TIMES;
	text = malloc(whole);
	if (!text)
		abort();
	for (size_t i = 0; i < whole; i++)
		text[i] = data[1] & 1 ? (char)data[1 + i / TIMES] : (char)data[1 + i % (size - 1)];
	seen = (struct seen){ .want = text, .size = whole };
	for (size_t at = 0; at < whole; at += piece)
		holds(line_splitter_feed(&splitter, text + at, whole - at < piece ? whole - at : piece,
					 check_line, &seen) == 0);
	line_splitter_end(&splitter, check_line, &seen);
	holds(seen.at == whole && !seen.was_partial);
	line_splitter_release(&splitter);
	free(text);
	return 0;
}
