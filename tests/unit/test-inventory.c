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

/* What is seen of one namespace by a scan with these facts, held by this process. */
static void sight_held(struct scan *scan, enum ns_type type, ino_t ino, unsigned int evidence, pid_t pid,
		       const char *path)
{
	struct holder holder = { .pid = pid, .other = NODE_NONE, .path = (char *)path };
	struct sight sight = {
		.type = type,
		.id = { .dev = FAKE_DEVICE, .ino = ino },
		.evidence = evidence,
		.process = PROCESS_NONE,
		.dirfd = -EBADF,
		.holder = &holder,
	};

	observe(scan, &sight);
}

static void test_holders(void)
{
	struct inventory inventory = { 0 };
	struct scan scan = { .inventory = &inventory, .types = NS_SET_ALL };
	char path[] = "/a";

	/* Nobody asks for them. */
	sight_held(&scan, NS_NET, 1, EVIDENCE_DESCRIPTOR, 7, NULL);
	is_int(inventory.n_holders, 0);
	scan.facts = FACT_HOLDERS;
	sight_held(&scan, NS_NET, 1, EVIDENCE_DESCRIPTOR, 7, NULL);
	sight_held(&scan, NS_NET, 1, EVIDENCE_MOUNT, 0, path);
	path[1] = 'b'; /* the model has a copy */
	is_int(inventory.n_holders, 2);
	is_int(inventory.holders[0].node, fake_find(&inventory, NS_NET, 1));
	is_int(inventory.holders[0].evidence, EVIDENCE_DESCRIPTOR);
	is_int(inventory.holders[0].pid, 7);
	ok(inventory.holders[0].path == NULL);
	is_int(inventory.holders[1].evidence, EVIDENCE_MOUNT);
	is_str(inventory.holders[1].path, "/a");
	/* Of one namespace only, which is its type and its number. */
	scan.held_type = NS_UTS;
	scan.held_inode = 2;
	sight_held(&scan, NS_NET, 2, EVIDENCE_MOUNT, 0, path);
	sight_held(&scan, NS_UTS, 3, EVIDENCE_MOUNT, 0, path);
	is_int(inventory.n_holders, 2);
	sight_held(&scan, NS_UTS, 2, EVIDENCE_MOUNT, 0, path);
	is_int(inventory.n_holders, 3);
	inventory_release(&inventory);
}

/* A task of a process, with two namespaces; whose children would be in a third. */
static void add_task(struct inventory *inventory, pid_t pid, ino_t mnt, ino_t pid_ns, ino_t for_children)
{
	struct task_set set;

	for (int type = 0; type < NS_TYPE_COUNT; type++)
		set.node[type] = set.for_children[type] = NODE_NONE;
	set.node[NS_MNT] = (uint32_t)mnt;
	set.node[NS_PID] = (uint32_t)pid_ns;
	set.for_children[NS_PID] = (uint32_t)for_children;
	inventory_add_task(inventory, inventory_add_process(inventory, pid), &set);
}

static pid_t set_leader(const struct inventory *inventory, size_t set)
{
	return inventory->processes[inventory->sets[set].leader].pid;
}

static void set_parent(struct inventory *inventory, pid_t pid, pid_t ppid)
{
	inventory->processes[inventory_find_process(inventory, pid)].ppid = ppid;
}

static void test_sets(void)
{
	struct inventory inventory = { 0 };

	/* A shell, its children, and a thread of one of them that went elsewhere. */
	add_task(&inventory, 10, 1, 2, 2);
	add_task(&inventory, 11, 1, 2, 2);
	add_task(&inventory, 11, 1, 2, 2);
	add_task(&inventory, 11, 9, 2, 2);
	/* A container: its parent, its init, a child of that with a lower pid, and one that was sent in. */
	add_task(&inventory, 40, 1, 2, 3);
	add_task(&inventory, 60, 4, 3, 3);
	add_task(&inventory, 50, 4, 3, 3);
	add_task(&inventory, 70, 4, 3, 3);
	set_parent(&inventory, 11, 10);
	set_parent(&inventory, 40, 10);
	set_parent(&inventory, 60, 40);
	set_parent(&inventory, 50, 60);
	set_parent(&inventory, 70, 10);
	inventory_link(&inventory);

	is_int(inventory.n_sets, 4);
	is_int(inventory.sets[0].n_tasks, 3);
	is_int(set_leader(&inventory, 0), 10);
	is_int(inventory.sets[1].n_tasks, 1);
	is_int(set_leader(&inventory, 1), 11);
	/* What children would be in makes a set of its own. */
	is_int(inventory.sets[2].n_tasks, 1);
	is_int(set_leader(&inventory, 2), 40);
	is_int(inventory.sets[3].n_tasks, 3);
	is_int(set_leader(&inventory, 3), 60);
	/* Where each one's parent has the same, as far as one knows, it is the lowest. */
	set_parent(&inventory, 60, 70);
	set_parent(&inventory, 70, 50);
	inventory_link(&inventory);
	is_int(set_leader(&inventory, 3), 50);
	inventory_release(&inventory);
}

int main(void)
{
	test_identity();
	test_evidence();
	test_link();
	test_users();
	test_many();
	test_holders();
	test_sets();
	return done_testing();
}
