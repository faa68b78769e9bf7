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

/* Is the process in the pid namespace that the name keeps? 1, 0 or -errno. */
static int is_in_pinned(const struct pin *pin, int procdir)
{
	_cleanup_close_ int fd = -EBADF;
	struct ns_id pinned, its;
	int r;

	r = ns_id_of_path(procdir, ns_types[NS_PID].proc_file, &its);
	if (r < 0)
		return r == -ENOENT || r == -ESRCH ? 0 : r;
	r = pin_open_type(pin, NS_PID, &fd);
	/* Its file is gone, and the namespace is there as long as its init. */
	if (r < 0)
		return pin_has_gone(r) ? its.ino == pin->record.kept[NS_PID].inode : r;
	r = ns_id_of_fd(fd, &pinned);
	return r < 0 ? r : ns_id_equal(pinned, its);
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
	if (!init->inode)
		r = is_in_pinned(pin, procdir) ?: -ESRCH;
	if (r < 0)
		return r;
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

/* Does it hold anything of what it should? 1, 0 or -errno. */
static int holds_something(const struct pin *pin)
{
	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		_cleanup_close_ int fd = -EBADF;
		int r;

		if (pin->record.kept[type].method != PIN_HOLD)
			continue;
		r = pin_open_type(pin, type, &fd);
		if (r == 0)
			return 1;
		if (!pin_has_gone(r))
			return r;
	}
	return 0;
}

int pin_holder_hold(const struct pin *pin, int *ret_pidfd)
{
	_cleanup_close_ int pidfd = -EBADF, procdir = -EBADF;
	const struct pin_process *holder = &pin->record.holder;
	int r;

	if (!holder->pid)
		return -ESRCH;
	r = pin_process_hold(holder, &pidfd, &procdir);
	if (r < 0)
		return r == -ESTALE ? -ESRCH : r;
	if (!holder->inode)
		r = holds_something(pin) ?: -ESRCH;
	if (r < 0)
		return r;
	*ret_pidfd = take_fd(&pidfd);
	return 0;
}

int pin_holder_end(const struct pin *pin)
{
	_cleanup_close_ int pidfd = -EBADF;
	int r;

	/* We may be what was to become one. */
	if (pin->record.holder.pid == getpid())
		return 0;
	r = pin_holder_hold(pin, &pidfd);
	if (r < 0)
		return r == -ESRCH ? 0 : r;
	return end_process(pidfd);
}

void pin_attendants_find(const struct pin *pin, struct pin_attendants *ret)
{
	_cleanup_close_ int init = -EBADF, holder = -EBADF;

	/* Whom we may not look at may be there. */
	ret->init = pin_init_hold(pin, &init) == -ESRCH ? 0 : pin->record.init.pid;
	ret->holder = pin_holder_hold(pin, &holder) == -ESRCH ? 0 : pin->record.holder.pid;
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
