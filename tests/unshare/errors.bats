#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Bad input: one clear line, status 125, and nothing changed.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn

# refuses PART OPTION...: before anything is done; the program does not run.
refuses()
{
	local part=$1
	shift

	run --separate-stderr nsx-unshare "$@"
	assert_error 125 "$part"
}

@test "one file for two types is refused, and not made" {
	run --separate-stderr nsx-unshare --net="$BATS_TEST_TMPDIR/file" --uts="$BATS_TEST_TMPDIR/file" echo ran
	assert_error 125 "a file keeps one namespace"
	[[ ! -e $BATS_TEST_TMPDIR/file ]]
}

@test "unknown options" {
	refuses "unknown option '--no-such'" --no-such echo ran
	refuses "unknown option '--no-such'" --no-such=value echo ran
	refuses "unknown option '-x'" -x echo ran
	refuses "unknown option '-x'" -rx echo ran
	refuses "unknown option '-0'" -0 echo ran
	refuses "unknown option '--target'" --target 1 echo ran
}

@test "an option that could be several" {
	refuses "'--map' is short for more than one option" --map echo ran
	refuses "'--m' is short for more than one option" --m echo ran
}

@test "an option may be shortened as long as it is one" {
	need_userns
	run --separate-stderr nsx-unshare --map-r id -u
	assert_ran 0
}

@test "missing arguments" {
	refuses "'--map-user' needs an argument: USER" --map-user
	refuses "'--map-group' needs an argument: GROUP" --map-group
	refuses "'--setgroups' needs an argument: allow|deny" --user --setgroups
	refuses "'--hostname' needs an argument: NAME" --hostname
	refuses "'--root' needs an argument: DIR" --root
	refuses "'-R' needs an argument: DIR" -R
	refuses "'-w' needs an argument: DIR" -w
	refuses "'--propagation' needs an argument" --propagation
}

@test "arguments where none are taken" {
	refuses "--fork takes no argument" --fork=yes echo ran
	refuses "--map-root-user takes no argument" --map-root-user=me echo ran
	refuses "--verbose takes no argument" --verbose=2 echo ran
}

@test "an empty file name" {
	refuses "--net takes FILE, not ''" --net= echo ran
	refuses "--user takes FILE, not ''" --user= echo ran
}

@test "two problems at once are still one line" {
	refuses "unknown option" --no-such --other-such --map-user
}

@test "wrong usage comes before any effect" {
	mkdir "$BATS_TEST_TMPDIR/empty"
	refuses "out of range" --net="$BATS_TEST_TMPDIR/empty/net" --hostname "$(printf 'x%.0s' {1..65})" echo ran
	refuses "exclude each other" --net="$BATS_TEST_TMPDIR/empty/net" --fork --no-fork echo ran
	refuses "there is no user" --net="$BATS_TEST_TMPDIR/empty/net" --map-user no-such-user echo ran
	assert_same "" "$(ls "$BATS_TEST_TMPDIR/empty")"
}

@test "a file that cannot be made" {
	refuses "cannot make '/none/such/file'" --user=/none/such/file echo ran
	refuses "cannot make '$BATS_TEST_TMPDIR'" --user="$BATS_TEST_TMPDIR" echo ran
}

@test "an ordinary user keeps nothing, and leaves no file" {
	((EUID != 0)) || skip "needs an ordinary user"
	need_userns
	mkdir "$BATS_TEST_TMPDIR/empty"
	refuses "cannot keep the user namespace at '$BATS_TEST_TMPDIR/empty/user': Operation not permitted" \
		--user="$BATS_TEST_TMPDIR/empty/user" echo ran
	assert_same "" "$(ls "$BATS_TEST_TMPDIR/empty")"
	# A file of theirs stays, of course.
	echo content >"$BATS_TEST_TMPDIR/user"
	refuses "cannot keep the user namespace" --user="$BATS_TEST_TMPDIR/user" --pid echo ran
	assert_same content "$(cat "$BATS_TEST_TMPDIR/user")"
}
