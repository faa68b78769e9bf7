/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * readers.h - all processes, one after the other, read ahead by threads.
 *
 * What a process costs is spent in the kernel, and reading one has nothing to
 * do with reading another. So threads read, each a few processes at a time,
 * and the caller gets them in the order of /proc, to think about them alone.
 * Where none of them is ready, the caller reads as well; with no threads, all.
 */
#ifndef NSX_SCAN_READERS_H
#define NSX_SCAN_READERS_H

#include "base.h"
#include "proc.h"
#include "scan/walked.h"

#include <pthread.h>

/* More would wait for each other, and for the caller. */
enum { READERS_MAX = 3 };

/* Processes of one batch, and batches at a time: each process holds its directory open. */
enum { READERS_BATCH = 16, READERS_BATCHES = 2 * (READERS_MAX + 1) };

struct readers_batch {
	struct walked processes[READERS_BATCH];
	size_t count;
	bool is_read;
};

/* For the functions below; readers_start() fills it in. */
struct readers {
	struct walked_wish wish;
	pthread_t threads[READERS_MAX];
	size_t n_threads;
	size_t batch_size;

	/* What the caller is at, its own: a batch, or NULL, and what comes next in it. */
	struct readers_batch *current;
	size_t at;

	/* Of all that follows, but for batches that are being read, or current. */
	pthread_mutex_t lock;
	pthread_cond_t is_changed;
	struct proc_walk walk;
	int walk_result; /* 1: there may be more; 0: no; or -errno */
	bool is_over;	 /* nobody wants more */
	/* A ring: number n is in batches[n % READERS_BATCHES], `first` being the one to be current next. */
	struct readers_batch batches[READERS_BATCHES];
	size_t first, end;
};

/*
 * How many threads besides the caller do good here: one less than there are
 * processors for us, READERS_MAX at most; 0 where few files may be open.
 */
unsigned int readers_advised(void);

/*
 * Begin to read, with that many threads, or as many of them as can be had.
 * -errno. The kernel may count a thread for a moment longer than readers_end()
 * waits for it: who is going to join or to leave a user namespace, which only
 * single-threaded processes may, has to read without.
 */
int readers_start(struct readers *readers, const struct walked_wish *wish, unsigned int n_threads);

/* 1 and the next process, which stays until the next call; 0 at the end; or -errno. */
int readers_next(struct readers *readers, struct walked **ret);

/* At any time after the start, whatever came of that. */
void readers_end(struct readers *readers);

#endif /* NSX_SCAN_READERS_H */
