/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * target.c - taking hold of what was asked for, and finding it again.
 */
#include "ls/target.h"

#include "diag.h"
#include "kernel.h"
#include "ns_find.h"
#include "ns_query.h"
#include "proc.h"

void target_release(struct target *target)
{
	ns_ref_process_release(&target->process);
	target->fd = close_fd(target->fd);
}

static _noreturn_ void die_no_process(const struct ns_ref *ref)
{
	if (ref->kind == NS_REF_PROCESS)
		die_status(EXIT_MISSING, 0, "no process %d", (int)ref->pid);
	die_status(EXIT_MISSING, 0, "'%s': there is no such process", ref->text);
}

static _noreturn_ void die_process(int error, const struct ns_ref *ref, const char *what)
{
	if (ref->kind == NS_REF_PROCESS)
		die(error, "%s process %d", what, (int)ref->pid);
	die(error, "%s '%s'", what, ref->text);
}

void target_open_process(struct target *target, const struct ns_ref *ref)
{
	int r;

	target->ref = *ref;
	r = ns_ref_open_process(ref, &target->process);
	if (r == -ESRCH)
		die_no_process(ref);
	if (r == -ESTALE)
		die_status(EXIT_MISSING, 0, "process %d is another than the one meant by '%s'", (int)ref->pid,
			   ref->text);
	if (r == -EOPNOTSUPP)
		die_status(EXIT_UNSUPPORTED, 0, "'%s': this kernel has no such inode numbers (Linux 6.9 has)",
			   ref->text);
	if (r == -EXDEV)
		die(0,
		    "cannot open '%s': /proc shows the processes of another pid namespace: mount one of "
		    "this one",
		    ref->text);
	if (r == -EACCES && ref->kind == NS_REF_PROCESS)
		die(0, "cannot open process %d: /proc hides it", (int)ref->pid);
	if (r == -ENOENT)
		die_status(EXIT_MISSING, r, "cannot open '%s'", ref->text);
	if (r == -ENOTUNIQ)
		die(0, "'%s' fits more than one", ref->text);
	if (r == -ENOMSG)
		die(0, "'%s': there is no pid in the file", ref->text);
	if (r < 0)
		die_process(r, ref, "cannot open");
}

/* Its number, which a unit or a container does not say. 0 where it has ended. */
static pid_t number_of(const struct target *target)
{
	pid_t numbers[PROC_LEVELS_MAX];

	if (target->ref.kind == NS_REF_PROCESS)
		return target->ref.pid;
	return proc_numbers_read(target->process.dirfd, numbers) > 0 ? numbers[0] : 0;
}

void target_hold_process(struct target *target, const struct ns_ref *ref)
{
	enum ns_type type;
	ino_t ino;
	int r;

	target_open_process(target, ref);
	target->pid = number_of(target);
	/* Even a zombie has this one. */
	r = ns_read_link(target->process.dirfd, ns_types[NS_USER].proc_file, &type, &ino);
	if (r == -ENOENT || r == -ESRCH)
		die_no_process(ref);
	if (r < 0)
		die_process(r, ref, "cannot read the namespaces of");
}

uint32_t target_find_process(const struct target *target, const struct inventory *inventory)
{
	uint32_t index = inventory_find_process(inventory, target->pid);

	/* Still held after the scan: so what the scan saw under this pid was this process. */
	if (kernel_pidfd_send_signal(target->process.pidfd, 0) == -ESRCH)
		die_no_process(&target->ref);
	return index;
}

static void hold(struct target *target, int fd)
{
	enum ns_type type = ns_query_type(fd);
	int r = type < 0 ? (int)type : ns_id_of_fd(fd, &target->id);

	if (r < 0)
		die(r, "cannot tell what kind of namespace '%s' is", target->ref.text);
	target->fd = fd;
	target->type = type;
}

static void check_type(const struct target *target, ns_set types)
{
	_cleanup_free_ char *wanted = NULL;

	if (ns_set_has(types, target->type))
		return;
	wanted = ns_set_format(types);
	die_status(EXIT_MISSING, 0, "'%s' is a namespace of type %s, not %s", target->ref.text,
		   ns_types[target->type].name, wanted);
}

