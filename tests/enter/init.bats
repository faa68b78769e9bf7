#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# --init and --forward-signals in what was entered, where a pid namespace has a
# pid 1 of its own already; and --explain.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn

setup()
{
	common_setup
	need_userns
}

# The init and the program of what was started last, as numbered here.
find_program()
{
	init=$(pgrep --parent "$STARTED")
	program=$(pgrep --parent "$init")
}

# --- Who is who

@test "--init: the program is a child of it, in the pid namespace entered or in ours" {
	hold -U -p -u
	for option in --pid --uts; do
		start nsx-enter -t "$HELD_PID" --user $option --init sh -c 'echo $$ $PPID; read -r end'
		read_started
		assert_matches "$LINE" '^[0-9]+ [1-9][0-9]*$'
		find_program
		assert_same nsx-init "$(cat "/proc/$init/comm")"
		assert_same sh "$(cat "/proc/$program/comm")"
		assert_same "$(sed -n 's/^NSpid:.*\t//p' "/proc/$program/status") $(sed -n 's/^NSpid:.*\t//p' "/proc/$init/status")" "$LINE"
	done
}

@test "the first process of the pid namespace stays who it is" {
	hold -U -p
	run --separate-stderr nsx-enter -t "$HELD_PID" --init --mount-proc sh -c \
		'cat /proc/1/comm; cat "/proc/$PPID/comm"; [ $PPID -ne 1 ] && echo other'
	assert_ran $'hold\nnsx-init\nother'
}

