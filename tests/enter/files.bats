#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Entering namespaces by reference: --net=FILE, --net=pin:NAME, --net=PID.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn

setup()
{
	common_setup
	need_userns
	hold -U -u -i -n
	dir=/proc/$HELD_PID/ns
}

@test "a file of /proc, for one type or several" {
	run --separate-stderr nsx-enter --user="$dir/user" sh -c "$TELL_LINKS"
	assert_ran
	assert_same user "$(changed_types)"
	run --separate-stderr nsx-enter --net="$dir/net" --user="$dir/user" --uts="$dir/uts" sh -c "$TELL_LINKS"
	assert_ran
	assert_same "uts net user" "$(changed_types)"
	assert_output_has "net:[${HELD[net]}]"
}

@test "the order of the options does not matter" {
	run --separate-stderr nsx-enter --user="$dir/user" --net="$dir/net" readlink /proc/self/ns/net
	assert_ran "net:[${HELD[net]}]"
	run --separate-stderr nsx-enter --net="$dir/net" --user="$dir/user" readlink /proc/self/ns/net
	assert_ran "net:[${HELD[net]}]"
}

@test "a short option takes its file in the same word" {
	run --separate-stderr nsx-enter "-U$dir/user" "-n$dir/net" readlink /proc/self/ns/net
	assert_ran "net:[${HELD[net]}]"
}

@test "a relative path, and one through a link" {
	ln -s "$dir" "$BATS_TEST_TMPDIR/link"
	cd "$BATS_TEST_TMPDIR"
	run --separate-stderr nsx-enter --user=link/user --net=./link/net readlink /proc/self/ns/net
	assert_ran "net:[${HELD[net]}]"
}

@test "an open descriptor of ours" {
	run --separate-stderr sh -c 'exec 8<"$1/user" 9<"$1/net"
		exec nsx-enter --user=/proc/self/fd/8 --net=/proc/self/fd/9 readlink /proc/self/ns/net' sh "$dir"
	assert_ran "net:[${HELD[net]}]"
}

@test "a process: the namespace of that type that it is in" {
	run --separate-stderr nsx-enter --user="$HELD_PID" --net="$HELD_PID" sh -c "$TELL_LINKS"
	assert_ran
	assert_same "net user" "$(changed_types)"
	assert_output_has "net:[${HELD[net]}]"
}

# bats test_tags=root
@test "one without the user namespace that owns it, for root" {
	run --separate-stderr nsx-enter --net="$dir/net" sh -c "$TELL_LINKS"
	assert_ran
	assert_same net "$(changed_types)"
}

# bats test_tags=root
@test "pin:NAME: the namespace of that type under the name" {
	need_own_run
	nsx-pin attach "files$$" "$HELD_PID" --net --uts
	run --separate-stderr nsx-enter --net="pin:files$$" readlink /proc/self/ns/net
	assert_ran "net:[${HELD[net]}]"
	run --separate-stderr nsx-enter -u"pin:files$$" readlink /proc/self/ns/uts
	assert_ran "uts:[${HELD[uts]}]"
	run --separate-stderr nsx-enter --ipc="pin:files$$" echo ran
	assert_error 125 "the ipc namespace of 'pin:files$$'"
	# As a target: all that it has, or what is asked for.
	run --separate-stderr nsx-enter -t "pin:files$$" sh -c "$TELL_LINKS"
	assert_ran
	assert_same "uts net" "$(changed_types)"
	run --separate-stderr nsx-enter -t "pin:files$$" -n sh -c "$TELL_LINKS"
	assert_ran
	assert_same net "$(changed_types)"
	run --separate-stderr nsx-enter -t "pin:files$$" -i echo ran
	assert_error 125 "the ipc namespace of 'pin:files$$'"
	nsx-pin del --force --no-wait "files$$"
}

@test "pin:NAME: no such name" {
	run --separate-stderr nsx-enter --net=pin:no-such-name echo ran
	assert_error 125 "'pin:no-such-name'"
	run --separate-stderr nsx-enter -t pin:no-such-name echo ran
	assert_error 125 "'pin:no-such-name'"
	run --separate-stderr nsx-enter -t pin:no-such-name --all echo ran
	assert_error 125 "'pin:no-such-name'"
	run --separate-stderr nsx-enter -t pin:no-such-name -n echo ran
	assert_error 125 "'pin:no-such-name'"
}

@test "a namespace of another type" {
	run --separate-stderr nsx-enter --net="$dir/uts" echo ran
	assert_error 125 "'$dir/uts'" "no net namespace"
	# Our own would be no change, and is refused all the same.
	run --separate-stderr nsx-enter --net=/proc/self/ns/uts echo ran
	assert_error 125 "no net namespace"
	run --separate-stderr nsx-enter --pid="$dir/user" echo ran
	assert_error 125 "no pid namespace"
}

@test "no namespace at all" {
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	touch "$BATS_TEST_TMPDIR/file"
	for file in "$BATS_TEST_TMPDIR"/{fifo,file} "$BATS_TEST_TMPDIR" /dev/null /dev/zero /proc/self/status; do
		# A FIFO must not make it wait for a writer.
		run --separate-stderr timeout "$PATIENCE" nsx-enter --net="$file" echo ran
		assert_error 125 "'$file'" "no net namespace"
	done
}

@test "a device or a FIFO is not even opened" {
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	# The writer would be let go by any reader, however short.
	start sh -c 'echo waiting; echo word >"$1"; echo read' sh "$BATS_TEST_TMPDIR/fifo"
	read_started
	run --separate-stderr timeout "$PATIENCE" nsx-enter --net="$BATS_TEST_TMPDIR/fifo" echo ran
	assert_error 125 "no net namespace"
	assert_same word "$(timeout "$PATIENCE" cat "$BATS_TEST_TMPDIR/fifo")"
	read_started
	assert_same read "$LINE"
}

@test "what is not there" {
	ln -s nothing "$BATS_TEST_TMPDIR/dangling"
	for file in /none/such "$BATS_TEST_TMPDIR/dangling" no-such-file; do
		run --separate-stderr nsx-enter --net="$file" echo ran
		assert_error 125 "'$file'" "No such file or directory"
	done
}

@test "where one of several cannot be opened, none is entered" {
	run --separate-stderr nsx-enter --user="$dir/user" --net=/none/such echo ran
	assert_error 125 "the net namespace of '/none/such'"
}
