/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test-inventory.c - what sources see becomes one node a namespace, and
 * linking counts and elects.
 */
#include "fake.h"
#include "tap.h"

enum { MANY = 10000 };

static void test_identity(void)
{
	struct inventory inventory = { 0 };
	uint32_t net =
		fake_sight(&inventory, NS_NET, 100, EVIDENCE_PROCESS, inventory_add_process(&inventory, 7));

	/* The same again, by another process, is the same node. */
	ok(fake_sight(&inventory, NS_NET, 100, EVIDENCE_PROCESS, inventory_add_process(&inventory, 8)) ==
	   net);
	/* Another type, or another device, is not. */
	ok(fake_sight(&inventory, NS_UTS, 100, EVIDENCE_PROCESS, inventory_add_process(&inventory, 8)) !=
	   net);
	ok(inventory_find_node(&inventory, NS_NET, (struct ns_id){ .dev = 5, .ino = 100 }) == NODE_NONE);
	is_int(inventory.n_nodes, 2);
	is_int(inventory.n_processes, 2);
	ok(inventory_find_process(&inventory, 9) == PROCESS_NONE);
	inventory_release(&inventory);
	is_int(inventory.n_nodes, 0);
}

static void test_evidence(void)
{
	struct inventory inventory = { 0 };
	uint32_t process = fake_process(&inventory, 20, 1, NS_PID, 1);

	fake_sight(&inventory, NS_PID, 2, EVIDENCE_FOR_CHILDREN, process);
	fake_sight(&inventory, NS_PID, 2, EVIDENCE_PARENT, PROCESS_NONE);
	is_int(fake_node(&inventory, NS_PID, 1)->evidence, EVIDENCE_PROCESS);
	is_int(fake_node(&inventory, NS_PID, 2)->evidence, EVIDENCE_FOR_CHILDREN | EVIDENCE_PARENT);
	/* A namespace for children is not the one that the process is in. */
	is_int(inventory.processes[process].node[NS_PID], fake_find(&inventory, NS_PID, 1));
	inventory_release(&inventory);
}

static pid_t leader_pid(struct inventory *inventory, enum ns_type type, ino_t ino)
{
	uint32_t leader = fake_node(inventory, type, ino)->leader;

	return leader == PROCESS_NONE ? -1 : inventory->processes[leader].pid;
}

static void test_link(void)
{
	struct inventory inventory = { 0 };
	uint32_t thirty, forty;

	/* Not in the order of pids. */
	thirty = fake_process(&inventory, 30, 10, NS_UTS, 1);
	fake_process(&inventory, 10, 0, NS_UTS, 1);
	forty = fake_process(&inventory, 40, 30, NS_UTS, 1);
	fake_process(&inventory, 20, 99, NS_UTS, 2);
	/* Two whose children would be in namespace 3; in 4 there is a process too. */
	fake_sight(&inventory, NS_TIME, 3, EVIDENCE_FOR_CHILDREN, forty);
	fake_sight(&inventory, NS_TIME, 3, EVIDENCE_FOR_CHILDREN, thirty);
	fake_sight(&inventory, NS_TIME, 4, EVIDENCE_FOR_CHILDREN, thirty);
	fake_sight(&inventory, NS_TIME, 4, EVIDENCE_PROCESS, forty);
	fake_sight(&inventory, NS_USER, 5, EVIDENCE_OWNER, PROCESS_NONE);
	inventory_link(&inventory);

	is_int(fake_node(&inventory, NS_UTS, 1)->nprocs, 3);
	is_int(leader_pid(&inventory, NS_UTS, 1), 10);
	is_int(fake_node(&inventory, NS_UTS, 2)->nprocs, 1);
	is_int(leader_pid(&inventory, NS_UTS, 2), 20);
	is_int(fake_node(&inventory, NS_TIME, 3)->nprocs, 0);
	is_int(leader_pid(&inventory, NS_TIME, 3), 30);
	is_int(fake_node(&inventory, NS_TIME, 4)->nprocs, 1);
	is_int(leader_pid(&inventory, NS_TIME, 4), 40);
	is_int(fake_node(&inventory, NS_USER, 5)->nprocs, 0);
	is_int(leader_pid(&inventory, NS_USER, 5), -1);

	ok(inventory.processes[forty].parent == thirty);
	ok(inventory.processes[inventory_find_process(&inventory, 10)].parent == PROCESS_NONE);
	ok(inventory.processes[inventory_find_process(&inventory, 20)].parent == PROCESS_NONE);

	/* Linking once more counts nothing twice. */
	fake_process(&inventory, 5, 1, NS_UTS, 1);
	inventory_link(&inventory);
	is_int(fake_node(&inventory, NS_UTS, 1)->nprocs, 4);
	is_int(leader_pid(&inventory, NS_UTS, 1), 5);
	inventory_release(&inventory);
}

static void test_users(void)
{
	struct inventory inventory = { 0 };

	ok(inventory_find_user(&inventory, 0) == NULL);
	inventory_add_user(&inventory, 0, "root");
	inventory_add_user(&inventory, 0, "toor");
	inventory_add_user(&inventory, 4711, NULL);
	is_str(inventory_find_user(&inventory, 0)->name, "root");
	ok(inventory_find_user(&inventory, 4711) && !inventory_find_user(&inventory, 4711)->name);
	is_int(inventory.n_users, 2);
	inventory_release(&inventory);
}

/* Every tenth process has a namespace of its own, as on a host of containers. */
static void test_many(void)
{
	struct inventory inventory = { 0 };
	unsigned int wrong = 0;

	for (pid_t pid = 1; pid <= MANY; pid++)
		fake_process(&inventory, pid, pid - 1, NS_NET, pid % 10 ? 1 : (ino_t)pid);
	inventory_link(&inventory);
	is_int(inventory.n_processes, MANY);
	is_int(inventory.n_nodes, MANY / 10 + 1);
	is_int(fake_node(&inventory, NS_NET, 1)->nprocs, MANY - MANY / 10);
	for (pid_t pid = 10; pid <= MANY; pid += 10)
		wrong += leader_pid(&inventory, NS_NET, (ino_t)pid) != pid;
	is_int(wrong, 0);
	inventory_release(&inventory);
}

int main(void)
{
	test_identity();
	test_evidence();
	test_link();
	test_users();
	test_many();
	return done_testing();
}
