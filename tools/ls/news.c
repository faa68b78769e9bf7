/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * news.c - judging what tasks do by what is known of namespaces. Pure, but for
 * our own pid.
 */
#include "ls/news.h"

#include "diag.h"

bool news_is_own(const struct news *news, pid_t pid)
{
	for (size_t i = 0; i < ARRAY_SIZE(news->own); i++)
		if (pid && news->own[i] == pid)
			return true;
	return false;
}

static void forget_own(struct news *news, pid_t pid)
{
	for (size_t i = 0; i < ARRAY_SIZE(news->own); i++)
		if (news->own[i] == pid)
			news->own[i] = 0;
}

void news_of_birth(struct news *news, pid_t pid, pid_t parent)
{
	forget_own(news, pid);
	if (parent == getpid() || news_is_own(news, parent))
		news->own[news->n_own++ % ARRAY_SIZE(news->own)] = pid;
}

void news_of_anything(struct news *news)
{
	news->is_due = true;
}

static bool is_glimpsed(const struct news *news, enum ns_type type, ino_t ino)
{
	for (size_t i = 0; i < news->n_glimpses; i++)
		if (news->glimpses[i].type == type && news->glimpses[i].ino == ino)
			return true;
	return false;
}

static void glimpse(struct news *news, enum ns_type type, ino_t ino, pid_t pid)
{
	news->is_due = true;
	if (news->n_glimpses == NEWS_GLIMPSES_MAX || is_glimpsed(news, type, ino))
		return;
	if (news->n_glimpses == news->glimpses_room) {
		news->glimpses_room = news->glimpses_room ? news->glimpses_room * 2 : 16;
		news->glimpses = xreallocarray(news->glimpses, news->glimpses_room, sizeof(*news->glimpses));
	}
	news->glimpses[news->n_glimpses++] = (struct glimpse){ type, ino, pid };
}

/* The node behind a link; NODE_NONE, and a glimpse of it, where it is new. */
static uint32_t judge_link(struct news *news, enum ns_type type, ino_t ino, pid_t pid)
{
	struct ns_id id = { .dev = news->nsfs, .ino = ino };
	uint32_t node;

	if (!ino || !ns_set_has(news->types, type))
		return NODE_NONE;
	node = inventory_find_node(news->inventory, type, id);
	if (node == NODE_NONE)
		glimpse(news, type, ino, pid);
	return node;
}

/* Does a namespace without processes live by this one, or a thread of it? */
static bool is_sponsor(const struct inventory *inventory, uint32_t process)
{
	for (size_t i = 0; i < inventory->n_nodes; i++)
		if (inventory->nodes[i].nprocs == 0 && inventory->nodes[i].sponsor == process)
			return true;
	return false;
}

void news_of_links(struct news *news, pid_t pid, pid_t tid, const struct links *links)
{
	uint32_t process;

	if (news_is_own(news, pid))
		return;
	if (!news->inventory) {
		news->is_due = true;
		return;
	}
	process = inventory_find_process(news->inventory, pid);
	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		uint32_t now = judge_link(news, type, links->own[type], pid);
		uint32_t before =
			process == PROCESS_NONE ? NODE_NONE : news->inventory->processes[process].node[type];

		judge_link(news, type, links->for_children[type], pid);
		/* It has left what it was in, and may have been the last. */
		if (tid == pid && now != NODE_NONE && before != NODE_NONE && now != before)
			news->is_due = true;
	}
	if (tid != pid && process != PROCESS_NONE && is_sponsor(news->inventory, process))
		news->is_due = true;
}

void news_of_end(struct news *news, pid_t pid, pid_t tid)
{
	struct inventory *inventory = news->inventory;
	uint32_t process;

	if (news_is_own(news, pid) || !inventory)
		return;
	process = inventory_find_process(inventory, pid);
	if (process == PROCESS_NONE)
		return; /* born after the look, so others it knows keep what this one was in; or it is
			   glimpsed */
	if (is_sponsor(inventory, process))
		news->is_due = news->is_of_an_end = true;
	for (int type = 0; type < NS_TYPE_COUNT && tid == pid; type++) {
		uint32_t node = inventory->processes[process].node[type];

		if (node == NODE_NONE)
			continue;
		inventory->processes[process].node[type] = NODE_NONE;
		if (--inventory->nodes[node].nprocs == 0)
			news->is_due = news->is_of_an_end = true;
	}
}

void news_clear(struct news *news)
{
	news->is_due = news->is_of_an_end = false;
	news->n_glimpses = 0;
}

void news_release(struct news *news)
{
	free(news->glimpses);
	*news = (struct news){ 0 };
}
