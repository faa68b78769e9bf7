#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# How the program lives below nsx-unshare: as a child or in its place, with
# its signals, its stops, and its end.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn

# program_of PID: what runs there.
program_of()
{
	basename "$(readlink "/proc/$1/exe")"
}

# --- A child, or not

@test "without --fork the program takes our place" {
	start nsx-unshare sh -c 'echo $$; read -r end'
	read_started
	assert_same "$STARTED" "$LINE"
}

@test "--fork, -f: the program is a child" {
	local option

	for option in --fork -f; do
		start nsx-unshare "$option" sh -c 'echo $$ $PPID; read -r end'
		read_started
		assert_same "$STARTED" "${LINE#* }"
		[[ ${LINE% *} != "$STARTED" ]]
		assert_same nsx-unshare "$(program_of "$STARTED")"
	done
}

@test "--pid implies --fork" {
	need_userns
	start nsx-unshare "${own_user[@]}" --pid sh -c 'echo $$ $PPID; read -r end'
	read_started
	assert_same "1 0" "$LINE"
	assert_same nsx-unshare "$(program_of "$STARTED")"
}

@test "--no-fork, -F: in our place, only its children are in the pid namespace" {
	local option

	need_userns
	for option in --no-fork -F; do
		start nsx-unshare "${own_user[@]}" --pid "$option" sh -c 'echo $$; sh -c "echo \$\$"; read -r end'
		read_started
		assert_same "$STARTED" "$LINE"
		read_started
		assert_same 1 "$LINE"
	done
}

@test "--fork and --no-fork exclude each other" {
	run --separate-stderr nsx-unshare --fork --no-fork echo ran
	assert_error 125 "--fork and --no-fork exclude each other"
}

@test "--no-fork does not go with what needs a child" {
	run --separate-stderr nsx-unshare --no-fork --kill-child echo ran
	assert_error 125 "--kill-child" "--no-fork"
	run --separate-stderr nsx-unshare --no-fork --pid --mount-proc echo ran
	assert_error 125 "--mount-proc" "drop --no-fork"
	run --separate-stderr nsx-unshare --no-fork --pid="$BATS_TEST_TMPDIR/pid" echo ran
	assert_error 125 "drop --no-fork"
	[[ ! -e $BATS_TEST_TMPDIR/pid ]]
}

# --- Its end

@test "the status of a child is ours" {
	local status_wanted

	for status_wanted in 0 1 42 125 255; do
		run --separate-stderr nsx-unshare --fork sh -c "exit $status_wanted"
		assert_status "$status_wanted"
		assert_output_is ""
		assert_stderr_is ""
	done
}

@test "a child killed by a signal: we end by it too" {
	local signal

	for signal in TERM KILL HUP INT QUIT SEGV USR1 PIPE ALRM; do
		# No shell between that would turn it into a number.
		start nsx-unshare --fork sh -c "ulimit -c 0; kill -$signal \$\$; read -r end"
		await_started
		assert_status $((128 + $(kill -l "$signal")))
	done
}

@test "killed by a signal, a shell sees the signal" {
	# Dash tells of a signal other than INT and PIPE on its own stderr.
	run --separate-stderr sh -c 'nsx-unshare --fork sh -c "kill -TERM \$\$"; echo $?'
	assert_status 0
	assert_output_is 143
	assert_stderr_is Terminated
}

@test "process 1 of a pid namespace killed by a signal: the same" {
	need_userns
	run --separate-stderr nsx-unshare "${own_user[@]}" --pid sh -c 'sleep 100 & trap "exit 5" TERM; kill -TERM $$'
	assert_status 5
	assert_stderr_is ""
	start nsx-unshare "${own_user[@]}" --pid sh -c 'echo ready; read -r end'
	read_started
	kill -KILL "$(pgrep --parent "$STARTED")"
	await_started
	assert_status 137
}

@test "no core of our own beside that of the program" {
	cd "$BATS_TEST_TMPDIR"
	ulimit -c "$(ulimit -H -c)"
	start nsx-unshare --fork sh -c 'ulimit -c 0; kill -QUIT $$; read -r end'
	await_started
	assert_status 131
	assert_same "" "$(find . -name '*core*')"
}

