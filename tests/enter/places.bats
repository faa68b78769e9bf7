#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Where one is in what was entered: --root, --wd, --wdns.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn

setup()
{
	common_setup
	need_userns
}

# A process with a user and a mount namespace of its own, for whom ROOT is the
# root and ROOT/there the working directory: TARGET.
start_in_root()
{
	make_root /bin/ls /bin/cat
	start nsx-unshare --map-root-user --mount --root "$ROOT" --wd /there sh -c 'echo $$; read -r end'
	read_started
	TARGET=$LINE
}

# One who has something else mounted where our temporary files are.
start_elsewhere()
{
	make_root /bin/ls /bin/cat
	touch "$ROOT/there/mark"
	start nsx-unshare --map-root-user --mount sh -c 'mount -t tmpfs none "$1"; echo $$; read -r end' \
		sh "$BATS_TEST_TMPDIR"
	read_started
	TARGET=$LINE
}

# What is in ROOT, as `echo /*` tells it from within.
names_in_root()
{
	(cd "$ROOT" && printf '/%s\n' * | xargs)
}

# --- Of the target

@test "--root: that of the target, where we then are" {
	start_in_root
	cd /usr
	for option in -r --root; do
		run --separate-stderr nsx-enter -t "$TARGET" $option sh -c 'echo /*; pwd; ls /there/..'
		assert_ran
		assert_same "$(names_in_root)" "${lines[0]}"
		assert_same / "${lines[1]}"
	done
}

@test "--root: also without its mount namespace" {
	start_in_root
	run --separate-stderr nsx-enter -t "$TARGET" --user --root sh -c 'echo /*; pwd'
	assert_ran "$(names_in_root)"$'\n/'
}

@test "without --root, a target in a chroot is entered at the root of its mount namespace" {
	start_in_root
	run --separate-stderr nsx-enter -t "$TARGET" sh -c 'echo /*; pwd; ls "$1"' sh "$ROOT"
	assert_ran
	assert_same "$(echo /*)" "${lines[0]}"
	assert_same / "${lines[1]}"
}

@test "--wd: that of the target" {
	start_in_root
	touch "$ROOT/there/mark"
	for option in -w --wd; do
		run --separate-stderr nsx-enter -t "$TARGET" $option sh -c 'pwd; ls'
		assert_ran "$ROOT/there"$'\nmark'
	done
	run --separate-stderr nsx-enter -t "$TARGET" --user --wd sh -c 'pwd; ls'
	assert_ran "$ROOT/there"$'\nmark'
}

@test "--root and --wd: both, of the target" {
	start_in_root
	run --separate-stderr nsx-enter -t "$TARGET" --root --wd sh -c 'pwd; echo /*'
	assert_ran $'/there\n'"$(names_in_root)"
}

@test "a directory that the target has, and that was removed" {
	start_in_root
	rm -r "$ROOT"
	# It is entered all the same, and there is nothing in it.
	run -127 --separate-stderr nsx-enter -t "$TARGET" --root sh -c 'echo ran'
	assert_error 127 "cannot run 'sh': No such file or directory"
	run --separate-stderr nsx-enter -t "$TARGET" --wd ls -a
	assert_ran ""
}

# --- Of ours

@test "--root=DIR and --wd=DIR are ours, though there is something else of that name in there" {
	start_elsewhere
	run --separate-stderr nsx-enter -t "$TARGET" sh -c '[ ! -e "$1" ] && echo hidden' sh "$ROOT"
	assert_ran hidden
	for option in -r --root=; do
		run --separate-stderr nsx-enter -t "$TARGET" "$option$ROOT" sh -c 'echo /*; pwd'
		assert_ran "$(names_in_root)"$'\n/'
	done
	for option in -w --wd=; do
		run --separate-stderr nsx-enter -t "$TARGET" "$option$ROOT/there" ls
		assert_ran mark
	done
	run --separate-stderr nsx-enter -t "$TARGET" --root="$ROOT" --wd="$ROOT/there" sh -c 'pwd; ls; echo /*'
	assert_ran $'/there\nmark\n'"$(names_in_root)"
}

@test "they are found from where we are" {
	start_elsewhere
	cd "$ROOT"
	run --separate-stderr nsx-enter -t "$TARGET" -wthere ls
	assert_ran mark
	run --separate-stderr nsx-enter -t "$TARGET" -r. sh -c 'echo /*'
	assert_ran "$(names_in_root)"
}

@test "no way out of the new root is left" {
	make_root /bin/ls /bin/readlink
	hold -U -m -p --chroot "$ROOT"
	run --separate-stderr ls /proc/self/fd
	want=$output
	# The working directory of that one is outside its root; ours is not.
	cd /usr
	for option in --root "--root=$ROOT"; do
		# Where --wd of the target is not asked for, that is.
		run --separate-stderr nsx-enter -t "$HELD_PID" --user --pid "$option" \
			sh -c 'pwd; cd ../../../../..; pwd; echo *'
		assert_ran $'/\n/\n'"$(names_in_root | tr -d /)"
	done
	run --separate-stderr nsx-enter -t "$HELD_PID" --root --mount-proc ls /proc/self/fd
	assert_ran "$want"
	run --separate-stderr nsx-enter -t "$HELD_PID" --root --mount-proc readlink /proc/self/cwd /proc/self/root
	assert_ran $'/\n/'
}

