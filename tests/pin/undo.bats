#!/usr/bin/env bats
# bats file_tags=root
# SPDX-License-Identifier: GPL-2.0-or-later
#
# All or nothing: where nsx-pin fails, or is killed, nothing is left.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn
load ../lib/names

# in_world SETUP COMMAND...: where /run is a file system that SETUP prepared.
# The output is what is left in it, the status that of the command.
in_world()
{
	run --separate-stderr unshare --mount sh -c '
		eval "$1" || exit 99
		shift
		"$@"
		status=$?
		find /run/netns /run/nsx -mindepth 1 2>/dev/null
		grep " /run/.* - nsfs " /proc/self/mountinfo
		exit $status' sh "$@"
}

@test "one type of several cannot be created" {
	# In a user namespace, limits are ours to set.
	run --separate-stderr unshare --user --map-root-user --mount sh -c '
		mount -t tmpfs fresh /run && echo 0 >/proc/sys/user/max_uts_namespaces || exit 99
		nsx-pin add box --net --uts --ipc
		status=$?
		find /run/netns /run/nsx -mindepth 1 2>/dev/null
		grep " /run/.* - nsfs " /proc/self/mountinfo
		exit $status'
	assert_error 1 "cannot create namespaces (uts, ipc, net)"
}

@test "/run is full" {
	# Not even room for a directory.
	in_world 'mount -t tmpfs -o nr_inodes=1 fresh /run' nsx-pin add box --net --uts
	assert_error 1 "'box'" "No space left on device"
	# For that of nsx, but not for that of net names.
	in_world 'mount -t tmpfs -o nr_inodes=2 fresh /run' nsx-pin add box --net --uts
	assert_error 1 "the net namespace as 'box'" "No space left on device"
	in_world 'mount -t tmpfs -o nr_inodes=2 fresh /run' nsx-pin attach box $$ --net --uts
	assert_error 1 "the net namespace of '$$'" "No space left on device"
	# For both, and not for the name.
	in_world 'mount -t tmpfs -o nr_inodes=3 fresh /run' nsx-pin add box --net --uts
	assert_error 1 "the net namespace as 'box'" "No space left on device"
	# For each number of files that the registry may have, but one too few.
	for inodes in 1 2 3; do
		in_world "mount -t tmpfs fresh /run; mkdir /run/nsx
			mount -t tmpfs -o mode=755,nr_inodes=$inodes nsx /run/nsx" nsx-pin add box --uts
		assert_error 1 "'box'" "No space left on device"
	done
	# Room for names, but not for a word about them.
	in_world 'mount -t tmpfs fresh /run; mkdir /run/nsx; mount -t tmpfs -o mode=755,size=4k nsx /run/nsx
		head -c 4096 /dev/zero >/run/nsx/.fill 2>/dev/null' sh -c 'nsx-pin add box --net; status=$?; rm /run/nsx/.fill; exit $status'
	assert_error 1 "'box'" "No space left on device"
}

@test "the directories are not what they should be: one line each" {
	in_world 'mount -t tmpfs -o mode=755 fresh /run; mkdir /run/elsewhere; ln -s elsewhere /run/netns' nsx-pin add box
	assert_error 1 "'/run/netns' is a symbolic link"
	in_world 'mount -t tmpfs -o mode=755 fresh /run; mkdir /run/elsewhere; ln -s elsewhere /run/nsx' nsx-pin add box
	assert_error 1 "'/run/nsx' is a symbolic link"
	in_world 'mount -t tmpfs -o mode=755 fresh /run; mkdir /run/nsx; chown 12345 /run/nsx' nsx-pin add box --uts
	assert_error 1 "'/run/nsx' belongs to user 12345"
	in_world 'mount -t tmpfs -o mode=755 fresh /run; mkdir /run/nsx; mount -t tmpfs -o mode=777 nsx /run/nsx' nsx-pin add box
	assert_error 1 "others may write to '/run/nsx'"
	in_world 'mount -t tmpfs -o mode=755 fresh /run; touch /run/netns' nsx-pin add box
	assert_error 1 "'/run/netns' is something else, not a directory"
	for verb in list gc verify "del box" "rename box bax" "show box" "pids box" "set box 1" identify; do
		# shellcheck disable=SC2086 # Verbs with their names.
		in_world 'mount -t tmpfs -o mode=755 fresh /run; mkdir /run/nsx; chown 12345 /run/nsx' nsx-pin $verb
		assert_error 1 "'/run/nsx' belongs to user 12345"
		assert_stderr_matches $'^nsx-pin: cannot [^
]+$'
	done
	for verb in list gc verify "del --all"; do
		# shellcheck disable=SC2086 # Verbs with their names.
		in_world 'mount -t tmpfs -o mode=755 fresh /run; mkdir /run/elsewhere; ln -s elsewhere /run/netns' nsx-pin $verb
		assert_error 1 "cannot list names: Not a directory: '/run/netns' is a symbolic link"
	done
}

