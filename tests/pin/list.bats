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
	assert_matches "${lines[0]}" '^NAME +TYPE +NS +NPROCS +INIT +OWNER +METHOD +AGE +STATE$'
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
	nsx-pin add old --uts --net
	umount /run/nsx/old/uts
	umount /run/netns/old
	run --separate-stderr nsx-pin list --noheadings
	assert_ran
	assert_matches "${lines[0]}" '^box +net +[0-9]+ .* ok$'
	assert_matches "${lines[1]}" '^old +uts .* stale$'
	assert_matches "${lines[2]}" '^old +net .* stale$'
	run --separate-stderr nsx-pin list --json
	assert_ran
	assert_same null "$(jq '.pins[] | select(.name == "old" and .type == "net").ns' <<<"$output")"
	nsx-pin del box old
}

@test "an ordinary user sees that they are there, and what --mode lets them see" {
	nsx-pin add closed --net --uts
	nsx-pin add open --net --uts --mode 0755
	run --separate-stderr as_user nsx-pin list --noheadings --raw --output NAME,TYPE,STATE
	assert_ran $'closed - no\\x20access\nopen uts ok\nopen net ok'
	run --separate-stderr as_user nsx-enter --uts=pin:closed true
	assert_error 125 "the uts namespace of 'pin:closed'" "Permission denied"
	assert_stderr_has "that name is another user's, and its mode keeps you out"
	# No mode opens what is in the hands of another's process.
	nsx-pin add held --uts --hold --mode 0755
	run --separate-stderr as_user nsx-enter --uts=pin:held true
	assert_error 125 "a process of another user holds it"
	nsx-pin del held
	run --separate-stderr as_user nsx-pin show closed
	assert_error 1 "cannot look into 'closed'" "Permission denied"
	run --separate-stderr as_user nsx-pin attach mine pin:open --uts
	assert_ran ""
	as_user nsx-pin del --no-wait mine
	nsx-pin del closed open
}

@test "what an ordinary user may read in part, or not at all, is no obstacle to the rest" {
	nsx-pin add half --net --uts --mode 0744
	(umask 077 && nsx-pin add open --net --uts --mode 0755)
	mkdir /run/nsx/begun
	: >/run/netns/begun
	run --separate-stderr as_user nsx-pin list --noheadings --raw --output NAME,TYPE,STATE
	assert_ran $'begun net stale\nhalf - no\\x20access\nopen uts ok\nopen net ok'
	run --separate-stderr as_user nsx-enter --uts=pin:half true
	assert_error 125 "the uts namespace of 'pin:half'" "Permission denied"
	# As "ip netns add" makes it where the umask of the first is that.
	chmod 0750 /run/netns
	run --separate-stderr as_user nsx-pin list --noheadings --raw --output NAME,TYPE,STATE
	assert_ran $'half - no\\x20access\nopen uts ok\nopen net no\\x20access'
	run --separate-stderr as_user nsx-enter --net=pin:open true
	assert_error 125 "the directory of its file keeps you out"
	chmod 0755 /run/netns
	rmdir /run/nsx/begun
	rm /run/netns/begun
	nsx-pin del half open
}

@test "to an ordinary user an init of root's is not dead" {
	nsx-pin add box --pid --mode 0755
	run --separate-stderr as_user nsx-pin list -n -r -o NAME,TYPE,STATE
	assert_ran "box pid ok"
	nsx-pin del box
}

@test "names that are asked for, and one that is not there: status 3" {
	nsx-pin add one
	nsx-pin add two --uts
	nsx-pin add three --ipc
	run --separate-stderr nsx-pin list two one -n -r -o NAME,TYPE
	assert_ran $'one net\ntwo uts'
	run --separate-stderr nsx-pin list two four -n -r -o NAME
	assert_status 3
	assert_output_is two
	assert_stderr_is "nsx-pin: there is no name 'four'"
	nsx-pin del one two three
}

