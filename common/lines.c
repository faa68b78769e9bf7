/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lines.c - bytes to lines.
 */
#include "lines.h"

#include <string.h>

/* The size without a character of UTF-8 at the end that is not whole. */
static size_t size_of_whole_characters(const char *text, size_t size)
{
	for (size_t back = 1; back <= 3 && back < size; back++) {
		unsigned char c = (unsigned char)text[size - back];
		size_t length = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;

		if ((c & 0xc0) != 0x80)
			return length > back ? size - back : size;
	}
	return size;
}

/* Hand out the first bytes, and keep the others. */
static void hand_out(struct line_splitter *splitter, size_t size, bool is_partial, line_function *found,
		     void *context)
{
	struct line line = {
		.text = splitter->text,
		.size = size,
		.is_continuation = splitter->is_continuation,
		.is_partial = is_partial,
	};

	found(context, &line);
	splitter->is_continuation = is_partial;
	splitter->size -= size;
	memmove(splitter->text, splitter->text + size, splitter->size);
}

static void append(struct line_splitter *splitter, const char *text, size_t size)
{
	memcpy(splitter->text + splitter->size, text, size);
	splitter->size += size;
}

int line_splitter_feed(struct line_splitter *splitter, const char *text, size_t size, line_function *found,
		       void *context)
{
	const char *end = text + size;

	if (!splitter->text)
		splitter->text = malloc(LINE_PIECE_SIZE);
	if (!splitter->text)
		return -ENOMEM;
	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		size_t rest = (size_t)((newline ? newline : end) - text);
		size_t room = LINE_PIECE_SIZE - splitter->size;

		if (rest > room) {
			append(splitter, text, room);
			text += room;
			hand_out(splitter, size_of_whole_characters(splitter->text, splitter->size), true,
				 found, context);
			continue;
		}
		append(splitter, text, rest);
		text += rest;
		if (newline) {
			hand_out(splitter, splitter->size, false, found, context);
			text++;
		}
	}
	return 0;
}

void line_splitter_end(struct line_splitter *splitter, line_function *found, void *context)
{
	if (splitter->size > 0)
		hand_out(splitter, splitter->size, false, found, context);
}

void line_splitter_release(struct line_splitter *splitter)
{
	free(splitter->text);
	*splitter = (struct line_splitter){ 0 };
}
