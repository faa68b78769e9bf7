/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test-child.c - fork, supervise, end alike: every case in a process of its
 * own, of which we see what a shell would see.
 */
#include "child.h"
#include "linger.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "tap.h"

/* Between the test and the processes it started; pipe_in[0] is read by them. */
static int from_child[2], to_child[2];

static void say(char byte)
{
	if (write(from_child[1], &byte, 1) != 1)
		_exit(99);
}

/* What somebody said, or '\0' after ten seconds or at the end of all. */
static char hear(void)
{
	struct pollfd readable = { .fd = from_child[0], .events = POLLIN };
	char byte;

	return poll(&readable, 1, 10000) > 0 && read(from_child[0], &byte, 1) == 1 ? byte : '\0';
}

static void wait_for_end_of_test(void)
{
	char byte;

	close(to_child[1]);
	while (read(to_child[0], &byte, 1) > 0)
		;
}

/* A supervisor, whose child runs `body`; returns its pid. */
static pid_t start(void (*before)(void), void (*body)(const struct child *child))
{
	struct child child;
	int status, r;
	pid_t pid;

	if (pipe(from_child) < 0 || pipe(to_child) < 0)
		abort();
	pid = fork();
	if (pid != 0) {
		close(from_child[1]);
		close(to_child[0]);
		return pid;
	}
	before();
	r = child_fork(&child);
	if (r < 0)
		_exit(98);
	if (r == 0) {
		body(&child);
		_exit(0);
	}
	if (child_supervise(&child, &status) < 0)
		_exit(97);
	child_exit_like(status);
}

/* Its wait status, once it has ended. */
static int end_of(pid_t pid)
{
	int status = -1;

	close(to_child[1]);
	waitpid(pid, &status, 0);
	close(from_child[0]);
	return status;
}

static void nothing(void)
{
}

static int status_of(void (*body)(const struct child *child))
{
	return end_of(start(nothing, body));
}

/* Bodies. */

static void exit_0(_unused_ const struct child *child)
{
	_exit(0);
}

static void exit_7(_unused_ const struct child *child)
{
	_exit(7);
}

static void exit_255(_unused_ const struct child *child)
{
	_exit(255);
}

static void die_of_term(_unused_ const struct child *child)
{
	raise(SIGTERM);
}

static void die_of_kill(_unused_ const struct child *child)
{
	raise(SIGKILL);
}

static void die_of_quit(_unused_ const struct child *child)
{
	prctl(PR_SET_DUMPABLE, 0UL); /* not our core is the question */
	raise(SIGQUIT);
}

static void test_statuses(void)
{
	int status;

	is_int(status_of(exit_0), 0);
	is_int(status_of(exit_7), 7 << 8);
	is_int(status_of(exit_255), 255 << 8);
	is_int(status_of(die_of_term), SIGTERM);
	is_int(status_of(die_of_kill), SIGKILL);
	status = status_of(die_of_quit);
	ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGQUIT);
	ok(!WCOREDUMP(status));
}

static void allow_cores(void)
{
	struct rlimit limit;

	getrlimit(RLIMIT_CORE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_CORE, &limit);
}

static void test_no_second_core(void)
{
	int status = end_of(start(allow_cores, die_of_quit));

	ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGQUIT);
	ok(!WCOREDUMP(status));
}

static void ignore_sigchld(void)
{
	signal(SIGCHLD, SIG_IGN);
}

static void tell_sigchld(_unused_ const struct child *child)
{
	struct sigaction action;

	sigaction(SIGCHLD, NULL, &action);
	_exit(action.sa_handler == SIG_IGN ? 5 : 6);
}

/* The caller's own, for the child; the supervisor gets a status all the same. */
static void test_sigchld_ignored(void)
{
	is_int(end_of(start(ignore_sigchld, tell_sigchld)), 5 << 8);
	is_int(end_of(start(nothing, tell_sigchld)), 6 << 8);
}

static void block_usr2(void)
{
	sigset_t mask;

	sigemptyset(&mask);
	sigaddset(&mask, SIGUSR2);
	sigprocmask(SIG_SETMASK, &mask, NULL);
}

static void count_blocked(_unused_ const struct child *child)
{
	int count = 0;
	sigset_t mask;

	sigprocmask(SIG_SETMASK, NULL, &mask);
	for (int sig = 1; sig < NSIG; sig++)
		count += sigismember(&mask, sig) == 1;
	_exit(sigismember(&mask, SIGUSR2) == 1 ? 10 + count : count);
}

static void test_mask_is_the_callers(void)
{
	is_int(status_of(count_blocked), 0);
	is_int(end_of(start(block_usr2, count_blocked)), 11 << 8);
}

