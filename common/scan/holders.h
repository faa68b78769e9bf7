/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * holders.h - what keeps namespaces alive, in order and in words. Pure: of an
 * inventory that was made with FACT_HOLDERS.
 */
#ifndef NSX_SCAN_HOLDERS_H
#define NSX_SCAN_HOLDERS_H

#include "base.h"
#include "scan/inventory.h"
#include "scan/pinned.h"

/*
 * What may keep a namespace, in the order in which it is shown. That the kernel
 * lists one (EVIDENCE_KERNEL) does not tell what for.
 */
enum { HOLDER_KINDS = 8 };

extern const struct holder_kind {
	unsigned int evidence; /* one EVIDENCE_* */
	const char *name;
} holder_kinds[HOLDER_KINDS];

/*
 * Those of the nodes that wants() takes, by namespace, kind, process and number.
 * The array is the caller's to free, what it points to the inventory's.
 */
const struct holder **holders_sorted(const struct inventory *inventory,
				     bool (*wants)(const void *context, uint32_t node), const void *context,
				     size_t *ret_count);

/* One in words; what is not known or does not apply is NULL, 0, or -1. */
struct holder_words {
	const char *kind; /* "process", "descriptor", "pin" ... */
	pid_t pid, thread;
	int fd;
	char *other; /* the link of a namespace: what it owns, is the parent of, or where it is mounted */
	char *name;  /* of nsx-pin */
	const char *path, *command;
};

void holder_describe(const struct inventory *inventory, const struct holder *holder,
		     const struct pinned_list *pinned, struct holder_words *ret);
void holder_words_release(struct holder_words *words);

#endif /* NSX_SCAN_HOLDERS_H */
