/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * inventory.c - the model: arrays that grow, and hashed ways into them.
 */
#include "scan/inventory.h"

#include "diag.h"

enum { FIRST_ROOM = 64 };

/* The kernel has no more of them; inode numbers that changed hands might make a circle. */
enum { LEVELS_MAX = 32 };

/* Make room for one more in an array that holds `count`; doubling keeps the sum of copies linear. */
static void *make_room(void *array, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return array;
	*room = *room ? *room * 2 : FIRST_ROOM;
	return xreallocarray(array, *room, size);
}

void texts_add(struct texts **texts, const char *text)
{
	if (!*texts)
		*texts = xcalloc(1, sizeof(**texts));
	(*texts)->list = xreallocarray((*texts)->list, (*texts)->count + 1, sizeof(*(*texts)->list));
	(*texts)->list[(*texts)->count++] = xstrdup(text);
}

void texts_free(struct texts *texts)
{
	for (size_t i = 0; texts && i < texts->count; i++)
		free(texts->list[i]);
	if (texts)
		free(texts->list);
	free(texts);
}

static void release_node(struct node *node)
{
	close_fd(node->fd);
	free(node->path);
	texts_free(node->names);
	texts_free(node->nsfs);
	free(node->detail);
}

static void release_process(struct process *process)
{
	free(process->command);
	if (process->cgroup)
		cgroup_table_release(process->cgroup);
	free(process->cgroup);
}

void inventory_release(struct inventory *inventory)
{
	for (size_t i = 0; i < inventory->n_nodes; i++)
		release_node(&inventory->nodes[i]);
	for (size_t i = 0; i < inventory->n_processes; i++)
		release_process(&inventory->processes[i]);
	for (size_t i = 0; i < inventory->n_users; i++)
		free(inventory->users[i].name);
	for (size_t i = 0; i < inventory->n_holders; i++)
		free(inventory->holders[i].path);
	free(inventory->nodes);
	free(inventory->processes);
	free(inventory->users);
	free(inventory->holders);
	free(inventory->sets);
	lookup_release(&inventory->node_index);
	lookup_release(&inventory->process_index);
	lookup_release(&inventory->user_index);
	lookup_release(&inventory->set_index);
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
		.head = PROCESS_NONE,
		.netnsid = NETNSID_UNKNOWN,
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
		.set = SET_NONE,
		.ppid = PID_UNKNOWN,
		.uid = UID_UNKNOWN,
		.start_time = INT64_MAX,
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

int inventory_level(const struct inventory *inventory, uint32_t index)
{
	int level = 0;

	if (!ns_types[inventory->nodes[index].type].has_parent)
		return -ENODATA;
	for (; inventory->nodes[index].parent != NODE_NONE; index = inventory->nodes[index].parent)
		if (++level > LEVELS_MAX)
			return -ENODATA;
	return inventory->nodes[index].is_asked ? level : -ENODATA;
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

void inventory_add_holder(struct inventory *inventory, const struct holder *holder)
{
	struct holder *mine;

	inventory->holders = make_room(inventory->holders, inventory->n_holders, &inventory->holders_room,
				       sizeof(*inventory->holders));
	mine = &inventory->holders[inventory->n_holders++];
	*mine = *holder;
	mine->path = holder->path ? xstrdup(holder->path) : NULL;
}

static uint32_t hash_set(const struct task_set *set)
{
	uint32_t hash = 0;

	for (int type = 0; type < NS_TYPE_COUNT; type++)
		hash = lookup_hash_number(hash ^ set->node[type]) + set->for_children[type];
	return lookup_hash_number(hash);
}

static bool is_set(const void *sets, uint32_t index, const void *wanted)
{
	const struct task_set *set = (const struct task_set *)sets + index;
	const struct task_set *key = wanted;

	for (int type = 0; type < NS_TYPE_COUNT; type++)
		if (set->node[type] != key->node[type] || set->for_children[type] != key->for_children[type])
			return false;
	return true;
}

static uint32_t add_set(struct inventory *inventory, const struct task_set *key)
{
	uint32_t hash = hash_set(key);
	uint32_t index = lookup_find(&inventory->set_index, hash, is_set, inventory->sets, key);

	if (index != LOOKUP_NONE)
		return index;
	inventory->sets = make_room(inventory->sets, inventory->n_sets, &inventory->sets_room,
				    sizeof(*inventory->sets));
	index = (uint32_t)inventory->n_sets++;
	inventory->sets[index] = *key;
	inventory->sets[index].n_tasks = 0;
	inventory->sets[index].lowest = inventory->sets[index].leader = PROCESS_NONE;
	lookup_add(&inventory->set_index, hash, index);
	return index;
}

static bool is_lower(const struct inventory *inventory, uint32_t process, uint32_t than)
{
	return than == PROCESS_NONE || inventory->processes[process].pid < inventory->processes[than].pid;
}

void inventory_add_task(struct inventory *inventory, uint32_t process, const struct task_set *key)
{
	uint32_t index = add_set(inventory, key);
	struct task_set *set = &inventory->sets[index];

	set->n_tasks++;
	if (is_lower(inventory, process, set->lowest))
		set->lowest = process;
	if (inventory->processes[process].set == SET_NONE)
		inventory->processes[process].set = index;
}

/*
 * Of the processes of a set those came into it from outside whose parent has
 * another: the init of a container, and what was run in it later.
 */
static void link_sets(struct inventory *inventory)
{
	for (size_t i = 0; i < inventory->n_sets; i++)
		inventory->sets[i].leader = PROCESS_NONE;
	for (uint32_t i = 0; i < inventory->n_processes; i++) {
		const struct process *process = &inventory->processes[i];
		struct task_set *set = process->set == SET_NONE ? NULL : &inventory->sets[process->set];
		bool is_inner = process->parent != PROCESS_NONE &&
				inventory->processes[process->parent].set == process->set;

		if (set && !is_inner && is_lower(inventory, i, set->leader))
			set->leader = i;
	}
	for (size_t i = 0; i < inventory->n_sets; i++)
		if (inventory->sets[i].leader == PROCESS_NONE)
			inventory->sets[i].leader = inventory->sets[i].lowest;
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
	link_sets(inventory);
}
