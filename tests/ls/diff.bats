#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# diff.bats - --diff: two processes or names, type by type.
#
# shellcheck disable=SC2034,SC2154 # What common.bash asks for, and has.

load ../lib/common
load ../lib/spawn
load zombie

setup()
{
	common_setup
	need_userns
	need_command jq
}

# results REF REF [OPTION...]: "TYPE FIRST SECOND RESULT" each.
results()
{
	nsx-ls --json --diff "$@" | jq --raw-output '.diff[] | "\(.type) \(.first) \(.second) \(.result)"'
}

# What that should be for two processes.
expected()
{
	local type first second

	for type in mnt uts ipc net pid user cgroup time; do
		first=$(ns_inode "$1" "$type") second=$(ns_inode "$2" "$type")
		if [[ $first == "$second" ]]; then
			echo "$type $first $second same"
		else
			echo "$type $first $second different"
		fi
	done
}

@test "two processes" {
	hold -U -n -u
	run --separate-stderr results $$ "$HELD_PID"
	assert_ran "$(expected $$ "$HELD_PID")"
	assert_output_has "net $(ns_inode self net) ${HELD[net]} different"
	assert_output_has "ipc $(ns_inode self ipc) $(ns_inode self ipc) same"
}

@test "a process with itself" {
	run --separate-stderr results $$ $$
	assert_ran "$(expected $$ $$)"
	refute_output_has different
}

@test "some types, and what is missing on one side" {
	hold -U -n -u
	run --separate-stderr results $$ "/proc/$HELD_PID/ns/net" --type uts,net
	assert_ran "uts $(ns_inode self uts) null missing
net $(ns_inode self net) ${HELD[net]} different"
	run --separate-stderr results "net:[${HELD[net]}]" "$HELD_PID" --type net
	assert_ran "net ${HELD[net]} ${HELD[net]} same"
	run --separate-stderr results "/proc/$HELD_PID/ns/net" "/proc/$HELD_PID/ns/uts" --type net,uts,ipc
	assert_ran "uts null ${HELD[uts]} missing
ipc null null missing
net ${HELD[net]} null missing"
}

@test "a zombie has two of them" {
	start_zombie
	run --separate-stderr results $$ "$ZOMBIE" --type net,pid,user
	assert_ran "net $(ns_inode self net) null missing
pid $(ns_inode self pid) $(ns_inode self pid) same
user $(ns_inode self user) $(ns_inode self user) same"
}

# bats test_tags=root
@test "a process and a name" {
	hold -n -u
	# shellcheck disable=SC2016
	run --separate-stderr unshare --mount --propagation private sh -ec '
		mount -t tmpfs pins /run
		nsenter --net="/proc/$1/ns/net" sh -c "nsx-pin attach blue \$\$ --net --uts"
		: >/run/netns/stale
		nsx-ls --noheadings --raw --type uts,ipc,net --diff "$1" pin:blue
		! nsx-ls --diff "$1" pin:stale' pins "$HELD_PID"
	assert_status 0
	assert_output_is "uts ${HELD[uts]} $(ns_inode self uts) different
ipc $(ns_inode self ipc)  missing
net ${HELD[net]} ${HELD[net]} same"
	assert_stderr_is "nsx-ls: 'pin:stale' is stale: its files hold no namespaces"
}

@test "in a table, raw, without headings, and for a shell" {
	run --separate-stderr nsx-ls --diff $$ $$
	assert_status 0
	assert_matches "${lines[0]}" '^TYPE +FIRST +SECOND RESULT$'
	assert_same 9 "${#lines[@]}"
	run --separate-stderr nsx-ls --raw --noheadings --type net --diff $$ $$
	assert_ran "net $(ns_inode self net) $(ns_inode self net) same"
	run --separate-stderr nsx-ls --shell --type net --diff $$ $$
	assert_ran "TYPE=\"net\" FIRST=\"$(ns_inode self net)\" SECOND=\"$(ns_inode self net)\" RESULT=\"same\""
}

@test "what is not there: status 3, and a line" {
	run --separate-stderr nsx-ls --diff $$ 2147483647
	assert_error 3 "no process 2147483647"
	run --separate-stderr nsx-ls --diff pin:nsx-test-no-such-name $$
	assert_error 3 "'pin:nsx-test-no-such-name' names no namespace"
	run --separate-stderr nsx-ls --diff $$ /nonexistent
	assert_error 3 "cannot open '/nonexistent'"
	run --separate-stderr nsx-ls --diff unit:nsx-test-none.service $$
	assert_error 3 "'unit:nsx-test-none.service'"
}

@test "what refuses: status 1, and the cause" {
	[[ ! $(readlink /proc/1/ns/user) ]] || skip "needs a process 1 that refuses"
	run --separate-stderr nsx-ls --diff 1 $$
	assert_error 1 "cannot read the namespaces of process 1: Permission denied"
}

@test "wrong use" {
	run --separate-stderr nsx-ls --diff
	assert_error 1 "--diff takes two references, not 0"
	run --separate-stderr nsx-ls --diff 1
	assert_error 1 "--diff takes two references, not 1"
	run --separate-stderr nsx-ls --diff 1 2 3
	assert_error 1 "--diff takes two references, not 3"
	run --separate-stderr nsx-ls --diff $$ @x
	assert_error 1 "'@x' names neither a process nor a namespace"
	for option in --source=processes --exclude-initial --tree; do
		run --separate-stderr nsx-ls --diff "$option" $$ $$
		assert_error 1 "--diff and ${option%%=*} exclude each other"
	done
}
