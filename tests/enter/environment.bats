#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The environment of the program: --env, --clear-env, --whitelist-env.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn

# nsx-enter with an environment that is known, and what sanitizers are to know. A
# directory on PATH that one may not search would turn 127 into 126.
our_path=$NSX_BIN:/usr/sbin:/usr/bin:/sbin:/bin
ours=(env -i ${ASAN_OPTIONS:+"ASAN_OPTIONS=$ASAN_OPTIONS"} PATH="$our_path" HOME=/ours LD_LIBRARY_PATH=/ours BASH_ENV=/none/ours OURS=ours nsx-enter)

setup()
{
	common_setup
	need_userns
}

# hold_with VARIABLE... -- LETTER...: a holder with that environment.
hold_with()
{
	local variables=()

	while [[ $1 != -- ]]; do
		variables+=("$1")
		shift
	done
	shift
	hold_by env -i "${variables[@]}" "$NSX_HELPERS/hold" "$@"
}

# start_rewriting BYTES: a process that shows these as its environment; as
# printf(1) has them, with %b. It has room for 512. It has a user and a mount
# namespace of its own: with --user, it is our files that the program sees.
start_rewriting()
{
	printf '%b' "$1" >"$BATS_TEST_TMPDIR/bytes"
	start nsx-unshare --map-root-user --mount env -i "ROOM=$(printf 'x%.0s' {1..506})" "$NSX_HELPERS/environ" "$BATS_TEST_TMPDIR/bytes"
	read_started
	assert_same ready "$LINE"
}

# --- --env

@test "--env: with the files of the target, what /proc/PID/environ has, byte by byte" {
	hold_with PATH=/usr/bin:/bin HOME=/theirs $'TWO=1\nA=2' EMPTY= 'BLANKS= a  b ' LD_LIBRARY_PATH=/theirs \
		BASH_ENV=/theirs A=1=2 -- -U -m
	for option in -e --env; do
		run --separate-stderr sh -c '"$@" env -0 >"$0"' "$BATS_TEST_TMPDIR/got" \
			"${ours[@]}" -t "$HELD_PID" $option
		assert_ran ""
		cmp "/proc/$HELD_PID/environ" "$BATS_TEST_TMPDIR/got"
	done
}

@test "--env: with our own files, what leads programs to code stays ours" {
	hold_with PATH=/theirs HOME=/theirs LD_LIBRARY_PATH=/theirs LD_BIND_NOW=1 BASH_ENV=/theirs \
		GIT_DIR=/theirs ENV=/theirs ONE=1 $'TWO=1\nLD_PRELOAD=/theirs' -- -U -u
	run --separate-stderr "${ours[@]}" -t "$HELD_PID" --env sh -c 'env -0 | sort -z | tr "\0" "|"'
	assert_ran "BASH_ENV=/none/ours|HOME=/ours|LD_LIBRARY_PATH=/ours|ONE=1|PATH=$our_path|PWD=$PWD|TWO=1
LD_PRELOAD=/theirs|"
}

@test "--env: of the same with mounts in a copy, our own files they still are" {
	hold_with PATH=/theirs LD_LIBRARY_PATH=/theirs ONE=1 -- -U -p
	run --separate-stderr "${ours[@]}" -t "$HELD_PID" --env --mount-proc \
		sh -c 'echo "$PATH $LD_LIBRARY_PATH $ONE"'
	assert_ran "$our_path /ours 1"
}

@test "--env: the program is looked for along the PATH that it gets" {
	mkdir "$BATS_TEST_TMPDIR/bin"
	ln -s /bin/echo "$BATS_TEST_TMPDIR/bin/nsx-test-program"
	hold_with PATH="$BATS_TEST_TMPDIR/bin" -- -U -m
	run --separate-stderr "${ours[@]}" -t "$HELD_PID" --env nsx-test-program found
	assert_ran found
	# Not in a world that has our files.
	run -127 --separate-stderr "${ours[@]}" -t "$HELD_PID" --user --env nsx-test-program found
	assert_status 127
}

@test "--env: with the root of the target, the environment is all the target's" {
	make_root
	hold_with PATH=/bin LD_LIBRARY_PATH=/theirs -- -U -u --chroot "$ROOT"
	run --separate-stderr "${ours[@]}" -t "$HELD_PID" --root --env sh -c 'echo "$PATH $LD_LIBRARY_PATH"'
	assert_ran "/bin /theirs"
	# With one of ours it is not, nor with the target's where that is ours.
	run --separate-stderr "${ours[@]}" -t "$HELD_PID" --root="$ROOT" --env sh -c 'echo "$PATH $LD_LIBRARY_PATH"'
	assert_ran "$our_path /ours"
	hold_with PATH=/theirs LD_LIBRARY_PATH=/theirs -- -U -u
	run --separate-stderr "${ours[@]}" -t "$HELD_PID" --root --env sh -c 'echo "$PATH $LD_LIBRARY_PATH"'
	assert_ran "$our_path /ours"
}