# bats test_tags=root
@test "the init keeps nothing of the caller's world" {
	hold -U -p -m
	start nsx-enter -t "$HELD_PID" --join-cgroup --root --wd=/tmp --env --init sh -c 'echo ready; read -r end'
	read_started
	find_program
	assert_same / "$(readlink "/proc/$init/cwd")"
	# Namespaces, directories, what can be executed; a terminal or file may be what the tests got.
	for fd in "/proc/$init/fd/"*; do
		((${fd##*/} > 2)) || continue
		refute_has "$(readlink "$fd")" pidfd
		[[ ! -d $fd/ && $(readlink "$fd") != ns:* ]]
	done
}

@test "--init takes no argument, and does not go with --no-fork" {
	run --separate-stderr nsx-enter -t $$ --init=yes echo ran
	assert_error 125 "--init takes no argument"
	run --separate-stderr nsx-enter -t $$ --init --no-fork echo ran
	assert_error 125 "--init is the program's parent: drop --no-fork"
}

# --- Orphans

# An orphan that stays until it may go; then its pid is free, for it is reaped.
ORPHAN='
	mkfifo "$1"
	sh -c "sh -c \"read -r go\" <\"\$1\" & echo \$! >\"\$1.pid\"" sh "$1"
	orphan=$(cat "$1.pid")
	echo "$PPID $(sed -n "s/^PPid:.//p" /proc/$orphan/status)"
	echo >"$1"
	tries=0
	while [ -e /proc/$orphan ] && [ $tries -lt 500 ]; do sleep 0.02; tries=$((tries + 1)); done
	[ -e /proc/$orphan ] || echo reaped'

@test "--init: orphans are its children, and reaped" {
	hold -U -p -u
	run --separate-stderr nsx-enter -t "$HELD_PID" --init --mount-proc sh -c "$ORPHAN" sh "$BATS_TEST_TMPDIR/one"
	assert_ran
	assert_same reaped "${lines[1]}"
	read -r parent adopted <<<"${lines[0]}"
	assert_same "$parent" "$adopted"
	# Where the pid namespace is ours as well.
	run --separate-stderr nsx-enter -t "$HELD_PID" --user --uts --init sh -c "$ORPHAN" sh "$BATS_TEST_TMPDIR/two"
	assert_ran
	assert_same reaped "${lines[1]}"
	read -r parent adopted <<<"${lines[0]}"
	assert_same "$parent" "$adopted"
}

@test "a hundred orphans at once leave no zombie, and do not end the init" {
	hold -U -p
	run --separate-stderr nsx-enter -t "$HELD_PID" --init --mount-proc sh -c '
		sh -c "for n in 0 1 2 3 4 5 6 7 8 9; do for m in 0 1 2 3 4 5 6 7 8 9; do exit 3 & done; done"
		tries=0
		# The holder, the init and we: a zombie would have a directory, too.
		while set -- /proc/[0-9]* && [ $# -gt 3 ] && [ $tries -lt 500 ]; do
			sleep 0.02
			tries=$((tries + 1))
		done
		echo $#
		exit 9'
	assert_status 9
	assert_output_is 3
	assert_stderr_is ""
}

@test "when the program ends so does its init, and what it left goes on" {
	hold -U -p
	mkfifo "$BATS_TEST_TMPDIR/end" "$BATS_TEST_TMPDIR/told"
	exec {keep}<>"$BATS_TEST_TMPDIR/end"
	start nsx-enter -t "$HELD_PID" --init sh -c '
		sh -c "read -r end; echo left >\"\$1\"" sh "$2" <"$1" >&- &
		echo ready
		read -r end
		exit 4' sh "$BATS_TEST_TMPDIR/end" "$BATS_TEST_TMPDIR/told"
	read_started
	find_program
	end_input
	await_started
	assert_status 4
	wait_until is_gone "$init"
	echo >&"$keep"
	exec {keep}>&-
	assert_same left "$(timeout "$PATIENCE" cat "$BATS_TEST_TMPDIR/told")"
}

# --- Its end

@test "--init: the status of the program is ours" {
	hold -U -p
	for wanted in 0 1 42 125 127 255; do
		run "-$wanted" --separate-stderr nsx-enter -t "$HELD_PID" --init sh -c "exit $wanted"
		assert_status "$wanted"
		assert_output_is ""
		assert_stderr_is ""
	done
	for signal in TERM KILL HUP INT SEGV USR1; do
		start nsx-enter -t "$HELD_PID" --init sh -c "ulimit -c 0; kill -$signal \$\$; read -r end"
		await_started
		assert_status $((128 + $(kill -l "$signal")))
	done
}

@test "--init: a program that cannot be run" {
	hold -U -p
	PATH=$NSX_BIN:/usr/bin:/bin
	run -127 --separate-stderr nsx-enter -t "$HELD_PID" --init no-such-program
	assert_error 127 "cannot run 'no-such-program'"
	run --separate-stderr nsx-enter -t "$HELD_PID" --init /etc/passwd
	assert_error 126 "cannot run '/etc/passwd'"
	run --separate-stderr nsx-enter -t "$HELD_PID" --init --wdns=/none/such echo ran
	assert_error 125 "cannot change directory to '/none/such'"
}

# --- Signals and stops

@test "--init: signals reach the program, each once" {
	hold -U -p
	start nsx-enter -t "$HELD_PID" --init sh -c '
		for signal in HUP USR1 USR2 WINCH ALRM QUIT; do trap "echo $signal" $signal; done
		trap "echo TERM; exit 3" TERM
		echo ready
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

@test "--init, --forward-signals, --fork: a signal without a handler ends the program, and us by it" {
	hold -U -p -u
	for option in --init --forward-signals --fork; do
		for type in --pid --uts; do
			start nsx-enter -t "$HELD_PID" --user $type $option sh -c 'echo ready; read -r end'
			read_started
			child=$(pgrep --parent "$STARTED")
			kill -TERM "$STARTED"
			await_started
			assert_status 143
			wait_until is_gone "$child"
		done
	done
}

@test "--forward-signals: implies --fork, and does not go with --no-fork" {
	hold -U -u
	start nsx-enter -t "$HELD_PID" --forward-signals sh -c 'echo $PPID; read -r end'
	read_started
	assert_same "$STARTED" "$LINE"
	run --separate-stderr nsx-enter -t $$ --forward-signals --no-fork echo ran
	assert_error 125 "--forward-signals needs a child, and --no-fork makes none"
	run --separate-stderr nsx-enter -t $$ --forward-signals=TERM echo ran
	assert_error 125 "--forward-signals takes no argument"
}

@test "--init: stopped, the program stops us, and continued, we continue it" {
	hold -U -p
	start nsx-enter -t "$HELD_PID" --init sh -c 'echo ready; kill -STOP $$; echo continued; read -r end; exit 4'
	read_started
	find_program
	wait_until is_in_state "$program" T
	wait_until is_in_state "$STARTED" T
	kill -CONT "$STARTED"
	read_started
	assert_same continued "$LINE"
	wait_until is_in_state "$STARTED" S
	end_input
	await_started
	assert_status 4
}

# --- --kill-child

# Gone, or a zombie for whom the first process of its pid namespace does not wait.
has_ended()
{
	is_gone "$1" || is_in_state "$1" Z
}

@test "--init --kill-child: all of it goes when we are killed, though it changed who it is" {
	hold -U -p -u
	for type in --pid --uts; do
		start nsx-enter -t "$HELD_PID" --user $type --init --kill-child sh -c 'trap "" TERM; echo ready; read -r end'
		read_started
		find_program
		kill -KILL "$STARTED"
		await_started
		assert_status 137
		wait_until is_gone "$init"
		wait_until has_ended "$program"
	done
}

@test "--init --kill-child: and when the init is" {
	hold -U -p
	start nsx-enter -t "$HELD_PID" --init --kill-child sh -c 'trap "" TERM; echo ready; read -r end'
	read_started
	find_program
	kill -KILL "$init"
	await_started
	assert_status 137
	wait_until has_ended "$program"
}

@test "--init --kill-child=SIGNAL: the program is sent it" {
	hold -U -p
	start nsx-enter -t "$HELD_PID" --init --kill-child=USR1 sh -c '
		trap "echo USR1; exit" USR1
		echo ready
		while :; do sleep 0.05; done'
	read_started
	kill -KILL "$STARTED"
	read_started
	assert_same USR1 "$LINE"
}

# --- --explain

@test "--explain: the steps, in order, and nothing is done" {
	run --separate-stderr nsx-enter -t 7 --net --host-exe --pid-file "$BATS_TEST_TMPDIR/pid" --explain no-such-program
	assert_ran " 1  openat           open the net namespace of '7'
 2  memfd_create     take 'no-such-program' along
 3  setns            enter the net namespace of '7'
 4  rename           write the pid to '$BATS_TEST_TMPDIR/pid'
 5  execve           run 'no-such-program'"
	[[ ! -e $BATS_TEST_TMPDIR/pid ]]
	# Of nobody who is there, or may be looked at.
	run --separate-stderr as_user nsx-enter -t 2147483647 --all --root --env --init --explain
	assert_ran
	assert_output_has "open the root directory of '2147483647'"
	# In our own place: no child, no program.
	run --separate-stderr nsx-enter -t $$ --explain sh -c 'echo ran'
	assert_ran
	refute_output_has $'\nran'
}

@test "--explain: what does not go together is refused as ever, and odd bytes are escaped" {
	run --separate-stderr nsx-enter --uts=/proc/self/ns/uts --env --explain echo ran
	assert_error 125 "--env takes the environment of the target"
	run --separate-stderr nsx-enter --explain echo ran
	assert_error 125 "nothing to enter"
	run --separate-stderr nsx-enter --net=$'/a\nb\e' --explain true
	assert_ran
	assert_output_has "open the net namespace of '/a\\x0ab\\x1b'"
}
