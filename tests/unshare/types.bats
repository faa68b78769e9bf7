#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Namespaces that nsx-unshare creates, as the program inside sees them.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn

setup()
{
	common_setup
	((EUID == 0)) || need_userns
}

# creates TYPE OPTION...: with each of the options the program is in a new
# namespace of that type, and otherwise where we are.
creates()
{
	local type=$1 option
	shift

	need_ns "$type"
	for option; do
		run --separate-stderr nsx-unshare "${own_user[@]}" "$option" sh -c "$TELL_LINKS"
		assert_ran
		if ((EUID == 0)) || [[ $type == user ]]; then
			assert_same "$type" "$(changed_types)"
		else
			assert_same "$(in_order "$type" user)" "$(changed_types)"
		fi
	done
}

# Types in the order of all_types.
in_order()
{
	local type words=()

	for type in $(all_types); do
		[[ " $* " != *" $type "* ]] || words+=("$type")
	done
	echo "${words[*]}"
}

@test "-m, --mount: a mount namespace" {
	creates mnt -m --mount
}

@test "-u, --uts: a uts namespace" {
	creates uts -u --uts
}

@test "-i, --ipc: an ipc namespace" {
	creates ipc -i --ipc
}

@test "-n, --net: a network namespace" {
	creates net -n --net
}

@test "-p, --pid: a pid namespace" {
	creates pid -p --pid
}

@test "-U, --user: a user namespace" {
	creates user -U --user
}

@test "-C, --cgroup: a cgroup namespace" {
	creates cgroup -C --cgroup
}

@test "-T, --time: a time namespace" {
	creates time -T --time
}

@test "all types at once, in one word" {
	run --separate-stderr nsx-unshare -muinpUCT sh -c "$TELL_LINKS"
	assert_ran
	assert_same "$(all_types | xargs)" "$(changed_types)"
}

@test "all types at once, by their long names" {
	run --separate-stderr nsx-unshare --time --cgroup --user --pid --net --ipc --uts --mount sh -c "$TELL_LINKS"
	assert_ran
	assert_same "$(all_types | xargs)" "$(changed_types)"
}

@test "no type: the program runs where we are" {
	run --separate-stderr nsx-unshare sh -c "$TELL_LINKS"
	assert_ran
	assert_same "" "$(changed_types)"
}

@test "the same type twice is one new namespace" {
	run --separate-stderr nsx-unshare "${own_user[@]}" --uts -u --uts sh -c "$TELL_LINKS"
	assert_ran
	assert_same "$(if ((EUID)); then echo uts user; else echo uts; fi)" "$(changed_types)"
}

@test "a short option takes no file: the rest of the word are options" {
	run --separate-stderr nsx-unshare -Uun sh -c "$TELL_LINKS"
	assert_ran
	assert_same "uts net user" "$(changed_types)"
}

@test "a long option takes a file only behind '=': the next word is the program" {
	run --separate-stderr nsx-unshare "${own_user[@]}" --net echo /none/such
	assert_ran /none/such
}

@test "in a new pid namespace the program is process 1" {
	run --separate-stderr nsx-unshare "${own_user[@]}" --pid sh -c 'echo $$'
	assert_ran 1
}

@test "without --user an ordinary user creates nothing" {
	local type

	((EUID != 0)) || skip "needs an ordinary user"
	for type in mount uts ipc net pid cgroup time; do
		run --separate-stderr nsx-unshare --$type echo ran
		assert_error 125 "cannot create namespaces" "Operation not permitted"
	done
}
