/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unshare_check.c - the probes of probe.h as a table or as JSON.
 *
 * Printed by hand: nsx-unshare is started in loops, and linking libsmartcols
 * for an option that a person gives once would cost each start.
 */
#include "unshare_check.h"

#include <string.h>

#include "diag.h"
#include "hint.h"
#include "probe.h"

struct result {
	const struct probe *probe;
	int error;
	bool with_user;
	char *why;
};

static bool can_create(ns_set types)
{
	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		bool with_user;

		if (ns_set_has(types, type) && probe_try(&probes[type], &with_user) < 0)
			return false;
	}
	return true;
}

/* The hint for the step that the probe fails in, as the step itself would give. */
static char *explain(const struct probe *probe, int error)
{
	char *hint = NULL;

	if (error == -ECANCELED)
		return xstrdup("the attempt was killed");
	/* The mount comes last, and is to blame only where all before it can be done. */
	if (strcmp(probe->name, "mount-proc") == 0 && can_create(probe->creates))
		hint = hint_mount_virtual("proc", error);
	/* The user namespace came first, and may be what failed. */
	return hint ? hint : hint_create(probe->creates | ns_set_of(NS_USER), error);
}

static struct result try_one(const struct probe *probe)
{
	struct result result = { .probe = probe };

	result.error = probe_try(probe, &result.with_user);
	if (result.error < 0)
		result.why = explain(probe, result.error);
	return result;
}

static void print_row(const struct result *result)
{
	const char *can = result->error < 0 ? "no" : result->with_user ? "with -U" : "yes";

	printf("%-12s %-8s ", result->probe->name, can);
	if (result->error == 0)
		printf("%s\n", result->probe->purpose);
	else
		printf("%s: %s%s%s\n", result->probe->purpose, strerror(-result->error),
		       result->why ? ": " : "", result->why ? result->why : "");
}

/* Our own words and the C library's: nothing in them but quotes needs an escape. */
static void print_json_string(const char *text)
{
	if (!text) {
		fputs("null", stdout);
		return;
	}
	putchar('"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			putchar('\\');
		putchar(*text);
	}
	putchar('"');
}

static void print_object(const struct result *result, bool is_first)
{
	printf("%s\n      {\"name\": \"%s\", \"can\": %s, \"user\": %s, \"error\": ", is_first ? "" : ",",
	       result->probe->name, result->error ? "false" : "true", result->with_user ? "true" : "false");
	print_json_string(result->error ? strerrorname_np(-result->error) : NULL);
	fputs(", \"why\": ", stdout);
	print_json_string(result->why);
	putchar('}');
}

int unshare_check(bool json)
{
	int status = EXIT_SUCCESS;

	if (json)
		fputs("{\n   \"checks\": [", stdout);
	else
		printf("%-12s %-8s %s\n", "NAME", "CAN", "WHAT");
	for (size_t i = 0; i < probe_count; i++) {
		struct result result;

		/* Forking with a full buffer would print it twice. */
		fflush(stdout);
		result = try_one(&probes[i]);
		if (result.error < 0)
			status = EXIT_FAILURE;
		if (json)
			print_object(&result, i == 0);
		else
			print_row(&result);
		free(result.why);
	}
	if (json)
		fputs("\n   ]\n}\n", stdout);
	return status;
}
