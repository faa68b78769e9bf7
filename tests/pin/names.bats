#!/usr/bin/env bats
# bats file_tags=root
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Names: what may be one, and what not.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn
load ../lib/names

LONGEST=$(printf 'n%.0s' {1..255})

@test "odd names work all the way" {
	local name

	for name in box 1 .hidden a.b 'a b' 'a:b' '@x' '*' Ä日本 'a"b' "a'b" "$LONGEST" 'x=y' pin:box; do
		run --separate-stderr nsx-pin add "$name" --uts --net
		assert_ran ""
		run --separate-stderr nsx-pin list --json
		assert_ran
		assert_same "$name" "$(jq --raw-output '.pins[0].name' <<<"$output")"
		run --separate-stderr nsx-enter --uts="pin:$name" --net="pin:$name" echo ran
		assert_ran ran
		run --separate-stderr nsx-pin del "$name"
		assert_ran ""
		assert_same "" "$(registry)"
	done
}

# refuses NAME RULE: by every verb, before anything is done.
refuses()
{
	run --separate-stderr nsx-pin add --uts -- "$1"
	assert_error 1 "invalid name" "$2"
	run --separate-stderr nsx-pin attach --uts -- "$1" $$
	assert_error 1 "invalid name" "$2"
	run --separate-stderr nsx-pin del -- "$1"
	assert_error 1 "invalid name" "$2"
	assert_same "" "$(registry)"
}

@test "an empty name" {
	refuses "" "it is empty"
}

@test "a name with a slash" {
	refuses a/b "it has a slash in it"
	refuses /a "it has a slash in it"
	refuses a/ "it has a slash in it"
	refuses ../../etc/x "it has a slash in it"
}

@test "the names of directories" {
	refuses . "that is a directory"
	refuses .. "that is a directory"
}

@test "a name that reads as an option" {
	refuses -x "it would read as an option"
	refuses --net "it would read as an option"
	# Without the --, it is one.
	run --separate-stderr nsx-pin add -x
	assert_error 1 "unknown option '-x'"
}

@test "a name with control characters" {
	refuses $'a\nb' "it has a control character in it"
	refuses $'a\e' "it has a control character in it"
	refuses $'\x7f' "it has a control character in it"
	assert_stderr_has "'\\x7f'"
}

@test "a name of more than 255 bytes" {
	refuses "${LONGEST}n" "it is longer than 255 bytes"
}
