#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Ranges of ids in a new user namespace, as /proc/self/uid_map has them, and
# whom it belongs to: --map-users, --map-groups, --map-auto, --map-subids,
# --owner.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn

setup()
{
	common_setup
	need_userns
}

# The ordinary user, who has ranges of subordinate ids: USER_ID and GROUP_ID,
# and the first of each range in SUBUID, SUBGID, both of SUBCOUNT.
need_subids()
{
	local user

	need_command newuidmap
	user=$(as_user id -un)
	USER_ID=$(as_user id -u)
	GROUP_ID=$(as_user id -g)
	[[ $(grep -c "^$user:" /etc/subuid) == 1 && $(grep -c "^$user:" /etc/subgid) == 1 ]] ||
		skip "needs one range of subordinate ids"
	IFS=: read -r _ SUBUID SUBCOUNT < <(grep "^$user:" /etc/subuid)
	IFS=: read -r _ SUBGID _ < <(grep "^$user:" /etc/subgid)
}

TELL_MAPS='for file in uid_map gid_map setgroups; do
		sed "s/^ *//; s/  */ /g; s/^/$file /" /proc/self/$file
	done'

# maps "UID_MAP" "GID_MAP" SETGROUPS COMMAND...: with ranges "0 100 1, 5 200 3".
maps()
{
	local want side=1 range file

	for file in uid_map gid_map; do
		while read -r range; do
			[[ ! $range ]] || want+="$file $range"$'\n'
		done < <(tr , '\n' <<<"${!side}")
		side=2
	done
	want+="setgroups $3"
	shift 3

	run --separate-stderr "$@" sh -c "$TELL_MAPS"
	assert_ran "$want"
}

# --- Given ranges, by who has the right

# bats test_tags=root
@test "--map-users, --map-groups: INSIDE:OUTSIDE:COUNT" {
	maps "0 100000 65536" "" allow nsx-unshare --map-users=0:100000:65536
	maps "" "5 200000 10" allow nsx-unshare --map-groups 5:200000:10
	maps "0 100000 10" "0 200000 20" allow nsx-unshare --map-users 0:100000:10 --map-groups 0:200000:20
}

# bats test_tags=root
@test "the order of old scripts, with commas: outside first" {
	maps "0 100000 65536" "7 300000 5" allow nsx-unshare --map-users 100000,0,65536 --map-groups=300000,7,5
}

# bats test_tags=root
@test "repeated, they add up" {
	maps "0 100000 10, 10 300000 10, 1000 1000 1" "0 0 1, 5 5 1" allow \
		nsx-unshare --map-users 0:100000:10 --map-users 10:300000:10 --map-users 1000:1000:1 \
		--map-groups 0:0:1 --map-groups 5:5:1
}

# bats test_tags=root
@test "names, where ids are" {
	daemon=$(id -u daemon)
	tty=$(getent group tty | cut -d : -f 3)
	maps "0 $daemon 1, $daemon 0 1" "0 $tty 1" allow \
		nsx-unshare --map-users root:daemon:1 --map-users daemon:root:1 --map-groups root:tty:1
}

# bats test_tags=root
@test "with -r and -c: around the caller's own id, on both sides" {
	maps "0 0 1, 1 100001 9" "0 0 1" deny nsx-unshare -r --map-users 1:100001:9
	# The hole: neither id is mapped twice, and both sides close up over it.
	maps "0 0 1, 1 1 9" "0 0 1, 1 1 9" allow nsx-unshare -r --map-users 0:0:10 --map-groups 0:0:10
	maps "0 0 1, 1 100000 9" "0 0 1" deny nsx-unshare -r --map-users 0:100000:10
	maps "5 0 1, 0 100000 5, 6 100005 4" "0 0 1" deny nsx-unshare --map-user 5 --map-group 0 --map-users 0:100000:10
	maps "5 0 1, 0 1 5, 6 6 4" "0 0 1" deny nsx-unshare --map-user 5 --map-group 0 --map-users 0:0:10
	maps "0 0 1, 1 1 1" "0 0 1, 1 1 1" allow nsx-unshare -c --map-users 0:0:2 --map-groups 0:0:2
	maps "100 0 1, 100000 100000 5" "100 0 1" deny nsx-unshare --map-user 100 --map-group 100 --map-users 100000:100000:5
}