/* What is there for whoever names it: a file, what a process has open. */
static void hold_path(struct target *target, ns_set types)
{
	int r, fd = -EBADF;

	r = ns_ref_open(&target->ref, NS_TYPE_INVALID, &fd);
	if (r == -ENOENT || r == -ENOTDIR || r == -ESRCH || r == -EBADF)
		die_status(EXIT_MISSING, r, "cannot open '%s'", target->ref.text);
	if (r == -EMEDIUMTYPE)
		die(0, "'%s' is no namespace", target->ref.text);
	if (r < 0)
		die(r, "cannot open '%s'", target->ref.text);
	hold(target, fd);
	check_type(target, types);
}

static void hold_number(struct target *target, ns_set types)
{
	struct ns_wanted wanted = {
		.type = target->ref.type,
		.inode = target->ref.inode,
		.nsid = target->ref.nsid,
	};
	_cleanup_free_ char *gaps = NULL;
	struct scan_counts counts;
	int r, fd = -EBADF;

	r = ns_find(&wanted, &counts, &fd);
	if (r == -ENOENT || r == -EACCES) {
		gaps = scan_counts_format(&counts);
		die_status(EXIT_MISSING, 0, "no namespace '%s' was found%s%s", target->ref.text,
			   gaps ? "; " : "", gaps ? gaps : "");
	}
	if (r == -EOPNOTSUPP)
		die_status(EXIT_UNSUPPORTED, 0, "'%s': this kernel has no such ids (Linux 6.18 has)",
			   target->ref.text);
	if (r < 0)
		die(r, "cannot look for '%s'", target->ref.text);
	hold(target, fd);
	check_type(target, types);
}

/* A process has one of each type; which one is meant has to be said. */
static void hold_of_process(struct target *target, ns_set types)
{
	const struct ns_ref ref = target->ref;
	enum ns_type type = NS_TYPE_INVALID;
	int r, fd = -EBADF;

	for (int t = 0; t < NS_TYPE_COUNT; t++)
		if (types == ns_set_of(t))
			type = t;
	if (type < 0)
		die_usage("'%s' names a process: choose one of its namespaces by --type", ref.text);
	target_hold_process(target, &ref);
	r = ns_open(target->process.dirfd, ns_types[type].proc_file, &fd);
	if (r == -ENOENT || r == -ESRCH)
		die_status(EXIT_MISSING, 0, "'%s' has no %s namespace", ref.text, ns_types[type].name);
	if (r < 0)
		die(r, "cannot open the %s namespace of '%s'", ns_types[type].name, ref.text);
	hold(target, fd);
}

/* A name may keep one namespace of each type; here it has to mean one. */
static void hold_pin(struct target *target, ns_set types)
{
	ns_set found = 0;
	bool is_stale = false;

	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		int r, fd = -EBADF;

		if (!ns_set_has(types, type))
			continue;
		r = ns_ref_open(&target->ref, type, &fd);
		if (r == -ENOENT)
			continue;
		if (r == -EMEDIUMTYPE) { /* the file without the mount, left over from before a reboot */
			is_stale = true;
			continue;
		}
		if (r < 0)
			die(r, "cannot open '%s'", target->ref.text);
		found |= ns_set_of(type);
		target->fd = close_fd(target->fd);
		hold(target, fd);
	}
	if (!found)
		die_status(EXIT_MISSING, 0, "'%s' %s", target->ref.text,
			   is_stale ? "is stale: its files hold no namespaces" : "names no namespace");
	if (found & (found - 1)) {
		_cleanup_free_ char *names = ns_set_format(found);

		die_usage("'%s' names several namespaces (%s): choose one by --type", target->ref.text,
			  names);
	}
}

void target_hold_namespace(struct target *target, const struct ns_ref *ref, ns_set types)
{
	target->ref = *ref;
	if (ref->kind == NS_REF_PATH || ref->kind == NS_REF_FD)
		hold_path(target, types);
	else if (ref->kind == NS_REF_PIN)
		hold_pin(target, types);
	else if (ns_ref_is_process(ref))
		hold_of_process(target, types);
	else
		hold_number(target, types);
}
