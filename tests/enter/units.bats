#!/usr/bin/env bats
# bats file_tags=root
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Processes by their cgroup: unit:NAME and container:ID. No daemon is asked, so
# cgroups with such names will do.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn

setup()
{
	common_setup
	made=()
	top=$(awk '$4 == "/" && / - cgroup2 / { print $5; exit }' /proc/self/mountinfo)
	[[ $top ]] || skip "needs cgroup2 mounted"
}

teardown()
{
	local i

	common_teardown
	for ((i = ${#made[@]} - 1; i >= 0; i--)); do
		wait_until rmdir "${made[i]}"
	done
}

# hold_in_cgroup NAME LETTER...: as hold, in a cgroup of that name (and path).
hold_in_cgroup()
{
	local name=$1
	shift

	mkdir "$top/$name" 2>/dev/null || skip "needs to make cgroups"
	made+=("$top/$name")
	hold "$@"
	echo "$HELD_PID" >"$top/$name/cgroup.procs"
}

enters_net_of()
{
	run --separate-stderr nsx-enter "$@" readlink /proc/self/ns/net
	assert_ran "net:[${HELD[net]}]"
}

@test "unit:NAME, with and without its suffix, as target and for a type" {
	hold_in_cgroup "nsxtest$$.service" -n -u
	enters_net_of --target "unit:nsxtest$$.service"
	enters_net_of --target "unit:nsxtest$$"
	enters_net_of --net="unit:nsxtest$$"
	run --separate-stderr nsx-enter --target "unit:nsxtest$$" sh -c "$TELL_LINKS"
	assert_same "uts net" "$(changed_types)"
}

@test "container:ID, as docker and podman write it, whole and by its beginning" {
	id=$(printf '%064x' $$)
	hold_in_cgroup "docker-$id.scope" -n
	enters_net_of --target "container:$id"
	enters_net_of --net="container:$id"
	end_started
	declare -gA HELD=()
	id=beef$(printf '%060x' $$)
	hold_in_cgroup "libpod-$id.scope" -n
	enters_net_of --target "container:${id:0:12}"
}

@test "the init of the container is it, not what was started beside" {
	id=$(printf '%064x' "1$$")
	mkdir "$top/docker-$id.scope" 2>/dev/null || skip "needs to make cgroups"
	made+=("$top/docker-$id.scope")
	start nsx-unshare --pid --uts --init --kill-child sh -c 'echo up; read -r end'
	read_started
	init=$(pgrep --parent "$STARTED")
	start sh -c 'echo up; read -r end'
	read_started
	echo "$STARTED" >"$top/docker-$id.scope/cgroup.procs"
	echo "$init" >"$top/docker-$id.scope/cgroup.procs"
	run --separate-stderr nsx-enter --target "container:$id" --uts readlink /proc/self/ns/uts
	assert_ran "$(ns_link "$init" uts)"
}

@test "a unit and a container that are not there, and a name that fits two" {
	run --separate-stderr nsx-enter --target "unit:no-such-unit-$$" echo ran
	assert_error 125 "'unit:no-such-unit-$$'" "no process runs in a unit of that name"
	run --separate-stderr nsx-enter --target "container:no-such-$$" echo ran
	assert_error 125 "no process runs in a container of that id"
	first=abcd$(printf '%060x' 1) second=abcd$(printf '%060x' 2)
	hold_in_cgroup "docker-$first.scope" -n
	hold_in_cgroup "docker-$second.scope" -n
	run --separate-stderr nsx-enter --target container:abcd echo ran
	assert_error 125 "'container:abcd'" "it fits several"
	enters_net_of --target "container:$second"
}

@test "--each and --join-cgroup take them too" {
	hold_in_cgroup "nsxtest$$.service" -n
	run --separate-stderr nsx-enter --each "unit:nsxtest$$" --net readlink /proc/self/ns/net
	assert_ran "net:[${HELD[net]}]"
	run --separate-stderr nsx-enter --target "unit:nsxtest$$" --net --join-cgroup grep -h ^0: /proc/self/cgroup
	assert_ran "$(grep ^0: "/proc/$HELD_PID/cgroup")"
}
