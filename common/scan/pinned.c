/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pinned.c - reading it, and finding a holder in it.
 */
#include "scan/pinned.h"

#include <fcntl.h>
#include <string.h>

#include "diag.h"
#include "ns_query.h"
#include "pin_path.h"
#include "pin_registry.h"

void pinned_release(struct pinned_list *pinned)
{
	for (size_t i = 0; i < pinned->count; i++) {
		free(pinned->list[i].name);
		free(pinned->list[i].path);
	}
	free(pinned->list);
	*pinned = (struct pinned_list){ 0 };
}

static void add_pinned(struct pinned_list *pinned, const struct pinned *entry, const char *name)
{
	pinned->list = xreallocarray(pinned->list, pinned->count + 1, sizeof(*pinned->list));
	pinned->list[pinned->count] = *entry;
	pinned->list[pinned->count++].name = xstrdup(name);
}

/* Where a user's own name has its file; those of the system are known by their paths. */
static char *path_of(const struct pin *pin, enum ns_type type)
{
	_cleanup_free_ char *registry = NULL;

	if (pin->is_system || pin_registry_path(false, &registry) < 0)
		return NULL;
	return xasprintf("%s/%s/%s", registry, pin->name, ns_types[type].name);
}

static int note_pin(void *context, const struct pin *pin)
{
	struct pinned_list *pinned = context;

	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		const struct pin_kept *kept = &pin->record.kept[type];
		struct pinned entry = { .type = type, .inode = kept->inode, .fd = -EBADF };

		if (pin->is_closed || kept->method == PIN_NOT_KEPT)
			continue;
		if (type == NS_PID && pin->record.init.pid) {
			entry.pid = pin->record.init.pid;
			add_pinned(pinned, &entry, pin->name);
		}
		entry.pid = kept->method == PIN_HOLD ? pin->record.holder.pid : 0;
		entry.fd = kept->method == PIN_HOLD ? kept->fd : -EBADF;
		entry.path = kept->method == PIN_BIND ? path_of(pin, type) : NULL;
		add_pinned(pinned, &entry, pin->name);
	}
	return 0;
}

void pinned_read(struct pinned_list *ret)
{
	struct ns_id own;

	*ret = (struct pinned_list){ 0 };
	if (ns_id_of_path(AT_FDCWD, "/proc/self/ns/mnt", &own) == 0)
		ret->own_mounts = own.ino;
	pin_visit(false, note_pin, ret);
}

static bool is_pinned_by(const struct pinned *pinned, const struct holder *holder, const struct node *node,
			 bool is_here)
{
	if (pinned->type != node->type || pinned->inode != node->id.ino)
		return false;
	if (holder->evidence == EVIDENCE_MOUNT)
		return is_here && holder->path && pinned->path && strcmp(holder->path, pinned->path) == 0;
	if (!pinned->pid || pinned->pid != holder->pid)
		return false;
	return pinned->fd < 0 ? holder->evidence == EVIDENCE_PROCESS
			      : holder->evidence == EVIDENCE_DESCRIPTOR && holder->number == pinned->fd;
}

char *pinned_name(const struct pinned_list *pinned, const struct inventory *inventory,
		  const struct holder *holder)
{
	const struct node *node = &inventory->nodes[holder->node];
	/* A name is what the path means here; elsewhere it is a path like others. */
	bool is_here = pinned->own_mounts && holder->other != NODE_NONE &&
		       inventory->nodes[holder->other].id.ino == pinned->own_mounts;

	for (size_t i = 0; i < pinned->count; i++)
		if (is_pinned_by(&pinned->list[i], holder, node, is_here))
			return xstrdup(pinned->list[i].name);
	/* Also where its record is lost. */
	return is_here && holder->path ? pin_path_name(holder->path, node->type) : NULL;
}
