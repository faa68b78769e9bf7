#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Who one is in what was entered: user namespaces, and the options that name a
# user or a group.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn

setup()
{
	common_setup
	need_userns
}

# hold_mapped OPTION...: a process in what nsx-unshare makes of the options.
hold_mapped()
{
	start "${as[@]}" nsx-unshare "$@" sh -c 'echo $$; read -r end'
	read_started
}

@test "an ordinary user enters a user namespace of theirs, as its root" {
	hold_as_user -U
	run --separate-stderr as_user nsx-enter -t "$HELD_PID" -U sh -c 'id -u; id -g; readlink /proc/self/ns/user'
	assert_ran $'0\n0\n'"user:[${HELD[user]}]"
}

@test "an ordinary user enters all that belongs to it" {
	hold_as_user -U -m -u -i -n -p -C -T
	run --separate-stderr as_user nsx-enter -t "$HELD_PID" sh -c "$TELL_LINKS"
	assert_ran
	assert_same "$(all_types | xargs)" "$(changed_types)"
	run --separate-stderr as_user nsx-enter -t "$HELD_PID" -U -n -p id -u
	assert_ran 0
}

@test "inside, its root has every right there" {
	hold_as_user -U -u
	run --separate-stderr as_user nsx-enter -t "$HELD_PID" sh -c 'hostname within && uname -n'
	assert_ran within
}

@test "the user namespace of another user is refused" {
	((EUID == 0)) || skip "needs two users"
	hold -U -n
	run --separate-stderr as_user nsx-enter -t "$HELD_PID" echo ran
	assert_error 125 "of '$HELD_PID'" "Permission denied"
	run --separate-stderr as_user nsx-enter --user="/proc/$HELD_PID/ns/user" echo ran
	assert_error 125 "the user namespace of '/proc/$HELD_PID/ns/user'" "Permission denied"
}

# bats test_tags=root
@test "a user namespace of somebody else, kept where all may read it, is refused" {
	need_own_run
	hold -U
	nsx-pin attach "users$$" "$HELD_PID" --user --mode 0755
	run --separate-stderr as_user nsx-enter --user="pin:users$$" echo ran
	nsx-pin del --force --no-wait "users$$"
	assert_error 125 "enter the user namespace of 'pin:users$$'" "Operation not permitted"
}

# bats test_tags=root
@test "root enters the user namespace of an ordinary user" {
	hold_as_user -U -n
	run --separate-stderr nsx-enter -t "$HELD_PID" sh -c 'id -u; readlink /proc/self/ns/net'
	assert_ran $'0\n'"net:[${HELD[net]}]"
}

@test "--preserve-credentials: as whom the map says we are" {
	hold_as_user -U -u
	run --separate-stderr as_user nsx-enter -t "$HELD_PID" --preserve-credentials id -u
	assert_ran 0
	as=("${AS_USER[@]}")
	hold_mapped --map-user=1234 --map-group=2345
	run --separate-stderr as_user nsx-enter -t "$LINE" -U --preserve-credentials sh -c 'id -u; id -g'
	assert_ran $'1234\n2345'
}

@test "where uid 0 is not mapped, being root inside is an error, not ignored" {
	as=("${AS_USER[@]}")
	hold_mapped --map-user=1234 --map-group=2345
	run --separate-stderr as_user nsx-enter -t "$LINE" -U echo ran
	assert_error 125 "cannot become group 0"
	hold_mapped --map-user=1234 --map-group=0
	run --separate-stderr as_user nsx-enter -t "$LINE" -U echo ran
	assert_error 125 "cannot become user 0"
	hold_mapped --user
	run --separate-stderr as_user nsx-enter -t "$LINE" -U echo ran
	assert_error 125 "cannot become"
}

@test "-S, --setuid and -G, --setgid: somebody else, who is mapped" {
	as=("${AS_USER[@]}")
	hold_mapped --map-user=1234 --map-group=2345
	run --separate-stderr as_user nsx-enter -t "$LINE" -U -S 1234 -G 2345 sh -c 'id -u; id -g'
	assert_ran $'1234\n2345'
	run --separate-stderr as_user nsx-enter -t "$LINE" -U --setuid=1234 --setgid=2345 id -u
	assert_ran 1234
	run --separate-stderr as_user nsx-enter -t "$LINE" -U -S 99 -G 2345 echo ran
	assert_error 125 "cannot become user 99"
	run --separate-stderr as_user nsx-enter -t "$LINE" -U -S 1234 -G 99 echo ran
	assert_error 125 "cannot become group 99"
}

# bats test_tags=root
@test "-S and -G by name, without a user namespace" {
	hold -n
	run --separate-stderr nsx-enter -t "$HELD_PID" -S daemon -G tty sh -c 'id -un; id -gn; readlink /proc/self/ns/net'
	assert_ran $'daemon\ntty\n'"net:[${HELD[net]}]"
	run --separate-stderr nsx-enter -t "$HELD_PID" -n -S daemon id -un
	assert_ran daemon
	run --separate-stderr nsx-enter -t "$HELD_PID" -n -G 4294967294 id -g
	assert_ran 4294967294
}

