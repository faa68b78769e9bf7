/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * legend.c - printing the tables of columns and of sources.
 */
#include "ls/legend.h"

#include "json.h"
#include "ls/view.h"
#include "scan/source.h"

/* An object with one array; between the two calls, an object for each thing. */
static void open_json(const char *name)
{
	printf("{\"schema\": %d, \"%s\": [", VIEW_JSON_SCHEMA, name);
}

static void close_json(void)
{
	puts("\n]}");
}

static void start_json(size_t i, const char *name, const char *help)
{
	printf("%s\n   {\"name\": \"%s\", \"help\": ", i ? "," : "", name);
	json_print_string(stdout, help);
}

void legend_columns(const struct column *table, size_t count, unsigned int flags, bool is_json)
{
	size_t n_shown = 0;

	if (is_json)
		open_json("columns");
	for (size_t i = 0; i < count; i++) {
		const struct column *column = &table[i];

		if ((column->flags & flags) != flags)
			continue;
		if (is_json) {
			start_json(n_shown++, column->name, column->help);
			printf(", \"type\": \"%s\"}", column_json_type(column));
		} else {
			printf("%-10s <%s> %s\n", column->name, column_json_type(column), column->help);
		}
	}
	if (is_json)
		close_json();
}

void legend_sources(bool is_json)
{
	if (is_json)
		open_json("sources");
	for (size_t i = 0; sources[i]; i++) {
		const struct source *source = sources[i];

		if (is_json) {
			start_json(i, source->name, source->help);
			printf(", \"default\": %s}", source->by_default ? "true" : "false");
		} else {
			printf("%-11s %-7s %s\n", source->name, source->by_default ? "default" : "",
			       source->help);
		}
	}
	if (is_json)
		close_json();
}