# bats test_tags=root
@test "all: every id that we have" {
	maps "0 0 4294967295" "0 0 4294967295" allow nsx-unshare --map-users all --map-groups all
	maps "0 0 10" "0 0 5" allow \
		nsx-unshare --map-users 0:0:10 --map-groups 0:0:5 nsx-unshare --map-users all --map-groups all
	maps "0 0 1, 1 1 4294967294" "0 0 1, 1 1 4294967294" allow nsx-unshare -r --map-users all --map-groups all
}

# bats test_tags=root
@test "without setgroups denied, the program can set its groups" {
	run --separate-stderr nsx-unshare --map-users 0:0:10 --map-groups 0:0:10 setpriv --groups 1,2 id -G
	assert_ran "0 1 2"
}

# --- Subordinate ids, by newuidmap(1)

@test "--map-auto: subordinate ids from 0 on" {
	need_subids
	maps "0 $SUBUID $SUBCOUNT" "0 $SUBGID $SUBCOUNT" allow as_user nsx-unshare --map-auto
	maps "0 $SUBUID $SUBCOUNT" "" allow as_user nsx-unshare --map-users=auto
	maps "" "0 $SUBGID $SUBCOUNT" allow as_user nsx-unshare --map-groups auto
}

@test "-r --map-auto: behind root, and no id is wasted" {
	need_subids
	maps "0 $USER_ID 1, 1 $SUBUID $SUBCOUNT" "0 $GROUP_ID 1, 1 $SUBGID $SUBCOUNT" allow \
		as_user nsx-unshare -r --map-auto
	run --separate-stderr as_user nsx-unshare -r --map-auto sh -c 'id -u; id -g'
	assert_ran $'0\n0'
}

@test "-c --map-auto: around oneself" {
	local below

	need_subids
	((USER_ID < SUBCOUNT && GROUP_ID < SUBCOUNT)) || skip "needs an id within the range"
	below=$USER_ID
	maps "$USER_ID $USER_ID 1, 0 $SUBUID $below, $((USER_ID + 1)) $((SUBUID + below)) $((SUBCOUNT - below))" \
		"$GROUP_ID $GROUP_ID 1, 0 $SUBGID $GROUP_ID, $((GROUP_ID + 1)) $((SUBGID + GROUP_ID)) $((SUBCOUNT - GROUP_ID))" \
		allow as_user nsx-unshare -c --map-auto
}

@test "--map-subids: each as it is" {
	need_subids
	maps "$SUBUID $SUBUID $SUBCOUNT" "$SUBGID $SUBGID $SUBCOUNT" allow as_user nsx-unshare --map-subids
	maps "0 $USER_ID 1, $SUBUID $SUBUID $SUBCOUNT" "0 $GROUP_ID 1, $SUBGID $SUBGID $SUBCOUNT" allow \
		as_user nsx-unshare -r --map-subids
	maps "$SUBUID $SUBUID $SUBCOUNT" "" allow as_user nsx-unshare --map-users subids
}

@test "a part of the subordinate ids, given as a range" {
	need_subids
	maps "0 $USER_ID 1, 5 $((SUBUID + 7)) 3" "0 $GROUP_ID 1" deny \
		as_user nsx-unshare -r --map-users "5:$((SUBUID + 7)):3"
}

@test "in a world of subordinate ids one may own files and become others" {
	need_subids
	run --separate-stderr as_user nsx-unshare -r --map-auto --mount sh -c '
		mount -t tmpfs none /tmp && touch /tmp/file && chown 33:44 /tmp/file && stat --format=%u:%g /tmp/file'
	assert_ran 33:44
	run --separate-stderr as_user nsx-unshare -r --map-auto -S 33 -G 44 sh -c 'id -u; id -G'
	assert_ran $'33\n44'
}

