/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lines.h - what comes in pieces, as lines. Pure.
 *
 * A line of more than LINE_PIECE_SIZE bytes is passed on in pieces of about
 * that size, none of which ends within a character of UTF-8. So memory is
 * bounded, however long a line is.
 */
#ifndef NSX_LINES_H
#define NSX_LINES_H

#include "base.h"

enum { LINE_PIECE_SIZE = 64 * 1024 };

struct line {
	const char *text; /* `size` bytes of any kind, without newline; valid during the call */
	size_t size;
	bool is_continuation; /* it goes on where the one before ended */
	bool is_partial;      /* and this one goes on in the next */
};

/* Starts as { 0 }. */
struct line_splitter {
	char *text; /* of the line that has not ended */
	size_t size;
	bool is_continuation;
};

typedef void line_function(void *context, const struct line *line);

/* Add what came; `found` is called for each line that ends in it. -ENOMEM. */
int line_splitter_feed(struct line_splitter *splitter, const char *text, size_t size, line_function *found,
		       void *context);

/* Nothing more comes: what is left without a newline is a line as well. */
void line_splitter_end(struct line_splitter *splitter, line_function *found, void *context);

void line_splitter_release(struct line_splitter *splitter);

#endif /* NSX_LINES_H */
