#!/usr/bin/env bats
# bats file_tags=root
# SPDX-License-Identifier: GPL-2.0-or-later
#
# nsx-pin monitor: a line when a name works, or is gone.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn
load ../lib/names

# reads LINE: the next that it prints.
reads()
{
	read_started
	assert_same "$1" "$LINE"
}

@test "names come, go, and are renamed; bound, held, and by ip; flushed each" {
	need_command ip
	nsx-pin add there
	start nsx-pin monitor --initial
	reads "add there"
	nsx-pin add bound --uts
	reads "add bound"
	# When it works, not when its file is there.
	ip netns add theirs
	reads "add theirs"
	nsx-enter --net=pin:theirs true
	nsx-pin add held --ipc --hold
	reads "add held"
	nsx-pin rename bound moved
	# Whoever lists a directory meanwhile may meet the new name first.
	read_started
	first=$LINE
	read_started
	assert_same $'add moved\ndelete bound' "$(sort <<<"$first"$'\n'"$LINE")"
	ip netns delete theirs
	reads "delete theirs"
	nsx-pin del held
	reads "delete held"
	nsx-pin del there moved
	read_started
	read_started
}

@test "more names than the soft limit on open files has room for; or the hard one" {
	for i in {1..12}; do
		nsx-pin add "held$i" --uts --hold
	done
	start sh -c 'ulimit -S -n 20; exec nsx-pin monitor --initial'
	for i in {1..12}; do
		read_started
	done
	nsx-pin add more --uts
	reads "add more"
	kill -KILL "$(sed -n 's/^holder=\([0-9]*\).*/\1/p' /run/nsx/held12/record)"
	reads "delete held12"
	run --separate-stderr sh -c 'ulimit -n 14; exec nsx-pin monitor'
	assert_error 1 "Too many open files"
	nsx-pin del --all
}

@test "nobody prepared anything yet; --json; an init and a holder that end" {
	need_command jq
	# With --initial what is there at its first look is told, too, so it does not matter who is faster.
	start unshare --mount sh -c 'mount -t tmpfs -o mode=755 fresh /run; echo ready
		nsx-pin monitor --initial --json & read -r step
		nsx-pin add box --uts --pid; read -r step
		kill -KILL $(nsx-pin list box -n -r -o INIT | tr -d "\n-"); read -r step
		nsx-pin del box; nsx-pin add box --net --hold; read -r step
		kill -KILL $(sed -n "s/^holder=\([0-9]*\).*/\1/p" /run/nsx/box/record); read -r step
		nsx-pin del box; kill $!'
	reads ready
	step
	read_started
	assert_same '["add","box",["uts","pid"]]' "$(jq --compact-output '[.event, .name, .types]' <<<"$LINE")"
	step
	read_started
	assert_same '["delete","box",["uts","pid"]]' "$(jq --compact-output '[.event, .name, .types]' <<<"$LINE")"
	read_started
	assert_same '["add","box",["uts"]]' "$(jq --compact-output '[.event, .name, .types]' <<<"$LINE")"
	step
	read_started
	assert_same delete "$(jq --raw-output .event <<<"$LINE")"
	read_started
	assert_same '["add","box",["net"]]' "$(jq --compact-output '[.event, .name, .types]' <<<"$LINE")"
	step
	read_started
	assert_same '["delete","box",["net"]]' "$(jq --compact-output '[.event, .name, .types]' <<<"$LINE")"
	step
	end_input
	await_started
}

step()
{
	echo >&"${started_inputs[-1]}"
}

@test "nothing is lost between the names that are there and the first event" {
	local i names=() pids=()

	for i in {1..8}; do
		nsx-pin add "name$i" &
		pids+=($!)
	done
	start nsx-pin monitor --initial
	wait "${pids[@]}"
	for i in {1..8}; do
		read_started
		names+=("$LINE")
	done
	assert_same "$(printf 'add name%d\n' {1..8})" "$(printf '%s\n' "${names[@]}" | sort)"
	nsx-pin del --all
}

@test "it ends when nobody reads any more" {
	run --separate-stderr timeout "$PATIENCE" sh -c 'nsx-pin add box; nsx-pin monitor --initial | head -n 1; nsx-pin del box'
	assert_ran "add box"
	# Where the signal that ends others is ignored, as under some that start services.
	run --separate-stderr timeout "$PATIENCE" sh -c 'trap "" PIPE; nsx-pin add box
		{ while echo; do :; done 2>/dev/null; nsx-pin monitor --initial; } | true; nsx-pin del box'
	assert_ran ""
	nsx-pin add box
	run --separate-stderr timeout "$PATIENCE" sh -c 'nsx-pin monitor --initial >/dev/full'
	assert_error 1 "cannot write to standard output: No space left on device"
	nsx-pin del box
}