@test "a little world of one's own, without root" {
	need_subids
	run --separate-stderr as_user nsx-unshare -r --map-auto --all --init --lo --mount-proc sh -c '
		id -u
		cat /sys/class/net/lo/operstate >/dev/null
		ps -e -o stat= | grep -c Z
		ls -d /proc/[0-9]* | head -n 2'
	assert_ran $'0\n0\n/proc/1\n/proc/2'
}

# in_subids LINES COMMAND...: where /etc/subuid and /etc/subgid have these
# lines, in a mount namespace of its own.
in_subids()
{
	local file=$BATS_TEST_TMPDIR/subids
	printf '%s\n' "$1" >"$file"
	chmod 644 "$file"
	shift

	run --separate-stderr unshare --mount sh -c '
		mount --bind "$1" /etc/subuid && mount --bind "$1" /etc/subgid || exit 99
		shift
		exec "$@"' sh "$file" "$@"
}

# bats test_tags=root
@test "all lines of a user count, by name and by number" {
	need_command newuidmap
	USER_ID=$(id -u "$NSX_USER")
	in_subids "someone:100:5
$NSX_USER:700000:1000
# $NSX_USER:1:1
$USER_ID:800000:10
$NSX_USER:900000:100" "${AS_USER[@]}" nsx-unshare -r --map-auto sh -c "$TELL_MAPS"
	assert_ran
	assert_output_has "uid_map 0 $USER_ID 1
uid_map 1 700000 1000
uid_map 1001 800000 10
uid_map 1011 900000 100"
	assert_output_has "gid_map 1011 900000 100"
}

# bats test_tags=root
@test "no subordinate ids: says of whom, and what to do" {
	in_subids "someone:100:5" "${AS_USER[@]}" nsx-unshare --map-auto echo ran
	assert_error 125 "there are no subordinate user ids for '$NSX_USER'" "/etc/subuid" "usermod(8)" "--add-subuids"
	in_subids "someone:100:5" "${AS_USER[@]}" nsx-unshare --map-groups subids echo ran
	assert_error 125 "there are no subordinate group ids for '$NSX_USER'" "/etc/subgid" "--add-subgids"
}

# bats test_tags=root
@test "root writes the map of subordinate ids itself" {
	in_subids "root:700000:10" nsx-unshare --map-auto sh -c "$TELL_MAPS"
	assert_ran $'uid_map 0 700000 10\ngid_map 0 700000 10\nsetgroups allow'
}

# --- The tool

# Run with a PATH that has nothing but nsx-unshare, sh and what stands for newuidmap.
make_path()
{
	local program

	mkdir "$BATS_TEST_TMPDIR/bin"
	for program in "$NSX_BIN/nsx-unshare" /bin/sh /bin/echo; do
		ln -s "$program" "$BATS_TEST_TMPDIR/bin"
	done
}

@test "newuidmap is not installed: says so, and what to install" {
	((EUID != 0)) || skip "needs an ordinary user"
	make_path
	run --separate-stderr env PATH="$BATS_TEST_TMPDIR/bin" nsx-unshare --map-users 0:100000:5 echo ran
	assert_error 125 "cannot map users 0:100000:5 with newuidmap: No such file or directory: " \
		"newuidmap(1) is not installed" "install uidmap or shadow-utils"
	run --separate-stderr env PATH="$BATS_TEST_TMPDIR/bin" nsx-unshare --map-groups 0:100000:5 echo ran
	assert_error 125 "cannot map groups 0:100000:5 with newgidmap" "newgidmap(1) is not installed"
}

