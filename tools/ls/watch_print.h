/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * watch_print.h - the lines of a watch: an event, and the row that it is about.
 */
#ifndef NSX_LS_WATCH_PRINT_H
#define NSX_LS_WATCH_PRINT_H

#include "base.h"
#include "ls/columns.h"
#include "ls/request.h"
#include "scan/counts.h"

struct watch_printer {
	FILE *out;
	enum format format;
	const struct column_list *columns;
	size_t line_max;     /* columns of a terminal, that a line in a table is cut at; 0: none */
	unsigned int *widths; /* in a table: those of the widest cells so far */
};

/* `columns` must outlive it. */
void watch_printer_init(struct watch_printer *printer, FILE *out, enum format format,
			const struct column_list *columns);
void watch_printer_release(struct watch_printer *printer);

/* Make room for a row that will be printed later. */
void watch_printer_measure(struct watch_printer *printer, char *const *cells);

/* The line of headings that a table and raw output begin with. */
void watch_print_headings(const struct watch_printer *printer);

/* "appeared", and the row. */
void watch_print(struct watch_printer *printer, const char *event, char *const *cells);

/* "ready": all that was there has been printed. */
void watch_print_ready(const struct watch_printer *printer, const struct scan_counts *counts);

#endif /* NSX_LS_WATCH_PRINT_H */
