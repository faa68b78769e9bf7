/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * subid.c - where subordinate ids come from.
 */
#include "subid.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "file.h"
#include "run.h"
#include "text.h"

void subid_list_release(struct subid_list *list)
{
	free(list->ranges);
	*list = (struct subid_list){ 0 };
}

static int add_range(struct subid_list *list, const char *first, const char *count)
{
	struct subid_range range;
	struct subid_range *larger;

	/* An empty range, or one beyond the last id, is of no use to anybody. */
	if (parse_id(first, &range.first) < 0 || parse_u32(count, &range.count) < 0 || !range.count ||
	    (uint64_t)range.first + range.count > UINT32_MAX)
		return 0;
	larger = reallocarray(list->ranges, list->count + 1, sizeof(*larger));
	if (!larger)
		return -ENOMEM;
	list->ranges = larger;
	list->ranges[list->count++] = range;
	return 0;
}

int subid_parse(const char *text, const char *user, uid_t uid, struct subid_list *list)
{
	_cleanup_free_ char *copy = strdup(text);
	char number[16];
	char *rest = copy, *line;

	if (!copy)
		return -ENOMEM;
	snprintf(number, sizeof(number), "%u", uid);
	while ((line = strsep(&rest, "\n"))) {
		const char *name = strsep(&line, ":");
		const char *first = strsep(&line, ":");
		int r;

		if (!first || !line || (strcmp(name, user) != 0 && strcmp(name, number) != 0))
			continue;
		r = add_range(list, first, line);
		if (r < 0)
			return r;
	}
	return 0;
}

int subid_parse_getsubids(const char *text, struct subid_list *list)
{
	_cleanup_free_ char *copy = strdup(text);
	char *rest = copy, *line;

	if (!copy)
		return -ENOMEM;
	while ((line = strsep(&rest, "\n"))) {
		char first[16], count[16];
		int r;

		if (sscanf(line, "%*u: %*s %15s %15s", first, count) != 2)
			continue;
		r = add_range(list, first, count);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Does nsswitch.conf(5) send questions for subordinate ids to another place than files? */
static bool name_service_has_subids(void)
{
	_cleanup_free_ char *text = NULL;
	const char *line;

	if (read_file(AT_FDCWD, "/etc/nsswitch.conf", &text, NULL) < 0)
		return false;
	line = text;
	while (line && strncmp(line, "subid:", 6) != 0) {
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	if (!line)
		return false;
	line += 6;
	line += strspn(line, " \t");
	return strncmp(line, "files", 5) != 0;
}

int subid_get(bool groups, const char *user, uid_t uid, struct subid_list *list)
{
	_cleanup_free_ char *text = NULL;
	int r;

	if (name_service_has_subids()) {
		const char *argv[] = { "getsubids", groups ? "-g" : user, groups ? user : NULL, NULL };

		r = run_for_output(argv, &text);
		if (r == 0)
			return subid_parse_getsubids(text, list);
		if (r != -ENOENT)
			return r;
	}
	r = read_file(AT_FDCWD, groups ? "/etc/subgid" : "/etc/subuid", &text, NULL);
	if (r == -ENOENT)
		return 0;
	return r < 0 ? r : subid_parse(text, user, uid, list);
}
