/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * list.h - several texts in one, as a cell has them (COLUMN_LIST): each item
 * ends in its NUL byte, and an empty one is the end. So there is no empty item.
 */
#ifndef NSX_LS_LIST_H
#define NSX_LS_LIST_H

#include "base.h"

/* One in the making. */
struct list {
	char *text;
	size_t size;
	FILE *out;
};

void list_init(struct list *list);

/* A copy; an empty text is left out. */
void list_add(struct list *list, const char *text);

/* The text, for the caller to free. */
char *list_end(struct list *list);

/* The item behind this one. */
const char *list_next(const char *item);

#endif /* NSX_LS_LIST_H */