@test "a caller that ignores SIGCHLD gets the status all the same" {
	run --separate-stderr sh -c 'trap "" CHLD; exec nsx-unshare --fork sh -c "exit 6"'
	assert_status 6
	assert_stderr_is ""
	need_userns
	run --separate-stderr sh -c 'trap "" CHLD; exec nsx-unshare --user --pid sh -c "exit 6"'
	assert_status 6
	assert_stderr_is ""
}

# bats test_tags=root
@test "a caller that ignores SIGCHLD keeps namespaces all the same" {
	run --separate-stderr sh -c 'trap "" CHLD; exec nsx-unshare --uts="$1" sh -c "exit 6"' sh "$BATS_TEST_TMPDIR/uts"
	assert_status 6
	assert_stderr_is ""
	umount --lazy "$BATS_TEST_TMPDIR/uts"
}

@test "the program has the caller's signals: mask and what is ignored" {
	local option want

	want=$(grep -E '^Sig(Blk|Ign)' /proc/self/status)
	for option in --fork --no-fork --kill-child; do
		run --separate-stderr nsx-unshare "$option" grep -E '^Sig(Blk|Ign)' /proc/self/status
		assert_ran "$want"
		run --separate-stderr env --ignore-signal=CHLD,HUP,USR2 --block-signal=TERM,CHLD \
			nsx-unshare "$option" grep -E '^Sig(Blk|Ign)' /proc/self/status
		assert_ran "$(env --ignore-signal=CHLD,HUP,USR2 --block-signal=TERM,CHLD \
			grep -E '^Sig(Blk|Ign)' /proc/self/status)"
		assert_output_has "SigBlk:	0000000000014000"
	done
}

# --- Signals sent to us alone

# Run by start: says what it is sent, until it is sent TERM.
TELL_SIGNALS='for signal in HUP USR1 USR2 WINCH ALRM; do trap "echo $signal" $signal; done
	trap "echo TERM; exit 3" TERM
	echo $$
	while :; do sleep 0.05; done'

@test "signals sent to nsx-unshare reach the child, each once" {
	local signal

	start nsx-unshare --fork sh -c "$TELL_SIGNALS"
	read_started
	for signal in HUP USR1 HUP USR2 ALRM WINCH; do
		kill -"$signal" "$STARTED"
		read_started
		assert_same "$signal" "$LINE"
	done
	kill -TERM "$STARTED"
	read_started
	# Nothing came twice: the next word after the last one is TERM.
	assert_same TERM "$LINE"
	await_started
	assert_status 3
}

@test "a signal without a handler ends the child, and so us" {
	local signal

	for signal in TERM HUP USR1; do
		start nsx-unshare --fork sh -c 'echo $$; read -r end'
		read_started
		kill -"$signal" "$STARTED"
		await_started
		assert_status $((128 + $(kill -l "$signal")))
		is_gone "$LINE"
	done
}

@test "signals reach process 1 of a pid namespace that handles them" {
	need_userns
	start nsx-unshare "${own_user[@]}" --pid sh -c "$TELL_SIGNALS"
	read_started
	assert_same 1 "$LINE"
	kill -USR1 "$STARTED"
	read_started
	assert_same USR1 "$LINE"
	kill -TERM "$STARTED"
	await_started
	assert_status 3
}

