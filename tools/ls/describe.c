/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * describe.c - deciding who is asked about a namespace, and asking.
 */
#include "ls/describe.h"

#include <string.h>

#include "cgroup.h"
#include "diag.h"
#include "file.h"
#include "ls/describe_inside.h"
#include "ls/describe_text.h"
#include "ns_query.h"
#include "proc.h"

/* Less than this is not enough for a busy machine. */
enum { LEAST_PATIENCE_MS = 100 };

static void end_worker(struct describer *describer)
{
	worker_end(&describer->worker);
	describer->has_moved = false;
}

void describer_release(struct describer *describer)
{
	end_worker(describer);
}

static void end_errand(struct describer *describer, const struct describe_answer *answer)
{
	if (answer->is_spent)
		end_worker(describer);
}

static int exchange(struct describer *describer, int fd, const struct describe_request *request,
		    struct describe_answer *answer)
{
	_cleanup_close_ int unused = -EBADF;
	ssize_t n;
	int r = 0;

	if (!describer->worker.pid)
		r = worker_start(&describer->worker, describe_serve, &describer->scan->procfd);
	if (r == 0)
		r = worker_send(describer->worker.socket, request, sizeof(*request), fd);
	if (r < 0)
		return r;
	n = worker_receive(describer->worker.socket, answer, sizeof(*answer), describer->patience_ms,
			   &unused);
	if (n > (ssize_t)offsetof(struct describe_answer, text)) {
		describer->has_moved = answer->has_moved;
		return 0;
	}
	if (n == -ETIMEDOUT && describer->patience_ms > LEAST_PATIENCE_MS)
		describer->patience_ms /= 2;
	end_worker(describer);
	return n < 0 ? (int)n : -ECONNRESET;
}

/*
 * Have the worker go there and look. From where an earlier errand took it, the
 * way may be barred to one who could go there from here: then another goes.
 *
 * On success it is still there, until end_errand().
 */
static int send_worker(struct describer *describer, int fd, const struct describe_request *request,
		       struct describe_answer *answer)
{
	bool had_moved = describer->has_moved;
	int r;

	r = exchange(describer, fd, request, answer);
	if (r == 0 && answer->error < 0 && had_moved) {
		end_worker(describer);
		r = exchange(describer, fd, request, answer);
	}
	if (r == 0 && answer->error < 0) {
		end_errand(describer, answer);
		r = answer->error;
	}
	return r;
}

/* --- What is found out inside: uts, net, ipc */

static char *describe_from_inside(struct describer *describer, uint32_t index, int fd)
{
	struct describe_request request = { .type = describer->scan->inventory->nodes[index].type };
	struct describe_answer answer = { 0 };

	if (send_worker(describer, fd, &request, &answer) < 0)
		return NULL;
	end_errand(describer, &answer);
	return xstrdup(answer.text);
}

/* --- What /proc shows of each process in it: user, mnt, time */

static char *read_id_maps(int dirfd, _unused_ int fd)
{
	_cleanup_free_ char *uids = NULL, *gids = NULL;

	if (read_file(dirfd, "uid_map", &uids, NULL) < 0 || read_file(dirfd, "gid_map", &gids, NULL) < 0)
		return NULL;
	return describe_id_maps(uids, gids);
}

static char *read_mounts(int dirfd, int fd)
{
	_cleanup_free_ char *mountinfo = NULL;
	unsigned int count;

	if (read_file(dirfd, "mountinfo", &mountinfo, NULL) < 0)
		return NULL;
	/* From a root directory of its own, a process may not see all. */
	return describe_mounts(mountinfo, ns_query_mounts(fd, &count) == 0 ? (long)count : -1);
}

static char *read_clocks(int dirfd, _unused_ int fd)
{
	_cleanup_free_ char *offsets = NULL;

	if (read_file(dirfd, "timens_offsets", &offsets, NULL) < 0)
		return NULL;
	return describe_clocks(offsets);
}

typedef char *read_function(int dirfd, int fd);

/* The link of a process that tells whose facts its files show: those of time are its children's. */
static const char *link_of(enum ns_type type)
{
	return type == NS_TIME ? ns_type_children_file(type) : ns_types[type].proc_file;
}

