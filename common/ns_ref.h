/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ns_ref.h - what a user may name wherever a namespace or a process is asked
 * for; one grammar in all tools:
 *
 *   1234, 1234:5678        a process; 5678 is the inode number of its pidfd,
 *                          which no other process ever has (Linux 6.9)
 *   net:[4026532001],      the namespace with that inode number; a number of
 *   @4026532001,           2147483648 and more is no pid, so it may stand
 *   4026532001             alone, as in lsns(8)
 *   :7                     the namespace with that 64-bit id (Linux 6.18)
 *   pin:NAME               a name of nsx-pin or, for net, of ip-netns(8)
 *   fd:PID:FD              what that process has open there: a namespace file,
 *                          or a socket, which stands for its net namespace
 *   unit:NAME              a process of that unit of the service manager
 *   container:ID           the init of that container
 *   pidfile:PATH           the process whose pid is in that file
 *   anything else          the path of a namespace file
 *
 * Parsing is pure and copies nothing: a reference points into the word.
 */
#ifndef NSX_NS_REF_H
#define NSX_NS_REF_H

#include "base.h"
#include "ns_id.h"
#include "ns_type.h"

#include <sys/types.h>

enum ns_ref_kind {
	NS_REF_NONE,
	/* A process, with a namespace of each type. */
	NS_REF_PROCESS,
	NS_REF_UNIT,
	NS_REF_CONTAINER,
	NS_REF_PIDFILE,
	/* A name, with some. */
	NS_REF_PIN,
	/* One namespace. */
	NS_REF_INODE,
	NS_REF_NSID,
	NS_REF_FD,
	NS_REF_SOCKET, /* not written: a descriptor alone, the caller's own for ns_ref_open() */
	NS_REF_PATH,
};

struct ns_ref {
	enum ns_ref_kind kind;
	const char *text;  /* the user's word, for messages */
	pid_t pid;	   /* PROCESS, FD */
	ino_t pidfd_inode; /* PROCESS: 0 where not given */
	ino_t inode;	   /* INODE */
	enum ns_type type; /* INODE: NS_TYPE_INVALID where not given */
	uint64_t nsid;	   /* NSID */
	int fd;		   /* FD, SOCKET */
	const char *name;  /* PIN, PATH, PIDFILE, UNIT, CONTAINER */
};

/* -EINVAL: not a reference (an invalid pin name, say); -ERANGE. */
int ns_ref_parse(const char *text, struct ns_ref *ret);

/* Does it name a process; or one namespace, whatever its type? */
bool ns_ref_is_process(const struct ns_ref *ref);
bool ns_ref_is_namespace(const struct ns_ref *ref);

/* A process held so that its pid cannot come to mean another one. */
struct ns_ref_process {
	int pidfd;
	int dirfd; /* /proc/PID, O_PATH */
};

/*
 * Take hold of the process that is named. -ESRCH: no such process; -ESTALE:
 * the pid is in use, by another process than the one named; -ENOTUNIQ: a unit
 * or container that several fit; -ENOMSG: no pid in the file.
 */
int ns_ref_open_process(const struct ns_ref *ref, struct ns_ref_process *ret);
void ns_ref_process_release(struct ns_ref_process *process);

/*
 * Open the net namespace of a socket that the process has open there.
 * -EBADF: nothing is; -EMEDIUMTYPE: no socket is; -EPERM.
 */
int ns_ref_open_socket(const struct ns_ref_process *process, int socket, int *ret_fd);

/*
 * Open the namespace of that type: of the process, of the name; or the one
 * namespace that is meant, whose type is then the caller's to check.
 * -EMEDIUMTYPE: what is there is no namespace (nor a socket); -ENOENT.
 * An INODE, and before Linux 6.19 an NSID, takes a look at the whole machine,
 * with what ns_find() says of it: -EACCES where not all of it could be seen.
 */
int ns_ref_open(const struct ns_ref *ref, enum ns_type type, int *ret_fd);

#endif /* NSX_NS_REF_H */
