/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * detail.h - what is shown of the processes that are shown, and of no others:
 * parent, user and command. Reads /proc and asks for the names of users.
 */
#ifndef NSX_LS_DETAIL_H
#define NSX_LS_DETAIL_H

#include "base.h"
#include "scan/inventory.h"
#include "ls/select.h"

/*
 * Fill in FACT_PPID, _UID, _USER and _COMMAND of the rows' processes, each
 * read once. Some time has passed since the scan, so every row is then told
 * whether its process is still in the namespace that the row shows; where it
 * is not, what was read may be another process's and must not be shown.
 */
void detail_fill(int procfd, struct inventory *inventory, struct rows *rows, unsigned int facts);

#endif /* NSX_LS_DETAIL_H */