/* Read it of a process that is in the namespace, and has not left it meanwhile. */
static char *read_of_member(const struct scan *scan, uint32_t index, int fd, read_function *read)
{
	const struct node *node = &scan->inventory->nodes[index];
	_cleanup_close_ int dirfd = -EBADF;
	_cleanup_free_ char *text = NULL;
	enum ns_type type;
	ino_t ino;

	if (scan_open_member(scan, index, &dirfd) == PROCESS_NONE)
		return NULL;
	text = read(dirfd, fd);
	if (ns_read_link(dirfd, link_of(node->type), &type, &ino) < 0 || ino != node->id.ino)
		return NULL;
	return take_ptr(text);
}

/* Read it of the worker. That is where it says; its links are not for everyone to read. */
static char *read_of_worker(const struct scan *scan, pid_t worker, int fd, read_function *read)
{
	_cleanup_close_ int dirfd = -EBADF;

	return proc_open_pid(scan->procfd, worker, &dirfd) < 0 ? NULL : read(dirfd, fd);
}

static char *describe_from_proc(struct describer *describer, uint32_t index, int fd, read_function *read)
{
	struct describe_request request = { .type = describer->scan->inventory->nodes[index].type };
	struct describe_answer answer = { 0 };
	char *text;

	text = read_of_member(describer->scan, index, fd, read);
	if (text || send_worker(describer, fd, &request, &answer) < 0)
		return text;
	text = read_of_worker(describer->scan, answer.worker, fd, read);
	end_errand(describer, &answer);
	return text;
}

/* --- What takes a view from both sides: cgroup */

static char *describe_cgroup(struct describer *describer, uint32_t index, int fd)
{
	_cleanup_(cgroup_table_release) struct cgroup_table table = { 0 };
	struct describe_request request = { .type = NS_CGROUP };
	struct describe_answer answer = { 0 };
	_cleanup_close_ int dirfd = -EBADF;
	uint32_t process = scan_open_member(describer->scan, index, &dirfd);

	if (process == PROCESS_NONE || cgroup_table_read(dirfd, "cgroup", &table) < 0 || table.count == 0)
		return NULL;
	request.process = describer->scan->inventory->processes[process].pid;
	if (send_worker(describer, fd, &request, &answer) < 0)
		return NULL;
	end_errand(describer, &answer);
	return describe_cgroup_root(table.lines[0].path, answer.text);
}

/* --- What is known already: pid */

/* The command of a pid namespace's init, unless its number is seen to be another's by now; or NULL. */
static char *read_init(const struct scan *scan, const struct node *node)
{
	_cleanup_close_ int dirfd = -EBADF;
	_cleanup_free_ char *command = NULL;
	enum ns_type type;
	ino_t ino;

	if (!node->init || proc_open_pid(scan->procfd, node->init, &dirfd) < 0 ||
	    proc_command_line(dirfd, &command) < 0)
		return NULL;
	/* Not everyone who may read the command may read the link. */
	if (ns_read_link(dirfd, ns_types[NS_PID].proc_file, &type, &ino) == 0 && ino != node->id.ino)
		return NULL;
	return take_ptr(command);
}

static char *describe_pid(const struct describer *describer, uint32_t index)
{
	const struct inventory *inventory = describer->scan->inventory;
	_cleanup_free_ char *command = NULL;
	int level = inventory_level(inventory, index);

	if (level < 0)
		return NULL;
	command = read_init(describer->scan, &inventory->nodes[index]);
	return xasprintf("level %d%s%s", level, command ? ", init is " : "", command ? command : "");
}

char *describe(struct describer *describer, uint32_t index)
{
	enum ns_type type = describer->scan->inventory->nodes[index].type;
	_cleanup_close_ int fd = -EBADF;

	if (type == NS_PID)
		return describe_pid(describer, index);
	if (scan_open_node(describer->scan, index, &fd) < 0)
		return NULL;
	switch (type) {
	case NS_USER:
		return describe_from_proc(describer, index, fd, read_id_maps);
	case NS_MNT:
		return describe_from_proc(describer, index, fd, read_mounts);
	case NS_TIME:
		return describe_from_proc(describer, index, fd, read_clocks);
	case NS_CGROUP:
		return describe_cgroup(describer, index, fd);
	default:
		return describe_from_inside(describer, index, fd);
	}
}
