#!/usr/bin/env bats
# bats file_tags=root
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Whichever system call fails of a verb that reads names, it prints all there
# is, or says in one line what failed; and it changes nothing. So do those that run
# programs; and del, where it looks for processes to kill, does it in full or says
# that it did not.

# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2153,SC2154,SC2317 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn
load ../lib/faults
load ../lib/names

setup()
{
	common_setup
	need_faults
	need_own_run
	need_command jq
	FAULTS_ERROR=ENOMEM FAULTS_STATUS=1 FAULTS_DIRS=(/run/netns /run/nsx)
	nsx-pin add box --net --uts
	nsx-pin add bag --ipc
}

teardown()
{
	[[ ! ${inside-} ]] || kill -KILL "$inside" 2>/dev/null || true
	common_teardown
	nsx-pin del --no-wait --all || true
	[[ ! -e /run/nsx/box && ! -e /run/nsx/bag ]]
}

# What is not known of a name is null, or "-" in a table; a name is never left out.
COVERS='
	def rows: [.[] | arrays][0];
	def fits($b): . as $a | [keys[] | . as $key | $b[$key] | . == null or . == $a[$key]] | all;
	($clean | rows) as $a | rows as $b | ($a | length) == ($b | length) and
	([range($a | length) | . as $i | $a[$i] | fits($b[$i])] | all)'

check_any_fault()
{
	# What was found before the failure may be out.
	((status == CLEAN_STATUS)) || output=""
	# Only the number of a user whose name cannot be looked up.
	output=${output//'"owner": "0"'/'"owner": "root"'}
	if is_fault_of_others || [[ $output == "$CLEAN_OUTPUT" ]]; then
		check_call
	elif ((status == CLEAN_STATUS)) && [[ $output == "{"* ]]; then
		jq --exit-status --argjson clean "$CLEAN_OUTPUT" "$COVERS" <<<"$output" >/dev/null ||
			assert_same "$CLEAN_OUTPUT" "$output"
	else
		check_call
	fi
}

@test "every call of list and show" {
	# Others who look at all namespaces enter those of names for a moment.
	FAULTS_UNDER=(unshare --mount --propagation private --pid --fork --kill-child --mount-proc)
	every_fault nsx-pin list --json --output NAME,TYPE,NS,NPROCS,OWNER,STATE
	every_fault nsx-pin list --noheadings --output NAME,TYPE,STATE
	every_fault nsx-pin show box --json
}

@test "every call of verify and gc" {
	every_fault nsx-pin verify
	every_fault nsx-pin gc
}

@test "every call of identify and pids" {
	start nsx-enter -t pin:box sh -c 'echo ready; read -r end'
	read_started
	every_fault nsx-pin identify "$STARTED"
	assert_same box "$CLEAN_OUTPUT"
	every_fault nsx-pin pids box
	assert_same "$STARTED" "$CLEAN_OUTPUT"
}

@test "every call of set and list-id" {
	check_any_fault()
	{
		[[ $status == @(0|1|3) ]] || assert_status 1 || return
		assert_output_is "" || return
		[[ ! $stderr ]] || assert_lines_are_ours
	}
	every_fault nsx-pin set box 7
}

# A program that runs in names, of which exec changes none, and add makes one.
@test "every call of exec, of add with a command" {
	FAULTS_STATUS="125 126 127"
	every_fault nsx-pin exec box "${PROGRAM[@]}"
	check_any_fault()
	{
		# Behind the name; in some it may have run, in others not.
		stderr=$(sed -E 's/^(box|bag)  //' <<<"$stderr")
		is_fault_of_others || [[ $output == "$CLEAN_OUTPUT" ]] || {
			[[ $status == @(1|123|125|126) ]] || assert_status 123 || return
			assert_lines_are_ours || return
			refute_stderr_has "there is no name"
		}
	}
	every_fault nsx-pin exec box bag -- "${PROGRAM[@]}"
	check_any_fault()
	{
		check_call
	}
	restore_clean()
	{
		nsx-pin del --no-wait new 2>/dev/null || true
	}
	FAULTS_STATUS=1
	every_fault nsx-pin add new --net --lo -- /bin/true
}

@test "every call of list-id" {
	every_fault nsx-pin list-id
}

# It says what is there, and goes on until nobody reads any more.
@test "every call of monitor" {
	FAULTS_UNDER=(bash -c 'set -o pipefail; "$@" | sed 2q' bash)
	check_any_fault()
	{
		if ((status != CLEAN_STATUS)); then
			output=""
		fi
		check_call
	}
	every_fault nsx-pin monitor --initial
}

# Its calls are too many for calls.bash, as it scans.
@test "every call of del --kill" {
	inside=
	restore_clean()
	{
		[[ ! $inside ]] || kill -KILL "$inside" 2>/dev/null || true
		nsx-pin list new >/dev/null 2>&1 || nsx-pin add new --uts
		nsx-enter -t pin:new sleep 1000 </dev/null >/dev/null 2>&1 3>&- &
		inside=$!
		disown "$inside"
		wait_until is_inside
	}
	check_any_fault()
	{
		check_call || return
		# Where what is left of it could not be taken away, the name is gone all the same.
		is_fault_of_others || if ((status)); then
			assert_matches "$(nsx-pin list -n -r -o NAME,TYPE | grep '^new ')" '^(new uts)?$'
		else
			assert_same "" "$(nsx-pin list -n -r -o NAME | grep -x new)"
		fi
	}
	# They are other namespaces each time.
	faults_leavings()
	{
		find "${FAULTS_DIRS[@]}"
	}
	restore_clean
	every_fault nsx-pin del --kill new
	assert_same 0 "$CLEAN_STATUS"
	nsx-pin del --force --no-wait new
}

is_inside()
{
	[[ $(ns_link "$inside" uts) != "$(ns_link self uts)" && $(</proc/$inside/comm) == sleep ]]
}
