/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which devices count as physical, told from answers that are written here: no
 * machine for tests need have such devices.
 */
#include "pin/devices.h"

#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tap.h"

/* One answer of the kernel under way. */
struct answer {
	struct nlmsghdr header;
	char room[1024];
};

static void append(struct answer *answer, const void *data, size_t size)
{
	memcpy((char *)answer + answer->header.nlmsg_len, data, size);
	answer->header.nlmsg_len += NLMSG_ALIGN((uint32_t)size);
}

static void begin(struct answer *answer, unsigned int flags)
{
	struct ifinfomsg info = { .ifi_flags = flags };

	*answer = (struct answer){
		.header = { .nlmsg_len = NLMSG_HDRLEN, .nlmsg_type = RTM_NEWLINK, .nlmsg_flags = NLM_F_MULTI }
	};
	append(answer, &info, sizeof(info));
}

static void add(struct answer *answer, uint16_t type, const void *data, size_t size)
{
	struct rtattr attribute = { .rta_type = type, .rta_len = (uint16_t)RTA_LENGTH(size) };

	append(answer, &attribute, sizeof(attribute));
	append(answer, data, size);
}

static void add_text(struct answer *answer, uint16_t type, const char *text)
{
	add(answer, type, text, strlen(text) + 1);
}

/* An attribute of IFLA_LINKINFO alone: the kind of the device, or of what it is a port of. */
static void add_link_info(struct answer *answer, uint16_t type, const char *kind)
{
	struct answer inner = { .header = { .nlmsg_len = NLMSG_HDRLEN } };

	add_text(&inner, type, kind);
	add(answer, IFLA_LINKINFO | NLA_F_NESTED, inner.room, inner.header.nlmsg_len - NLMSG_HDRLEN);
}

static void send_answer(int socket, struct answer *answer)
{
	ok(send(socket, answer, answer->header.nlmsg_len, 0) == (ssize_t)answer->header.nlmsg_len);
}

static void send_devices(int socket)
{
	struct answer answer;

	begin(&answer, IFF_LOOPBACK);
	add_text(&answer, IFLA_IFNAME, "lo");
	send_answer(socket, &answer);

	begin(&answer, IFF_UP);
	add_text(&answer, IFLA_IFNAME, "veth0");
	add_link_info(&answer, IFLA_INFO_KIND, "veth");
	send_answer(socket, &answer);

	/* As before Linux 5.14. */
	begin(&answer, IFF_UP);
	add_text(&answer, IFLA_IFNAME, "eth0");
	send_answer(socket, &answer);

	begin(&answer, IFF_UP);
	add_text(&answer, IFLA_IFNAME, "eth1");
	add_text(&answer, IFLA_PARENT_DEV_NAME, "0000:00:03.0");
	send_answer(socket, &answer);

	/* It has a kind, and is on a bus all the same. */
	begin(&answer, 0);
	add_text(&answer, IFLA_IFNAME, "can0");
	add_link_info(&answer, IFLA_INFO_KIND, "can");
	add_text(&answer, IFLA_PARENT_DEV_NAME, "1-1:1.0");
	send_answer(socket, &answer);

	/* A port of a bridge: the kind is not its own. */
	begin(&answer, IFF_UP);
	add_text(&answer, IFLA_IFNAME, "eth2");
	add_link_info(&answer, IFLA_INFO_SLAVE_KIND, "bridge");
	send_answer(socket, &answer);
}

static void send_end(int socket)
{
	struct answer answer = { .header = { .nlmsg_len = NLMSG_LENGTH(sizeof(int)),
					     .nlmsg_type = NLMSG_DONE,
					     .nlmsg_flags = NLM_F_MULTI } };

	send_answer(socket, &answer);
}

int main(void)
{
	char *names = NULL;
	int pair[2];

	ok(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) == 0);
	send_end(pair[0]);
	is_int(devices_physical(pair[1], &names), 0);
	is_str(names, "");
	free(names);

	send_devices(pair[0]);
	send_end(pair[0]);
	is_int(devices_physical(pair[1], &names), 0);
	is_str(names, "eth0 eth1 can0 eth2");
	free(names);

	close(pair[0]);
	close(pair[1]);
	return done_testing();
}
