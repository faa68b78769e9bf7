/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz-cgroup.c - /proc/PID/cgroup, and the units and containers in its paths:
 * cgroup.h. The first line is the name that is looked for.
 */
#include "cgroup.h"
#include "fuzz.h"
#include "ls/describe_text.h"

static void check_path(const char *path, const char *name)
{
	char found[CGROUP_NAME_SIZE];
	size_t length = 0;
	char *root;

	if (cgroup_path_unit(path, found)) {
		holds(strlen(found) < sizeof(found));
		holds(cgroup_path_in_unit(path, found, &length) && length <= strlen(path));
	}
	if (cgroup_path_container(path, found)) {
		holds(strlen(found) < sizeof(found));
		holds(cgroup_path_in_container(path, found, &length) != 0);
	}
	if (cgroup_path_in_unit(path, name, &length))
		holds(length <= strlen(path) && cgroup_path_is_below(path, path, length));
	if (cgroup_path_in_container(path, name, &length) > 0)
		holds(length <= strlen(path) && cgroup_path_is_below(path, path, length));
	root = describe_cgroup_root(path, name);
	free(root);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), *rest = text;
	const char *name = fuzz_line(&rest);
	struct cgroup_table table;

	/* The table owns its text, also where it is none. */
	if (cgroup_table_parse(fuzz_text(rest, strlen(rest)), &table) == 0) {
		for (size_t i = 0; i < table.count; i++)
			check_path(table.lines[i].path, name);
		cgroup_table_release(&table);
	}
	free(text);
	return 0;
}
