/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * describe.h - what a namespace is, in a few words: the host name, the
 * addresses, the mounts, the maps. From /proc where a process in it shows that
 * there, else from a worker that enters it (describe_inside.h).
 */
#ifndef NSX_LS_DESCRIBE_H
#define NSX_LS_DESCRIBE_H

#include "base.h"
#include "scan/observe.h"
#include "worker.h"

struct describer {
	const struct scan *scan;
	struct worker worker;
	bool has_moved; /* the worker, from where it started */
	int patience_ms;
};

enum { DESCRIBER_PATIENCE_MS = 2000 };

#define DESCRIBER_NONE(a_scan)                                                                               \
	{                                                                                                    \
		.scan = (a_scan), .worker = WORKER_NONE, .patience_ms = DESCRIBER_PATIENCE_MS                \
	}

/*
 * Describe a namespace of a finished scan (FACT_OPEN; of pid namespaces
 * FACT_PARENT, and node->init is set), for the caller to free. NULL where it is
 * gone, does not let us in, or does not answer in time; each that does not
 * makes the describer less patient with the next.
 */
char *describe(struct describer *describer, uint32_t node);

void describer_release(struct describer *describer);

#endif /* NSX_LS_DESCRIBE_H */
