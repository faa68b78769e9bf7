#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# tree.bats - what hangs below what.

load ../lib/common

# The namespace right above one in a tree: above INODE [OPTION...]
above()
{
	local inode=$1
	shift
	nsx-ls --json --output NS,TYPE,NPROCS,PID "$@" |
		jq --compact-output ".. | objects | select(any(.children[]?; .ns == $inode)) | del(.children)"
}

setup()
{
	common_setup
	need_command jq
	need_userns
}

@test "the kind of a tree behind a short option, with a = as lsns takes it, and without" {
	for option in -Tparent -T=parent; do
		run --separate-stderr nsx-ls "$option" --type uts --output NS --raw
		assert_status 0
		assert_output_has "$(ns_inode self uts)"
	done
	run --separate-stderr nsx-ls -T=up
	assert_status 1
	assert_stderr_has "--tree takes owner|parent|process, not 'up'"
}

@test "owners that no process is in are in the tree, and in a list of processes they are not" {
	start unshare --user --map-root-user unshare --user --map-root-user \
		unshare --uts sh -c 'echo ready; read -r line'
	read -r _ <&"$STARTED_OUTPUT"
	uts=$(ns_inode "$STARTED" uts)
	inner=$(ns_inode "$STARTED" user)

	run --separate-stderr nsx-ls --json --source processes --type user --output NS,PNS
	assert_status 0
	outer=$(jq ".namespaces[] | select(.ns == $inner).pns" <<<"$output")
	assert_same "null" "$(jq ".namespaces[] | select(.ns == $outer)" <<<"$output"; echo null)"

	run --separate-stderr above "$uts" --tree
	assert_status 0
	assert_output_is "{\"ns\":$inner,\"type\":\"user\",\"nprocs\":1,\"pid\":$STARTED}"
	assert_stderr_is ""
	run --separate-stderr above "$inner" --tree=owner
	assert_output_is "{\"ns\":$outer,\"type\":\"user\",\"nprocs\":0,\"pid\":null}"
	run --separate-stderr above "$inner" --tree=parent
	assert_output_is "{\"ns\":$outer,\"type\":\"user\",\"nprocs\":0,\"pid\":null}"
	run --separate-stderr above "$outer" -Towner --type user
	assert_output_matches "^\{\"ns\":$(ns_inode self user),\"type\":\"user\","

	# Among processes, it hangs below those that the process was born to.
	run --separate-stderr above "$inner" --tree=process
	assert_status 0
	assert_output_matches "^\{\"ns\":$(ns_inode self user),\"type\":\"user\","
	assert_stderr_is ""
}

@test "a pid namespace hangs below its parent" {
	hold -U -p
	run --separate-stderr above "${HELD[pid]}" --tree=parent
	assert_status 0
	assert_output_matches "^\{\"ns\":$(ns_inode self pid),\"type\":\"pid\","
	assert_stderr_is ""
}

@test "in a tree of processes every child is of its parent's type" {
	hold -U -u -n -p
	run --separate-stderr nsx-ls --json --tree=process
	assert_status 0
	assert_stderr_is ""
	assert_same 0 "$(jq '[.. | objects | select(.children) | .type as $type | .children[] |
		select(.type != $type)] | length' <<<"$output")"
	for type in user uts net pid; do
		run --separate-stderr above "${HELD[$type]}" -Tprocess
		assert_output_matches "^\{\"ns\":$(ns_inode self $type),\"type\":\"$type\","
	done
}

@test "every row has an array of children, in a tree only" {
	run --separate-stderr nsx-ls --json --tree
	assert_status 0
	assert_same true "$(jq '[.. | objects | select(.ns) | .children | type == "array"] | all' <<<"$output")"
	run --separate-stderr nsx-ls --json
	assert_status 0
	assert_same false "$(jq '[.. | objects | has("children")] | any' <<<"$output")"
}

@test "a tree has the same namespaces as the list, and the lines of a tree" {
	hold -U -n
	run --separate-stderr nsx-ls --tree --noheadings --output NS,TYPE
	assert_status 0
	assert_output_matches "[─-]${HELD[net]} +net"
	assert_stderr_is ""
	run --separate-stderr nsx-ls --tree --noheadings --output NS,TYPE --raw
	assert_status 0
	assert_output_matches $'\n'"${HELD[net]} net"
	run --separate-stderr nsx-ls --tree --list
	assert_status 1
	assert_output_is ""
	assert_stderr_has "--tree and --list exclude each other"
}
