/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * source_descriptors.c - namespace files that processes have open, those that
 * were opened with O_PATH or belong to a mount that is mounted nowhere included:
 * the link of each says which namespace it is.
 */
#include "scan/source.h"

#include <stdio.h>

#include "ns_query.h"

/*
 * One that was opened where it is mounted: its link shows that path. By now it
 * may be another file.
 */
static int observe_mounted(struct scan *scan, const struct sight *sight)
{
	_cleanup_close_ int fd = -EBADF;
	int r = ns_open(sight->dirfd, sight->path, &fd);

	if (r == 0)
		r = observe_fd(scan, fd, EVIDENCE_DESCRIPTOR, sight->shown, sight->holder, NULL);
	scan_lose(scan, r);
	return is_refusal(r) ? r : 0;
}

static int look_at_descriptor(struct scan *scan, struct walked *process,
			      const struct walked_descriptor *descriptor)
{
	char path[WALKED_PATH_SIZE], shown[64];
	struct holder holder = { .pid = process->pid, .number = descriptor->number, .other = NODE_NONE };
	struct sight sight = {
		.type = descriptor->type,
		.id = { .dev = scan->nsfs, .ino = descriptor->inode },
		.evidence = EVIDENCE_DESCRIPTOR,
		.process = PROCESS_NONE,
		.dirfd = process->dirfd,
		.path = path,
		/* We shall be gone before anybody can use ours. */
		.shown = process->is_self ? NULL : shown,
		.holder = process->is_self ? NULL : &holder,
	};

	if (!scan->nsfs ||
	    (descriptor->what != DESCRIPTOR_NAMESPACE && descriptor->what != DESCRIPTOR_MOUNTED))
		return 0;
	walked_descriptor_path(descriptor, path);
	snprintf(shown, sizeof(shown), "/proc/%d/%s", (int)process->pid, path);
	if (descriptor->what == DESCRIPTOR_MOUNTED)
		return observe_mounted(scan, &sight);
	if (ns_set_has(scan->types, sight.type))
		observe(scan, &sight);
	return 0;
}

const struct source source_descriptors = {
	.name = "descriptors",
	.help = "namespace files that processes have open",
	.by_default = true,
	.evidence = EVIDENCE_DESCRIPTOR,
	.look_at_descriptor = look_at_descriptor,
};
