#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# holders.bats - --holders: everything that keeps a namespace, each once. That
# every hiding place has the right evidence is in sources.bats, one by one.
#
# shellcheck disable=SC2016 # Shells within expand.
# shellcheck disable=SC2034,SC2154 # What common.bash asks for, and has.

load ../lib/common
load ../lib/spawn
load row

setup()
{
	common_setup
	need_userns
	need_command jq
	own=()
	((EUID == 0)) || own=(-U)
}

@test "all that keeps one, in order" {
	hold "${own[@]}" -n
	in_it=$HELD_PID
	# A process that was sent in, and two that have it open, one of them twice.
	enter=(nsenter --net="/proc/$in_it/ns/net")
	((EUID == 0)) || enter=(nsenter --user="/proc/$in_it/ns/user" --preserve-credentials "${enter[@]:1}")
	start "${enter[@]}" sh -c 'echo ready; exec cat'
	read_started
	sent_in=$STARTED
	start sh -c 'exec 7<"/proc/$1/ns/net"; echo ready; exec cat' open "$in_it"
	read_started
	once=$STARTED
	start sh -c 'exec 5<"/proc/$1/ns/net" 6<&5; echo ready; exec cat' open "$in_it"
	read_started
	twice=$STARTED
	mapfile -t processes < <(printf "process %d - - - -\n" "$in_it" "$sent_in" | sort -n -k 2)
	mapfile -t descriptors < <(printf "descriptor %d - %d - -\n" "$once" 7 "$twice" 5 "$twice" 6 | sort -n -k 2 -k 4)
	assert_held_only "${HELD[net]}" "${processes[@]}" "${descriptors[@]}"
}

@test "each process that has a socket of it open, though it is one socket" {
	hold "${own[@]}" -n --by socket
	for fd in "/proc/$HELD_PID/fd"/*; do
		[[ $(readlink "$fd") == socket:* ]] && break
	done
	need_command perl
	# pidfd_open and pidfd_getfd, which have these numbers on most machines.
	start perl -e 'my $p = syscall(434, $ARGV[0] + 0, 0); my $s = syscall(438, $p, $ARGV[1] + 0, 0);
		$s >= 0 or print("no\n"), exit; $| = 1; print "$s\n"; <STDIN>' "$HELD_PID" "${fd##*/}"
	read_started
	[[ $LINE != no ]] || skip "needs pidfd_getfd"
	mapfile -t sockets < <(printf "socket %d - %d - -\n" "$HELD_PID" "${fd##*/}" "$STARTED" "$LINE" | sort -n -k 2)
	assert_held_only "${HELD[net]}" "${sockets[@]}"
}

@test "threads of a process count where they left it, and one process once" {
	hold "${own[@]}" -u --by thread
	run --separate-stderr holders "uts:[$(ns_inode "$STARTED" uts)]"
	assert_status 0
	assert_same 1 "$(grep -c "^process $STARTED -" <<<"$output")"
	refute_output_has "thread $STARTED"
	assert_held_only "${HELD[uts]}" "thread $STARTED $HELD_PID - - -"
}

@test "a user namespace has children and things of its own" {
	start unshare --user --map-root-user --net unshare --user --map-root-user sh -c 'echo ready; exec cat'
	read_started
	inner=$(ns_inode "$STARTED" user)
	outer=$(nsx-ls --json --type user --output NS,ONS | jq ".namespaces[] | select(.ns == $inner).ons")
	# The child is one thing, though it is owned as well.
	assert_held_only "$outer" "child - - - user:[$inner] -" "owned - - - $(ns_link "$STARTED" net) -"
}

# bats test_tags=root
@test "every mount is a holder, in whatever mount namespace, and names are names here" {
	hold -u
	run --separate-stderr unshare --mount --propagation private bash -ec '
		mount -t tmpfs place /run
		nsx-pin attach blue "$1" --uts
		touch /run/a
		mount --bind "/proc/$1/ns/uts" /run/a
		mount --bind "/proc/$1/ns/uts" /run/a
		coproc unshare --mount --propagation private sh -c "readlink /proc/self/ns/mnt; exec cat"
		read -r other <&"${COPROC[0]}"
		nsx-ls --json --holders pin:blue |
			jq --raw-output ".holders[] | \"\(.holder) \(.other) \(.name) \(.path)\"" |
			sed "s/$(readlink /proc/self/ns/mnt | tr -dc 0-9)/HERE/; s/${other//[!0-9]/}/THERE/" | sort
		kill "$COPROC_PID"' places "$HELD_PID"
	assert_ran "mount mnt:[HERE] null /run/a
mount mnt:[HERE] null /run/a
mount mnt:[THERE] null /run/a
mount mnt:[THERE] null /run/a
mount mnt:[THERE] null /run/nsx/blue/uts
pin mnt:[HERE] blue /run/nsx/blue/uts
process null null null"
}

