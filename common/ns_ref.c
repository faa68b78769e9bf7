/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ns_ref.c - references: parsing (pure) and opening.
 */
#include "ns_ref.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cgroup_find.h"
#include "kernel.h"
#include "ns_find.h"
#include "ns_query.h"
#include "pin_path.h"
#include "pin_registry.h"
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

/* "fd:1234:5" */
static int parse_fd_of(const char *text, struct ns_ref *ref)
{
	_cleanup_free_ char *pid = NULL;
	const char *colon = strchr(text, ':');
	int r;

	if (!colon)
		return -EINVAL;
	pid = strndup(text, (size_t)(colon - text));
	if (!pid)
		return -ENOMEM;
	ref->kind = NS_REF_FD;
	r = parse_pid(pid, &ref->pid);
	return r < 0 ? r : parse_fd(colon + 1, &ref->fd);
}

static int parse_nsid(const char *text, struct ns_ref *ref)
{
	int r;

	ref->kind = NS_REF_NSID;
	r = parse_u64(text, &ref->nsid);
	/* The kernel counts from 1. */
	return r == 0 && ref->nsid == 0 ? -ERANGE : r;
}

/* Words in front of a colon, and what follows them. */
static const struct {
	const char *prefix;
	enum ns_ref_kind kind;
} named_kinds[] = {
	{ "pin:", NS_REF_PIN },
	{ "unit:", NS_REF_UNIT },
	{ "container:", NS_REF_CONTAINER },
	{ "pidfile:", NS_REF_PIDFILE },
};

static int parse_name(const char *text, struct ns_ref *ref)
{
	ref->kind = NS_REF_PATH;
	ref->name = text;
	for (size_t i = 0; i < ARRAY_SIZE(named_kinds); i++) {
		size_t length = strlen(named_kinds[i].prefix);

		if (strncmp(text, named_kinds[i].prefix, length) != 0)
			continue;
		ref->kind = named_kinds[i].kind;
		ref->name = text + length;
	}
	if (ref->kind == NS_REF_PIN && pin_name_problem(ref->name))
		return -EINVAL;
	return *ref->name ? 0 : -EINVAL;
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
	if (*text == ':') {
		r = parse_nsid(text + 1, &ref);
	} else if (text[strspn(text, "0123456789:")] == '\0') {
		r = parse_process(text, &ref);
	} else if (*text == '@') {
		r = parse_inode(text + 1, &ref);
	} else if (is_link(text)) {
		ref.kind = NS_REF_INODE;
		r = ns_link_parse(text, &ref.type, &ref.inode);
	} else if (strncmp(text, "fd:", 3) == 0) {
		r = parse_fd_of(text + 3, &ref);
	} else {
		r = parse_name(text, &ref);
	}
	/* No namespace has the number 0. */
	if (r == 0 && ref.kind == NS_REF_INODE && !ref.inode)
		r = -ERANGE;
	if (r < 0)
		return r;
	*ret = ref;
	return 0;
}

bool ns_ref_is_process(const struct ns_ref *ref)
{
	return ref->kind == NS_REF_PROCESS || ref->kind == NS_REF_UNIT || ref->kind == NS_REF_CONTAINER ||
	       ref->kind == NS_REF_PIDFILE;
}

bool ns_ref_is_namespace(const struct ns_ref *ref)
{
	return ref->kind != NS_REF_NONE && ref->kind != NS_REF_PIN && !ns_ref_is_process(ref);
}

static int hold_pid(pid_t pid, ino_t pidfd_inode, struct ns_ref_process *ret)
{
	return proc_hold(pid, pidfd_inode, &ret->pidfd, &ret->dirfd);
}

