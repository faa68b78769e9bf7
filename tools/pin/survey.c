/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * survey.c - looking at names and processes.
 */
#include "pin/survey.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "diag.h"
#include "ns_query.h"
#include "pin_init.h"
#include "pin_path.h"
#include "proc.h"
#include "scan/observe.h"
#include "scan/source.h"

const char *pin_state_name(enum pin_state state)
{
	static const char *const names[] = {
		[PIN_OK] = "ok",
		[PIN_STALE] = "stale",
		[PIN_NOT_NAMESPACE] = "not a namespace",
		[PIN_INIT_DEAD] = "init dead",
		[PIN_CLOSED] = "no access",
	};

	return names[state];
}

/* --- One namespace */

/* An empty file is what a mount leaves behind; anything else was never ours. */
static enum pin_state state_of_file(const struct pin *pin, enum ns_type type)
{
	_cleanup_free_ char *path = NULL;
	struct stat st;
	int r;

	if (type == NS_NET) {
		path = xasprintf("%s/%s", PIN_NETNS_DIR, pin->name);
		r = lstat(path, &st);
	} else {
		r = fstatat(pin->dirfd, ns_types[type].name, &st, AT_SYMLINK_NOFOLLOW);
	}
	return r == 0 && !(S_ISREG(st.st_mode) && st.st_size == 0) ? PIN_NOT_NAMESPACE : PIN_STALE;
}

/* The pid 1, and whether there is one. */
static int look_at_init(const struct pin *pin, int fd, struct pin_look *look)
{
	_cleanup_close_ int pidfd = -EBADF;
	int r;

	r = pin_init_of_namespace(fd, &look->init);
	/* The kernel does not tell; of our own we know. */
	if (r == -ENOTTY && pin->record.init.pid) {
		r = pin_init_hold(pin, &pidfd);
		if (r == 0)
			look->init = pin->record.init.pid;
	}
	if (r == -ESRCH)
		look->state = PIN_INIT_DEAD;
	/* Whom we may not look at may be alive. */
	return r == -ESRCH || r == -ENOTTY || is_refusal(r) ? 0 : r;
}

static int look_inside(const struct pin *pin, enum ns_type type, int fd, struct pin_look *look)
{
	int r = ns_id_of_fd(fd, &look->id);

	if (r < 0)
		return r;
	if (ns_query_nsid(fd, &look->nsid) < 0)
		look->nsid = 0;
	return type == NS_PID ? look_at_init(pin, fd, look) : 0;
}

int pin_look_at(const struct pin *pin, enum ns_type type, struct pin_look *ret)
{
	struct pin_look look = { .state = PIN_OK };
	_cleanup_close_ int fd = -EBADF;
	int r;

	r = pin_open_type(pin, type, &fd);
	if (r == 0) {
		r = look_inside(pin, type, fd, &look);
		if (r < 0)
			return r;
	} else if (r == -EACCES) {
		look.state = PIN_CLOSED;
	} else if (r == -ESTALE) {
		look.state = PIN_STALE;
	} else if (pin_has_gone(r)) {
		look.state = state_of_file(pin, type);
	} else {
		return r;
	}
	*ret = look;
	return 0;
}

int pin_look_at_kept(const struct pin *pin, enum ns_type type, struct pin_look *ret)
{
	int r;

	if (pin->is_closed || pin->record.kept[type].method == PIN_NOT_KEPT)
		return 0;
	r = pin_look_at(pin, type, ret);
	return r < 0 ? r : 1;
}

int pin_ids(const struct pin *pin, struct ns_id ret[NS_TYPE_COUNT])
{
	memset(ret, 0, NS_TYPE_COUNT * sizeof(*ret));
	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		struct pin_look look;
		int r = pin_look_at_kept(pin, type, &look);

		if (r < 0)
			return r;
		if (r > 0)
			ret[type] = look.id;
	}
	return 0;
}

/* --- Processes */

/* Count those of lower pid namespaces with each one above them; the kernel nests 32 at most. */
static void count_below(struct census *census)
{
	const struct inventory *inventory = &census->inventory;

	census->below = xcalloc(inventory->n_nodes, sizeof(*census->below));
	for (uint32_t i = 0; i < inventory->n_nodes; i++) {
		uint32_t node = i;

		do {
			census->below[node] += inventory->nodes[i].nprocs;
			node = inventory->nodes[node].type == NS_PID ? inventory->nodes[node].parent
								     : NODE_NONE;
		} while (node != NODE_NONE);
	}
}

int census_take(struct census *census, ns_set types, unsigned int facts)
{
	_cleanup_(scan_release) struct scan scan = { .procfd = -EBADF };
	const char *failed;
	int r;

	*census = (struct census){ 0 };
	r = scan_init(&scan, &census->inventory);
	if (r < 0)
		return r;
	scan.types = types;
	scan.sources = facts & FACT_HOLDERS ? sources_by_default() : source_bit(&source_processes);
	scan.facts = facts;
	r = sources_scan(&scan, &failed);
	if (r < 0)
		return r;
	count_below(census);
	census->counts = scan.counts;
	return 0;
}

void census_release(struct census *census)
{
	inventory_release(&census->inventory);
	free(take_ptr(census->below));
}

uint32_t census_count(const struct census *census, enum ns_type type, struct ns_id id, pid_t but)
{
	const struct inventory *inventory = &census->inventory;
	uint32_t node = inventory_find_node(inventory, type, id);
	uint32_t process = but ? inventory_find_process(inventory, but) : PROCESS_NONE;

	if (node == NODE_NONE)
		return 0;
	return census->below[node] -
	       (process != PROCESS_NONE && inventory->processes[process].node[type] == node);
}

ns_set census_types_of(const struct census *census, const struct process *process,
		       const struct ns_id ids[NS_TYPE_COUNT])
{
	const struct inventory *inventory = &census->inventory;
	ns_set types = 0;

	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		uint32_t node = process->node[type];

		/* A pid namespace has those below it in it. */
		while (ids[type].ino && node != NODE_NONE &&
		       !ns_id_equal(inventory->nodes[node].id, ids[type]))
			node = type == NS_PID ? inventory->nodes[node].parent : NODE_NONE;
		if (ids[type].ino && node != NODE_NONE)
			types |= ns_set_of(type);
	}
	return types;
}

static int read_stat(pid_t pid, struct proc_stat *ret)
{
	_cleanup_close_ int procfd = -EBADF, dirfd = -EBADF;
	int r;

	r = proc_open(&procfd);
	if (r == 0)
		r = proc_open_pid(procfd, pid, &dirfd);
	return r < 0 ? r : proc_stat_read(dirfd, ret);
}

bool is_zombie(pid_t pid)
{
	struct proc_stat stat;

	return read_stat(pid, &stat) < 0 || stat.state == 'Z' || stat.state == 'X';
}

char *command_of(pid_t pid)
{
	struct proc_stat stat;

	return read_stat(pid, &stat) < 0 ? NULL : xstrdup(stat.comm);
}