@test "Ctrl-C reaches the child once: the terminal sent it to both of us" {
	need_command script
	start script --quiet --return --command "exec nsx-unshare --fork sh -c '
		trap \"echo INT\" INT
		stty -echo
		echo ready
		until [ \"\$word\" = end ]; do read -r word; done
		exit 3'" /dev/null
	read_started
	assert_matches "$LINE" '^ready'
	printf '\003' >&"${started_inputs[-1]}"
	read_started
	assert_matches "$LINE" '^INT'
	echo end >&"${started_inputs[-1]}"
	assert_same "" "$(cat <&"$STARTED_OUTPUT")"
	await_started
	assert_status 3
}

@test "Ctrl-C and Ctrl-\\ reach a child that is in another process group, or session" {
	local option program

	need_command script
	need_command perl
	for option in --fork "-r --init"; do
		for program in setsid "perl -e \"setpgrp; exec @ARGV\""; do
			start script --quiet --return --command "exec nsx-unshare $option $program sh -c '
				trap \"echo INT\" INT
				trap \"echo QUIT; exit 3\" QUIT
				echo ready
				while :; do sleep 0.05; done'" /dev/null
			read_started
			assert_matches "$LINE" '^ready'
			printf '\003' >&"${started_inputs[-1]}"
			read_started
			assert_matches "$LINE" 'INT'
			printf '\034' >&"${started_inputs[-1]}"
			read_started
			assert_matches "$LINE" 'QUIT'
			await_started
			assert_status 3
		done
	done
}

# --- Stops

@test "stopped, the child stops us, and continued, we continue it" {
	start nsx-unshare --fork sh -c 'echo $$; kill -STOP $$; echo continued; read -r end; exit 4'
	read_started
	child=$LINE
	wait_until is_in_state "$child" T
	wait_until is_in_state "$STARTED" T
	kill -CONT "$STARTED"
	read_started
	assert_same continued "$LINE"
	wait_until is_in_state "$STARTED" S

	# A second time, from outside.
	kill -STOP "$child"
	wait_until is_in_state "$STARTED" T
	kill -CONT "$STARTED"
	wait_until is_in_state "$child" S
	end_input
	await_started
	assert_status 4
}

@test "a stopped child that is killed ends us" {
	start nsx-unshare --fork sh -c 'echo $$; kill -STOP $$; read -r end'
	read_started
	wait_until is_in_state "$STARTED" T
	kill -KILL "$LINE"
	kill -CONT "$STARTED"
	await_started
	assert_status 137
}

@test "a stopped child in a process group of its own is hung up with us, when the shell before us ends" {
	local option

	need_command perl
	for option in --fork "-r --init"; do
		# Whoever is orphaned while stopped is hung up and continued by the kernel.
		# shellcheck disable=SC2086 # Several words.
		start perl -e 'use POSIX; if (!fork) { setpgrp; exec @ARGV } waitpid -1, WUNTRACED' \
			nsx-unshare $option perl -e 'setpgrp; syswrite STDOUT, readlink("/proc/self") . "\n"; kill STOP => $$; sleep 1000'
		read_started
		await_started
		wait_until is_gone "$LINE"
	done
}

@test "a child continued by somebody else goes on, and so may we" {
	start nsx-unshare --fork sh -c 'echo $$; kill -STOP $$; echo continued; exit 4'
	read_started
	wait_until is_in_state "$STARTED" T
	kill -CONT "$LINE"
	read_started
	assert_same continued "$LINE"
	kill -CONT "$STARTED"
	await_started
	assert_status 4
}

# --- --kill-child

@test "--kill-child: the child goes when we are killed" {
	start nsx-unshare --kill-child sh -c 'echo $$; trap "" TERM; read -r end'
	read_started
	[[ $LINE != "$STARTED" ]]
	kill -KILL "$STARTED"
	await_started
	assert_status 137
	wait_until is_gone "$LINE"
}

@test "without --kill-child the child stays when we are killed" {
	start nsx-unshare --fork sh -c 'echo $$; read -r end; echo still here'
	read_started
	kill -KILL "$STARTED"
	await_started
	assert_status 137
	end_input
	read_started
	assert_same "still here" "$LINE"
}

@test "--kill-child=SIGNAL: by name and by number" {
	local signal

	for signal in TERM SIGTERM term 15; do
		start nsx-unshare --kill-child="$signal" sh -c 'trap "echo TERM; exit" TERM
			echo $$
			while :; do sleep 0.05; done'
		read_started
		kill -KILL "$STARTED"
		read_started
		assert_same TERM "$LINE"
	done
}

@test "--kill-child with a pid namespace takes all of it" {
	need_userns
	start nsx-unshare "${own_user[@]}" --pid --kill-child \
		sh -c 'exec 3<&0; sh -c "read -r end" <&3 & echo $$; wait'
	read_started
	assert_same 1 "$LINE"
	init=$(pgrep --parent "$STARTED")
	other=$(pgrep --parent "$init")
	kill -KILL "$STARTED"
	wait_until is_gone "$other"
	wait_until is_gone "$init"
}

@test "--kill-child: an unknown signal is refused" {
	local signal

	for signal in NOSUCH 0 65 -1 1x ''; do
		run --separate-stderr nsx-unshare --kill-child="$signal" echo ran
		assert_error 125 "--kill-child" "'$signal'"
	done
}
