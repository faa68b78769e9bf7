#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# columns.bats - choosing columns, and the room they take.

load ../lib/common

# On a terminal of 80 columns: on_terminal OPTION...
on_terminal()
{
	script --quiet --return --command "stty cols 80; nsx-ls $* 2>/dev/null" /dev/null | tr -d '\r'
}

longest_line()
{
	awk '{ if (length > longest) longest = length } END { print longest + 0 }'
}

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

@test "commands are cut on a narrow terminal, unless -u says not to, and never in a pipe" {
	need_userns
	need_command script
	start unshare --user --map-root-user --uts sh -c 'echo ready; read -r line' "$(printf 'x%.0s' {1..100})"
	read -r _ <&"$STARTED_OUTPUT"

	run --separate-stderr on_terminal --task "$STARTED" --type uts
	assert_status 0
	assert_output_has "$(ns_inode "$STARTED" uts)"
	assert_same 80 "$(longest_line <<<"$output")"
	run --separate-stderr on_terminal --task "$STARTED" --type uts --notruncate
	assert_status 0
	assert_output_has "$(printf 'x%.0s' {1..100})"
	run --separate-stderr nsx-ls --task "$STARTED" --type uts
	assert_status 0
	assert_output_has "$(printf 'x%.0s' {1..100})"
	assert_stderr_is ""
}
