/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rtnetlink.c - requests to the kernel, and its answers taken apart.
 */
#include "rtnetlink.h"

#include <linux/net_namespace.h>
#include <stdio.h>
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

/* To the kernel, which is where a socket that was never connected sends to. */
static int send_request(int fd, const struct nlmsghdr *request)
{
	return send(fd, request, request->nlmsg_len, 0) < 0 ? -errno : 0;
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

const struct rtattr *rtnetlink_find(const void *attributes, int size, unsigned short type, size_t least)
{
	for (const struct rtattr *attribute = attributes; RTA_OK(attribute, size);
	     attribute = RTA_NEXT(attribute, size))
		if ((attribute->rta_type & NLA_TYPE_MASK) == type && RTA_PAYLOAD(attribute) >= least)
			return attribute;
	return NULL;
}

const struct rtattr *rtnetlink_find_in(const struct nlmsghdr *message, size_t header, unsigned short type,
				       size_t least)
{
	return rtnetlink_find((const char *)NLMSG_DATA(message) + NLMSG_ALIGN(header),
			      (int)message->nlmsg_len - (int)NLMSG_SPACE(header), type, least);
}

const void *rtnetlink_attribute(const struct nlmsghdr *message, size_t header, unsigned short type,
				size_t least)
{
	const struct rtattr *attribute = rtnetlink_find_in(message, header, type, least);

	return attribute ? RTA_DATA(attribute) : NULL;
}

void rtnetlink_text(const struct nlmsghdr *message, size_t header, unsigned short type, char *out,
		    size_t size)
{
	const struct rtattr *attribute = rtnetlink_find_in(message, header, type, 1);

	if (attribute)
		snprintf(out, size, "%.*s", (int)RTA_PAYLOAD(attribute), (const char *)RTA_DATA(attribute));
	else
		snprintf(out, size, "?");
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
	_cleanup_free_ struct nlmsghdr *buffer = calloc(1, BUFFER_SIZE);
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

struct nsid_request {
	struct nlmsghdr header;
	struct rtgenmsg body;
	char pad[NLMSG_ALIGN(sizeof(struct rtgenmsg)) - sizeof(struct rtgenmsg)];
	struct rtattr netns_attribute;
	uint32_t netns;
	struct rtattr nsid_attribute;
	int32_t nsid;
};

/* Ask it, and have the first datagram of the answer, which the caller frees. Its size, or -errno. */
static ssize_t ask(int fd, const struct nlmsghdr *request, struct nlmsghdr **ret)
{
	_cleanup_free_ struct nlmsghdr *answer = calloc(1, BUFFER_SIZE);
	ssize_t n;

	if (!answer)
		return -ENOMEM;
	n = send_request(fd, request);
	if (n == 0)
		n = receive(fd, answer);
	if (n >= 0)
		*ret = take_ptr(answer);
	return n;
}

int rtnetlink_nsid(int fd, int netns, int32_t *ret)
{
	struct nsid_request request = {
		.header.nlmsg_len = offsetof(struct nsid_request, nsid_attribute),
		.header.nlmsg_type = RTM_GETNSID,
		.header.nlmsg_flags = NLM_F_REQUEST,
		.netns_attribute = { .rta_len = RTA_LENGTH(sizeof(request.netns)), .rta_type = NETNSA_FD },
		.netns = (uint32_t)netns,
	};
	_cleanup_free_ struct nlmsghdr *answer = NULL;
	ssize_t n = ask(fd, &request.header, &answer);

	return n < 0 ? (int)n : rtnetlink_nsid_parse(answer, n, ret);
}

int rtnetlink_set_nsid(int fd, int netns, int32_t nsid)
{
	struct nsid_request request = {
		.header.nlmsg_len = sizeof(request),
		.header.nlmsg_type = RTM_NEWNSID,
		.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK,
		.netns_attribute = { .rta_len = RTA_LENGTH(sizeof(request.netns)), .rta_type = NETNSA_FD },
		.netns = (uint32_t)netns,
		.nsid_attribute = { .rta_len = RTA_LENGTH(sizeof(request.nsid)), .rta_type = NETNSA_NSID },
		.nsid = nsid,
	};
	_cleanup_free_ struct nlmsghdr *answer = NULL;
	ssize_t n = ask(fd, &request.header, &answer);

	if (n < 0)
		return (int)n;
	/* An error of 0 says that it is done. */
	return NLMSG_OK(answer, n) && answer->nlmsg_type == NLMSG_ERROR ? error_of(answer) : -EBADMSG;
}
