#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# To be who the target is: --setuid=follow, --setgid=follow, --follow-context;
# and --keep-caps.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn

setup()
{
	common_setup
	need_userns
}

# hold_mapped OPTION...: a process in what nsx-unshare makes of the options, TARGET.
hold_mapped()
{
	start "${as[@]}" nsx-unshare "$@" sh -c 'echo $$; read -r end'
	read_started
	TARGET=$LINE
}

# Printed by a program: who it is, all three ids of each kind.
TELL_IDS='sed -n "s/^[UG]id:\t\([0-9]*\)\t\([0-9]*\)\t\([0-9]*\)\t.*/\1 \2 \3/p" /proc/self/status'

# --- Users and groups

@test "-S follow, -G follow: in the numbers of the user namespace that is entered" {
	hold_mapped --user --map-user=1234 --map-group=2345
	run --separate-stderr nsx-enter -t "$TARGET" -S follow -G follow sh -c "$TELL_IDS"
	assert_ran $'1234 1234 1234\n2345 2345 2345'
	run --separate-stderr nsx-enter -t "$TARGET" --user --setuid=follow --setgid=follow sh -c "$TELL_IDS"
	assert_ran $'1234 1234 1234\n2345 2345 2345'
}

# bats test_tags=root
@test "-S follow, -G follow: in ours, where the user namespace stays" {
	user=$(id -u "$NSX_USER") group=$(id -g "$NSX_USER")
	hold_as_user -U -n
	run --separate-stderr nsx-enter -t "$HELD_PID" --net -S follow -G follow sh -c "$TELL_IDS; id -G"
	assert_ran "$user $user $user"$'\n'"$group $group $group"$'\n'"$group"
	# The process is root in there, and here it is not.
	run --separate-stderr nsx-enter -t "$HELD_PID" -S follow -G follow id -u
	assert_ran 0
}

# bats test_tags=root
@test "one of the two, and what stands last counts" {
	user=$(id -u "$NSX_USER") group=$(id -g "$NSX_USER")
	hold_as_user -U -n
	run --separate-stderr nsx-enter -t "$HELD_PID" --net -S follow sh -c 'id -u; id -g'
	assert_ran "$user"$'\n'"$(id -g)"
	run --separate-stderr nsx-enter -t "$HELD_PID" --net -G follow sh -c 'id -u; id -g'
	assert_ran $'0\n'"$group"
	run --separate-stderr nsx-enter -t "$HELD_PID" --net -S follow -S 7 -G 8 -G follow sh -c 'id -u; id -g'
	assert_ran $'7\n'"$group"
	run --separate-stderr nsx-enter -t "$HELD_PID" --net -S 7 -S follow -G follow -G 8 sh -c 'id -u; id -g'
	assert_ran "$user"$'\n8'
}

# bats test_tags=root
@test "followed is the effective user, whose rights the process has" {
	start setpriv --ruid=7 --euid=8 --rgid=9 --egid=10 --clear-groups "$NSX_HELPERS/environ" /dev/null
	read_started
	run --separate-stderr nsx-enter -t "$STARTED" --net -S follow -G follow sh -c "$TELL_IDS"
	assert_ran $'8 8 8\n10 10 10'
}

@test "'follow' is no name of a user, and needs a process" {
	run --separate-stderr nsx-enter --uts=/proc/self/ns/uts -S follow echo ran
	assert_error 125 "'follow' means whom the target runs as" "--target"
	run --separate-stderr nsx-enter --uts=/proc/self/ns/uts -G follow echo ran
	assert_error 125 "'follow' means whom the target runs as" "--target"
	run --separate-stderr nsx-enter -t $$ -S follows echo ran
	assert_error 125 "there is no user 'follows'"
	run --separate-stderr nsx-unshare --setuid follow echo ran
	assert_error 125 "there is no user 'follow'"
}

@test "an ordinary user cannot follow to somebody else" {
	((EUID == 0)) || skip "needs two users"
	# A process that anybody may look at, of root.
	run --separate-stderr as_user nsx-enter -t 1 --uts --uts=/proc/self/ns/uts -S follow echo ran
	assert_error 125 "cannot become the user of '1': Operation not permitted"
	run --separate-stderr as_user nsx-enter -t 1 --uts --uts=/proc/self/ns/uts -G follow echo ran
	assert_error 125 "cannot become the group of '1': Operation not permitted"
}

# --- Capabilities

# caps SET: of this process, as a number.
TELL_CAPS='sed -n "s/^Cap\(Prm\|Eff\|Amb\):\t//p" /proc/self/status'

@test "--keep-caps: all of them in the user namespace entered, for whom the target runs as" {
	hold_mapped --user --map-user=1234 --map-group=2345
	# As the target has, who made it.
	full=$(sed -n 's/^CapBnd:\t//p' "/proc/$TARGET/status")
	run --separate-stderr nsx-enter -t "$TARGET" -S follow -G follow --keep-caps sh -c "id -u; $TELL_CAPS"
	assert_ran $'1234\n'"$full"$'\n'"$full"$'\n'"$full"
	run --separate-stderr nsx-enter -t "$TARGET" -S follow -G follow sh -c "id -u; $TELL_CAPS"
	assert_ran $'1234\n0000000000000000\n0000000000000000\n0000000000000000'
}

@test "--keep-caps: they can be used" {
	hold_mapped --user --map-user=1234 --map-group=2345 --uts
	run --separate-stderr nsx-enter -t "$TARGET" -S follow -G follow --keep-caps sh -c 'hostname kept && uname -n'
	assert_ran kept
	run --separate-stderr nsx-enter -t "$TARGET" -S follow -G follow sh -c 'hostname lost || uname -n'
	assert_status 0
	assert_output_is kept
}

# bats test_tags=root
@test "--keep-caps without a user namespace: ours" {
	hold -n
	run --separate-stderr nsx-enter -t "$HELD_PID" --net -S "$NSX_USER" --keep-caps sh -c "id -un; $TELL_CAPS"
	assert_status 0
	assert_same "$NSX_USER" "${lines[0]}"
	assert_same "$(sed -n 's/^CapPrm:\t//p' /proc/self/status)" "${lines[1]}"
	assert_same "${lines[1]} ${lines[1]}" "${lines[2]} ${lines[3]}"
}

@test "--keep-caps takes no argument" {
	run --separate-stderr nsx-enter -t $$ --keep-caps=all echo ran
	assert_error 125 "--keep-caps takes no argument"
}

# --- Labels

# What a security module says of a process; nothing without one.
label_of()
{
	tr -d '\0' 2>/dev/null <"/proc/$1/attr/current" || true
}

@test "-Z, --follow-context: the program has the label of the target, if there are labels" {
	hold -U -u
	want=$(label_of "$HELD_PID")
	for option in -Z --follow-context; do
		run --separate-stderr nsx-enter -t "$HELD_PID" $option sh -c 'cat /proc/self/attr/current 2>/dev/null; echo ran'
		assert_ran
		assert_same ran "${lines[-1]}"
		[[ ! $want ]] || assert_same "$want" "${lines[0]}"
	done
	# Below what looks like the /proc of the target.
	hold -U -m -p
	run --separate-stderr nsx-enter -t "$HELD_PID" -Z --mount-proc --fork echo ran
	assert_ran ran
}

@test "--follow-context needs a process, and takes no argument" {
	run --separate-stderr nsx-enter --uts=/proc/self/ns/uts -Z echo ran
	assert_error 125 "--follow-context takes the label of the target" "--target"
	run --separate-stderr nsx-enter -t $$ --follow-context=label echo ran
	assert_error 125 "--follow-context takes no argument"
}
