/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ns_cli.c - option rows from the table of namespace types.
 */
#include "ns_cli.h"

void ns_cli_fill(struct cli_option rows[NS_TYPE_COUNT], enum cli_arity arity, const char *argument)
{
	for (int type = 0; type < NS_TYPE_COUNT; type++)
		rows[type] = (struct cli_option){
			.code = ns_types[type].letter,
			.name = ns_types[type].option,
			.arity = arity,
			.argument = argument,
			.help = ns_types[type].isolates,
		};
}
