#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What scripts send to nsx-unshare reaches the program: every signal, once,
# from the first moment on, whoever the program is.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn

setup()
{
	common_setup
	need_userns
}

# All but those that cannot be caught (KILL, STOP), those of a fault of one's
# own, those that tell of children or of going on (CHLD, CONT), and the two that
# the C library keeps to itself.
forwardable_signals()
{
	local signal

	for signal in {1..64}; do
		case $(kill -l "$signal" 2>/dev/null) in
		KILL | STOP | SEGV | BUS | FPE | ILL | TRAP | SYS | CHLD | CONT | '') ;;
		*) echo "$signal" ;;
		esac
	done
}

# forwards_all OPTION...
forwards_all()
{
	local signals signal

	mapfile -t signals < <(forwardable_signals)
	((${#signals[@]} > 40))
	start nsx-unshare "$@" "$NSX_HELPERS/listen"
	read_started
	assert_same ready "$LINE"
	for signal in "${signals[@]}" "${signals[@]}"; do
		kill -"$signal" "$STARTED"
		read_started
		assert_same "$signal" "$LINE"
	done
	end_input
	# Nothing came twice: the next word is that.
	read_started
	assert_same end "$LINE"
	await_started
	assert_status 0
}

@test "every signal, each once: --fork" {
	forwards_all --fork
}

@test "every signal, each once: a new pid namespace" {
	forwards_all -r --pid --mount-proc
}

@test "every signal, each once: --init" {
	forwards_all -r --init
}

@test "--forward-signals is accepted, and implies --fork" {
	forwards_all --forward-signals
	start nsx-unshare --forward-signals sh -c 'echo $PPID; read -r end'
	read_started
	assert_same "$STARTED" "$LINE"
}

@test "--forward-signals takes no argument, and does not go with --no-fork" {
	run --separate-stderr nsx-unshare --forward-signals=INT echo ran
	assert_error 125 "--forward-signals takes no argument"
	run --separate-stderr nsx-unshare --forward-signals --no-fork echo ran
	assert_error 125 "--forward-signals needs a child" "--no-fork"
}

@test "a signal in the first moments is not lost, and ends the program" {
	local option

	for option in --fork --init --kill-child; do
		for _ in {1..15}; do
			echo "round $round of $option"
			start nsx-unshare -r --map-user=0 "$option" sh -c "read -r end_of_$BATS_TEST_NUMBER.$$"
			# Not to the shell that becomes it, which could lose the signal.
			until [[ /proc/$STARTED/exe -ef $NSX_BIN/nsx-unshare ]]; do :; done
			kill -TERM "$STARTED"
			await_started
			assert_status 143
		done
	done
	wait_until has_no_process "read -r end_of_$BATS_TEST_NUMBER.$$"
}

has_no_process()
{
	! pgrep --full "$1" >/dev/null
}

@test "SIGCHLD and a needless SIGCONT are our own business" {
	start nsx-unshare --fork "$NSX_HELPERS/listen"
	read_started
	kill -CHLD "$STARTED"
	kill -CONT "$STARTED"
	kill -USR1 "$STARTED"
	read_started
	assert_same "$(kill -l USR1)" "$LINE"
	end_input
	read_started
	assert_same end "$LINE"
	await_started
	assert_status 0
}

@test "a program that ignores a signal does so" {
	start nsx-unshare --fork sh -c 'trap "" TERM HUP; echo ready; read -r end; exit 4'
	read_started
	kill -TERM "$STARTED"
	kill -HUP "$STARTED"
	end_input
	await_started
	assert_status 4
}

# bats test_tags=root
@test "a program that is somebody else is sent them, and goes with us" {
	start nsx-unshare --fork --setuid "$NSX_USER" "$NSX_HELPERS/listen"
	read_started
	kill -USR1 "$STARTED"
	read_started
	assert_same "$(kill -l USR1)" "$LINE"
	end_input
	await_started
	assert_status 0

	start nsx-unshare --kill-child --setuid "$NSX_USER" --setgid "$(id -g "$NSX_USER")" --keep-caps \
		sh -c 'echo $$; read -r end'
	read_started
	kill -KILL "$STARTED"
	await_started
	assert_status 137
	wait_until is_gone "$LINE"
}

@test "--kill-child where a setuid tool wrote the maps" {
	need_command newuidmap
	as_user nsx-unshare --map-auto true 2>/dev/null || skip "needs subordinate ids"
	start "${AS_USER[@]}" nsx-unshare -r --map-auto --kill-child -S 33 -G 44 sh -c 'id -u; echo $$; read -r end'
	read_started
	assert_same 33 "$LINE"
	read_started
	# It is another user's outside, too, and yet can be sent signals.
	kill -HUP "$STARTED"
	await_started
	assert_status 129
	wait_until is_gone "$LINE"

	start "${AS_USER[@]}" nsx-unshare -r --map-auto --kill-child -S 33 -G 44 sh -c 'echo $$; trap "" HUP TERM; read -r end'
	read_started
	kill -KILL "$STARTED"
	await_started
	assert_status 137
	wait_until is_gone "$LINE"
}

# --- Held back

# start_held OPTION...: set up, and waiting for let_go before the program runs;
# the pid that waits is in HELD_BACK.
start_held()
{
	local name=$BATS_TEST_TMPDIR/hold.${#started_pids[@]} told

	mkfifo "$name.in" "$name.out"
	start sh -c 'in=$1 out=$2
		shift 2
		exec 7<"$in" 8>"$out"
		exec "$@"' sh "$name.in" "$name.out" "$@"
	exec {RELEASE}>"$name.in" {told}<"$name.out"
	rm "$name.in" "$name.out"
	# The end of the file: set up.
	timeout "$PATIENCE" cat <&"$told" >/dev/null || fail "not set up in $PATIENCE seconds"
	exec {told}<&-
	HELD_BACK=$STARTED
	while pgrep --parent "$HELD_BACK" >/dev/null; do
		HELD_BACK=$(pgrep --parent "$HELD_BACK")
	done
}

let_go()
{
	exec {RELEASE}>&-
}

# has_pending PID SIGNAL
has_pending()
{
	local mask

	mask=$(sed -n 's/^ShdPnd:\t//p' "/proc/$1/status")
	((16#$mask >> ($(kill -l "$2") - 1) & 1))
}

@test "a signal sent before the program runs ends it" {
	local option

	for option in --fork --init --no-fork; do
		start_held nsx-unshare -r "$option" --info-fd 8 --block-fd 7 echo ran
		kill -HUP "$STARTED"
		await_started
		assert_status 129
		wait_until is_gone "$HELD_BACK"
		assert_same "" "$(cat <&"$STARTED_OUTPUT")"
		let_go
	done
}

@test "a signal sent before the program runs, which has it blocked, is there when it does" {
	local option

	for option in --fork --pid --init; do
		start_held env --block-signal=USR1 nsx-unshare -r "$option" --info-fd 8 --block-fd 7 \
			sed -n 's/^ShdPnd:.*//p; s/^SigBlk:\t//p' /proc/self/status
		kill -USR1 "$STARTED"
		wait_until has_pending "$HELD_BACK" USR1
		let_go
		read_started
		read_started
		assert_same 0000000000000200 "$LINE"
		await_started
		assert_status 0
	done
}

# A pid 1 loses signals that it neither blocks nor handles: so the init must
# block them from the fork on. Its first close(2) is held up here.
@test "a signal sent before the init serves reaches the program" {
	need_command strace
	need_no_sanitizers "which trace as strace does"
	strace -qq -o /dev/null true 2>/dev/null || skip "needs ptrace"
	start strace --follow-forks --quiet=all --output=/dev/null --trace=close \
		--inject=close:delay_enter=500000:when=1 nsx-unshare -r --init sh -c 'read -r end'
	wait_until has_child "$STARTED"
	unshare=$(pgrep --parent "$STARTED" --newest)
	wait_until has_child "$unshare"
	kill -TERM "$unshare"
	await_started
	assert_status 143
}

has_child()
{
	pgrep --parent "$1" >/dev/null
}

# --- Stops that somebody sent to nsx-unshare alone

@test "a stop is mirrored where we were started to ignore that signal" {
	need_command perl
	start perl -e 'setpgrp; exec @ARGV' env --ignore-signal=TSTP nsx-unshare --fork env --default-signal=TSTP \
		sh -c 'echo up; read -r end; exit 4'
	read_started
	program=$(pgrep --parent "$STARTED")
	kill -TSTP "$program"
	wait_until is_in_state "$program" T
	wait_until is_in_state "$STARTED" T
	kill -CONT "$STARTED"
	wait_until is_in_state "$program" S
	wait_until is_in_state "$STARTED" S
	end_input
	await_started
	assert_status 4
}

@test "TSTP, TTIN, TTOU stop a program that does not handle them, and so us; CONT continues both" {
	local signal option program

	# In an orphaned process group they would be ignored, in one of its own they are not.
	need_command perl
	for option in --fork --init; do
		for signal in TSTP TTIN TTOU; do
			start perl -e 'setpgrp; exec @ARGV' nsx-unshare -r "$option" sh -c 'echo up; read -r end; exit 4'
			read_started
			program=$STARTED
			while has_child "$program"; do
				program=$(pgrep --parent "$program")
			done
			kill -"$signal" "$STARTED"
			wait_until is_in_state "$program" T
			wait_until is_in_state "$STARTED" T
			kill -CONT "$STARTED"
			wait_until is_in_state "$program" S
			wait_until is_in_state "$STARTED" S
			end_input
			await_started
			assert_status 4
		done
	done
}

# --- --kill-child

@test "--kill-child=SIGNAL survives --setuid" {
	start nsx-unshare -r --setuid 0 --setgid 0 --kill-child=USR1 sh -c 'trap "echo USR1; exit" USR1
		echo $$
		while :; do sleep 0.05; done'
	read_started
	kill -KILL "$STARTED"
	await_started
	assert_status 137
	read_started
	assert_same USR1 "$LINE"
}

@test "--kill-child: what is no signal" {
	local signal

	for signal in KILLS SIG 0 65 99999999999999999999 RTMIN+99 -9; do
		run --separate-stderr nsx-unshare --kill-child="$signal" echo ran
		assert_error 125 "--kill-child" "'$signal'"
	done
	run --separate-stderr nsx-unshare --kill-child --no-fork echo ran
	assert_error 125 "--kill-child needs a child, and --no-fork makes none"
}

@test "a signal of the kernel's own, an alarm, reaches the child" {
	need_command perl
	run -142 --separate-stderr perl -e 'alarm 1; exec @ARGV' nsx-unshare -r --fork sleep 60
	assert_status 142
	assert_output_is ""
}
