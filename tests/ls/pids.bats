#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# pids.bats - --pids: the numbers of a process in pid namespaces, and the
# process behind a number.
#
# shellcheck disable=SC2016 # Shells within expand.
# shellcheck disable=SC2034,SC2154 # What common.bash asks for, and has.

load ../lib/common
load ../lib/spawn
load ../lib/faults
load zombie

setup()
{
	common_setup
	need_userns
	need_command jq
	own_root=()
	((EUID == 0)) || own_root=(--user --map-root-user)
}

# Two pid namespaces, one in the other: INIT is the first process of the inner
# one, INNER and OUTER are their inode numbers.
start_nested()
{
	start unshare "${own_root[@]}" --pid --fork sh -c 'true; unshare --pid --fork sh -c "echo ready; exec cat"; true'
	read_started
	OUTER_INIT=$(pgrep --parent "$STARTED")
	INIT=$(pgrep --parent "$(pgrep --parent "$OUTER_INIT")")
	OUTER=$(ns_inode "$OUTER_INIT" pid)
	INNER=$(ns_inode "$INIT" pid)
	mapfile -t numbers < <(awk '/^NSpid:/ { for (i = 2; i <= NF; i++) print $i }' "/proc/$INIT/status")
}

# rows OPERAND...: "PID LEVEL NS NSPID" each.
rows()
{
	nsx-ls --json --pids "$@" |
		jq --raw-output '.pids[] | "\(.pid) \(.level) \(.ns) \(.nspid)"'
}

@test "a process has a number on each level, from here down" {
	start_nested
	assert_same 3 "${#numbers[@]}"
	run --separate-stderr rows "$INIT"
	assert_ran "$INIT 0 $(ns_inode self pid) $INIT
$INIT 1 $OUTER ${numbers[1]}
$INIT 2 $INNER 1"
}

@test "several, in the order in which they are named" {
	start_nested
	run --separate-stderr rows "$INIT" "$$" "$OUTER_INIT"
	assert_status 0
	assert_same "$INIT $INIT $INIT $$ $OUTER_INIT $OUTER_INIT" "$(cut -d ' ' -f 1 <<<"$output" | paste -sd ' ')"
}

@test "the other way: which process has that number in there" {
	start_nested
	want=$(rows "$INIT")
	exec {fd}<"/proc/$INIT/ns/pid"
	for word in "/proc/$INIT/ns/pid:1" "pid:[$INNER]:1" "@$INNER:1" "$INNER:1" "fd:$BASHPID:$fd:1" \
		"/proc/$OUTER_INIT/ns/pid:${numbers[1]}" "/proc/self/ns/pid:$INIT"; do
		run --separate-stderr rows "$word"
		assert_ran "$want"
	done
	exec {fd}<&-
	run --separate-stderr rows "/proc/$OUTER_INIT/ns/pid:1"
	assert_status 0
	assert_same "$OUTER_INIT 1 $OUTER 1" "${lines[1]}"
}

@test "of a process that is meant exactly" {
	start_nested
	inode=$(perl -e 'my $p = syscall(434, $ARGV[0] + 0, 0);
		open(my $f, "<&=", $p) or exit 1; print +(stat $f)[1]' "$INIT") || skip "needs perl"
	if ! is_linux 6.9; then
		run --separate-stderr nsx-ls --pids "$INIT:$inode"
		assert_error 2 "'$INIT:$inode': this kernel has no such inode numbers (Linux 6.9 has)"
		return
	fi
	run --separate-stderr rows "$INIT:$inode"
	assert_ran "$(rows "$INIT")"
	# And a number in its namespace.
	run --separate-stderr rows "$INIT:$inode:1"
	assert_ran "$(rows "$INIT")"
	run --separate-stderr nsx-ls --pids "$INIT:$((inode + 1))"
	assert_error 3 "process $INIT is another than the one meant by '$INIT:$((inode + 1))'"
}

@test "where the kernel cannot be asked, every process is" {
	need_faults
	start_nested
	want=$(rows "$INIT")
	asked=
	for nth in 1 2 3 4 5 6 7 8; do
		log=$BATS_TEST_TMPDIR/strace.$nth
		# As numbers, for which strace has words by and by.
		run --separate-stderr strace --quiet=all --output="$log" --trace=ioctl --const-print-style=raw \
			--inject="ioctl:error=ENOTTY:when=$nth" nsx-ls --json --pids "/proc/$INIT/ns/pid:1"
		# All but the question about the number may fail as they like, and are to say so.
		if grep -q ', 0x8004b706, .*INJECTED' "$log"; then
			asked=yes
			assert_status 0
			assert_same "$want" "$(jq --raw-output '.pids[] | "\(.pid) \(.level) \(.ns) \(.nspid)"' <<<"$output")"
		fi
	done
	assert_same yes "$asked"
}

@test "a process of somebody else has numbers, and no namespaces that one may see" {
	((EUID != 0)) || skip "root sees all"
	[[ $(stat --format %u /proc/1) == 0 ]] || skip "needs a process of root"
	run --separate-stderr nsx-ls --json --pids 1
	assert_status 0
	assert_same '[false,1,1,[1,0,null,1]]' "$(jq --compact-output '[.complete, .counts.processes,
		.counts.processes_unread, (.pids[0] | [.pid, .level, .ns, .nspid])]' <<<"$output")"
	run --separate-stderr nsx-ls --verbose --pids 1
	assert_status 0
	assert_stderr_has "incomplete: 1 of 1 processes could not be read (run as root for all)"
}

