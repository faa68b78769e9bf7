#!/usr/bin/env bats
# bats file_tags=root
# SPDX-License-Identifier: GPL-2.0-or-later
#
# System calls fail, one a run: one clear line, status 125, and no file, no mount
# and no process left. First each call that a step is about, which it is to name;
# then a sample of all that there are, or all of them (see ../lib/faults.bash).

# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2153,SC2154,SC2317 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn
load ../lib/faults

setup()
{
	common_setup
	need_faults
	kept=$BATS_TEST_TMPDIR/kept
	mkdir "$kept"
	want="" status_want=125 may_run=""
	# The program tells that it ran by its status alone: it calls as little as can be.
	program=(sh -c 'exit 7')
}

teardown()
{
	common_teardown
	unbind_below "$kept"
}

# What a run that went well leaves.
forget_kept()
{
	unbind_below "$kept"
	rm -f "$kept"/*
}

# A step that fails is named; where that is no matter the program runs as if
# nothing had been. Then what it was to keep is there, else nothing.
check_fault()
{
	if [[ $status -eq 7 && $may_run ]]; then
		assert_output_is "" || return
		assert_stderr_is "" || return
		forget_kept
		return
	fi
	assert_fault_is_told "$status_want" || return
	[[ $FAULTS == *"write(2, "* ]] || assert_stderr_matches "cannot ($want)" || return
	assert_same "" "$(bound_below "$kept")" || return
	assert_same "" "$(ls "$kept")"
}

# fails CALL WORDS OPTION...: whichever of these calls fails, it is one of the
# steps with such words (a regular expression) that could not be done.
fails()
{
	local call=$1
	want=$2
	shift 2

	each_fault "$call" nsx-unshare "$@" "${program[@]}" 3>/dev/null 4>/dev/null
	forget_kept
}

# Nearly every step in one plan, in full.
prepare_full()
{
	make_root
	mkdir -p "$ROOT/there"
	full=(--mount="$kept/mnt" --uts="$kept/uts" --net="$kept/net" --pid="$kept/pid" --ipc --cgroup --time
		-r --map-users 1:100000:10 --map-groups 1:100000:10 --setgroups allow --monotonic 5 --kill-child
		--hostname h --domainname d --lo --mount-proc --mount-sys --pivot-root "$ROOT" --wd /there
		-S 1 -G 2 --keep-caps --pid-file "$kept/pid-file" --info-fd 3 --json-status-fd 4 --clear-env)
	program=(/bin/sh -c 'exit 7')
}

@test "the full plan works where nothing fails" {
	prepare_full
	run --separate-stderr nsx-unshare "${full[@]}" "${program[@]}" 3>/dev/null 4>/dev/null
	assert_status 7
	assert_output_is ""
	assert_stderr_is ""
	assert_same 5 "$(find "$kept" -type f | wc -l)"
}

@test "creating namespaces fails" {
	prepare_full
	fails unshare "create namespaces \(mnt, uts, ipc, net, pid, user, cgroup, time\)" "${full[@]}"
}

@test "forking fails" {
	prepare_full
	fails clone fork "${full[@]}"
	fails pidfd_open fork "${full[@]}"
	fails socketpair fork "${full[@]}"
}

# For a program that only a signal ends: a standard input that says nothing.
prepare_endless()
{
	program=(/bin/sh -c 'read -r forever')
	mkfifo "$BATS_TEST_TMPDIR/nothing"
}

@test "waiting for the program fails: it does not live on" {
	prepare_full
	prepare_endless
	FAULTS_MOST=1 fails signalfd4 "wait for the program" --uts="$kept/uts" --fork <>"$BATS_TEST_TMPDIR/nothing"
}

@test "forking and waiting with an init fail" {
	local options=(-r --init --kill-child --mount-proc --uts="$kept/uts")

	fails clone fork "${options[@]}"
	fails pidfd_open fork "${options[@]}"
	fails socketpair fork "${options[@]}"
	may_run=yes fails prctl "fork the program from a small init" "${options[@]}"
	prepare_endless
	# The init fails as its supervisor does: the same line twice.
	want="wait for the program"
	with_fault signalfd4 1 nsx-unshare "${options[@]}" "${program[@]}" <>"$BATS_TEST_TMPDIR/nothing"
	assert_status 125
	assert_output_is ""
	assert_same "" "$(grep -v '^nsx-unshare: cannot wait for the program: Operation not permitted$' <<<"$stderr")"
}

@test "mounting fails" {
	prepare_full
	fails mount "make all mounts private|keep the (mnt|uts|net|pid) namespace at|mount proc at '/proc'|mount sysfs at '/sys'|pivot root" \
		"${full[@]}"
	fails open_tree "mount sysfs at '/sys'" "${full[@]}"
	fails move_mount "mount sysfs at '/sys'|mount proc at '/proc'" "${full[@]}"
	fails mount "make all mounts shared|mount proc at '/proc'" --mount --mount-proc --propagation shared --pid
}

@test "changing the root fails" {
	prepare_full
	fails pivot_root "pivot root to '$ROOT'" "${full[@]}"
	# Nothing is kept here: undoing that would fail as well.
	fails umount2 "pivot root to '$ROOT'" --pivot-root "$ROOT"
	fails chdir "pivot root to '$ROOT'|change directory to '/there'" "${full[@]}"
	fails chroot "change root to '$ROOT'" --uts="$kept/uts" --root "$ROOT"
	fails chdir "change root to '$ROOT'|change directory to 'work'" --uts="$kept/uts" --root "$ROOT" --wd work
}

@test "names and the network fail" {
	prepare_full
	fails sethostname "set the host name to 'h'" "${full[@]}"
	fails setdomainname "set the NIS domain name to 'd'" "${full[@]}"
	fails ioctl "bring the loopback device up" --uts="$kept/uts" --lo
}

@test "becoming somebody else fails" {
	prepare_full
	fails setresuid "become user 1" "${full[@]}"
	fails setresgid "become group 2" "${full[@]}"
	fails capset "keep all capabilities" "${full[@]}"
	# There are a hundred of them, all alike; the last are those that ask for more than there are.
	FAULTS_MOST=8 fails prctl "become user 1|keep all capabilities" "${full[@]}"
	fails setgroups "become group 2" --uts="$kept/uts" -G 2
	# In a user namespace EPERM means that it was denied for good.
	may_run=yes fails setgroups "become group 2" "${full[@]}"
}

@test "being owned by somebody else fails" {
	local options=(--uts="$kept/uts" --owner 1:2 -r --boottime 5)

	fails setresuid "become the owner, user 1 and group 2" "${options[@]}"
	fails setresgid "become the owner, user 1 and group 2" "${options[@]}"
	fails setgroups "become the owner, user 1 and group 2" "${options[@]}"
	fails write "set setgroups to 'deny'|map (users|groups) 0:1:1|map groups 0:2:1|set the offset of the boottime clock" \
		"${options[@]}"
}

@test "writing fails: maps, offsets, and what others are told" {
	prepare_full
	# How the program ended is told last, and nobody is there to tell of that.
	may_run=yes fails write \
		"set setgroups to 'allow'|map (users|groups) 0:0:1, 1:100000:10|set the offset|write the pid" "${full[@]}"
	fails rename "write the pid to '$kept/pid-file'" "${full[@]}"
	# What cannot be asked for a descriptor that is there all the same is no matter.
	may_run=yes fails fcntl "keep the descriptors given as options from the program|wait on descriptor" \
		--uts="$kept/uts" --info-fd 3 --json-status-fd 4
}

@test "writing its own files of /proc fails" {
	local file

	want="set setgroups to 'deny'|map users 0:0:1|map groups 0:0:1|set the offset of the boottime clock"
	for file in setgroups uid_map gid_map timens_offsets; do
		# The last is read before, to know what the clocks show; that may fail.
		[[ $file != timens_offsets ]] || may_run=yes
		each_fault openat --trace-path="/proc/self/$file" \
			nsx-unshare -r --boottime 5 --uts="$kept/uts" "${program[@]}"
		forget_kept
	done
}

@test "entering fails" {
	hold -i -n
	fails setns "enter the (ipc|net) namespace of '$HELD_PID'" \
		--uts="$kept/uts" --join "ipc=$HELD_PID" --join "net=$HELD_PID"
}

@test "running the program fails" {
	prepare_full
	status_want=126
	fails execve "run '/bin/sh'" "${full[@]}"
	program=(/bin/true)
	fails execve "run '/bin/true'" --uts="$kept/uts" --fork
	fails execve "run '/bin/true'" --uts="$kept/uts"
}

# --- Whatever fails

# What a run that went well keeps is not in the way of the next; nor what cannot
# be undone, for that fails as well.
restore_clean()
{
	[[ $status -eq 125 && ${FAULTS-} != *" umount2("* ]] || forget_kept
}

every_call()
{
	FAULTS_STATUS="125 126" FAULTS_DIRS=("$kept")
	every_fault nsx-unshare "$@" "${PROGRAM[@]}" 3>/dev/null 4>/dev/null 5</dev/null
}

@test "every call of the full plan" {
	prepare_full
	PROGRAM=(/bin/sh -c 'echo /proc/self/fd/*; exit 7')
	every_call "${full[@]}"
}

@test "every call of an init" {
	check_any_fault()
	{
		# The init fails as its supervisor does: the same line twice.
		stderr=$(uniq <<<"$stderr")
		check_call
	}
	every_call -r --init --kill-child --mount-proc --sync-fd 3 --block-fd 5
}

@test "every call of an owner, of --join" {
	hold -n -u
	every_call --join "net=$HELD_PID" --join "uts=$HELD_PID" --ipc --clear-env
	every_call --owner 1:2 --map-users 0:1:1 --uts="$kept/uts" --no-fork
}

# What cannot be tried is answered with "no", and the reason.
@test "every call of --check" {
	check_any_fault()
	{
		[[ $FAULTS == *"write(1, "* ]] || is_fault_of_others || if ((status <= 1)); then
			assert_same 14 "$(wc -l <<<"$output")"
		else
			assert_fault_is_told 125
		fi
	}
	FAULTS_MOST=2 every_fault nsx-unshare --check
}

@test "every call of --pin" {
	need_own_run
	restore_clean()
	{
		nsx-pin del --no-wait box 2>/dev/null || true
		nsx-pin gc || true
	}
	FAULTS_STATUS="125 126" FAULTS_DIRS=(/run) FAULTS_MOST=3
	every_fault nsx-unshare --net --uts --pin box "${PROGRAM[@]}"
}
