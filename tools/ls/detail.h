/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * detail.h - what is to be known of the rows that are shown, and of nothing
 * else: of their processes by detail.c, of their namespaces by
 * detail_namespaces.c. Reads /proc, asks the kernel, the registry of names, and
 * for the names of users.
 */
#ifndef NSX_LS_DETAIL_H
#define NSX_LS_DETAIL_H

#include "base.h"
#include "scan/observe.h"
#include "ls/select.h"

/*
 * Fill in those of `facts` that are not the scan's own business. What the scan
 * has to do for them has been done if they are among scan->facts. Ask once for
 * each fact: names and mounts would be listed twice.
 *
 * Some time has passed since then, so every row is told whether its process and
 * its head are still in the namespace that the row shows; where one is not,
 * what was read of it may be another process's and must not be shown.
 */
void detail_fill(const struct scan *scan, unsigned int facts, struct rows *rows);

/* The part of it that is not of processes. */
void detail_fill_namespaces(const struct scan *scan, unsigned int facts, const struct rows *rows);

#endif /* NSX_LS_DETAIL_H */