static bool is_regular(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

/* The beginning of a file, NUL behind it. -ENOMSG where it is no regular one: a FIFO would make us wait. */
static int read_beginning(const char *path, char *text, size_t size)
{
	_cleanup_close_ int look = open(path, O_PATH | O_CLOEXEC);
	_cleanup_close_ int fd = -EBADF;
	ssize_t n;

	if (look < 0)
		return -errno;
	if (!is_regular(look))
		return -ENOMSG;
	/* The path may have changed hands since. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return -errno;
	n = is_regular(fd) ? read(fd, text, size - 1) : 0;
	if (n < 0)
		return -errno;
	text[n] = '\0';
	return 0;
}

/* A pid on the first line, as daemons write it: blanks around it, and some write more lines. */
static int hold_pid_in_file(const char *path, struct ns_ref_process *ret)
{
	char text[64], *word, *end, *rest;
	pid_t pid;
	int r;

	r = read_beginning(path, text, sizeof(text));
	if (r < 0)
		return r;
	word = text + strspn(text, " \t");
	end = word + strcspn(word, " \t\r\n");
	rest = end + strspn(end, " \t\r");
	/* No end of the line is the end of the file, or that of our room. */
	if (*rest != '\n' && (*rest != '\0' || strlen(text) == sizeof(text) - 1))
		return -ENOMSG;
	*end = '\0';
	return parse_pid(word, &pid) < 0 ? -ENOMSG : hold_pid(pid, 0, ret);
}

int ns_ref_open_process(const struct ns_ref *ref, struct ns_ref_process *ret)
{
	pid_t pid;

	switch (ref->kind) {
	case NS_REF_PROCESS:
		return hold_pid(ref->pid, ref->pidfd_inode, ret);
	case NS_REF_PIDFILE:
		return hold_pid_in_file(ref->name, ret);
	case NS_REF_UNIT:
		return cgroup_find_unit(ref->name, &pid, &ret->pidfd, &ret->dirfd);
	case NS_REF_CONTAINER:
		return cgroup_find_container(ref->name, &pid, &ret->pidfd, &ret->dirfd);
	default:
		return -EINVAL;
	}
}

void ns_ref_process_release(struct ns_ref_process *process)
{
	process->pidfd = close_fd(process->pidfd);
	process->dirfd = close_fd(process->dirfd);
}

int ns_ref_open_socket(const struct ns_ref_process *process, int socket, int *ret_fd)
{
	_cleanup_close_ int fd = pidfd_getfd(process->pidfd, socket, 0);

	return fd < 0 ? -errno : ns_query_socket(fd, ret_fd);
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

/* What a process has open: a namespace is opened anew, which works for O_PATH too. */
static int open_of_fd(const struct ns_ref *ref, int *ret_fd)
{
	_cleanup_(ns_ref_process_release) struct ns_ref_process process = { -EBADF, -EBADF };
	char path[32], link[64];
	ssize_t n;
	int r;

	r = hold_pid(ref->pid, 0, &process);
	if (r < 0)
		return r;
	snprintf(path, sizeof(path), "fd/%d", ref->fd);
	n = readlinkat(process.dirfd, path, link, sizeof(link));
	if (n < 0)
		return errno == ENOENT ? -EBADF : -errno;
	if (n < 8 || strncmp(link, "socket:[", 8) != 0)
		return ns_open(process.dirfd, path, ret_fd);
	return ns_ref_open_socket(&process, ref->fd, ret_fd);
}

int ns_ref_open(const struct ns_ref *ref, enum ns_type type, int *ret_fd)
{
	struct ns_wanted wanted;

	switch (ref->kind) {
	case NS_REF_PROCESS:
	case NS_REF_UNIT:
	case NS_REF_CONTAINER:
	case NS_REF_PIDFILE:
		return open_of_process(ref, type, ret_fd);
	case NS_REF_PIN:
		return pin_open(ref->name, type, ret_fd);
	case NS_REF_PATH:
		return ns_open(AT_FDCWD, ref->name, ret_fd);
	case NS_REF_FD:
		return open_of_fd(ref, ret_fd);
	case NS_REF_SOCKET:
		return ns_query_socket(ref->fd, ret_fd);
	case NS_REF_INODE:
	case NS_REF_NSID:
		wanted = (struct ns_wanted){ .type = ref->type, .inode = ref->inode, .nsid = ref->nsid };
		return ns_find(&wanted, NULL, ret_fd);
	case NS_REF_NONE:
		break;
	}
	return -EINVAL;
}
