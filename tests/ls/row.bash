# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# row.bash - one line of the list.

# row COLUMNS INODE [OPTION...]: the line of that namespace.
row()
{
	local columns=$1 inode=$2
	shift 2

	nsx-ls --noheadings --raw --output "NS,$columns" "$@" | sed -n "s/^$inode //p"
}