# bats test_tags=root
@test "a name that a process keeps" {
	run --separate-stderr unshare --mount --propagation private bash -ec '
		mount -t tmpfs place /run
		nsx-pin add blue --uts --hold
		nsx-ls --json --holders pin:blue |
			jq --compact-output "[.holders[] | .holder, .name, .other, .path, .fd >= 0, .pid]"
		nsx-pin show --json blue | jq .holder
		nsx-pin del blue'
	assert_status 0
	assert_same "[\"pin\",\"blue\",null,null,true,${lines[1]}]" "${lines[0]}"
}

# bats test_tags=root
@test "the init that keeps a pid namespace for a name" {
	need_no_sanitizers "whose threads cannot start once a pid namespace is made"
	run --separate-stderr unshare --mount --propagation private bash -ec '
		mount -t tmpfs place /run
		nsx-pin add red --pid
		nsx-ls --json --holders pin:red | jq --compact-output "[.holders[] | .holder, .name]"
		nsx-pin del red'
	assert_ran '["process","red","pin","red"]'
}

@test "nsx-ls itself is none, and where it is the only one that is said" {
	enter=(unshare "${own_user[@]}" --net)
	run --separate-stderr "${enter[@]}" sh -c 'exec nsx-ls --json --holders /proc/self/ns/net'
	assert_status 0
	assert_same '[]' "$(jq --compact-output .holders <<<"$output")"
	assert_stderr_is "nsx-ls: nothing was found that keeps '/proc/self/ns/net'"
}

@test "of all namespaces, those of a type, of a source, and not of process 1" {
	hold "${own[@]}" -n -u
	run --separate-stderr nsx-ls --json --holders
	assert_status 0
	assert_same "$HELD_PID
$HELD_PID" "$(jq ".holders[] | select(.ns == ${HELD[net]} or .ns == ${HELD[uts]}).pid" <<<"$output")"
	run --separate-stderr nsx-ls --json --holders --type uts --exclude-initial
	assert_status 0
	assert_same '["uts"]' "$(jq --compact-output '[.holders[].type] | unique' <<<"$output")"
	assert_same "$HELD_PID" "$(jq ".holders[] | select(.ns == ${HELD[uts]}).pid" <<<"$output")"
	run --separate-stderr nsx-ls --json --holders --source descriptors
	assert_status 0
	assert_same '[]' "$(jq --compact-output '[.holders[].holder] | unique - ["descriptor"]' <<<"$output")"
	assert_same '' "$(jq ".holders[] | select(.ns == ${HELD[uts]}).pid" <<<"$output")"
}

@test "in a table, raw, without headings, and for a shell" {
	hold "${own[@]}" -u
	run --separate-stderr nsx-ls --holders "@${HELD[uts]}"
	assert_status 0
	assert_matches "${lines[0]}" '^ +NS TYPE HOLDER +PID TID FD OTHER NAME PATH COMMAND$'
	assert_matches "${lines[1]}" "^${HELD[uts]} uts +process +$HELD_PID .*/hold"
	run --separate-stderr nsx-ls --noheadings --raw --holders "@${HELD[uts]}"
	assert_status 0
	assert_output_matches "^${HELD[uts]} uts process $HELD_PID      [^ ]*/hold[^ ]*$"
	run --separate-stderr nsx-ls --shell --holders "@${HELD[uts]}"
	assert_status 0
	assert_output_matches "^NS=\"${HELD[uts]}\" TYPE=\"uts\" HOLDER=\"process\" PID=\"$HELD_PID\" TID=\"\" "
	run --separate-stderr nsx-ls --color=always --holders "@${HELD[uts]}"
	assert_status 0
	assert_output_has $'\e[1m'
}

