#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What a script relies on: exit statuses, descriptors, which program runs, and
# messages of one line.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn

setup()
{
	common_setup
	# A directory on it that one may not search turns "not found" into
	# "permission denied", for execvp(3) and so for everybody.
	PATH=$NSX_BIN:/usr/sbin:/usr/bin:/sbin:/bin
}

# --- The table of exit statuses

@test "0: the program ended with 0" {
	run --separate-stderr nsx-unshare true
	assert_ran ""
	run --separate-stderr nsx-unshare --fork true
	assert_ran ""
}

@test "n: the program ended with n" {
	local status_wanted

	for status_wanted in 1 2 99 126 255; do
		run --separate-stderr nsx-unshare sh -c "exit $status_wanted"
		assert_status "$status_wanted"
		assert_output_is ""
		assert_stderr_is ""
	done
}

@test "125: wrong usage, or our own failure" {
	run --separate-stderr nsx-unshare --no-such-option
	assert_error 125 "unknown option '--no-such-option'" "--help"
	run --separate-stderr nsx-unshare --wd /none/such true
	assert_error 125 "cannot change directory"
	run --separate-stderr nsx-unshare --fork --wd /none/such true
	assert_error 125 "cannot change directory"
}

@test "126: the program was found and cannot be run" {
	touch "$BATS_TEST_TMPDIR/no-program"
	for program in "$BATS_TEST_TMPDIR/no-program" / /etc/passwd/x; do
		run --separate-stderr nsx-unshare "$program"
		assert_error 126 "cannot run '$program'"
		run --separate-stderr nsx-unshare --fork "$program"
		assert_error 126 "cannot run '$program'"
	done
}

@test "127: the program was not found" {
	for program in no-such-program /none/such ./no-such-program ''; do
		run -127 --separate-stderr nsx-unshare "$program"
		assert_error 127 "cannot run '$program'" "No such file or directory"
		run -127 --separate-stderr nsx-unshare --fork "$program"
		assert_error 127 "cannot run '$program'"
	done
}

@test "127: the interpreter of a script was not found" {
	printf '#!/none/such\n' >"$BATS_TEST_TMPDIR/script"
	chmod +x "$BATS_TEST_TMPDIR/script"
	run -127 --separate-stderr nsx-unshare "$BATS_TEST_TMPDIR/script"
	assert_error 127 "cannot run '$BATS_TEST_TMPDIR/script'"
}

@test "128+s: the program was killed by signal s, forked or not" {
	local option

	for option in --fork --no-fork; do
		start nsx-unshare "$option" sh -c 'kill -TERM $$; read -r end'
		await_started
		assert_status 143
	done
}

@test "--help and --version: 0, on standard output" {
	run --separate-stderr nsx-unshare --help
	assert_ran
	assert_output_has "Usage:"
	assert_output_has "--map-root-user"
	assert_output_has "nsx-unshare(1)"
	assert_same "" "$(awk 'length > 79' <<<"$output")"
	run --separate-stderr nsx-unshare --version
	assert_ran
	assert_output_matches '^nsx-unshare from nsx [0-9]'
}

@test "--help into a full device fails" {
	run --separate-stderr sh -c 'nsx-unshare --help >/dev/full'
	assert_error 125 "cannot write to standard output" "No space left on device"
}

# --- Which program

@test "without a program, SHELL is run, as a login shell is" {
	ln -s /bin/cat "$BATS_TEST_TMPDIR/cat"
	# A program that shows its first word: cat complains by its name.
	run --separate-stderr sh -c 'SHELL=$1 nsx-unshare <&-' sh "$BATS_TEST_TMPDIR/cat"
	assert_status 1
	assert_output_is ""
	assert_stderr_matches '^-cat: '
	run --separate-stderr sh -c 'SHELL=$1 nsx-unshare --fork <&-' sh "$BATS_TEST_TMPDIR/cat"
	assert_status 1
	assert_stderr_matches '^-cat: '
}

@test "without SHELL, or with an empty one, it is /bin/sh" {
	run --separate-stderr sh -c 'echo "echo \$0 is \$\$" | env --unset=SHELL nsx-unshare'
	assert_ran
	assert_output_matches '^-sh is [0-9]+$'
	run --separate-stderr sh -c 'echo "echo \$0" | SHELL= nsx-unshare'
	assert_ran -sh
}

@test "a SHELL that is not there: 127" {
	SHELL=/none/such run -127 --separate-stderr nsx-unshare
	assert_error 127 "cannot run '/none/such'"
}

@test "options behind the program are the program's" {
	run --separate-stderr nsx-unshare echo --user -r --no-such-option
	assert_ran "--user -r --no-such-option"
	run --separate-stderr nsx-unshare -- echo -- x
	assert_ran "-- x"
}

@test "the program has our environment and arguments, as they are" {
	ODD=$'a\nb' run --separate-stderr nsx-unshare sh -c 'printf "%s|" "$ODD" "$@"' sh '' ' x ' $'y\n'
	assert_ran $'a\nb|| x |y\n|'
}

