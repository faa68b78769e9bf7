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

/* Is a namespace mounted there, as this process sees it? 1, 0 or -errno. */
static int is_mounted_on(int procfd, pid_t pid, const char *place)
{
	_cleanup_(mounted_release) struct mounted mounted = { 0 };
	char process[16];
	int r;

	snprintf(process, sizeof(process), "%d", (int)pid);
	r = mounted_read(procfd, process, &mounted);
	if (r < 0)
		return r;
	for (size_t i = 0; i < mounted.count; i++) {
		const struct mount_entry *mount = &mounted.entries[i], *below;
		_cleanup_free_ char *here = NULL;

		if (strcmp(mount->fstype, "nsfs") != 0)
			continue;
		below = mounted_find(mounted.entries, mounted.count, mount->parent);
		here = below ? place_in(below, mount->path) : NULL;
		if (here && strcmp(here, place) == 0)
			return 1;
	}
	return 0;
}

int mounted_elsewhere(const char *path, pid_t *ret_keeper)
{
	_cleanup_(census_release) struct census census;
	_cleanup_free_ bool *is_seen = NULL;
	_cleanup_free_ char *place = NULL;
	_cleanup_close_ int procfd = -EBADF;
	pid_t keeper = 0;
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
	is_seen = xcalloc(census.inventory.n_nodes, sizeof(*is_seen));
	for (size_t i = 0; i < census.inventory.n_processes && !keeper; i++) {
		const struct process *process = &census.inventory.processes[i];
		uint32_t node = process->node[NS_MNT];

		if (node == NODE_NONE || is_seen[node])
			continue;
		r = is_mounted_on(procfd, process->pid, place);
		/* Where this one does not let us look, another one in it may. */
		is_seen[node] = r >= 0;
		if (r > 0)
			keeper = process->pid;
	}
	*ret_keeper = keeper;
	return 0;
}
