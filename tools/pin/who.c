/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * who.c - nsx-pin identify, pids, show: names and the processes in them.
 */
#include <fcntl.h>
#include <pwd.h>
#include <string.h>

#include "diag.h"
#include "ns_query.h"
#include "pin/survey.h"
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

	identification->is_closed |= pin->is_closed;
	pin_ids(pin, ids);
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
	int r;

	read_ids(request->count ? request->operands[0] : NULL, identification.ids);
	if (request->json) {
		identification.json = &json;
		json_open(&json, NULL, '{');
		json_open(&json, "names", '[');
	}
	r = pin_visit(false, identify_with, &identification);
	if (r < 0)
		die(r, "cannot list names");
	if (request->json) {
		json_close(&json, ']');
		json_close(&json, '}');
	}
	finish(EXIT_SUCCESS);
}

/* --- The processes in a name */

static void find_or_die(const char *name, struct pin *ret)
{
	int r;

	r = pin_find(check_name(name), ret);
	if (r == -ENOENT)
		die_status(EXIT_MISSING, 0, "there is no name '%s'", name);
	if (r == 0 && ret->is_closed)
		r = -EACCES;
	if (r < 0)
		die(r, "cannot look into '%s'", name);
}

static void take_census(struct census *census)
{
	int r = census_take(census, NS_SET_ALL, true);

	if (r < 0)
		die(r, "cannot look at processes");
}

static int compare_pids(const void *a, const void *b)
{
	pid_t x = (*(const struct process *const *)a)->pid, y = (*(const struct process *const *)b)->pid;

	return (x > y) - (x < y);
}

/* Those that are in any of the namespaces, by pid; for the caller to free. */
static const struct process **processes_in(const struct census *census, const struct ns_id ids[NS_TYPE_COUNT],
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

static void print_processes_json(struct json *json, const struct census *census,
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

void run_pids(struct request *request)
{
	_cleanup_(pin_release) struct pin pin = PIN_NONE;
	_cleanup_(census_release) struct census census = { .below = NULL };
	_cleanup_free_ const struct process **list = NULL;
	struct ns_id ids[NS_TYPE_COUNT];
	struct json json = json_begin();
	size_t count;

	find_or_die(request->operands[0], &pin);
	pin_ids(&pin, ids);
	take_census(&census);
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

/* --- show */

static char *owner_name(uid_t uid)
{
	const struct passwd *user = getpwuid(uid);

	return user ? xstrdup(user->pw_name) : xasprintf("%u", uid);
}

static void print_namespaces_json(struct json *json, const struct pin *pin, const struct census *census)
{
	json_open(json, "namespaces", '[');
	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		struct pin_look look;

		if (pin->record.kept[type].method == PIN_NOT_KEPT || pin_look_at(pin, type, &look) < 0)
			continue;
		json_open(json, NULL, '{');
		json_string(json, "type", ns_types[type].name);
		json_number_or_null(json, "ns", (intmax_t)look.id.ino);
		json_number_or_null(json, "nsid", (intmax_t)look.nsid);
		json_number(json, "nprocs", census_count(census, type, look.id, 0));
		json_string(json, "method", pin_method_name(pin->record.kept[type].method));
		json_string(json, "state", pin_state_name(look.state));
		json_close(json, '}');
	}
	json_close(json, ']');
}

static void show_json(const struct pin *pin, const struct census *census,
		      const struct ns_id ids[NS_TYPE_COUNT])
{
	_cleanup_free_ char *owner = owner_name(pin->record.owner);
	_cleanup_free_ char *mode = xasprintf("%04o", (unsigned int)pin->record.mode);
	struct json json = json_begin();

	json_open(&json, NULL, '{');
	json_string(&json, "name", pin->name);
	json_string(&json, "owner", owner);
	json_string(&json, "mode", mode);
	json_number_or_null(&json, "made", (intmax_t)pin->record.made);
	json_number_or_null(&json, "holder", pin->record.holder.pid);
	json_number_or_null(&json, "init", pin->record.init.pid);
	print_namespaces_json(&json, pin, census);
	print_processes_json(&json, census, ids);
	json_close(&json, '}');
}

static void show_field(const char *name, const char *value)
{
	printf("%-11s", name);
	diag_print_safe(stdout, value);
	putchar('\n');
}

static void show_pid(const char *name, pid_t pid)
{
	if (pid)
		printf("%-11s%d\n", name, (int)pid);
}

static void show_namespaces(const struct pin *pin)
{
	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		struct pin_look look;
		char link[NS_LINK_SIZE];

		if (pin->record.kept[type].method == PIN_NOT_KEPT || pin_look_at(pin, type, &look) < 0)
			continue;
		ns_link_format(type, look.id.ino, link);
		printf("%-11s%s %s, %s\n", "namespace", look.id.ino ? link : ns_types[type].name,
		       pin_method_name(pin->record.kept[type].method), pin_state_name(look.state));
	}
}

static void show_processes(const struct census *census, const struct ns_id ids[NS_TYPE_COUNT])
{
	_cleanup_free_ const struct process **list = NULL;
	size_t count;

	list = processes_in(census, ids, &count);
	for (size_t i = 0; i < count; i++) {
		_cleanup_free_ char *types = ns_set_format(census_types_of(census, list[i], ids));
		_cleanup_free_ char *command = command_of(list[i]->pid);

		printf("%-11s%d (", "process", (int)list[i]->pid);
		diag_print_safe(stdout, command ? command : "?");
		printf(") in %s\n", types);
	}
}

static void show_text(const struct pin *pin, const struct census *census,
		      const struct ns_id ids[NS_TYPE_COUNT])
{
	_cleanup_free_ char *owner = owner_name(pin->record.owner);
	struct tm tm;
	char made[64];

	show_field("name", pin->name);
	show_field("owner", owner);
	printf("%-11s%04o\n", "mode", (unsigned int)pin->record.mode);
	if (pin->record.made && localtime_r(&pin->record.made, &tm) &&
	    strftime(made, sizeof(made), "%Y-%m-%d %H:%M:%S %z", &tm))
		show_field("made", made);
	show_pid("holder", pin->record.holder.pid);
	show_pid("init", pin->record.init.pid);
	show_namespaces(pin);
	show_processes(census, ids);
}

void run_show(struct request *request)
{
	_cleanup_(pin_release) struct pin pin = PIN_NONE;
	_cleanup_(census_release) struct census census = { .below = NULL };
	struct ns_id ids[NS_TYPE_COUNT];

	/* The first as "ip netns show" does. */
	if (!request->count || request->lists_columns)
		run_list(request);
	find_or_die(request->operands[0], &pin);
	pin_ids(&pin, ids);
	take_census(&census);
	if (request->json)
		show_json(&pin, &census, ids);
	else
		show_text(&pin, &census, ids);
	finish(EXIT_SUCCESS);
}
