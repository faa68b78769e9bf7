#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# How the program lives below nsx-enter.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn

setup()
{
	common_setup
	need_userns
}

# program_of PID: what runs there.
program_of()
{
	# Not by the link: who is on the way into other namespaces shows nobody its files.
	cat "/proc/$1/comm"
}

@test "where the pid namespace stays, the program takes our place" {
	hold -U -n
	start nsx-enter -t "$HELD_PID" sh -c 'echo $$; read -r end'
	read_started
	assert_same "$STARTED" "$LINE"
	# Also where it is asked for, and is ours already.
	start nsx-enter -t "$HELD_PID" -U -n -p sh -c 'echo $$; read -r end'
	read_started
	assert_same "$STARTED" "$LINE"
}

@test "where the pid namespace changes, the program is a child" {
	hold -U -p
	start nsx-enter -t "$HELD_PID" sh -c 'echo $$ $PPID; read -r end'
	read_started
	assert_matches "$LINE" '^[0-9]+ 0$'
	[[ $LINE != "$STARTED 0" ]]
	assert_same nsx-enter "$(program_of "$STARTED")"
	child=$(pgrep --parent "$STARTED")
	assert_same "pid:[${HELD[pid]}]" "$(ns_link "$child" pid)"
}

@test "--fork, -f: a child in any case" {
	hold -U -u
	start nsx-enter -t "$HELD_PID" --fork sh -c 'echo $PPID; read -r end'
	read_started
	assert_same "$STARTED" "$LINE"
	assert_same nsx-enter "$(program_of "$STARTED")"
}

@test "--no-fork, -F: in our place, its children are in the pid namespace" {
	hold -U -p
	start nsx-enter -t "$HELD_PID" --no-fork sh -c 'echo $$; sh -c "echo \$PPID"; read -r end'
	read_started
	assert_same "$STARTED" "$LINE"
	read_started
	assert_same 0 "$LINE"
	assert_same "pid:[${HELD[pid]}]" "$(readlink "/proc/$STARTED/ns/pid_for_children")"
	assert_same "$(ns_link self pid)" "$(ns_link "$STARTED" pid)"
}

@test "the status of the program is ours, in our place or as a child" {
	local option

	hold -U -p -u
	for option in --uts --pid; do
		run --separate-stderr nsx-enter -t "$HELD_PID" --user $option sh -c 'exit 7'
		assert_status 7
		assert_output_is ""
		assert_stderr_is ""
		start nsx-enter -t "$HELD_PID" --user $option sh -c 'kill -KILL $$; read -r end'
		await_started
		assert_status 137
		run -127 --separate-stderr env PATH="$NSX_BIN:/usr/bin:/bin" \
			nsx-enter -t "$HELD_PID" --user $option no-such-program
		assert_error 127 "cannot run 'no-such-program'"
		run --separate-stderr nsx-enter -t "$HELD_PID" --user $option /etc/passwd
		assert_error 126 "cannot run '/etc/passwd'"
	done
}

@test "signals sent to nsx-enter alone reach the program, each once" {
	hold -U -p
	start nsx-enter -t "$HELD_PID" sh -c 'for signal in HUP USR1; do trap "echo $signal" $signal; done
		trap "echo TERM; exit 3" TERM
		echo ready
		while :; do sleep 0.05; done'
	read_started
	for signal in HUP USR1 HUP; do
		kill -$signal "$STARTED"
		read_started
		assert_same $signal "$LINE"
	done
	kill -TERM "$STARTED"
	read_started
	assert_same TERM "$LINE"
	await_started
	assert_status 3
}

@test "a signal without a handler ends the program in the other pid namespace" {
	hold -U -p
	start nsx-enter -t "$HELD_PID" sh -c 'echo ready; read -r end'
	read_started
	child=$(pgrep --parent "$STARTED")
	kill -TERM "$STARTED"
	await_started
	assert_status 143
	is_gone "$child"
}

@test "a stop is mirrored" {
	hold -U -p
	start nsx-enter -t "$HELD_PID" sh -c 'kill -STOP $$; echo continued; exit 4'
	wait_until is_in_state "$STARTED" T
	kill -CONT "$STARTED"
	read_started
	assert_same continued "$LINE"
	await_started
	assert_status 4
}

@test "--kill-child: the program goes when nsx-enter is killed, though it changed who it is" {
	hold -U -p
	start nsx-enter -t "$HELD_PID" --kill-child sh -c 'trap "" TERM; echo ready; read -r end'
	read_started
	child=$(pgrep --parent "$STARTED")
	kill -KILL "$STARTED"
	wait_until is_gone "$child"
	await_started
	assert_status 137
}

@test "a pid namespace whose init has ended can be entered, and nothing run there" {
	hold -U -p
	# Held open by a descriptor: its processes may go.
	exec 9<"/proc/$HELD_PID/ns/pid" 8<"/proc/$HELD_PID/ns/user"
	end_started
	run --separate-stderr nsx-enter --pid=/proc/self/fd/9 --user=/proc/self/fd/8 echo ran
	exec 9<&- 8<&-
	assert_error 125 "cannot fork"
}

@test "the program has no descriptor of ours" {
	hold -U -u -n -p
	run --separate-stderr ls /proc/self/fd
	want=$output
	run --separate-stderr nsx-enter -t "$HELD_PID" ls /proc/self/fd
	assert_ran "$want"
	run --separate-stderr nsx-enter --user="$HELD_PID" --net="/proc/$HELD_PID/ns/net" ls /proc/self/fd
	assert_ran "$want"
}

@test "with standard input closed, it is closed for the program too" {
	hold -U -u
	run --separate-stderr sh -c 'nsx-enter -t "$1" -U -u sh -c "[ -e /proc/\$\$/fd/0 ] || echo closed" <&-' sh "$HELD_PID"
	assert_ran closed
	run --separate-stderr sh -c 'nsx-enter --user="/proc/$1/ns/user" --uts="/proc/$1/ns/uts" \
		sh -c "[ -e /proc/\$\$/fd/0 ] || echo closed" <&-' sh "$HELD_PID"
	assert_ran closed
}

@test "without a program, SHELL is run, as a login shell is" {
	hold -U -u
	run --separate-stderr sh -c 'echo "echo \$0; readlink /proc/self/ns/uts" | SHELL=/bin/sh nsx-enter -t "$1"' sh "$HELD_PID"
	assert_ran $'-sh\n'"uts:[${HELD[uts]}]"
}
