/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * del.c - nsx-pin del: names are taken away, and what they kept should end.
 *
 * Processes are looked at once before the first name is touched, and what is
 * left of the namespaces once after the last, so that a thousand names take a
 * thousand times as long as one and no longer.
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>

#include "diag.h"
#include "hint.h"
#include "kernel.h"
#include "ns_query.h"
#include "pin.h"
#include "pin/devices.h"
#include "pin/formers.h"
#include "pin/survey.h"
#include "pin/tool.h"
#include "pin_init.h"
#include "pin_path.h"
#include "proc.h"

struct deletion {
	const struct request *request;
	struct pin_registry registry;
	struct census census;
	struct ns_id ours[NS_TYPE_COUNT];
	struct formers formers;
	int own_net; /* the namespace that we are in ourselves */
};

/* --- Who is inside */

/* Pids, in words: "12 (sleep), 13 (sh), 14 (cat), ...". */
static void describe_process(FILE *out, pid_t pid, uint32_t number)
{
	enum { SHOWN = 3 };
	_cleanup_free_ char *command = number < SHOWN ? command_of(pid) : NULL;

	if (number < SHOWN)
		fprintf(out, "%s%d (%s)", number ? ", " : "", (int)pid, command ? command : "?");
	else if (number == SHOWN)
		fputs(", ...", out);
}

/* A name, and what of it is looked at several times. */
struct target {
	const struct pin *pin;
	struct ns_id ids[NS_TYPE_COUNT];
	struct pin_attendants attendants;
};

/* Does a process count? Not those that go with the name. */
static bool counts(const struct target *target, pid_t pid)
{
	return pid != target->attendants.init && pid != target->attendants.holder;
}

/* The processes inside, for the caller to free; "" where there is none. */
static char *processes_inside(const struct deletion *deletion, const struct target *target)
{
	const struct inventory *inventory = &deletion->census.inventory;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	uint32_t number = 0;

	if (!out)
		die_oom();
	for (size_t i = 0; i < inventory->n_processes; i++)
		if (counts(target, inventory->processes[i].pid) &&
		    census_types_of(&deletion->census, &inventory->processes[i], target->ids) &&
		    !is_zombie(inventory->processes[i].pid))
			describe_process(out, inventory->processes[i].pid, number++);
	if (fclose(out) != 0)
		die_oom();
	return text;
}

/* Is anybody inside? Cheap, where nobody is. */
static bool is_inhabited(const struct deletion *deletion, const struct target *target)
{
	for (int type = 0; type < NS_TYPE_COUNT; type++)
		if (target->ids[type].ino &&
		    census_count(&deletion->census, type, target->ids[type], target->attendants.init))
			return true;
	return false;
}

/* Kill those inside; what they start meanwhile is met in the next round. */
static int kill_round(const struct target *target, size_t *ret_killed)
{
	_cleanup_(census_release) struct census census;
	size_t killed = 0;
	int r;

	r = census_take(&census, NS_SET_ALL, FACT_PARENT);
	if (r < 0)
		return r;
	for (size_t i = 0; i < census.inventory.n_processes; i++) {
		const struct process *process = &census.inventory.processes[i];
		_cleanup_close_ int pidfd = -EBADF, procdir = -EBADF;

		if (!counts(target, process->pid) || !census_types_of(&census, process, target->ids))
			continue;
		if (proc_hold(process->pid, 0, &pidfd, &procdir) < 0 || is_zombie(process->pid))
			continue;
		r = kernel_pidfd_send_signal(pidfd, SIGKILL);
		if (r < 0 && r != -ESRCH)
			return r;
		killed++;
	}
	*ret_killed = killed;
	return 0;
}

/* A type of which we ourselves are in what the name keeps, or NS_TYPE_INVALID. */
static enum ns_type type_of_ours(const struct deletion *deletion, const struct ns_id ids[NS_TYPE_COUNT])
{
	for (int type = 0; type < NS_TYPE_COUNT; type++)
		if (ids[type].ino && ns_id_equal(ids[type], deletion->ours[type]))
			return type;
	return NS_TYPE_INVALID;
}

/* The types of which the first process of all that we see is in what the name keeps. */
static ns_set types_of_first(const struct deletion *deletion, const struct ns_id ids[NS_TYPE_COUNT])
{
	const struct inventory *inventory = &deletion->census.inventory;
	uint32_t first = inventory_find_process(inventory, 1);

	return first == PROCESS_NONE ? 0
				     : census_types_of(&deletion->census, &inventory->processes[first], ids);
}

