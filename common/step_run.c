/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * step_run.c - fork and supervise, become somebody, run the program.
 */
#include "step.h"

#include <grp.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>

#include "child.h"
#include "diag.h"
#include "kernel.h"
#include "outside.h"

/* Fork. */

static ns_set wants_fork(const struct plan *plan)
{
	ns_set joined = step_target_joins(plan) | step_explicit_joins(plan);
	bool changes_pid = ns_set_has(plan->create | joined, NS_PID);

	return step_once_if(plan->fork == FORK_ALWAYS || (plan->fork == FORK_AUTO && changes_pid));
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
	r = child_supervise(&spawn->child, &status);
	if (r < 0)
		die(r, "cannot wait for the program");
	child_exit_like(status);
}

/* The parent of an init that stays: wait until it is set up, note it, and end. */
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
	r = outside_call(&spawn->outside, REQUEST_RECORD_INIT, spawn->child.pid);
	if (r < 0) {
		/* Our end closes its line to us, and so ends it too. */
		outside_abort(&spawn->outside);
		die(r, "cannot note the init of '%s'", spawn->plan->pin);
	}
	outside_commit(&spawn->outside);
	if (send(spawn->handover[0], "", 1, MSG_NOSIGNAL) != 1)
		die(-errno, "cannot leave the init of '%s' alone", spawn->plan->pin);
	exit(EXIT_SUCCESS);
}

static int run_fork(struct spawn *spawn, _unused_ enum ns_type type)
{
	bool keeps_init = spawn->plan->program == PROGRAM_NONE;
	int r;

	/* Everything of the target turned out to be ours, pid included. */
	if (spawn->plan->fork == FORK_AUTO && !ns_set_has(spawn->plan->create, NS_PID) && !spawn->joined_pid)
		return 0;
	if (keeps_init && socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, spawn->handover) < 0)
		return -errno;
	r = child_fork(&spawn->child);
	if (r < 0)
		return r;
	if (r > 0 && keeps_init)
		hand_over_to_init(spawn);
	if (r > 0)
		supervise_program(spawn);
	return 0;
}

const struct step step_fork = {
	.wanted = wants_fork,
	.describe = describe_fork,
	.run = run_fork,
};

/* Who the program runs as. */

static ns_set wants_group(const struct plan *plan)
{
	return step_once_if(plan->becomes_group);
}

static ns_set wants_user(const struct plan *plan)
{
	return step_once_if(plan->becomes_user);
}

static void describe_group(const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	fprintf(out, "become group %u", plan->gid);
}

static void describe_user(const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	fprintf(out, "become user %u", plan->uid);
}

static int run_group(struct spawn *spawn, _unused_ enum ns_type type)
{
	/* Asked for by nobody, but decided for a user namespace that proved to be ours. */
	if (!spawn->plan->set_gid && !spawn->joined_user)
		return 0;
	/* -EPERM: setgroups is denied in that user namespace, for good; user_namespaces(7). */
	if (setgroups(0, NULL) < 0 && (errno != EPERM || !spawn->joined_user))
		return -errno;
	return setresgid(spawn->plan->gid, spawn->plan->gid, spawn->plan->gid) < 0 ? -errno : 0;
}

const struct step step_group = {
	.wanted = wants_group,
	.describe = describe_group,
	.run = run_group,
};

static int run_user(struct spawn *spawn, _unused_ enum ns_type type)
{
	if (!spawn->plan->set_uid && !spawn->joined_user)
		return 0;
	return setresuid(spawn->plan->uid, spawn->plan->uid, spawn->plan->uid) < 0 ? -errno : 0;
}

const struct step step_user = {
	.wanted = wants_user,
	.describe = describe_user,
	.run = run_user,
};

static ns_set wants_kill_child(const struct plan *plan)
{
	return step_once_if(plan->kill_child != 0);
}

static void describe_kill_child(const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	fprintf(out, "have the child sent %s when its parent ends",
		sigabbrev_np(plan->kill_child) ?: "a signal");
}

static int run_kill_child(struct spawn *spawn, _unused_ enum ns_type type)
{
	return child_die_with_parent(&spawn->child, spawn->plan->kill_child);
}

const struct step step_kill_child = {
	.wanted = wants_kill_child,
	.describe = describe_kill_child,
	.run = run_kill_child,
};

/* The end of the list. */

static ns_set wants_exec(const struct plan *plan)
{
	return step_once_if(plan->program != PROGRAM_NONE);
}

static const char *shell(void)
{
	const char *path = getenv("SHELL");

	return path && *path ? path : "/bin/sh";
}

static void describe_exec(const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	fprintf(out, "run '%s'", plan->program == PROGRAM_SHELL ? shell() : plan->argv[0]);
}

static int run_exec(struct spawn *spawn, _unused_ enum ns_type type)
{
	const struct plan *plan = spawn->plan;
	int r;

	r = outside_arm(&spawn->outside);
	if (r < 0)
		return r;
	if (plan->program == PROGRAM_SHELL) {
		const char *slash = strrchr(shell(), '/');
		/* The leading '-' makes it a login shell, as unshare(1) does. */
		_cleanup_free_ char *name = xasprintf("-%s", slash ? slash + 1 : shell());

		execl(shell(), name, (char *)NULL);
		return -errno;
	}
	execvp(plan->argv[0], plan->argv);
	return -errno;
}

static _noreturn_ void fail_exec(const char *description, _unused_ enum ns_type type, int error)
{
	die_status(error == -ENOENT ? EXIT_NOT_FOUND : EXIT_CANNOT_RUN, error, "cannot %s", description);
}

const struct step step_exec = {
	.wanted = wants_exec,
	.describe = describe_exec,
	.run = run_exec,
	.fail = fail_exec,
};

static ns_set wants_stay(const struct plan *plan)
{
	return step_once_if(plan->program == PROGRAM_NONE && ns_set_has(plan->create, NS_PID));
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
	.wanted = wants_stay,
	.describe = describe_stay,
	.run = run_stay,
};
