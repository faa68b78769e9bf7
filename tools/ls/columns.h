/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * columns.h - THE table of columns. One row serves the table, JSON, the list
 * of columns, and tells what has to be found out for it.
 */
#ifndef NSX_LS_COLUMNS_H
#define NSX_LS_COLUMNS_H

#include "base.h"
#include "scan/inventory.h"
#include "ls/select.h"

enum column_json {
	COLUMN_STRING,
	COLUMN_NUMBER,	/* a whole number; a word may stand for null, where that is JSON */
	COLUMN_BOOLEAN, /* "yes" and "no" */
	COLUMN_LIST,	/* of strings, as list.h has them */
};

enum {
	COLUMN_RIGHT = 1u << 0,	     /* flush right, as numbers are */
	COLUMN_TRUNCATED = 1u << 1,  /* gives way where a terminal is too narrow */
	COLUMN_OF_PROCESS = 1u << 2, /* makes sense where each row is a process */
};

struct column {
	const char *name; /* "NPROCS"; in lower case it is the key in JSON */
	unsigned int flags;
	enum column_json json;
	unsigned int facts; /* FACT_*: what has to be known for it */
	const char *help;
	/* The cell's text in memory that the caller frees: raw bytes of others, or NULL for unknown. */
	char *(*cell)(const struct inventory *inventory, const struct row *row);
};

extern const struct column columns[];
extern const size_t n_columns;

/* A choice of columns, in order, none twice. */
struct column_list {
	const struct column **columns;
	size_t count;
};

/*
 * The ones shown where nothing else is asked for, as in lsns(8); NET where all
 * are of that type, PROCESSES where each row is a process.
 */
#define COLUMNS_DEFAULT	  "NS,TYPE,NPROCS,PID,USER,COMMAND"
#define COLUMNS_NET	  "NS,TYPE,NPROCS,PID,USER,NETNSID,NSFS,COMMAND"
#define COLUMNS_PROCESSES "PID,PPID,USER,COMMAND"

/* A column of a table by its name, in any case; or NULL. */
const struct column *column_find(const struct column *table, size_t count, const char *name, size_t length);

/*
 * Add the columns of a list like "ns,type" (in any case; what is there already
 * stays where it is). -EINVAL for an unknown or empty name, at *ret_bad then.
 */
int column_list_add(struct column_list *list, const char *names, const char **ret_bad);

/* The same from another table than columns[]. */
int column_list_add_from(struct column_list *list, const struct column *table, size_t count,
			 const char *names, const char **ret_bad);

/* Add one, unless it is there. */
void column_list_add_one(struct column_list *list, const struct column *column);

/* Add every column with these flags. */
void column_list_add_all(struct column_list *list, unsigned int flags);

/* "string", "number", "boolean", "array": what a column is in JSON. */
const char *column_json_type(const struct column *column);

void column_list_release(struct column_list *list);

/* The facts that all of them need. */
unsigned int column_list_facts(const struct column_list *list);

#endif /* NSX_LS_COLUMNS_H */
