/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cells.h - one row as text: its cells, and what a program reads of them. No
 * byte of a cell is trusted: whoever names a process may choose it.
 */
#ifndef NSX_LS_CELLS_H
#define NSX_LS_CELLS_H

#include "base.h"
#include "ls/columns.h"
#include "scan/inventory.h"
#include "ls/select.h"

/* One text a column, NULL for unknown; for cells_free(). */
char **cells_of(const struct inventory *inventory, const struct row *row, const struct column_list *list);
void cells_free(char **cells, const struct column_list *list);

/*
 * The text of a cell in one piece, for the caller to free: that of a list has
 * `separator` between its items, and where that is a newline, \x0a for one within.
 */
char *cell_flatten(const struct column *column, const char *text, char separator);

/* Does a cell of COLUMN_NUMBER, which may be NULL, say a number? A word is for people. */
bool cell_has_number(const char *text);

/*
 * The inside of an object: "ns": 4026531840, "type": "net". Keys are the names
 * in lower case; numbers are numbers, lists are arrays, null is unknown, and the
 * word that stands for a number. Always valid UTF-8: a byte that is none becomes U+FFFD, and every control character,
 * DEL and C1 included, an escape.
 */
void cells_print_json(FILE *out, const struct column_list *list, char *const *cells);

/*
 * Assignments for eval: NS="4026531840" TYPE="net". Lists have commas between
 * their items, unknown is empty. The names that mean something to shells
 * themselves get an NS_ in front: NS_PATH, NS_PPID, NS_UID.
 */
void cells_print_shell(FILE *out, const struct column_list *list, char *const *cells);

/* One such assignment. */
void cell_print_shell(FILE *out, const char *name, const char *text);

/* One as raw tables have it: blanks, too, are written as \x20. */
void cell_print_raw(FILE *out, const char *text);

#endif /* NSX_LS_CELLS_H */
