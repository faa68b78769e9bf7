/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * show.c - nsx-pin show: all of one name, and what keeps its namespaces.
 */
#include <fcntl.h>
#include <time.h>

#include "diag.h"
#include "gaps.h"
#include "ns_query.h"
#include "pin/survey.h"
#include "pin/tool.h"
#include "pin/who.h"
#include "pin_init.h"
#include "scan/holders.h"
#include "user_name.h"

/* What is shown. */
struct subject {
	struct pin pin;
	struct ns_id ids[NS_TYPE_COUNT]; /* of what is well, zeros for the others */
	struct pin_attendants attendants;
	struct census census;
	struct pinned_list pinned;
};

static void subject_release(struct subject *subject)
{
	pin_release(&subject->pin);
	census_release(&subject->census);
	pinned_release(&subject->pinned);
}

static bool is_of_subject(const void *context, uint32_t index)
{
	const struct subject *subject = context;
	const struct node *node = &subject->census.inventory.nodes[index];

	return ns_id_equal(subject->ids[node->type], node->id);
}

/* False: the name keeps none of that type. */
static bool look_at(const struct pin *pin, enum ns_type type, struct pin_look *ret)
{
	int r;

	if (pin->record.kept[type].method == PIN_NOT_KEPT)
		return false;
	r = pin_look_at(pin, type, ret);
	if (r < 0)
		die(r, "cannot look at the %s namespace of '%s'", ns_types[type].name, pin->name);
	return true;
}

/* In the order of nsx-ls --holders; for the caller to free. */
static const struct holder **holders_of(const struct subject *subject, size_t *ret_count)
{
	return holders_sorted(&subject->census.inventory, is_of_subject, subject, ret_count);
}

/* --- JSON */

static void print_namespaces_json(struct json *json, const struct subject *subject)
{
	const struct pin *pin = &subject->pin;

	json_open(json, "namespaces", '[');
	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		struct pin_look look;

		if (!look_at(pin, type, &look))
			continue;
		json_open(json, NULL, '{');
		json_string(json, "type", ns_types[type].name);
		json_number_or_null(json, "ns", (intmax_t)look.id.ino);
		json_number_or_null(json, "nsid", (intmax_t)look.nsid);
		json_number(json, "nprocs", census_count(&subject->census, type, look.id, 0));
		json_string(json, "method", pin_method_name(pin->record.kept[type].method));
		json_string(json, "state", pin_state_name(look.state));
		json_close(json, '}');
	}
	json_close(json, ']');
}

/* The keys and their types are those of nsx-ls --holders. */
static void print_holder_json(struct json *json, const struct subject *subject, const struct holder *holder)
{
	const struct inventory *inventory = &subject->census.inventory;
	const struct node *node = &inventory->nodes[holder->node];
	_cleanup_(holder_words_release) struct holder_words words;

	holder_describe(inventory, holder, &subject->pinned, &words);
	json_open(json, NULL, '{');
	json_number(json, "ns", (intmax_t)node->id.ino);
	json_string(json, "type", ns_types[node->type].name);
	json_string(json, "holder", words.kind);
	json_number_or_null(json, "pid", words.pid);
	json_number_or_null(json, "tid", words.thread);
	if (words.fd >= 0)
		json_number(json, "fd", words.fd);
	else
		json_null(json, "fd");
	json_string(json, "other", words.other);
	json_string(json, "name", words.name);
	json_string(json, "path", words.path);
	json_string(json, "command", words.command);
	json_close(json, '}');
}

static void print_holders_json(struct json *json, const struct subject *subject)
{
	_cleanup_free_ const struct holder **list = NULL;
	size_t count;

	list = holders_of(subject, &count);
	json_open(json, "holders", '[');
	for (size_t i = 0; i < count; i++)
		print_holder_json(json, subject, list[i]);
	json_close(json, ']');
}

static void show_json(const struct subject *subject)
{
	const struct pin_record *record = &subject->pin.record;
	_cleanup_free_ char *owner = user_name(record->owner);
	_cleanup_free_ char *mode = xasprintf("%04o", (unsigned int)record->mode);
	struct json json = json_begin();

	json_open(&json, NULL, '{');
	json_string(&json, "name", subject->pin.name);
	json_string(&json, "owner", owner);
	json_string(&json, "mode", mode);
	json_number_or_null(&json, "made", (intmax_t)record->made);
	json_number_or_null(&json, "holder", subject->attendants.holder);
	json_number_or_null(&json, "init", subject->attendants.init);
	print_namespaces_json(&json, subject);
	print_processes_json(&json, &subject->census, subject->ids);
	json_boolean(&json, "complete", !scan_counts_refused(&subject->census.counts));
	print_holders_json(&json, subject);
	json_close(&json, '}');
}