static void say_usr1(_unused_ int sig)
{
	say('u');
}

static void say_term(_unused_ int sig)
{
	say('t');
	_exit(3);
}

static void handle_and_wait(_unused_ const struct child *child)
{
	signal(SIGUSR1, say_usr1);
	signal(SIGTERM, say_term);
	say('r');
	wait_for_end_of_test();
	pause();
}

static void test_signals_are_forwarded(void)
{
	pid_t pid = start(nothing, handle_and_wait);

	is_int(hear(), 'r');
	kill(pid, SIGUSR1);
	is_int(hear(), 'u');
	kill(pid, SIGUSR1);
	is_int(hear(), 'u');
	kill(pid, SIGTERM);
	/* Once each: the next thing said is the end. */
	is_int(hear(), 't');
	is_int(hear(), '\0');
	is_int(end_of(pid), 3 << 8);
}

/* One that came before there was a child waits for it. */
static void be_sent_term(void)
{
	sigset_t mask;

	sigemptyset(&mask);
	sigaddset(&mask, SIGTERM);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	raise(SIGTERM);
}

static void unblock_and_wait(const struct child *child)
{
	sigset_t mask;

	signal(SIGTERM, say_term);
	sigemptyset(&mask);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	handle_and_wait(child);
}

static void test_early_signal(void)
{
	pid_t pid = start(be_sent_term, unblock_and_wait);
	char heard = hear();

	is_int(heard == 'r' ? hear() : heard, 't');
	is_int(end_of(pid), 3 << 8);
}

static void stop_then_exit(_unused_ const struct child *child)
{
	raise(SIGSTOP);
	_exit(4);
}

static void test_stops_are_mirrored(void)
{
	pid_t pid = start(nothing, stop_then_exit);
	int status = -1;

	is_int(waitpid(pid, &status, WUNTRACED), pid);
	ok(WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP);
	kill(pid, SIGCONT);
	is_int(end_of(pid), 4 << 8);
}

static void die_with_parent(const struct child *child)
{
	signal(SIGTERM, say_term);
	if (child_die_with_parent(child, SIGTERM) < 0)
		_exit(96);
	say('r');
	wait_for_end_of_test();
	pause();
}

static void test_dies_with_parent(void)
{
	pid_t pid = start(nothing, die_with_parent);

	is_int(hear(), 'r');
	kill(pid, SIGKILL);
	is_int(hear(), 't');
	is_int(end_of(pid), SIGKILL);
}

/* The parent ended before it was asked for: that must not be waited for in vain. */
static void outlive_parent(const struct child *child)
{
	struct pollfd parent = { .fd = child->parent_pidfd, .events = POLLIN };

	say('r');
	poll(&parent, 1, 10000);
	say(child_die_with_parent(child, SIGTERM) == -ESRCH ? 'e' : 'w');
}

static void test_parent_is_gone(void)
{
	pid_t pid = start(nothing, outlive_parent);

	is_int(hear(), 'r');
	kill(pid, SIGKILL);
	is_int(hear(), 'e');
	is_int(end_of(pid), SIGKILL);
}

static int blocked_signals(void)
{
	int count = 0;
	sigset_t mask;

	sigprocmask(SIG_SETMASK, NULL, &mask);
	for (int sig = 1; sig < NSIG; sig++)
		count += sigismember(&mask, sig) == 1;
	return count;
}

static void test_orphan(void)
{
	pid_t self = getpid();
	int r;

	if (pipe(from_child) < 0)
		abort();
	r = linger_fork();
	if (r == 0) {
		/* All that can be: neither SIGKILL, SIGSTOP nor the two of libc. */
		say(getppid() != self && blocked_signals() >= NSIG - 5 ? 'o' : 'w');
		_exit(0);
	}
	close(from_child[1]);
	is_int(r, 1);
	is_int(blocked_signals(), 0);
	is_int(hear(), 'o');
	/* Nobody's child of ours is left to wait for. */
	is_int(waitpid(-1, NULL, 0), -1);
	is_int(errno, ECHILD);
	close(from_child[0]);
}

int main(void)
{
	/* A shell starts what is in the background with these ignored. */
	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	signal(SIGPIPE, SIG_IGN);
	test_statuses();
	test_no_second_core();
	test_sigchld_ignored();
	test_mask_is_the_callers();
	test_signals_are_forwarded();
	test_early_signal();
	test_stops_are_mirrored();
	test_dies_with_parent();
	test_parent_is_gone();
	test_orphan();
	return done_testing();
}
