/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * list.c - nsx-pin list: a line for each namespace of each name.
 */
#include <libsmartcols.h>
#include <string.h>
#include <time.h>

#include "diag.h"
#include "pin/survey.h"
#include "pin/tool.h"
#include "user_name.h"

/* One line. */
struct row {
	char *name;
	enum ns_type type; /* NS_TYPE_INVALID: of a name that is closed to us */
	struct pin_look look;
	uint32_t nprocs;
	uid_t owner;
	enum pin_method method;
	time_t made;
};

struct rows {
	struct row *rows;
	size_t count;
	bool *found; /* by operand */
	const struct request *request;
};

/* --- Columns */

/* A cell as text, for the caller to free; NULL is unknown, or does not apply. */
typedef char *cell(const struct row *row, bool for_json);

static char *cell_name(const struct row *row, _unused_ bool for_json)
{
	return xstrdup(row->name);
}

static char *cell_type(const struct row *row, _unused_ bool for_json)
{
	return row->type < 0 ? NULL : xstrdup(ns_types[row->type].name);
}

static char *number_or_null(uint64_t number)
{
	return number ? xasprintf("%ju", (uintmax_t)number) : NULL;
}

static char *cell_ns(const struct row *row, _unused_ bool for_json)
{
	return number_or_null(row->look.id.ino);
}

static char *cell_nsid(const struct row *row, _unused_ bool for_json)
{
	return number_or_null(row->look.nsid);
}

static char *cell_nprocs(const struct row *row, _unused_ bool for_json)
{
	return row->look.id.ino ? xasprintf("%u", row->nprocs) : NULL;
}

static char *cell_init(const struct row *row, _unused_ bool for_json)
{
	return number_or_null((uint64_t)row->look.init);
}

static char *cell_owner(const struct row *row, _unused_ bool for_json)
{
	return row->type < 0 ? NULL : user_name(row->owner);
}

static char *cell_method(const struct row *row, _unused_ bool for_json)
{
	return row->method == PIN_NOT_KEPT ? NULL : xstrdup(pin_method_name(row->method));
}

/* Seconds for programs; for people the largest unit alone. */
static char *cell_age(const struct row *row, bool for_json)
{
	static const struct {
		intmax_t seconds;
		const char *name;
	} units[] = { { 86400, "d" }, { 3600, "h" }, { 60, "min" }, { 1, "s" } };
	intmax_t age = time(NULL) - row->made;
	size_t i = 0;

	if (!row->made)
		return NULL;
	/* Somebody set the clock back. */
	age = age < 0 ? 0 : age;
	if (for_json)
		return xasprintf("%jd", age);
	while (i + 1 < ARRAY_SIZE(units) && age < units[i].seconds)
		i++;
	return xasprintf("%jd%s", age / units[i].seconds, units[i].name);
}

static char *cell_state(const struct row *row, _unused_ bool for_json)
{
	return xstrdup(pin_state_name(row->look.state));
}

static const struct column {
	const char *name;
	const char *key; /* in JSON */
	const char *help;
	bool is_number;
	bool by_default;
	cell *cell;
} columns[] = {
	{ "NAME", "name", "the name", false, true, cell_name },
	{ "TYPE", "type", "type of the namespace", false, true, cell_type },
	{ "NS", "ns", "inode number of the namespace", true, true, cell_ns },
	{ "NSID", "nsid", "64-bit id of the namespace (Linux 6.18)", true, false, cell_nsid },
	{ "NPROCS", "nprocs", "number of processes in the namespace", true, true, cell_nprocs },
	{ "INIT", "init", "init of the pid namespace", true, true, cell_init },
	{ "OWNER", "owner", "whose name it is", false, true, cell_owner },
	{ "METHOD", "method", "what keeps it: bind, or hold", false, true, cell_method },
	{ "AGE", "age", "how long ago the name was made", true, true, cell_age },
	{ "STATE", "state", "ok, or what is wrong with it", false, true, cell_state },
};

static void list_columns(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		printf("%-6s %s\n", columns[i].name, columns[i].help);
}

/* Which columns, in which order. */
struct choice {
	const struct column *columns[32];
	size_t count;
};

static void choose(struct choice *choice, const struct column *column)
{
	if (choice->count == ARRAY_SIZE(choice->columns))
		die_usage("more than %zu columns", ARRAY_SIZE(choice->columns));
	choice->columns[choice->count++] = column;
}

static void choose_by_name(struct choice *choice, const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		if (strcasecmp(columns[i].name, word) == 0) {
			choose(choice, &columns[i]);
			return;
		}
	die(0, "unknown column '%s' (--list-columns shows all)", word);
}

static struct choice choose_columns(const struct request *request)
{
	struct choice choice = { .count = 0 };
	_cleanup_free_ char *copy = NULL;
	char *position, *word;

	if (!request->columns) {
		for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
			if (columns[i].by_default)
				choose(&choice, &columns[i]);
		return choice;
	}
	position = copy = xstrdup(request->columns);
	while ((word = strsep(&position, ",")))
		choose_by_name(&choice, word);
	return choice;
}

static bool shows(const struct choice *choice, cell *wanted)
{
	for (size_t i = 0; i < choice->count; i++)
		if (choice->columns[i]->cell == wanted)
			return true;
	return false;
}