@test "columns: chosen, in that order, by any case; and none that there is not" {
	nsx-pin add box --uts
	run --separate-stderr nsx-pin list --output state,name
	assert_ran
	assert_matches "${lines[0]}" '^STATE NAME$'
	assert_matches "${lines[1]}" '^ok +box$'
	run --separate-stderr nsx-pin list --output NAME,NONE
	assert_error 1 "unknown column 'NONE' (--list-columns shows all)"
	nsx-pin del box
}

@test "--list-columns: those that there are, each of which can be chosen" {
	run --separate-stderr nsx-pin list --list-columns
	assert_ran
	assert_matches "${lines[0]}" '^NAME +the name$'
	columns=$(cut -d ' ' -f 1 <<<"$output" | paste -s -d ,)
	nsx-pin add box --uts
	run --separate-stderr nsx-pin list --output "$columns"
	assert_ran
	assert_same "$columns" "$(tr -s ' ' , <<<"${lines[0]}")"
	run --separate-stderr nsx-pin show -H box
	assert_ran
	assert_matches "${lines[0]}" '^NAME +the name$'
	run --separate-stderr nsx-pin list -H --json
	assert_error 1 "--list-columns and --json exclude each other"
	nsx-pin del box
}

@test "processes inside, the init, the owner, the method, the age" {
	need_command jq
	nsx-pin add box --pid --uts
	start nsx-enter -t pin:box sh -c 'echo ready; read -r end'
	read_started
	run --separate-stderr nsx-pin list --json
	assert_ran
	assert_same '[{"type":"uts","owner":"root","method":"bind","init":"null","age":true},{"type":"pid","owner":"root","method":"bind","init":"number","age":true}]' \
		"$(jq --compact-output '[.pins[] | {type, owner, method, init: (.init | type), age: (.age >= 0 and .age < 60)}]' <<<"$output")"
	# nsx-init is in its pid namespace, and in those that were made with it; nsx-enter's shell, too.
	assert_same 2 "$(jq '.pins[] | select(.type == "pid").nprocs' <<<"$output")"
	assert_same nsx-init "$(cat "/proc/$(jq '.pins[] | select(.type == "pid").init' <<<"$output")/comm")"
	end_input
	await_started
	nsx-pin del box
}

@test "a pid namespace whose init has ended" {
	nsx-pin add box --pid --uts
	kill -KILL "$(nsx-pin list box -n -r -o INIT | tr -d '\n-')"
	wait_until init_is_dead
	assert_same $'uts ok\npid init\\x20dead' "$(nsx-pin list box -n -r -o TYPE,STATE)"
	nsx-pin del box
}

init_is_dead()
{
	nsx-pin list box -n | grep -q 'init dead'
}

@test "what is in the place of a name and no namespace" {
	nsx-pin add box
	mkdir /run/netns/dir
	echo text >/run/netns/file
	ln -s nowhere /run/netns/link
	mkfifo /run/netns/fifo
	run --separate-stderr timeout "$PATIENCE" nsx-pin list -n -r -o NAME,STATE
	rm -r /run/netns/{dir,file,link,fifo}
	assert_ran $'box ok\ndir not\\x20a\\x20namespace\nfifo not\\x20a\\x20namespace\nfile not\\x20a\\x20namespace\nlink not\\x20a\\x20namespace'
	nsx-pin del box
}

@test "other words for list, and short ones" {
	local word

	nsx-pin add box
	for word in list show lst ls l li lis; do
		run --separate-stderr nsx-pin "$word" --noheadings
		assert_ran
		assert_output_matches '^box +net +[0-9]+ .* ok$'
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
	run --separate-stderr nsx-pin list --no-such
	assert_error 1 "unknown option '--no-such'"
	run --separate-stderr sh -c 'nsx-pin list --json >/dev/full'
	assert_error 1 "cannot write to standard output"
}
