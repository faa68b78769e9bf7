/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * relay.c - moving bytes both ways, and the state of the caller's terminal.
 */
#include "relay.h"

#include <fcntl.h>
#include <time.h>

/* What relay_prepare() fills in, in this order. */
enum { POLL_LINE, POLL_INPUT, POLL_OUTPUT, POLL_MASTER };
_Static_assert(POLL_MASTER + 1 == RELAY_POLL_COUNT, "relay.h");

enum {
	/* How often we look whether we have come to the foreground, which no signal tells. */
	BACKGROUND_MS = 200,
	/* How long a terminal that nobody has open is left alone: poll(2) would return at once. */
	DESERTED_MS = 100,
	/* How often at most an end of file is told again, and looked after at least. */
	END_MIN_MS = 100,
	END_MAX_MS = 1600,
	/* A pty holds about 12 KiB on its way out: what comes after that many bytes is not the program's. */
	LAST_ROOM = 65536,
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* A standard descriptor that was closed is reserved for the wrong direction (diag_init()). */
static bool is_for_writing(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags < 0 || (flags & O_ACCMODE) != O_RDONLY;
}

void relay_init(struct relay *relay, int line)
{
	*relay = (struct relay){
		.line = line,
		.pair = PTY_PAIR_NONE,
		.in = FLOW_INIT(STDIN_FILENO, -EBADF),
		.out = FLOW_INIT(-EBADF, is_for_writing(STDOUT_FILENO) ? STDOUT_FILENO : -EBADF),
		.has_terminal = isatty(STDIN_FILENO),
	};
}

void relay_suspend(struct relay *relay)
{
	if (relay->is_raw && pty_is_foreground(STDIN_FILENO))
		tcsetattr(STDIN_FILENO, TCSANOW, &relay->settings);
	relay->is_raw = false;
}

void relay_resume(struct relay *relay)
{
	struct termios raw;

	if (!relay->is_running || relay->has_ended)
		return;
	relay_resize(relay);
	if (!relay->has_terminal || !pty_is_foreground(STDIN_FILENO))
		return;
	/* After a SIGSTOP, which nobody can prepare for, those it has now may be our own. */
	if (!relay->is_raw && tcgetattr(STDIN_FILENO, &relay->settings) < 0)
		return;
	raw = relay->settings;
	cfmakeraw(&raw);
	relay->is_raw = tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
}

void relay_resize(struct relay *relay)
{
	if (relay->is_running)
		pty_copy_size(&relay->pair);
}

/* As when a terminal's window is closed: the kernel sends SIGHUP within. */
static void hang_up(struct relay *relay)
{
	relay_suspend(relay);
	relay->is_running = false;
	flow_clear(&relay->out);
	pty_pair_release(&relay->pair);
}

void relay_release(struct relay *relay)
{
	hang_up(relay);
	close_fdp(&relay->line);
}

static int take_pair(struct relay *relay)
{
	struct pty_pair pair;
	int r = pty_receive(relay->line, &pair);

	if (r <= 0)
		return r;
	pty_pair_release(&relay->pair);
	relay->pair = pair;
	relay->in.to = relay->out.from = pair.master;
	/* Before the program can see them. */
	pty_copy_settings(&pair);
	return pty_accept(relay->line) ?: 1;
}

static int read_line(struct relay *relay)
{
	int r = 1;

	while (relay->line >= 0 && r > 0)
		r = take_pair(relay);
	if (r < 0)
		return r == -EAGAIN ? 0 : r;
	if (relay->line < 0)
		return 0;
	/*
	 * The program runs, and what it could not do before it has been said on
	 * a terminal that was not raw. Or it failed: its end is known soon.
	 */
	close_fdp(&relay->line);
	relay->is_running = relay->pair.master >= 0;
	relay_resume(relay);
	return 0;
}

static bool is_in_background(const struct relay *relay)
{
	return relay->has_terminal && !relay->is_raw;
}

int relay_prepare(const struct relay *relay, struct pollfd polls[RELAY_POLL_COUNT])
{
	bool flows = relay->is_running && !relay->has_ended;
	bool reads = flows && flow_space(&relay->in) && !relay->end_pause && !is_in_background(relay);
	int64_t pause = relay->end_due - now_ms();
	short events = 0;

	if (flows && !relay->is_deserted) {
		events |= flow_space(&relay->out) ? POLLIN : 0;
		events |= flow_pending(&relay->in) ? POLLOUT : 0;
	}
	polls[POLL_LINE] = (struct pollfd){ .fd = relay->line, .events = POLLIN };
	polls[POLL_INPUT] = (struct pollfd){ .fd = reads ? relay->in.from : -1, .events = POLLIN };
	polls[POLL_OUTPUT] =
		(struct pollfd){ .fd = flow_pending(&relay->out) ? relay->out.to : -1, .events = POLLOUT };
	/* Errors and hang-ups are told without being asked for: look at it for something only. */
	polls[POLL_MASTER] = (struct pollfd){ .fd = events ? relay->pair.master : -1, .events = events };
	if (flows && relay->is_deserted)
		return DESERTED_MS;
	if (flows && is_in_background(relay))
		return BACKGROUND_MS;
	if (flows && relay->end_pause)
		return pause < 0 ? 0 : (int)pause;
	return -1;
}

static void read_output(struct relay *relay)
{
	ssize_t n = flow_read(&relay->out);

	relay->is_deserted = n < 0;
	/* Our standard output was closed from the start: then nobody wants it. */
	if (relay->out.to < 0)
		flow_clear(&relay->out);
}

static void write_output(struct relay *relay)
{
	int r = flow_write(&relay->out);

	if (r == 0)
		return;
	relay->output_error = r == -EPIPE ? 0 : r;
	hang_up(relay);
}

static void read_input(struct relay *relay)
{
	if (flow_read(&relay->in) >= 0)
		return;
	if (!relay->has_terminal) {
		relay->end_pause = END_MIN_MS;
		relay->end_due = now_ms();
	} else if (pty_is_foreground(STDIN_FILENO)) {
		hang_up(relay); /* as ours was */
	} else {
		relay->is_raw = false; /* it is another's now, and so are its settings */
	}
}

static void write_input(struct relay *relay)
{
	relay->is_deserted = flow_write(&relay->in) < 0;
}

/*
 * A file that has ended says so to everybody who reads it. A terminal says so
 * once for each time that its end-of-file character is typed, and only after
 * what was typed before. So type it as often as the program has read all.
 * Nothing tells when it has, and a program that does not read its terminal
 * line by line sees characters: therefore with pauses.
 */
static void tell_end(struct relay *relay)
{
	struct pollfd unread = { .fd = relay->pair.slave, .events = POLLIN };
	struct termios settings;

	if (now_ms() < relay->end_due)
		return;
	if (poll(&unread, 1, 0) != 0) {
		if (relay->end_pause < END_MAX_MS)
			relay->end_pause *= 2;
	} else if (tcgetattr(relay->pair.slave, &settings) == 0) {
		relay->end_pause = END_MIN_MS;
		flow_add(&relay->in, (char)settings.c_cc[VEOF]);
	}
	relay->end_due = now_ms() + relay->end_pause;
}

int relay_move(struct relay *relay, const struct pollfd polls[RELAY_POLL_COUNT])
{
	int r = 0;

	if (polls[POLL_LINE].revents)
		r = read_line(relay);
	if (r < 0)
		return r;
	relay->is_deserted = false;
	if (is_in_background(relay))
		relay_resume(relay);
	if (polls[POLL_OUTPUT].revents)
		write_output(relay);
	if (relay->is_running && polls[POLL_MASTER].revents & ~POLLOUT && flow_space(&relay->out))
		read_output(relay);
	if (relay->is_running && polls[POLL_INPUT].revents)
		read_input(relay);
	if (relay->is_running && polls[POLL_MASTER].revents & POLLOUT)
		write_input(relay);
	if (relay->is_running && !relay->has_ended && relay->end_pause && !flow_pending(&relay->in))
		tell_end(relay);
	return 0;
}

bool relay_finish(struct relay *relay)
{
	if (!relay->has_ended) {
		relay->has_ended = true;
		read_line(relay);
		relay->last_room = LAST_ROOM;
		/* Let keys interrupt us where a reader makes us wait. */
		if (!isatty(STDOUT_FILENO))
			relay_suspend(relay);
	}
	while (relay->is_running && relay->last_room > 0 && flow_space(&relay->out)) {
		ssize_t n = flow_read(&relay->out);

		/* Reading brings in all that is on its way, so nothing means nothing. */
		relay->last_room = n > 0 ? relay->last_room - n : 0;
		if (relay->out.to < 0)
			flow_clear(&relay->out);
	}
	return flow_pending(&relay->out) > 0;
}
