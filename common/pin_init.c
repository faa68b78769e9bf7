/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pin_init.c - the processes of a name.
 */
#include "pin_init.h"

#include <poll.h>
#include <signal.h>

#include "kernel.h"
#include "ns_query.h"
#include "proc.h"

int pin_process_of(pid_t pid, struct pin_process *ret)
{
	_cleanup_close_ int pidfd = -EBADF;
	ino_t inode;
	int r;

	pidfd = kernel_pidfd_open(pid);
	if (pidfd < 0)
		return pidfd;
	r = kernel_pidfd_inode(pidfd, &inode);
	if (r == 0)
		*ret = (struct pin_process){ pid, inode };
	return r;
}

/* Is the process in the pid namespace that the name keeps? */
static bool is_in_pinned(const struct pin *pin, int procdir)
{
	_cleanup_close_ int fd = -EBADF;
	struct ns_id pinned, its;

	return pin_open_type(pin, NS_PID, &fd) == 0 && ns_id_of_fd(fd, &pinned) == 0 &&
	       ns_id_of_path(procdir, ns_types[NS_PID].proc_file, &its) == 0 && ns_id_equal(pinned, its);
}

int pin_init_hold(const struct pin *pin, int *ret_pidfd)
{
	_cleanup_close_ int pidfd = -EBADF, procdir = -EBADF;
	const struct pin_process *init = &pin->record.init;
	int r;

	if (!init->pid)
		return -ESRCH;
	r = pin_process_hold(init, &pidfd, &procdir);
	if (r < 0)
		return r == -ESTALE ? -ESRCH : r;
	/* Without a number of its own it may be anybody who got the pid. */
	if (!init->inode && !is_in_pinned(pin, procdir))
		return -ESRCH;
	*ret_pidfd = take_fd(&pidfd);
	return 0;
}

static int end_process(int pidfd)
{
	struct pollfd gone = { .fd = pidfd, .events = POLLIN };
	int r;

	r = kernel_pidfd_send_signal(pidfd, SIGKILL);
	if (r < 0)
		return r == -ESRCH ? 0 : r;
	while (poll(&gone, 1, -1) < 0 && errno == EINTR)
		;
	return 0;
}

int pin_init_end(const struct pin *pin)
{
	_cleanup_close_ int pidfd = -EBADF;
	int r;

	r = pin_init_hold(pin, &pidfd);
	if (r < 0)
		return r == -ESRCH ? 0 : r;
	return end_process(pidfd);
}

/* Does it hold anything of what it should? */
static bool holds_something(const struct pin *pin)
{
	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		_cleanup_close_ int fd = -EBADF;

		if (pin->record.kept[type].method == PIN_HOLD && pin_open_type(pin, type, &fd) == 0)
			return true;
	}
	return false;
}

int pin_holder_end(const struct pin *pin)
{
	_cleanup_close_ int pidfd = -EBADF, procdir = -EBADF;
	const struct pin_process *holder = &pin->record.holder;
	int r;

	/* We may be what was to become one. */
	if (!holder->pid || holder->pid == getpid())
		return 0;
	r = pin_process_hold(holder, &pidfd, &procdir);
	if (r == -ESRCH || r == -ESTALE)
		return 0;
	if (r < 0)
		return r;
	if (!holder->inode && !holds_something(pin))
		return 0;
	return end_process(pidfd);
}

int pin_init_of_namespace(int fd, pid_t *ret)
{
	_cleanup_close_ int procfd = -EBADF, procdir = -EBADF;
	struct proc_stat stat;
	int pid, r;

	pid = ioctl(fd, NSX_NS_GET_PID_FROM_PIDNS, 1);
	if (pid < 0)
		return errno == EINVAL ? -ENOTTY : -errno;
	r = proc_open(&procfd);
	if (r >= 0)
		r = proc_open_pid(procfd, pid, &procdir);
	if (r >= 0)
		r = proc_stat_read(procdir, &stat);
	if (r < 0)
		return r == -ENOENT ? -ESRCH : r;
	/* Dead, and not yet seen by its parent. */
	if (stat.state == 'Z' || stat.state == 'X')
		return -ESRCH;
	*ret = pid;
	return 0;
}
