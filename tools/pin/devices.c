/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * devices.c - what rtnetlink(7) tells of devices.
 */
#include "pin/devices.h"

#include <net/if.h>
#include <sched.h>
#include <string.h>

#include "diag.h"
#include "kernel.h"
#include "rtnetlink.h"
#include "worker.h"

/*
 * Virtual devices say what kind they are of, and physical ones, from Linux 5.14
 * on, on which device they are: a few of these, such as CAN's, have a kind as
 * well. What is there instead of a kind only tells of a bridge above it.
 */
static bool is_physical(const struct nlmsghdr *message)
{
	const struct ifinfomsg *info = NLMSG_DATA(message);
	const struct rtattr *link = rtnetlink_find_in(message, sizeof(*info), IFLA_LINKINFO, 0);

	if (info->ifi_flags & IFF_LOOPBACK)
		return false;
	if (rtnetlink_find_in(message, sizeof(*info), IFLA_PARENT_DEV_NAME, 1))
		return true;
	return !link || !rtnetlink_find(RTA_DATA(link), (int)RTA_PAYLOAD(link), IFLA_INFO_KIND, 1);
}

static int collect_physical(void *context, const struct nlmsghdr *message)
{
	char name[IF_NAMESIZE];
	FILE *out = context;

	if (message->nlmsg_type != RTM_NEWLINK ||
	    message->nlmsg_len < NLMSG_LENGTH(sizeof(struct ifinfomsg)) || !is_physical(message))
		return 0;
	rtnetlink_text(message, sizeof(struct ifinfomsg), IFLA_IFNAME, name, sizeof(name));
	fprintf(out, "%s%s", ftell(out) ? " " : "", name);
	return 0;
}

int devices_physical(int socket, char **ret)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	int r;

	if (!out)
		return -ENOMEM;
	r = rtnetlink_dump(socket, RTM_GETLINK, collect_physical, out);
	if (fclose(out) != 0)
		r = -ENOMEM;
	if (r < 0) {
		free(text);
		return r;
	}
	*ret = text;
	return 0;
}

/* --- In the net namespace of a name */

/* What to look at, in the process that goes there. */
struct visit {
	int user, net; /* user: -EBADF where there is none of its own */
};

static int ask_for_devices(char **ret)
{
	_cleanup_close_ int socket = -EBADF;
	int r = rtnetlink_open(&socket);

	return r < 0 ? r : devices_physical(socket, ret);
}

static void serve_devices(int socket, const void *context)
{
	const struct visit *visit = context;
	_cleanup_free_ char *names = NULL;

	if (visit->user >= 0 && kernel_setns(visit->user, CLONE_NEWUSER) < 0)
		return;
	if (kernel_setns(visit->net, CLONE_NEWNET) < 0 || ask_for_devices(&names) < 0)
		return;
	worker_send(socket, names, strlen(names) + 1, -EBADF);
}

/* In a process that need not come back. */
static char *devices_by_worker(const struct visit *visit)
{
	enum { PATIENCE_MS = 5000 };
	struct worker worker = WORKER_NONE;
	char names[1024];
	ssize_t n = -1;

	if (worker_start(&worker, serve_devices, visit) == 0) {
		n = worker_receive(worker.socket, names, sizeof(names) - 1, PATIENCE_MS, &(int){ -EBADF });
		worker_end(&worker);
	}
	names[n > 0 ? n : 0] = '\0';
	return xstrdup(names);
}

int devices_in_pin(const struct pin *pin, int own_net, char **ret)
{
	_cleanup_close_ int net = -EBADF, user = -EBADF;
	int r;

	if (pin_open_type(pin, NS_NET, &net) < 0) {
		*ret = xstrdup("");
		return 0;
	}
	/* Try the way back first: in a user namespace, the network that we are in may be that of others. */
	if (own_net < 0 || kernel_setns(own_net, CLONE_NEWNET) < 0 || kernel_setns(net, CLONE_NEWNET) < 0) {
		pin_open_type(pin, NS_USER, &user);
		*ret = devices_by_worker(&(struct visit){ user, net });
		return 0;
	}
	r = ask_for_devices(ret);
	if (kernel_setns(own_net, CLONE_NEWNET) < 0)
		die(-errno, "cannot come back from the net namespace of '%s'", pin->name);
	return r;
}
