#!/usr/bin/env bats
# bats file_tags=root
# SPDX-License-Identifier: GPL-2.0-or-later
#
# nsx-pin may be killed whenever it is about to change something, each of its
# processes: it is done or it is undone, and what is left gc clears away.

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
	each_call kill nsx-pin add box --net --uts
}

@test "add, with an init" {
	each_call kill nsx-pin add box --pid
}

@test "add --hold" {
	each_call kill nsx-pin add box --net --uts --hold
}

@test "add, by an ordinary user" {
	need_userns
	[[ -d /run/user/$(id -u "$NSX_USER") ]] || skip "needs a runtime directory for the ordinary user"
	OWNER=("${AS_USER[@]}") OWNER_DIR=/run/user/$(id -u "$NSX_USER")
	each_call kill nsx-pin add box -r --uts
}

@test "attach" {
	hold -u -n
	each_call kill nsx-pin attach box "$HELD_PID" --net --uts
}

@test "attach --hold" {
	hold -u
	each_call kill nsx-pin attach box "$HELD_PID" --uts --hold
}

@test "del" {
	prepare()
	{
		nsx-pin add box --net --uts --pid
	}
	each_call kill nsx-pin del --force --no-wait box
}

@test "del, of what is held" {
	prepare()
	{
		nsx-pin add box --uts --hold
	}
	each_call kill nsx-pin del --force --no-wait box
}

@test "rename" {
	prepare()
	{
		nsx-pin add box --net --uts
	}
	each_call kill nsx-pin rename box bax
}

@test "rename, of what is held" {
	prepare()
	{
		nsx-pin add box --uts --hold
	}
	each_call kill nsx-pin rename box bax
}

@test "gc" {
	CLEARS=yes
	prepare()
	{
		nsx-pin add box --uts
		umount /run/nsx/box/uts
	}
	each_call kill nsx-pin gc
}

@test "gc, of an init that has ended" {
	CLEARS=yes
	prepare()
	{
		nsx-pin add box --pid
		kill -KILL "$(sed -nE 's/^init=([0-9]+).*/\1/p' /run/nsx/box/record)"
		wait_until init_is_dead
	}
	each_call kill nsx-pin gc
}

init_is_dead()
{
	[[ $(names) == *dead* ]]
}
