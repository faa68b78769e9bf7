/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * inventory.h - the model: which namespaces there are, who is in them, how
 * they hang together. Pure: knows neither /proc nor tables, so that tests can
 * build one by hand.
 *
 * Things refer to each other by their index in an array, which stays valid
 * while the arrays grow; a pointer does not outlive the next _add_.
 *
 * Filled in three strokes: sources add processes and namespaces (observe.h),
 * inventory_link() counts and elects leaders, and detail.h adds what is to be
 * shown of the few processes that are shown.
 */
#ifndef NSX_SCAN_INVENTORY_H
#define NSX_SCAN_INVENTORY_H

#include "base.h"
#include "scan/lookup.h"
#include "ns_id.h"
#include "ns_type.h"

#include <sys/types.h>

#define NODE_NONE    UINT32_MAX
#define PROCESS_NONE UINT32_MAX
#define UID_UNKNOWN  ((uid_t)-1)
#define PID_UNKNOWN  ((pid_t)-1)

/*
 * What a request wants to be known beyond "which namespaces, and who is in
 * them". Nothing is looked for that nobody asked for.
 */
enum {
	FACT_OWNER = 1u << 0,	 /* of each namespace; asks the kernel */
	FACT_PARENT = 1u << 1,	 /* the same */
	FACT_ANCESTRY = 1u << 2, /* ppid of every process, for process trees */
	FACT_PPID = 1u << 3,	 /* ppid, uid, user's name, command: of those shown */
	FACT_UID = 1u << 4,
	FACT_USER = 1u << 5,
	FACT_COMMAND = 1u << 6,
	FACT_NSID = 1u << 7, /* the 64-bit id of each namespace; asks the kernel */
};

/* How a namespace came to be known. */
enum {
	EVIDENCE_PROCESS = 1u << 0,	 /* a process is in it */
	EVIDENCE_FOR_CHILDREN = 1u << 1, /* children of a process will be, the process is not */
	EVIDENCE_OWNER = 1u << 2,	 /* it owns another */
	EVIDENCE_PARENT = 1u << 3,	 /* it is the parent of another */
	EVIDENCE_THREAD = 1u << 4,	 /* a thread is in it, the leader of its process is not */
	EVIDENCE_DESCRIPTOR = 1u << 5,	 /* a process has it open */
	EVIDENCE_SOCKET = 1u << 6,	 /* a socket was created in it */
	EVIDENCE_MOUNT = 1u << 7,	 /* its file is mounted somewhere */
	EVIDENCE_KERNEL = 1u << 8,	 /* the kernel lists it */
};

#define EVIDENCE_OF_RELATIONS (EVIDENCE_OWNER | EVIDENCE_PARENT)

/* One namespace. */
struct node {
	enum ns_type type;
	struct ns_id id;
	unsigned int evidence;
	bool is_withheld; /* it could not be opened, though it was there */
	bool is_asked;	  /* the kernel was asked for what follows */
	uint32_t owner;	  /* NODE_NONE: none, out of reach, or not asked for */
	uint32_t parent;  /* the same; user and pid namespaces only */
	uid_t owner_uid;  /* the creator of a user namespace, or UID_UNKNOWN */
	uint64_t nsid;	  /* 0: not asked for, or not to be had */
	int fd;		  /* open, where the scan is to hold it; or -EBADF */
	char *path;	  /* a file to open it by that is no link of its leader, or NULL */
	/*
	 * The lowest process that, or a thread of which, would put its children
	 * into it, or of which a thread is in it; PROCESS_NONE.
	 */
	uint32_t sponsor;
	pid_t sponsor_thread; /* 0: it is the process itself */
	bool is_for_children; /* its children would be in it */
	/* From here on: set by inventory_link(). */
	uint32_t leader; /* the lowest process in it, else its sponsor, else PROCESS_NONE */
	uint32_t nprocs;
};

struct process {
	pid_t pid;
	uint32_t node[NS_TYPE_COUNT]; /* NODE_NONE where it could not be seen */
	pid_t speaker;		      /* the thread that stands for a leader that has ended, or 0 */
	pid_t ppid;		      /* 0: outside of this pid namespace; or PID_UNKNOWN */
	uid_t uid;		      /* effective, or UID_UNKNOWN */
	char *command;		      /* raw bytes, or NULL */
	uint32_t parent;	      /* by inventory_link(); PROCESS_NONE where unknown */
};

struct user {
	uid_t uid;
	char *name; /* NULL: has none */
};

struct inventory {
	struct node *nodes;
	size_t n_nodes;
	struct process *processes;
	size_t n_processes;
	struct user *users;
	size_t n_users;
	/* How they are found; and the room that the arrays have. */
	struct lookup node_index, process_index, user_index;
	size_t nodes_room, processes_room, users_room;
};

/* An inventory of zeros is an empty one. Releasing closes what is held. */
void inventory_release(struct inventory *inventory);

/* Find, or NODE_NONE and PROCESS_NONE. */
uint32_t inventory_find_node(const struct inventory *inventory, enum ns_type type, struct ns_id id);
uint32_t inventory_find_process(const struct inventory *inventory, pid_t pid);

/* Find or add. A new one knows its key only. */
uint32_t inventory_add_node(struct inventory *inventory, enum ns_type type, struct ns_id id);
uint32_t inventory_add_process(struct inventory *inventory, pid_t pid);

/*
 * The link below /proc/PID by which a process has to do with a namespace:
 * "ns/net", "ns/pid_for_children", "task/45/ns/net". For the leader of a node
 * and for processes in it.
 */
enum { INVENTORY_LINK_SIZE = 48 };
void inventory_link_path(const struct inventory *inventory, uint32_t node, uint32_t process,
			 char out[INVENTORY_LINK_SIZE]);

/*
 * Names of users, each kept once. _find_ returns NULL for a uid that was never
 * added; the user of one that has no name has name NULL.
 */
const struct user *inventory_find_user(const struct inventory *inventory, uid_t uid);
void inventory_add_user(struct inventory *inventory, uid_t uid, const char *name);

/*
 * One pass over processes and one over namespaces: counts, leaders, parent
 * processes. Call it when all sources are done; again after more was added.
 */
void inventory_link(struct inventory *inventory);

#endif /* NSX_SCAN_INVENTORY_H */
