#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# namespace.bats - the processes in one namespace, however it is named.

load ../lib/common

# Run a command where /run is empty and /run/netns/blue and /run/nsx/blue/uts
# are pins of what is held: with_pins COMMAND...
with_pins()
{
	# shellcheck disable=SC2016
	unshare --mount --propagation private sh -ec '
		pid=$1
		shift
		mount -t tmpfs pins /run
		nsx-pin attach blue "$pid" --net --uts
		: >/run/netns/stale
		exec "$@"' with_pins "$HELD_PID" "$@"
}

@test "every way to name it shows its processes" {
	need_userns
	hold -U -n
	for name in "${HELD[net]}" "@${HELD[net]}" "net:[${HELD[net]}]" "/proc/$HELD_PID/ns/net"; do
		run --separate-stderr nsx-ls --noheadings --raw --output PID,PPID,UID,NS,TYPE,PATH "$name"
		assert_status 0
		assert_output_is "$HELD_PID $$ $EUID ${HELD[net]} net /proc/$HELD_PID/ns/net"
		assert_stderr_is ""
	done
}

@test "all its processes, by pid" {
	need_userns
	start unshare --user --map-root-user --net sh -c 'exec 4<&0; cat <&4 & cat <&4 & echo ready; wait'
	read -r _ <&"$STARTED_OUTPUT"
	inode=$(ns_inode "$STARTED" net)
	run --separate-stderr nsx-ls "net:[$inode]"
	assert_status 0
	assert_matches "${lines[0]}" '^ *PID +PPID USER +COMMAND$'
	assert_same 4 "${#lines[@]}"
	assert_stderr_is ""
	run --separate-stderr nsx-ls --noheadings --raw --output PID "net:[$inode]"
	assert_same "$(sort -n <<<"$output")" "$output"
	assert_same "$STARTED" "${lines[0]}"
}

@test "as JSON, an array of processes" {
	need_userns
	need_command jq
	hold -U -u
	run --separate-stderr nsx-ls --json --output PID,UID,TYPE "@${HELD[uts]}"
	assert_status 0
	assert_same "[{\"pid\":$HELD_PID,\"uid\":$EUID,\"type\":\"uts\"}]" \
		"$(jq --compact-output .processes <<<"$output")"
	assert_stderr_is ""
	run --separate-stderr nsx-ls --json --output-all "@${HELD[uts]}"
	assert_status 0
	assert_same '["ns","type","path","pid","ppid","command","uid","user","nsid","cgroup","unit","container"]' \
		"$(jq --compact-output '.processes[0] | keys_unsorted' <<<"$output")"
}

@test "one that only owns others is there, with no process in it" {
	need_userns
	need_command jq
	start unshare --user --map-root-user unshare --user --map-root-user sh -c 'echo ready; read -r line'
	read -r _ <&"$STARTED_OUTPUT"
	inner=$(ns_inode "$STARTED" user)
	outer=$(nsx-ls --json --type user --output NS,ONS | jq ".namespaces[] | select(.ns == $inner).ons")
	run --separate-stderr nsx-ls --json "user:[$outer]"
	assert_status 0
	assert_same '[]' "$(jq --compact-output .processes <<<"$output")"
	assert_stderr_is ""
}

@test "one that is not there: status 3, and a line that says so" {
	for name in @1 net:[1] 4294967295; do
		run --separate-stderr nsx-ls "$name"
		assert_status 3
		assert_output_is ""
		# Some processes cannot be read even by root, where a security module is in the way.
		# shellcheck disable=SC2154
		assert_same "nsx-ls: no namespace '$name' was found" "${stderr%%;*}"
		assert_stderr_matches "found(; [0-9]+ of [0-9]+ processes( and [0-9]+ of [0-9]+ mount namespaces)? could not be read)?\$"
	done
	# The number alone is not enough.
	run --separate-stderr nsx-ls "uts:[$(ns_inode self user)]"
	assert_status 3
	run --separate-stderr nsx-ls /nonexistent/ns
	assert_status 3
	assert_output_is ""
	assert_stderr_is "nsx-ls: cannot open '/nonexistent/ns': No such file or directory"
	run --separate-stderr nsx-ls pin:nsx-test-no-such-name
	assert_status 3
	assert_output_is ""
	assert_stderr_is "nsx-ls: 'pin:nsx-test-no-such-name' names no namespace"
	run --separate-stderr nsx-ls --type mnt,uts /proc/self/ns/user
	assert_status 3
	assert_output_is ""
	assert_stderr_is "nsx-ls: '/proc/self/ns/user' is a namespace of type user, not mnt, uts"
}

@test "what is no namespace: status 1" {
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	for name in /etc/passwd /dev/null "$BATS_TEST_TMPDIR/fifo" .; do
		run --separate-stderr nsx-ls "$name"
		assert_status 1
		assert_output_is ""
		assert_stderr_is "nsx-ls: '$name' is no namespace"
	done
}

# bats test_tags=root
@test "that of a process which does not let us look: status 1, and the cause" {
	hold -u
	run --separate-stderr as_user nsx-ls "/proc/$HELD_PID/ns/uts"
	assert_status 1
	assert_output_is ""
	assert_stderr_has "/proc/$HELD_PID/ns/uts"
	assert_stderr_has "Permission denied"
}

# bats test_tags=root
@test "by the name of a pin, which has to mean one" {
	hold -n -u
	run --separate-stderr with_pins nsx-ls --noheadings --raw --output PID,TYPE --type net pin:blue
	assert_status 0
	assert_output_is "$HELD_PID net"
	assert_stderr_is ""
	run --separate-stderr with_pins nsx-ls --noheadings --raw --output PID,TYPE /run/nsx/blue/uts
	assert_status 0
	assert_output_is "$HELD_PID uts"
	assert_stderr_is ""
	run --separate-stderr with_pins nsx-ls pin:blue
	assert_status 1
	assert_output_is ""
	assert_stderr_has "nsx-ls: 'pin:blue' names several namespaces (uts, net): choose one by --type"
	run --separate-stderr with_pins nsx-ls pin:stale
	assert_status 3
	assert_output_is ""
	assert_stderr_is "nsx-ls: 'pin:stale' is stale: its files hold no namespaces"
}