static int kill_processes(const struct deletion *deletion, const struct target *target)
{
	enum { ROUNDS = 200, PAUSE_MS = 10 };
	ns_set of_first = types_of_first(deletion, target->ids);
	enum ns_type ours = type_of_ours(deletion, target->ids);
	size_t killed = 1;
	int r = 0;

	/* Everything here would end with it. */
	if (of_first) {
		_cleanup_free_ char *types = ns_set_format(of_first);

		warn(0,
		     "cannot delete '%s': --kill would end process 1, which is in its namespaces of type %s",
		     target->pin->name, types);
		return -ECANCELED;
	}
	if (ours >= 0) {
		warn(0, "cannot delete '%s': --kill would end us, who are in its %s namespace",
		     target->pin->name, ns_types[ours].name);
		return -ECANCELED;
	}
	for (int i = 0; i < ROUNDS && r == 0 && killed; i++) {
		if (i)
			poll(NULL, 0, PAUSE_MS);
		r = kill_round(target, &killed);
	}
	if (r < 0)
		warn(r, "cannot end the processes in '%s'", target->pin->name);
	if (r < 0 || !killed)
		return r;
	warn(0,
	     "cannot delete '%s': processes are left in it that were killed and do not end: wait, or --force",
	     target->pin->name);
	return -EBUSY;
}

/* --- One name */

/* 0 where it may be taken away; else it was said why not. */
static int check_use(const struct deletion *deletion, const struct target *target)
{
	const struct pin *pin = target->pin;
	const struct request *request = deletion->request;
	_cleanup_free_ char *devices = NULL;
	enum ns_type ours;
	int r;

	if (request->forces)
		return 0;
	r = devices_in_pin(pin, deletion->own_net, &devices);
	if (r < 0) {
		warn(r, "cannot delete '%s': cannot look for physical network devices in it", pin->name);
		return r;
	}
	if (*devices) {
		warn(0,
		     "cannot delete '%s': physical network devices are in it: %s: move them out, or --force",
		     pin->name, devices);
		return -EBUSY;
	}
	if (!is_inhabited(deletion, target))
		return 0;
	if (request->kills)
		return kill_processes(deletion, target);
	ours = type_of_ours(deletion, target->ids);
	if (ours >= 0) {
		warn(0, "cannot delete '%s': we are in its %s namespace ourselves: leave it, or --force",
		     pin->name, ns_types[ours].name);
		return -EBUSY;
	}
	/* Not all that look like it need be there still. */
	devices = (free(devices), processes_inside(deletion, target));
	if (!*devices)
		return 0;
	warn(0, "cannot delete '%s': processes are in it: %s: end them, or --kill, or --force", pin->name,
	     devices);
	return -EBUSY;
}

/* What killed ones left of a name that never was, or is no more. */
static int delete_remains(const struct deletion *deletion, const char *name)
{
	_cleanup_close_ int dirfd = -EBADF;
	int r;

	if (deletion->registry.fd < 0)
		return -ENOENT;
	r = pin_lock(&deletion->registry, name, false, &dirfd);
	/* Somebody is making it: so it is not there yet. */
	if (r == -EWOULDBLOCK)
		return -ENOENT;
	return r < 0 ? r : pin_discard(&deletion->registry, name, dirfd);
}

/* Have the record tell of the net namespace that is there now, if it does not. */
static int record_net(const struct deletion *deletion, const struct pin *pin, int dirfd)
{
	_cleanup_close_ int net = -EBADF;
	struct pin_record record;
	struct pin_kept *kept = &record.kept[NS_NET];
	struct ns_id id;
	int r;

	if (pin->record.kept[NS_NET].method != PIN_BIND || pin_open_type(pin, NS_NET, &net) < 0)
		return 0;
	r = ns_id_of_fd(net, &id);
	if (r >= 0)
		r = pin_read_record(&deletion->registry, dirfd, PIN_RECORD, &record);
	if (r < 0 || (kept->method == PIN_BIND && kept->inode == id.ino))
		return r;
	*kept = (struct pin_kept){ .method = PIN_BIND, .inode = id.ino };
	return pin_write_record(dirfd, &record);
}

/*
 * What /run/netns has under the name counts as its net namespace, even if
 * ip-netns(8) put another one there since, or left a file alone: so it goes with
 * the rest.
 */
static int discard(const struct deletion *deletion, const struct pin *pin)
{
	_cleanup_close_ int dirfd = -EBADF;
	int r;

	r = pin_lock(&deletion->registry, pin->name, true, &dirfd);
	if (r == 0)
		r = record_net(deletion, pin, dirfd);
	if (r == 0 && pin_has_stray_net(pin))
		r = pin_remove_net(pin->name);
	return r < 0 ? r : pin_discard(&deletion->registry, pin->name, dirfd);
}

