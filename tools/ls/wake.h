/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wake.h - what wakes a watch: sources of events of the kernel, one file each.
 * A source tells the news (news.h) what it hears. Each may be missing, for want
 * of rights or on an older kernel; what none tells of is found by time.
 */
#ifndef NSX_LS_WAKE_H
#define NSX_LS_WAKE_H

#include "base.h"
#include "ls/news.h"
#include "scan/observe.h"

struct wake;

struct wake_source {
	const char *name;
	const char *tells; /* what it tells of, for --verbose */
	bool is_substitute; /* for the one before it */
	/* Start listening; what it has to remember goes to *ret. -errno where it cannot be had. */
	int (*open)(struct wake *wake, void **ret);
	/* Something came: tell the news. -errno: nothing more will. */
	int (*read)(struct wake *wake, void *state);
	/* After a look, while its descriptors are open; or NULL. */
	void (*renew)(void *state, const struct inventory *inventory);
	void (*close)(void *state);
};

/* Each in its wake_*.c. */
extern const struct wake_source wake_perf, wake_proc, wake_mounts;

enum { WAKE_SOURCES = 3 };

struct wake {
	int epoll;
	int procfd; /* borrowed */
	struct news news;
	bool is_open[WAKE_SOURCES];
	void *states[WAKE_SOURCES];
};

#define WAKE_NONE                                                                                            \
	{                                                                                                    \
		.epoll = -EBADF, .procfd = -EBADF                                                            \
	}

/* Listen to all that can be had. `procfd` must outlive it. */
int wake_open(struct wake *wake, int procfd);
void wake_release(struct wake *wake);

/*
 * Wait for events of sources, or of a descriptor that the caller added with
 * wake_add() under a number from WAKE_SOURCES on; that number, or -EAGAIN where
 * it was sources or `timeout_ms` (-1: none) passed.
 */
int wake_wait(struct wake *wake, int timeout_ms);

/* Wait for this descriptor, too. */
int wake_add(struct wake *wake, int fd, uint32_t events, uint32_t number);

/* Tell sources what a look found. */
void wake_renew(struct wake *wake, const struct inventory *inventory);

/* For sources: the number of one, for wake_add(). */
uint32_t wake_number(const struct wake_source *source);

/* For sources: read the links of a task and tell the news. */
void wake_judge_task(struct wake *wake, pid_t pid, pid_t tid);

#endif /* NSX_LS_WAKE_H */
