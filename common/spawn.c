/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * spawn.c - the order of the steps, and doing them.
 *
 * Steps run one after the other in the process that is to become the program.
 * step_fork goes on in the child; the parent supervises it. Steps marked
 * is_outside run in a process that stays in the caller's world, and that
 * undoes what it did if a later step fails.
 */
#include "spawn.h"

#include <fcntl.h>

#include "diag.h"
#include "hint.h"
#include "step.h"

/* THE table: top to bottom is first to last. */
static const struct step *const steps[] = {
	&step_descriptors,
	&step_host_pty,
	&step_open,
	&step_user_parent,
	/* What is taken along from the caller's world, or read from its /proc. */
	&step_cgroup_open,
	&step_outer_root,
	&step_outer_directory,
	&step_read_environment,
	&step_label,
	&step_take_program,
	&step_prepare_pin,
	&step_file,
	&step_join,
	&step_enter_places,
	&step_owner,
	&step_create,
	&step_setgroups,
	&step_uid_map,
	&step_gid_map,
	&step_offsets,
	&step_fork,
	&step_init,
	&step_cgroup,
	&step_info,
	&step_user_block,
	&step_propagation,
	&step_keep,
	&step_hostname,
	&step_domainname,
	&step_loopback,
	/* From the caller's files, while they are in sight. */
	&step_interpreter,
	&step_root,
	&step_proc,
	&step_sys,
	&step_binfmt,
	&step_etc,
	&step_pivot,
	&step_directory,
	&step_group,
	&step_user,
	&step_capabilities,
	/* As the user whose terminal it is to be. */
	&step_pty,
	/* After the last change of credentials, which would cancel it. */
	&step_kill_child,
	&step_setup,
	&step_note_init,
	&step_publish,
	&step_pid_file,
	&step_block,
	&step_stay,
	&step_session,
	&step_environment,
	&step_take_label,
	&step_exec,
};

static char *step_text(const struct step *step, const struct plan *plan, enum ns_type type)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		die_oom();
	step->describe(plan, type, out);
	if (fclose(out) != 0)
		die_oom();
	return text;
}

/* In the process outside: a request is the index of a step, its argument the type. */
static int serve(void *context, int request, int argument, pid_t program)
{
	struct spawn *spawn = context;

	spawn->is_outside = true;
	spawn->program = program;
	return steps[request]->run(spawn, argument);
}

/* What is for the reader of a descriptor ends when we have written, not when that process ends. */
static void begin(void *context)
{
	struct spawn *spawn = context;

	tell_close_reported(spawn);
	tell_close_awaited(spawn);
}

static void undo(void *context)
{
	struct spawn *spawn = context;

	keep_undo(&spawn->keep);
	pin_undo(&spawn->pin);
}

static void keep(void *context)
{
	struct spawn *spawn = context;

	keep_release(&spawn->keep);
	pin_end(&spawn->pin);
}

bool step_always_outside(_unused_ const struct plan *plan)
{
	return true;
}

static bool is_outside(const struct step *step, const struct plan *plan)
{
	return step->is_outside && step->is_outside(plan);
}

static bool needs_outside(const struct plan *plan)
{
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++)
		if (steps[i]->wanted(plan) && is_outside(steps[i], plan))
			return true;
	return false;
}

/* Have everything undone, say which step failed and why, and end. */
static _noreturn_ void fail(struct spawn *spawn, const struct step *step, enum ns_type type, int error)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_free_ char *longer = NULL;

	outside_abort(&spawn->outside);
	if (spawn->failed_type != NS_TYPE_INVALID)
		type = spawn->failed_type;
	text = step_text(step, spawn->plan, type);
	if (spawn->failed_at)
		longer = xasprintf("%s: '%s'", text, spawn->failed_at);
	if (spawn->hint)
		die_with_hint(error, longer ? longer : text, spawn->hint);
	if (step->fail)
		step->fail(spawn->plan, type, longer ? longer : text, error);
	die(error, "cannot %s", longer ? longer : text);
}

