#!/usr/bin/env bats
# bats file_tags=root
# SPDX-License-Identifier: GPL-2.0-or-later
#
# nsx-pin list: which names there are.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn
load ../lib/names

@test "nothing at all: no line, and status 0" {
	run --separate-stderr nsx-pin list
	assert_ran ""
	run --separate-stderr nsx-pin
	assert_ran ""
	run --separate-stderr nsx-pin list --json
	assert_ran
	assert_same '{"pins":[]}' "$(jq --compact-output . <<<"$output")"
}

@test "names in order, types in that of the options, with a heading" {
	nsx-pin add zebra --time --ipc --mount
	nsx-pin add ant
	nsx-pin add bee --uts
	run --separate-stderr nsx-pin list
	assert_ran
	assert_matches "${lines[0]}" '^NAME +TYPE +NS +STATE$'
	assert_same "ant net|bee uts|zebra mnt|zebra ipc|zebra time|" \
		"$(awk 'NR > 1 { printf "%s %s|", $1, $2 }' <<<"$output")"
	run --separate-stderr nsx-pin list --noheadings
	assert_ran
	assert_same 5 "${#lines[@]}"
	run --separate-stderr nsx-pin -n
	assert_ran
	assert_same 5 "${#lines[@]}"
	nsx-pin del zebra ant bee
}

@test "a name with net and other types is one name" {
	nsx-pin add both --net --uts
	run --separate-stderr nsx-pin list --noheadings
	assert_ran
	assert_same "both uts|both net|" "$(awk '{ printf "%s %s|", $1, $2 }' <<<"$output")"
	nsx-pin del both
}

@test "NS is the inode number that others show" {
	nsx-pin add box --uts
	run --separate-stderr nsx-pin list --noheadings
	assert_ran
	assert_same "uts:[$(awk '{ print $3 }' <<<"$output")]" "$(nsx-enter --uts=pin:box readlink /proc/self/ns/uts)"
	nsx-pin del box
}

@test "--json: the same, numbers as numbers" {
	need_command jq
	nsx-pin add box --uts
	nsx-pin add 'a "b"'
	run --separate-stderr nsx-pin list --json
	assert_ran
	assert_same '["a \"b\"","net","number","ok"]
["box","uts","number","ok"]' "$(jq --compact-output '.pins[] | [.name, .type, (.ns | type), .state]' <<<"$output")"
	assert_same "$(stat --format=%i /run/nsx/box/uts)" "$(jq '.pins[] | select(.name == "box").ns' <<<"$output")"
	nsx-pin del box 'a "b"'
}

@test "a file that holds no namespace is stale" {
	nsx-pin add box
	mkdir -p /run/nsx/old
	touch /run/netns/old /run/nsx/old/uts
	run --separate-stderr nsx-pin list --noheadings
	assert_ran
	assert_matches "${lines[0]}" '^box +net +[0-9]+ +ok$'
	assert_matches "${lines[1]}" '^old +uts +stale$'
	assert_matches "${lines[2]}" '^old +net +stale$'
	run --separate-stderr nsx-pin list --json
	assert_ran
	assert_same null "$(jq '.pins[] | select(.name == "old" and .type == "net").ns' <<<"$output")"
	nsx-pin del box old
}

@test "an ordinary user sees them too" {
	nsx-pin add box --net --uts
	run --separate-stderr as_user nsx-pin list --noheadings
	assert_ran
	assert_same 2 "$(grep -c '^box .* ok$' <<<"$output")"
	nsx-pin del box
}

@test "other words for list, and short ones" {
	local word

	nsx-pin add box
	for word in list show lst l li; do
		run --separate-stderr nsx-pin "$word" --noheadings
		assert_ran
		assert_output_matches '^box +net +[0-9]+ +ok$'
	done
	nsx-pin del box
}

@test "control characters in a name that others made do not reach the terminal" {
	nsx-pin add box
	touch /run/netns/$'odd\e[31m'
	run --separate-stderr nsx-pin list
	rm /run/netns/$'odd\e[31m'
	assert_ran
	refute_output_has $'\e'
	nsx-pin del box
}

@test "wrong usage, and a full device" {
	run --separate-stderr nsx-pin list box
	assert_error 1 "list does not take 'box'"
	run --separate-stderr nsx-pin list --no-such
	assert_error 1 "unknown option '--no-such'"
	run --separate-stderr sh -c 'nsx-pin list --json >/dev/full'
	assert_error 1 "cannot write to standard output"
}
