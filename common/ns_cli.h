/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ns_cli.h - the eight options -m -u -i -n -p -U -C -T, which every tool has:
 * rows for cli.h made from the table of types.
 */
#ifndef NSX_NS_CLI_H
#define NSX_NS_CLI_H

#include "base.h"
#include "cli.h"
#include "ns_type.h"

/*
 * Fill one row a type, in the table's order. The code of each is its letter:
 * ns_type_from_letter() leads back from it.
 */
void ns_cli_fill(struct cli_option rows[NS_TYPE_COUNT], enum cli_arity arity, const char *argument);

#endif /* NSX_NS_CLI_H */
