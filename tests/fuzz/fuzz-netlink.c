/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz-netlink.c - answers of rtnetlink(7): rtnetlink.h, ls/describe_net.h. */
#include "fuzz.h"
#include "ls/describe_net.h"
#include "rtnetlink.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nlmsghdr *messages = fuzz_bytes(data, size);
	struct net net = { 0 };
	char words[512], few[32];
	int32_t nsid;

	rtnetlink_nsid_parse(messages, (ssize_t)size, &nsid);
	rtnetlink_visit(messages, (ssize_t)size, net_add, &net);
	net_format(&net, few, sizeof(few));
	net_format(&net, words, sizeof(words));
	holds(strlen(few) < sizeof(few) && *words && strlen(words) < sizeof(words));
	net_release(&net);
	free(messages);
	return 0;
}
