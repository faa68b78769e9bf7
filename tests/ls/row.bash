# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# row.bash - one line of the list, and what holds a namespace.
#
# shellcheck disable=SC2154 # What common.bash has.

# row COLUMNS INODE [OPTION...]: the line of that namespace.
row()
{
	local columns=$1 inode=$2
	shift 2

	nsx-ls --noheadings --raw --output "NS,$columns" "$@" | sed -n "s/^$inode //p"
}

# holders REF [OPTION...]: a line "HOLDER PID TID FD OTHER PATH" each, "-" for
# what there is not. While another nsx-ls runs on this machine it has open what
# it finds; that is passed over.
holders()
{
	nsx-ls --json --holders "$@" |
		jq --raw-output '.holders[] | select(.command // "" | test("(^|[/-])nsx-ls( |$)") | not) | [.holder, .pid, .tid, .fd, .other, .path] | map(. // "-" | tostring) | join(" ")'
}

# assert_held INODE LINE...: these are among the holders, and each is shown once.
assert_held()
{
	local inode=$1 line
	shift

	run --separate-stderr holders "@$inode"
	assert_status 0
	assert_stderr_is ""
	for line; do
		assert_same 1 "$(grep -cxF -- "$line" <<<"$output")"
	done
}

# assert_held_only INODE LINE...: these are all, in this order. Another nsx-ls
# may have a copy of mounts for a moment.
assert_held_only()
{
	local inode=$1 want try
	shift

	want=$(printf '%s\n' "$@")
	for ((try = 0; try < 20; try++)); do
		run --separate-stderr holders "@$inode"
		[[ $output != "$want" ]] || break
	done
	assert_status 0
	assert_stderr_is ""
	assert_output_is "$want"
}
