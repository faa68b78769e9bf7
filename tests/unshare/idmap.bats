#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The ids of a new user namespace: what the program is inside, what /proc says
# of the maps, and what is refused.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn

setup()
{
	common_setup
	need_userns
	uid=$(id -u)
	gid=$(id -g)
}

TELL_IDS='echo "$(id -u):$(id -g)"
	for file in uid_map gid_map setgroups; do
		echo $file $(cat /proc/self/$file)
	done'

# maps IDS UID_MAP GID_MAP SETGROUPS OPTION...
maps()
{
	local want="$1
uid_map${2:+ $2}
gid_map${3:+ $3}
setgroups $4"
	shift 4

	run --separate-stderr nsx-unshare "$@" sh -c "$TELL_IDS"
	assert_ran "$want"
}

@test "-r, --map-root-user: root inside, without setgroups" {
	maps 0:0 "0 $uid 1" "0 $gid 1" deny -r
	maps 0:0 "0 $uid 1" "0 $gid 1" deny --map-root-user
	maps 0:0 "0 $uid 1" "0 $gid 1" deny --user --map-root-user --setgroups=deny
}

@test "-c, --map-current-user: ourselves inside" {
	maps "$uid:$gid" "$uid $uid 1" "$gid $gid 1" deny -c
	maps "$uid:$gid" "$uid $uid 1" "$gid $gid 1" deny --map-current-user
}

@test "--user alone maps nobody" {
	overflow=$(cat /proc/sys/kernel/overflowuid):$(cat /proc/sys/kernel/overflowgid)
	maps "$overflow" "" "" allow --user
	maps "$overflow" "" "" deny --user --setgroups deny
	maps "$overflow" "" "" allow --user --setgroups allow
}

@test "--map-user: by number, the group unmapped and setgroups as it was" {
	overflow=$(cat /proc/sys/kernel/overflowgid)
	maps "1234:$overflow" "1234 $uid 1" "" allow --map-user=1234
	maps "0:$overflow" "0 $uid 1" "" allow --map-user 0
	maps "4294967294:$overflow" "4294967294 $uid 1" "" allow --map-user 4294967294
}

@test "--map-group: by number, the user unmapped" {
	overflow=$(cat /proc/sys/kernel/overflowuid)
	maps "$overflow:1234" "" "1234 $gid 1" deny --map-group=1234
	maps "$overflow:4294967294" "" "4294967294 $gid 1" deny --map-group=4294967294
}

@test "--map-user and --map-group: both, by name" {
	daemon=$(id -u daemon)
	group=$(getent group tty | cut -d : -f 3)
	maps "$daemon:$group" "$daemon $uid 1" "$group $gid 1" deny --map-user=daemon --map-group=tty
}

@test "the later of two options counts" {
	maps "5:0" "5 $uid 1" "0 $gid 1" deny -r --map-user 5
	maps "0:0" "0 $uid 1" "0 $gid 1" deny --map-user 5 -r
}

@test "as root, inside, one may do what root may" {
	run --separate-stderr nsx-unshare -r -u sh -c 'hostname inside && uname -n'
	assert_ran inside
}

@test "in a child the maps are the same" {
	maps 0:0 "0 $uid 1" "0 $gid 1" deny -r --fork
	maps 0:0 "0 $uid 1" "0 $gid 1" deny -r --pid --mount-proc
}

# bats test_tags=root
@test "--setgroups=allow with a group map: for who may set groups" {
	maps 0:0 "0 0 1" "0 0 1" allow -r --setgroups=allow
	maps 7:8 "7 0 1" "8 0 1" allow --map-user 7 --map-group 8 --setgroups allow
}

# bats test_tags=root
@test "--setgroups=allow lets the program set groups" {
	run --separate-stderr nsx-unshare -r --setgroups=allow setpriv --groups 0 id -G
	assert_ran 0
	run -127 --separate-stderr nsx-unshare -r setpriv --groups 0 id -G
	assert_stderr_has setgroups
}

@test "--setgroups=allow with a group map is refused to an ordinary user" {
	run --separate-stderr as_user nsx-unshare -r --setgroups=allow echo ran
	assert_error 125 "cannot map groups" "Operation not permitted"
}

@test "an ordinary user, made root inside, has no rights outside" {
	run --separate-stderr as_user nsx-unshare -r sh -c 'id -u; hostname stolen || echo refused'
	assert_status 0
	assert_output_is $'0\nrefused'
}

# --- Refused

@test "unknown names" {
	run --separate-stderr nsx-unshare --map-user=no-such-user echo ran
	assert_error 125 "there is no user 'no-such-user'"
	run --separate-stderr nsx-unshare --map-group=no-such-group echo ran
	assert_error 125 "there is no group 'no-such-group'"
	# A user is no group.
	run --separate-stderr nsx-unshare --map-user= echo ran
	assert_error 125 "there is no user ''"
}

@test "numbers out of range, and what is no number" {
	local number

	for number in 4294967295 4294967296 99999999999999999999999; do
		run --separate-stderr nsx-unshare "--map-user=$number" echo ran
		assert_error 125 "user id '$number' is out of range"
		run --separate-stderr nsx-unshare "--map-group=$number" echo ran
		assert_error 125 "group id '$number' is out of range"
	done
	for number in -1 +1 " 1" 1x 0x10 1.5; do
		run --separate-stderr nsx-unshare "--map-user=$number" echo ran
		assert_error 125 "there is no user '$number'"
	done
}

@test "--setgroups without a user namespace, or with another word" {
	run --separate-stderr nsx-unshare --setgroups=deny echo ran
	assert_error 125 "--setgroups" "add --user"
	run --separate-stderr nsx-unshare --user --setgroups=maybe echo ran
	assert_error 125 "--setgroups takes allow|deny, not 'maybe'"
	run --separate-stderr nsx-unshare --user --setgroups= echo ran
	assert_error 125 "--setgroups takes allow|deny, not ''"
}

@test "-r and -c exclude each other" {
	run --separate-stderr nsx-unshare -r -c echo ran
	assert_error 125 "--map-root-user and --map-current-user exclude each other"
	run --separate-stderr nsx-unshare --map-current-user --map-root-user echo ran
	assert_error 125 "exclude each other"
	maps 0:0 "0 $uid 1" "0 $gid 1" deny -r -r
}
