/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unshare_check.h - nsx-unshare --check: what this caller can do here, tried
 * and told, with why not and what to change.
 */
#ifndef NSX_UNSHARE_CHECK_H
#define NSX_UNSHARE_CHECK_H

#include "base.h"

/*
 * Print a table, or JSON: {"checks": [{"name", "can", "user", "error", "why"}]},
 * where "can" is a boolean, "user" whether it takes a new user namespace, and
 * the last two are null where it can. Returns EXIT_SUCCESS where all can be
 * done, else EXIT_FAILURE.
 */
int unshare_check(bool json);

#endif /* NSX_UNSHARE_CHECK_H */
