/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * readers.c - threads over a ring of batches: whoever is free takes the next
 * pids of /proc, reads them with no lock held, and says so.
 */
#include "scan/readers.h"

#include <sched.h>
#include <sys/resource.h>

/* A program that may have fewer files open than this reads alone. */
enum { ENOUGH_DESCRIPTORS = 256 };

unsigned int readers_advised(void)
{
	struct rlimit limit;
	cpu_set_t set;
	int processors;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur < ENOUGH_DESCRIPTORS)
		return 0;
	/* Fails on machines with more processors than the set has room for. */
	processors = sched_getaffinity(0, sizeof(set), &set) < 0 ? READERS_MAX + 1 : CPU_COUNT(&set);
	return processors > READERS_MAX ? READERS_MAX : (unsigned int)processors - 1;
}

static struct readers_batch *batch_of(struct readers *readers, size_t number)
{
	return &readers->batches[number % READERS_BATCHES];
}

/* The next pids to read, as a batch that is the caller's alone till it is read; NULL: none now. Locked. */
static struct readers_batch *claim(struct readers *readers)
{
	struct readers_batch *batch = batch_of(readers, readers->end);

	if (readers->end == readers->first + READERS_BATCHES)
		return NULL;
	batch->count = 0;
	batch->is_read = false;
	while (readers->walk_result > 0 && batch->count < readers->batch_size) {
		readers->walk_result = proc_walk_next(&readers->walk, &batch->processes[batch->count].pid);
		if (readers->walk_result > 0)
			batch->count++;
	}
	if (!batch->count)
		return NULL;
	readers->end++;
	return batch;
}

/* Read what was claimed, without the lock that the caller has. */
static void read_batch(struct readers *readers, struct readers_batch *batch)
{
	pthread_mutex_unlock(&readers->lock);
	for (size_t i = 0; i < batch->count; i++)
		walked_read(&batch->processes[i], batch->processes[i].pid, &readers->wish);
	pthread_mutex_lock(&readers->lock);
	batch->is_read = true;
	pthread_cond_broadcast(&readers->is_changed);
}

static void *read_ahead(void *argument)
{
	struct readers *readers = argument;

	pthread_mutex_lock(&readers->lock);
	while (!readers->is_over && readers->walk_result > 0) {
		struct readers_batch *batch = claim(readers);

		if (batch)
			read_batch(readers, batch);
		else
			pthread_cond_wait(&readers->is_changed, &readers->lock);
	}
	pthread_mutex_unlock(&readers->lock);
	return NULL;
}

int readers_start(struct readers *readers, const struct walked_wish *wish, unsigned int n_threads)
{
	int r;

	*readers = (struct readers){
		.wish = *wish,
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.is_changed = PTHREAD_COND_INITIALIZER,
		.walk = PROC_WALK_NONE,
		.walk_result = 1,
		/* Alone, nothing is gained by reading ahead. */
		.batch_size = n_threads ? READERS_BATCH : 1,
	};
	r = proc_walk_init(&readers->walk, wish->procfd, ".");
	if (r < 0)
		return r;
	while (readers->n_threads < n_threads && readers->n_threads < READERS_MAX &&
	       pthread_create(&readers->threads[readers->n_threads], NULL, read_ahead, readers) == 0)
		readers->n_threads++;
	return 0;
}

/* The next batch, when it is read; not waited for idly. NULL at the end of all. Locked. */
static struct readers_batch *wait_for_first(struct readers *readers)
{
	for (;;) {
		struct readers_batch *first = batch_of(readers, readers->first), *batch;

		if (readers->first < readers->end && first->is_read)
			return first;
		batch = claim(readers);
		if (batch)
			read_batch(readers, batch);
		else if (readers->first < readers->end)
			pthread_cond_wait(&readers->is_changed, &readers->lock);
		else
			return NULL;
	}
}

/* On to the next batch. Returns as readers_next() does. */
static int advance(struct readers *readers)
{
	int r = 1;

	pthread_mutex_lock(&readers->lock);
	if (readers->current) {
		readers->first++;
		pthread_cond_broadcast(&readers->is_changed);
	}
	readers->current = wait_for_first(readers);
	readers->at = 0;
	if (!readers->current)
		r = readers->walk_result;
	pthread_mutex_unlock(&readers->lock);
	return r;
}

int readers_next(struct readers *readers, struct walked **ret)
{
	int r = 1;

	if (readers->current)
		walked_release(&readers->current->processes[readers->at++]);
	if (!readers->current || readers->at == readers->current->count)
		r = advance(readers);
	if (r > 0)
		*ret = &readers->current->processes[readers->at];
	return r;
}

void readers_end(struct readers *readers)
{
	pthread_mutex_lock(&readers->lock);
	readers->is_over = true;
	pthread_cond_broadcast(&readers->is_changed);
	pthread_mutex_unlock(&readers->lock);
	for (size_t i = 0; i < readers->n_threads; i++)
		pthread_join(readers->threads[i], NULL);
	for (size_t n = readers->first; n < readers->end; n++)
		for (size_t i = 0; i < batch_of(readers, n)->count; i++)
			walked_release(&batch_of(readers, n)->processes[i]);
	proc_walk_release(&readers->walk);
}