@test "a program that is no executable format is run by the shell, as execvp(3) has it" {
	echo 'echo script' >"$BATS_TEST_TMPDIR/script"
	chmod +x "$BATS_TEST_TMPDIR/script"
	run --separate-stderr nsx-unshare "$BATS_TEST_TMPDIR/script"
	assert_ran script
}

# --- Descriptors

# hands_on_no_descriptor OPTION...: the program has those that it would have
# without us. (Bats has some open beside the first three.)
hands_on_no_descriptor()
{
	run --separate-stderr ls /proc/self/fd
	assert_ran
	local want=$output

	run --separate-stderr nsx-unshare "$@" ls /proc/self/fd
	assert_ran "$want"
}

@test "no descriptor of ours reaches the program" {
	need_userns
	hands_on_no_descriptor
	hands_on_no_descriptor --fork
	hands_on_no_descriptor -r -p --mount-proc
	hands_on_no_descriptor -r -n --kill-child
	hands_on_no_descriptor -r --hostname=x --wd=/
}

# bats test_tags=root
@test "nor where namespaces are kept, or maps written from outside" {
	hands_on_no_descriptor --uts="$BATS_TEST_TMPDIR/uts"
	hands_on_no_descriptor --uts="$BATS_TEST_TMPDIR/uts" --fork
	hands_on_no_descriptor -r --setgroups=allow --pid
	umount --lazy "$BATS_TEST_TMPDIR/uts" "$BATS_TEST_TMPDIR/uts"
}

@test "a descriptor that the caller hands on is handed on" {
	run --separate-stderr sh -c 'exec 9<<END
from the caller
END
exec nsx-unshare --fork sh -c "cat <&9"'
	assert_ran "from the caller"
}

@test "with standard input closed it is closed for the program too" {
	local option

	for option in --fork --no-fork; do
		run --separate-stderr sh -c 'nsx-unshare "$1" sh -c "[ -e /proc/\$\$/fd/0 ] || echo closed" <&-' sh "$option"
		assert_ran closed
	done
}

@test "with standard output closed it is closed for the program too" {
	run --separate-stderr sh -c 'nsx-unshare --fork sh -c "[ -e /proc/\$\$/fd/1 ] || echo closed >&2" >&-'
	assert_status 0
	assert_output_is ""
	assert_stderr_is closed
}

@test "with standard error closed messages go nowhere, and the status stays" {
	run --separate-stderr sh -c 'nsx-unshare --no-such-option 2>&-'
	assert_status 125
	assert_output_is ""
	run --separate-stderr sh -c 'nsx-unshare --fork sh -c "[ -e /proc/\$\$/fd/2 ] || echo closed" 2>&-'
	assert_ran closed
}

# bats test_tags=root
@test "with a standard descriptor closed, nothing of ours takes its place" {
	# What is said with --verbose would go to the process that keeps the file.
	run --separate-stderr sh -c 'nsx-unshare --verbose --uts="$1" readlink /proc/self/ns/uts 2>&-' sh "$BATS_TEST_TMPDIR/uts"
	assert_ran
	assert_same "$BATS_TEST_TMPDIR/uts $output" "$(bound_below "$BATS_TEST_TMPDIR")"
	run --separate-stderr sh -c 'nsx-unshare --verbose --uts="$1" --wd /none/such true <&- >&- 2>&-' sh "$BATS_TEST_TMPDIR/other"
	assert_status 125
	[[ ! -e $BATS_TEST_TMPDIR/other ]]
	umount --lazy "$BATS_TEST_TMPDIR/uts"
}

# --- Messages

@test "control characters in a message are printed as \\xNN" {
	run --separate-stderr nsx-unshare --wd $'/none\n\e[31m\x7f\u0085such' true
	assert_error 125 "'/none\\x0a\\x1b[31m\\x7f\\xc2\\x85such'"
	run -127 --separate-stderr nsx-unshare $'no\rprogram'
	assert_error 127 "'no\\x0dprogram'"
	run --separate-stderr nsx-unshare $'--no\tsuch'
	assert_error 125 "'--no\\x09such'"
}

@test "other languages are printed as they are" {
	run --separate-stderr nsx-unshare --wd /keine/süßen/Töne/日本 true
	assert_error 125 "'/keine/süßen/Töne/日本'"
}

@test "--verbose says each step before it is done, on standard error" {
	need_userns
	run --separate-stderr nsx-unshare --verbose -r --pid echo out
	assert_status 0
	assert_output_is out
	assert_stderr_has "create namespaces (pid, user)"
	assert_stderr_has "run 'echo'"
	assert_same "" "$(grep -v '^nsx-unshare: ' <<<"$stderr")"
	# And where one fails, it is the last one said.
	run --separate-stderr nsx-unshare --verbose --wd /none/such true
	assert_status 125
	assert_stderr_matches $'^nsx-unshare: change directory to [^\n]*\nnsx-unshare: cannot change directory to [^\n]*$'
}