@test "newuidmap refuses: the tool, the range and where to look" {
	need_command newuidmap
	run --separate-stderr as_user nsx-unshare --map-users 0:0:5 echo ran
	assert_error 125 "cannot map users 0:0:5 with newuidmap: " "newuidmap(1) refused" "/etc/subuid"
	run --separate-stderr as_user nsx-unshare --map-groups 0:0:5 echo ran
	assert_error 125 "cannot map groups 0:0:5 with newgidmap: " "newgidmap(1) refused" "/etc/subgid"
}

@test "one's own id takes no tool" {
	((EUID != 0)) || skip "needs an ordinary user"
	make_path
	run --separate-stderr env PATH="$BATS_TEST_TMPDIR/bin" nsx-unshare -r echo ran
	assert_ran ran
	run --separate-stderr env PATH="$BATS_TEST_TMPDIR/bin" nsx-unshare --map-users "7:$(id -u):1" echo ran
	assert_ran ran
	run --separate-stderr env PATH="$BATS_TEST_TMPDIR/bin" \
		nsx-unshare --map-users "7:$(id -u):1" --map-groups "8:$(id -g):1" echo ran
	assert_ran ran
	maps "7 $(id -u) 1" "8 $(id -g) 1" deny nsx-unshare --map-users "7:$(id -u):1" --map-groups "8:$(id -g):1"
}

# --- The owner

# bats test_tags=root
@test "--owner: the user namespace belongs to that user, who may enter it" {
	owner=$NSX_USER:$(id -gn "$NSX_USER")
	start nsx-unshare --owner "$owner" --map-users 0:0:10 sh -c 'echo ready; read -r end'
	read_started
	run --separate-stderr as_user nsx-enter --target "$STARTED" --user --preserve-credentials readlink /proc/self/ns/user
	assert_ran "$(ns_link "$STARTED" user)"

	# Another's may not.
	start nsx-unshare --map-users 0:0:10 sh -c 'echo ready; read -r end'
	read_started
	run --separate-stderr as_user nsx-enter --target "$STARTED" --user --preserve-credentials echo ran
	assert_error 125 "cannot"
}

# bats test_tags=root
@test "--owner with -r: the owner is root inside, by numbers too" {
	owner=$(id -u "$NSX_USER")
	group=$(id -g "$NSX_USER")
	maps "0 $owner 1" "0 $group 1" deny nsx-unshare --owner "$owner:$group" -r
	maps "$owner $owner 1" "$group $group 1" deny nsx-unshare --owner "$owner:$group" -c
	run --separate-stderr nsx-unshare --owner "$owner:$group" -r --pid --mount-proc --uts --hostname theirs --boottime 1d \
		sh -c 'id -u; uname -n'
	assert_ran $'0\ntheirs'
}

# bats test_tags=root
@test "--owner: subordinate ids are the owner's" {
	need_subids
	maps "0 $SUBUID $SUBCOUNT" "0 $SUBGID $SUBCOUNT" allow nsx-unshare --owner "$USER_ID:$GROUP_ID" --map-auto
}

@test "--owner by who may not is refused at once, and leaves no process" {
	run --separate-stderr as_user nsx-unshare --owner 0:0 -r --uts --fork echo "ran$$"
	assert_error 125 "cannot become the owner, user 0 and group 0: Operation not permitted"
	run -1 --separate-stderr pgrep --full "nsx-unshare --owner 0:0 -r --uts --fork echo ran$$"
	assert_output_is ""
}

@test "--owner: wrong words" {
	local word

	for word in root 0 : :0 0: ''; do
		run --separate-stderr nsx-unshare --owner "$word" echo ran
		assert_error 125 "--owner takes USER:GROUP, not '$word'"
	done
	run --separate-stderr nsx-unshare --owner no-such-user:0 echo ran
	assert_error 125 "there is no user 'no-such-user'"
	run --separate-stderr nsx-unshare --owner 0:no-such-group echo ran
	assert_error 125 "there is no group 'no-such-group'"
}

# --- Wrong ranges

