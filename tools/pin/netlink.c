/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * netlink.c - rtnetlink, as far as needed.
 */
#include "pin/netlink.h"

#include <linux/net_namespace.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>

#include "diag.h"

/* A request: its header, a fixed part of some family, and attributes. */
struct request {
	struct nlmsghdr header;
	char room[64];
};

static void begin(struct request *request, uint16_t type, uint16_t flags, size_t fixed_size)
{
	*request = (struct request){ 0 };
	request->header.nlmsg_len = (uint32_t)NLMSG_LENGTH(fixed_size);
	request->header.nlmsg_type = type;
	request->header.nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
	request->header.nlmsg_seq = 1;
}

static void add_number(struct request *request, uint16_t type, int32_t number)
{
	struct rtattr *attribute =
		(struct rtattr *)((char *)request + NLMSG_ALIGN(request->header.nlmsg_len));

	attribute->rta_type = type;
	attribute->rta_len = RTA_LENGTH(sizeof(number));
	memcpy(RTA_DATA(attribute), &number, sizeof(number));
	request->header.nlmsg_len =
		NLMSG_ALIGN(request->header.nlmsg_len) + (uint32_t)RTA_SPACE(sizeof(number));
}

int netlink_open(int *ret_fd)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	if (fd < 0)
		return -errno;
	*ret_fd = fd;
	return 0;
}

/* What to do with each message of an answer; a result other than 0 ends it. */
typedef int visit_message(void *context, const struct nlmsghdr *message);

/* One datagram: 1: more is to come, 0: that was all, or -errno. */
static int read_answer(int socket, visit_message *visit, void *context)
{
	char buffer[32768] __attribute__((aligned(NLMSG_ALIGNTO)));
	ssize_t n;

	do {
		n = recv(socket, buffer, sizeof(buffer), 0);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	/* The size becomes negative behind a last message that is not padded. */
	for (const struct nlmsghdr *message = (const void *)buffer; NLMSG_OK(message, n);
	     message = NLMSG_NEXT(message, n)) {
		const struct nlmsgerr *error = NLMSG_DATA(message);
		int r;

		if (message->nlmsg_type == NLMSG_DONE)
			return 0;
		if (message->nlmsg_type == NLMSG_ERROR)
			return message->nlmsg_len < NLMSG_LENGTH(sizeof(*error)) ? -EBADMSG : error->error;
		r = visit ? visit(context, message) : 0;
		if (r != 0)
			return r < 0 ? r : 0;
		if (!(message->nlmsg_flags & NLM_F_MULTI))
			return 0;
	}
	return 1;
}

static int ask(int socket, struct request *request, visit_message *visit, void *context)
{
	int r;

	if (send(socket, request, request->header.nlmsg_len, 0) < 0)
		return -errno;
	do {
		r = read_answer(socket, visit, context);
	} while (r > 0);
	return r;
}

/* The attribute of a type among those in `size` bytes, or NULL. */
static const struct rtattr *find_among(const void *data, int size, uint16_t type)
{
	for (const struct rtattr *attribute = data; RTA_OK(attribute, size);
	     attribute = RTA_NEXT(attribute, size))
		if ((attribute->rta_type & NLA_TYPE_MASK) == type)
			return attribute;
	return NULL;
}

/* The same among those behind the fixed part of a message. */
static const struct rtattr *find_attribute(const struct nlmsghdr *message, size_t fixed_size, uint16_t type)
{
	return find_among((const char *)NLMSG_DATA(message) + NLMSG_ALIGN(fixed_size),
			  (int)message->nlmsg_len - (int)NLMSG_SPACE(fixed_size), type);
}

static int read_nsid(const struct nlmsghdr *message, int32_t *ret)
{
	const struct rtattr *attribute = find_attribute(message, sizeof(struct rtgenmsg), NETNSA_NSID);

	if (message->nlmsg_type != RTM_NEWNSID || !attribute || RTA_PAYLOAD(attribute) < sizeof(*ret))
		return -EBADMSG;
	memcpy(ret, RTA_DATA(attribute), sizeof(*ret));
	return 0;
}

static int take_nsid(void *context, const struct nlmsghdr *message)
{
	return read_nsid(message, context);
}

int netlink_get_nsid(int socket, int netns, int32_t *ret)
{
	struct request request;
	int32_t nsid = NETNSA_NSID_NOT_ASSIGNED;
	int r;

	begin(&request, RTM_GETNSID, 0, sizeof(struct rtgenmsg));
	add_number(&request, NETNSA_FD, netns);
	r = ask(socket, &request, take_nsid, &nsid);
	if (r < 0)
		return r;
	if (nsid == NETNSA_NSID_NOT_ASSIGNED)
		return -ENODATA;
	*ret = nsid;
	return 0;
}

int netlink_set_nsid(int socket, int netns, int32_t nsid)
{
	struct request request;

	begin(&request, RTM_NEWNSID, NLM_F_ACK, sizeof(struct rtgenmsg));
	add_number(&request, NETNSA_FD, netns);
	add_number(&request, NETNSA_NSID, nsid);
	return ask(socket, &request, NULL, NULL);
}

struct nsid_visit {
	int (*found)(void *context, int32_t nsid);
	void *context;
};

static int visit_nsid(void *context, const struct nlmsghdr *message)
{
	const struct nsid_visit *visit = context;
	int32_t nsid;

	return read_nsid(message, &nsid) < 0 ? 0 : visit->found(visit->context, nsid);
}

int netlink_list_nsids(int socket, int (*found)(void *context, int32_t nsid), void *context)
{
	struct nsid_visit visit = { found, context };
	struct request request;

	begin(&request, RTM_GETNSID, NLM_F_DUMP, sizeof(struct rtgenmsg));
	return ask(socket, &request, visit_nsid, &visit);
}

/*
 * Virtual devices say what kind they are of, and physical ones, from Linux 5.14
 * on, on which device they are: a few of these, such as CAN's, have a kind as
 * well. What is there instead of a kind only tells of a bridge above it.
 */
static bool is_physical(const struct nlmsghdr *message)
{
	const struct ifinfomsg *info = NLMSG_DATA(message);
	const struct rtattr *link = find_attribute(message, sizeof(*info), IFLA_LINKINFO);

	if (info->ifi_flags & IFF_LOOPBACK)
		return false;
	if (find_attribute(message, sizeof(*info), IFLA_PARENT_DEV_NAME))
		return true;
	return !link || !find_among(RTA_DATA(link), (int)RTA_PAYLOAD(link), IFLA_INFO_KIND);
}

static int collect_physical(void *context, const struct nlmsghdr *message)
{
	const struct rtattr *name = find_attribute(message, sizeof(struct ifinfomsg), IFLA_IFNAME);
	FILE *out = context;

	if (message->nlmsg_type == RTM_NEWLINK && is_physical(message))
		fprintf(out, "%s%.*s", ftell(out) ? " " : "", name ? (int)RTA_PAYLOAD(name) : 1,
			name ? (const char *)RTA_DATA(name) : "?");
	return 0;
}

int netlink_physical_devices(int socket, char **ret)
{
	struct request request;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	int r;

	if (!out)
		return -ENOMEM;
	begin(&request, RTM_GETLINK, NLM_F_DUMP, sizeof(struct ifinfomsg));
	r = ask(socket, &request, collect_physical, out);
	if (fclose(out) != 0)
		r = -ENOMEM;
	if (r < 0) {
		free(text);
		return r;
	}
	*ret = text;
	return 0;
}