static int delete_pin(struct deletion *deletion, const struct pin *pin)
{
	struct target target = { .pin = pin };
	size_t before = deletion->formers.count;
	int r;

	r = pin_ids(pin, target.ids);
	if (r < 0)
		return r;
	pin_attendants_find(pin, &target.attendants);
	r = check_use(deletion, &target);
	if (r < 0)
		return -EALREADY; /* said */
	formers_add(&deletion->formers, pin);
	if (!pin->has_record) {
		r = pin_remove_net(pin->name);
		/* And what may be left of one of ours that had the name before. */
		if (r == 0)
			delete_remains(deletion, pin->name);
	} else {
		r = discard(deletion, pin);
	}
	if (r < 0)
		formers_truncate(&deletion->formers, before);
	return r;
}

/* -EALREADY: it was said why not. */
static int find_to_delete(const struct deletion *deletion, const char *name, struct pin *ret)
{
	_cleanup_(pin_release) struct pin other = PIN_NONE;
	int r;

	if (deletion->registry.fd >= 0)
		r = pin_read(&deletion->registry, name, ret);
	else
		r = pin_owns_system() ? pin_find(name, ret) : -ENOENT;
	/* One of the system's is there, but not for us. */
	if (r == -ENOENT && !pin_owns_system() && pin_find(name, &other) == 0) {
		warn(0, "cannot delete '%s': it is root's", name);
		return -EALREADY;
	}
	return r;
}

/* 0, or the exit status. */
static int delete_name(struct deletion *deletion, const char *name)
{
	_cleanup_(pin_release) struct pin pin = PIN_NONE;
	int r;

	r = find_to_delete(deletion, name, &pin);
	if (r == 0)
		r = delete_pin(deletion, &pin);
	else if (r == -ENOENT || r == -EBADMSG)
		r = delete_remains(deletion, name);
	if (r == 0)
		return EXIT_SUCCESS;
	if (r == -ENOENT)
		warn(0, "there is no name '%s'", name);
	else if (r != -EALREADY)
		warn(r, "cannot delete '%s'", name);
	return r == -ENOENT ? EXIT_MISSING : EXIT_FAILURE;
}

/* --- All of it */

static void begin(struct deletion *deletion)
{
	bool is_system = pin_owns_system();
	int r;

	deletion->registry = PIN_REGISTRY_NONE;
	r = pin_registry_open(is_system, &deletion->registry);
	if (r < 0 && r != -ENOENT && (r != -ENXIO || is_system))
		die_with_hint(r, "look into the registry", hint_registry(r));
	if (!deletion->request->forces) {
		r = census_take(&deletion->census, NS_SET_ALL, FACT_PARENT);
		if (r < 0)
			die(r, "cannot look at processes");
	}
	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		_cleanup_free_ char *path = xasprintf("/proc/self/%s", ns_types[type].proc_file);

		if (ns_id_of_path(AT_FDCWD, path, &deletion->ours[type]) < 0)
			deletion->ours[type] = (struct ns_id){ 0 };
	}
	if (ns_open(AT_FDCWD, "/proc/self/ns/net", &deletion->own_net) < 0)
		deletion->own_net = -EBADF;
}

static int collect_name(void *context, const struct pin *pin)
{
	struct pin_names *names = context;

	names->list = xreallocarray(names->list, names->count + 1, sizeof(*names->list));
	names->list[names->count++] = xstrdup(pin->name);
	return 0;
}

static struct pin_names names_to_delete(const struct request *request)
{
	struct pin_names names = { 0 };

	if (request->all && request->count)
		die_usage("--all is all names: give none beside it");
	if (!request->all && !request->count)
		die_usage("del needs a name");
	for (int i = 0; i < request->count; i++)
		check_name(request->operands[i]);
	for (int i = 0; i < request->count; i++) {
		names.list = xreallocarray(names.list, names.count + 1, sizeof(*names.list));
		names.list[names.count++] = xstrdup(request->operands[i]);
	}
	if (request->all)
		visit_names(true, collect_name, &names);
	return names;
}

void run_del(struct request *request)
{
	_cleanup_(pin_names_release) struct pin_names names = names_to_delete(request);
	struct deletion deletion = { .request = request, .own_net = -EBADF };
	int status = EXIT_SUCCESS;

	begin(&deletion);
	for (size_t i = 0; i < names.count; i++) {
		int one = delete_name(&deletion, names.list[i]);

		status = status ? status : one;
	}
	if (!request->no_wait)
		formers_wait_for_end(&deletion.formers);
	formers_release(&deletion.formers);
	census_release(&deletion.census);
	pin_registry_release(&deletion.registry);
	close_fd(deletion.own_net);
	finish(status);
}
