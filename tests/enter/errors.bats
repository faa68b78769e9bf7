#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Bad input: one clear line, status 125, and the program does not run.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn

# refuses PART OPTION...
refuses()
{
	local part=$1
	shift

	run --separate-stderr nsx-enter "$@"
	assert_error 125 "$part"
}

@test "nothing to enter" {
	refuses "nothing to enter"
	refuses "nothing to enter" echo ran
	refuses "nothing to enter" --fork echo ran
}

@test "a type, or all, of no target" {
	refuses "name one with --target" -n echo ran
	refuses "name one with --target" --net echo ran
	refuses "name one with --target" --all echo ran
	# With a reference for one, the other still has none.
	refuses "name one with --target" --uts=/proc/self/ns/uts --net echo ran
}

@test "what is no target" {
	refuses "--target takes REF, not ''" -t '' echo ran
	refuses "cannot open 'word': No such file" -t word echo ran
	refuses "cannot open '-1': No such file" -t -1 echo ran
	refuses "cannot open '1x': No such file" -t 1x echo ran
	refuses "--target takes REF, not ':'" -t : echo ran
	refuses "--target takes REF, not ':x'" -t :x echo ran
	refuses "':0' is out of range" -t :0 echo ran
	refuses "--target takes REF, not 'fd:1'" -t fd:1 echo ran
	refuses "--target takes REF, not 'fd:1:x'" -t fd:1:x echo ran
	refuses "'fd:0:1' is out of range" -t fd:0:1 echo ran
	refuses "--target takes REF, not 'unit:'" -t unit: echo ran
	refuses "--target takes REF, not 'container:'" -t container: echo ran
	refuses "--target takes REF, not 'pidfile:'" -t pidfile: echo ran
	refuses "--target takes REF, not '1:'" -t 1: echo ran
	refuses "--target takes REF, not '1:2:3'" -t 1:2:3 echo ran
	refuses "cannot open ' 1': No such file" -t ' 1' echo ran
}

@test "a pid out of range" {
	refuses "'0' is out of range" -t 0 echo ran
	refuses "'1:0' is out of range" -t 1:0 echo ran
	refuses "'99999999999999999999'" -t 99999999999999999999 echo ran
	refuses "'4294967297'" -t 4294967297 echo ran
}

@test "pids beyond what the kernel has" {
	refuses "No such process" -t 2147483647 echo ran
}

@test "invalid names" {
	refuses "'pin:'" --net=pin: echo ran
	refuses "'pin:a/b'" --net=pin:a/b echo ran
	refuses "'pin:..'" -t pin:.. echo ran
}

@test "an empty reference" {
	refuses "--net takes REF, not ''" --net= echo ran
	refuses "--mount takes REF, not ''" --mount= echo ran
}

@test "unknown options, and missing arguments" {
	refuses "unknown option '--no-such'" --no-such
	refuses "unknown option '-x'" -x
	refuses "'--target' needs an argument: REF" --target
	refuses "'-t' needs an argument: REF" -t
	refuses "'-S' needs an argument: USER" -S
	refuses "'--setgid' needs an argument: GROUP" --setgid
	refuses "--all takes no argument" --all=yes
}

@test "--fork and --no-fork exclude each other, and --kill-child needs a child" {
	refuses "--fork and --no-fork exclude each other" -t $$ --fork --no-fork echo ran
	refuses "--kill-child" -t $$ --no-fork --kill-child echo ran
	refuses "--kill-child" -t $$ --kill-child=NOSUCH echo ran
}

@test "--help and --version" {
	run --separate-stderr nsx-enter --help
	assert_ran
	assert_output_has "--target"
	assert_output_has "nsx-enter(1)"
	assert_same "" "$(awk 'length > 79' <<<"$output")"
	run --separate-stderr nsx-enter --version
	assert_ran
	assert_output_matches '^nsx-enter from nsx [0-9]'
}

@test "control characters in a message are printed as \\xNN" {
	refuses "'/none\\x0asuch\\x1b'" --net=$'/none\nsuch\e' echo ran
}

# bats test_tags=root
@test "a file that one may not open is not taken for a process of somebody else's" {
	need_own_run
	mkdir --mode 0700 "$BATS_TEST_TMPDIR/closed"
	echo $$ >"$BATS_TEST_TMPDIR/closed/pid"
	touch "$BATS_TEST_TMPDIR/closed/net"
	run --separate-stderr as_user nsx-enter --net="$BATS_TEST_TMPDIR/closed/net" echo ran
	assert_error 125 "open the net namespace of '$BATS_TEST_TMPDIR/closed/net': Permission denied"
	refute_stderr_has "process"
	run --separate-stderr as_user nsx-enter -t "pidfile:$BATS_TEST_TMPDIR/closed/pid" -n echo ran
	assert_error 125 "Permission denied: the file with the pid is not yours to read"
	# By way of a file that one may read it is the process.
	echo $$ >/run/test.pid
	for reference in pidfile:/run/test.pid "/proc/$$/ns/net"; do
		run --separate-stderr as_user nsx-enter --net="$reference" echo ran
		assert_error 125 "Permission denied: the process is another user's"
	done
}
