/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * view_shell.c - assignments that a shell may eval, one row a line.
 *
 * Not by libsmartcols: it writes names that shells reserve as they are.
 */
#include "ls/view.h"

#include "ls/cells.h"

void view_shell(const struct view *view, FILE *out)
{
	for (size_t i = 0; i < view->rows->count; i++) {
		char **cells = cells_of(view->inventory, &view->rows->rows[i], view->columns);

		cells_print_shell(out, view->columns, cells);
		putc('\n', out);
		cells_free(cells, view->columns);
	}
}
