/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * user_name.h - who a user is, for people and for files that have names.
 */
#ifndef NSX_USER_NAME_H
#define NSX_USER_NAME_H

#include "base.h"

/* The name that getpwuid(3) knows, otherwise the number; for the caller to free. */
char *user_name(uid_t uid);

#endif /* NSX_USER_NAME_H */
