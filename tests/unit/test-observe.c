/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test-observe.c - getting back at a namespace once the scan is over, while
 * processes end.
 */
#include "scan/observe.h"

#include <sys/wait.h>

#include "ns_id.h"
#include "ns_query.h"
#include "tap.h"

/* The number of a process that is gone. */
static pid_t ended_process(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	waitpid(pid, NULL, 0);
	return pid;
}

static uint32_t add_member(struct scan *scan, struct ns_id id, pid_t pid)
{
	struct sight sight = {
		.type = NS_UTS,
		.id = id,
		.evidence = EVIDENCE_PROCESS,
		.process = inventory_add_process(scan->inventory, pid),
		.dirfd = -EBADF,
		.path = "",
	};

	observe(scan, &sight);
	return sight.process;
}

static void test_members_that_end(void)
{
	_cleanup_(inventory_release) struct inventory inventory = { 0 };
	_cleanup_(scan_release) struct scan scan = { .procfd = -EBADF };
	_cleanup_close_ int dirfd = -EBADF, fd = -EBADF;
	uint32_t node, gone, self;
	struct ns_id id, opened;

	ok(scan_init(&scan, &inventory) == 0);
	ok(ns_id_of_path(scan.procfd, "self/ns/uts", &id) == 0);
	gone = add_member(&scan, id, ended_process());
	node = inventory_find_node(&inventory, NS_UTS, id);
	inventory_link(&inventory);
	is_int(inventory.nodes[node].leader, gone);
	ok(scan_open_member(&scan, node, &dirfd) == PROCESS_NONE);
	ok(scan_open_node(&scan, node, &fd) < 0);

	self = add_member(&scan, id, getpid());
	inventory_link(&inventory);
	inventory.nodes[node].leader = gone;
	is_int(scan_open_member(&scan, node, &dirfd), self);
	ok(scan_open_node(&scan, node, &fd) == 0);
	ok(ns_id_of_fd(fd, &opened) == 0 && ns_id_equal(opened, id));
}

/* A process that has gone elsewhere is no member any more. */
static void test_members_that_leave(void)
{
	_cleanup_(inventory_release) struct inventory inventory = { 0 };
	_cleanup_(scan_release) struct scan scan = { .procfd = -EBADF };
	_cleanup_close_ int dirfd = -EBADF, fd = -EBADF;
	struct ns_id id;

	ok(scan_init(&scan, &inventory) == 0);
	ok(ns_id_of_path(scan.procfd, "self/ns/uts", &id) == 0);
	id.ino++;
	add_member(&scan, id, getpid());
	inventory_link(&inventory);
	ok(scan_open_member(&scan, 0, &dirfd) == PROCESS_NONE);
	ok(scan_open_node(&scan, 0, &fd) < 0);
}

/* What only a descriptor leads to is held, where it is to be opened again. */
static void test_held(void)
{
	_cleanup_(inventory_release) struct inventory inventory = { 0 };
	_cleanup_(scan_release) struct scan scan = { .procfd = -EBADF };
	_cleanup_close_ int fd = -EBADF, again = -EBADF;
	struct ns_id id, opened;

	ok(scan_init(&scan, &inventory) == 0);
	ok(ns_open(scan.procfd, "self/ns/uts", &fd) == 0);
	ok(ns_id_of_fd(fd, &id) == 0);
	ok(observe_fd(&scan, fd, EVIDENCE_SOCKET, NULL, NULL, NULL) == 0);
	ok(scan_open_node(&scan, 0, &again) < 0);
	scan.facts = FACT_OPEN;
	ok(observe_fd(&scan, fd, EVIDENCE_SOCKET, NULL, NULL, NULL) == 0);
	ok(scan_open_node(&scan, 0, &again) == 0);
	ok(ns_id_of_fd(again, &opened) == 0 && ns_id_equal(opened, id));
}

int main(void)
{
	test_members_that_end();
	test_members_that_leave();
	test_held();
	return done_testing();
}
