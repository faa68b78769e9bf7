/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wake_perf.c - perf events of tasks, perf_event_open(2): the namespaces of a
 * task when it is born and when it changes them (PERF_RECORD_NAMESPACES, 4.12),
 * and its end. One event and one ring a processor; takes CAP_PERFMON.
 *
 * What the records do not have: time namespaces, and what children of a task
 * would be in. So a task that changed something is looked at in /proc as well.
 */
#include "ls/wake.h"

#include <linux/perf_event.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>

#include "diag.h"
#include "kernel.h"

enum { RING_PAGES = 16 /* a power of two */, LINKS = CGROUP_NS_INDEX + 1 };

struct ring {
	int fd;
	struct perf_event_mmap_page *page; /* followed by RING_PAGES of records */
	uint64_t head;			   /* up to where records are read now */
	pid_t newborn;			   /* the task of the last record, where that told of its birth */
};

struct rings {
	struct ring *rings;
	size_t count;
	size_t page_size;
};

/* The layouts of the records that we ask for, and nothing else is in them. */
struct fork_record {
	struct perf_event_header header;
	uint32_t pid, ppid, tid, ptid;
};

struct namespaces_record {
	struct perf_event_header header;
	uint32_t pid, tid;
	uint64_t count;
	struct {
		uint64_t dev, ino;
	} links[LINKS];
};

/* In the order of the kernel. */
static const enum ns_type types_of_links[LINKS] = {
	[NET_NS_INDEX] = NS_NET,       [UTS_NS_INDEX] = NS_UTS,	  [IPC_NS_INDEX] = NS_IPC,
	[PID_NS_INDEX] = NS_PID,       [USER_NS_INDEX] = NS_USER, [MNT_NS_INDEX] = NS_MNT,
	[CGROUP_NS_INDEX] = NS_CGROUP,
};

static void read_namespaces(struct wake *wake, struct ring *ring, const struct namespaces_record *record)
{
	struct links links = { 0 };

	if ((pid_t)record->pid <= 0)
		return; /* in none of our pid namespaces: not ours to see */
	for (uint64_t i = 0; i < record->count && i < LINKS; i++)
		links.own[types_of_links[i]] = record->links[i].ino;
	news_of_links(&wake->news, (pid_t)record->pid, (pid_t)record->tid, &links);
	/* Not at its birth, so it changed something, perhaps something that is not in the record. */
	if (ring->newborn != (pid_t)record->tid && !news_is_own(&wake->news, (pid_t)record->pid))
		wake_judge_task(wake, (pid_t)record->pid, (pid_t)record->tid);
}

/* A record as any of them; zeros are behind a short one, and what is long is cut off. */
union record {
	struct perf_event_header header;
	struct fork_record fork;
	struct namespaces_record namespaces;
};

static void read_birth(struct wake *wake, struct ring *ring _unused_, const union record *record)
{
	if (record->header.type == PERF_RECORD_FORK && record->fork.pid == record->fork.tid)
		news_of_birth(&wake->news, (pid_t)record->fork.pid, (pid_t)record->fork.ppid);
}

static void read_record(struct wake *wake, struct ring *ring, const union record *record)
{
	pid_t newborn = 0;

	switch (record->header.type) {
	case PERF_RECORD_FORK:
		newborn = (pid_t)record->fork.tid;
		break;
	case PERF_RECORD_EXIT:
		news_of_end(&wake->news, (pid_t)record->fork.pid, (pid_t)record->fork.tid);
		break;
	case PERF_RECORD_NAMESPACES:
		read_namespaces(wake, ring, &record->namespaces);
		break;
	case PERF_RECORD_LOST:
		news_of_anything(&wake->news);
		break;
	}
	ring->newborn = newborn;
}

/* Copy bytes at a position that only grows out of a ring that goes round. */
static void copy_out(const struct ring *ring, size_t page_size, uint64_t position, void *to, size_t size)
{
	const char *data = (const char *)ring->page + page_size;
	size_t room = RING_PAGES * page_size;
	size_t at = (size_t)(position % room);
	size_t first = size < room - at ? size : room - at;

	memcpy(to, data + at, first);
	memcpy((char *)to + first, data, size - first);
}

