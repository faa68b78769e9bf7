/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * elsewhere.c - read the mounts of each mount namespace, through a process in it.
 */
#include "pin/elsewhere.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "diag.h"
#include "mount_table.h"
#include "pin/survey.h"
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
	pid_t keeper;
};

/* Is a namespace mounted at that place here? */
static bool find_keeper(void *context, const struct mount_view *view)
{
	struct keeping *keeping = context;
	const struct mounted *mounted = view->mounted;

	for (size_t i = 0; i < mounted->count; i++) {
		const struct mount_entry *mount = &mounted->entries[i], *below;
		_cleanup_free_ char *here = NULL;

		if (strcmp(mount->fstype, "nsfs") != 0)
			continue;
		below = mounted_find(mounted->entries, mounted->count, mount->parent);
		here = below ? place_in(below, mount->path) : NULL;
		if (!here || strcmp(here, keeping->place) != 0)
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
