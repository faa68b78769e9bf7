#!/usr/bin/env bats
# bats file_tags=root
# SPDX-License-Identifier: GPL-2.0-or-later
#
# nsx-pin attach: namespaces of a process under a name.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn
load ../lib/names

@test "without a type, the network namespace" {
	hold -n -u
	run --separate-stderr nsx-pin attach box "$HELD_PID"
	assert_ran ""
	assert_same "${HELD[net]}" "$(stat --format=%i /run/netns/box)"
	assert_same 1 "$(nsx-pin list --noheadings | wc -l)"
	nsx-pin del box
}

@test "every type, each as the process has it" {
	local type

	hold -u -i -n -p -U -C -T
	run --separate-stderr nsx-pin attach box "$HELD_PID" -uinpUCT
	assert_ran ""
	for type in "${!HELD[@]}"; do
		assert_matches "$(nsx-pin list --noheadings)" "box +$type +${HELD[$type]} +ok"
	done
	assert_same "${#HELD[@]}" "$(nsx-pin list --noheadings | wc -l)"
	nsx-pin del box
}

# Linux 6.18 has it made on the right processor, which only it knows.
@test "a mount namespace" {
	local cpu last

	last=$(($(getconf _NPROCESSORS_CONF) - 1))
	for ((cpu = 0; cpu <= last; cpu++)); do
		hold_by taskset --cpu-list "$cpu" "$NSX_HELPERS/hold" -m || continue
		run --separate-stderr nsx-pin attach box "$HELD_PID" --mount
		((status)) || break
		assert_error 1 "the mnt namespace of process $HELD_PID" "Invalid argument"
		assert_same "" "$(registry)"
	done
	assert_ran ""
	assert_matches "$(nsx-pin list --noheadings)" "^box +mnt +${HELD[mnt]} +ok\$"
	nsx-pin del box
}

@test "the namespace stays when the process has ended" {
	hold -u
	nsx-pin attach box "$HELD_PID" --uts
	end_started
	run --separate-stderr nsx-enter --uts=pin:box readlink /proc/self/ns/uts
	assert_ran "uts:[${HELD[uts]}]"
	nsx-pin del box
}

@test "the process stays the caller's: del does not end it" {
	hold -p -n
	nsx-pin attach box "$HELD_PID" --pid --net
	run --separate-stderr nsx-enter -t pin:box sh -c 'readlink /proc/self/ns/pid'
	assert_ran "pid:[${HELD[pid]}]"
	run --separate-stderr nsx-pin del box
	assert_ran ""
	assert_same "pid:[${HELD[pid]}]" "$(ns_link "$HELD_PID" pid)"
}

@test "PID:INODE, right and wrong" {
	nsx-pin add other --pid
	ref=$(cat /run/nsx/other/init)
	run --separate-stderr nsx-pin attach box "$ref" --pid
	assert_ran ""
	nsx-pin del box
	run --separate-stderr nsx-pin attach box "${ref%:*}:1" --pid
	nsx-pin del other
	[[ $ref == *:* ]] || skip "needs pidfds with inode numbers of their own"
	assert_error 3 "process ${ref%:*}:1 has ended, and its pid is another's now"
}

@test "a process that is gone: status 3" {
	start true
	await_started
	run --separate-stderr nsx-pin attach box "$STARTED"
	assert_error 3 "there is no process $STARTED"
}

@test "what is no process" {
	local word

	for word in word 1x '' -- 99999999999999999999 pin:box /proc/self/ns/net @4026531840 0; do
		run --separate-stderr nsx-pin attach box "$word"
		assert_error 1
	done
}

@test "a name that there is already" {
	hold -u
	nsx-pin add box --uts
	before=$(registry)
	run --separate-stderr nsx-pin attach box "$HELD_PID"
	assert_error 1 "'box' exists already"
	assert_same "$before" "$(registry)"
	nsx-pin del box
}

@test "where one type cannot be kept, none is" {
	# The mount namespace that it would be kept in itself.
	run --separate-stderr nsx-pin attach box $$ --uts --net --mount
	assert_error 1 "the mnt namespace of process $$"
	assert_same "" "$(registry)"
}

@test "an ordinary user may not, and is told so" {
	hold_as_user -U -n
	run --separate-stderr as_user nsx-pin attach box "$HELD_PID"
	assert_error 1
}

@test "wrong usage" {
	run --separate-stderr nsx-pin attach
	assert_error 1 "attach needs a name and a process"
	run --separate-stderr nsx-pin attach box
	assert_error 1 "attach needs a name and a process"
	run --separate-stderr nsx-pin attach box 1 2
	assert_error 1 "attach does not take '2'"
}
