/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tool.h - what the verbs of nsx-pin share: the request that the command line
 * becomes, and how a verb is described.
 */
#ifndef NSX_PIN_TOOL_H
#define NSX_PIN_TOOL_H

#include "base.h"
#include "cli.h"
#include "each.h"
#include "ns_type.h"
#include "pin/writer.h"
#include "pin_registry.h"
#include "plan.h"

/* What was asked for; the plan comes first, so that its option groups can write to it. */
struct request {
	struct plan plan;
	bool json;
	bool no_headings;
	bool raw;
	const char *columns; /* of -o */
	bool lists_columns;
	bool all;
	bool kills;
	bool forces;
	bool no_wait;
	bool dry_run;
	bool initial;
	bool no_mounts;
	struct each_options each; /* parallel 0: not given */
	char **operands;
	int count;
};

_Static_assert(offsetof(struct request, plan) == 0, "groups of plan_cli.h write to a request");

struct verb {
	const char *name;
	const char *usage;   /* what follows it, one line each; for --help */
	const char *purpose; /* a sentence */
	int least, most;     /* operands; most -1: no limit */
	const char *needs;   /* "a name": in words, for want of operands */
	bool takes_command;  /* behind a "--" */
	bool runs_program;   /* which follows the names, and ends the options; statuses are those of nsx-enter */
	const struct cli_group *(*types)(void); /* options that name types, or NULL */
	const struct cli_group *groups[8];
	void (*run)(struct request *request);
};

/* Each in its file; nsx-pin.c has the table. */
void run_list(struct request *request);
void run_show(struct request *request);
void run_add(struct request *request);
void run_attach(struct request *request);
void run_exec(struct request *request);
void run_del(struct request *request);
void run_rename(struct request *request);
void run_gc(struct request *request);
void run_verify(struct request *request);
void run_set(struct request *request);
void run_list_id(struct request *request);
void run_identify(struct request *request);
void run_pids(struct request *request);
void run_monitor(struct request *request);

/* "cannot ...", with the reason; in its own words, where that is told by them alone. */
_noreturn_ void die_about_name(int error, const char *step);

/* Ends the program where it cannot be a name. */
const char *check_name(const char *name);

/* Look it up. Ends the program where it is not there, with that status, or is closed to us. */
void find_name(const char *name, int status_if_missing, struct pin *ret);

/* pin_visit(); ends the program where names cannot be listed. */
void visit_names(bool own_only, int (*found)(void *context, const struct pin *pin), void *context);

/* Standard output as JSON. */
static inline struct json json_begin(void)
{
	return (struct json){ .out = stdout };
}

#endif /* NSX_PIN_TOOL_H */
