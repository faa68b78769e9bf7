/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * relay.h - between our standard streams and the pseudo-terminal of a program
 * that is supervised.
 *
 * The terminal that is our standard input, if it is one, is raw while the
 * program runs: each key goes to the program's terminal, which makes of it
 * what it is to mean there. It has its own settings back whenever we stop, and
 * at the end. While it is in the foreground of others it is left alone.
 *
 * For a supervisor that has blocked all signals and waits in poll(2); child.c
 * is the one.
 */
#ifndef NSX_RELAY_H
#define NSX_RELAY_H

#include "base.h"

#include <poll.h>
#include <termios.h>

#include "flow.h"
#include "pty.h"

struct relay {
	int line; /* where the pair comes from; ends when the program runs */
	struct pty_pair pair;
	struct flow in, out;
	int output_error; /* why our standard output took no more (-errno); 0 where its reader just left */
	bool is_running;  /* the program has its terminal, and neither side hung up */

	bool has_terminal;	 /* standard input is one */
	bool is_raw;		 /* and is ours */
	struct termios settings; /* what it had before */

	bool is_deserted;  /* the program gave its terminal up, maybe to open it again */
	int end_pause;	   /* see tell_end(); 0: our standard input has not ended */
	int64_t end_due;   /* ms of the monotonic clock */
	bool has_ended;	   /* the program */
	ssize_t last_room; /* how much of what it wrote last may still be to come */
};

/*
 * Wait for the pair on `line` (pty_hand_over()), which becomes the relay's.
 * From the end of the line on, which the program's exec(2) is, bytes flow.
 */
void relay_init(struct relay *relay, int line);

/* Give the terminal its settings back, hang up, and release everything. */
void relay_release(struct relay *relay);

enum { RELAY_POLL_COUNT = 4 };

/* Say what to wait for, and for how many ms at most (-1: for ever). */
int relay_prepare(const struct relay *relay, struct pollfd polls[RELAY_POLL_COUNT]);

/* Do what can be done after poll(2). -errno: the program can have no terminal. */
int relay_move(struct relay *relay, const struct pollfd polls[RELAY_POLL_COUNT]);

/*
 * The program has ended: take what it wrote last, but wait for nothing that
 * others may still write. Is anything left to be moved?
 */
bool relay_finish(struct relay *relay);

/* Before we stop; after that; when our terminal has changed its size. */
void relay_suspend(struct relay *relay);
void relay_resume(struct relay *relay);
void relay_resize(struct relay *relay);

#endif /* NSX_RELAY_H */
