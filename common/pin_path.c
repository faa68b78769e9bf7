/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pin_path.c - rules for names, and names of files.
 */
#include "pin_path.h"

#include <limits.h>
#include <string.h>

#include "diag.h"

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

/* Does a path begin with a directory? What is behind the slash then. */
static const char *below(const char *path, const char *directory)
{
	size_t length = strlen(directory);

	return strncmp(path, directory, length) == 0 && path[length] == '/' ? path + length + 1 : NULL;
}

char *pin_path_name(const char *path, enum ns_type type)
{
	const char *rest = below(path, type == NS_NET ? PIN_NETNS_DIR : PIN_NSX_DIR);
	size_t length = rest ? strcspn(rest, "/") : 0;
	_cleanup_free_ char *name = rest ? xasprintf("%.*s", (int)length, rest) : NULL;
	const char *file = rest ? rest + length : NULL;

	if (!name || pin_name_problem(name))
		return NULL;
	if (type == NS_NET ? *file : *file != '/' || strcmp(file + 1, ns_types[type].name) != 0)
		return NULL;
	return take_ptr(name);
}
