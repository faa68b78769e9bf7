/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pin_record.h - what is written down of a name: a small text, one KEY=value a
 * line, as nsx-pin(8) has it. Pure.
 *
 *   owner=1000                who made it, or for whom
 *   mode=0700                 who may look into it, and enter it
 *   made=1763800000           when; seconds since 1970
 *   net=bind:4026532179       how each namespace is kept, and its inode number;
 *   uts=hold:4026532180:12    held: the descriptor of the holder
 *   holder=4711:5678          the process that holds, and the inode of its pidfd
 *   init=4712:5679            the init that was started for a pid namespace
 */
#ifndef NSX_PIN_RECORD_H
#define NSX_PIN_RECORD_H

#include "base.h"
#include "ns_type.h"

#include <sys/types.h>

enum pin_method {
	PIN_NOT_KEPT,
	PIN_BIND, /* a mount of its file */
	PIN_HOLD, /* a descriptor of a process */
};

struct pin_process {
	pid_t pid;   /* 0: there is none */
	ino_t inode; /* of its pidfd; 0 where the kernel has no such numbers (before 6.9) */
};

/* How one namespace is kept. */
struct pin_kept {
	enum pin_method method;
	ino_t inode;
	int fd; /* PIN_HOLD */
};

struct pin_record {
	uid_t owner;
	mode_t mode; /* permission bits */
	time_t made; /* 0: not known */
	struct pin_kept kept[NS_TYPE_COUNT];
	struct pin_process holder, init;
};

/* "bind", "hold". */
const char *pin_method_name(enum pin_method method);

/* The types that are kept; those of them by one method. */
ns_set pin_record_types(const struct pin_record *record);
ns_set pin_record_types_by(const struct pin_record *record, enum pin_method method);

/* Write it, into memory that the caller frees. */
char *pin_record_format(const struct pin_record *record);

/*
 * Read it. Keys that are not known are passed over. -EBADMSG: what is there is
 * no record, or contradicts itself.
 */
int pin_record_parse(const char *text, struct pin_record *ret);

#endif /* NSX_PIN_RECORD_H */