@test "-S and -G: unknown names and numbers out of range" {
	run --separate-stderr nsx-enter -t $$ -S no-such-user echo ran
	assert_error 125 "there is no user 'no-such-user'"
	run --separate-stderr nsx-enter -t $$ -G no-such-group echo ran
	assert_error 125 "there is no group 'no-such-group'"
	run --separate-stderr nsx-enter -t $$ -S 4294967295 echo ran
	assert_error 125 "user id '4294967295' is out of range"
	run --separate-stderr nsx-enter -t $$ -G 99999999999 echo ran
	assert_error 125 "group id '99999999999' is out of range"
}

@test "an ordinary user cannot become another" {
	run --separate-stderr as_user nsx-enter -t $$ -u --preserve-credentials -S 0 echo ran
	assert_status 125
	assert_output_is ""
	hold_as_user -U
	run --separate-stderr as_user nsx-enter -t "$HELD_PID" -U -S 1 echo ran
	assert_error 125 "cannot become user 1"
}

@test "setgroups denied there is no error, and the groups are those of the map" {
	hold_as_user -U
	assert_same deny "$(cat "/proc/$HELD_PID/setgroups")"
	run --separate-stderr as_user nsx-enter -t "$HELD_PID" -U sh -c 'id -u; id -g'
	assert_ran $'0\n0'
}

# bats test_tags=root
@test "where setgroups is allowed, other groups are given up" {
	hold_mapped -r --setgroups=allow
	run --separate-stderr setpriv --groups 5,6 nsx-enter -t "$LINE" -U id -G
	assert_ran 0
	# Kept where credentials are: nobody's groups inside.
	run --separate-stderr setpriv --groups 5,6 nsx-enter -t "$LINE" -U --preserve-credentials \
		sed -n 's/^Groups:[[:space:]]*//p' /proc/self/status
	assert_ran "$(cat /proc/sys/kernel/overflowgid) $(cat /proc/sys/kernel/overflowgid) "
}

# bats test_tags=root
@test "where setgroups is denied, other groups are given up before" {
	hold_as_user -U -u
	assert_same deny "$(cat "/proc/$HELD_PID/setgroups")"
	groups=(sed -n 's/^Groups:[[:space:]]*//p' /proc/self/status)
	overflow=$(cat /proc/sys/kernel/overflowgid)
	for options in "" --all -U "-U -u" "-U -G0" "-U -Gfollow" "-U --fork" "-U --wd=/"; do
		# shellcheck disable=SC2086 # Several words.
		run --separate-stderr setpriv --groups 5,6 nsx-enter -t "$HELD_PID" $options "${groups[@]}"
		assert_ran ""
	done
	run --separate-stderr setpriv --groups 5,6 nsx-enter -t "$HELD_PID" -U --preserve-credentials "${groups[@]}"
	assert_ran "$overflow $overflow "
	# Without a user namespace nobody asked for that.
	run --separate-stderr setpriv --groups 5,6 nsx-enter -t "$HELD_PID" -u "${groups[@]}"
	assert_ran "5 6 "
}

@test "where nobody may give other groups up, that is no error" {
	# Its parent denies setgroups, too, and to all who are in it.
	hold_by "${AS_USER[@]}" nsx-unshare -r "$NSX_HELPERS/hold" -U
	run --separate-stderr as_user nsx-enter -t "$HELD_PID" --user-parent nsx-enter -t "$HELD_PID" -U id -u
	assert_ran 0
}

# bats test_tags=root
@test "follow: one who is not mapped there is an error, not whoever has the number that stands for that" {
	hold_mapped --map-users 0:100000:65536 --map-groups 0:100000:65536
	within=$LINE
	overflow=$(cat /proc/sys/kernel/overflowuid)
	run --separate-stderr nsx-enter -t $$ -u --user="/proc/$within/ns/user" -S follow id -u
	assert_error 125 "cannot become the user of '$$'" "it is not mapped in that user namespace" "choose one that is"
	run --separate-stderr nsx-enter -t $$ -u --user="/proc/$within/ns/user" -G follow id -u
	assert_error 125 "cannot become the group of '$$'" "it is not mapped in that user namespace"
	# The one who has it is followed.
	start nsx-enter -t "$within" -S "$overflow" -G "$overflow" sh -c 'echo $$; read -r end'
	read_started
	run --separate-stderr nsx-enter -t "$LINE" -S follow -G follow sh -c 'id -u; id -g'
	assert_ran "$overflow"$'\n'"$overflow"
}

@test "what was asked for and is not mapped gets no advice that does not help" {
	as=("${AS_USER[@]}")
	hold_mapped --map-user=1234 --map-group=2345
	run --separate-stderr as_user nsx-enter -t "$LINE" -U -S 99 -G 2345 echo ran
	refute_stderr_has "--preserve-credentials"
	run --separate-stderr as_user nsx-enter -t "$LINE" -U echo ran
	assert_error 125 "cannot become group 0" "--preserve-credentials"
}
