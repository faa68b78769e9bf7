#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# features.bats - what works from which kernel on, a row of the table in README
# a test: tests/kernels/table makes it of the names of these tests, none of which
# is part of another, and of how they ended on each kernel. Where a kernel has it
# not, a test looks what a user of that kernel gets, and is skipped then.
#
# bats file_tags=root
# shellcheck disable=SC2016 # Shells within expand.
# shellcheck disable=SC2034,SC2154 # What common.bash asks for, and has.

load ../lib/common
load ../lib/spawn
load ../ls/row

setup()
{
	common_setup
	need_own_run
}

teardown()
{
	clear_registry
	common_teardown
}

# missing VERSION: to be called where it did not work. From that version on it must.
missing()
{
	! is_linux "$1" || {
		show_run
		fail "Linux $1 has it"
	}
	skip "Linux $1"
}

@test "all eight types of namespaces, joined in one step" {
	run --separate-stderr nsx-unshare -muinpUCT -r sh -c "$TELL_LINKS"
	assert_ran
	assert_same "mnt uts ipc net pid user cgroup time" "$(changed_types)"
	hold -m -u -i -n -p -U -C -T
	run --separate-stderr nsx-enter -t "$HELD_PID" --all sh -c "$TELL_LINKS"
	assert_ran
	assert_same "mnt uts ipc net pid user cgroup time" "$(changed_types)"
}

@test "names for all types, by mounts (nsx-pin add)" {
	run --separate-stderr nsx-pin add box -muinpUCT
	assert_ran ""
	run --separate-stderr nsx-enter -t pin:box --preserve-credentials sh -c "$TELL_LINKS"
	assert_ran
	assert_same "mnt uts ipc net pid user cgroup time" "$(changed_types)"
	nsx-pin del box
}

@test "names held by a process (nsx-pin add --hold)" {
	run --separate-stderr nsx-pin add box --hold -muinUCT
	assert_ran ""
	run --separate-stderr nsx-enter -t pin:box -n readlink /proc/self/ns/net
	assert_ran
	[[ $output != "$(ns_link self net)" ]]
	nsx-pin del box
}

@test "found: what only a descriptor or a socket keeps" {
	hold -u --by path
	run --separate-stderr row TYPE "${HELD[uts]}"
	assert_ran uts
	hold -n --by socket
	run --separate-stderr row TYPE "${HELD[net]}"
	assert_ran net
}

@test "told at once of what begins (nsx-ls --watch)" {
	start nsx-ls --watch=1h --json --type uts --output NS
	local watch=$STARTED_OUTPUT line

	until [[ ${line-} == *'"ready"'* ]]; do
		read -r -t "$PATIENCE" line <&"$watch"
	done
	hold -u
	until [[ $line == *'"appeared"'*"${HELD[uts]}"* ]]; do
		read -r -t "$PATIENCE" line <&"$watch"
	done
}

@test "in a new time namespace itself (--no-fork --time)" {
	run --separate-stderr nsx-unshare --no-fork --time readlink /proc/self/ns/time
	assert_ran
	[[ $output != "$(ns_link self time)" ]] || missing 6.12
}

@test "binfmt_misc in a user namespace (--mount-binfmt)" {
	run --separate-stderr nsx-unshare -r --mount-binfmt echo ran
	((status == 0)) || {
		assert_error 125 "cannot mount binfmt_misc"
		missing 6.7
	}
}

@test "PID:INODE, never another process with that pid" {
	nsx-pin add box --pid
	local ref pid

	ref=$(sed -n 's/^init=//p' /run/nsx/box/record)
	pid=${ref%:*}
	if [[ $ref != *:* ]]; then
		run --separate-stderr nsx-enter -t "$pid:1" -p echo ran
		nsx-pin del box
		assert_error 125 "pidfds have such inode numbers from Linux 6.9 on"
		missing 6.9
	fi
	run --separate-stderr nsx-enter -t "$ref" -p readlink /proc/self/ns/pid
	assert_ran "$(ns_link "$pid" pid)"
	nsx-pin del box
}

@test "the kernel lists mnt (nsx-ls --source kernel)" {
	hold -m --by path
	run --separate-stderr row TYPE "${HELD[mnt]}" --source kernel --type mnt
	assert_status 0
	[[ $output == mnt ]] || missing 6.12
}

@test "64-bit ids, never used again (NSID, :ID)" {
	hold -n
	run --separate-stderr row NSID "${HELD[net]}"
	assert_ran
	if [[ ! $output ]]; then
		run --separate-stderr nsx-enter --net=:7 echo ran
		assert_error 125 "namespaces have such ids from Linux 6.18 on"
		missing 6.18
	fi
	run --separate-stderr nsx-enter "--net=:$output" readlink /proc/self/ns/net
	assert_ran "net:[${HELD[net]}]"
}

@test "the kernel lists all types (the same)" {
	hold -u -n --by path
	run --separate-stderr row TYPE "${HELD[net]}" --source kernel
	assert_status 0
	[[ $output == net ]] || missing 6.19
	run --separate-stderr row TYPE "${HELD[uts]}" --source kernel
	assert_ran uts
}

@test ":ID opened by a file handle, without a search" {
	need_command strace
	hold -n
	local id

	id=$(row NSID "${HELD[net]}")
	[[ $id ]] || missing 6.19
	run --separate-stderr strace -qq -e trace=open_by_handle_at,getdents64 -o "$BATS_TEST_TMPDIR/trace" \
		nsx-enter "--net=:$id" readlink /proc/self/ns/net
	assert_ran "net:[${HELD[net]}]"
	grep -q '^open_by_handle_at.* = [0-9]' "$BATS_TEST_TMPDIR/trace" || missing 6.19
	run ! grep -q getdents64 "$BATS_TEST_TMPDIR/trace"
}

@test "found: what is in no file of /proc" {
	hold -n --by flight
	run --separate-stderr row TYPE,NPROCS "${HELD[net]}"
	assert_ran
	[[ $output ]] || missing 6.19
	assert_output_is "net 0"
}
