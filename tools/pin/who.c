/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * who.c - nsx-pin identify, pids: names and the processes in them.
 */
#include "pin/who.h"

#include <fcntl.h>
#include <string.h>

#include "diag.h"
#include "ns_query.h"
#include "pin/tool.h"
#include "proc.h"
#include "text.h"

/* --- identify */

struct identification {
	struct ns_id ids[NS_TYPE_COUNT]; /* of the process */
	struct json *json;		 /* or NULL */
	bool is_closed;			 /* there was a name that we may not look into */
};

static ns_set common_types(const struct ns_id a[NS_TYPE_COUNT], const struct ns_id b[NS_TYPE_COUNT])
{
	ns_set types = 0;

	for (int type = 0; type < NS_TYPE_COUNT; type++)
		if (a[type].ino && ns_id_equal(a[type], b[type]))
			types |= ns_set_of(type);
	return types;
}

static void print_types(struct json *json, const char *key, ns_set types)
{
	json_open(json, key, '[');
	for (int type = 0; type < NS_TYPE_COUNT; type++)
		if (ns_set_has(types, type))
			json_string(json, NULL, ns_types[type].name);
	json_close(json, ']');
}

static int identify_with(void *context, const struct pin *pin)
{
	struct identification *identification = context;
	struct ns_id ids[NS_TYPE_COUNT];
	ns_set types;
	int r;

	identification->is_closed |= pin->is_closed;
	r = pin_ids(pin, ids);
	if (r < 0)
		return r;
	types = common_types(identification->ids, ids);
	if (!types)
		return 0;
	if (identification->json) {
		json_open(identification->json, NULL, '{');
		json_string(identification->json, "name", pin->name);
		print_types(identification->json, "types", types);
		json_close(identification->json, '}');
	} else {
		diag_print_safe(stdout, pin->name);
		putchar('\n');
	}
	return 0;
}

/* The namespaces of a process; those that cannot be seen are left out. */
static void read_ids(const char *word, struct ns_id ids[NS_TYPE_COUNT])
{
	_cleanup_close_ int pidfd = -EBADF, dirfd = -EBADF;
	ns_set seen = 0;
	pid_t pid = getpid();
	int r;

	if (word && parse_pid(word, &pid) < 0)
		die_usage("'%s' is no process: give PID", word);
	r = proc_hold(pid, 0, &pidfd, &dirfd);
	if (r == -ESRCH)
		die_status(EXIT_MISSING, 0, "there is no process %d", (int)pid);
	if (r == -EXDEV)
		die(0,
		    "cannot look at process %d: /proc shows the processes of another pid namespace: mount "
		    "one of this one",
		    (int)pid);
	if (r < 0)
		die(r, "cannot look at process %d", (int)pid);
	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		r = ns_id_of_path(dirfd, ns_types[type].proc_file, &ids[type]);
		if (r == 0)
			seen |= ns_set_of(type);
		else
			ids[type] = (struct ns_id){ 0 };
	}
	if (!seen)
		die(r, "cannot look at the namespaces of process %d", (int)pid);
}

void run_identify(struct request *request)
{
	struct identification identification = { .json = NULL };
	struct json json = json_begin();

	read_ids(request->count ? request->operands[0] : NULL, identification.ids);
	if (request->json) {
		identification.json = &json;
		json_open(&json, NULL, '{');
		json_open(&json, "names", '[');
	}
	visit_names(false, identify_with, &identification);
	if (request->json) {
		json_close(&json, ']');
		json_close(&json, '}');
	}
	finish(EXIT_SUCCESS);
}

/* --- The processes in a name */

void take_census(struct census *census, unsigned int facts)
{
	int r = census_take(census, NS_SET_ALL, facts);

	if (r < 0)
		die(r, "cannot look at processes");
}

static int compare_pids(const void *a, const void *b)
{
	pid_t x = (*(const struct process *const *)a)->pid, y = (*(const struct process *const *)b)->pid;

	return (x > y) - (x < y);
}

const struct process **processes_in(const struct census *census, const struct ns_id ids[NS_TYPE_COUNT],
				    size_t *ret_count)
{
	const struct inventory *inventory = &census->inventory;
	const struct process **list = xcalloc(inventory->n_processes + 1, sizeof(*list));
	size_t count = 0;

	for (size_t i = 0; i < inventory->n_processes; i++)
		if (census_types_of(census, &inventory->processes[i], ids))
			list[count++] = &inventory->processes[i];
	qsort(list, count, sizeof(*list), compare_pids);
	*ret_count = count;
	return list;
}

void print_processes_json(struct json *json, const struct census *census,
			  const struct ns_id ids[NS_TYPE_COUNT])
{
	_cleanup_free_ const struct process **list = NULL;
	size_t count;

	list = processes_in(census, ids, &count);
	json_open(json, "processes", '[');
	for (size_t i = 0; i < count; i++) {
		_cleanup_free_ char *command = command_of(list[i]->pid);

		json_open(json, NULL, '{');
		json_number(json, "pid", list[i]->pid);
		print_types(json, "types", census_types_of(census, list[i], ids));
		json_string(json, "command", command);
		json_close(json, '}');
	}
	json_close(json, ']');
}

void read_kept(const struct pin *pin, struct ns_id ret[NS_TYPE_COUNT])
{
	int r = pin_ids(pin, ret);

	if (r < 0)
		die(r, "cannot look at what '%s' keeps", pin->name);
}

void run_pids(struct request *request)
{
	_cleanup_(pin_release) struct pin pin = PIN_NONE;
	_cleanup_(census_release) struct census census = { .below = NULL };
	_cleanup_free_ const struct process **list = NULL;
	struct ns_id ids[NS_TYPE_COUNT];
	struct json json = json_begin();
	size_t count;

	find_name(request->operands[0], EXIT_MISSING, &pin);
	read_kept(&pin, ids);
	take_census(&census, FACT_PARENT);
	if (request->json) {
		json_open(&json, NULL, '{');
		json_string(&json, "name", pin.name);
		print_processes_json(&json, &census, ids);
		json_close(&json, '}');
		finish(EXIT_SUCCESS);
	}
	list = processes_in(&census, ids, &count);
	for (size_t i = 0; i < count; i++)
		printf("%d\n", (int)list[i]->pid);
	finish(EXIT_SUCCESS);
}
