/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * walked.h - what is read of one process: of its links, its threads, and what
 * it has open. Knows neither scan nor sources, and keeps nothing elsewhere, so
 * that several threads may read, a process each.
 *
 * This is where a scan spends its time: think in system calls a process.
 */
#ifndef NSX_SCAN_WALKED_H
#define NSX_SCAN_WALKED_H

#include "base.h"
#include "ns_type.h"

#include <sys/types.h>

/* Inode numbers behind the links of a task; 0 where there is nothing to see. */
struct links {
	ino_t own[NS_TYPE_COUNT];
	ino_t for_children[NS_TYPE_COUNT];
};

/* An open descriptor that may lead to a namespace. */
struct walked_descriptor {
	enum {
		DESCRIPTOR_NAMESPACE, /* a namespace file: which one, `type` and `inode` say */
		DESCRIPTOR_MOUNTED,   /* the same, opened where it is mounted: open it to know which */
		DESCRIPTOR_SOCKET,    /* `inode` is the number of the socket */
		DESCRIPTOR_DIRECTORY, /* `mount` is what it is in; on kernels that tell (6.8) */
	} what;
	pid_t thread; /* whose table it was read from; 0: the leader's */
	int number;
	enum ns_type type;
	ino_t inode;
	uint64_t mount; /* a 64-bit id */
};

/* Longest path of a descriptor, "task/2147483647/fd/2147483647", with its NUL byte. */
enum { WALKED_PATH_SIZE = 32 };

/* Its path below the directory of the process. */
void walked_descriptor_path(const struct walked_descriptor *descriptor, char out[WALKED_PATH_SIZE]);

/* What is to be read of each process. */
struct walked_wish {
	int procfd;
	dev_t nsfs;   /* the device of namespace files */
	ns_set types; /* of links, or none */
	bool threads;
	bool descriptors;
};

/* The process that the walk stands at. */
struct walked {
	pid_t pid;
	int dirfd; /* its directory in /proc */
	int error; /* 0, or -errno of opening that: nothing else is there then */

	struct links links;	/* of its leader: see walked_links() */
	bool has_links;		/* they were read */
	int links_error;	/* -EACCES, -EPERM: it refuses, and nothing of what follows was read */
	unsigned int n_threads; /* 1 where that is not known */
	struct walked_descriptor *descriptors; /* those of interest */
	size_t n_descriptors, descriptors_room;
	int descriptors_error; /* why there are no more */
	int lost; /* 0, or the last -errno by which something of it was not to be had; see scan_lose() */
	bool is_refused; /* it did not let us see all: who looks at it may set this, too */

	/* For who looks at it: */
	uint32_t index; /* in the inventory, or PROCESS_NONE: see walked_index() */
	int pidfd;	/* or -EBADF: see walked_pidfd() */
	bool is_self;	/* it is us */
};

/* Does a process refuse to be looked at? -EPERM comes from a /proc mounted with hidepid=1. */
static inline bool is_refusal(int error)
{
	return error == -EACCES || error == -EPERM;
}

/* Read a process; release it in any case. */
void walked_read(struct walked *process, pid_t pid, const struct walked_wish *wish);
void walked_release(struct walked *process);

/* The links of the wanted types of a task, at its directory. -EACCES, -EPERM: it refuses. */
int links_read(int dirfd, ns_set types, struct links *ret);

#endif /* NSX_SCAN_WALKED_H */
