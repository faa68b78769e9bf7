/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * filter.h - which rows are shown, by an expression over columns. The language
 * is that of libsmartcols, scols-filter(5), from its version 2.40 on.
 *
 * Part of the tool: a wrong expression ends it, and so does an older library
 * (EXIT_UNSUPPORTED).
 */
#ifndef NSX_LS_FILTER_H
#define NSX_LS_FILTER_H

#include "base.h"
#include "scan/inventory.h"
#include "ls/select.h"

struct filter;

/* Never NULL; for filter_free(). */
struct filter *filter_new(const char *expression);
void filter_free(struct filter *filter);

/* The facts that its columns need, to be known before rows are filtered. */
unsigned int filter_facts(const struct filter *filter);

/* Whether it is true, for each row; for the caller to free. */
bool *filter_ask(struct filter *filter, const struct inventory *inventory, const struct rows *rows);

/* Take away the rows for which it is not true. */
void filter_rows(struct filter *filter, const struct inventory *inventory, struct rows *rows);

#endif /* NSX_LS_FILTER_H */
