/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ns_join.c - into a namespace, and into its owner first where need be.
 */
#include "ns_join.h"

#include "kernel.h"
#include "ns_id.h"
#include "ns_query.h"

int ns_join_owner(int procfd, int fd, bool *spent)
{
	_cleanup_close_ int owner = -EBADF;
	struct ns_id own, wanted;
	int r;

	r = ns_query_owner(fd, &owner);
	if (r < 0)
		return r;
	if (ns_id_of_path(procfd, "self/ns/user", &own) == 0 && ns_id_of_fd(owner, &wanted) == 0 &&
	    ns_id_equal(own, wanted))
		return 0;
	r = kernel_setns(owner, CLONE_NEWUSER);
	if (r == 0)
		*spent = true;
	return r;
}

int ns_join(int procfd, int fd, int flag, bool *spent)
{
	int r = kernel_setns(fd, flag);

	/* The owner of a user namespace is its parent, from where there is no way in for one who has none. */
	if (r == -EPERM && flag != CLONE_NEWUSER && ns_join_owner(procfd, fd, spent) == 0)
		r = kernel_setns(fd, flag);
	if (r == 0 && flag == CLONE_NEWUSER)
		*spent = true;
	return r;
}
