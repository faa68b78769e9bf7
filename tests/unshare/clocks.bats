#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The clocks of a new time namespace, as /proc/self/timens_offsets and
# /proc/uptime show them: --monotonic, --boottime, --uptime.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn

setup()
{
	common_setup
	need_userns
	need_ns time
}

# offsets MONOTONIC BOOTTIME OPTION...: each "SECONDS NANOSECONDS".
offsets()
{
	local want="monotonic $1
boottime $2"
	shift 2

	run --separate-stderr nsx-unshare -r "$@" sed 's/  */ /g' /proc/self/timens_offsets
	assert_ran "$want"
}

@test "--monotonic and --boottime: their clock and no other; imply a time namespace" {
	offsets "90 0" "0 0" --monotonic 90
	offsets "0 0" "100 0" --boottime=100
	offsets "1 0" "2 0" --boottime 2 --monotonic 1
	offsets "0 0" "0 0" --time
	run --separate-stderr nsx-unshare -r --boottime 1 readlink /proc/self/ns/time
	assert_ran
	[[ $output != "$(ns_link self time)" ]]
}

@test "units" {
	offsets "0 0" "5400 0" --boottime 90min
	offsets "0 0" "31536000 0" --boottime 365d
	offsets "0 0" "31536000 0" --boottime 1y
	offsets "0 0" "1209600 0" --boottime 2w
	offsets "0 0" "131400 0" --boottime 1d12h30min
	offsets "0 1500000" "0 7" --monotonic 1.5ms --boottime 7ns
}

@test "fractions, and offsets back in time" {
	offsets "0 0" "1 500000000" --boottime 1.5
	offsets "0 0" "-2 500000000" --boottime -1.5
	offsets "-1 0" "-1 999000000" --monotonic -1 --boottime=-1ms
	offsets "0 0" "0 0" --boottime -0
	offsets "0 0" "9 0" --boottime +9
}

@test "the program sees them, and we do not" {
	read -r before _ </proc/uptime
	run --separate-stderr nsx-unshare -r --boottime 1000000 cat /proc/uptime
	assert_ran
	read -r after _ </proc/uptime
	inside=${output%% *}
	((${inside%.*} >= ${before%.*} + 1000000 && ${inside%.*} <= ${after%.*} + 1000000))
	((${after%.*} < ${before%.*} + 1000000))
}

# inside_uptime LOW HIGH OPTION...: whole seconds, from LOW to HIGH.
inside_uptime()
{
	local low=$1 high=$2
	shift 2

	run --separate-stderr nsx-unshare -r "$@" cat /proc/uptime
	assert_ran
	((${output%%.*} >= low && ${output%%.*} <= high)) || fail "uptime: $output"
}

@test "--uptime: the boot clock starts there" {
	inside_uptime 0 20 --uptime 0
	inside_uptime 3600 3620 --uptime=1h
	inside_uptime 31536000 31536020 --uptime 365d
	inside_uptime 100 120 --uptime 100.5 --monotonic 7
}

@test "--uptime in a time namespace whose clocks are set counts from there" {
	inside_uptime 50 70 --boottime 5000 nsx-unshare -r --uptime 50
	inside_uptime 50 70 --uptime 5h nsx-unshare -r --uptime 50
}

@test "the clocks are those of the program: it is a child" {
	start nsx-unshare -r --boottime 5 sh -c 'echo $PPID; read -r end'
	read_started
	assert_same "$STARTED" "$LINE"
	assert_same "$(ns_link self time)" "$(ns_link "$STARTED" time)"
	[[ $(ns_link "$STARTED" time) != "$(ns_link "$(pgrep --parent "$STARTED")" time)" ]]
}

@test "--no-fork --time: the children are in it" {
	# A shell that forks, for each: on Linux 5.10 and 6.1 one that uses vfork(2) can start nothing here.
	run --separate-stderr nsx-unshare -r --no-fork --boottime 5d bash -c \
		'readlink /proc/self/ns/time_for_children; sh -c "readlink /proc/\$\$/ns/time"; true'
	assert_ran
	assert_same 2 "${#lines[@]}"
	[[ ${lines[0]} != "$(ns_link self time)" ]]
}

# --- Refused

@test "out of range: which clock, and how far it can go" {
	local word

	for word in -365d -100y; do
		run --separate-stderr nsx-unshare -r --boottime "$word" echo ran
		assert_error 125 "cannot set the offset of the boottime clock to -"
		assert_stderr_matches 'offsets of the boottime clock can now be from -[0-9]+ to [0-9]+ seconds$'
	done
	run --separate-stderr nsx-unshare -r --monotonic -365d --boottime 5 echo ran
	assert_stderr_matches 'offsets of the monotonic clock can now be from -[0-9]+ to [0-9]+ seconds$'
	run --separate-stderr nsx-unshare -r --boottime 200y echo ran
	assert_error 125 "cannot set the offset of the boottime clock"
	assert_stderr_matches 'can now be from -[0-9]+ to [0-9]+ seconds$'
	# What it says is so.
	most=${stderr##* to }
	offsets "0 0" "$((${most% *} - 100)) 0" --boottime "$((${most% *} - 100))"
	run --separate-stderr nsx-unshare -r --boottime "$((${most% *} + 100))" echo ran
	assert_error 125 "cannot set the offset of the boottime clock"
	run --separate-stderr nsx-unshare -r --uptime -1 echo ran
	assert_error 125 "--uptime: '-1' is out of range"
}

@test "what is no span of time" {
	local option word

	for option in --monotonic --boottime --uptime; do
		for word in soon 1e3 "1 d" 1days .5 1. -- 1d12 ''; do
			run --separate-stderr nsx-unshare -r "$option=$word" echo ran
			assert_error 125 "$option takes SPAN, not '$word'"
		done
		run --separate-stderr nsx-unshare -r "$option" 99999999999999999999y echo ran
		assert_error 125 "$option: '99999999999999999999y' is out of range"
		run --separate-stderr nsx-unshare -r "$option"
		assert_error 125 "'$option' needs an argument: SPAN"
	done
}

@test "--uptime and --boottime exclude each other" {
	run --separate-stderr nsx-unshare -r --uptime 0 --boottime 5 echo ran
	assert_error 125 "--uptime and --boottime both set the boot clock"
}