@test "--env: with a root of ours in the mount namespace of the target, our own files they are" {
	hold_with PATH=/theirs LD_LIBRARY_PATH=/theirs ONE=1 -- -U -m
	run --separate-stderr "${ours[@]}" -t "$HELD_PID" --root=/ --env sh -c 'echo "$PATH $LD_LIBRARY_PATH $ONE"'
	assert_ran "$our_path /ours 1"
	run --separate-stderr "${ours[@]}" -t "$HELD_PID" --user --mount --root=/ --wd --env \
		sh -c 'echo "$PATH $LD_LIBRARY_PATH $ONE"'
	assert_ran "$our_path /ours 1"
	# The working directory makes no difference.
	run --separate-stderr "${ours[@]}" -t "$HELD_PID" --user --wd --env sh -c 'echo "$PATH $LD_LIBRARY_PATH $ONE"'
	assert_ran "$our_path /ours 1"
}

# bats test_tags=root
@test "--env: a target that has our root directory in a mount namespace of its own has our files" {
	# A way into our root, as anybody in a user namespace of theirs can keep one.
	hold_with PATH=/theirs LD_LIBRARY_PATH=/theirs ONE=1 -- -m --chroot "/proc/$$/root"
	run --separate-stderr "${ours[@]}" -t "$HELD_PID" --mount --root --env \
		sh -c 'echo "$PATH $LD_LIBRARY_PATH $ONE"'
	assert_ran "$our_path /ours 1"
}

@test "--env: with a mount namespace of somebody else's, what leads to code stays ours" {
	hold -U -m
	other=$HELD_PID
	hold_with PATH=/theirs LD_LIBRARY_PATH=/theirs ONE=1 -- -U -m
	run --separate-stderr "${ours[@]}" -t "$HELD_PID" --user="$other" --mount="$other" --env \
		sh -c 'echo "$PATH $LD_LIBRARY_PATH $ONE"'
	assert_ran "$our_path /ours 1"
}

# --- Hostile environments

@test "--env: what is no NAME=value is left out" {
	start_rewriting 'ONE=1\0nothing\0=empty\0\0\0=\0TWO=2\0'
	run --separate-stderr sh -c '"$@" env -0 | tr "\0" "|"' sh "${ours[@]}" -t "$STARTED" --env
	assert_ran "ONE=1|TWO=2|"
}

@test "--env: newlines, escapes, no UTF-8, and a name twice are handed on" {
	start_rewriting 'ONE=a\nPATH=/theirs\0TWO=\033[2J\377\200\0ONE=b\0A B\n=3\0'
	run --separate-stderr bash -c '"$@" env -0 | tr "\0" "|" | cat -v' bash \
		"${ours[@]}" -t "$STARTED" --env
	assert_ran $'ONE=a\nPATH=/theirs|TWO=^[[2JM-^?M-^@|ONE=b|A B\n=3|'
}

@test "--env: no NUL at its end" {
	start_rewriting "ONE=1\\0TWO=$(printf 'y%.0s' {1..600})"
	assert_same 512 "$(wc -c <"/proc/$STARTED/environ")"
	run --separate-stderr sh -c '"$@" env -0 | tr "\0" "|"' sh "${ours[@]}" -t "$STARTED" --env
	assert_ran "ONE=1|TWO=$(printf 'y%.0s' {1..502})|"
}

@test "--env: nothing but NUL bytes" {
	start_rewriting '\0'
	run --separate-stderr "${ours[@]}" -t "$STARTED" --env /usr/bin/env
	assert_ran ""
	# With our own files at least what those need.
	run --separate-stderr "${ours[@]}" -t "$STARTED" --user --env env
	assert_ran
	assert_same "BASH_ENV=/none/ours|HOME=/ours|LD_LIBRARY_PATH=/ours|PATH=$our_path" "$(sort <<<"$output" | paste -sd '|')"
}

@test "--env: code in a name that only looks harmless, with our own files" {
	start_rewriting 'LD_PRELOAD=/theirs\nX=1\0 LD_PRELOAD=/theirs\0PATH\0=PATH=/theirs\0LD_AUDIT=/theirs\0BASH_FUNC_id%%=() { echo theirs; }\0'
	run --separate-stderr bash -c '"$@" env -0 | tr "\0" "|"' bash "${ours[@]}" -t "$STARTED" --user --env
	assert_ran " LD_PRELOAD=/theirs|PATH=$our_path|HOME=/ours|LD_LIBRARY_PATH=/ours|BASH_ENV=/none/ours|"
	run --separate-stderr "${ours[@]}" -t "$STARTED" --user --env bash -c 'id -u'
	assert_status 0
	assert_output_is 0
}

