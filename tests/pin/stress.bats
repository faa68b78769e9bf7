#!/usr/bin/env bats
# bats file_tags=root
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Many at once, killed at random: one gc later all is well.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn
load ../lib/names

# storm: 200 adds and dels of ten names, some of which are killed with SIGKILL
# after a while; those of STORM_BESIDE run with each tenth.
storm()
{
	local i name pids=() options

	for ((i = 0; i < 200; i++)); do
		name=storm$((RANDOM % 10))
		case $((RANDOM % 7)) in
		0 | 1) options=(add "$name" --net --uts) ;;
		2) options=(add "$name") ;;
		3) options=(add "$name" --pid --uts) ;;
		4) options=(add "$name" --uts --hold) ;;
		5) options=(rename "$name" "storm$((RANDOM % 10))") ;;
		6) options=(del --force --no-wait "$name") ;;
		esac
		((i % 2)) || options=(del --force --no-wait "$name")
		timeout --signal=KILL "0.0$((RANDOM % 6))$((1 + RANDOM % 9))" nsx-pin "${options[@]}" &>/dev/null &
		pids+=($!)
		((i % 10)) || [[ ! ${STORM_BESIDE-} ]] || $STORM_BESIDE
		# No more at a time than a machine of two processors can begin.
		((i % 20)) || wait "${pids[@]}" || true
	done
	wait "${pids[@]}" || true
	# Those outside undo what was begun by the killed.
	wait_until nobody_is_at_work
}

nobody_is_at_work()
{
	local pid

	# Those of other files have their own.
	for pid in $(pgrep -x nsx-pin); do
		! grep -qszF "NSX_TMP=$NSX_TMP" "/proc/$pid/environ" || return
	done
}

# After one gc.
check_all_is_well()
{
	run --separate-stderr nsx-pin gc
	assert_status 0
	assert_stderr_is ""
	run --separate-stderr nsx-pin verify
	assert_ran ""
	run --separate-stderr nsx-pin list -n -r -o STATE
	assert_status 0
	assert_same "" "$(sort -u <<<"$output" | grep -vx ok)"
	run --separate-stderr nsx-pin del --all --force
	assert_status 0
	assert_same "" "$(registry)"
	assert_same "" "$(bound_below /run)"
}

@test "200 adds, dels and renames of ten names at once, killed at random" {
	storm
	check_all_is_well
}

beside()
{
	{
		ip netns add "storm$((RANDOM % 10))"
		ip netns delete "storm$((RANDOM % 10))"
	} &>/dev/null || true
}

@test "the same with ip netns beside it" {
	need_command ip
	STORM_BESIDE=beside storm
	check_all_is_well
}
