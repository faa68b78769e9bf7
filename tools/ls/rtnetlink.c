/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rtnetlink.c - requests to the kernel, and its answers taken apart.
 */
#include "ls/rtnetlink.h"

#include <linux/net_namespace.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

/* More than the kernel puts into one datagram of a dump. */
enum { BUFFER_SIZE = 32768 };

/* It answers from memory; but nothing that is asked here is worth waiting for ever. */
enum { PATIENCE_S = 2 };

int rtnetlink_open(int *ret_fd)
{
	struct timeval patience = { .tv_sec = PATIENCE_S };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	*ret_fd = fd;
	return 0;
}

static int send_request(int fd, const struct nlmsghdr *request)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	ssize_t n = sendto(fd, request, request->nlmsg_len, 0, (struct sockaddr *)&kernel, sizeof(kernel));

	return n < 0 ? -errno : 0;
}

/* A datagram from the kernel, and from nobody else. -EMSGSIZE: part of it is lost. */
static ssize_t receive(int fd, struct nlmsghdr *buffer)
{
	struct sockaddr_nl from = { 0 };
	socklen_t size;
	ssize_t n;

	do {
		size = sizeof(from);
		n = recvfrom(fd, buffer, BUFFER_SIZE, MSG_TRUNC, (struct sockaddr *)&from, &size);
	} while ((n < 0 && errno == EINTR) || (n >= 0 && from.nl_pid != 0));
	if (n < 0)
		return -errno;
	return n > BUFFER_SIZE ? -EMSGSIZE : n;
}

/* The -errno in an error message. */
static int error_of(const struct nlmsghdr *message)
{
	const struct nlmsgerr *error = NLMSG_DATA(message);

	return message->nlmsg_len < NLMSG_LENGTH(sizeof(*error)) ? -EBADMSG : error->error;
}

const void *rtnetlink_attribute(const struct nlmsghdr *message, size_t header, unsigned short type,
				size_t size)
{
	const char *at = (const char *)NLMSG_DATA(message) + NLMSG_ALIGN(header);
	int left = (int)message->nlmsg_len - (int)NLMSG_SPACE(header);
	const struct rtattr *attribute;

	for (attribute = (const void *)at; RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left))
		if ((attribute->rta_type & NLA_TYPE_MASK) == type && RTA_PAYLOAD(attribute) >= size)
			return RTA_DATA(attribute);
	return NULL;
}

/* 1: more is to come. -EINTR: what is dumped has changed meanwhile, so that some may be missing, or twice. */
static int visit_message(const struct nlmsghdr *message,
			 int (*visit)(void *context, const struct nlmsghdr *message), void *context)
{
	int r;

	if (message->nlmsg_flags & NLM_F_DUMP_INTR)
		return -EINTR;
	if (message->nlmsg_type == NLMSG_DONE)
		return 0;
	if (message->nlmsg_type == NLMSG_ERROR)
		return error_of(message);
	r = visit(context, message);
	return r < 0 ? r : 1;
}

int rtnetlink_visit(const struct nlmsghdr *message, ssize_t size,
		    int (*visit)(void *context, const struct nlmsghdr *message), void *context)
{
	int r = 1;

	/* The size becomes negative behind a last message that is not padded. */
	for (; r > 0 && NLMSG_OK(message, size); message = NLMSG_NEXT(message, size))
		r = visit_message(message, visit, context);
	return r;
}

static int read_answers(int fd, struct nlmsghdr *buffer,
			int (*visit)(void *context, const struct nlmsghdr *message), void *context)
{
	int r;

	do {
		ssize_t n = receive(fd, buffer);

		r = n < 0 ? (int)n : rtnetlink_visit(buffer, n, visit, context);
	} while (r > 0);
	return r;
}

int rtnetlink_dump(int fd, uint16_t type, int (*visit)(void *context, const struct nlmsghdr *message),
		   void *context)
{
	struct {
		struct nlmsghdr header;
		struct rtgenmsg body;
	} request = {
		.header.nlmsg_len = NLMSG_LENGTH(sizeof(request.body)),
		.header.nlmsg_type = type,
		.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
		.body.rtgen_family = AF_UNSPEC,
	};
	_cleanup_free_ struct nlmsghdr *buffer = malloc(BUFFER_SIZE);
	int r;

	if (!buffer)
		return -ENOMEM;
	r = send_request(fd, &request.header);
	return r < 0 ? r : read_answers(fd, buffer, visit, context);
}

int rtnetlink_nsid_parse(const struct nlmsghdr *answer, ssize_t size, int32_t *ret)
{
	const int32_t *nsid;

	if (!NLMSG_OK(answer, size))
		return -EBADMSG;
	if (answer->nlmsg_type == NLMSG_ERROR)
		return error_of(answer);
	nsid = rtnetlink_attribute(answer, sizeof(struct rtgenmsg), NETNSA_NSID, sizeof(*nsid));
	if (!nsid)
		return -ENODATA;
	*ret = *nsid;
	return 0;
}

int rtnetlink_nsid(int fd, int netns, int32_t *ret)
{
	struct {
		struct nlmsghdr header;
		struct rtgenmsg body;
		char pad[NLMSG_ALIGN(sizeof(struct rtgenmsg)) - sizeof(struct rtgenmsg)];
		struct rtattr attribute;
		uint32_t netns;
	} request = {
		.header.nlmsg_len = sizeof(request),
		.header.nlmsg_type = RTM_GETNSID,
		.header.nlmsg_flags = NLM_F_REQUEST,
		.body.rtgen_family = AF_UNSPEC,
		.attribute.rta_len = RTA_LENGTH(sizeof(request.netns)),
		.attribute.rta_type = NETNSA_FD,
		.netns = (uint32_t)netns,
	};
	_cleanup_free_ struct nlmsghdr *answer = malloc(BUFFER_SIZE);
	ssize_t n;
	int r;

	if (!answer)
		return -ENOMEM;
	r = send_request(fd, &request.header);
	n = r < 0 ? r : receive(fd, answer);
	return n < 0 ? (int)n : rtnetlink_nsid_parse(answer, n, ret);
}
