#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# json.bats - what programs read: types of values, unknown ones, and commands
# made by someone who wishes no good.

load ../lib/common
load zombie

setup()
{
	common_setup
	need_command jq
}

# Run jq on the JSON of nsx-ls: json FILTER [OPTION...]
json()
{
	local filter=$1
	shift
	nsx-ls --json "$@" | jq --compact-output "$filter"
}

# A process in a namespace of its own whose command line has everything.
# shellcheck disable=SC2016,SC2154
start_hostile()
{
	need_userns
	start unshare --user --map-root-user --uts bash -c 'exec -a "$1" cat' bash \
		$'a b\nc\e[31m\xff"q"\\ \xc2\x9b gr\xc3\xbc\xc3\x9f'
	# What comes back through it tells that cat is running.
	echo hello >&"${started_inputs[-1]}"
	read -r _ <&"$STARTED_OUTPUT"
	inode=$(ns_inode "$STARTED" uts)
}

@test "an object with an array of flat objects" {
	run --separate-stderr json 'keys, (.namespaces[0] | keys_unsorted), ([.namespaces[] | has("children")] | any)'
	assert_status 0
	assert_output_is '["namespaces"]
["ns","type","nprocs","pid","user","command"]
false'
	assert_stderr_is ""
}

@test "numbers are numbers, and unknown is null" {
	need_userns
	hold -U -n
	run --separate-stderr json ".namespaces[] | select(.ns == ${HELD[net]}) | map_values(type)" --output-all
	assert_status 0
	assert_output_is '{"ns":"number","type":"string","path":"string","nprocs":"number","pid":"number","ppid":"number","command":"string","uid":"number","user":"string","netnsid":"null","nsfs":"array","pns":"null","ons":"number","nsid":"number","level":"null","ntasks":"number","init":"null","leader":"number","name":"array","holders":"array","owner_uid":"null","initial":"boolean","cgroup":"string","unit":"null","container":"null","detail":"string"}'
	assert_stderr_is ""

	run --separate-stderr json ".namespaces[] | select(.ns == ${HELD[net]}) | [.type, .nprocs, .pid, .uid, .pns, .ons]" --output-all
	assert_status 0
	assert_output_is "[\"net\",1,$HELD_PID,$EUID,null,${HELD[user]}]"
}

@test "nothing to show is an empty array" {
	# A zombie is in two namespaces only.
	start_zombie
	run --separate-stderr nsx-ls --json --task "$ZOMBIE" --type net
	assert_status 0
	assert_output_is '{"namespaces": []}'
	assert_stderr_is ""
}

@test "a hostile command is valid JSON, and keeps what can be kept" {
	start_hostile
	run --separate-stderr nsx-ls --json --type uts
	assert_status 0
	assert_stderr_is ""
	iconv -f UTF-8 -t UTF-8 <<<"$output" >/dev/null
	jq . <<<"$output" >/dev/null
	# Nothing but printable characters and line ends.
	refute_has "$output" $'\e'
	refute_has "$output" $'\xc2\x9b'
	command=$(jq --raw-output ".namespaces[] | select(.ns == $inode).command" <<<"$output")
	assert_same $'a b\nc\e[31m\xef\xbf\xbd"q"\\ \xc2\x9b gr\xc3\xbc\xc3\x9f' "$command"
}

@test "a hostile command neither breaks a line nor drives a terminal" {
	start_hostile
	run --separate-stderr nsx-ls --noheadings --type uts --output NS,COMMAND
	assert_status 0
	assert_output_has "$inode a b\\x0ac\\x1b[31m\\xff\"q\"\\ \\xc2\\x9b gr"
	assert_stderr_is ""

	run --separate-stderr nsx-ls --noheadings --type uts --output NS,COMMAND --raw
	assert_status 0
	assert_output_has "$inode a\\x20b\\x0ac\\x1b[31m\\xff\"q\"\\x5c\\x20\\xc2\\x9b\\x20gr"
	assert_stderr_is ""
}
