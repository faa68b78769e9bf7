#!/usr/bin/env bats
# bats file_tags=root
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Every system call of nsx-pin may fail: then it is done or it is undone, with
# nothing left, and one line says what failed.

# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2154,SC2317 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn
load ../lib/names
load ../lib/calls

prepare()
{
	:
}

@test "add" {
	each_call fail nsx-pin add box --net --uts
}

@test "add, with an init" {
	each_call fail nsx-pin add box --pid
}

@test "add --hold" {
	each_call fail nsx-pin add box --net --uts --hold
}

@test "add, by an ordinary user" {
	need_userns
	[[ -d /run/user/$(id -u "$NSX_USER") ]] || skip "needs a runtime directory for the ordinary user"
	OWNER=("${AS_USER[@]}") OWNER_DIR=/run/user/$(id -u "$NSX_USER")
	each_call fail nsx-pin add box -r --uts
}

@test "attach --hold" {
	hold -u
	each_call fail nsx-pin attach box "$HELD_PID" --uts --hold
}

@test "attach" {
	hold -u -n
	each_call fail nsx-pin attach box "$HELD_PID" --net --uts
}

@test "del" {
	prepare()
	{
		nsx-pin add box --net --uts --pid
	}
	each_call fail nsx-pin del --force --no-wait box
}

@test "del, of what is held" {
	prepare()
	{
		nsx-pin add box --uts --hold
	}
	each_call fail nsx-pin del --force --no-wait box
}

# As before Linux 6.9: who is meant is told by what it is in, or holds.
forget_process_numbers()
{
	sed -Ei 's/^(init|holder)=([0-9]+):.*/\1=\2/' /run/nsx/box/record
}

@test "del, where processes have no numbers of their own" {
	prepare()
	{
		nsx-pin add box --pid
		forget_process_numbers
	}
	each_call fail nsx-pin del --force --no-wait box
	prepare()
	{
		nsx-pin add box --uts --hold
		forget_process_numbers
	}
	each_call fail nsx-pin del --force --no-wait box
}

@test "rename" {
	prepare()
	{
		nsx-pin add box --net --uts
	}
	each_call fail nsx-pin rename box bax
}

@test "rename, of what is held" {
	prepare()
	{
		nsx-pin add box --uts --hold
	}
	each_call fail nsx-pin rename box bax
}

@test "gc" {
	CLEARS=yes
	prepare()
	{
		nsx-pin add box --uts
		umount /run/nsx/box/uts
	}
	each_call fail nsx-pin gc
}

@test "gc, of an init that has ended" {
	CLEARS=yes
	prepare()
	{
		nsx-pin add box --pid
		kill -KILL "$(sed -nE 's/^init=([0-9]+).*/\1/p' /run/nsx/box/record)"
		wait_until init_is_dead
	}
	each_call fail nsx-pin gc
}

init_is_dead()
{
	[[ $(names) == *dead* ]]
}
