/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * subid.h - the subordinate ids of a user: subuid(5), subgid(5), and whatever
 * name service nsswitch.conf(5) gives for them, asked through getsubids(1).
 */
#ifndef NSX_SUBID_H
#define NSX_SUBID_H

#include "base.h"

#include <sys/types.h>

struct subid_range {
	uint32_t first;
	uint32_t count;
};

struct subid_list {
	struct subid_range *ranges;
	size_t count;
};

void subid_list_release(struct subid_list *list);

/*
 * Add what the text of a subuid(5) file has for the user: all lines that name
 * it or its number. Lines that are none are passed over, as login tools do.
 */
int subid_parse(const char *text, const char *user, uid_t uid, struct subid_list *list);

/* Add what the output of getsubids(1) has: "0: user 100000 65536" a line. */
int subid_parse_getsubids(const char *text, struct subid_list *list);

/* All ranges of the user, of groups or of users. An empty list is no error. */
int subid_get(bool groups, const char *user, uid_t uid, struct subid_list *list);

#endif /* NSX_SUBID_H */