@test "--env: one that has no end is refused" {
	start "$NSX_HELPERS/environ" --huge 2>/dev/null
	read -r -t "$PATIENCE" LINE <&"$STARTED_OUTPUT" || skip "needs prctl(PR_SET_MM_MAP)"
	run --separate-stderr "${ours[@]}" -t "$STARTED" --env echo ran
	assert_error 125 "cannot read the environment of '$STARTED': File too large"
}

# bats test_tags=root
@test "--env: a kernel thread has none" {
	kthread=$(grep -sl '^Kthread:.*1' /proc/[0-9]*/status | cut -d / -f 3 | sort -n | head -n 1)
	[[ $kthread ]] || skip "needs to see a kernel thread"
	run --separate-stderr "${ours[@]}" -t "$kthread" --net --env /usr/bin/env
	assert_ran
	refute_output_has OURS
	run --separate-stderr "${ours[@]}" -t "$kthread" --net --env sh -c 'echo "$PATH $OURS"'
	assert_ran "$our_path "
}

is_running()
{
	[[ $(readlink "/proc/$1/exe") == */"$2" ]]
}

@test "--env: a zombie has none any more, which is an error" {
	# Its parent is to be a program that waits for nobody.
	start sh -c 'sleep 1000 & echo $!; exec cat'
	read_started
	wait_until is_running "$STARTED" cat
	kill -KILL "$LINE"
	wait_until is_in_state "$LINE" Z
	# A namespace that it still has, and that is ours.
	run --separate-stderr "${ours[@]}" -t "$LINE" --pid --env echo ran
	assert_error 125 "cannot read the environment of '$LINE'" "the process has ended"
}

@test "--env: that of another user's process is refused" {
	run --separate-stderr as_user nsx-enter -t 1 --uts --uts=/proc/self/ns/uts --env echo ran
	assert_error 125 "cannot read the environment of '1': Permission denied" "another user's"
}

@test "--env: of no process, and with an argument" {
	run --separate-stderr nsx-enter --uts=/proc/self/ns/uts --env echo ran
	assert_error 125 "--env takes the environment of the target" "--target"
	run --separate-stderr nsx-enter -t $$ --env=yes echo ran
	assert_error 125 "--env takes no argument"
}

# --- --clear-env, --whitelist-env

@test "--clear-env: none, ours or the target's" {
	hold_with ONE=1 -- -U -u
	run --separate-stderr "${ours[@]}" -t "$HELD_PID" --clear-env env
	assert_ran ""
	run --separate-stderr "${ours[@]}" -t "$HELD_PID" --env --clear-env env
	assert_ran ""
	# The program is looked for all the same.
	run --separate-stderr "${ours[@]}" -t "$HELD_PID" --env --clear-env env
	assert_ran ""
}

@test "--whitelist-env: these, of ours" {
	hold_with ONE=1 OURS=theirs -- -U -u
	run --separate-stderr "${ours[@]}" -t "$HELD_PID" --whitelist-env OURS,ONE,HOME env
	assert_ran $'HOME=/ours\nOURS=ours'
	run --separate-stderr "${ours[@]}" -t "$HELD_PID" --clear-env --whitelist-env OURS env
	assert_ran OURS=ours
}

@test "--whitelist-env: these, of the target's" {
	hold_with ONE=1 OURS=theirs HOME=/theirs TWO=2 -- -U -u -m
	run --separate-stderr "${ours[@]}" -t "$HELD_PID" --env --whitelist-env OURS,ONE,HOME env
	assert_ran $'ONE=1\nOURS=theirs\nHOME=/theirs'
	run --separate-stderr "${ours[@]}" -t "$HELD_PID" --user --env --whitelist-env OURS,ONE,HOME env
	assert_ran $'ONE=1\nOURS=theirs\nHOME=/ours'
}

@test "--whitelist-env: without a name" {
	run --separate-stderr nsx-enter -t $$ --whitelist-env= env
	assert_error 125 "--whitelist-env takes NAME[,NAME...], not ''"
	run --separate-stderr nsx-enter -t $$ --whitelist-env
	assert_error 125 "'--whitelist-env' needs an argument"
	run --separate-stderr nsx-enter -t $$ --clear-env=yes env
	assert_error 125 "--clear-env takes no argument"
}
