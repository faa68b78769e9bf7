#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Who the program runs as: --setuid, --setgid, --keep-groups, --keep-caps.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn

TELL_WHO='id -u; id -g; id -G'
TELL_CAPS='sed -n "s/^CapEff:\t//p" /proc/self/status'

# bats test_tags=root
@test "-S, --setuid: by number and by name" {
	daemon=$(id -u daemon)
	for user in daemon "$daemon"; do
		run --separate-stderr nsx-unshare -S "$user" id -u
		assert_ran "$daemon"
		run --separate-stderr nsx-unshare --uts --setuid="$user" --fork id -u
		assert_ran "$daemon"
	done
	# All three: real, effective and saved.
	run --separate-stderr nsx-unshare -S 7 sed -n 's/^Uid:\t//p' /proc/self/status
	assert_ran $'7\t7\t7\t7'
}

# bats test_tags=root
@test "-G, --setgid: by number and by name, and with no other groups" {
	daemon=$(getent group daemon | cut -d : -f 3)
	for group in daemon "$daemon"; do
		run --separate-stderr setpriv --groups 1,2 nsx-unshare -G "$group" sh -c "$TELL_WHO"
		assert_ran "0
$daemon
$daemon"
		run --separate-stderr setpriv --groups 1,2 nsx-unshare --setgid="$group" -S 5 sh -c "$TELL_WHO"
		assert_ran "5
$daemon
$daemon"
	done
}

# bats test_tags=root
@test "--keep-groups: the other groups stay" {
	run --separate-stderr setpriv --groups 11,12 nsx-unshare -S 5 -G 6 --keep-groups sh -c "$TELL_WHO"
	assert_ran $'5\n6\n6 11 12'
	# Without --setgid they are left alone anyway.
	run --separate-stderr setpriv --groups 11,12 nsx-unshare -S 5 sh -c "$TELL_WHO"
	assert_ran $'5\n0\n0 11 12'
}

# bats test_tags=root
@test "it is the last thing: mounts and names are still set up by root" {
	run --separate-stderr nsx-unshare --pid --mount-proc --uts --hostname theirs -S 5 -G 6 \
		sh -c 'uname -n; readlink /proc/self >/dev/null; id -u'
	assert_ran $'theirs\n5'
}

# bats test_tags=root
@test "in a new user namespace, as somebody mapped there" {
	run --separate-stderr nsx-unshare -r --map-users 1:100000:10 --map-groups 1:200000:10 -S 3 -G 4 sh -c "$TELL_WHO"
	assert_status 0
	assert_stderr_is ""
	assert_same 3 "${lines[0]}"
	assert_same 4 "${lines[1]}"
	run --separate-stderr nsx-unshare --map-users 0:0:10 --map-groups 0:0:10 -S 3 -G 4 sh -c "$TELL_WHO"
	assert_ran $'3\n4\n4'
}

@test "in a new user namespace without other groups to drop" {
	need_userns
	run --separate-stderr as_user nsx-unshare -r -S 0 -G 0 sh -c 'id -u; id -g'
	assert_ran $'0\n0'
}

# --- Capabilities

# bats test_tags=root
@test "another user has no capabilities, unless --keep-caps" {
	full=$(sed -n 's/^CapPrm:\t//p' /proc/self/status)
	run --separate-stderr nsx-unshare -S 5 sh -c "$TELL_CAPS"
	assert_ran 0000000000000000
	run --separate-stderr nsx-unshare -S 5 --keep-caps sh -c "id -u; $TELL_CAPS"
	assert_ran "5
$full"
	# They outlive more than one exec, and do something.
	run --separate-stderr nsx-unshare --uts -S 5 --keep-caps sh -c 'env hostname kept; uname -n'
	assert_ran kept
}

@test "--keep-caps: all capabilities in the user namespace, whoever one is there" {
	need_userns
	full=$(nsx-unshare -r sed -n 's/^CapPrm:\t//p' /proc/self/status)
	run --separate-stderr nsx-unshare -c --keep-caps sh -c "$TELL_CAPS"
	assert_ran "$full"
	run --separate-stderr nsx-unshare --map-user 1234 --map-group 1234 --keep-caps --uts sh -c \
		"id -u; $TELL_CAPS; hostname kept; uname -n"
	assert_ran "1234
$full
kept"
	run --separate-stderr as_user nsx-unshare -c sh -c "$TELL_CAPS"
	assert_ran 0000000000000000
	run --separate-stderr nsx-unshare -c --keep-caps --fork --kill-child sh -c "$TELL_CAPS"
	assert_ran "$full"
}

@test "--keep-caps takes no argument, nor does --keep-groups" {
	run --separate-stderr nsx-unshare --keep-caps=all echo ran
	assert_error 125 "--keep-caps takes no argument"
	run --separate-stderr nsx-unshare --keep-groups=1 echo ran
	assert_error 125 "--keep-groups takes no argument"
}

# --- Refused

@test "unknown names, and numbers out of range" {
	run --separate-stderr nsx-unshare -S no-such-user echo ran
	assert_error 125 "there is no user 'no-such-user'"
	run --separate-stderr nsx-unshare --setgid no-such-group echo ran
	assert_error 125 "there is no group 'no-such-group'"
	for number in 4294967295 99999999999; do
		run --separate-stderr nsx-unshare --setuid "$number" echo ran
		assert_error 125 "user id '$number' is out of range"
		run --separate-stderr nsx-unshare -G "$number" echo ran
		assert_error 125 "group id '$number' is out of range"
	done
	run --separate-stderr nsx-unshare -S '' echo ran
	assert_error 125 "there is no user ''"
	run --separate-stderr nsx-unshare -S
	assert_error 125 "'-S' needs an argument: USER"
}

@test "without the right to: which capability it takes" {
	run --separate-stderr as_user nsx-unshare -S 0 echo ran
	assert_error 125 "cannot become user 0: Operation not permitted: it takes CAP_SETUID"
	run --separate-stderr as_user nsx-unshare -G 0 echo ran
	assert_error 125 "cannot become group 0: Operation not permitted: it takes CAP_SETGID"
}

@test "as somebody not mapped there: the message says how to nest, and that works" {
	need_userns
	user=$(as_user id -u)
	group=$(as_user id -g)
	((user != 0)) || skip "needs an ordinary user"
	run --separate-stderr as_user nsx-unshare -r -S "$user" echo ran
	assert_error 125 "cannot become user $user: Invalid argument: it is not mapped there" "--map-users" \
		"nest: nsx-unshare -r sh -c 'SET UP; exec nsx-unshare --map-user=$user PROGRAM'"
	run --separate-stderr as_user nsx-unshare -r -G "$group" echo ran
	assert_error 125 "cannot become group $group: Invalid argument: it is not mapped there" "--map-groups" \
		"nest: nsx-unshare -r sh -c 'SET UP; exec nsx-unshare --map-group=$group PROGRAM'"
	# What it says helps.
	run --separate-stderr as_user nsx-unshare -r --uts sh -c \
		"hostname set-up; exec nsx-unshare --map-user=$user sh -c 'uname -n; id -u'"
	assert_ran "set-up
$user"
}
