/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test-heads.c - which process stands for a namespace.
 */
#include "scan/heads.h"

#include "fake.h"
#include "tap.h"

enum { HOST = 1, INNER = 2, HOST_PIDS = 10, INNER_PIDS = 11 };

static void add(struct inventory *inventory, pid_t pid, pid_t ppid, int64_t start_time, ino_t net,
		ino_t pids)
{
	uint32_t process = fake_process(inventory, pid, ppid, NS_NET, net);

	fake_sight(inventory, NS_PID, pids, EVIDENCE_PROCESS, process);
	inventory->processes[process].start_time = start_time;
}

/* The pid of the head, -1 where there is none. */
static pid_t head_of(struct inventory *inventory, enum ns_type type, ino_t ino)
{
	uint32_t head = fake_node(inventory, type, ino)->head;

	return head == PROCESS_NONE ? -1 : inventory->processes[head].pid;
}

static void find(struct inventory *inventory)
{
	inventory_link(inventory);
	heads_find(inventory);
}

/* A host, and a container whose pids went round: its init is not the lowest. */
static void test_container(void)
{
	struct inventory inventory = { 0 };

	add(&inventory, 2, 0, 0, HOST, HOST_PIDS);
	add(&inventory, 1, 0, 0, HOST, HOST_PIDS);
	add(&inventory, 700, 1, 50, HOST, HOST_PIDS);	     /* what watches the container */
	add(&inventory, 32000, 700, 100, INNER, INNER_PIDS); /* its init */
	add(&inventory, 300, 32000, 120, INNER, INNER_PIDS); /* a child of that */
	add(&inventory, 310, 700, 200, INNER, INNER_PIDS);   /* one that came in later */
	add(&inventory, 32001, 32000, 110, INNER, INNER_PIDS);
	find(&inventory);
	is_int(head_of(&inventory, NS_NET, HOST), 1);
	is_int(head_of(&inventory, NS_PID, HOST_PIDS), 1);
	is_int(head_of(&inventory, NS_NET, INNER), 32000);
	is_int(head_of(&inventory, NS_PID, INNER_PIDS), 32000);

	/* Once more is the same. */
	find(&inventory);
	is_int(head_of(&inventory, NS_NET, INNER), 32000);
	inventory_release(&inventory);
}

/* What waits in front of a pid namespace is passed over, if that is all that it has to do. */
static void test_doorman(void)
{
	struct inventory inventory = { 0 };

	add(&inventory, 10, 1, 5, INNER, HOST_PIDS);
	add(&inventory, 11, 10, 6, INNER, INNER_PIDS);
	add(&inventory, 12, 11, 7, INNER, INNER_PIDS);
	find(&inventory);
	is_int(head_of(&inventory, NS_NET, INNER), 11);
	is_int(head_of(&inventory, NS_PID, HOST_PIDS), 10);

	/* With another child, it is somebody. */
	add(&inventory, 13, 10, 8, INNER, HOST_PIDS);
	find(&inventory);
	is_int(head_of(&inventory, NS_NET, INNER), 10);
	inventory_release(&inventory);

	/* An only child in the same pid namespace is none of that. */
	inventory = (struct inventory){ 0 };
	add(&inventory, 10, 1, 5, INNER, HOST_PIDS);
	add(&inventory, 11, 10, 6, INNER, HOST_PIDS);
	find(&inventory);
	is_int(head_of(&inventory, NS_NET, INNER), 10);
	inventory_release(&inventory);
}

static void test_without_processes(void)
{
	struct inventory inventory = { 0 };
	uint32_t process = fake_process(&inventory, 10, 1, NS_UTS, 1);

	fake_sight(&inventory, NS_TIME, 2, EVIDENCE_FOR_CHILDREN, process);
	fake_sight(&inventory, NS_NET, 3, EVIDENCE_MOUNT, PROCESS_NONE);
	find(&inventory);
	is_int(head_of(&inventory, NS_TIME, 2), 10);
	is_int(head_of(&inventory, NS_NET, 3), -1);
	inventory_release(&inventory);
}

/* One that ended while it was read tells neither its age nor its parent; one older than our boot is the oldest. */
static void test_ages(void)
{
	struct inventory inventory = { 0 };

	fake_process(&inventory, 5, PID_UNKNOWN, NS_NET, HOST);
	add(&inventory, 9, 0, 100, HOST, HOST_PIDS);
	add(&inventory, 8, 9, 200, HOST, HOST_PIDS);
	find(&inventory);
	is_int(head_of(&inventory, NS_NET, HOST), 9);

	add(&inventory, 40, 0, -7, HOST, HOST_PIDS);
	find(&inventory);
	is_int(head_of(&inventory, NS_NET, HOST), 40);
	inventory_release(&inventory);
}

/* Parents that were read at different times may form a circle: then the lowest has to do. */
static void test_circle(void)
{
	struct inventory inventory = { 0 };

	add(&inventory, 20, 30, 5, INNER, INNER_PIDS);
	add(&inventory, 30, 20, 5, INNER, INNER_PIDS);
	find(&inventory);
	is_int(head_of(&inventory, NS_NET, INNER), 20);
	inventory_release(&inventory);
}

int main(void)
{
	test_container();
	test_doorman();
	test_without_processes();
	test_ages();
	test_circle();
	return done_testing();
}
