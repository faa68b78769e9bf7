/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wake_proc.c - the process connector of the kernel (linux/cn_proc.h), for
 * those whom perf events are denied: births, programs started, ends. From 6.6
 * on it speaks to ordinary users, but in the initial user and network
 * namespaces only. What a task is in is not told, so it is looked at in /proc.
 */
#include "ls/wake.h"

#include <linux/cn_proc.h>
#include <linux/connector.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "diag.h"

struct connector {
	int fd;
};

/* Numbers of older and newer headers, which moved to an enum of its own. */
enum { EVENT_FORK = 0x00000001, EVENT_EXEC = 0x00000002, EVENT_EXIT = (int)0x80000000 };

static void read_event(struct wake *wake, const struct proc_event *event)
{
	switch ((int)event->what) {
	case EVENT_FORK:
		if (event->event_data.fork.child_pid == event->event_data.fork.child_tgid)
			news_of_birth(&wake->news, event->event_data.fork.child_pid,
				      event->event_data.fork.parent_tgid);
		wake_judge_task(wake, event->event_data.fork.child_tgid, event->event_data.fork.child_pid);
		break;
	case EVENT_EXEC:
		wake_judge_task(wake, event->event_data.exec.process_tgid,
				event->event_data.exec.process_pid);
		break;
	case EVENT_EXIT:
		news_of_end(&wake->news, event->event_data.exit.process_tgid,
			    event->event_data.exit.process_pid);
		break;
	}
}

/* The messages in what was received: any may be cut off, or not be of the kernel's connector. */
static void read_messages(struct wake *wake, const struct nlmsghdr *header, ssize_t size)
{
	/* The size becomes negative behind a last message that is not padded. */
	for (; NLMSG_OK(header, size); header = NLMSG_NEXT(header, size)) {
		const struct cn_msg *message = NLMSG_DATA(header);
		struct proc_event event = { 0 };
		size_t length;

		if (header->nlmsg_len < NLMSG_LENGTH(sizeof(*message)) || message->id.idx != CN_IDX_PROC ||
		    message->id.val != CN_VAL_PROC)
			continue;
		length = header->nlmsg_len - NLMSG_LENGTH(sizeof(*message));
		memcpy(&event, message->data, length < sizeof(event) ? length : sizeof(event));
		read_event(wake, &event);
	}
}

static int read_connector(struct wake *wake, void *state)
{
	const struct connector *connector = state;
	struct sockaddr_nl from = { 0 };
	socklen_t from_size = sizeof(from);
	union {
		struct nlmsghdr header;
		char room[8192];
	} buffer;
	ssize_t n;

	while ((n = recvfrom(connector->fd, &buffer, sizeof(buffer), MSG_DONTWAIT, (struct sockaddr *)&from,
			     &from_size)) > 0) {
		if (from.nl_pid == 0) /* the kernel */
			read_messages(wake, &buffer.header, n);
		from_size = sizeof(from);
	}
	if (n < 0 && errno == ENOBUFS)
		news_of_anything(&wake->news);
	return n < 0 && errno != EAGAIN && errno != ENOBUFS && errno != EINTR ? -errno : 0;
}

static int subscribe(int fd)
{
	enum proc_cn_mcast_op operation = PROC_CN_MCAST_LISTEN;
	struct cn_msg message = {
		.id = { .idx = CN_IDX_PROC, .val = CN_VAL_PROC },
		.len = sizeof(operation),
	};
	union {
		struct nlmsghdr header;
		char room[NLMSG_LENGTH(sizeof(message) + sizeof(operation))];
	} request = {
		.header = { .nlmsg_len = sizeof(request.room), .nlmsg_type = NLMSG_DONE },
	};
	char *body = NLMSG_DATA(&request.header);

	memcpy(body, &message, sizeof(message));
	memcpy(body + sizeof(message), &operation, sizeof(operation));
	return send(fd, &request, sizeof(request.room), 0) < 0 ? -errno : 0;
}

static int open_connector(struct wake *wake, void **ret)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = CN_IDX_PROC };
	_cleanup_close_ int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_CONNECTOR);
	struct connector *connector;
	int r;

	if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;
	r = subscribe(fd);
	if (r == 0)
		r = wake_add(wake, fd, EPOLLIN, wake_number(&wake_proc));
	if (r < 0)
		return r;
	connector = xcalloc(1, sizeof(*connector));
	connector->fd = take_fd(&fd);
	*ret = connector;
	return 0;
}

static void close_connector(void *state)
{
	struct connector *connector = state;

	close_fd(connector->fd);
	free(connector);
}

const struct wake_source wake_proc = {
	.name = "the process connector",
	.tells = "processes",
	.is_substitute = true,
	.open = open_connector,
	.read = read_connector,
	.close = close_connector,
};
