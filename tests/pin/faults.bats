#!/usr/bin/env bats
# bats file_tags=root
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Every system call of nsx-pin may fail: then it is done or it is undone, and
# one line says what failed.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn
load ../lib/faults
load ../lib/names

# The names that there are, without anything that differs from run to run.
names()
{
	nsx-pin list -n -r -o NAME,TYPE,STATE
}

# check_done_or_undone BEFORE AFTER: it is as it was and that was said, or as it
# should be, whatever was said.
check_done_or_undone()
{
	local now

	now=$(names)
	if ((status == 0)); then
		assert_same "$2" "$now"
	else
		[[ $FAULTS == *"write(2, "* ]] || assert_stderr_matches $'^nsx-pin: [^\n]+'
		[[ $now == "$1" || $now == "$2" ]] || fail "half of it:" "$now"
	fi
	# What could not be cleared away, because that failed, gc clears.
	run --separate-stderr nsx-pin gc
	assert_status 0
	run --separate-stderr nsx-pin verify
	assert_ran ""
}

# each_call MOST COMMAND...: the first of each of these calls fails, the second,
# and so on to the last, or to MOST; and once none does.
each_call()
{
	local most=$1 call nth is_over failed=0
	shift

	for call in ${CALLS:-mkdirat mkdir openat flock mount open_tree move_mount write fchmod renameat unlinkat umount2 clone unshare socketpair}; do
		is_over=
		for ((nth = 1; nth <= most && !is_over; nth++)); do
			with_fault "$call" "$nth" "$@" || is_over=1
			((is_over)) || ((++failed))
			check_fault || fail "after this:" "$call" "$FAULTS"
		done
	done
	# The test tests something.
	((failed > 20)) || fail "only $failed calls failed"
}

@test "add" {
	need_faults
	check_fault()
	{
		check_done_or_undone "" $'box uts ok\nbox net ok'
		nsx-pin del --no-wait box 2>/dev/null || true
		assert_same "" "$(registry)"
	}
	each_call 40 nsx-pin add box --net --uts
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
			wait_until no_init_is_left
		done
		nsx-pin del --no-wait box 2>/dev/null || true
	done
}

no_init_is_left()
{
	local pid

	for pid in $(pgrep -x 'nsx-init|nsx-pin'); do
		! grep -qszF "NSX_RUN=$NSX_RUN" "/proc/$pid/environ" || return
	done
}

@test "attach" {
	need_faults
	hold -u
	check_fault()
	{
		check_done_or_undone "" $'box uts ok\nbox net ok'
		nsx-pin del --no-wait --force box 2>/dev/null || true
		assert_same "" "$(registry)"
	}
	each_call 40 nsx-pin attach box "$HELD_PID" --net --uts
}

@test "del" {
	need_faults
	nsx-pin add box --net --uts
	check_fault()
	{
		check_done_or_undone $'box uts ok\nbox net ok' ""
		nsx-pin list -n | grep -q '^box' || nsx-pin add box --net --uts
	}
	each_call 40 nsx-pin del --no-wait box
	nsx-pin del box
}

@test "rename" {
	need_faults
	nsx-pin add old --net --uts
	check_fault()
	{
		check_done_or_undone $'old uts ok\nold net ok' $'new uts ok\nnew net ok'
		nsx-pin list -n | grep -q '^old' || nsx-pin rename new old
		assert_same $'old uts ok\nold net ok' "$(names)"
	}
	CALLS="mkdirat openat flock mount open_tree move_mount write fchmod renameat renameat2 unlinkat umount2"
	each_call 40 nsx-pin rename old new
	nsx-pin del old
}
