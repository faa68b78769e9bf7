#!/usr/bin/env bats
# bats file_tags=root
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Every system call of nsx-pin may fail: then it is done or it is undone, with
# nothing left, and one line says what failed.

# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2154,SC2317 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn
load ../lib/faults
load ../lib/names
load ../lib/calls

prepare()
{
	:
}

@test "add" {
	each_call fail nsx-pin add box --net --uts
}

@test "add, with an init: no half of it, and no init, is left" {
	local call nth log=$BATS_TEST_TMPDIR/strace

	need_faults
	for call in move_mount renameat pidfd_open prctl socketpair clone; do
		for nth in 1 2; do
			# strace(1) would end when all do that it traces, and an init that is made stays.
			timeout --signal=KILL 1 strace --follow-forks --quiet=all --output="$log" --trace="$call" \
				--inject="$call:error=EPERM:when=$nth" nsx-pin add box --pid &>/dev/null </dev/null || true
			grep -q INJECTED "$log" || break
			nsx-pin del --no-wait box 2>/dev/null || true
			run --separate-stderr nsx-pin gc
			assert_status 0
			assert_same "" "$(registry)"
			wait_until no_keeper_is_left
		done
		nsx-pin del --no-wait box 2>/dev/null || true
	done
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
