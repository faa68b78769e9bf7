#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The cgroups of the target: nsx-enter --join-cgroup.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn
load ../lib/cgroup

# hold_in CGROUP LETTER...: as hold; the holder is in there.
hold_in()
{
	local cgroup=$1
	shift

	hold "$@"
	echo "$HELD_PID" >"$cgroup/cgroup.procs"
}

# Which cgroups differ between two processes, by their hierarchies.
different_cgroups()
{
	comm -3 <(sort "/proc/$1/cgroup") <(sort "/proc/$2/cgroup") | awk -F : '{ print $1 + 0 }' | sort -u
}

# A program that prints its own cgroups, and then those of a child.
tell_cgroups='while IFS= read -r line; do printf "%s\n" "$line"; done </proc/$$/cgroup; cat /proc/self/cgroup'

# joins OPTION...: the program and its children are where the holder is.
joins()
{
	local want

	want=$(<"/proc/$HELD_PID/cgroup")
	[[ $want != "$(<"/proc/$$/cgroup")" ]]
	run --separate-stderr nsx-enter -t "$HELD_PID" -u "$@" sh -c "$tell_cgroups"
	assert_ran "$want"$'\n'"$want"
}

# --- What it does

# bats test_tags=root
@test "-c, --join-cgroup: version 2" {
	need_cgroup cgroup2
	hold_in "$CGROUP" -u
	joins -c
	joins --join-cgroup
	joins -c --fork
}

# bats test_tags=root
@test "-c: version 1" {
	need_cgroup cgroup
	hold_in "$CGROUP" -u
	joins -c
	joins -c --fork
}

# bats test_tags=root
@test "-c: of both versions at once" {
	need_cgroup cgroup2
	hold_in "$CGROUP" -u
	need_cgroup cgroup
	echo "$HELD_PID" >"$CGROUP/cgroup.procs"
	assert_same 2 "$(different_cgroups "$HELD_PID" $$ | wc -l)"
	joins -c
}

# bats test_tags=root
@test "without it the program stays where we are" {
	need_cgroup cgroup2
	hold_in "$CGROUP" -u
	run --separate-stderr nsx-enter -t "$HELD_PID" cat /proc/self/cgroup
	assert_ran "$(<"/proc/$$/cgroup")"
}

# bats test_tags=root
@test "a name with colons, blanks and a newline's escape" {
	need_cgroup cgroup2
	odd="$CGROUP/0::a b:\\012 (deleted)"
	make_cgroup "$odd"
	hold_in "$odd" -u
	joins -c
}

# bats test_tags=root
@test "cgroups are opened here, where another mount namespace has none" {
	need_cgroup cgroup2
	hold_in "$CGROUP" -u -m -p -C
	nsenter --mount="/proc/$HELD_PID/ns/mnt" sh -c '
		mount --make-rprivate /
		umount --lazy --recursive /sys
	'
	# Seen from here: a cgroup namespace of its own says other words.
	start nsx-enter -t "$HELD_PID" -c sh -c 'echo here; cat'
	read_started
	program=$(<"/proc/$STARTED/task/$STARTED/children")
	assert_same "$(<"/proc/$HELD_PID/cgroup")" "$(<"/proc/${program% }/cgroup")"
	end_input
	await_started
	assert_status 0
}

# bats test_tags=root
@test "the program alone moves, not who waits for it" {
	need_cgroup cgroup2
	hold_in "$CGROUP" -u
	start nsx-enter -t "$HELD_PID" -c --fork sh -c 'echo $$; exec cat'
	read_started
	assert_same "$(<"/proc/$HELD_PID/cgroup")" "$(<"/proc/$LINE/cgroup")"
	assert_same "$(<"/proc/$$/cgroup")" "$(<"/proc/$STARTED/cgroup")"
	end_input
	await_started
	assert_status 0
}

# bats test_tags=root
@test "the program keeps its input, and gets no descriptor more" {
	local descriptors

	need_cgroup cgroup2
	hold_in "$CGROUP" -u
	run --separate-stderr nsx-enter -t "$HELD_PID" -c cat <<<typed
	assert_ran typed
	descriptors=$(ls /proc/self/fd)
	for fork in --fork --no-fork; do
		run --separate-stderr nsx-enter -t "$HELD_PID" -c $fork ls /proc/self/fd
		assert_ran "$descriptors"
	done
}

# bats test_tags=root
@test "a cgroup below another mount of its hierarchy, and one that is covered" {
	need_cgroup cgroup2
	make_cgroup "$CGROUP/below"
	hold_in "$CGROUP/below" -u
	mkdir "$BATS_TEST_TMPDIR/part"
	mount --bind "$CGROUP" "$BATS_TEST_TMPDIR/part"
	run --separate-stderr unshare --mount sh -c '
		mount -t tmpfs none "$1"
		exec nsx-enter -t "$2" -u -c cat /proc/self/cgroup
	' sh "$HIERARCHY" "$HELD_PID"
	umount --lazy "$BATS_TEST_TMPDIR/part"
	assert_ran "$(<"/proc/$HELD_PID/cgroup")"
}

@test "where we are in the target's cgroups already, nothing is asked for" {
	run --separate-stderr nsx-enter -t $$ -c cat /proc/self/cgroup
	assert_ran "$(<"/proc/$$/cgroup")"
}

# --- Ordinary users

# start_as_user_in CGROUP: a process of the ordinary user, in there.
start_as_user_in()
{
	start "${AS_USER[@]}" sh -c 'echo started; exec cat'
	read_started
	echo "$STARTED" >"$1/cgroup.procs"
}

