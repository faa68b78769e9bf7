/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * describe_net.c - links and addresses to words.
 */
#include "ls/describe_net.h"

#include <arpa/inet.h>
#include <string.h>

#include "diag.h"
#include "rtnetlink.h"

void net_release(struct net *net)
{
	free(net->interfaces);
	free(net->addresses);
	*net = (struct net){ 0 };
}

/* Room for one more; doubled whenever the count is a power of two. */
static void *grow(void *array, size_t count, size_t size)
{
	return (count & (count - 1)) == 0 ? xreallocarray(array, count ? count * 2 : 1, size) : array;
}

static void add_interface(struct net *net, const struct nlmsghdr *message)
{
	const struct ifinfomsg *info = NLMSG_DATA(message);
	struct net_interface *interface;

	if (message->nlmsg_len < NLMSG_LENGTH(sizeof(*info)))
		return;
	net->interfaces = grow(net->interfaces, net->n_interfaces, sizeof(*net->interfaces));
	interface = &net->interfaces[net->n_interfaces++];
	*interface = (struct net_interface){
		.index = info->ifi_index,
		.is_up = info->ifi_flags & IFF_UP,
	};
	rtnetlink_text(message, sizeof(*info), IFLA_IFNAME, interface->name, sizeof(interface->name));
}

static void add_address(struct net *net, const struct nlmsghdr *message)
{
	const struct ifaddrmsg *info = NLMSG_DATA(message);
	const void *address;
	size_t size;

	if (message->nlmsg_len < NLMSG_LENGTH(sizeof(*info)) ||
	    (info->ifa_family != AF_INET && info->ifa_family != AF_INET6))
		return;
	size = info->ifa_family == AF_INET ? sizeof(struct in_addr) : sizeof(struct in6_addr);
	/* On a link between two points the other attribute is the other side's. */
	address = rtnetlink_attribute(message, sizeof(*info), IFA_LOCAL, size);
	if (!address)
		address = rtnetlink_attribute(message, sizeof(*info), IFA_ADDRESS, size);
	if (!address)
		return;
	net->addresses = grow(net->addresses, net->n_addresses, sizeof(*net->addresses));
	net->addresses[net->n_addresses] = (struct net_address){
		.index = (int)info->ifa_index,
		.family = info->ifa_family,
		.prefix = info->ifa_prefixlen,
	};
	memcpy(&net->addresses[net->n_addresses++].address, address, size);
}

int net_add(void *net, const struct nlmsghdr *message)
{
	if (message->nlmsg_type == RTM_NEWLINK)
		add_interface(net, message);
	else if (message->nlmsg_type == RTM_NEWADDR)
		add_address(net, message);
	return 0;
}

static int dump(struct net *net)
{
	_cleanup_close_ int fd = -EBADF;
	int r;

	r = rtnetlink_open(&fd);
	if (r == 0)
		r = rtnetlink_dump(fd, RTM_GETLINK, net_add, net);
	if (r == 0)
		r = rtnetlink_dump(fd, RTM_GETADDR, net_add, net);
	return r;
}

/* Interfaces may come and go faster than anybody can read of them. */
enum { TRIES = 5 };

int net_read(struct net *net)
{
	int r = -EINTR;

	for (int tries = 0; tries < TRIES && r == -EINTR; tries++) {
		net_release(net);
		r = dump(net);
	}
	return r;
}

static int compare_interfaces(const void *a, const void *b)
{
	const struct net_interface *x = a, *y = b;

	return (x->index > y->index) - (x->index < y->index);
}

/* Those of one interface side by side, IPv4 first. */
static int compare_addresses(const void *a, const void *b)
{
	const struct net_address *x = a, *y = b;

	if (x->index != y->index)
		return x->index < y->index ? -1 : 1;
	if (x->family != y->family)
		return x->family == AF_INET ? -1 : 1;
	return memcmp(&x->address, &y->address, sizeof(x->address));
}

static void sort(struct net *net)
{
	if (net->n_interfaces)
		qsort(net->interfaces, net->n_interfaces, sizeof(*net->interfaces), compare_interfaces);
	if (net->n_addresses)
		qsort(net->addresses, net->n_addresses, sizeof(*net->addresses), compare_addresses);
}

/* A host of services may have thousands on one interface. */
enum { ADDRESSES_SHOWN = 16 };

/* Add an address to the words of its interface. */
static void append_address(char **text, const struct net_address *address)
{
	_cleanup_free_ char *shorter = *text;
	char words[INET6_ADDRSTRLEN];

	inet_ntop(address->family, &address->address, words, sizeof(words));
	*text = xasprintf("%s %s/%u", shorter, words, address->prefix);
}

/* "eth0 10.0.0.2/24" with the addresses from *at on, which moves behind them. */
static char *format_interface(const struct net *net, const struct net_interface *interface, size_t *at)
{
	char *text = xasprintf("%s%s", interface->name, interface->is_up ? "" : " down");
	size_t count = 0;

	while (*at < net->n_addresses && net->addresses[*at].index < interface->index)
		(*at)++;
	for (; *at < net->n_addresses && net->addresses[*at].index == interface->index; (*at)++)
		if (count++ < ADDRESSES_SHOWN)
			append_address(&text, &net->addresses[*at]);
	if (count > ADDRESSES_SHOWN) {
		_cleanup_free_ char *shorter = text;

		text = xasprintf("%s +%zu", shorter, count - ADDRESSES_SHOWN);
	}
	return text;
}

/* Room for ", and 4294967295 more". */
enum { MORE_SIZE = 24 };

void net_format(struct net *net, char *out, size_t size)
{
	size_t used = 0, at = 0;

	sort(net);
	*out = '\0';
	for (size_t i = 0; i < net->n_interfaces; i++) {
		_cleanup_free_ char *text = format_interface(net, &net->interfaces[i], &at);
		size_t left = net->n_interfaces - i;

		if (used + strlen(text) + MORE_SIZE > size) {
			snprintf(out + used, size - used, "%s%zu more", used ? ", and " : "", left);
			return;
		}
		used += (size_t)snprintf(out + used, size - used, "%s%s", used ? ", " : "", text);
	}
	if (!used)
		snprintf(out, size, "no interfaces");
}
