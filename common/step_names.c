/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * step_names.c - the names and the network of the new world.
 */
#include "step.h"

#include <string.h>

#include "kernel.h"

static ns_set wants_hostname(const struct plan *plan)
{
	return step_once_if(plan->hostname != NULL);
}

static void describe_hostname(const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	fprintf(out, "set the host name to '%s'", plan->hostname);
}

static int run_hostname(struct spawn *spawn, _unused_ enum ns_type type)
{
	const char *name = spawn->plan->hostname;

	return sethostname(name, strlen(name)) < 0 ? -errno : 0;
}

const struct step step_hostname = {
	.call = "sethostname",
	.wanted = wants_hostname,
	.describe = describe_hostname,
	.run = run_hostname,
};

static ns_set wants_domainname(const struct plan *plan)
{
	return step_once_if(plan->domainname != NULL);
}

static void describe_domainname(const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	fprintf(out, "set the NIS domain name to '%s'", plan->domainname);
}

static int run_domainname(struct spawn *spawn, _unused_ enum ns_type type)
{
	const char *name = spawn->plan->domainname;

	return setdomainname(name, strlen(name)) < 0 ? -errno : 0;
}

const struct step step_domainname = {
	.call = "setdomainname",
	.wanted = wants_domainname,
	.describe = describe_domainname,
	.run = run_domainname,
};

static ns_set wants_loopback(const struct plan *plan)
{
	return step_once_if(plan->loopback);
}

static void describe_loopback(_unused_ const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	fputs("bring the loopback device up", out);
}

static int run_loopback(_unused_ struct spawn *spawn, _unused_ enum ns_type type)
{
	return kernel_loopback_up();
}

const struct step step_loopback = {
	.call = "ioctl",
	.wanted = wants_loopback,
	.describe = describe_loopback,
	.run = run_loopback,
};
