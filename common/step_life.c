/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * step_life.c - fork, supervise, and end together.
 */
#include "step.h"

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "child.h"
#include "diag.h"
#include "hint.h"
#include "linger.h"
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
	/* Not before: entering a user namespace changes credentials, which would cancel it. */
	if (spawn->as_child && spawn->plan->kill_child) {
		r = child_die_with_parent(spawn->as_child, SIGKILL);
		if (r < 0)
			die(r, "cannot end with what runs us");
	}
	r = child_supervise(&spawn->child, &status);
	if (r < 0)
		die(r, "cannot wait for the program");
	tell_status(spawn, status);
	if (spawn->plan->pty && spawn->relay.output_error < 0) {
		warn(spawn->relay.output_error, "cannot write the program's output");
		/* It believes that all went well. */
		if (status == 0)
			exit(EXIT_FAILURE);
	}
	child_exit_like(status);
}

/* One byte from one end of a line to the other. */
static int say_ready(int line)
{
	ssize_t n;

	do {
		n = send(line, "", 1, MSG_NOSIGNAL);
	} while (n < 0 && outside_is_passing(errno));
	return n < 0 ? -errno : 0;
}

/* 1, 0 where the other end is gone, or -errno. */
static int hear_ready(int line)
{
	char byte;
	ssize_t n;

	do {
		n = recv(line, &byte, 1, 0);
	} while (n < 0 && outside_is_passing(errno));
	return n < 0 ? -errno : (int)n;
}

/* The parent of an init that stays: wait until that has had all of it kept, and end. */
static _noreturn_ void hand_over_to_init(struct spawn *spawn)
{
	int status, r;

	outside_close(&spawn->outside);
	close_fd(spawn->handover[1]);
	/* Nobody is forwarded them: a signal that ends us ends the child, too. */
	child_restore_signals(&spawn->child);
	/* Ignored by our caller, it would have the kernel throw the status away. */
	signal(SIGCHLD, SIG_DFL);
	if (hear_ready(spawn->handover[0]) == 1)
		exit(EXIT_SUCCESS);
	r = child_wait(&spawn->child, &status);
	if (r < 0)
		die(r, "cannot wait for the init of '%s'", spawn->plan->pin);
	if (WIFSIGNALED(status)) {
		const char *name = sigabbrev_np(WTERMSIG(status));

		die(0, "cannot keep '%s': its init was ended by SIG%s", spawn->plan->pin, name ? name : "?");
	}
	/* It said why. */
	child_exit_like(status);
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
	if (keeps_init) {
		r = child_die_with_parent(&spawn->child, SIGKILL);
		if (r < 0)
			return r;
	}
	/* Else the end of the supervisor would not be seen. */
	close_fdp(&spawn->pty_line[0]);
	/* Only what is done outside, or told there, has to say who we are. */
	return spawn->outside.socket < 0 && plan->info_fd < 0 && plan->status_fd < 0
		       ? 0
		       : read_outer_pid(spawn, &spawn->program);
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

/*
 * The program may look at its init in /proc: what is open there and where it
 * is would lead it out of its world. A root that is pivoted to takes along who
 * is at the old one, and nobody else.
 */
static void leave_caller_world(struct spawn *spawn)
{
	int *const fds[] = { &spawn->target.pidfd, &spawn->target.dirfd,      &spawn->root,
			     &spawn->directory,	   &spawn->program_file,      &spawn->procfd,
			     &spawn->host_ptmx,	   &spawn->child.parent_pidfd };

	hint_look_in(-EBADF);
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		close_fdp(fds[i]);
	for (int type = 0; type < NS_TYPE_COUNT; type++)
		close_fdp(&spawn->join_fd[type]);
	cgroup_joins_release(&spawn->cgroups);
	if (chdir("/") < 0)
		die(-errno, "cannot leave the working directory");
}

/* The life of the init. The program waits at the gate until nothing of the caller's is to be seen. */
static _noreturn_ void live_as_init(struct spawn *spawn, struct child *program, int gate)
{
	int r;

	outside_close(&spawn->outside);
	tell_close_reported(spawn);
	tell_close_awaited(spawn);
	program->line = spawn->init_line[1];
	program->leads_session = spawn->plan->pty;
	if (spawn->plan->pty)
		leave_terminal(spawn);
	leave_caller_world(spawn);
	r = say_ready(gate);
	if (r < 0)
		die(r, "cannot let the program go on");
	close_fd(gate);
	child_serve_as_init(program);
}

static int run_init(struct spawn *spawn, _unused_ enum ns_type type)
{
	int gate[2] = { -EBADF, -EBADF };
	struct child program;
	int r;

	close_fd(spawn->init_line[0]);
	if (spawn->plan->kill_child) {
		r = child_die_with_parent(&spawn->child, spawn->plan->kill_child);
		if (r < 0)
			return r;
	}
	/* Where the pid namespace is not ours it has a pid 1: have orphans come to us all the same. */
	if (!ns_set_has(spawn->plan->create, NS_PID) && prctl(PR_SET_CHILD_SUBREAPER, 1UL) < 0)
		return -errno;
	r = make_line(gate);
	if (r == 0)
		r = child_fork(&program);
	if (r < 0)
		return r;
	close_fd(gate[r > 0 ? 0 : 1]);
	if (r > 0)
		live_as_init(spawn, &program, gate[1]);
	r = hear_ready(gate[0]);
	if (r < 0)
		return r;
	/* It said why. */
	if (r == 0)
		_exit(EXIT_NSX);
	close_fd(gate[0]);
	child_restore_signals(&spawn->child);
	/* From here on the parent is the init. */
	close_fd(spawn->child.parent_pidfd);
	spawn->child.parent_pidfd = program.parent_pidfd;
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
	/* The pid 1 of a new pid namespace takes the program with it, and is told of our end itself. */
	bool ends_with_init = plan->init && ns_set_has(plan->create, NS_PID);

	return step_once_if(plan->kill_child && !ends_with_init);
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
	int r;

	close_fd(spawn->handover[0]);
	/* Before it is known that we are there. */
	prctl(PR_SET_NAME, "nsx-init");
	/* From here on we live for the name, not for who had it made. */
	if (prctl(PR_SET_PDEATHSIG, 0UL) < 0)
		return -errno;
	r = outside_commit(&spawn->outside);
	if (r < 0)
		return r;
	/* Who waits is not to see anything of the caller's here. */
	linger_leave("nsx-init", &spawn->handover[1], 1);
	say_ready(spawn->handover[1]);
	close_fd(spawn->handover[1]);
	linger_as_init();
}

const struct step step_stay = {
	.call = "sigwaitinfo",
	.wanted = wants_stay,
	.describe = describe_stay,
	.run = run_stay,
};
