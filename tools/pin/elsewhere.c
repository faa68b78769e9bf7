/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * elsewhere.c - read the mounts of each mount namespace, through a process in it.
 */
#include "pin/elsewhere.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "diag.h"
#include "mount_table.h"
#include "ns_query.h"
#include "pin/survey.h"
#include "pin_path.h"
#include "proc.h"
#include "scan/mounted.h"

/*
 * A path in this mount as all mount namespaces have it: its file system, and
 * where it is in that. NULL where it is not below it.
 */
static char *place_in(const struct mount_entry *mount, const char *path)
{
	const char *root = strcmp(mount->root, "/") == 0 ? "" : mount->root;
	const char *below = strcmp(mount->path, "/") == 0 ? path : path + strlen(mount->path);

	if (!mount_path_is_within(path, mount->path))
		return NULL;
	return xasprintf("%s %s%s", mount->device, root, below);
}

struct search {
	int id;
	const char *path;
	char *place;
};

static int place_in_wanted(void *context, const struct mount_entry *mount)
{
	struct search *search = context;

	if (mount->id != search->id)
		return 0;
	search->place = place_in(mount, search->path);
	return 1;
}

/* Where a file is that nothing is mounted on here; NULL where the mount that it is in is out of sight. */
static int find_place(int procfd, const char *path, char **ret)
{
	_cleanup_free_ char *real = realpath(path, NULL);
	struct search search = { .path = real };
	struct statx st;
	int r;

	if (!real || statx(AT_FDCWD, real, AT_SYMLINK_NOFOLLOW, STATX_MNT_ID, &st) < 0)
		return -errno;
	search.id = (int)st.stx_mnt_id;
	r = mount_table_visit(procfd, place_in_wanted, &search);
	*ret = search.place;
	return r < 0 ? r : 0;
}

int mount_views_visit(const struct inventory *inventory,
		      bool (*look)(void *context, const struct mount_view *view), void *context)
{
	_cleanup_free_ bool *is_seen = xcalloc(inventory->n_nodes, sizeof(*is_seen));
	_cleanup_close_ int procfd = -EBADF;
	bool is_done = false;
	int r;

	r = proc_open(&procfd);
	for (size_t i = 0; i < inventory->n_processes && r == 0 && !is_done; i++) {
		const struct process *process = &inventory->processes[i];
		_cleanup_(mounted_release) struct mounted mounted = { 0 };
		uint32_t node = process->node[NS_MNT];
		char pid[16];

		snprintf(pid, sizeof(pid), "%d", (int)process->pid);
		/* Where this one does not let us look, another one in it may. */
		if (node == NODE_NONE || is_seen[node] || mounted_read(procfd, pid, &mounted) < 0)
			continue;
		is_seen[node] = true;
		is_done = look(context, &(struct mount_view){
						.mnt = &inventory->nodes[node],
						.procfd = procfd,
						.pid = process->pid,
						.mounted = &mounted,
					});
	}
	return r;
}

struct keeping {
	const char *place;
	const struct mount_entry *ours; /* of this mount, only what does not follow it; or NULL */
	struct ns_id our_mnt;
	pid_t keeper;
};

/* Does a mount of others at the same place stay as it is, whatever becomes of the one that we have there? */
static bool is_apart(const struct mount_entry *ours, const struct mount_entry *theirs)
{
	/* One without any group is a copy of ours, where ours is shared: unlink(2) takes it away. */
	return !ours->shared || (theirs->shared && theirs->shared != ours->shared && !theirs->master);
}

