/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sheet.h - what a report says: rows of texts below columns. Knows nothing of
 * namespaces, and trusts no byte of a cell.
 */
#ifndef NSX_LS_SHEET_H
#define NSX_LS_SHEET_H

#include "base.h"
#include "ls/columns.h"
#include "scan/counts.h"

enum { COLUMN_NO_TABLE = 1u << 16 }; /* too wide for a table, unless somebody asks for it */

struct sheet {
	const char *name; /* "holders": the key of the array in JSON */
	struct column_list columns; /* without functions */
	char ***rows;
	size_t n_rows;
	/* By the sheet. */
	size_t room;
};

/* An empty one, for sheet_release(). */
void sheet_init(struct sheet *sheet, const char *name, const struct column *list, size_t count);
void sheet_release(struct sheet *sheet);

/* A row of unknown cells, for the caller to fill in: the sheet frees them. */
char **sheet_add_row(struct sheet *sheet);

/* Keep these of its columns only, in this order; no row is added after that. */
void sheet_choose(struct sheet *sheet, const struct column_list *chosen);

/*
 * Texts for cells, which the sheet frees: a number; the link of a namespace,
 * "net:[4026531840]"; a copy of a text, or NULL for NULL.
 */
char *cell_number(unsigned long long number);
char *cell_link(enum ns_type type, ino_t ino);
char *cell_text(const char *text);

/* How a table looks. */
struct sheet_style {
	bool is_raw; /* one blank between cells, blanks in them as \x20 */
	bool has_headings;
	bool is_cut; /* may cut cells where a terminal is too narrow */
	bool has_color;
};

/*
 * Through libsmartcols. Bytes that are no printable character are written as
 * \xNN, and lists with commas.
 */
void sheet_print_table(const struct sheet *sheet, const struct sheet_style *style, FILE *out);

/*
 * One object, with how complete the scan was (view_json_head()), and an array
 * of objects, one a row, as cells_print_json() has it. `basis` is one more key
 * and its string, unless they are NULL.
 */
void sheet_print_json(const struct sheet *sheet, const struct scan_counts *counts, const char *const basis[2],
		      FILE *out);

/* One line of assignments a row, as cells_print_shell() has it. */
void sheet_print_shell(const struct sheet *sheet, FILE *out);

#endif /* NSX_LS_SHEET_H */
