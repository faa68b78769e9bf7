/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test-news.c - which events make a look worth its cost.
 */
#include "fake.h"
#include "ls/news.h"
#include "tap.h"

enum { OUR_CHILD = 90 };

/*
 * Processes 7 and 8 are in uts 1 and net 2, process 9 is in uts 3 and net 2; a
 * thread of 8 is in net 4.
 */
static struct inventory example(void)
{
	struct inventory inventory = { 0 };
	uint32_t seven = fake_process(&inventory, 7, 1, NS_UTS, 1);
	uint32_t eight = fake_process(&inventory, 8, 7, NS_UTS, 1);
	uint32_t nine = fake_process(&inventory, 9, 1, NS_UTS, 3);

	fake_sight(&inventory, NS_NET, 2, EVIDENCE_PROCESS, seven);
	fake_sight(&inventory, NS_NET, 2, EVIDENCE_PROCESS, eight);
	fake_sight(&inventory, NS_NET, 2, EVIDENCE_PROCESS, nine);
	fake_sight(&inventory, NS_NET, 4, EVIDENCE_THREAD, eight);
	inventory_link(&inventory);
	return inventory;
}

static struct news judge_by(struct inventory *inventory)
{
	return (struct news){ .inventory = inventory, .types = NS_SET_ALL, .nsfs = FAKE_DEVICE };
}

/* A task is in these; is a look due? Starts anew. */
static bool is_due_for(struct news *news, pid_t pid, pid_t tid, ino_t uts, ino_t net)
{
	struct links links = { .own = { [NS_UTS] = uts, [NS_NET] = net } };

	news_clear(news);
	news_of_links(news, pid, tid, &links);
	return news->is_due;
}

static void test_links(void)
{
	struct inventory inventory = example();
	struct news news = judge_by(&inventory);
	struct links children = { .own = { [NS_PID] = 0 }, .for_children = { [NS_PID] = 6 } };

	ok(!is_due_for(&news, 10, 10, 1, 2));
	ok(!is_due_for(&news, 10, 10, 3, 2));
	ok(!is_due_for(&news, 7, 7, 1, 2));
	/* One that nobody knows. */
	ok(is_due_for(&news, 10, 10, 5, 2));
	is_int(news.n_glimpses, 1);
	is_int(news.glimpses[0].type, NS_UTS);
	is_int(news.glimpses[0].ino, 5);
	is_int(news.glimpses[0].pid, 10);
	ok(is_due_for(&news, 10, 10, 2, 2)); /* the number is known for another type */
	news_clear(&news);
	is_int(news.n_glimpses, 0);
	news_of_links(&news, 10, 10, &children);
	ok(news.is_due);
	is_int(news.glimpses[0].ino, 6);
	/* It left what it was in. */
	ok(is_due_for(&news, 9, 9, 1, 2));
	is_int(news.n_glimpses, 0);
	/* A thread of a process without such threads, and of one with them. */
	ok(!is_due_for(&news, 7, 70, 1, 2));
	ok(is_due_for(&news, 8, 80, 1, 2));
	/* A type that nobody looks for. */
	news.types = ns_set_of(NS_NET);
	ok(!is_due_for(&news, 10, 10, 5, 2));
	ok(is_due_for(&news, 10, 10, 1, 5));
	is_int(news.n_glimpses, 1);
	news_release(&news);
	inventory_release(&inventory);
}

static bool is_due_after_end(struct news *news, pid_t pid, pid_t tid)
{
	news_clear(news);
	news_of_end(news, pid, tid);
	is_int(news->is_of_an_end, news->is_due);
	return news->is_due;
}

static void test_ends(void)
{
	struct inventory inventory = example();
	struct news news = judge_by(&inventory);

	ok(!is_due_after_end(&news, 10, 10));
	ok(!is_due_after_end(&news, 7, 70));
	ok(!is_due_after_end(&news, 7, 7));
	ok(!is_due_after_end(&news, 7, 7)); /* told twice, it ends once */
	ok(is_due_after_end(&news, 8, 80)); /* the thread, perhaps */
	ok(is_due_after_end(&news, 8, 8));  /* the last in uts 1 */
	ok(is_due_after_end(&news, 9, 9));
	news_release(&news);
	inventory_release(&inventory);
}

/* What works for us does as it is told: no news. */
static void test_own(void)
{
	struct inventory inventory = example();
	struct news news = judge_by(&inventory);

	news_of_birth(&news, OUR_CHILD, getpid());
	news_of_birth(&news, OUR_CHILD + 1, OUR_CHILD);
	ok(news_is_own(&news, OUR_CHILD));
	ok(!is_due_for(&news, OUR_CHILD, OUR_CHILD, 5, 2));
	ok(!is_due_for(&news, OUR_CHILD + 1, OUR_CHILD + 1, 5, 2));
	/* The number of one is used again, by a stranger. */
	news_of_birth(&news, OUR_CHILD, 7);
	ok(is_due_for(&news, OUR_CHILD, OUR_CHILD, 5, 2));
	ok(!news_is_own(&news, 0));
	news_release(&news);
	inventory_release(&inventory);
}

/* Before the first look everything is news. */
static void test_first(void)
{
	struct news news = { 0 };

	ok(is_due_for(&news, 7, 7, 1, 2));
	is_int(news.n_glimpses, 0);
	ok(!is_due_after_end(&news, 7, 7));
	news_of_anything(&news);
	ok(news.is_due);
	news_release(&news);
}

int main(void)
{
	test_links();
	test_ends();
	test_own();
	test_first();
	return done_testing();
}
