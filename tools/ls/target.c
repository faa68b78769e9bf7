/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * target.c - taking hold of what was asked for, and finding it again.
 */
#include "ls/target.h"

#include "diag.h"
#include "kernel.h"
#include "ns_find.h"
#include "ns_query.h"

void target_release(struct target *target)
{
	ns_ref_process_release(&target->process);
	target->fd = close_fd(target->fd);
}

static _noreturn_ void die_no_process(pid_t pid)
{
	die_status(EXIT_MISSING, 0, "no process %d", (int)pid);
}

void target_hold_process(struct target *target, const struct ns_ref *ref)
{
	enum ns_type type;
	ino_t ino;
	int r;

	target->ref = *ref;
	r = ns_ref_open_process(ref, &target->process);
	if (r == -ESRCH)
		die_no_process(ref->pid);
	if (r == -ESTALE)
		die_status(EXIT_MISSING, 0, "process %d is another than the one meant by '%s'", (int)ref->pid,
			   ref->text);
	if (r < 0)
		die(r, "cannot open process %d", (int)ref->pid);

	/* Even a zombie has this one. */
	r = ns_read_link(target->process.dirfd, ns_types[NS_USER].proc_file, &type, &ino);
	if (r == -ENOENT || r == -ESRCH)
		die_no_process(ref->pid);
	if (r < 0)
		die(r, "cannot read the namespaces of process %d", (int)ref->pid);
}

uint32_t target_find_process(const struct target *target, const struct inventory *inventory)
{
	uint32_t index = inventory_find_process(inventory, target->ref.pid);

	/* Still held after the scan: so what the scan saw under this pid was this process. */
	if (kernel_pidfd_send_signal(target->process.pidfd, 0) == -ESRCH)
		die_no_process(target->ref.pid);
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

static void hold_path(struct target *target, ns_set types)
{
	int r, fd = -EBADF;

	r = ns_ref_open(&target->ref, NS_TYPE_INVALID, &fd);
	if (r == -ENOENT || r == -ENOTDIR)
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
	struct ns_wanted wanted = { .type = target->ref.type, .inode = target->ref.inode };
	_cleanup_free_ char *gaps = NULL;
	struct scan_counts counts;
	int r, fd = -EBADF;

	r = ns_find(&wanted, &counts, &fd);
	if (r == -ENOENT || r == -EACCES) {
		gaps = scan_counts_format(&counts);
		die_status(EXIT_MISSING, 0, "no namespace '%s' was found%s%s", target->ref.text,
			   gaps ? "; " : "", gaps ? gaps : "");
	}
	if (r < 0)
		die(r, "cannot look for '%s'", target->ref.text);
	hold(target, fd);
	check_type(target, types);
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
	if (ref->kind == NS_REF_PATH)
		hold_path(target, types);
	else if (ref->kind == NS_REF_PIN)
		hold_pin(target, types);
	else
		hold_number(target, types);
}
