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
	nsx-pin del --force --no-wait box
}

@test "every type, each as the process has it" {
	local type

	hold -u -i -n -p -U -C -T
	run --separate-stderr nsx-pin attach box "$HELD_PID" -uinpUCT
	assert_ran ""
	for type in "${!HELD[@]}"; do
		assert_matches "$(nsx-pin list --noheadings)" "box +$type +${HELD[$type]} .* ok"
	done
	assert_same "${#HELD[@]}" "$(nsx-pin list --noheadings | wc -l)"
	nsx-pin del --force --no-wait box
}

# On Linux 6.18 it depends on processors whether it can be bound; held it can be always.
@test "a mount namespace, whichever processor it was made on" {
	local cpu last

	last=$(($(getconf _NPROCESSORS_CONF) - 1))
	for ((cpu = 0; cpu <= last; cpu++)); do
		hold_by taskset --cpu-list "$cpu" "$NSX_HELPERS/hold" -m || continue
		run --separate-stderr nsx-pin attach box "$HELD_PID" --mount
		assert_ran ""
		assert_matches "$(nsx-pin list --noheadings)" "^box +mnt +${HELD[mnt]} .* ok\$"
		run --separate-stderr nsx-enter --mount=pin:box readlink /proc/self/ns/mnt
		assert_ran "mnt:[${HELD[mnt]}]"
		nsx-pin del --force --no-wait box
	done
}

@test "the namespace stays when the process has ended" {
	hold -u
	nsx-pin attach box "$HELD_PID" --uts
	end_started
	run --separate-stderr nsx-enter --uts=pin:box readlink /proc/self/ns/uts
	assert_ran "uts:[${HELD[uts]}]"
	nsx-pin del --force --no-wait box
}

@test "the process stays the caller's: del does not end it" {
	hold -p -n
	nsx-pin attach box "$HELD_PID" --pid --net
	run --separate-stderr nsx-enter -t pin:box sh -c 'readlink /proc/self/ns/pid'
	assert_ran "pid:[${HELD[pid]}]"
	run --separate-stderr nsx-pin del box
	assert_error 1 "cannot delete 'box'" "$HELD_PID (hold)"
	run --separate-stderr nsx-pin del --force --no-wait box
	assert_ran ""
	assert_same "pid:[${HELD[pid]}]" "$(ns_link "$HELD_PID" pid)"
}

@test "PID:INODE, right and wrong" {
	nsx-pin add other --pid
	ref=$(sed -n 's/^init=//p' /run/nsx/other/record)
	run --separate-stderr nsx-pin attach box "$ref" --pid
	assert_ran ""
	nsx-pin del --force --no-wait box
	run --separate-stderr nsx-pin attach box "${ref%:*}:1" --pid
	nsx-pin del other
	is_linux 6.9 || skip "needs pidfds with inode numbers of their own"
	assert_has "$ref" :
	assert_error 3 "process ${ref%:*}:1 has ended, and its pid is another's now"
}

@test "a process that is gone: status 3" {
	start true
	await_started
	run --separate-stderr nsx-pin attach box "$STARTED"
	assert_error 3 "there is no process '$STARTED'"
}

@test "what is no reference, or leads nowhere" {
	local word

	for word in '' -- 99999999999999999999 pin: pin:a/b 0 fd:1 :0; do
		run --separate-stderr nsx-pin attach box "$word"
		assert_error 1
	done
	for word in word 1x pin:other /proc/self/ns/none; do
		run --separate-stderr nsx-pin attach box "$word"
		assert_error 3 "'$word'"
	done
	run --separate-stderr nsx-pin attach box pin:other
	assert_error 3 "cannot open the net namespace of 'pin:other': there is no such name"
	run --separate-stderr nsx-pin attach box /etc/passwd
	assert_error 1 "'/etc/passwd'"
	assert_same "" "$(registry)"
}

@test "one namespace, named by any reference, is of its own type" {
	local ref fd

	hold -u
	exec {fd}<"/proc/$HELD_PID/ns/uts"
	for ref in "/proc/$HELD_PID/ns/uts" "uts:[${HELD[uts]}]" "@${HELD[uts]}" "fd:$$:$fd"; do
		run --separate-stderr nsx-pin attach box "$ref"
		assert_ran ""
		assert_matches "$(nsx-pin list --noheadings)" "^box +uts +${HELD[uts]} .* ok\$"
		nsx-pin del --force --no-wait box
		run --separate-stderr nsx-pin attach box "$ref" --uts
		assert_ran ""
		nsx-pin del --force --no-wait box
		run --separate-stderr nsx-pin attach box "$ref" --net
		assert_error 1 "'$ref' is one namespace, of type uts"
	done
	exec {fd}<&-
	assert_same "" "$(registry)"
}

@test "what another name keeps" {
	nsx-pin add one --net --uts
	run --separate-stderr nsx-pin attach two pin:one --uts --net
	assert_ran ""
	assert_same "$(nsx-pin list one -n -o TYPE,NS)" "$(nsx-pin list two -n -o TYPE,NS)"
	run --separate-stderr nsx-pin attach three pin:one --ipc
	assert_error 3 "the ipc namespace of 'pin:one': that name keeps none"
	nsx-pin del --no-wait one
	run --separate-stderr nsx-enter --net=pin:two true
	assert_ran ""
	nsx-pin del two
}

@test "the mount namespace that we are in ourselves: a process holds it" {
	run --separate-stderr nsx-pin attach box $$ --mount --net
	assert_ran ""
	assert_same "mnt hold|net bind|" "$(nsx-pin list box -n -o TYPE,METHOD | awk '{ printf "%s %s|", $1, $2 }')"
	run --separate-stderr nsx-enter --mount=pin:box readlink /proc/self/ns/mnt
	assert_ran "$(ns_link self mnt)"
	nsx-pin del --force --no-wait box
}

@test "a name that there is already" {
	hold -u
	nsx-pin add box --uts
	before=$(registry)
	run --separate-stderr nsx-pin attach box "$HELD_PID"
	assert_error 1 "'box' exists already"
	assert_same "$before" "$(registry)"
	nsx-pin del --force --no-wait box
}

@test "where one type cannot be kept, none is" {
	# The net file cannot be made.
	nsx-pin add other
	mount -t tmpfs -o nr_inodes=1 full /run/netns
	run --separate-stderr nsx-pin attach box $$ --uts --net --ipc
	umount /run/netns
	nsx-pin del other
	assert_error 1 "the net namespace of '$$'" "No space left on device"
	assert_same "" "$(registry)"
}


@test "wrong usage" {
	run --separate-stderr nsx-pin attach
	assert_error 1 "attach needs a name and what to keep"
	run --separate-stderr nsx-pin attach box
	assert_error 1 "attach needs a name and what to keep"
	run --separate-stderr nsx-pin attach box 1 2
	assert_error 1 "attach does not take '2'"
}
