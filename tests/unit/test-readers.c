/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test-readers.c - every process once, in order, with any number of threads.
 */
#include "scan/readers.h"

#include <signal.h>
#include <sys/wait.h>

#include "ns_id.h"
#include "tap.h"

enum { CHILDREN = 100 };

static pid_t children[CHILDREN];
static int procfd = -EBADF;

static void start_children(void)
{
	for (int i = 0; i < CHILDREN; i++) {
		children[i] = fork();
		if (children[i] == 0)
			for (;;)
				pause();
	}
}

static void end_children(void)
{
	for (int i = 0; i < CHILDREN; i++) {
		kill(children[i], SIGKILL);
		waitpid(children[i], NULL, 0);
	}
}

static size_t count_descriptors(void)
{
	_cleanup_(proc_walk_release) struct proc_walk walk = PROC_WALK_NONE;
	size_t count = 0;
	int fd;

	ok(proc_walk_init(&walk, procfd, "self/fd") == 0);
	while (proc_walk_next(&walk, &fd) > 0)
		count++;
	return count;
}

static struct walked_wish make_wish(void)
{
	struct ns_id id = { 0 };

	ok(ns_id_of_path(procfd, "self/ns/net", &id) == 0);
	return (struct walked_wish){
		.procfd = procfd,
		.nsfs = id.dev,
		.types = ns_set_of(NS_NET),
		.threads = true,
		.descriptors = true,
	};
}

static bool is_child(pid_t pid)
{
	for (int i = 0; i < CHILDREN; i++)
		if (children[i] == pid)
			return true;
	return false;
}

static void test_order(unsigned int n_threads)
{
	struct walked_wish wish = make_wish();
	_cleanup_(readers_end) struct readers readers;
	unsigned int seen = 0, alike = 0, unordered = 0;
	struct walked *process;
	struct ns_id id;
	pid_t last = 0;
	int r;

	ok(ns_id_of_path(procfd, "self/ns/net", &id) == 0);
	ok(readers_start(&readers, &wish, n_threads) == 0);
	while ((r = readers_next(&readers, &process)) > 0) {
		unordered += process->pid <= last;
		last = process->pid;
		if (!is_child(process->pid))
			continue;
		seen++;
		alike += process->error == 0 && process->has_links && process->links.own[NS_NET] == id.ino &&
			 process->dirfd >= 0;
	}
	is_int(r, 0);
	is_int(readers_next(&readers, &process), 0);
	is_int(unordered, 0);
	is_int(seen, CHILDREN);
	is_int(alike, CHILDREN);
}

/* What was read ahead by then is let go of. */
static void test_early_end(unsigned int n_threads, unsigned int looks)
{
	size_t before = count_descriptors();
	struct walked_wish wish = make_wish();

	{
		_cleanup_(readers_end) struct readers readers;
		struct walked *process;

		ok(readers_start(&readers, &wish, n_threads) == 0);
		for (unsigned int i = 0; i < looks; i++)
			ok(readers_next(&readers, &process) == 1);
	}
	is_int(count_descriptors(), before);
}

static void test_no_proc(void)
{
	struct walked_wish wish = { .procfd = -EBADF };
	_cleanup_(readers_end) struct readers readers;

	is_int(readers_start(&readers, &wish, 1), -EBADF);
}

int main(void)
{
	ok(proc_open(&procfd) == 0);
	start_children();
	for (unsigned int n_threads = 0; n_threads <= READERS_MAX; n_threads++) {
		test_order(n_threads);
		test_early_end(n_threads, 0);
		test_early_end(n_threads, 1);
		test_early_end(n_threads, READERS_BATCH);
		test_early_end(n_threads, READERS_BATCH + 1);
	}
	ok(readers_advised() <= READERS_MAX);
	end_children();
	test_no_proc();
	close(procfd);
	return done_testing();
}
