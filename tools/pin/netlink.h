/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * netlink.h - the few questions that nsx-pin asks of rtnetlink(7): numbers that
 * one network namespace has for others, and devices. The numbers are those of
 * the namespace that the socket was opened in.
 */
#ifndef NSX_PIN_NETLINK_H
#define NSX_PIN_NETLINK_H

#include "base.h"

/* A socket in our own network namespace. */
int netlink_open(int *ret_fd);

/* The number for an open network namespace; -ENODATA: it has none. */
int netlink_get_nsid(int socket, int netns, int32_t *ret);

/* Give it one; -1: any that is free. -EEXIST: it has one, or the number is taken. */
int netlink_set_nsid(int socket, int netns, int32_t nsid);

/* Call found(context, nsid) with each number; ends with, and returns, the first other than 0. */
int netlink_list_nsids(int socket, int (*found)(void *context, int32_t nsid), void *context);

/*
 * The physical devices of the network namespace that the socket is in: those
 * that no driver of virtual ones made. Their names, separated by blanks, for
 * the caller to free; "" where there is none.
 */
int netlink_physical_devices(int socket, char **ret);

#endif /* NSX_PIN_NETLINK_H */
