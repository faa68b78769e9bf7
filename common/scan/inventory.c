/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * inventory.c - the model: arrays that grow, and hashed ways into them.
 */
#include "scan/inventory.h"

#include "diag.h"

enum { FIRST_ROOM = 64 };

/* Make room for one more in an array that holds `count`; doubling keeps the sum of copies linear. */
static void *make_room(void *array, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return array;
	*room = *room ? *room * 2 : FIRST_ROOM;
	return xreallocarray(array, *room, size);
}

void inventory_release(struct inventory *inventory)
{
	for (size_t i = 0; i < inventory->n_nodes; i++) {
		close_fd(inventory->nodes[i].fd);
		free(inventory->nodes[i].path);
	}
	for (size_t i = 0; i < inventory->n_processes; i++)
		free(inventory->processes[i].command);
	for (size_t i = 0; i < inventory->n_users; i++)
		free(inventory->users[i].name);
	free(inventory->nodes);
	free(inventory->processes);
	free(inventory->users);
	lookup_release(&inventory->node_index);
	lookup_release(&inventory->process_index);
	lookup_release(&inventory->user_index);
	*inventory = (struct inventory){ 0 };
}

struct node_key {
	enum ns_type type;
	struct ns_id id;
};

static uint32_t hash_node(const struct node_key *key)
{
	/* The types of one process stand side by side in /proc: keep them apart here. */
	return (uint32_t)ns_id_hash(key->id) + lookup_hash_number((uint32_t)key->type);
}

static bool is_node(const void *nodes, uint32_t index, const void *wanted)
{
	const struct node *node = (const struct node *)nodes + index;
	const struct node_key *key = wanted;

	return node->type == key->type && ns_id_equal(node->id, key->id);
}

static uint32_t find_node(const struct inventory *inventory, const struct node_key *key, uint32_t hash)
{
	return lookup_find(&inventory->node_index, hash, is_node, inventory->nodes, key);
}

uint32_t inventory_find_node(const struct inventory *inventory, enum ns_type type, struct ns_id id)
{
	struct node_key key = { type, id };

	return find_node(inventory, &key, hash_node(&key));
}

uint32_t inventory_add_node(struct inventory *inventory, enum ns_type type, struct ns_id id)
{
	struct node_key key = { type, id };
	uint32_t hash = hash_node(&key);
	uint32_t index = find_node(inventory, &key, hash);

	if (index != NODE_NONE)
		return index;
	inventory->nodes = make_room(inventory->nodes, inventory->n_nodes, &inventory->nodes_room,
				     sizeof(*inventory->nodes));
	index = (uint32_t)inventory->n_nodes++;
	inventory->nodes[index] = (struct node){
		.type = type,
		.id = id,
		.owner = NODE_NONE,
		.parent = NODE_NONE,
		.owner_uid = UID_UNKNOWN,
		.fd = -EBADF,
		.sponsor = PROCESS_NONE,
		.leader = PROCESS_NONE,
	};
	lookup_add(&inventory->node_index, hash, index);
	return index;
}

static bool is_process(const void *processes, uint32_t index, const void *pid)
{
	return ((const struct process *)processes)[index].pid == *(const pid_t *)pid;
}

uint32_t inventory_find_process(const struct inventory *inventory, pid_t pid)
{
	return lookup_find(&inventory->process_index, lookup_hash_number((uint32_t)pid), is_process,
			   inventory->processes, &pid);
}

uint32_t inventory_add_process(struct inventory *inventory, pid_t pid)
{
	uint32_t index = inventory_find_process(inventory, pid);
	struct process *process;

	if (index != PROCESS_NONE)
		return index;
	inventory->processes = make_room(inventory->processes, inventory->n_processes,
					 &inventory->processes_room, sizeof(*inventory->processes));
	index = (uint32_t)inventory->n_processes++;
	process = &inventory->processes[index];
	*process = (struct process){
		.pid = pid,
		.ppid = PID_UNKNOWN,
		.uid = UID_UNKNOWN,
		.parent = PROCESS_NONE,
	};
	for (int type = 0; type < NS_TYPE_COUNT; type++)
		process->node[type] = NODE_NONE;
	lookup_add(&inventory->process_index, lookup_hash_number((uint32_t)pid), index);
	return index;
}

void inventory_link_path(const struct inventory *inventory, uint32_t node_index, uint32_t process_index,
			 char out[INVENTORY_LINK_SIZE])
{
	const struct node *node = &inventory->nodes[node_index];
	const struct process *process = &inventory->processes[process_index];
	bool is_in_it = process->node[node->type] == node_index;
	pid_t thread = is_in_it ? process->speaker : node->sponsor_thread;
	const char *file = !is_in_it && node->is_for_children ? ns_type_children_file(node->type)
							      : ns_types[node->type].proc_file;

	if (thread)
		snprintf(out, INVENTORY_LINK_SIZE, "task/%d/%s", (int)thread, file);
	else
		snprintf(out, INVENTORY_LINK_SIZE, "%s", file);
}

static bool is_user(const void *users, uint32_t index, const void *uid)
{
	return ((const struct user *)users)[index].uid == *(const uid_t *)uid;
}

const struct user *inventory_find_user(const struct inventory *inventory, uid_t uid)
{
	uint32_t index =
		lookup_find(&inventory->user_index, lookup_hash_number(uid), is_user, inventory->users, &uid);

	return index == LOOKUP_NONE ? NULL : &inventory->users[index];
}

void inventory_add_user(struct inventory *inventory, uid_t uid, const char *name)
{
	if (inventory_find_user(inventory, uid))
		return;
	inventory->users = make_room(inventory->users, inventory->n_users, &inventory->users_room,
				     sizeof(*inventory->users));
	inventory->users[inventory->n_users] = (struct user){
		.uid = uid,
		.name = name ? xstrdup(name) : NULL,
	};
	lookup_add(&inventory->user_index, lookup_hash_number(uid), (uint32_t)inventory->n_users);
	inventory->n_users++;
}

/* Count a process in, and let it lead where no lower one does. */
static void link_member(struct inventory *inventory, uint32_t index, uint32_t of_node)
{
	const struct process *processes = inventory->processes;
	struct node *node = &inventory->nodes[of_node];

	node->nprocs++;
	if (node->leader == PROCESS_NONE || processes[index].pid < processes[node->leader].pid)
		node->leader = index;
}

void inventory_link(struct inventory *inventory)
{
	for (size_t i = 0; i < inventory->n_nodes; i++) {
		inventory->nodes[i].nprocs = 0;
		inventory->nodes[i].leader = PROCESS_NONE;
	}
	for (size_t i = 0; i < inventory->n_processes; i++) {
		struct process *process = &inventory->processes[i];

		process->parent =
			process->ppid > 0 ? inventory_find_process(inventory, process->ppid) : PROCESS_NONE;
		for (int type = 0; type < NS_TYPE_COUNT; type++)
			if (process->node[type] != NODE_NONE)
				link_member(inventory, (uint32_t)i, process->node[type]);
	}
	for (size_t i = 0; i < inventory->n_nodes; i++)
		if (inventory->nodes[i].leader == PROCESS_NONE)
			inventory->nodes[i].leader = inventory->nodes[i].sponsor;
}
