/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * formers.c - look for namespaces by their numbers, and know those that got a
 * number anew from those that had it before.
 */
#include "pin/formers.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>

#include "diag.h"
#include "ns_query.h"
#include "pin/elsewhere.h"
#include "pin/survey.h"
#include "scan/observe.h"
#include "scan/source.h"

struct former {
	char *name; /* that kept it */
	enum ns_type type;
	struct ns_id id;
	uint64_t nsid; /* 0: not to be had */
	char *mounter; /* who has it mounted still, in words; or NULL */
};

static void former_release(struct former *former)
{
	free(former->name);
	free(former->mounter);
}

void formers_release(struct formers *formers)
{
	formers_truncate(formers, 0);
	free(formers->list);
	*formers = (struct formers){ 0 };
}

void formers_truncate(struct formers *formers, size_t count)
{
	while (formers->count > count)
		former_release(&formers->list[--formers->count]);
}

void formers_add(struct formers *formers, const struct pin *pin)
{
	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		struct pin_look look;

		if (pin->record.kept[type].method == PIN_NOT_KEPT || pin_look_at(pin, type, &look) < 0 ||
		    !look.id.ino)
			continue;
		if ((formers->count & (formers->count - 1)) == 0)
			formers->list = xreallocarray(formers->list, formers->count ? formers->count * 2 : 1,
						      sizeof(*formers->list));
		formers->list[formers->count++] = (struct former){
			.name = xstrdup(pin->name),
			.type = type,
			.id = look.id,
			.nsid = look.nsid,
		};
	}
}

/* --- Who has it mounted */

/* Is what this process has mounted there another one, that got the number of the former? */
static bool is_another(const struct former *former, const struct mount_view *view, const char *path)
{
	_cleanup_free_ char *there = xasprintf("%d/root%s", (int)view->pid, path);
	_cleanup_close_ int fd = -EBADF;
	uint64_t nsid;

	return former->nsid && ns_open(view->procfd, there, &fd) == 0 && ns_query_nsid(fd, &nsid) == 0 &&
	       nsid != former->nsid;
}

struct mount_search {
	struct formers *formers;
	bool opens;
};

/* Note it as the one who has a former namespace mounted, if it is one, and nobody was found before. */
static void note_mounter(const struct mount_search *search, const struct mount_view *view, const char *path,
			 enum ns_type type, ino_t inode)
{
	_cleanup_free_ char *command = NULL;

	for (size_t i = 0; i < search->formers->count; i++) {
		struct former *former = &search->formers->list[i];

		if (former->type != type || former->id.ino != inode || former->mounter ||
		    (search->opens && is_another(former, view, path)))
			continue;
		command = command_of(view->pid);
		former->mounter =
			xasprintf("it is mounted in the mount namespace mnt:[%ju] of process %d (%s)",
				  (uintmax_t)view->mnt->id.ino, (int)view->pid, command ? command : "?");
		return;
	}
}

/* Note which of the former ones are mounted there. */
static bool note_mounters(void *context, const struct mount_view *view)
{
	const struct mount_search *search = context;

	for (size_t i = 0; i < view->mounted->count; i++) {
		const struct mount_entry *mount = &view->mounted->entries[i];
		enum ns_type type;
		ino_t inode;

		if (mounted_is_namespace(mount, &type, &inode))
			note_mounter(search, view, mount->path, type, inode);
	}
	return false;
}

/*
 * Look through all mount namespaces that processes are in; what is mounted there
 * is opened only where `opens` says so, for somebody may be about to unmount it.
 */
static int find_mounters(struct formers *formers, const struct inventory *inventory, bool opens)
{
	struct mount_search search = { .formers = formers, .opens = opens };

	for (size_t i = 0; i < formers->count; i++)
		free(take_ptr(formers->list[i].mounter));
	return mount_views_visit(inventory, note_mounters, &search);
}

/* --- Who holds it otherwise */

/* The first who holds a namespace in that way, in words for the caller to free; or "a process". */
static char *first_holder(const struct inventory *inventory, uint32_t node, unsigned int evidence)
{
	/* A loop for each namespace that is left, and few are. */
	for (size_t i = 0; i < inventory->n_holders; i++) {
		const struct holder *holder = &inventory->holders[i];
		_cleanup_free_ char *command = NULL;

		if (holder->node != node || holder->evidence != evidence || !holder->pid)
			continue;
		command = command_of(holder->pid);
		return xasprintf("process %d (%s)", (int)holder->pid, command ? command : "?");
	}
	return xstrdup("a process");
}

