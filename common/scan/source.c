/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * source.c - the list of sources, and a run of them.
 */
#include "scan/source.h"

#include <string.h>
#include <sys/resource.h>

#include "diag.h"
#include "scan/heads.h"

/*
 * What shows processes comes first, in one walk; then what finds others from
 * there. Mounts are last, for every mount namespace found is to be searched.
 */
const struct source *const sources[] = {
	&source_processes, &source_threads, &source_descriptors, &source_sockets,
	&source_relations, &source_kernel,  &source_mounts,	 NULL,
};

unsigned int source_bit(const struct source *source)
{
	size_t i = 0;

	while (sources[i] != source)
		i++;
	return 1u << i;
}

unsigned int sources_by_default(void)
{
	unsigned int set = 0;

	for (size_t i = 0; sources[i]; i++)
		if (sources[i]->by_default)
			set |= 1u << i;
	return set;
}

static int find_source(const char *name, size_t length)
{
	for (int i = 0; sources[i]; i++)
		if (strlen(sources[i]->name) == length && strncmp(sources[i]->name, name, length) == 0)
			return i;
	return -EINVAL;
}

int sources_parse(const char *text, unsigned int *ret, const char **ret_bad)
{
	unsigned int set = 0;

	for (;;) {
		size_t length = strcspn(text, ",");
		int index = find_source(text, length);

		if (index < 0) {
			*ret_bad = text;
			return index;
		}
		set |= 1u << index;
		if (!text[length])
			break;
		text += length + 1;
	}
	*ret = set;
	return 0;
}

unsigned int sources_evidence(unsigned int set)
{
	unsigned int evidence = 0;

	for (size_t i = 0; sources[i]; i++)
		if (set & (1u << i))
			evidence |= sources[i]->evidence;
	return evidence;
}

/* More descriptors than this cost more, in tables and in forks, than they bring. */
enum { ENOUGH_DESCRIPTORS = 65536 };

/*
 * Room for what is to be held. Held descriptors stay above the limit that the
 * caller had: with that limit back in force, it can open files as before.
 */
static void raise_limit(struct scan *scan, struct rlimit *ret_before)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	*ret_before = limit;
	if (!(scan->held || (scan->facts & FACT_OPEN)) || limit.rlim_cur >= limit.rlim_max ||
	    limit.rlim_cur >= ENOUGH_DESCRIPTORS)
		return;
	scan->held_from = (int)limit.rlim_cur;
	limit.rlim_cur = limit.rlim_max < ENOUGH_DESCRIPTORS ? limit.rlim_max : ENOUGH_DESCRIPTORS;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static int ask(struct scan *scan, const char **ret_failed)
{
	int r;

	r = walk_processes(scan);
	if (r < 0) {
		*ret_failed = source_processes.name;
		return r;
	}
	for (size_t i = 0; sources[i] && !scan_is_over(scan); i++) {
		if (!(scan->sources & (1u << i)) || !sources[i]->scan)
			continue;
		r = sources[i]->scan(scan);
		if (r < 0) {
			*ret_failed = sources[i]->name;
			return r;
		}
		debug("asked %s: %zu namespaces so far", sources[i]->name, scan->inventory->n_nodes);
	}
	*ret_failed = "namespaces";
	return scan_is_over(scan) ? 0 : scan->loss;
}

int sources_scan(struct scan *scan, const char **ret_failed)
{
	struct rlimit before = { 0 };
	int r;

	for (size_t i = 0; sources[i]; i++)
		if ((scan->sources & (1u << i)) && sources[i]->prepare)
			sources[i]->prepare(scan);
	scan->inventory->lacks_processes = !(scan->sources & source_bit(&source_processes));
	raise_limit(scan, &before);
	r = ask(scan, ret_failed);
	if (before.rlim_max)
		setrlimit(RLIMIT_NOFILE, &before);
	if (r == 0)
		inventory_link(scan->inventory);
	if (r == 0 && (scan->facts & FACT_HEAD))
		heads_find(scan->inventory);
	return r;
}
