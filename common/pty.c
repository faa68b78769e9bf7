/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pty.c - pseudo-terminals. Knows nothing of who relays what comes out of them.
 */
#include "pty.h"

#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>

#include "proc.h"

void pty_pair_release(struct pty_pair *pair)
{
	close_fdp(&pair->master);
	close_fdp(&pair->slave);
}

int pty_find_ptmx(int *ret)
{
	/* Following links: to pts/ptmx is usual. A FIFO or a device of another kind is not opened by this. */
	_cleanup_close_ int fd = open("/dev/ptmx", O_PATH | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISCHR(st.st_mode) || st.st_rdev != makedev(5, 2))
		return -ENODEV;
	*ret = take_fd(&fd);
	return 0;
}

int pty_open(int procfd, int ptmx, struct pty_pair *ret)
{
	_cleanup_(pty_pair_release) struct pty_pair pair = PTY_PAIR_NONE;
	char path[32];
	int unlocked = 0;

	/* By its name it could have become something else since it was looked at. */
	snprintf(path, sizeof(path), "self/fd/%d", ptmx);
	pair.master = openat(procfd, path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (pair.master < 0 || ioctl(pair.master, TIOCSPTLCK, &unlocked) < 0)
		return -errno;
	pair.slave = ioctl(pair.master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (pair.slave < 0)
		return -errno;
	ret->master = take_fd(&pair.master);
	ret->slave = take_fd(&pair.slave);
	return 0;
}

/* A message of one byte and room for a pair of descriptors beside it. */
struct parcel {
	struct msghdr header;
	struct iovec data;
	char byte;
	union {
		struct cmsghdr alignment;
		char bytes[CMSG_SPACE(sizeof(struct pty_pair))];
	} control;
};

static void parcel_init(struct parcel *parcel)
{
	memset(parcel, 0, sizeof(*parcel));
	parcel->data = (struct iovec){ &parcel->byte, 1 };
	parcel->header = (struct msghdr){
		.msg_iov = &parcel->data,
		.msg_iovlen = 1,
		.msg_control = parcel->control.bytes,
		.msg_controllen = sizeof(parcel->control.bytes),
	};
}

int pty_hand_over(int socket, const struct pty_pair *pair)
{
	struct parcel parcel;
	struct cmsghdr *control;
	ssize_t n;
	char byte;

	parcel_init(&parcel);
	control = CMSG_FIRSTHDR(&parcel.header);
	control->cmsg_level = SOL_SOCKET;
	control->cmsg_type = SCM_RIGHTS;
	control->cmsg_len = CMSG_LEN(sizeof(*pair));
	memcpy(CMSG_DATA(control), pair, sizeof(*pair));
	if (sendmsg(socket, &parcel.header, MSG_NOSIGNAL) < 0)
		return -errno;
	do {
		n = recv(socket, &byte, 1, 0);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	return n == 1 ? 0 : -ECONNRESET;
}

int pty_receive(int socket, struct pty_pair *ret)
{
	struct parcel parcel;
	struct cmsghdr *control;
	ssize_t n;

	parcel_init(&parcel);
	n = recvmsg(socket, &parcel.header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	/* Reset: it ended without reading what we said. */
	if (n == 0 || (n < 0 && errno == ECONNRESET))
		return 0;
	if (n < 0)
		return -errno;
	control = CMSG_FIRSTHDR(&parcel.header);
	/* Cut off where we may not have that many descriptors; what did come is closed at our end. */
	if (!control || control->cmsg_type != SCM_RIGHTS || control->cmsg_len != CMSG_LEN(sizeof(*ret)))
		return -EMFILE;
	memcpy(ret, CMSG_DATA(control), sizeof(*ret));
	return 1;
}

int pty_accept(int socket)
{
	/* Gone in the meantime: the end of the connection tells that as well. */
	return send(socket, "", 1, MSG_NOSIGNAL) < 0 && errno != EPIPE ? -errno : 0;
}

bool pty_is_foreground(int terminal)
{
	pid_t foreground = tcgetpgrp(terminal);

	/* One that does not control our session knows no background. */
	return foreground < 0 ? errno == ENOTTY : foreground == getpgrp();
}

void pty_copy_size(const struct pty_pair *pair)
{
	struct winsize size;

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (ioctl(fd, TIOCGWINSZ, &size) < 0)
			continue;
		ioctl(pair->master, TIOCSWINSZ, &size);
		return;
	}
}

void pty_copy_settings(const struct pty_pair *pair)
{
	bool is_typed = isatty(STDIN_FILENO);
	struct termios settings;

	pty_copy_size(pair);
	if (is_typed && !pty_is_foreground(STDIN_FILENO))
		return;
	if (tcgetattr(is_typed ? STDIN_FILENO : pair->slave, &settings) < 0)
		return;
	if (!is_typed)
		settings.c_lflag &= ~(tcflag_t)ECHO;
	tcsetattr(pair->slave, TCSANOW, &settings);
}

int pty_make_ours(int slave)
{
	if (setsid() < 0 || ioctl(slave, TIOCSCTTY, 0) < 0)
		return -errno;
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (dup2(slave, fd) < 0)
			return -errno;
	return 0;
}

static int each_terminal(int procfd, int first, int (*apply)(int fd))
{
	_cleanup_(proc_walk_release) struct proc_walk walk = PROC_WALK_NONE;
	pid_t fd;
	int r;

	r = proc_walk_init(&walk, procfd, "self/fd");
	if (r < 0)
		return r;
	while ((r = proc_walk_next(&walk, &fd)) > 0)
		if (fd >= first && isatty(fd) && apply(fd) < 0)
			return -errno;
	return r;
}

static int hide(int fd)
{
	return fcntl(fd, F_SETFD, FD_CLOEXEC);
}

int pty_hide_others(int procfd)
{
	return each_terminal(procfd, STDERR_FILENO + 1, hide);
}

int pty_close_all(int procfd)
{
	return each_terminal(procfd, STDIN_FILENO, close);
}
