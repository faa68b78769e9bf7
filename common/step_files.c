/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * step_files.c - mounts, directories and names of the new world.
 */
#include "step.h"

#include <string.h>
#include <sys/mount.h>

/* Mounts and files of the new world. */

static ns_set wants_propagation(const struct plan *plan)
{
	return step_once_if(ns_set_has(plan->create, NS_MNT) && plan->propagation != PROPAGATION_UNCHANGED);
}

static const struct {
	const char *word;
	unsigned long flag;
} propagations[] = {
	[PROPAGATION_PRIVATE] = { "private", MS_PRIVATE },
	[PROPAGATION_SLAVE] = { "slave", MS_SLAVE },
	[PROPAGATION_SHARED] = { "shared", MS_SHARED },
};

static void describe_propagation(const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	fprintf(out, "make all mounts %s", propagations[plan->propagation].word);
}

static int run_propagation(struct spawn *spawn, _unused_ enum ns_type type)
{
	unsigned long flag = propagations[spawn->plan->propagation].flag;

	return mount("none", "/", NULL, MS_REC | flag, NULL) < 0 ? -errno : 0;
}

const struct step step_propagation = {
	.wanted = wants_propagation,
	.describe = describe_propagation,
	.run = run_propagation,
};

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
	.wanted = wants_hostname,
	.describe = describe_hostname,
	.run = run_hostname,
};

static ns_set wants_root(const struct plan *plan)
{
	return step_once_if(plan->root != NULL);
}

static void describe_root(const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	fprintf(out, "change root to '%s'", plan->root);
}

static int run_root(struct spawn *spawn, _unused_ enum ns_type type)
{
	return chroot(spawn->plan->root) < 0 || chdir("/") < 0 ? -errno : 0;
}

const struct step step_root = {
	.wanted = wants_root,
	.describe = describe_root,
	.run = run_root,
};

static ns_set wants_proc(const struct plan *plan)
{
	return step_once_if(plan->proc != NULL);
}

static void describe_proc(const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	fprintf(out, "mount proc at '%s'", plan->proc);
}

static int run_proc(struct spawn *spawn, _unused_ enum ns_type type)
{
	const char *path = spawn->plan->proc;

	/*
	 * Unless all mounts are cut off from the caller's already, our proc
	 * would appear there too. -EINVAL: no mount point, nothing to cut off.
	 */
	if ((spawn->plan->propagation == PROPAGATION_UNCHANGED ||
	     spawn->plan->propagation == PROPAGATION_SHARED) &&
	    mount("none", path, NULL, MS_PRIVATE | MS_REC, NULL) < 0 && errno != EINVAL)
		return -errno;
	return mount("proc", path, "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0 ? -errno : 0;
}

const struct step step_proc = {
	.wanted = wants_proc,
	.describe = describe_proc,
	.run = run_proc,
};

static ns_set wants_directory(const struct plan *plan)
{
	return step_once_if(plan->directory != NULL);
}

static void describe_directory(const struct plan *plan, _unused_ enum ns_type type, FILE *out)
{
	fprintf(out, "change directory to '%s'", plan->directory);
}

static int run_directory(struct spawn *spawn, _unused_ enum ns_type type)
{
	return chdir(spawn->plan->directory) < 0 ? -errno : 0;
}

const struct step step_directory = {
	.wanted = wants_directory,
	.describe = describe_directory,
	.run = run_directory,
};
