/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * describe_inside.h - the part of describe.h that is done from within: a worker
 * (worker.h) that enters one namespace after the other. It asks the kernel only
 * and touches no file of the place, but those of the /proc opened outside.
 */
#ifndef NSX_LS_DESCRIBE_INSIDE_H
#define NSX_LS_DESCRIBE_INSIDE_H

#include "base.h"
#include "ns_type.h"

#include <sys/types.h>

enum { DESCRIBE_TEXT_SIZE = 4096 };

/* A request, with the open namespace. */
struct describe_request {
	enum ns_type type;
	pid_t process; /* of cgroup: whose cgroup is wanted, as seen from there */
};

struct describe_answer {
	int error;     /* 0, or -errno: it could not get there, or not learn anything */
	bool has_moved; /* it is not where it started, now or before */
	bool is_spent; /* the worker has entered a user namespace, and can go nowhere else */
	pid_t worker;  /* its number in that /proc: it shows there what a process in the namespace shows */
	char text[DESCRIBE_TEXT_SIZE]; /* of uts, ipc, net: the description; of cgroup: the path */
};

/* The life of the worker, for worker_start(); `context` is the descriptor of /proc, an int. */
void describe_serve(int socket, const void *context);

#endif /* NSX_LS_DESCRIBE_INSIDE_H */