/* Who holds a namespace still, in words for the caller to free. */
static char *describe_holder(const struct inventory *inventory, uint32_t index)
{
	const struct node *node = &inventory->nodes[index];
	_cleanup_free_ char *command = NULL, *who = NULL;

	if (node->nprocs) {
		pid_t pid = inventory->processes[node->leader].pid;

		command = command_of(pid);
		return xasprintf("process %d (%s) is in it", (int)pid, command ? command : "?");
	}
	if (node->leader != PROCESS_NONE) {
		pid_t pid = inventory->processes[node->leader].pid;

		command = command_of(pid);
		return xasprintf("a thread, or the children, of process %d (%s) are in it", (int)pid,
				 command ? command : "?");
	}
	if (node->evidence & EVIDENCE_SOCKET) {
		who = first_holder(inventory, index, EVIDENCE_SOCKET);
		return xasprintf("%s has a socket of it open", who);
	}
	if (node->evidence & EVIDENCE_DESCRIPTOR) {
		who = first_holder(inventory, index, EVIDENCE_DESCRIPTOR);
		return xasprintf("%s has it open", who);
	}
	if (node->evidence & EVIDENCE_OF_RELATIONS)
		return xstrdup("other namespaces belong to it");
	return xstrdup("nobody that we can see holds it");
}

/* --- Are they there */

/* What is in it has ended; that nobody has seen it yet is not for us to mend. */
static bool is_of_the_dead(const struct inventory *inventory, uint32_t node)
{
	const unsigned int other = EVIDENCE_DESCRIPTOR | EVIDENCE_SOCKET | EVIDENCE_THREAD;
	enum ns_type type = inventory->nodes[node].type;

	if (!inventory->nodes[node].nprocs || (inventory->nodes[node].evidence & other))
		return false;
	for (size_t i = 0; i < inventory->n_processes; i++)
		if (inventory->processes[i].node[type] == node && !is_zombie(inventory->processes[i].pid))
			return false;
	return true;
}

/* Look once; drop those that are gone from the list. With `tells`, say who holds the others. */
static int look(struct formers *formers, bool tells)
{
	_cleanup_(inventory_release) struct inventory inventory = { 0 };
	_cleanup_(scan_release) struct scan scan = { .procfd = -EBADF };
	const char *failed;
	size_t kept = 0;
	int r;

	r = scan_init(&scan, &inventory);
	if (r < 0)
		return r;
	scan.types = NS_SET_ALL;
	scan.facts = FACT_NSID | (tells ? FACT_HOLDERS : 0);
	scan.sources = sources_by_default() & ~source_bit(&source_mounts);
	r = sources_scan(&scan, &failed);
	if (r == 0)
		r = find_mounters(formers, &inventory, tells);
	if (r < 0)
		return r;
	for (size_t i = 0; i < formers->count; i++) {
		struct former *former = &formers->list[i];
		uint32_t index = inventory_find_node(&inventory, former->type, former->id);
		const struct node *node = index == NODE_NONE ? NULL : &inventory.nodes[index];
		_cleanup_free_ char *holder = NULL;

		/* The number may be another's by now. */
		if (node && ((former->nsid && node->nsid && node->nsid != former->nsid) ||
			     is_of_the_dead(&inventory, index)))
			node = NULL;
		if (!node && !former->mounter) {
			former_release(former);
			continue;
		}
		if (tells) {
			holder = node && !former->mounter ? describe_holder(&inventory, index)
							  : take_ptr(former->mounter);
			warn(0, "note: the %s namespace %ju of '%s' is still there: %s",
			     ns_types[former->type].name, (uintmax_t)former->id.ino, former->name, holder);
		}
		formers->list[kept++] = *former;
	}
	formers->count = kept;
	return 0;
}

void formers_wait_for_end(struct formers *formers)
{
	static const int pauses_ms[] = { 0, 20, 50, 100, 200, 300 };
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(pauses_ms) && formers->count && r == 0; i++) {
		poll(NULL, 0, pauses_ms[i]);
		r = look(formers, i + 1 == ARRAY_SIZE(pauses_ms));
	}
	if (r < 0)
		warn(r, "cannot see whether the namespaces are gone");
}
