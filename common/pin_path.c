/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pin_path.c - rules for names.
 */
#include "pin_path.h"

#include <limits.h>
#include <string.h>

const char *pin_name_problem(const char *name)
{
	if (!*name)
		return "it is empty";
	if (strlen(name) > NAME_MAX)
		return "it is longer than 255 bytes";
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return "that is a directory";
	if (*name == '-')
		return "it would read as an option";
	for (const unsigned char *c = (const unsigned char *)name; *c; c++) {
		if (*c == '/')
			return "it has a slash in it";
		if (*c < 0x20 || *c == 0x7f)
			return "it has a control character in it";
	}
	return NULL;
}
