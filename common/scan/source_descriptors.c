/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * source_descriptors.c - namespace files that processes have open, those that
 * were opened with O_PATH or belong to a mount that is mounted nowhere included:
 * the link of each says which namespace it is.
 */
#include "scan/source.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "ns_query.h"

/*
 * Was it opened where it is mounted? Then its link shows that path. Asking for
 * no attribute, and for nothing fresh, makes no file system do anything: one of
 * the process's own might never answer.
 */
static bool is_mounted_file(const struct scan *scan, const struct walked_descriptor *descriptor)
{
	struct statx st;

	return *descriptor->target == '/' && scan->nsfs &&
	       statx(descriptor->dirfd, descriptor->name, AT_STATX_DONT_SYNC, 0, &st) == 0 &&
	       makedev(st.stx_dev_major, st.stx_dev_minor) == scan->nsfs;
}

static int look_at_descriptor(struct scan *scan, struct walked *process,
			      const struct walked_descriptor *descriptor)
{
	char shown[64];
	struct holder holder = { .pid = process->pid, .number = descriptor->number, .other = NODE_NONE };
	struct sight sight = {
		.id.dev = scan->nsfs,
		.evidence = EVIDENCE_DESCRIPTOR,
		.process = PROCESS_NONE,
		.dirfd = descriptor->dirfd,
		.path = descriptor->name,
		/* We shall be gone before anybody can use ours. */
		.shown = process->is_self ? NULL : shown,
		.holder = process->is_self ? NULL : &holder,
	};

	snprintf(shown, sizeof(shown), "/proc/%d/%s/%s", (int)process->pid, descriptor->dir,
		 descriptor->name);
	if (is_mounted_file(scan, descriptor)) {
		_cleanup_close_ int fd = -EBADF;
		int r = ns_open(descriptor->dirfd, descriptor->name, &fd);

		if (r == 0)
			r = observe_fd(scan, fd, EVIDENCE_DESCRIPTOR, sight.shown, sight.holder, NULL);
		scan_lose(scan, r);
		return 0;
	}
	if (ns_link_parse(descriptor->target, &sight.type, &sight.id.ino) < 0 || !scan->nsfs ||
	    !ns_set_has(scan->types, sight.type))
		return 0;
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
