/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * child.c - fork, supervise, end alike.
 */
#include "child.h"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "diag.h"
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

/* A standard descriptor that is the terminal whose foreground process group is ours. */
static int find_terminal(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (tcgetpgrp(fd) == getpgrp())
			return fd;
	return -EBADF;
}

void child_restore_signals(const struct child *child)
{
	sigaction(SIGCHLD, &child->caller_sigchld, NULL);
	sigprocmask(SIG_SETMASK, &child->caller_mask, NULL);
}

/* Hold signals back, and note what is the caller's in a child still to be forked. */
static int prepare(struct child *child)
{
	/* A caller that ignores SIGCHLD (nohup-like) would have the kernel reap for us. */
	struct sigaction sigchld = { .sa_handler = SIG_DFL };
	sigset_t mask;

	supervised_signals(&mask);
	if (sigprocmask(SIG_BLOCK, &mask, &child->caller_mask) < 0 ||
	    sigaction(SIGCHLD, &sigchld, &child->caller_sigchld) < 0)
		return -errno;
	child->parent_pidfd = child->line = -EBADF;
	child->relay = NULL;
	child->leads_session = false;
	child->terminal = find_terminal();
	return 0;
}

static int fork_prepared(struct child *child, bool holds_signals)
{
	_cleanup_close_ int self = -EBADF;
	pid_t pid;

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
		/* The name at once, so that the program finds its init by it; exec drops the copy. */
		if (holds_signals)
			prctl(PR_SET_NAME, "nsx-init");
		else
			child_restore_signals(child);
		return 0;
	}
	child->pid = pid;
	return pid;
}

int child_fork(struct child *child)
{
	return prepare(child) ?: fork_prepared(child, false);
}