@test "--mount-proc below the root of the target: seen by the program alone" {
	make_root /bin/ls
	hold -U -m -p --chroot "$ROOT"
	run --separate-stderr nsx-enter -t "$HELD_PID" --root --mount-proc sh -c 'echo /proc/[0-9]*; echo $$'
	assert_ran
	assert_same "/proc/1 /proc/${lines[1]}" "${lines[0]}"
	run --separate-stderr nsx-enter -t "$HELD_PID" --root ls /proc
	assert_ran ""
	assert_same "" "$(ls "$ROOT/proc")"
}

@test "nothing can be mounted below a root of another mount namespace" {
	make_root
	hold -U -m -p --chroot "$ROOT"
	run --separate-stderr nsx-enter -t "$HELD_PID" --user --pid --root --mount-proc echo ran
	assert_error 125 "cannot mount proc at '/proc'" "another mount namespace"
}

# --- By name, in there

@test "--wdns=DIR: the one of that name in there" {
	start_elsewhere
	for option in -W --wdns=; do
		run --separate-stderr nsx-enter -t "$TARGET" "$option$BATS_TEST_TMPDIR" sh -c 'pwd; ls -a'
		assert_ran "$BATS_TEST_TMPDIR"$'\n.\n..'
	done
	# As seen from a root that was taken along.
	run --separate-stderr nsx-enter -t "$TARGET" --root="$ROOT" -W/there sh -c 'pwd; ls'
	assert_ran $'/there\nmark'
	run --separate-stderr nsx-enter -t "$TARGET" --root="$ROOT" -Wthere sh -c 'pwd; ls'
	assert_ran $'/there\nmark'
}

@test "--wdns: the one of the name of ours" {
	start_elsewhere
	cd "$BATS_TEST_TMPDIR"
	for option in -W --wdns; do
		run --separate-stderr nsx-enter -t "$TARGET" $option sh -c 'pwd; ls -a'
		assert_ran "$BATS_TEST_TMPDIR"$'\n.\n..'
	done
	cd "$ROOT"
	run --separate-stderr nsx-enter -t "$TARGET" --wdns echo ran
	assert_error 125 "cannot change directory to '$ROOT': No such file or directory"
}

@test "--wdns: ours has no name any more" {
	mkdir "$BATS_TEST_TMPDIR/gone"
	cd "$BATS_TEST_TMPDIR/gone"
	rmdir "$BATS_TEST_TMPDIR/gone"
	run --separate-stderr nsx-enter -t $$ --wdns echo ran
	assert_error 125 "the working directory has no path"
}

# --- What is refused

@test "what is not there, and what is no directory" {
	touch "$BATS_TEST_TMPDIR/file"
	for option in -r --root= -w --wd=; do
		run --separate-stderr nsx-enter -t $$ "$option/none/such" echo ran
		assert_error 125 "cannot open '/none/such': No such file or directory"
		run --separate-stderr nsx-enter -t $$ "$option$BATS_TEST_TMPDIR/file" echo ran
		assert_error 125 "cannot open '$BATS_TEST_TMPDIR/file': Not a directory"
	done
	for option in -W --wdns=; do
		run --separate-stderr nsx-enter -t $$ "$option/none/such" echo ran
		assert_error 125 "cannot change directory to '/none/such': No such file or directory"
		run --separate-stderr nsx-enter -t $$ "$option$BATS_TEST_TMPDIR/file" echo ran
		assert_error 125 "cannot change directory to '$BATS_TEST_TMPDIR/file': Not a directory"
	done
	# Of two the one that is meant.
	run --separate-stderr nsx-enter -t $$ -r/ -w/none/such echo ran
	assert_error 125 "cannot open '/none/such'"
	run --separate-stderr nsx-enter -t $$ -r/none/such -w/ echo ran
	assert_error 125 "cannot open '/none/such'"
}

@test "an empty name of a directory" {
	for option in --root --wd --wdns; do
		run --separate-stderr nsx-enter -t $$ $option= echo ran
		assert_error 125 "$option takes DIR, not ''"
	done
}

@test "--wd and --wdns both set the working directory" {
	run --separate-stderr nsx-enter -t $$ -w/ -W/ echo ran
	assert_error 125 "--wd and --wdns both set the working directory"
	run --separate-stderr nsx-enter -t $$ -w -W echo ran
	assert_error 125 "--wd and --wdns both set the working directory"
}

@test "without a process there is none whose directory could be taken" {
	run --separate-stderr nsx-enter --uts=/proc/self/ns/uts --root echo ran
	assert_error 125 "--root without a directory" "--target"
	run --separate-stderr nsx-enter --uts=/proc/self/ns/uts --wd echo ran
	assert_error 125 "--wd without a directory" "--target"
	run --separate-stderr nsx-enter --uts=/proc/self/ns/uts --wd=/ --wdns echo ran
	assert_error 125 "--wd and --wdns"
	cd /usr
	run --separate-stderr nsx-enter --uts=/proc/self/ns/uts --wdns pwd
	assert_ran /usr
}

@test "the root of an ordinary user's process changes in a user namespace of theirs only" {
	run --separate-stderr as_user sh -c 'nsx-enter -t $$ --root=/usr echo ran'
	assert_error 125 "cannot make '/usr' the root directory: Operation not permitted" "CAP_SYS_CHROOT"
}

@test "the directories of another user's process are refused" {
	# Of its namespaces none is asked for.
	run --separate-stderr as_user nsx-enter -t 1 --uts --uts=/proc/self/ns/uts --root echo ran
	assert_error 125 "cannot open the root directory of '1': Permission denied" "another user's"
	run --separate-stderr as_user nsx-enter -t 1 --uts --uts=/proc/self/ns/uts --wd echo ran
	assert_error 125 "cannot open the working directory of '1': Permission denied" "another user's"
}
