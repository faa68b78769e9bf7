/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * list.c - several texts in one.
 */
#include "ls/list.h"

#include <string.h>

#include "diag.h"

void list_init(struct list *list)
{
	*list = (struct list){ 0 };
	list->out = open_memstream(&list->text, &list->size);
	if (!list->out)
		die_oom();
}

void list_add(struct list *list, const char *text)
{
	if (*text)
		fwrite(text, 1, strlen(text) + 1, list->out);
}

char *list_end(struct list *list)
{
	/* The stream puts the last NUL byte there by itself. */
	if (fclose(list->out) != 0)
		die_oom();
	return list->text;
}

const char *list_next(const char *item)
{
	return item + strlen(item) + 1;
}
