/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * who.h - the processes in a name, as pids and show print them.
 */
#ifndef NSX_PIN_WHO_H
#define NSX_PIN_WHO_H

#include "base.h"
#include "pin/survey.h"
#include "pin/tool.h"

/* census_take() of all types; a failure ends the program. */
void take_census(struct census *census, unsigned int facts);

/* pin_ids(); ends the program where it fails. */
void read_kept(const struct pin *pin, struct ns_id ret[NS_TYPE_COUNT]);

/* Those that are in any of the namespaces, by pid; the array is the caller's to free. */
const struct process **processes_in(const struct census *census, const struct ns_id ids[NS_TYPE_COUNT],
				    size_t *ret_count);

/* The same as an array "processes". */
void print_processes_json(struct json *json, const struct census *census,
			  const struct ns_id ids[NS_TYPE_COUNT]);

#endif /* NSX_PIN_WHO_H */
