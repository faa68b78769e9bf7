#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# errors.bats - wrong usage and a world without what nsx-ls needs: one clear
# line, the documented status, and nothing on standard output.

load ../lib/common

# refuses LINE OPTION...: status 1 and that line, with or without a pointer to --help.
refuses()
{
	local line=$1
	shift
	run --separate-stderr nsx-ls "$@"
	assert_status 1
	assert_output_is ""
	# shellcheck disable=SC2154
	assert_same "nsx-ls: $line" "${stderr% (see \'nsx-ls --help\')}"
}

@test "arguments that are none" {
	refuses "unknown column 'foo' (--list-columns shows all)" --output ns,foo,type
	refuses "unknown column '' (--list-columns shows all)" --output ns,
	refuses "--output takes LIST, not ''" --output ""
	refuses "--output takes LIST, not '+'" --output +
	refuses "unknown namespace type 'foo' (known: mnt, uts, ipc, net, pid, user, cgroup, time)" --type net,foo
	refuses "unknown namespace type '' (known: mnt, uts, ipc, net, pid, user, cgroup, time)" --type ""
	refuses "unknown source 'foo' (--sources shows all)" --source processes,foo,mounts
	refuses "unknown source '' (--sources shows all)" --source processes,
	refuses "--task takes PID, not 'me'" --task me
	refuses "--task takes PID, not '@4026531837'" --task @4026531837
	refuses "--task: '0' is out of range" --task 0
	refuses "--task takes PID, not '-1'" --task -1
	refuses "--task takes PID, not ''" --task ""
	refuses "--tree takes owner|parent|process, not 'up'" --tree=up
}

@test "options that exclude each other" {
	refuses "--json and --raw exclude each other" --json --raw
	refuses "--list and --tree exclude each other" --list --tree
	refuses "--output and --output-all exclude each other" --output NS --output-all
	refuses "--task and a namespace exclude each other" --task $$ /proc/self/ns/net
	refuses "--source and a namespace ('/proc/self/ns/net') exclude each other" --source mounts /proc/self/ns/net
	refuses "--tree and a namespace ('owner') exclude each other" --tree owner
	refuses "column NPROCS tells of a namespace, and rows are processes here" --output NPROCS /proc/self/ns/net
}

@test "operands that are none" {
	refuses "one namespace at a time, not '@2' too" @1 @2
	refuses "'1234' names a process: --task shows its namespaces" 1234
	refuses "'@99999999999' is out of range" @99999999999
	refuses "'@x' names no namespace" @x
	refuses "'pin:a/b' names no namespace" pin:a/b
	refuses "'' names no namespace" ""
}

@test "a full disk is an error" {
	run --separate-stderr bash -c 'nsx-ls >/dev/full'
	assert_status 1
	assert_stderr_is "nsx-ls: cannot write to standard output: No space left on device"
	run --separate-stderr bash -c 'nsx-ls --json >/dev/full'
	assert_status 1
	assert_stderr_is "nsx-ls: cannot write to standard output: No space left on device"
}

# bats test_tags=root
@test "without /proc: status 2" {
	need_no_sanitizers "which need /proc"
	run --separate-stderr unshare --mount --propagation private sh -c 'mount -t tmpfs none /proc && exec nsx-ls'
	assert_status 2
	assert_output_is ""
	assert_stderr_is "nsx-ls: /proc is not mounted here"
}