@test "every way to name it" {
	hold "${own[@]}" -u -n
	exec {fd}<"/proc/$HELD_PID/ns/net"
	for name in "net:[${HELD[net]}]" "${HELD[net]}" "@${HELD[net]}" "/proc/$HELD_PID/ns/net" "fd:$BASHPID:$fd"; do
		run --separate-stderr holders "$name"
		assert_status 0
		assert_stderr_is ""
		assert_same "process $HELD_PID - - - -" "${lines[0]}"
		assert_output_has "descriptor $BASHPID - $fd - -"
	done
	exec {fd}<&-
	run --separate-stderr holders "$HELD_PID" --type net
	assert_ran "process $HELD_PID - - - -"
	run --separate-stderr nsx-ls --holders "$HELD_PID"
	assert_error 1 "'$HELD_PID' names a process: choose one of its namespaces by --type"
}

@test "by its 64-bit id" {
	hold "${own[@]}" -n
	id=$(nsx-enter --help >/dev/null && perl -e '
		open(my $f, "<", "/proc/$ARGV[0]/ns/net") or die; my $id = pack("Q", 0);
		ioctl($f, 0x8008b70d, $id) or exit 1; print unpack("Q", $id)' "$HELD_PID") || skip "needs Linux 6.18"
	assert_held_only "${HELD[net]}" "process $HELD_PID - - - -"
	run --separate-stderr holders ":$id"
	assert_ran "process $HELD_PID - - - -"
	# The list of processes in one takes it, too.
	run --separate-stderr nsx-ls --noheadings --raw --output PID ":$id"
	assert_ran "$HELD_PID"
}

@test "what is not there: status 3, and a line" {
	run --separate-stderr nsx-ls --holders @1
	assert_status 3
	assert_output_is ""
	assert_stderr_matches "^nsx-ls: no namespace '@1' was found"
	run --separate-stderr nsx-ls --json --holders pin:nsx-test-no-such-name
	assert_error 3 "'pin:nsx-test-no-such-name' names no namespace"
	run --separate-stderr nsx-ls --type net --holders 2147483647
	assert_error 3 "no process 2147483647"
	run --separate-stderr nsx-ls --holders fd:$$:999999
	assert_error 3 "cannot open 'fd:$$:999999'"
}

@test "a list without what process 1 has" {
	hold "${own[@]}" -n -u
	run --separate-stderr nsx-ls --json --output NS,TYPE --exclude-initial
	assert_status 0
	assert_stderr_is ""
	assert_same 2 "$(jq "[.namespaces[] | select(.ns == ${HELD[net]} or .ns == ${HELD[uts]})] | length" <<<"$output")"
	# Those of process 1, and where it cannot be read the initial ones, whose numbers are always the same.
	initial="4026531838 4026531839 4026531836 4026531837"
	if [[ $(readlink /proc/1/ns/uts) ]]; then
		initial=$(readlink /proc/1/ns/* | tr -dc '0-9\n')
	fi
	for ns in $initial; do
		assert_same "" "$(jq ".namespaces[] | select(.ns == $ns)" <<<"$output")"
	done
	# What hangs below them moves up.
	run --separate-stderr nsx-ls --json --tree --exclude-initial --output NS
	assert_status 0
	assert_same true "$(jq "[.. | .ns? | . == ${HELD[net]}] | any" <<<"$output")"
}

@test "wrong use" {
	run --separate-stderr nsx-ls --holders @1 @2
	assert_error 1 "--holders takes one reference at most, not 2"
	run --separate-stderr nsx-ls --holders @x
	assert_error 1 "'@x' names no namespace"
	run --separate-stderr nsx-ls --holders @99999999999
	assert_error 1 "'@99999999999' is out of range"
	run --separate-stderr nsx-ls --holders --exclude-initial @4026531837
	assert_error 1 "--exclude-initial and a namespace ('@4026531837') exclude each other"
	run --separate-stderr nsx-ls --exclude-initial @4026531837
	assert_error 1 "--exclude-initial and a namespace ('@4026531837') exclude each other"
	run --separate-stderr nsx-ls --holders --sets
	assert_error 1 "--holders and --sets exclude each other"
	for option in --tree "--task=$$" --sources --persistent --filter=NS; do
		name=${option%%=*}
		run --separate-stderr nsx-ls --holders "$option"
		assert_error 1 "--holders and $name exclude each other"
	done
}
