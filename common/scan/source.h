/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * source.h - ways of finding namespaces: one file and one row each.
 *
 * A source walks what it knows to walk, or looks at what is shown to it on the
 * walk over all processes, which is made once for all of them; it hands what
 * it sees to observe() and counts what refused. What vanishes under its hands
 * is none of its concern.
 */
#ifndef NSX_SCAN_SOURCE_H
#define NSX_SCAN_SOURCE_H

#include "base.h"
#include "scan/observe.h"
#include "scan/walked.h"

struct source {
	const char *name;
	const char *help;
	bool by_default;
	unsigned int evidence; /* EVIDENCE_* that it brings */
	/* Any of these may be NULL. */
	void (*prepare)(struct scan *scan); /* widen what the other sources look for */
	/* 0, -EACCES or -EPERM where the process refuses, or another -errno that ends the scan. */
	int (*look)(struct scan *scan, struct walked *process);
	int (*look_at_descriptor)(struct scan *scan, struct walked *process,
				  const struct walked_descriptor *descriptor);
	int (*scan)(struct scan *scan); /* 0, or -errno where the source as a whole cannot work */
};

/* Each in its source_*.c. */
extern const struct source source_processes, source_threads, source_descriptors, source_sockets,
	source_relations, source_kernel, source_mounts;

/* All of them, in the order in which they are asked; ends in NULL. */
extern const struct source *const sources[];

/* Sets of sources: bit 1u << index. */
unsigned int sources_by_default(void);
unsigned int source_bit(const struct source *source);

/*
 * Read "processes,mounts". -EINVAL for an unknown or empty word, which *ret_bad
 * then points to within `text`.
 */
int sources_parse(const char *text, unsigned int *ret, const char **ret_bad);

/* The EVIDENCE_* that a set of sources brings. */
unsigned int sources_evidence(unsigned int set);

/*
 * Ask the sources of scan->sources, then link the inventory. Returns 0 or the
 * -errno of the first that fails, in the words of *ret_failed then.
 */
int sources_scan(struct scan *scan, const char **ret_failed);

/* --- For sources */

/* Visit every process, and have the sources look that want to. */
int walk_processes(struct scan *scan);

/* Its place in the inventory, added if it is not there. */
uint32_t walked_index(struct scan *scan, struct walked *process);

/* Keep its command line, for it is to be shown: read now, it is of this very process. */
void walked_note_command(struct scan *scan, struct walked *process);

/* A pidfd of the very process, borrowed; -errno, -ESRCH or -ENOENT where it is gone, -EPERM where pids are not ours. */
int walked_pidfd(const struct scan *scan, struct walked *process);

/* For FACT_SETS: a task of a process, the namespaces behind its links observed before. */
void observe_task(struct scan *scan, uint32_t process, const struct links *links);

/* Have the links of a process in process->links, read once. -EACCES, -EPERM: it refuses. */
int walked_links(struct scan *scan, struct walked *process);

#endif /* NSX_SCAN_SOURCE_H */
