/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * user_name.c - names of users, by the name services of the system.
 */
#include "user_name.h"

#include <pwd.h>

#include "diag.h"

char *user_name(uid_t uid)
{
	const struct passwd *entry = getpwuid(uid);

	return entry ? xstrdup(entry->pw_name) : xasprintf("%u", uid);
}
