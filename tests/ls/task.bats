#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# task.bats - the namespaces of one process.

load ../lib/common
load ../lib/spawn

# Those that a process is in, as links of /proc have them.
own_links()
{
	for type in mnt uts ipc net pid user cgroup time; do
		[[ ! -e /proc/$1/ns/$type ]] || ns_link "$1" "$type"
	done | LC_ALL=C sort
}

@test "exactly the namespaces that the process is in" {
	need_userns
	hold -U -u -n -i
	run --separate-stderr nsx-ls --task "$HELD_PID" --noheadings --raw --output TYPE,NS
	assert_status 0
	# shellcheck disable=SC2001
	assert_same "$(own_links "$HELD_PID")" "$(sed 's/ \(.*\)/:[\1]/' <<<"$output" | LC_ALL=C sort)"
	assert_stderr_is ""
}

@test "together with --type" {
	run --separate-stderr nsx-ls --task $$ --type uts,net --noheadings --raw --output TYPE,NS
	assert_status 0
	assert_same "net $(ns_inode $$ net)
uts $(ns_inode $$ uts)" "$(sort <<<"$output")"
	assert_stderr_is ""
}

@test "a source adds to what is looked at for a process, and takes nothing away" {
	for source in threads descriptors mounts; do
		run --separate-stderr nsx-ls --task $$ --type uts --noheadings --raw --output NS --source "$source"
		assert_status 0
		assert_output_is "$(ns_inode $$ uts)"
	done
}

@test "a process whose first thread has ended is where another one is" {
	need_userns
	hold -U -n --by follower
	wait_until is_in_state "$STARTED" Z
	run --separate-stderr nsx-ls --task "$STARTED" --type net --noheadings --raw --output NS
	assert_status 0
	assert_output_is "${HELD[net]}"
	run --separate-stderr nsx-ls "@${HELD[net]}" --noheadings --raw --output PID
	assert_status 0
	assert_output_is "$STARTED"
}

@test "a process that is not there: status 3, and a line that says so" {
	# The kernel never gives this number.
	run --separate-stderr nsx-ls --task 4194305
	assert_status 3
	assert_output_is ""
	assert_stderr_is "nsx-ls: no process 4194305"

	start cat
	gone=$STARTED
	end_started
	run --separate-stderr nsx-ls -p "$gone" --json
	assert_status 3
	assert_output_is ""
	assert_stderr_is "nsx-ls: no process $gone"
}

@test "a process that is another than the one meant: status 3" {
	run --separate-stderr nsx-ls --task "$$:1"
	if ! is_linux 6.9; then
		assert_status 2
		assert_stderr_is "nsx-ls: '$$:1': this kernel has no such inode numbers (Linux 6.9 has)"
		return
	fi
	assert_status 3
	assert_output_is ""
	assert_stderr_is "nsx-ls: process $$ is another than the one meant by '$$:1'"
}

@test "a process that refuses: status 1, and the cause" {
	[[ -z $(as_user readlink /proc/1/ns/net) ]] || skip "process 1 can be read"
	run --separate-stderr as_user nsx-ls --task 1
	assert_status 1
	assert_output_is ""
	assert_stderr_is "nsx-ls: cannot read the namespaces of process 1: Permission denied"
}

@test "a process by the file that has its pid" {
	need_userns
	hold -U -u
	echo "$HELD_PID" >"$BATS_TEST_TMPDIR/pid"
	run --separate-stderr nsx-ls --noheadings --raw --task "pidfile:$BATS_TEST_TMPDIR/pid" --type uts --output NS,LEADER
	assert_ran "${HELD[uts]} $HELD_PID"
	run --separate-stderr nsx-ls --task "pidfile:$BATS_TEST_TMPDIR/none"
	assert_error 3 "cannot open 'pidfile:$BATS_TEST_TMPDIR/none': No such file or directory"
	echo nothing >"$BATS_TEST_TMPDIR/pid"
	run --separate-stderr nsx-ls --task "pidfile:$BATS_TEST_TMPDIR/pid"
	assert_error 1 "there is no pid in the file"
	run --separate-stderr nsx-ls --task pin:blue
	assert_error 1 "--task takes PID, not 'pin:blue'"
}

# bats test_tags=root
@test "a process by its unit or container" {
	hierarchy=$(awk '$4 == "/" && / - cgroup2 / { print $5; exit }' /proc/self/mountinfo)
	[[ $hierarchy ]] || skip "needs cgroup2 mounted"
	id=$(printf '%064x' "$$")
	made=$hierarchy/docker-$id.scope
	mkdir "$made" 2>/dev/null || skip "needs to make cgroups"
	hold -u
	echo "$HELD_PID" >"$made/cgroup.procs"
	for reference in "container:$id" "unit:docker-$id.scope"; do
		run --separate-stderr nsx-ls --noheadings --raw --task "$reference" --type uts --output NS,LEADER
		assert_ran "${HELD[uts]} $HELD_PID"
	done
	end_started
	wait_until rmdir "$made"
	run --separate-stderr nsx-ls --task "container:$id"
	assert_error 3 "'container:$id': there is no such process"
}
