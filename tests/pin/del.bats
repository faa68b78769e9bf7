#!/usr/bin/env bats
# bats file_tags=root
# SPDX-License-Identifier: GPL-2.0-or-later
#
# nsx-pin del: names are taken away, and what nothing else holds ends.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn
load ../lib/names

@test "a name of one type, of all types" {
	nsx-pin add one
	nsx-pin add all -muinpUCT
	run --separate-stderr nsx-pin del one
	assert_ran ""
	assert_same all "$(nsx-pin list --noheadings | awk '{ print $1 }' | uniq)"
	run --separate-stderr nsx-pin del all
	assert_ran ""
	assert_same "" "$(registry)"
}

@test "several at once" {
	nsx-pin add one
	nsx-pin add two --uts
	nsx-pin add three --net --ipc
	run --separate-stderr nsx-pin del one three
	assert_ran ""
	assert_same two "$(nsx-pin list --noheadings | awk '{ print $1 }')"
	nsx-pin del two
}

@test "a name that there is not: status 3, and the others are taken away" {
	run --separate-stderr nsx-pin del none
	assert_error 3 "there is no name 'none'"
	nsx-pin add one
	nsx-pin add two --uts
	run --separate-stderr nsx-pin del one none two
	assert_error 3 "there is no name 'none'"
	assert_same "" "$(registry)"
}

@test "an invalid name: nothing is taken away" {
	nsx-pin add one
	run --separate-stderr nsx-pin del one a/b
	assert_error 1 "invalid name 'a/b'"
	assert_matches "$(nsx-pin list --noheadings)" '^one .* ok$'
	nsx-pin del one
}

@test "a process that is in it stays there" {
	nsx-pin add box --net --uts
	start nsx-enter -t pin:box sh -c 'readlink /proc/self/ns/net; read -r end; readlink /proc/self/ns/net'
	read_started
	before=$LINE
	run --separate-stderr nsx-pin del box
	assert_ran ""
	end_input
	read_started
	assert_same "$before" "$LINE"
}

@test "a name that another mount namespace has a copy of" {
	nsx-pin add box --net --uts
	start unshare --mount sh -c 'echo ready; read -r end'
	read_started
	run --separate-stderr nsx-pin del box
	assert_ran ""
	assert_same "" "$(registry)"
}

@test "what is left of a name can be taken away" {
	nsx-pin add other --net --uts
	mkdir /run/nsx/stale /run/nsx/empty
	touch /run/netns/stale /run/nsx/stale/uts
	run --separate-stderr nsx-pin del stale empty
	assert_ran ""
	nsx-pin add half --net --uts
	umount /run/nsx/half/uts
	run --separate-stderr nsx-pin del half
	assert_ran ""
	nsx-pin del other
	assert_same "" "$(registry)"
}

@test "after it the name is free again" {
	nsx-pin add box --net --uts
	nsx-pin del box
	run --separate-stderr nsx-pin add box --ipc
	assert_ran ""
	nsx-pin del box
}

@test "the namespace ends with the name" {
	nsx-pin add box --net
	# A device in it ends with it: its other end, out here, is gone.
	ip link add "nsx$$" type veth peer name inside netns box 2>/dev/null || {
		nsx-pin del box
		skip "needs veth devices"
	}
	run --separate-stderr ip link show "nsx$$"
	assert_status 0
	nsx-pin del box
	wait_until is_no_device "nsx$$"
}

is_no_device()
{
	[[ ! -e /sys/class/net/$1 ]]
}

@test "an ordinary user may not" {
	nsx-pin add box --net --uts
	before=$(registry)
	run --separate-stderr as_user nsx-pin del box
	assert_error 1 "cannot delete 'box'"
	assert_same "$before" "$(registry)"
	assert_same 2 "$(nsx-pin list --noheadings | grep -c ' ok$')"
	nsx-pin del box
}

@test "delete, and short words" {
	local word

	for word in del delete d de; do
		nsx-pin add box
		run --separate-stderr nsx-pin "$word" box
		assert_ran ""
		assert_same "" "$(registry)"
	done
	run --separate-stderr nsx-pin del
	assert_error 1 "del needs a name"
}