# refuses PART OPTION...
refuses()
{
	local part=$1
	shift

	run --separate-stderr nsx-unshare "$@" echo ran
	assert_error 125 "$part"
}

@test "what is no range" {
	local word

	for word in 0 0:1 0:1:2:3 ::: 0:1: :1:2 0::2 0:1,2 0,1:2 automatic ALL ''; do
		refuses "--map-users takes INSIDE:OUTSIDE:COUNT|auto|subids|all, not '$word'" "--map-users=$word"
		refuses "--map-groups takes INSIDE:OUTSIDE:COUNT|auto|subids|all, not '$word'" "--map-groups=$word"
	done
	refuses "there is no user 'x'" --map-users x:0:1
	refuses "there is no group 'x'" --map-groups 0:x:1
	refuses "there is no user '-1'" --map-users=-1:0:1
	refuses "is no range of ids" --map-users 0:0:x
	run --separate-stderr nsx-unshare --map-users
	assert_error 125 "'--map-users' needs an argument"
}

@test "an empty range, and ranges beyond the last id" {
	refuses "a range of ids is empty" --map-users 0:100000:0
	refuses "a range of ids is empty" --map-groups 100000,0,0
	refuses "user id '4294967295' is out of range" --map-users 4294967295:0:1
	refuses "group id '4294967295' is out of range" --map-groups 0:4294967295:1
	refuses "a range of ids reaches beyond 4294967294" --map-users 4294967294:0:2
	refuses "a range of ids reaches beyond 4294967294" --map-users 0:4294967294:2
	# These would be small numbers in 32 bits.
	refuses "a range of ids reaches beyond 4294967294" --map-users 2:2:4294967295
	refuses "a range of ids reaches beyond 4294967294" --map-users 0:0:4294967296
	refuses "a range of ids reaches beyond 4294967294" --map-groups 0:0:4294967297
	refuses "user id '4294967296' is out of range" --map-users 4294967296:0:1
}

@test "an id can be mapped once" {
	refuses "ranges of ids overlap" --map-users 0:100000:10 --map-users 9:200000:10
	refuses "ranges of ids overlap" --map-users 0:100000:10 --map-users 10:100009:10
	refuses "ranges of ids overlap" --map-groups 0:100000:10 --map-groups 0:100000:10
}

@test "root and oneself at once: the message says how to nest, and that works" {
	user=$(as_user id -u)
	group=$(as_user id -g)
	((user != 0)) || skip "needs an ordinary user"
	run --separate-stderr as_user nsx-unshare -r --map-users "$user:$user:1" echo ran
	assert_error 125 "ranges of ids overlap" \
		"nest: nsx-unshare -r sh -c 'SET UP; exec nsx-unshare --map-user=UID --map-group=GID PROGRAM'"
	run --separate-stderr as_user nsx-unshare -r --uts sh -c "hostname set-up; exec nsx-unshare \
		--map-user=$user --map-group=$group sh -c 'uname -n; id -u; id -g'"
	assert_ran "set-up
$user
$group"
}

@test "too many ranges" {
	local n options=()

	for ((n = 0; n < 341; n++)); do
		options+=(--map-users "$n:$((100000 + 2 * n)):1")
	done
	refuses "no more than 340 ranges" "${options[@]}"
}

# bats test_tags=root
@test "as many ranges as the kernel takes" {
	local n options=()

	for ((n = 0; n < 340; n++)); do
		options+=(--map-users "$n:$((1000 + 2 * n)):1")
	done
	run --separate-stderr nsx-unshare "${options[@]}" sh -c 'grep -c . /proc/self/uid_map'
	assert_ran 340
}

# --- Without doing it

@test "--explain shows the maps with their hole" {
	run --separate-stderr as_user nsx-unshare --explain --map-user 5 --map-users 0:100000:10 true
	assert_ran
	assert_output_matches "map users 5:$(as_user id -u):1, 0:100000:5, 6:100005:4 with newuidmap"
}
