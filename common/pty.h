/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pty.h - a pseudo-terminal: making one, handing it on, and making it the
 * terminal of a program; pty(7), ioctl_tty(2).
 *
 * The world that it is made in may be hostile: nothing is opened there before
 * it is known to be what it should be, no path is walked to find the other
 * end, and the only /proc used is one that the caller had before.
 */
#ifndef NSX_PTY_H
#define NSX_PTY_H

#include "base.h"

/* What the program writes to the slave is read from the master, and the other way round. */
struct pty_pair {
	int master; /* non-blocking */
	int slave;
};

#define PTY_PAIR_NONE ((struct pty_pair){ -EBADF, -EBADF })

void pty_pair_release(struct pty_pair *pair);

/*
 * Find what makes pseudo-terminals in the world that we are in, the device
 * 5:2 at /dev/ptmx, and hold it without opening it (O_PATH). -ENODEV: there is
 * something else.
 */
int pty_find_ptmx(int *ret);

/*
 * Make a pair, in the devpts that lies beside `ptmx`. The slave belongs to the
 * effective user of the caller. `procfd` is a /proc that shows the caller.
 * -ENODEV: no devpts there; -ENOSPC: kernel.pty.max is reached.
 */
int pty_open(int procfd, int ptmx, struct pty_pair *ret);

/*
 * Hand a pair to the other end of a socket and wait until it is accepted there
 * (pty_accept()). -ECONNRESET: nobody is there.
 */
int pty_hand_over(int socket, const struct pty_pair *pair);

/* Take in a pair without waiting: 1, 0 at the end of the connection, -EAGAIN, or -errno. */
int pty_receive(int socket, struct pty_pair *ret);
int pty_accept(int socket);

/*
 * Have the slave look like the caller's terminal: its size, and its settings
 * where it is the standard input and ours to use now. Where standard input is
 * no terminal nothing is echoed, for nobody types.
 */
void pty_copy_settings(const struct pty_pair *pair);
void pty_copy_size(const struct pty_pair *pair);

/* May we read from that terminal, and change its settings? Not in the background. */
bool pty_is_foreground(int terminal);

/* Lead a new session whose terminal is the slave, which becomes all standard descriptors. */
int pty_make_ours(int slave);

/*
 * Have no terminal but those at standard descriptors inherited by a program,
 * or have none at all any more. Best done where there are no threads.
 */
int pty_hide_others(int procfd);
int pty_close_all(int procfd);

#endif /* NSX_PTY_H */
