/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe.h - what this caller can do here, found out by doing it in a child
 * that ends at once. No look at a sysctl tells as much: on some systems the
 * namespace can be made, and then every use of it is refused.
 */
#ifndef NSX_PROBE_H
#define NSX_PROBE_H

#include "base.h"
#include "ns_type.h"

/*
 * One thing to try. It runs in a child of ours; 0 or -errno. `step` is the
 * word for where it failed, for hint.h.
 */
struct probe {
	const char *name;    /* "net", "mount-proc" */
	const char *purpose; /* "a network namespace" */
	ns_set creates;	     /* besides the user namespace that it may take */
	int (*attempt)(void);
};

/* The eight types first, in the table's order, then what people combine. */
extern const struct probe probes[];
extern const size_t probe_count;

/*
 * Try it: 0, or the -errno it failed with; -ECANCELED where the child was
 * killed. *ret_with_user: it worked, but only within a new user namespace.
 */
int probe_try(const struct probe *probe, bool *ret_with_user);

/*
 * The types that can be created here, in a new user namespace where need be.
 * Where there is none, what refuses the first. -EAGAIN, -ENOMEM, -ECANCELED: it
 * could not be tried.
 */
int probe_creatable(ns_set *ret);

#endif /* NSX_PROBE_H */
