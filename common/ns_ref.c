/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ns_ref.c - references: parsing (pure) and opening.
 */
#include "ns_ref.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>

#include "kernel.h"
#include "ns_query.h"
#include "pin_path.h"
#include "proc.h"
#include "text.h"

static int parse_inode(const char *text, struct ns_ref *ref)
{
	uint32_t number; /* the kernel's type for them is unsigned int */
	int r;

	r = parse_u32(text, &number);
	if (r < 0)
		return r;
	ref->kind = NS_REF_INODE;
	ref->inode = number;
	return 0;
}

/* "1234" and "1234:5678", or a number too large for a pid: an inode. */
static int parse_process(const char *text, struct ns_ref *ref)
{
	_cleanup_free_ char *pid = NULL;
	const char *colon = strchr(text, ':');
	uint64_t inode = 0;
	int r;

	if (!colon) {
		r = parse_pid(text, &ref->pid);
		if (r == -ERANGE && text[strspn(text, "0")])
			return parse_inode(text, ref);
	} else {
		pid = strndup(text, (size_t)(colon - text));
		if (!pid)
			return -ENOMEM;
		r = parse_pid(pid, &ref->pid);
		if (r == 0)
			r = parse_u64(colon + 1, &inode);
		if (r == 0 && inode == 0)
			r = -ERANGE;
	}
	if (r < 0)
		return r;
	ref->kind = NS_REF_PROCESS;
	ref->pidfd_inode = (ino_t)inode;
	return 0;
}

/* Has it the shape of "net:[...]"? Then it is no path, whatever the number. */
static bool is_link(const char *text)
{
	enum ns_type type;
	ino_t inode;

	return ns_link_parse(text, &type, &inode) != -EINVAL;
}

int ns_ref_parse(const char *text, struct ns_ref *ret)
{
	struct ns_ref ref = { .text = text, .type = NS_TYPE_INVALID };
	int r = 0;

	if (!*text)
		return -EINVAL;
	if (text[strspn(text, "0123456789:")] == '\0' && *text != ':') {
		r = parse_process(text, &ref);
	} else if (*text == '@') {
		r = parse_inode(text + 1, &ref);
	} else if (is_link(text)) {
		ref.kind = NS_REF_INODE;
		r = ns_link_parse(text, &ref.type, &ref.inode);
	} else if (strncmp(text, "pin:", 4) == 0) {
		ref.kind = NS_REF_PIN;
		ref.name = text + 4;
		if (pin_name_problem(ref.name))
			r = -EINVAL;
	} else {
		ref.kind = NS_REF_PATH;
		ref.name = text;
	}
	if (r < 0)
		return r;
	*ret = ref;
	return 0;
}

int ns_ref_open_process(const struct ns_ref *ref, struct ns_ref_process *ret)
{
	_cleanup_close_ int pidfd = -EBADF;
	_cleanup_close_ int procfd = -EBADF;
	_cleanup_close_ int dirfd = -EBADF;
	ino_t inode;
	int r;

	pidfd = kernel_pidfd_open(ref->pid);
	/* -EINVAL, -ENOENT: a thread that leads no process (kernel-dependent). */
	if (pidfd == -EINVAL || pidfd == -ENOENT)
		return -ESRCH;
	if (pidfd < 0)
		return pidfd;
	if (ref->pidfd_inode) {
		r = kernel_pidfd_inode(pidfd, &inode);
		if (r < 0)
			return r;
		if (inode && inode != ref->pidfd_inode)
			return -ESTALE;
	}
	r = proc_open(&procfd);
	if (r < 0)
		return r;
	r = proc_open_pid(procfd, ref->pid, &dirfd);
	if (r < 0)
		return r;
	/* Still there: so the directory, opened meanwhile, is this process's. */
	r = kernel_pidfd_send_signal(pidfd, 0);
	if (r == -ESRCH)
		return r;
	ret->pidfd = take_fd(&pidfd);
	ret->dirfd = take_fd(&dirfd);
	return 0;
}

void ns_ref_process_release(struct ns_ref_process *process)
{
	process->pidfd = close_fd(process->pidfd);
	process->dirfd = close_fd(process->dirfd);
}

static int open_of_process(const struct ns_ref *ref, enum ns_type type, int *ret_fd)
{
	_cleanup_(ns_ref_process_release) struct ns_ref_process process = { -EBADF, -EBADF };
	int r;

	r = ns_ref_open_process(ref, &process);
	if (r < 0)
		return r;
	return ns_open(process.dirfd, ns_types[type].proc_file, ret_fd);
}

static int open_of_pin(const struct ns_ref *ref, enum ns_type type, int *ret_fd)
{
	_cleanup_free_ char *path = pin_file_path(ref->name, type);

	return ns_open(AT_FDCWD, path, ret_fd);
}

int ns_ref_open(const struct ns_ref *ref, enum ns_type type, int *ret_fd)
{
	switch (ref->kind) {
	case NS_REF_PROCESS:
		return open_of_process(ref, type, ret_fd);
	case NS_REF_PIN:
		return open_of_pin(ref, type, ret_fd);
	case NS_REF_PATH:
		return ns_open(AT_FDCWD, ref->name, ret_fd);
	case NS_REF_INODE:
		return -EOPNOTSUPP;
	case NS_REF_NONE:
		break;
	}
	return -EINVAL;
}
