/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * source_relations.c - parents of pid and user namespaces, and the user
 * namespaces that own others: all the way up from every namespace found.
 * observe() asks; this says what is to be asked, and of which.
 */
#include "scan/source.h"

static void prepare(struct scan *scan)
{
	if (ns_set_has(scan->types, NS_PID))
		scan->facts |= FACT_PARENT;
	/* One of any type may be all that its owner lives for. */
	if (ns_set_has(scan->types, NS_USER)) {
		scan->facts |= FACT_OWNER;
		scan->types = NS_SET_ALL;
	}
}

const struct source source_relations = {
	.name = "relations",
	.help = "parents and owners of other namespaces",
	.by_default = true,
	.evidence = EVIDENCE_OF_RELATIONS,
	.prepare = prepare,
};
