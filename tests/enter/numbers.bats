#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Namespaces by their numbers, as nsx-ls prints them, whatever keeps them alive:
# net:[N], @N, N, and :ID.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn

setup()
{
	common_setup
	need_userns
	own=()
	((EUID == 0)) || own=(-U)
}

# enters TYPE: by each number, after --target and after the type's own option,
# the program is in HELD[TYPE]. An ordinary user enters the owner as well.
enters()
{
	local type=$1 inode=${HELD[$1]} option=$1 word

	[[ $type != mnt ]] || option=mount
	for word in "--target=$type:[$inode]" "--target=@$inode" "--$option=$type:[$inode]" "--$option=@$inode" \
		"--target=$inode"; do
		run --separate-stderr nsx-enter "$word" readlink "/proc/self/ns/$type"
		assert_status 0
		assert_output_is "$type:[$inode]"
		((EUID)) || assert_stderr_is ""
	done
}

# The 64-bit id of a namespace of a process, or nothing before Linux 6.18.
id_of()
{
	nsx-enter --target "$1" "--$2" --preserve-credentials --info-fd 5 true 5>&1 |
		sed -n "s/.*\"$2-namespace-id\": \([0-9]*\).*/\1/p"
}

@test "of a process" {
	hold "${own[@]}" -n -u
	enters net
	enters uts
}

@test "of a thread" {
	hold "${own[@]}" -n --by thread
	enters net
}

@test "of a descriptor" {
	hold "${own[@]}" -u -n --by path
	enters uts
	enters net
}

@test "of a socket" {
	hold "${own[@]}" -n --by socket
	enters net
}

# bats test_tags=root
@test "of children to come" {
	hold -T --by children
	enters time
}

# bats test_tags=root
@test "of a mount in another mount namespace" {
	mkdir "$BATS_TEST_TMPDIR/place"
	start unshare --mount --propagation private sh -ec '
		mount -t tmpfs place "$1"
		touch "$1/net"
		unshare --net="$1/net" true
		stat --format %i "$1/net"
		read -r end' world "$BATS_TEST_TMPDIR/place"
	read_started
	declare -gA HELD=([net]="$LINE")
	[[ ! -e $BATS_TEST_TMPDIR/place/net ]]
	enters net
}

@test "an owner that no process is in" {
	# What it owns is held by a descriptor, and nobody is in either.
	hold -U -n --by path
	run --separate-stderr nsx-enter "--target=user:[${HELD[user]}]" readlink /proc/self/ns/user
	assert_ran "user:[${HELD[user]}]"
	run --separate-stderr nsx-enter "--user=@${HELD[user]}" "--net=@${HELD[net]}" sh -c "$TELL_LINKS"
	assert_ran
	assert_same "net user" "$(changed_types)"
}

@test ":ID, the 64-bit id" {
	is_linux 6.18 || skip "needs 64-bit ids of namespaces (Linux 6.18)"
	hold "${own[@]}" -n -u
	id=$(id_of "$HELD_PID" net)
	[[ $id ]]
	for word in "--target=:$id" "--net=:$id"; do
		run --separate-stderr nsx-enter "$word" readlink /proc/self/ns/net
		assert_status 0
		assert_output_is "net:[${HELD[net]}]"
	done
	run --separate-stderr nsx-enter "--uts=:$id" echo ran
	assert_error 125 "cannot open the uts namespace of ':$id'"
	run --separate-stderr nsx-enter --net=:18446744073709551615 echo ran
	assert_error 125 "cannot open the net namespace of ':18446744073709551615'" "has that number"
}

@test "what nsx-ls prints can be pasted" {
	hold "${own[@]}" -n
	number=$(nsx-ls --task "$HELD_PID" --type net --noheadings --output NS | xargs)
	run --separate-stderr nsx-enter --target "$number" readlink /proc/self/ns/net
	assert_status 0
	assert_output_is "net:[$number]"
}

@test "a number that nothing has, of the wrong type, and no number" {
	run --separate-stderr nsx-enter --target "net:[4294967295]" echo ran
	assert_error 125 "cannot open 'net:[4294967295]'" "has that number"
	run --separate-stderr nsx-enter --net=@4294967295 echo ran
	assert_error 125 "cannot open the net namespace of '@4294967295'" "has that number"
	hold "${own[@]}" -n
	run --separate-stderr nsx-enter "--uts=net:[${HELD[net]}]" echo ran
	assert_error 125 "cannot open the uts namespace of 'net:[${HELD[net]}]'" "it is no uts namespace"
	run --separate-stderr nsx-enter --net=@ echo ran
	assert_error 125 "--net takes REF, not '@'"
	run --separate-stderr nsx-enter --net=@4294967296 echo ran
	assert_error 125 "out of range"
	run --separate-stderr nsx-enter --net="net:[99999999999999999999]" echo ran
	assert_error 125 "out of range"
}

@test "the search leaves nothing behind" {
	run --separate-stderr nsx-enter --target "net:[4294967295]" echo ran
	assert_status 125
	assert_same "" "$(pgrep --parent $$ nsx-enter || true)"
}
