#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# --init: a small pid 1 over the program, so that it lives as it would without
# a pid namespace: orphans are reaped, signals end and stop it, the terminal is
# its own and the caller's again.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn
load ../lib/terminal

setup()
{
	common_setup
	need_userns
}

teardown()
{
	close_terminal
	common_teardown
}

# The init and the program of what was started last, as numbered here.
find_program()
{
	init=$(pgrep --parent "$STARTED")
	program=$(pgrep --parent "$init")
}

# --- Who is who

@test "--init: the program is not pid 1, and its parent is; implies a pid namespace" {
	run --separate-stderr nsx-unshare "${own_user[@]}" --init sh -c 'echo $$ $PPID; readlink /proc/self/ns/pid'
	assert_status 0
	assert_stderr_is ""
	assert_same "2 1" "${lines[0]}"
	[[ ${lines[1]} != "$(ns_link self pid)" ]]
}

@test "without --init the program is pid 1" {
	run --separate-stderr nsx-unshare "${own_user[@]}" --pid sh -c 'echo $$ $PPID'
	assert_ran "1 0"
}

@test "the init tells what it is" {
	run --separate-stderr nsx-unshare -r --init --mount-proc sh -c 'cat /proc/1/comm; ls /proc/1/fd | wc -l'
	assert_status 0
	assert_stderr_is ""
	assert_same nsx-init "${lines[0]}"
}

@test "--init takes no argument, and does not go with --no-fork" {
	run --separate-stderr nsx-unshare --init=yes echo ran
	assert_error 125 "--init takes no argument"
	run --separate-stderr nsx-unshare --init --no-fork echo ran
	assert_error 125 "--init is the program's parent: drop --no-fork"
}

# --- Orphans

# An orphan that has ended: its pid goes once it is reaped.
MAKE_ORPHAN='orphan=$(sh -c "sleep 0.01 & echo \$!" 3>&- )
	tries=0
	while [ -e /proc/$orphan ] && [ $tries -lt 500 ]; do sleep 0.02; tries=$((tries + 1)); done
	ls -d /proc/$orphan 2>/dev/null || echo reaped'

@test "orphans are reaped" {
	run --separate-stderr nsx-unshare -r --init --mount-proc sh -c "$MAKE_ORPHAN"
	assert_ran reaped
}

