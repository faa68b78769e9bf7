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
 *   pin:NAME               a name of nsx-pin or, for net, of ip-netns(8)
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
	NS_REF_PROCESS,
	NS_REF_INODE,
	NS_REF_PIN,
	NS_REF_PATH,
};

struct ns_ref {
	enum ns_ref_kind kind;
	const char *text;  /* the user's word, for messages */
	pid_t pid;	   /* PROCESS */
	ino_t pidfd_inode; /* PROCESS: 0 where not given */
	ino_t inode;	   /* INODE */
	enum ns_type type; /* INODE: NS_TYPE_INVALID where not given */
	const char *name;  /* PIN, PATH */
};

/* -EINVAL: not a reference (an invalid pin name, say); -ERANGE. */
int ns_ref_parse(const char *text, struct ns_ref *ret);

/* A process held so that its pid cannot come to mean another one. */
struct ns_ref_process {
	int pidfd;
	int dirfd; /* /proc/PID, O_PATH */
};

/*
 * Take hold of the process of a PROCESS reference. -ESRCH: no such process;
 * -ESTALE: the pid is in use, by another process than the one named.
 */
int ns_ref_open_process(const struct ns_ref *ref, struct ns_ref_process *ret);
void ns_ref_process_release(struct ns_ref_process *process);

/*
 * Open the namespace of that type: of the process, of the pin, or the file at
 * the path, whose type is then the caller's to check. -EMEDIUMTYPE: the file
 * is no namespace; -EOPNOTSUPP: an INODE, which takes a scan to find.
 */
int ns_ref_open(const struct ns_ref *ref, enum ns_type type, int *ret_fd);

#endif /* NSX_NS_REF_H */