/* --- Text: a line each, with what it is in front */

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

		if (!look_at(pin, type, &look))
			continue;
		ns_link_format(type, look.id.ino, link);
		printf("%-11s%s %s, %s\n", "namespace", look.id.ino ? link : ns_types[type].name,
		       pin_method_name(pin->record.kept[type].method), pin_state_name(look.state));
	}
}

static void show_processes(const struct subject *subject)
{
	const struct census *census = &subject->census;
	_cleanup_free_ const struct process **list = NULL;
	size_t count;

	list = processes_in(census, subject->ids, &count);
	for (size_t i = 0; i < count; i++) {
		_cleanup_free_ char *types = ns_set_format(census_types_of(census, list[i], subject->ids));
		_cleanup_free_ char *command = command_of(list[i]->pid);

		printf("%-11s%d (", "process", (int)list[i]->pid);
		diag_print_safe(stdout, command ? command : "?");
		printf(") in %s\n", types);
	}
}

static void show_holder(const struct subject *subject, const struct holder *holder)
{
	const struct inventory *inventory = &subject->census.inventory;
	const struct node *node = &inventory->nodes[holder->node];
	_cleanup_(holder_words_release) struct holder_words words;
	char link[NS_LINK_SIZE];

	holder_describe(inventory, holder, &subject->pinned, &words);
	ns_link_format(node->type, node->id.ino, link);
	printf("%-11s%s", words.kind, link);
	if (words.pid) {
		_cleanup_free_ char *command = command_of(words.pid);

		printf(" of %d (", (int)words.pid);
		diag_print_safe(stdout, command ? command : "?");
		putchar(')');
	}
	if (words.thread)
		printf(", thread %d", (int)words.thread);
	if (words.fd >= 0)
		printf(", number %d", words.fd);
	if (words.path) {
		fputs(" at ", stdout);
		diag_print_safe(stdout, words.path);
	}
	if (words.other)
		printf(" %s%s", words.path ? "in " : "", words.other);
	putchar('\n');
}

/* All but those that are in it, which stand among the processes. */
static void show_holders(const struct subject *subject)
{
	_cleanup_free_ const struct holder **list = NULL;
	size_t count;

	list = holders_of(subject, &count);
	for (size_t i = 0; i < count; i++)
		if (list[i]->evidence != EVIDENCE_PROCESS)
			show_holder(subject, list[i]);
}

static void show_text(const struct subject *subject)
{
	const struct pin_record *record = &subject->pin.record;
	_cleanup_free_ char *owner = user_name(record->owner);
	struct tm tm;
	char made[64];

	show_field("name", subject->pin.name);
	show_field("owner", owner);
	printf("%-11s%04o\n", "mode", (unsigned int)record->mode);
	if (record->made && localtime_r(&record->made, &tm) &&
	    strftime(made, sizeof(made), "%Y-%m-%d %H:%M:%S %z", &tm))
		show_field("made", made);
	show_pid("holder", subject->attendants.holder);
	show_pid("init", subject->attendants.init);
	show_namespaces(&subject->pin);
	show_processes(subject);
	show_holders(subject);
}

void run_show(struct request *request)
{
	_cleanup_(subject_release) struct subject subject = { .pin = PIN_NONE };

	/* The first as "ip netns show" does. */
	if (!request->count || request->lists_columns)
		run_list(request);
	if (request->columns)
		die_usage("show has no columns for one name: --output is for list");
	find_name(request->operands[0], EXIT_MISSING, &subject.pin);
	read_kept(&subject.pin, subject.ids);
	pin_attendants_find(&subject.pin, &subject.attendants);
	take_census(&subject.census, FACT_PARENT | FACT_HOLDERS);
	pinned_read(&subject.pinned);
	if (request->json)
		show_json(&subject);
	else
		show_text(&subject);
	tell_gaps(&subject.census.counts);
	finish(EXIT_SUCCESS);
}
