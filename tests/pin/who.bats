#!/usr/bin/env bats
# bats file_tags=root
# SPDX-License-Identifier: GPL-2.0-or-later
#
# nsx-pin identify, pids, set, list-id: who is where, and numbers.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn
load ../lib/names

@test "identify: every name that fits, where ip netns prints one" {
	need_command jq
	nsx-pin add one --net --uts
	nsx-pin attach two pin:one --net
	nsx-pin add other
	start nsx-enter -t pin:one sh -c 'echo $$; read -r end'
	read_started
	run --separate-stderr nsx-pin identify "$LINE"
	assert_ran $'one\ntwo'
	run --separate-stderr nsx-pin identify "$LINE" --json
	assert_ran
	assert_same '[["one",["uts","net"]],["two",["net"]]]' \
		"$(jq --compact-output '[.names[] | [.name, .types]]' <<<"$output")"
	run --separate-stderr nsx-enter -t pin:other nsx-pin identify
	assert_ran other
	run --separate-stderr nsx-pin identify
	assert_ran ""
	run --separate-stderr nsx-pin identify --json
	assert_ran
	assert_same 0 "$(jq '.names | length' <<<"$output")"
	end_input
	await_started
	run --separate-stderr nsx-pin identify "$LINE"
	assert_error 3 "there is no process $LINE"
	run --separate-stderr nsx-pin identify word
	assert_error 1 "'word' is no process"
	nsx-pin del one two other
}

@test "pids: all of them, and with JSON in which namespaces" {
	need_command jq
	nsx-pin add box --net --pid
	run --separate-stderr nsx-pin pids box
	assert_ran "$(nsx-pin list box -n -r -o INIT | grep -v -)"
	start nsx-enter --net=pin:box sh -c 'echo $$; read -r end'
	read_started
	run --separate-stderr nsx-pin pids box --json
	assert_ran
	assert_same '["sh",["net"]]' "$(jq --compact-output ".processes[] | select(.pid == $LINE) | [.command, .types]" <<<"$output")"
	assert_same box "$(jq --raw-output .name <<<"$output")"
	run --separate-stderr nsx-pin pids none
	assert_error 3 "there is no name 'none'"
	run --separate-stderr nsx-pin pids
	assert_error 1 "pids needs a name"
	end_input
	await_started
	nsx-pin del box
}

@test "set and list-id: as ip netns has them, both ways" {
	need_command ip
	need_command jq
	# Numbers are those of a network namespace of our own here.
	nsx-pin add own --net
	nsx-pin add one
	nsx-pin add two --net --uts
	nsx-pin add bare --uts
	own=(nsx-enter --net=pin:own)
	run --separate-stderr "${own[@]}" nsx-pin list-id
	assert_ran ""
	run --separate-stderr "${own[@]}" nsx-pin set one 7
	assert_ran ""
	run --separate-stderr "${own[@]}" nsx-pin set two auto
	assert_ran ""
	run --separate-stderr "${own[@]}" nsx-pin list-id
	assert_ran $'0 two\n7 one'
	assert_same $'nsid 0 (iproute2 netns name: two)\nnsid 7 (iproute2 netns name: one)' \
		"$("${own[@]}" ip netns list-id | sed 's/ *$//' | sort)"
	run --separate-stderr "${own[@]}" nsx-pin list-id --json
	assert_ran
	assert_same '[[0,["two"]],[7,["one"]]]' "$(jq --compact-output '[.nsids[] | [.nsid, .names]]' <<<"$output")"
	run --separate-stderr "${own[@]}" nsx-pin list-id nsid 7
	assert_ran "7 one"
	run --separate-stderr "${own[@]}" nsx-pin list-id nsid 5
	assert_error 3 "no network namespace has the number 5 here"
	for words in 7 nsid "nsid x" "nsid -1" "nsid 7 one"; do
		# shellcheck disable=SC2086 # Words.
		run --separate-stderr "${own[@]}" nsx-pin list-id -- $words
		assert_error 1
	done
	# It is there, it cannot be changed, it is another's.
	run --separate-stderr "${own[@]}" nsx-pin set one 7
	assert_ran ""
	run --separate-stderr "${own[@]}" nsx-pin set one 8
	assert_error 1 "'one' has a number already, 7"
	run --separate-stderr "${own[@]}" nsx-pin set own 7
	assert_error 1 "the number 7 is that of another network namespace"
	run --separate-stderr nsx-pin set none 1
	assert_error 3 "there is no name 'none'"
	run --separate-stderr nsx-pin set bare 1
	assert_error 3 "'bare' has no net namespace"
	for word in -- x -1 2147483648 1.5; do
		run --separate-stderr nsx-pin set -- one "$word"
		assert_error 1
	done
	nsx-pin del own one two bare
}