/* Have it done outside, where nobody may wait for others: nothing would end them there. */
static int call_outside(struct spawn *spawn, int index, enum ns_type type)
{
	enum { PAUSE_MS = 20 };
	struct waiting waiting;
	int r, w;

	r = outside_call(&spawn->outside, index, type, spawn->program);
	if (r != -ERESTART)
		return r;
	w = step_begin_to_wait(&waiting);
	if (w < 0)
		return w;
	while (r == -ERESTART) {
		r = step_wait(spawn, &waiting, -1, PAUSE_MS);
		if (r == 0)
			r = outside_call(&spawn->outside, index, type, spawn->program);
	}
	step_end_wait(&waiting);
	return r;
}

static void perform(struct spawn *spawn, size_t index, enum ns_type type)
{
	const struct step *step = steps[index];
	int r;

	if (diag_is_verbose()) {
		_cleanup_free_ char *text = step_text(step, spawn->plan, type);

		debug("%s", text);
	}
	if (is_outside(step, spawn->plan))
		r = call_outside(spawn, (int)index, type);
	else
		r = step->run(spawn, type);
	if (r < 0)
		fail(spawn, step, type, r);
}

void spawn_run(const struct plan *plan)
{
	spawn_run_as_child(plan, NULL);
}

void spawn_run_as_child(const struct plan *plan, const struct child *self)
{
	struct spawn spawn = {
		.plan = plan,
		.as_child = self,
		.info_fd = plan->info_fd,
		.self = getpid(),
		.program = getpid(),
		.target = { -EBADF, -EBADF },
		.failed_type = NS_TYPE_INVALID,
		.outside = { -EBADF },
		.child = { .parent_pidfd = -EBADF },
		.procfd = -EBADF,
		.root = -EBADF,
		.directory = -EBADF,
		.program_file = -EBADF,
		.handover = { -EBADF, -EBADF },
		.init_line = { -EBADF, -EBADF },
		.host_ptmx = -EBADF,
		.pty_line = { -EBADF, -EBADF },
		.pty_slave = -EBADF,
	};
	int r;

	pin_making_init(&spawn.pin);
	for (int type = 0; type < NS_TYPE_COUNT; type++)
		spawn.join_fd[type] = -EBADF;
	spawn.procfd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	hint_look_in(spawn.procfd);
	if (needs_outside(plan)) {
		const struct outside_duty duty = { begin, serve, undo, keep, &spawn };

		r = outside_start(&spawn.outside, &duty);
		if (r < 0)
			die(r, "cannot fork");
	}
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		ns_set wanted = steps[i]->wanted(plan);

		if (wanted & STEP_ONCE)
			perform(&spawn, i, NS_TYPE_INVALID);
		for (int type = 0; type < NS_TYPE_COUNT; type++)
			if (ns_set_has(wanted, type))
				perform(&spawn, i, type);
	}
	/* No program, and no init to stay: what was kept keeps itself. */
	r = outside_commit(&spawn.outside);
	if (r < 0)
		die(r, "cannot keep what was made");
	exit(EXIT_SUCCESS);
}

void spawn_explain(const struct plan *plan, FILE *out)
{
	unsigned int number = 0;

	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		ns_set wanted = steps[i]->wanted(plan);

		for (int type = 0; type <= NS_TYPE_COUNT; type++) {
			_cleanup_free_ char *text = NULL;

			if (!(wanted & (1u << type)))
				continue;
			text = step_text(steps[i], plan, type == NS_TYPE_COUNT ? NS_TYPE_INVALID : type);
			fprintf(out, "%2u  %-16s ", ++number,
				steps[i]->call_of ? steps[i]->call_of(plan) : steps[i]->call);
			diag_print_safe(out, text);
			putc('\n', out);
		}
	}
}
