/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * child.c - fork, supervise, end alike.
 */
#include "child.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "kernel.h"

/* Signals that a fault of our own raises: blocking them would not hold them. */
static const int fault_signals[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS };

static void supervised_signals(sigset_t *ret)
{
	sigfillset(ret);
	for (size_t i = 0; i < ARRAY_SIZE(fault_signals); i++)
		sigdelset(ret, fault_signals[i]);
}

static bool is_stop_signal(int sig)
{
	return sig == SIGSTOP || sig == SIGTSTP || sig == SIGTTIN || sig == SIGTTOU;
}

int child_fork(struct child *child)
{
	/* A caller that ignores SIGCHLD (nohup-like) would have the kernel reap for us. */
	struct sigaction sigchld = { .sa_handler = SIG_DFL };
	_cleanup_close_ int self = -EBADF;
	sigset_t mask;
	pid_t pid;

	supervised_signals(&mask);
	if (sigprocmask(SIG_BLOCK, &mask, &child->caller_mask) < 0 ||
	    sigaction(SIGCHLD, &sigchld, &child->caller_sigchld) < 0)
		return -errno;
	child->pidfd = child->parent_pidfd = -EBADF;
	/* A pid namespace shows no parents of outside: hold a descriptor instead. */
	self = kernel_pidfd_open(getpid());
	if (self < 0)
		return self;

	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0) {
		child->pid = 0;
		child->parent_pidfd = take_fd(&self);
		sigaction(SIGCHLD, &child->caller_sigchld, NULL);
		sigprocmask(SIG_SETMASK, &child->caller_mask, NULL);
		return 0;
	}
	child->pid = pid;
	/* No race: a child that nobody waited for keeps its pid. */
	child->pidfd = kernel_pidfd_open(pid);
	if (child->pidfd < 0) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		return child->pidfd;
	}
	return pid;
}

int child_die_with_parent(const struct child *child, int sig)
{
	struct pollfd parent = { .fd = child->parent_pidfd, .events = POLLIN };

	if (prctl(PR_SET_PDEATHSIG, (unsigned long)sig) < 0)
		return -errno;
	/* A pidfd reads as ready once its process has ended. */
	if (poll(&parent, 1, 0) > 0)
		return -ESRCH;
	return 0;
}

/* Stop as the child did. A SIGSTOP stands in where we cannot be stopped alike. */
static void mirror_stop(int sig)
{
	sigset_t one;

	sigemptyset(&one);
	sigaddset(&one, sig);
	raise(is_stop_signal(sig) ? sig : SIGSTOP);
	sigprocmask(SIG_UNBLOCK, &one, NULL);
	/* Here we were stopped, and are continued. */
	sigprocmask(SIG_BLOCK, &one, NULL);
}

/*
 * Take in what became of the child. Returns 1 and its wait status when it has
 * ended, 0 when it has not; *is_stopped follows its stops.
 */
static int take_child_events(const struct child *child, bool *is_stopped, int *ret_status)
{
	for (;;) {
		int status;
		pid_t pid = waitpid(child->pid, &status, WNOHANG | WUNTRACED | WCONTINUED);

		if (pid < 0 && errno == EINTR)
			continue;
		if (pid < 0)
			return -errno;
		if (pid == 0)
			return 0;
		if (WIFSTOPPED(status)) {
			*is_stopped = true;
			mirror_stop(WSTOPSIG(status));
		} else if (WIFCONTINUED(status)) {
			*is_stopped = false;
		} else {
			*ret_status = status;
			return 1;
		}
	}
}

int child_supervise(struct child *child, int *ret_status)
{
	bool is_stopped = false;
	sigset_t mask;

	supervised_signals(&mask);
	for (;;) {
		siginfo_t info;
		int sig, r;

		sig = sigwaitinfo(&mask, &info);
		if (sig < 0 && errno != EINTR)
			return -errno;
		r = take_child_events(child, &is_stopped, ret_status);
		if (r < 0)
			return r;
		if (r > 0)
			return 0;
		if (sig < 0 || sig == SIGCHLD)
			continue;
		/* Positive codes are the kernel's own, as those of a terminal are. */
		if (info.si_code > 0)
			continue;
		/* The shell's "fg" continues the process group, the child with it. */
		if (sig == SIGCONT && !is_stopped)
			continue;
		kernel_pidfd_send_signal(child->pidfd, sig);
	}
}

void child_exit_like(int wait_status)
{
	struct rlimit no_core = { 0, 0 };
	sigset_t one;
	int sig;

	if (!WIFSIGNALED(wait_status))
		exit(WEXITSTATUS(wait_status));

	sig = WTERMSIG(wait_status);
	fflush(NULL);
	/* The child's core is the one that tells; the limit does not stop a
	 * core_pattern that is a pipe, not being dumpable does. */
	setrlimit(RLIMIT_CORE, &no_core);
	prctl(PR_SET_DUMPABLE, 0UL);
	signal(sig, SIG_DFL);
	sigemptyset(&one);
	sigaddset(&one, sig);
	raise(sig);
	sigprocmask(SIG_UNBLOCK, &one, NULL);
	/* Still here: we are the pid 1 of a namespace, which no signal ends. */
	_exit(128 + sig);
}

void child_become_init(void)
{
	sigset_t all;
	int null;

	setsid();
	prctl(PR_SET_NAME, "nsx-init");
	if (chdir("/") < 0)
		_exit(EXIT_FAILURE); /* nobody listens any more */
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (null < 0 || dup2(null, fd) < 0)
			close(fd);
	/* Whatever else the caller had open must not live as long as we do. */
	close_range(STDERR_FILENO + 1, ~0U, 0);

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	signal(SIGCHLD, SIG_DFL);
	for (;;) {
		siginfo_t info;

		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
		sigwaitinfo(&all, &info);
	}
}

int child_fork_orphan(void)
{
	sigset_t all, before;
	pid_t between;

	sigfillset(&all);
	if (sigprocmask(SIG_SETMASK, &all, &before) < 0)
		return -errno;
	between = fork();
	if (between == 0) {
		pid_t orphan = fork();

		if (orphan == 0)
			return 0;
		_exit(orphan < 0 ? errno : 0);
	}
	if (between > 0) {
		int status;
		pid_t r;

		do {
			r = waitpid(between, &status, 0);
		} while (r < 0 && errno == EINTR);
		sigprocmask(SIG_SETMASK, &before, NULL);
		/* -ECHILD: SIGCHLD is ignored, the kernel reaped it for us. */
		if (r == between && WEXITSTATUS(status) != 0)
			return -WEXITSTATUS(status);
		return 1;
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	return -errno;
}
