/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fake.h - an inventory made by hand, as a source would: through observe(),
 * with nothing of this machine in it. Inode numbers stand for namespaces.
 */
#ifndef NSX_TESTS_FAKE_H
#define NSX_TESTS_FAKE_H

#include "base.h"
#include "scan/observe.h"

enum { FAKE_DEVICE = 4 };

static inline uint32_t fake_sight(struct inventory *inventory, enum ns_type type, ino_t ino,
				  unsigned int evidence, uint32_t process)
{
	struct scan scan = { .inventory = inventory, .types = NS_SET_ALL, .nsfs = FAKE_DEVICE };
	struct sight sight = {
		.type = type,
		.id = { .dev = FAKE_DEVICE, .ino = ino },
		.evidence = evidence,
		.process = process,
		.dirfd = -EBADF,
		.path = "",
	};

	return observe(&scan, &sight);
}

/* A process with a parent, in one namespace; more with fake_sight(). */
static inline uint32_t fake_process(struct inventory *inventory, pid_t pid, pid_t ppid, enum ns_type type,
				    ino_t ino)
{
	uint32_t process = inventory_add_process(inventory, pid);

	inventory->processes[process].ppid = ppid;
	fake_sight(inventory, type, ino, EVIDENCE_PROCESS, process);
	return process;
}

static inline uint32_t fake_find(const struct inventory *inventory, enum ns_type type, ino_t ino)
{
	return inventory_find_node(inventory, type, (struct ns_id){ .dev = FAKE_DEVICE, .ino = ino });
}

static inline struct node *fake_node(struct inventory *inventory, enum ns_type type, ino_t ino)
{
	return &inventory->nodes[fake_find(inventory, type, ino)];
}

#endif /* NSX_TESTS_FAKE_H */
