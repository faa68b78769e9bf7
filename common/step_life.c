/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * step_life.c - fork, supervise, and end together.
 */
#include "step.h"

#include <string.h>
#include <sys/socket.h>

#include "child.h"
#include "diag.h"
#include "hint.h"
#include "outside.h"
#include "pty.h"
#include "relay.h"
#include "text.h"

/* Fork. */

static ns_set wants_fork(const struct plan *plan)
{
	ns_set changed = plan->create | plan_target_joins(plan) | plan_explicit_joins(plan);

	return step_once_if(plan->fork == FORK_ALWAYS ||
			    (plan->fork == FORK_AUTO && ns_set_has(changed, NS_PID)));
}

static void describe_fork(_unused_ const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	fputs("fork", out);
}

static _noreturn_ void supervise_program(struct spawn *spawn)
{
	int status, r;

	/* The child's side is the one whose end tells that the program runs. */
	outside_close(&spawn->outside);
	spawn->init_line[1] = close_fd(spawn->init_line[1]);
	spawn->child.line = spawn->init_line[0];
	if (spawn->plan->pty) {
		close_fdp(&spawn->pty_line[1]);
		relay_init(&spawn->relay, take_fd(&spawn->pty_line[0]));
		spawn->child.relay = &spawn->relay;
		spawn->child.leads_session = !spawn->plan->init;
	}
	tell_close_reported(spawn);
	r = child_supervise(&spawn->child, &status);
	if (r < 0)
		die(r, "cannot wait for the program");
	tell_status(spawn, status);
	child_exit_like(status);
}

/* The parent of an init that stays: wait until it is set up, have all of it kept, and end. */
static _noreturn_ void hand_over_to_init(struct spawn *spawn)
{
	char byte;
	ssize_t n;
	int status, r;

	close_fd(spawn->handover[1]);
	do {
		n = recv(spawn->handover[0], &byte, 1, 0);
	} while (n < 0 && errno == EINTR);
	if (n != 1) {
		/* It said why. */
		r = child_supervise(&spawn->child, &status);
		if (r < 0)
			die(r, "cannot wait for the init of '%s'", spawn->plan->pin);
		child_exit_like(status);
	}
	outside_commit(&spawn->outside);
	if (send(spawn->handover[0], "", 1, MSG_NOSIGNAL) != 1)
		die(-errno, "cannot leave the init of '%s' alone", spawn->plan->pin);
	exit(EXIT_SUCCESS);
}

/*
 * The number of a child in the caller's pid namespace, which it cannot ask the
 * kernel for: the caller's /proc knows it, which need not be ours any more.
 */
static int read_outer_pid(const struct spawn *spawn, pid_t *ret)
{
	char text[16];
	ssize_t n = readlinkat(spawn->procfd, "self", text, sizeof(text) - 1);

	if (n < 0)
		return -errno;
	text[n] = '\0';
	return parse_pid(text, ret);
}

static int make_line(int line[2])
{
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, line) < 0 ? -errno : 0;
}

static int run_fork(struct spawn *spawn, _unused_ enum ns_type type)
{
	const struct plan *plan = spawn->plan;
	bool keeps_init = plan_keeps_init(plan);
	int r = 0;

	/* Everything of the target turned out to be ours, pid included. */
	if (plan->fork == FORK_AUTO && !ns_set_has(plan->create, NS_PID) && !spawn->joined_pid)
		return 0;
	if (keeps_init)
		r = make_line(spawn->handover);
	if (r == 0 && plan->init)
		r = make_line(spawn->init_line);
	if (r == 0 && plan->pty)
		r = make_line(spawn->pty_line);
	if (r == 0)
		r = plan->init ? child_fork_init(&spawn->child) : child_fork(&spawn->child);
	if (r < 0)
		return r;
	if (r > 0 && keeps_init)
		hand_over_to_init(spawn);
	if (r > 0)
		supervise_program(spawn);
	/* Else the end of the supervisor would not be seen. */
	close_fdp(&spawn->pty_line[0]);
	/* Only what is done outside has to be told who we are. */
	return spawn->outside.socket < 0 ? 0 : read_outer_pid(spawn, &spawn->program);
}

static _noreturn_ void fail_fork(_unused_ const struct plan *plan, _unused_ enum ns_type type,
				 const char *description, int error)
{
	die_with_hint(error, description, hint_fork(error));
}

const struct step step_fork = {
	.call = "fork",
	.wanted = wants_fork,
	.describe = describe_fork,
	.run = run_fork,
	.fail = fail_fork,
};

/* An init between us and the program. */

static ns_set wants_init(const struct plan *plan)
{
	return step_once_if(plan->init);
}

static void describe_init(_unused_ const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	fputs("fork the program from a small init", out);
}

/* The terminal is the program's alone, and the caller's is not to be found through its init. */
static void leave_terminal(struct spawn *spawn)
{
	int r;

	spawn->pty_line[1] = close_fd(spawn->pty_line[1]);
	setsid();
	r = pty_close_all(spawn->procfd);
	if (r < 0)
		die(r, "cannot let go of the terminal");
}

static int run_init(struct spawn *spawn, _unused_ enum ns_type type)
{
	struct child program;
	int r;

	close_fd(spawn->init_line[0]);
	/* The program ends with its init, so that one need not be told of our end. */
	if (spawn->plan->kill_child) {
		r = child_die_with_parent(&spawn->child, spawn->plan->kill_child);
		if (r < 0)
			return r;
	}
	r = child_fork(&program);
	if (r < 0)
		return r;
	if (r > 0) {
		outside_close(&spawn->outside);
		tell_close_reported(spawn);
		tell_close_awaited(spawn);
		program.line = spawn->init_line[1];
		program.leads_session = spawn->plan->pty;
		if (spawn->plan->pty)
			leave_terminal(spawn);
		child_serve_as_init(&program);
	}
	child_restore_signals(&spawn->child);
	return 0;
}

const struct step step_init = {
	.call = "fork",
	.wanted = wants_init,
	.describe = describe_init,
	.run = run_init,
};

/* End with the parent. */

static ns_set wants_kill_child(const struct plan *plan)
{
	return step_once_if(plan->kill_child && !plan->init);
}

static void describe_kill_child(const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	const char *name = sigabbrev_np(plan->kill_child);

	fprintf(out, "have the child sent %s when its parent ends", name ? name : "a signal");
}

static int run_kill_child(struct spawn *spawn, _unused_ enum ns_type type)
{
	return child_die_with_parent(&spawn->child, spawn->plan->kill_child);
}

const struct step step_kill_child = {
	.call = "prctl",
	.wanted = wants_kill_child,
	.describe = describe_kill_child,
	.run = run_kill_child,
};

/* The init of a pid namespace that is kept without a program. */

static ns_set wants_stay(const struct plan *plan)
{
	return step_once_if(plan_keeps_init(plan));
}

static void describe_stay(_unused_ const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	fputs("stay as the init of the pid namespace", out);
}

static int run_stay(struct spawn *spawn, _unused_ enum ns_type type)
{
	char byte;

	close_fd(spawn->handover[0]);
	outside_close(&spawn->outside);
	if (send(spawn->handover[1], "", 1, MSG_NOSIGNAL) != 1)
		return -errno;
	/* Nobody there to let us go: the name was not made, so neither are we. */
	if (recv(spawn->handover[1], &byte, 1, 0) != 1)
		_exit(EXIT_FAILURE);
	child_become_init();
}

const struct step step_stay = {
	.call = "sigwaitinfo",
	.wanted = wants_stay,
	.describe = describe_stay,
	.run = run_stay,
};
