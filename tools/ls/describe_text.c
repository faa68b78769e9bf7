/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * describe_text.c - files of /proc to words.
 */
#include "ls/describe_text.h"

#include <limits.h>
#include <string.h>

#include "diag.h"
#include "mount_table.h"

/* A map may have 340 lines. */
enum { RANGES_SHOWN = 8 };

/* "uids 0:1000:1 1:100000:65536"; false where a line is none of a map. */
static bool print_map(FILE *out, const char *what, const char *map)
{
	unsigned int inside, outside, number, count = 0;
	int length;

	fputs(what, out);
	for (; *map; map += length) {
		length = 0;
		if (sscanf(map, " %u %u %u %n", &inside, &outside, &number, &length) != 3 || !length)
			return false;
		if (count++ < RANGES_SHOWN)
			fprintf(out, " %u:%u:%u", inside, outside, number);
	}
	if (count > RANGES_SHOWN)
		fprintf(out, " and %u more", count - RANGES_SHOWN);
	if (count == 0)
		fputs(" none", out);
	return true;
}

/* What was printed to a memory stream, if it is good. */
static char *finish_text(FILE *out, char **text, bool is_good)
{
	if (fclose(out) != 0)
		die_oom();
	return is_good ? take_ptr(*text) : NULL;
}

static FILE *start_text(char **text, size_t *size)
{
	FILE *out = open_memstream(text, size);

	if (!out)
		die_oom();
	return out;
}

char *describe_id_maps(const char *uids, const char *gids)
{
	_cleanup_free_ char *text = NULL;
	size_t size;
	FILE *out = start_text(&text, &size);
	bool is_good;

	is_good = print_map(out, "uids", uids) && print_map(out, ", gids", gids);
	return finish_text(out, &text, is_good);
}

/* Seconds and nanoseconds, which are never negative: -2 and 500000000 are -1.5 seconds. */
static void print_offset(FILE *out, const char *clock, long long seconds, long nanoseconds)
{
	bool is_negative = seconds < 0;

	if (is_negative && nanoseconds) {
		seconds++;
		nanoseconds = 1000000000 - nanoseconds;
	}
	fprintf(out, "%s %s%lld", clock,
		is_negative		 ? "-"
		: seconds || nanoseconds ? "+"
					 : "",
		is_negative ? -seconds : seconds);
	if (nanoseconds) {
		char digits[16];
		size_t length = (size_t)snprintf(digits, sizeof(digits), "%09ld", nanoseconds);

		while (digits[length - 1] == '0')
			digits[--length] = '\0';
		fprintf(out, ".%s", digits);
	}
}

char *describe_clocks(const char *offsets)
{
	_cleanup_free_ char *text = NULL;
	size_t size;
	FILE *out = start_text(&text, &size);
	const char *separator = "";
	long long seconds;
	long nanoseconds;
	char clock[16];
	int length;

	for (; *offsets; offsets += length) {
		length = 0;
		if (sscanf(offsets, " %15s %lld %ld %n", clock, &seconds, &nanoseconds, &length) != 3 ||
		    !length || nanoseconds < 0 || nanoseconds > 999999999 || seconds == LLONG_MIN)
			return finish_text(out, &text, false);
		fputs(separator, out);
		print_offset(out, clock, seconds, nanoseconds);
		separator = ", ";
	}
	return finish_text(out, &text, *separator);
}

/* "ext4 on /dev/sda1", "/images/a of btrfs on /dev/sdb", "overlay". */
static char *describe_root(const struct mount_entry *root)
{
	bool is_part = strcmp(root->root, "/") != 0;
	/* The source of what has none is often its type again, or a word like "none". */
	bool has_source = strchr(root->source, '/');

	return xasprintf("%s%s%s%s%s", is_part ? root->root : "", is_part ? " of " : "", root->fstype,
			 has_source ? " on " : "", has_source ? root->source : "");
}

char *describe_mounts(char *mountinfo, long count)
{
	_cleanup_free_ char *root = NULL;
	struct mount_entry mount;
	long lines = 0;
	char *line;

	while ((line = strsep(&mountinfo, "\n"))) {
		if (mount_entry_parse(line, &mount) < 0)
			continue;
		lines++;
		/* The last of those on the root covers the others. */
		if (strcmp(mount.path, "/") == 0) {
			free(root);
			root = describe_root(&mount);
		}
	}
	if (count < 0)
		count = lines;
	return xasprintf("%ld mount%s%s%s", count, count == 1 ? "" : "s", root ? ", / is " : "",
			 root ? root : "");
}

char *describe_cgroup_root(const char *from_here, const char *from_there)
{
	size_t here = strlen(from_here), there = strlen(from_there);

	if (strcmp(from_there, "/") == 0)
		return xstrdup(from_here);
	if (strcmp(from_here, from_there) == 0)
		return xstrdup("/");
	if (strncmp(from_there, "/..", 3) == 0 || there >= here ||
	    strcmp(from_here + here - there, from_there) != 0)
		return NULL;
	return xasprintf("%.*s", (int)(here - there), from_here);
}
