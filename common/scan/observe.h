/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * observe.h - the one door into the inventory: sources say what they see and
 * where, and what is to be asked of the kernel is asked here, once for each
 * namespace and only if the request wants it.
 *
 * An owner or a parent that comes to light this way is a namespace like any
 * other, so it comes in through the same door, and is asked for its own.
 */
#ifndef NSX_SCAN_OBSERVE_H
#define NSX_SCAN_OBSERVE_H

#include "base.h"
#include "scan/counts.h"
#include "scan/inventory.h"

/* The one namespace that a scan is made for; it ends when that is found. */
struct hunt {
	enum ns_type type; /* NS_TYPE_INVALID: any */
	ino_t inode;	   /* 0: any */
	uint64_t nsid;	   /* 0: any; takes FACT_NSID */
	int fd;		   /* open once it is found, -EBADF until then; the caller's to close */
};

/* A descriptor of a directory in mounts that are mounted nowhere; of source_mounts.c. */
struct loose_tree {
	uint64_t mount; /* its 64-bit id */
	pid_t pid;	/* who has it open, under which number */
	int number;
	int mntfd; /* the mount namespace that this process is in, open, */
	int fd;	   /* and the directory; -EBADF both if it is in the list with another one there */
	bool is_searched; /* all of it */
};

/* One run of the sources: what is wanted, where it goes, how it went. */
struct scan {
	struct inventory *inventory;
	int procfd;	      /* /proc */
	bool has_own_pids;    /* its numbers are those of our pid namespace */
	ns_set types;	      /* sources may leave others out, and add those that lead to them */
	unsigned int facts;   /* FACT_* */
	unsigned int sources; /* which are asked, see source.h */
	ns_set held;	      /* types whose nodes keep an open descriptor, for what comes later */
	int held_from;	      /* the lowest number of such a descriptor */
	bool may_have_threads; /* while the sources are asked: see readers.h for who may not */
	struct hunt *hunt;    /* or NULL */
	dev_t nsfs;	      /* the device of every namespace file, 0 before the first was seen */
	/* FACT_HOLDERS: of this namespace only, by type and inode number; 0: of all. */
	enum ns_type held_type;
	ino_t held_inode;
	struct scan_counts counts;
	int loss; /* the first -errno by which something was lost that no count tells of, see scan_lose() */
	struct number_map sockets; /* inode numbers of those that were asked, to nodes */
	struct number_map cookies; /* of network namespaces known from a socket, to nodes */
	struct number_map mounts;  /* ids of those with an open directory, to 1 if they are mounted nowhere */
	struct loose_tree *trees; /* the open ones first */
	size_t n_trees, n_open_trees;
};

/* A scan that has /proc open and wants nothing yet. -ENODEV, -ENOENT: it is not mounted. */
int scan_init(struct scan *scan, struct inventory *inventory);

/* Lets go of all but the inventory and what a hunt found. */
void scan_release(struct scan *scan);

/*
 * Something could not be read: 0 or -errno. That a process refuses or is gone,
 * or that an old kernel cannot tell, is an answer. For want of memory or of
 * descriptors there is none, and a scan that lost one so fails as a whole.
 */
void scan_lose(struct scan *scan, int error);

/* A namespace seen by a source. */
struct sight {
	enum ns_type type;
	struct ns_id id;
	unsigned int evidence; /* EVIDENCE_*, one of them */
	uint32_t process;      /* of PROCESS, FOR_CHILDREN, THREAD: whose it is; else PROCESS_NONE */
	pid_t thread;	       /* of the same: which of its threads; 0: its leader */
	int dirfd;	       /* where to open it, should the kernel have to be asked; -EBADF: nowhere */
	const char *path;      /* as for openat(2); NULL: dirfd is the namespace itself, open */
	const char *shown;     /* a path for people to open it by, where it is no link; or NULL */
	const struct holder *holder; /* for FACT_HOLDERS, node and evidence left open; NULL: us, or nobody */
};

/* Note what was seen; returns its node. What `sight` points to is used during the call only. */
uint32_t observe(struct scan *scan, const struct sight *sight);

/*
 * The same for an open namespace, whatever it is: asks for its type and id.
 * Fails where `fd` is none. `shown`, `holder` and `ret_node` may be NULL.
 */
int observe_fd(struct scan *scan, int fd, unsigned int evidence, const char *shown,
	       const struct holder *holder, uint32_t *ret_node);

/* Note that something more holds a namespace which is known already. */
void observe_holder(struct scan *scan, uint32_t node, unsigned int evidence, const struct holder *holder);

/*
 * The directory of a process that is in a namespace still, once the scan is
 * over (or of one that it is a sponsor of): its leader, or where that has gone,
 * any other. Returns its index; PROCESS_NONE where there is none.
 */
uint32_t scan_open_member(const struct scan *scan, uint32_t node, int *ret_dirfd);

/*
 * Open a namespace once the scan is over; it takes FACT_OPEN. -ESTALE, or
 * another -errno, where what it could be opened by is gone.
 */
int scan_open_node(const struct scan *scan, uint32_t node, int *ret_fd);

/* Was what the scan is made for found? Then sources need not go on. */
static inline bool scan_is_over(const struct scan *scan)
{
	return scan->hunt && scan->hunt->fd >= 0;
}

#endif /* NSX_SCAN_OBSERVE_H */