# in_cgroup CGROUP COMMAND...: as the ordinary user, started in there.
in_cgroup()
{
	sh -c 'echo 0 >"$1/cgroup.procs"; shift; exec "$@"' sh "$1" "${AS_USER[@]}" "${@:2}"
}

# bats test_tags=root
@test "a cgroup that is not ours is refused, and said why" {
	for type in cgroup2 cgroup; do
		[[ $(mount_of "$type") ]] || continue
		need_cgroup "$type"
		start_as_user_in "$CGROUP"
		run --separate-stderr as_user nsx-enter -t "$STARTED" -c echo ran
		assert_error 125 "the cgroups of '$STARTED': '$CGROUP'" "Permission denied" "not yours to write to"
	done
	[[ ${CGROUP-} ]] || skip "needs cgroups mounted"
}

# bats test_tags=root
@test "within a tree that was delegated an ordinary user may" {
	need_cgroup cgroup2
	make_cgroup "$CGROUP/from"
	make_cgroup "$CGROUP/to"
	chown "$NSX_USER" "$CGROUP"/{,from/,to/}cgroup.procs
	start_as_user_in "$CGROUP/to"
	run --separate-stderr in_cgroup "$CGROUP/from" nsx-enter -t "$STARTED" -c cat /proc/self/cgroup
	assert_ran "$(<"/proc/$STARTED/cgroup")"
	# From elsewhere it can be opened, not moved to.
	run --separate-stderr as_user nsx-enter -t "$STARTED" -c echo ran
	assert_error 125 "cannot join the cgroups of '$STARTED': '$CGROUP/to'" "Permission denied" \
		"the nearest one above both"
}

# --- What cannot be

# bats test_tags=root
@test "hierarchies that are not mounted here" {
	need_cgroup cgroup2
	hold_in "$CGROUP" -u
	run --separate-stderr unshare --mount sh -c '
		umount --recursive --lazy /sys
		exec nsx-enter -t "$1" -u -c echo ran
	' sh "$HELD_PID"
	assert_error 125 "cannot open the cgroups of '$HELD_PID'" "mounted here"
}

# bats test_tags=root
@test "a cgroup out of sight" {
	need_cgroup cgroup2
	make_cgroup "$CGROUP/ours"
	make_cgroup "$CGROUP/theirs"
	hold_in "$CGROUP/theirs" -u
	# A cgroup namespace, and what such a one mounts.
	run --separate-stderr sh -c '
		echo 0 >"$1/ours/cgroup.procs"
		exec unshare --cgroup --mount sh -c '\''
			umount --recursive --lazy /sys
			mount -t cgroup2 none "$1"
			exec nsx-enter -t "$2" -u -c echo ran
		'\'' sh "$2" "$3"
	' sh "$CGROUP" "$BATS_TEST_TMPDIR" "$HELD_PID"
	assert_error 125 "'/../theirs'" "out of sight"
}

# bats test_tags=root
@test "mounted read-only" {
	need_cgroup cgroup2
	hold_in "$CGROUP" -u
	run --separate-stderr unshare --mount sh -c '
		mount -o remount,bind,ro "$1"
		exec nsx-enter -t "$2" -u -c echo ran
	' sh "$HIERARCHY" "$HELD_PID"
	assert_error 125 "'$CGROUP'" "read-only"
}

# bats test_tags=root
@test "a move that the kernel refuses: its reasons" {
	local -A reasons=(
		[ENODEV]="was removed" [EBUSY]=subtree_control [EOPNOTSUPP]="domain invalid"
		[ENOSPC]=cpuset.cpus [ENOENT]=nsdelegate [EIO]="Input/output error"
	)

	need_command strace
	need_no_sanitizers "which write as well"
	need_cgroup cgroup2
	hold_in "$CGROUP" -u
	for error in "${!reasons[@]}"; do
		run --separate-stderr strace -qq -o /dev/null -e inject="write:error=$error:when=1" \
			nsx-enter -t "$HELD_PID" -c echo ran
		assert_error 125 "cannot join the cgroups of '$HELD_PID': '$CGROUP'" "${reasons[$error]}"
	done
}

@test "a target that is gone" {
	local why="its pid is another's now"

	is_linux 6.9 || why="pidfds have such inode numbers from Linux 6.9 on"
	start true
	await_started
	run --separate-stderr nsx-enter -t "$STARTED" -c echo ran
	assert_error 125 "'$STARTED'" "No such process"
	# With nothing else to take from it.
	run --separate-stderr nsx-enter -t "$STARTED" -u --uts=/proc/self/ns/uts -c echo ran
	assert_error 125 "cannot open the cgroups of '$STARTED'" "No such process"
	run --separate-stderr nsx-enter -t $$:1 -u --uts=/proc/self/ns/uts -c echo ran
	assert_error 125 "cannot open the cgroups of '$$:1'" "$why"
}

@test "wrong use" {
	run --separate-stderr nsx-enter -c echo ran
	assert_error 125 "--join-cgroup" "name one with --target"
	run --separate-stderr nsx-enter --net=/proc/self/ns/net -c echo ran
	assert_error 125 "--join-cgroup" "name one with --target"
	run --separate-stderr nsx-enter -t pin:blue -c echo ran
	assert_error 125 "--join-cgroup" "name one with --target"
	run --separate-stderr nsx-enter -t $$ --join-cgroup=2 echo ran
	assert_error 125 "--join-cgroup takes no argument"
}
