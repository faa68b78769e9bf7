#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# columns.bats - choosing columns.

load ../lib/common

@test "-o chooses, in any case and in order, each once" {
	run --separate-stderr nsx-ls --raw -o type,NS,Nprocs,TYPE --task $$
	assert_status 0
	assert_same "TYPE NS NPROCS" "${lines[0]}"
	assert_stderr_is ""
}

@test "+ adds to the default columns, or to what -o chose before" {
	run --separate-stderr nsx-ls --raw -o +path,ons
	assert_status 0
	assert_same "NS TYPE NPROCS PID USER COMMAND PATH ONS" "${lines[0]}"
	assert_stderr_is ""
	run --separate-stderr nsx-ls --raw -o +path -o ns -o +type
	assert_status 0
	assert_same "NS TYPE" "${lines[0]}"
	run --separate-stderr nsx-ls --raw -o +path -o +ppid
	assert_status 0
	assert_same "NS TYPE NPROCS PID USER COMMAND PATH PPID" "${lines[0]}"
}

@test "--list-columns names each column with its type in JSON, and --output-all shows them" {
	run --separate-stderr nsx-ls --list-columns
	assert_status 0
	assert_output_matches $'(^|\n)NS +<number> [a-z]'
	assert_output_matches $'\nCOMMAND +<string> [a-z]'
	assert_stderr_is ""
	names=$(awk '{ print $1 }' <<<"$output" | paste --serial --delimiters ' ')

	run --separate-stderr nsx-ls --output-all --raw
	assert_status 0
	assert_same "$names" "${lines[0]}"
	assert_stderr_is ""

	# Of a namespace those that can be shown for the processes in it.
	run --separate-stderr nsx-ls --list-columns /proc/self/ns/uts
	assert_status 0
	assert_output_has PID
	refute_output_has NPROCS
	columns=$(awk '{ print $1 }' <<<"$output" | paste --serial --delimiters ,)
	run --separate-stderr nsx-ls --output "$columns" /proc/self/ns/uts
	assert_status 0

	need_command jq
	run --separate-stderr nsx-ls --json --list-columns
	assert_status 0
	assert_same "$names" "$(jq --raw-output '[.columns[].name] | join(" ")' <<<"$output")"
	assert_stderr_is ""
}

@test "PATH leads to the namespace" {
	need_userns
	hold -U -n
	run --separate-stderr nsx-ls --task "$HELD_PID" --type net --noheadings --raw --output PATH
	assert_status 0
	assert_same "net:[${HELD[net]}]" "$(readlink "$output")"
	assert_stderr_is ""
}

@test "USER is the name of UID" {
	need_userns
	hold_as_user -U -n
	run --separate-stderr nsx-ls --task "$HELD_PID" --type net --noheadings --raw --output UID,USER
	assert_status 0
	assert_output_is "$(as_user id -u) $(as_user id -un)"
	assert_stderr_is ""
}

@test "raw: one blank between cells, so an empty one leaves two" {
	run --separate-stderr nsx-ls --raw --noheadings --task $$ --type uts --output PNS,TYPE,PNS,NS
	assert_status 0
	assert_output_is " uts $(ns_inode $$ uts)"
	assert_stderr_is ""
}
