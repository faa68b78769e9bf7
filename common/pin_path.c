/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pin_path.c - names and paths of pins.
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

char *pin_dir_path(const char *name)
{
	return xasprintf("%s/%s", PIN_NSX_DIR, name);
}

char *pin_file_path(const char *name, enum ns_type type)
{
	if (type == NS_NET)
		return xasprintf("%s/%s", PIN_NETNS_DIR, name);
	return xasprintf("%s/%s/%s", PIN_NSX_DIR, name, ns_types[type].name);
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
	_cleanup_free_ char *name = rest ? xasprintf("%.*s", (int)strcspn(rest, "/"), rest) : NULL;
	_cleanup_free_ char *file = NULL;

	if (!name || pin_name_problem(name))
		return NULL;
	file = pin_file_path(name, type);
	return strcmp(file, path) == 0 ? take_ptr(name) : NULL;
}
