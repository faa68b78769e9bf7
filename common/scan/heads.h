/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * heads.h - of each namespace the process that a person would name: of a
 * container its init, of a service its main process, and not the one with the
 * lowest number, which may be any once numbers have gone round. Pure.
 */
#ifndef NSX_SCAN_HEADS_H
#define NSX_SCAN_HEADS_H

#include "base.h"
#include "scan/inventory.h"

/*
 * Set node->head: of the processes in it whose parent is not in it, the oldest.
 * Where that one waits in front of another pid namespace, as unshare(1) with
 * --fork does, its only child is meant: the one in there. Where no process is
 * in it, the sponsor.
 *
 * The inventory is linked (FACT_ANCESTRY), and knows the pid namespaces. Two
 * passes over the processes for each type.
 */
void heads_find(struct inventory *inventory);

#endif /* NSX_SCAN_HEADS_H */
