/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * describe_net.h - the interfaces of the network namespace that we are in, with
 * their addresses.
 */
#ifndef NSX_LS_DESCRIBE_NET_H
#define NSX_LS_DESCRIBE_NET_H

#include "base.h"

#include <net/if.h>
#include <netinet/in.h>

struct net_interface {
	int index;
	char name[IF_NAMESIZE];
	bool is_up;
};

struct net_address {
	int index;  /* of its interface */
	int family; /* AF_INET, AF_INET6 */
	unsigned int prefix;
	struct in6_addr address; /* or an in_addr at its start */
};

/* What was found; ends with zeros. */
struct net {
	struct net_interface *interfaces;
	size_t n_interfaces;
	struct net_address *addresses;
	size_t n_addresses;
};

void net_release(struct net *net);

/* Ask for everything, by rtnetlink(7). */
int net_read(struct net *net);

/* Add what a message says, if it is of interest; a visit() for rtnetlink.h that never fails. Pure. */
struct nlmsghdr;
int net_add(void *net, const struct nlmsghdr *message);

/*
 * "lo 127.0.0.1/8 ::1/128, eth0 10.0.0.2/24, eth1 down", in the order of the
 * interfaces' numbers, which are sorted for it. Of many addresses the first 16
 * and the number of others: "eth0 ... +4". Where more than `size` bytes would be
 * needed it ends with how many interfaces more there are. Pure.
 */
void net_format(struct net *net, char *out, size_t size);

#endif /* NSX_LS_DESCRIBE_NET_H */
