/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * news.h - whether what the kernel tells of tasks can have changed which
 * namespaces there are, so that a look is worth its cost: most tasks come, go
 * and leave all namespaces as they were. Judged by what the last look found.
 *
 * Wake-up sources (wake.h) tell; the watch asks. When in doubt, a look is due.
 */
#ifndef NSX_LS_NEWS_H
#define NSX_LS_NEWS_H

#include "base.h"
#include "ns_type.h"
#include "scan/inventory.h"
#include "scan/source.h"

/* A namespace that a task was in, and that no look has found yet. */
struct glimpse {
	enum ns_type type;
	ino_t ino;
	pid_t pid;
};

enum { NEWS_OWN_TASKS = 32, NEWS_GLIMPSES_MAX = 4096 };

struct news {
	struct inventory *inventory; /* of the last look; its counts go down as processes end. Or NULL */
	ns_set types; /* those that are looked for; others are no news */
	dev_t nsfs;
	bool is_due;	   /* a look is */
	bool is_of_an_end; /* and one a moment later: a zombie keeps its user and pid namespaces */
	struct glimpse *glimpses;
	size_t n_glimpses, glimpses_room;
	/* Those that worked for us lately: what they do is no news. */
	pid_t own[NEWS_OWN_TASKS];
	unsigned int n_own;
};

/* A process was born to a parent. */
void news_of_birth(struct news *news, pid_t pid, pid_t parent);

/* A task is in these. */
void news_of_links(struct news *news, pid_t pid, pid_t tid, const struct links *links);

/* A task has ended. */
void news_of_end(struct news *news, pid_t pid, pid_t tid);

/* Something was not told, or cannot be judged. */
void news_of_anything(struct news *news);

/* Is it one of those that work for us? */
bool news_is_own(const struct news *news, pid_t pid);

/* All is known now. */
void news_clear(struct news *news);

void news_release(struct news *news);

#endif /* NSX_LS_NEWS_H */
