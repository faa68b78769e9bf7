/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * survey.h - how names fare: what each of their namespaces is, who is in it,
 * and whether it can be used. Processes are looked at once for all names.
 */
#ifndef NSX_PIN_SURVEY_H
#define NSX_PIN_SURVEY_H

#include "base.h"
#include "ns_id.h"
#include "pin_registry.h"
#include "scan/counts.h"
#include "scan/inventory.h"

#include <sys/types.h>

enum pin_state {
	PIN_OK,
	PIN_STALE,	    /* its file holds no namespace any more, or its holder has ended */
	PIN_NOT_NAMESPACE,  /* something else is there */
	PIN_INIT_DEAD,	    /* a pid namespace in which nothing can be started any more */
	PIN_CLOSED,	    /* not for us to see */
};

/* In words, as in nsx-pin(8). */
const char *pin_state_name(enum pin_state state);

/* One namespace of one name. */
struct pin_look {
	enum pin_state state;
	struct ns_id id;     /* zeros where there is none */
	uint64_t nsid;	     /* 0 where not to be had */
	pid_t init;	     /* of a pid namespace; 0: none, or not in sight */
};

/* Look at it. -ENOENT: it was taken away meanwhile. */
int pin_look_at(const struct pin *pin, enum ns_type type, struct pin_look *ret);

/* The same where it keeps one of that type that is for us to see: 1, otherwise 0; or -errno. */
int pin_look_at_kept(const struct pin *pin, enum ns_type type, struct pin_look *ret);

/* All processes, and which namespaces they are in. */
struct census {
	struct inventory inventory;
	uint32_t *below; /* by node: processes in it, and for pid namespaces in those below it */
	struct scan_counts counts;
};

/*
 * 0, or -errno. Facts: FACT_PARENT counts those in lower pid namespaces, too;
 * FACT_HOLDERS looks for all else that keeps a namespace, wherever it is.
 */
int census_take(struct census *census, ns_set types, unsigned int facts);
void census_release(struct census *census);

/* How many processes are in a namespace, without a process that does not count (0: all do). */
uint32_t census_count(const struct census *census, enum ns_type type, struct ns_id id, pid_t but);

/* The types of which a process is in the namespaces given; ids of zeros are none. */
ns_set census_types_of(const struct census *census, const struct process *process,
		       const struct ns_id ids[NS_TYPE_COUNT]);

/* The ids of what a name keeps, zeros where it keeps none that is well. -errno where that cannot be told. */
int pin_ids(const struct pin *pin, struct ns_id ret[NS_TYPE_COUNT]);

/* Has a process ended, even if its parent has not seen that yet? */
bool is_zombie(pid_t pid);

/* The command name of a process, for the caller to free; NULL: it is gone. */
char *command_of(pid_t pid);

#endif /* NSX_PIN_SURVEY_H */