@test "/run is read-only" {
	in_world 'mount -t tmpfs -o ro fresh /run' nsx-pin add box --net --uts
	assert_error 1 "'box'" "Read-only file system"
	in_world 'mount -t tmpfs -o ro fresh /run' nsx-pin attach box $$ --net
	assert_error 1 "'box'" "Read-only file system"
}

@test "there is something else where a name would be" {
	in_world 'mount -t tmpfs fresh /run; mkdir -p /run/netns/box' nsx-pin add box
	assert_status 1
	assert_output_is /run/netns/box
	assert_stderr_has "'box' exists already"
	# A file where the directory of the name would be.
	in_world 'mount -t tmpfs fresh /run; nsx-pin add x --uts; nsx-pin del x; touch /run/nsx/box' \
		nsx-pin add box --net --uts
	assert_status 1
	assert_output_is /run/nsx/box
	assert_stderr_has "Not a directory"
	# A link to nowhere is not followed.
	in_world 'mount -t tmpfs fresh /run; mkdir /run/netns; ln -s /run/elsewhere /run/netns/box' nsx-pin add box
	assert_status 1
	assert_output_is /run/netns/box
	assert_stderr_has "'box' exists already"
}

@test "an empty directory, as a killed one could leave, is no obstacle" {
	nsx-pin add box --uts
	mkdir /run/nsx/other
	run --separate-stderr nsx-pin add other --uts
	assert_ran ""
	nsx-pin del box other
}

# middle_of COMMAND...: start it, and have it wait for the lock on its name, which
# somebody else holds until release_lock. WAITING is the process that waits.
middle_of()
{
	# The first name makes the registry.
	nsx-pin add first --uts
	nsx-pin del first
	mkdir "/run/nsx/undo$$"
	start flock "/run/nsx/undo$$" sh -c 'echo locked; read -r end'
	read_started
	LOCK=${started_inputs[-1]}
	start "$@"
	wait_until waits_for_lock
}

release_lock()
{
	exec {LOCK}>&-
}

waits_for_lock()
{
	WAITING=$(awk '/->/ { for (i = 1; i <= NF; i++) if ($i == "FLOCK") print $(i + 3) }' /proc/locks |
		while read -r pid; do
			! tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -q "^nsx-pin .* undo$$ " || echo "$pid"
		done)
	[[ $WAITING ]]
}

@test "killed in the middle of add: what was begun is undone" {
	local signal

	for signal in KILL TERM HUP; do
		middle_of nsx-pin add "undo$$" --uts --pid
		kill -$signal "$STARTED"
		await_started
		assert_status $((128 + $(kill -l $signal)))
		release_lock
		wait_until is_gone "$WAITING"
		assert_same "" "$(registry)"
	done
}

@test "killed with its whole process group: undone all the same" {
	middle_of setsid nsx-pin add "undo$$" --uts --pid
	kill -KILL -- "-$STARTED"
	await_started
	assert_status 137
	release_lock
	wait_until is_gone "$WAITING"
	assert_same "" "$(registry)"
}

@test "killed in the middle of attach: nothing is left" {
	middle_of nsx-pin attach "undo$$" $$ --uts
	kill -KILL "$STARTED"
	await_started
	assert_status 137
	release_lock
	wait_until is_gone "$WAITING"
	assert_same "" "$(registry)"
}

@test "a second one waits for the first, and then goes on" {
	middle_of nsx-pin add "undo$$" --uts
	release_lock
	await_started
	assert_status 0
	assert_matches "$(nsx-pin list --noheadings)" "^undo$$ +uts +[0-9]+ .* ok\$"
	nsx-pin del "undo$$"
}