/* Is a namespace mounted at that place here? */
static bool find_keeper(void *context, const struct mount_view *view)
{
	struct keeping *keeping = context;
	const struct mounted *mounted = view->mounted;

	if (keeping->ours && ns_id_equal(view->mnt->id, keeping->our_mnt))
		return false;
	for (size_t i = 0; i < mounted->count; i++) {
		const struct mount_entry *mount = &mounted->entries[i], *below;
		_cleanup_free_ char *here = NULL;

		if (strcmp(mount->fstype, "nsfs") != 0)
			continue;
		below = mounted_find(mounted->entries, mounted->count, mount->parent);
		here = below ? place_in(below, mount->path) : NULL;
		if (!here || strcmp(here, keeping->place) != 0 ||
		    (keeping->ours && !is_apart(keeping->ours, mount)))
			continue;
		keeping->keeper = view->pid;
		return true;
	}
	return false;
}

int mounted_elsewhere(const char *path, pid_t *ret_keeper)
{
	_cleanup_(census_release) struct census census;
	_cleanup_free_ char *place = NULL;
	_cleanup_close_ int procfd = -EBADF;
	struct keeping keeping = { 0 };
	int r;

	r = census_take(&census, ns_set_of(NS_MNT), 0);
	if (r >= 0)
		r = proc_open(&procfd);
	if (r >= 0)
		r = find_place(procfd, path, &place);
	if (r < 0)
		return r;
	if (!place)
		return -ESTALE;
	keeping.place = place;
	r = mount_views_visit(&census.inventory, find_keeper, &keeping);
	if (r == 0)
		*ret_keeper = keeping.keeper;
	return r;
}

/* The mount that a path leads to, among those that we see; NULL: it is out of sight. */
static const struct mount_entry *mount_at(const struct mounted *mounted, const char *path)
{
	struct statx st;

	if (statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_MNT_ID, &st) < 0)
		return NULL;
	return mounted_find(mounted->entries, mounted->count, (int)st.stx_mnt_id);
}

int mounted_apart(const char *path, pid_t *ret_other)
{
	_cleanup_(mounted_release) struct mounted mounted = { 0 };
	_cleanup_(census_release) struct census census = { 0 };
	_cleanup_close_ int procfd = -EBADF;
	_cleanup_free_ char *place = NULL;
	struct keeping keeping = { 0 };
	const struct mount_entry *below, *bottom;
	int r;

	r = proc_open(&procfd);
	if (r >= 0)
		r = mounted_read(procfd, "self", &mounted);
	if (r >= 0)
		r = ns_id_of_path(procfd, "self/ns/mnt", &keeping.our_mnt);
	if (r < 0)
		return r;
	keeping.ours = mount_at(&mounted, path);
	below = keeping.ours ? mounted_find(mounted.entries, mounted.count, keeping.ours->parent) : NULL;
	*ret_other = 0;
	if (!below)
		return 0;
	/* Somebody has the one that this is a slave of. */
	if (keeping.ours->master)
		return 1;
	/* What was ever private, as a copy may have been, lost its peers: these are as they were made. */
	bottom = mounted_find(mounted.entries, mounted.count, below->parent);
	if (keeping.ours->shared && below->shared && bottom && bottom->shared == below->shared)
		return 0;
	keeping.place = place = place_in(below, keeping.ours->path);
	r = census_take(&census, ns_set_of(NS_MNT), 0);
	if (r >= 0)
		r = mount_views_visit(&census.inventory, find_keeper, &keeping);
	if (r < 0)
		return r;
	*ret_other = keeping.keeper;
	return keeping.keeper != 0;
}

/* It becomes a mount first, and shared then, under a lock. */
static bool is_being_prepared(void)
{
	_cleanup_close_ int fd = open(PIN_NETNS_DIR, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) < 0;
}

bool names_stay_here(void)
{
	struct mount_groups groups;

	/* Whoever has names made this one shared. */
	if (mount_groups_read(PIN_NETNS_DIR, &groups) > 0)
		return !groups.is_shared && !is_being_prepared() &&
		       mount_groups_read(PIN_NETNS_DIR, &groups) > 0 && !groups.is_shared;
	/* And this may be private, with nobody else there. */
	return mount_groups_read(PIN_RUN_DIR, &groups) > 0 && groups.is_slave && !groups.is_shared;
}