typedef void record_reader(struct wake *wake, struct ring *ring, const union record *record);

static uint64_t read_up_to_head(struct wake *wake, struct ring *ring, size_t page_size, record_reader *read)
{
	uint64_t tail = ring->page->data_tail;

	while (tail < ring->head) {
		struct perf_event_header header;
		union record record = { 0 };

		copy_out(ring, page_size, tail, &header, sizeof(header));
		if (header.size < sizeof(header))
			return ring->head; /* no kernel writes such a one */
		copy_out(ring, page_size, tail, &record,
			 header.size < sizeof(record) ? header.size : sizeof(record));
		read(wake, ring, &record);
		tail += header.size;
	}
	return tail;
}

/*
 * Births first: what a task does may be in another ring than its birth, and
 * those who were born to us are known by that.
 */
static int read_rings(struct wake *wake, void *state)
{
	struct rings *rings = state;

	for (size_t i = 0; i < rings->count; i++) {
		struct ring *ring = &rings->rings[i];

		ring->head = atomic_load_explicit((_Atomic uint64_t *)&ring->page->data_head,
						  memory_order_acquire);
		read_up_to_head(wake, ring, rings->page_size, read_birth);
	}
	for (size_t i = 0; i < rings->count; i++) {
		struct ring *ring = &rings->rings[i];
		uint64_t tail = read_up_to_head(wake, ring, rings->page_size, read_record);

		atomic_store_explicit((_Atomic uint64_t *)&ring->page->data_tail, tail, memory_order_release);
	}
	return 0;
}

static void close_rings(void *state)
{
	struct rings *rings = state;

	for (size_t i = 0; i < rings->count; i++) {
		munmap(rings->rings[i].page, (RING_PAGES + 1) * rings->page_size);
		close_fd(rings->rings[i].fd);
	}
	free(rings->rings);
	free(rings);
}

static int open_ring(struct wake *wake, struct rings *rings, int cpu)
{
	/*
	 * The kernel asks who wants records of tasks at all, and who wants
	 * those of namespaces is not asked: without .task, none would come.
	 * .wakeup_events counts samples, and these are none: each record wakes us
	 * only where one byte is as much as is waited for.
	 */
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_DUMMY,
		.size = sizeof(attr),
		.namespaces = 1,
		.task = 1,
		.watermark = 1,
		.wakeup_watermark = 1,
	};
	_cleanup_close_ int fd = kernel_perf_event_open(&attr, -1, cpu);
	void *page;
	int r;

	if (fd < 0)
		return fd;
	page = mmap(NULL, (RING_PAGES + 1) * rings->page_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (page == MAP_FAILED)
		return -errno;
	r = wake_add(wake, fd, EPOLLIN, wake_number(&wake_perf));
	if (r < 0) {
		munmap(page, (RING_PAGES + 1) * rings->page_size);
		return r;
	}
	rings->rings[rings->count++] = (struct ring){ .fd = take_fd(&fd), .page = page };
	return 0;
}

/* Processors that are asleep have none; one that wakes up later is found by time. */
static int open_rings(struct wake *wake, void **ret)
{
	long n = sysconf(_SC_NPROCESSORS_CONF);
	struct rings *rings = xcalloc(1, sizeof(*rings));
	int r = 0;

	rings->page_size = (size_t)sysconf(_SC_PAGESIZE);
	rings->rings = xcalloc(n > 0 ? (size_t)n : 1, sizeof(*rings->rings));
	for (int cpu = 0; cpu < n && (r == 0 || r == -ENODEV); cpu++)
		r = open_ring(wake, rings, cpu);
	if (r == -ENODEV && rings->count)
		r = 0;
	if (r < 0)
		close_rings(rings);
	else
		*ret = rings;
	return r;
}

const struct wake_source wake_perf = {
	.name = "perf",
	.tells = "tasks and their namespaces",
	.open = open_rings,
	.read = read_rings,
	.close = close_rings,
};