@test "a hundred orphans at once leave no zombie, and do not end the init" {
	run --separate-stderr nsx-unshare -r --init --mount-proc sh -c '
		sh -c "for n in 0 1 2 3 4 5 6 7 8 9; do for m in 0 1 2 3 4 5 6 7 8 9; do exit 3 & done; done"
		tries=0
		# The init and we: a zombie would have a directory, too.
		while set -- /proc/[0-9]* && [ $# -gt 2 ] && [ $tries -lt 500 ]; do
			sleep 0.02
			tries=$((tries + 1))
		done
		echo $#
		exit 9'
	assert_status 9
	assert_output_is 2
	assert_stderr_is ""
}

@test "when the program ends so does everything else" {
	mkfifo "$BATS_TEST_TMPDIR/nothing"
	start nsx-unshare "${own_user[@]}" --init sh -c '
		sh -c "trap \"\" TERM HUP; read -r end" <>"$1" &
		echo ready
		read -r end
		exit 4' sh "$BATS_TEST_TMPDIR/nothing"
	read_started
	find_program
	other=$(pgrep --parent "$program")
	end_input
	await_started
	assert_status 4
	wait_until is_gone "$other"
	wait_until is_gone "$init"
}

# --- Its end

@test "the status of the program is ours" {
	local status_wanted

	for status_wanted in 0 1 42 125 127 255; do
		run "-$status_wanted" --separate-stderr nsx-unshare "${own_user[@]}" --init sh -c "exit $status_wanted"
		assert_status "$status_wanted"
		assert_output_is ""
		assert_stderr_is ""
	done
}

@test "a program killed by a signal: we end by it too" {
	local signal

	for signal in TERM KILL HUP INT QUIT SEGV USR1 PIPE; do
		start nsx-unshare "${own_user[@]}" --init sh -c "ulimit -c 0; kill -$signal \$\$; read -r end"
		await_started
		assert_status $((128 + $(kill -l "$signal")))
	done
	# A shell sees the signal itself.
	run --separate-stderr sh -c 'nsx-unshare "$@" --init sh -c "kill -TERM \$\$"; echo $?' sh "${own_user[@]}"
	assert_status 0
	assert_output_is 143
	assert_stderr_is Terminated
}

@test "a program that cannot be run: 126 and 127, as without" {
	# A directory on it that one may not search turns the one into the other.
	PATH=$NSX_BIN:/usr/sbin:/usr/bin:/sbin:/bin
	run -127 --separate-stderr nsx-unshare "${own_user[@]}" --init no-such-program
	assert_error 127 "cannot run 'no-such-program'"
	run --separate-stderr nsx-unshare "${own_user[@]}" --init /etc/passwd
	assert_error 126 "cannot run '/etc/passwd'"
	run --separate-stderr nsx-unshare "${own_user[@]}" --init --wd /none/such true
	assert_error 125 "cannot change directory to '/none/such'"
}

@test "the init killed from outside: we end, as killed" {
	start nsx-unshare "${own_user[@]}" --init sh -c 'echo ready; read -r end'
	read_started
	find_program
	kill -KILL "$init"
	await_started
	assert_status 137
	wait_until is_gone "$program"
}

# --- Signals

@test "TERM ends a program that does not handle it, which it would not as pid 1" {
	local signal

	for signal in TERM HUP INT USR1; do
		start nsx-unshare "${own_user[@]}" --init sh -c 'echo ready; read -r end'
		read_started
		kill -"$signal" "$STARTED"
		await_started
		assert_status $((128 + $(kill -l "$signal")))
	done
}

@test "signals reach the program, each once" {
	local signal

	start nsx-unshare "${own_user[@]}" --init sh -c '
		for signal in HUP USR1 USR2 WINCH ALRM QUIT; do trap "echo $signal" $signal; done
		trap "echo TERM; exit 3" TERM
		echo $$
		while :; do sleep 0.05; done'
	read_started
	for signal in HUP USR1 HUP USR2 ALRM WINCH QUIT; do
		kill -"$signal" "$STARTED"
		read_started
		assert_same "$signal" "$LINE"
	done
	kill -TERM "$STARTED"
	read_started
	assert_same TERM "$LINE"
	await_started
	assert_status 3
}

@test "signals from within reach the program through its init" {
	run --separate-stderr nsx-unshare "${own_user[@]}" --init sh -c '
		trap "echo caught; exit 6" USR1
		kill -USR1 1
		while :; do sleep 0.05; done'
	assert_status 6
	assert_output_is caught
	assert_stderr_is ""
}

# --- Stops

@test "stopped, the program stops us, and continued, we continue it" {
	start nsx-unshare "${own_user[@]}" --init sh -c 'echo ready; kill -STOP $$; echo continued; read -r end; exit 4'
	read_started
	find_program
	wait_until is_in_state "$program" T
	wait_until is_in_state "$STARTED" T
	kill -CONT "$STARTED"
	read_started
	assert_same continued "$LINE"
	wait_until is_in_state "$STARTED" S

	# A second time, from outside.
	kill -STOP "$program"
	wait_until is_in_state "$STARTED" T
	kill -CONT "$STARTED"
	wait_until is_in_state "$program" S
	end_input
	await_started
	assert_status 4
}

# --- --kill-child, other users

@test "--kill-child: all of it goes when we are killed" {
	start nsx-unshare "${own_user[@]}" --init --kill-child sh -c 'trap "" TERM; echo ready; read -r end'
	read_started
	find_program
	kill -KILL "$STARTED"
	await_started
	assert_status 137
	wait_until is_gone "$init"
	wait_until is_gone "$program"
}

@test "--kill-child=SIGNAL: the program is sent it" {
	start nsx-unshare "${own_user[@]}" --init --kill-child=TERM sh -c '
		trap "echo TERM; exit" TERM
		echo ready
		while :; do sleep 0.05; done'
	read_started
	kill -KILL "$STARTED"
	read_started
	assert_same TERM "$LINE"
}

# bats test_tags=root
@test "--kill-child, and the program is somebody else" {
	start nsx-unshare --init --kill-child --setuid "$NSX_USER" --setgid "$(id -g "$NSX_USER")" \
		sh -c 'id -u; read -r end'
	read_started
	assert_same "$(id -u "$NSX_USER")" "$LINE"
	find_program
	kill -KILL "$STARTED"
	await_started
	assert_status 137
	wait_until is_gone "$program"
}

# bats test_tags=root
@test "signals reach a program that is somebody else" {
	start nsx-unshare --init --setuid "$NSX_USER" sh -c 'echo ready; read -r end'
	read_started
	kill -TERM "$STARTED"
	await_started
	assert_status 143
}

# --- A terminal

@test "at a terminal: Ctrl-C, Ctrl-Z, fg, and the terminal is the shell's again" {
	open_terminal
	type_keys "nsx-unshare ${own_user[*]} --init sh -c 'echo up; cat; echo no'" Enter
	wait_until shows '^up$'
	type_keys C-c
	# Keys typed before may go to the cat that is ending.
	wait_until shows '^\(\^C\)\?\$ *$'
	type_keys 'echo "status=$?"' Enter
	wait_until shows '^status=130$'
	refute_has "$(screen)" "no"$'\n'

	type_keys 'clear' Enter
	wait_until shows_times . 1
	type_keys "nsx-unshare ${own_user[*]} --init sh -c 'trap \"echo again\" CONT; echo up; cat'" Enter
	wait_until shows '^up$'
	type_keys 'first' Enter
	wait_until shows_times '^first$' 2
	type_keys C-z
	wait_until shows 'Stopped'
	# The shell has its terminal.
	type_keys 'echo "word"s' Enter
	wait_until shows '^words$'
	type_keys fg Enter
	wait_until shows_times 'nsx-unshare' 3
	type_keys 'second' Enter
	wait_until shows_times '^second$' 2
	type_keys C-d
	wait_until shows '^again$'
	wait_until shows '^\$ $\|^\$$'
	type_keys 'echo "status=$?"' Enter
	wait_until shows '^status=0$'
	type_keys 'read -r reply; echo "read $reply"' Enter
	type_keys 'typed' Enter
	wait_until shows '^read typed$'
}

@test "at a terminal: a shell within has jobs of its own" {
	open_terminal
	type_keys "nsx-unshare ${own_user[*]} --init env PS1='in: ' bash --norc --noprofile -i" Enter
	wait_until shows '^in: *$'
	# What is typed while bash has the terminal without echo is shown once.
	type_keys 'echo begun; cat' Enter
	wait_until shows '^begun$'
	type_keys 'one' Enter
	wait_until shows_times '^one$' 2
	type_keys C-z
	wait_until shows 'Stopped'
	type_keys 'fg' Enter
	wait_until shows '^cat$'
	type_keys 'two' Enter
	wait_until shows_times '^two$' 2
	type_keys C-c
	wait_until shows_times '^in:' 3
	type_keys 'exit 5' Enter
	wait_until shows '^\$ *$'
	type_keys 'echo "status=$?"' Enter
	wait_until shows '^status=5$'
	refute_has "$(screen)" "no job control"
}

@test "at a terminal: what a shell within made its own is the caller's again, even if that was killed" {
	local option

	open_terminal
	for option in --init --fork; do
		type_keys clear Enter
		wait_until shows_times . 1
		# No interactive shell between, which would take the terminal back itself.
		type_keys "sh -c 'nsx-unshare ${own_user[*]} $option env PS1=\"in: \" bash --norc --noprofile -i; read -r word; echo \"read \$word\"'" Enter
		wait_until shows '^in: *$'
		type_keys 'kill -KILL $$' Enter
		wait_until shows 'Killed'
		type_keys 'typed' Enter
		wait_until shows '^read typed$'
		wait_until shows '^\$ *$'
	done
}

@test "at a terminal: one that ends in the background takes nothing from the shell" {
	open_terminal
	mkfifo "$BATS_TEST_TMPDIR/end"
	type_keys "nsx-unshare ${own_user[*]} --fork sh -c 'echo up; read -r end' <>'$BATS_TEST_TMPDIR/end'" Enter
	wait_until shows '^up$'
	type_keys C-z
	wait_until shows 'Stopped'
	type_keys bg Enter
	wait_until shows_times 'nsx-unshare' 3
	echo end >"$BATS_TEST_TMPDIR/end"
	type_keys 'wait; echo "still $?"' Enter
	wait_until shows '^still 0$'
	type_keys 'echo "wo"rd' Enter
	wait_until shows '^word$'
}

@test "at a terminal: Ctrl-Z and fg, of a child with a session of its own" {
	local option

	open_terminal
	for option in --fork "-r --init"; do
		type_keys clear Enter
		wait_until shows_times . 1
		type_keys "nsx-unshare $option setsid sh -c 'trap \"echo again\" CONT; echo up; while :; do sleep 0.05; done'" Enter
		wait_until shows '^up$'
		type_keys C-z
		wait_until shows 'Stopped'
		type_keys fg Enter
		wait_until shows '^again$'
		type_keys C-c
		wait_until shows '^\^C'
		type_keys 'echo "status=$?"' Enter
		wait_until shows '^status=130$'
	done
}