@test "in a table, raw, without headings, and for a shell" {
	run --separate-stderr nsx-ls --pids $$
	assert_status 0
	assert_matches "${lines[0]}" '^ *PID LEVEL +NS +NSPID COMMAND$'
	run --separate-stderr nsx-ls --raw --noheadings --pids $$
	assert_status 0
	assert_output_matches "^$$ 0 $(ns_inode self pid) $$ [^ ]*bats"
	run --separate-stderr nsx-ls --shell --pids $$
	assert_status 0
	assert_output_matches "^PID=\"$$\" LEVEL=\"0\" NS=\"$(ns_inode self pid)\" NSPID=\"$$\" COMMAND=\""
}

@test "a zombie has numbers still" {
	start_zombie
	run --separate-stderr rows "$ZOMBIE"
	assert_ran "$ZOMBIE 0 $(ns_inode self pid) $ZOMBIE"
}

@test "what is not there: status 3, and a line" {
	start_nested
	run --separate-stderr nsx-ls --pids $$ 2147483647
	assert_error 3 "no process 2147483647"
	run --separate-stderr nsx-ls --pids "/proc/$INIT/ns/pid:4194304"
	assert_error 3 "'/proc/$INIT/ns/pid:4194304': there is no process with number 4194304 in it"
	run --separate-stderr nsx-ls --pids "/proc/$INIT/ns/net:1"
	assert_error 3 "'/proc/$INIT/ns/net' is a namespace of type net, not pid"
	run --separate-stderr nsx-ls --pids pin:nsx-test-no-such-name:1
	assert_error 3 "'pin:nsx-test-no-such-name' names no namespace"
	run --separate-stderr nsx-ls --pids container:nsx-test-none:1
	assert_error 3 "'container:nsx-test-none'"
	run --separate-stderr nsx-ls --pids unit:5
	assert_error 3 "'unit:5'"
}

@test "a number of a thread is that of no process" {
	hold -u -U --by thread
	run --separate-stderr nsx-ls --pids "/proc/self/ns/pid:$HELD_PID"
	if is_linux 6.11; then # which can be asked
		assert_error 3 "number $HELD_PID is a thread of process $STARTED"
	else
		assert_error 3 "there is no process with number $HELD_PID in it"
	fi
}

@test "wrong use" {
	run --separate-stderr nsx-ls --pids
	assert_error 1 "--pids takes one process or more, not 0"
	for word in foo @4026531836 :7 fd:1:2 "pid:[4026531836]" /proc/self/ns/pid pin:blue ./x ""; do
		run --separate-stderr nsx-ls --pids "$word"
		assert_error 1 "'$word' is neither a process nor REF:PID"
	done
	run --separate-stderr nsx-ls --pids 0
	assert_error 1 "'0' is out of range"
	for option in --type=pid --source=processes --exclude-initial; do
		run --separate-stderr nsx-ls --pids "$option" $$
		assert_error 1 "--pids and ${option%%=*} exclude each other"
	done
}