/* --- Rows */

static struct row *add_row(struct rows *rows, const struct pin *pin, enum ns_type type)
{
	struct row *row;

	/* Doubled each time, so that adding stays linear. */
	if ((rows->count & (rows->count - 1)) == 0)
		rows->rows =
			xreallocarray(rows->rows, rows->count ? rows->count * 2 : 1, sizeof(*rows->rows));
	row = &rows->rows[rows->count++];
	*row = (struct row){
		.name = xstrdup(pin->name),
		.type = type,
		.owner = pin->record.owner,
		.made = pin->record.made,
		.method = type < 0 ? PIN_NOT_KEPT : pin->record.kept[type].method,
	};
	return row;
}

static bool is_wanted(struct rows *rows, const char *name)
{
	const struct request *request = rows->request;
	bool is_wanted = request->count == 0;

	for (int i = 0; i < request->count; i++)
		if (strcmp(request->operands[i], name) == 0)
			is_wanted = rows->found[i] = true;
	return is_wanted;
}

static int take_pin(void *context, const struct pin *pin)
{
	struct rows *rows = context;

	if (!is_wanted(rows, pin->name))
		return 0;
	if (pin->is_closed)
		add_row(rows, pin, NS_TYPE_INVALID)->look.state = PIN_CLOSED;
	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		struct pin_look look;
		int r;

		if (pin->is_closed || pin->record.kept[type].method == PIN_NOT_KEPT)
			continue;
		r = pin_look_at(pin, type, &look);
		if (r == -ENOENT)
			continue;
		if (r < 0)
			return r;
		add_row(rows, pin, type)->look = look;
	}
	return 0;
}

static void count_processes(struct rows *rows)
{
	_cleanup_(census_release) struct census census;
	int r;

	r = census_take(&census, NS_SET_ALL, 0);
	if (r < 0)
		die(r, "cannot look at processes");
	for (size_t i = 0; i < rows->count; i++) {
		struct row *row = &rows->rows[i];

		if (row->type >= 0)
			row->nprocs = census_count(&census, row->type, row->look.id, 0);
	}
}

/* --- Views */

static void print_json(const struct rows *rows, const struct choice *choice)
{
	struct json json = json_begin();

	json_open(&json, NULL, '{');
	json_open(&json, "pins", '[');
	for (size_t i = 0; i < rows->count; i++) {
		json_open(&json, NULL, '{');
		for (size_t j = 0; j < choice->count; j++) {
			const struct column *column = choice->columns[j];
			_cleanup_free_ char *text = column->cell(&rows->rows[i], true);

			if (text && column->is_number)
				json_number(&json, column->key, (intmax_t)strtoull(text, NULL, 10));
			else
				json_string(&json, column->key, text);
		}
		json_close(&json, '}');
	}
	json_close(&json, ']');
	json_close(&json, '}');
}

static void print_table(const struct rows *rows, const struct choice *choice)
{
	struct libscols_table *table;

	scols_init_debug(0);
	table = scols_new_table();
	if (!table)
		die_oom();
	for (size_t j = 0; j < choice->count; j++)
		if (!scols_table_new_column(table, choice->columns[j]->name, 0,
					    choice->columns[j]->is_number ? SCOLS_FL_RIGHT : 0))
			die_oom();
	scols_table_enable_noheadings(table, rows->request->no_headings);
	scols_table_enable_raw(table, rows->request->raw);
	for (size_t i = 0; i < rows->count; i++) {
		struct libscols_line *line = scols_table_new_line(table, NULL);

		for (size_t j = 0; j < choice->count; j++) {
			char *text = choice->columns[j]->cell(&rows->rows[i], false);

			if (!text)
				text = xstrdup(rows->request->raw ? "-" : "");
			if (!line || scols_line_refer_data(line, j, text) < 0)
				die_oom();
		}
	}
	if (rows->count)
		scols_print_table(table);
	scols_unref_table(table);
}

/* Names that were asked for and are not there. */
static int tell_missing(const struct rows *rows)
{
	const struct request *request = rows->request;
	int status = EXIT_SUCCESS;

	for (int i = 0; i < request->count; i++) {
		if (rows->found[i])
			continue;
		warn(0, "there is no name '%s'", request->operands[i]);
		status = EXIT_MISSING;
	}
	return status;
}

void run_list(struct request *request)
{
	struct rows rows = { .request = request };
	struct choice choice;
	int status;

	if (request->lists_columns) {
		if (request->json)
			die_usage("--list-columns and --json exclude each other");
		list_columns();
		finish(EXIT_SUCCESS);
	}
	choice = choose_columns(request);
	for (int i = 0; i < request->count; i++)
		check_name(request->operands[i]);
	rows.found = xcalloc((size_t)request->count, sizeof(*rows.found));
	visit_names(false, take_pin, &rows);
	if (rows.count && shows(&choice, cell_nprocs))
		count_processes(&rows);
	/* An empty table is nothing to print, but an empty array is. */
	if (request->json)
		print_json(&rows, &choice);
	else
		print_table(&rows, &choice);
	status = tell_missing(&rows);
	for (size_t i = 0; i < rows.count; i++)
		free(rows.rows[i].name);
	free(rows.rows);
	free(rows.found);
	finish(status);
}
