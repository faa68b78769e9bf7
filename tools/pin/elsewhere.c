/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * elsewhere.c - read the mounts of each mount namespace, through a process in it.
 */
#include "pin/elsewhere.h"

#include <string.h>

#include "diag.h"
#include "file.h"
#include "mount_table.h"
#include "pin/survey.h"
#include "proc.h"
#include "scan/mounted.h"

static bool is_mounted_in(char *mountinfo, const char *path, enum ns_type wanted, ino_t wanted_inode)
{
	char *line;

	while ((line = strsep(&mountinfo, "\n"))) {
		struct mount_entry mount;
		enum ns_type type;
		ino_t inode;

		if (mount_entry_parse(line, &mount) == 0 && mounted_is_namespace(&mount, &type, &inode) &&
		    type == wanted && inode == wanted_inode && strcmp(mount.path, path) == 0)
			return true;
	}
	return false;
}

int mounted_elsewhere(const char *path, enum ns_type type, ino_t inode, pid_t *ret_keeper)
{
	_cleanup_(census_release) struct census census;
	_cleanup_free_ bool *is_seen = NULL;
	_cleanup_close_ int procfd = -EBADF;
	pid_t keeper = 0;
	int r;

	r = census_take(&census, ns_set_of(NS_MNT), 0);
	if (r >= 0)
		r = proc_open(&procfd);
	if (r < 0)
		return r;
	is_seen = xcalloc(census.inventory.n_nodes, sizeof(*is_seen));
	for (size_t i = 0; i < census.inventory.n_processes && !keeper; i++) {
		const struct process *process = &census.inventory.processes[i];
		_cleanup_free_ char *file = xasprintf("%d/mountinfo", (int)process->pid);
		_cleanup_free_ char *text = NULL;
		uint32_t node = process->node[NS_MNT];

		/* Another process in it may let us look where this one does not. */
		if (node == NODE_NONE || is_seen[node] || read_file(procfd, file, &text, NULL) < 0)
			continue;
		is_seen[node] = true;
		if (is_mounted_in(text, path, type, inode))
			keeper = process->pid;
	}
	*ret_keeper = keeper;
	return 0;
}