int child_fork_init(struct child *child)
{
	return prepare(child) ?: fork_prepared(child, true);
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

/* What an init of ours tells the supervisor outside; written at once, read as a whole. */
struct notice {
	enum { PROGRAM_STOPPED, PROGRAM_CONTINUED, PROGRAM_ENDED } what;
	int value; /* the signal; the wait status */
};

/* What is known of the program while it is supervised. */
struct watch {
	const struct child *child;
	bool is_init;
	bool is_stopped;
	bool is_told; /* `status` is what the init said */
	bool has_ended;
	int status;
};

/* Stop as the child did. A SIGSTOP stands in where we cannot be stopped alike. */
static void mirror_stop(int sig)
{
	/* Started to ignore it, as the child need not go on to, we would not stop. */
	struct sigaction stop = { .sa_handler = SIG_DFL }, before;
	bool is_changed;
	sigset_t one;

	sigemptyset(&one);
	sigaddset(&one, sig);
	is_changed = sigaction(sig, &stop, &before) == 0; /* not so SIGSTOP */
	raise(is_stop_signal(sig) ? sig : SIGSTOP);
	sigprocmask(SIG_UNBLOCK, &one, NULL);
	/* Here we were stopped, and are continued. */
	sigprocmask(SIG_BLOCK, &one, NULL);
	if (is_changed)
		sigaction(sig, &before, NULL);
}

/* The same, with the terminal left as whoever has it meanwhile expects it. */
static void mirror_program_stop(struct relay *relay, int sig)
{
	if (relay)
		relay_suspend(relay);
	mirror_stop(sig);
	if (relay)
		relay_resume(relay);
}

static void send_notice(const struct watch *watch, struct notice notice)
{
	/* Nobody there to read it: then nobody wants to know. */
	send(watch->child->line, &notice, sizeof(notice), MSG_NOSIGNAL);
}

static void take_notice(struct watch *watch, struct notice notice)
{
	switch (notice.what) {
	case PROGRAM_STOPPED:
		watch->is_stopped = true;
		if (watch->is_init)
			send_notice(watch, notice);
		else
			mirror_program_stop(watch->child->relay, notice.value);
		break;
	case PROGRAM_CONTINUED:
		watch->is_stopped = false;
		if (watch->is_init)
			send_notice(watch, notice);
		break;
	case PROGRAM_ENDED:
		watch->is_told = true;
		watch->status = notice.value;
		break;
	}
}

/* All that the init has said until now. */
static void read_notices(struct watch *watch)
{
	struct notice notice;

	while (watch->child->line >= 0 &&
	       recv(watch->child->line, &notice, sizeof(notice), MSG_DONTWAIT) == (ssize_t)sizeof(notice))
		take_notice(watch, notice);
}

static void take_status(struct watch *watch, int status)
{
	if (WIFSTOPPED(status)) {
		take_notice(watch, (struct notice){ PROGRAM_STOPPED, WSTOPSIG(status) });
	} else if (WIFCONTINUED(status)) {
		take_notice(watch, (struct notice){ PROGRAM_CONTINUED, 0 });
	} else {
		/* An init ends with a status made up; what it said before is the truth. */
		if (!watch->is_told)
			watch->status = status;
		watch->has_ended = true;
	}
}

/* Take in what became of the child; as init, of all that are our children now. */
static int read_children(struct watch *watch)
{
	const struct child *child = watch->child;

	for (;;) {
		pid_t waited = watch->is_init ? -1 : child->pid;
		int status;
		pid_t pid = waitpid(waited, &status, WNOHANG | WUNTRACED | WCONTINUED);

		if (pid < 0 && errno == EINTR)
			continue;
		/* None any more: what the program wrote is still to be moved. */
		if (pid < 0 && errno != ECHILD)
			return -errno;
		if (pid <= 0)
			return 0;
		if (pid != child->pid)
			continue; /* an orphan, reaped */
		if (!watch->is_init)
			read_notices(watch);
		take_status(watch, status);
		if (watch->has_ended)
			return 0;
	}
}

/*
 * Signals that the kernel sends to a whole process group for a terminal, so to
 * the child as well. Not a hang-up, which the session's leader gets alone, nor
 * an alarm, which is the process's own.
 */
static bool comes_from_terminal(int sig)
{
	return sig == SIGINT || sig == SIGQUIT || sig == SIGWINCH || sig == SIGCONT || is_stop_signal(sig);
}

/* Did the kernel send it to the child as well? Not where that has left our process group. */
static bool reached_child(const struct child *child, const struct signalfd_siginfo *info)
{
	/* Positive codes are the kernel's own. */
	if (info->ssi_code <= 0 || !comes_from_terminal((int)info->ssi_signo))
		return false;
	return getpgid(child->pid) == getpgrp();
}

/* In a session of its own a process group is an orphaned one, which only SIGSTOP stops. */
static bool leads_session(const struct child *child)
{
	return child->leads_session || getsid(child->pid) != getsid(0);
}

static void forward_signal(const struct child *child, bool is_stopped, const struct signalfd_siginfo *info)
{
	int sig = (int)info->ssi_signo;

	if (sig == SIGCHLD || reached_child(child, info))
		return;
	/* The shell's "fg" continues the process group, the child with it. */
	if (sig == SIGCONT && !is_stopped)
		return;
	if (is_stop_signal(sig) && leads_session(child))
		sig = SIGSTOP;
	/* No race: until we wait for its end, the pid stays the child's. */
	kill(child->pid, sig);
}

static int open_signals(void)
{
	sigset_t mask;
	int fd;

	supervised_signals(&mask);
	fd = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

static void heed_signal(const struct watch *watch, const struct signalfd_siginfo *info)
{
	struct relay *relay = watch->child->relay;

	/* After a SIGSTOP of our own whoever had the terminal meanwhile has changed it. */
	if (relay && info->ssi_signo == SIGCONT)
		relay_resume(relay);
	if (relay && info->ssi_signo == SIGWINCH && info->ssi_code > 0)
		relay_resize(relay); /* which makes the kernel send one within */
	else
		forward_signal(watch->child, watch->is_stopped, info);
}

/* Signals that end us; what we were started to ignore, as by nohup(1), asks for nothing. */
static bool asks_to_end(int sig)
{
	struct sigaction action;

	if (sig != SIGINT && sig != SIGTERM && sig != SIGHUP && sig != SIGQUIT)
		return false;
	return sigaction(sig, NULL, &action) == 0 && action.sa_handler != SIG_IGN;
}

/* Where something can happen, in the order that they are polled in. */
enum { SOURCE_SIGNALS, SOURCE_LINE, SOURCE_RELAY, SOURCE_COUNT = SOURCE_RELAY + RELAY_POLL_COUNT };

/* Wait until something does. Moves what the relay has to move. */
static int wait_for_event(const struct watch *watch, struct pollfd sources[SOURCE_COUNT])
{
	struct relay *relay = watch->child->relay;
	int count = relay ? SOURCE_COUNT : SOURCE_RELAY;
	int timeout = relay ? relay_prepare(relay, sources + SOURCE_RELAY) : -1;

	if (poll(sources, (nfds_t)count, timeout) < 0)
		return errno == EINTR ? 0 : -errno;
	return relay ? relay_move(relay, sources + SOURCE_RELAY) : 0;
}

/* Has the program ended, and everything that it wrote been moved? */
static bool is_over(const struct watch *watch)
{
	return watch->has_ended && !(watch->child->relay && relay_finish(watch->child->relay));
}

static int watch_until_end(struct watch *watch)
{
	_cleanup_close_ int signals = -EBADF;
	struct pollfd sources[SOURCE_COUNT];

	signals = open_signals();
	if (signals < 0)
		return signals;
	sources[SOURCE_SIGNALS] = (struct pollfd){ .fd = signals, .events = POLLIN };
	/* An init only writes to its line, and poll(2) passes over a negative one. */
	sources[SOURCE_LINE] =
		(struct pollfd){ .fd = watch->is_init ? -1 : watch->child->line, .events = POLLIN };
	for (;;) {
		struct signalfd_siginfo info;
		bool has_signal;
		int r;

		/* Children that ended before the first signal was waited for count as well. */
		r = read_children(watch);
		if (r < 0)
			return r;
		if (is_over(watch))
			return 0;
		r = wait_for_event(watch, sources);
		if (r < 0)
			return r;
		has_signal = read(signals, &info, sizeof(info)) == (ssize_t)sizeof(info);
		if (has_signal && watch->has_ended && asks_to_end((int)info.ssi_signo))
			return 0;
		if (!watch->is_init)
			read_notices(watch);
		/* The line of an init that ended stays readable for ever: stop looking at it. */
		if (sources[SOURCE_LINE].revents & POLLHUP)
			sources[SOURCE_LINE].fd = -1;
		/* Whether it is stopped must be known before SIGCONT is forwarded. */
		r = read_children(watch);
		if (r < 0)
			return r;
		if (has_signal && !watch->has_ended)
			heed_signal(watch, &info);
	}
}

/*
 * A shell within makes process groups of its own the foreground, and when it
 * is gone the terminal belongs to nobody. Only then is it ours again: after
 * "bg" it is the shell's that started us. SIGTTOU is blocked.
 */
static void take_terminal_back(const struct child *child)
{
	pid_t foreground = child->terminal < 0 ? -1 : tcgetpgrp(child->terminal);

	if (foreground > 0 && foreground != getpgrp() && kill(-foreground, 0) < 0 && errno == ESRCH)
		tcsetpgrp(child->terminal, getpgrp());
}

int child_supervise(struct child *child, int *ret_status)
{
	struct watch watch = { .child = child };
	int r;

	r = watch_until_end(&watch);
	/* Nobody would be there for it any more; first of all, or it complains of that. */
	if (r < 0)
		kill(child->pid, SIGKILL);
	if (child->relay)
		relay_release(child->relay);
	if (r < 0)
		return r;
	take_terminal_back(child);
	*ret_status = watch.status;
	return 0;
}

int child_wait(const struct child *child, int *ret_status)
{
	while (waitpid(child->pid, ret_status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return 0;
}

int children_init(struct children *children)
{
	int r;

	*children = (struct children){ .signals = -EBADF };
	r = prepare(&children->common);
	if (r < 0)
		return r;
	r = open_signals();
	if (r < 0) {
		child_restore_signals(&children->common);
		return r;
	}
	children->signals = r;
	return 0;
}

void children_release(struct children *children)
{
	children->signals = close_fd(children->signals);
	free(children->members);
	child_restore_signals(&children->common);
}

int children_fork(struct children *children, struct child *child)
{
	struct children_member *members =
		reallocarray(children->members, children->count + 1, sizeof(*members));
	int r;

	if (!members)
		return -ENOMEM;
	children->members = members;
	*child = children->common;
	r = fork_prepared(child, false);
	if (r > 0)
		members[children->count++] = (struct children_member){ .pid = child->pid };
	if (r == 0)
		children->signals = close_fd(children->signals);
	return r;
}

/* See what became of each. The last that stops takes us with it. */
static int look_at_children(struct children *children)
{
	bool are_all_stopped = true;
	int stop = 0;

	for (size_t i = 0; i < children->count; i++) {
		struct children_member *member = &children->members[i];
		int status;

		while (!member->has_ended) {
			pid_t pid = waitpid(member->pid, &status, WNOHANG | WUNTRACED | WCONTINUED);

			if (pid < 0 && errno == EINTR)
				continue;
			if (pid < 0)
				return -errno;
			if (pid == 0)
				break;
			member->is_stopped = WIFSTOPPED(status);
			member->has_ended = WIFEXITED(status) || WIFSIGNALED(status);
			member->status = status;
			if (member->is_stopped)
				stop = WSTOPSIG(status);
		}
		are_all_stopped &= member->is_stopped || member->has_ended;
	}
	if (stop && are_all_stopped)
		mirror_stop(stop);
	return 0;
}

int children_take_signal(struct children *children)
{
	struct signalfd_siginfo info;
	bool is_end;
	int r;

	if (read(children->signals, &info, sizeof(info)) != (ssize_t)sizeof(info))
		return 0;
	/* After SIGCHLD was taken, so that none is missed; before SIGCONT is forwarded. */
	r = look_at_children(children);
	if (r < 0)
		return r;
	is_end = asks_to_end((int)info.ssi_signo);
	for (size_t i = 0; i < children->count; i++) {
		const struct children_member *member = &children->members[i];
		const struct child child = { .pid = member->pid };

		if (member->has_ended)
			continue;
		forward_signal(&child, member->is_stopped, &info);
		/* One that is stopped would not end, and we would wait for it. */
		if (is_end && member->is_stopped)
			kill(member->pid, SIGCONT);
	}
	return is_end ? (int)info.ssi_signo : 0;
}

int children_take_ended(struct children *children, pid_t *ret_pid, int *ret_status)
{
	for (size_t i = 0; i < children->count; i++) {
		struct children_member member = children->members[i];

		if (!member.has_ended)
			continue;
		children->members[i] = children->members[--children->count];
		take_terminal_back(&children->common);
		*ret_pid = member.pid;
		*ret_status = member.status;
		return 1;
	}
	return 0;
}

void child_serve_as_init(struct child *child)
{
	struct watch watch = { .child = child, .is_init = true };
	int r;

	r = watch_until_end(&watch);
	if (r < 0)
		die(r, "cannot wait for the program");
	send_notice(&watch, (struct notice){ PROGRAM_ENDED, watch.status });
	/* The rest of the namespace ends with us. */
	_exit(WIFSIGNALED(watch.status) ? 128 + WTERMSIG(watch.status) : WEXITSTATUS(watch.status));
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
