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
 * shown of the few processes that are shown. Two lists stay empty unless they
 * are asked for: all that holds each namespace, and the sets of them that
 * tasks share.
 */
#ifndef NSX_SCAN_INVENTORY_H
#define NSX_SCAN_INVENTORY_H

#include "base.h"
#include "cgroup.h"
#include "scan/lookup.h"
#include "ns_id.h"
#include "ns_type.h"

#include <sys/types.h>

#define NODE_NONE    UINT32_MAX
#define PROCESS_NONE UINT32_MAX
#define SET_NONE     UINT32_MAX
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
	FACT_NTASKS = 1u << 8,
	FACT_HEAD = 1u << 9,   /* takes FACT_ANCESTRY */
	FACT_OPEN = 1u << 10,  /* each namespace can be opened again once the scan is over */
	FACT_CGROUP = 1u << 11, /* of the heads of those shown */
	FACT_NAMES = 1u << 12, /* in the registry */
	FACT_NSFS = 1u << 13,  /* where it is mounted here */
	FACT_INITIAL = 1u << 14,
	FACT_INIT = 1u << 15, /* of those shown; takes FACT_OPEN, as the next */
	FACT_NETNSID = 1u << 16,
	FACT_DETAIL = 1u << 17,
	FACT_HOLDERS = 1u << 18, /* everything that keeps a namespace alive, and its command */
	FACT_SETS = 1u << 19,	 /* which namespaces tasks have together */
};

#define FACTS_OF_HEADS (FACT_HEAD | FACT_ANCESTRY)

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

#define EVIDENCE_OF_LINKS     (EVIDENCE_PROCESS | EVIDENCE_FOR_CHILDREN | EVIDENCE_THREAD)
#define EVIDENCE_OF_RELATIONS (EVIDENCE_OWNER | EVIDENCE_PARENT)

/* NETNSID_UNASSIGNED is the kernel's own answer, NETNSA_NSID_NOT_ASSIGNED. */
enum { NETNSID_UNASSIGNED = -1, NETNSID_UNKNOWN = -2 };

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
	uint32_t ntasks;      /* threads in it, with FACT_NTASKS */
	/* Set by inventory_link(). */
	uint32_t leader; /* the lowest process in it, else its sponsor, else PROCESS_NONE */
	uint32_t nprocs;
	uint32_t head; /* by heads.h: the process that stands for it; PROCESS_NONE */
	/* By detail.h. */
	struct texts *names; /* in the registry, or NULL; see inventory.known */
	struct texts *nsfs;  /* where it is mounted here; the same */
	pid_t init;	     /* of a pid namespace; 0: not asked for, or not to be had */
	int32_t netnsid;     /* or NETNSID_* */
	char *detail;	     /* what it is, in words, or NULL */
};

/* One thing that keeps a namespace alive. */
struct holder {
	uint32_t node;	       /* the one that it keeps */
	unsigned int evidence; /* EVIDENCE_*, one of them: what it is */
	pid_t pid;	       /* the process that is in it, has it open, and so on; or 0 */
	pid_t thread;	       /* PROCESS, FOR_CHILDREN, THREAD: which of its threads; 0: its leader */
	int number;	       /* DESCRIPTOR, SOCKET, MOUNT with a pid: of the descriptor */
	/* OWNER, PARENT: the one that it owns, or is the parent of; MOUNT: where; or NODE_NONE. */
	uint32_t other;
	char *path; /* MOUNT: where in that, from its root, or in what the descriptor is of; or NULL */
};

/*
 * Namespaces that tasks have together: what the kernel keeps as one nsproxy,
 * and those of type user and pid.
 */
struct task_set {
	uint32_t node[NS_TYPE_COUNT];	      /* NODE_NONE where there is none to be seen */
	uint32_t for_children[NS_TYPE_COUNT]; /* of types where children may get another; else NODE_NONE */
	uint32_t n_tasks;
	uint32_t lowest; /* process that has such a task */
	uint32_t leader; /* by inventory_link(): the lowest process whose parent has others; else `lowest` */
};

struct process {
	pid_t pid;
	uint32_t node[NS_TYPE_COUNT]; /* NODE_NONE where it could not be seen */
	uint32_t set;		      /* of its leader, or of the first thread seen; SET_NONE */
	pid_t speaker;		      /* the thread that stands for a leader that has ended, or 0 */
	pid_t ppid;		      /* 0: outside of this pid namespace; or PID_UNKNOWN */
	uid_t uid;		      /* effective, or UID_UNKNOWN */
	int64_t start_time;	      /* with FACT_ANCESTRY: of struct proc_stat; else, or unread, INT64_MAX */
	char *command;		      /* raw bytes, or NULL */
	struct cgroup_table *cgroup;  /* or NULL */
	uint32_t parent;	      /* by inventory_link(); PROCESS_NONE where unknown */
};

/* Words of others: raw bytes. */
struct texts {
	char **list;
	size_t count;
};

/* Add a copy of a text; *texts, NULL at first, is allocated then. */
void texts_add(struct texts **texts, const char *text);
void texts_free(struct texts *texts);

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
	struct holder *holders;
	size_t n_holders;
	struct task_set *sets;
	size_t n_sets;
	bool lacks_processes; /* they were not looked at: that none is in a namespace says nothing */
	unsigned int known;   /* FACT_NAMES, FACT_NSFS: they were looked for, so what has none has none */
	ino_t initial[NS_TYPE_COUNT]; /* the namespaces that the machine started with; 0: unknown */
	/* How they are found; and the room that the arrays have. */
	struct lookup node_index, process_index, user_index, set_index;
	size_t nodes_room, processes_room, users_room, holders_room, sets_room;
};

/* An inventory of zeros is an empty one. Releasing closes what is held. */
void inventory_release(struct inventory *inventory);

/* The inode number of a namespace, 0 of NODE_NONE. */
static inline ino_t inventory_inode(const struct inventory *inventory, uint32_t node)
{
	return node == NODE_NONE ? 0 : inventory->nodes[node].id.ino;
}

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
 * How deep a user or pid namespace lies below the outermost one that we may
 * know of, which has level 0; -ENODATA where that was not asked (FACT_PARENT)
 * or is not to be had.
 */
int inventory_level(const struct inventory *inventory, uint32_t node);

/*
 * Names of users, each kept once. _find_ returns NULL for a uid that was never
 * added; the user of one that has no name has name NULL.
 */
const struct user *inventory_find_user(const struct inventory *inventory, uid_t uid);
void inventory_add_user(struct inventory *inventory, uid_t uid, const char *name);

/* Note a holder; its path is copied. The same thing twice is two holders. */
void inventory_add_holder(struct inventory *inventory, const struct holder *holder);

/* Count in a task of a process that has these namespaces; only the first two fields of `set` are read. */
void inventory_add_task(struct inventory *inventory, uint32_t process, const struct task_set *set);

/*
 * One pass over processes and one over namespaces: counts, leaders, parent
 * processes. Call it when all sources are done; again after more was added.
 */
void inventory_link(struct inventory *inventory);

#endif /* NSX_SCAN_INVENTORY_H */
