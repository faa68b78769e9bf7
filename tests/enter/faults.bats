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
	left=$BATS_TEST_TMPDIR/left
	mkdir "$left"
	want="" status_want=125 may_run="" note="" etc_is_ours=""
	# The program tells that it ran by its status alone: it calls as little as can be.
	program=(/bin/sh -c 'exit 7')
}

teardown()
{
	give_etc_back
	common_teardown
}

give_etc_back()
{
	[[ ! $etc_is_ours ]] || umount --lazy /etc
	etc_is_ours=""
}

# What only other steps would need of /proc, and our own directory there, and
# "status" in it: where it cannot be seen, numbers in /proc are taken for ours.
is_fault_of_proc()
{
	local ours='"(/proc|/proc/self/timens_offsets|status)",|([0-9]+) +openat\([0-9]+, "\2",'

	[[ $FAULTS =~ $ours ]]
}

# A step that fails is named; where that is no matter the program runs as if
# nothing had been. It leaves no file that it did not make in full.
check_fault()
{
	if [[ $status -eq 7 ]] && { [[ $may_run ]] || is_fault_of_proc; }; then
		assert_output_is "" || return
		[[ -z $stderr ]] || assert_matches "$stderr" "^nsx-enter: note: ($note)" || return
		rm -f "$left"/*
		return
	fi
	assert_fault_is_told "$status_want" || return
	[[ $FAULTS == *"write(2, "* ]] || assert_stderr_matches "cannot ($want)" || return
	assert_same "" "$(ls "$left")"
}

# fails CALL WORDS OPTION...: whichever of these calls fails, it is one of the
# steps with such words (a regular expression) that could not be done.
fails()
{
	local call=$1
	want=$2
	shift 2

	each_fault "$call" nsx-enter "$@" "${program[@]}" 3>/dev/null 4>/dev/null 5</dev/null
	rm -f "$left"/*
}

# A container with all there is to enter: CONTAINER is a process of it, and its
# root directory is one of its own.
start_container()
{
	make_root
	start nsx-unshare -r --mount --uts --ipc --net --pid --cgroup --time --setgroups allow --mount-proc \
		--map-users 1:100000:10 --map-groups 1:100000:10 sh -c 'echo; read -r end'
	read_started
	CONTAINER=$(pgrep --parent "$STARTED")
}

# Nearly every step in one plan, all at once.
prepare_full()
{
	start_container
	full=(-t "$CONTAINER" -a -r -w -e -Z -S 1 -G 2 --keep-caps --kill-child --mount-proc --mount-sys
		--etc-netns="faults$$" --pid-file "$left/pid-file" --info-fd 3 --json-status-fd 4 --block-fd 5
		--whitelist-env PATH)
}

@test "the full plan works where nothing fails" {
	prepare_full
	run --separate-stderr nsx-enter "${full[@]}" "${program[@]}" 3>/dev/null 4>/dev/null 5</dev/null
	assert_status 7
	assert_output_is ""
	assert_stderr_is ""
	[[ -s $left/pid-file ]]
}

@test "looking at the target fails" {
	prepare_full
	# Without our own one does not know that it is ours, and enters it once more.
	may_run=yes fails readlinkat "open the [a-z]+ namespace of '$CONTAINER'|fork" "${full[@]}"
	# First that of the target, then our own, to fork.
	fails pidfd_open "open the [a-z]+ namespace of '$CONTAINER'|fork" "${full[@]}"
}

@test "opening namespaces fails" {
	start_container
	local references=(--user="$CONTAINER" --net="/proc/$CONTAINER/ns/net" --uts="/proc/$CONTAINER/ns/uts")

	may_run=yes fails openat \
		"open the (user|net|uts) namespace of '(/proc/)?${CONTAINER}[a-z/]*'|enter the net namespace of" "${references[@]}"
	fails fstatfs "open the (user|net|uts) namespace of '(/proc/)?${CONTAINER}[a-z/]*'" "${references[@]}"
	# Without it nobody knows what is ours, or who owns what; where it matters setns(2) says so.
	may_run=yes fails newfstatat "enter the" "${references[@]}"
	may_run=yes fails ioctl "open the (user|net|uts) namespace of" "${references[@]}"
	may_run=yes fails fcntl "keep the descriptors|enter" "${references[@]}"
	fails openat "open the user namespace that owns a namespace of '$CONTAINER'|(open|enter) the net namespace of" \
		-t "$CONTAINER" -n --user-parent
	# The first asks for it; those behind it, who owns what is entered, are like those above.
	FAULTS_MOST=1 fails ioctl "open the user namespace that owns a namespace of '$CONTAINER'" -t "$CONTAINER" -n --user-parent
	may_run=yes fails ioctl "open the user namespace that owns a namespace of '$CONTAINER'" -t "$CONTAINER" -n --user-parent
}

@test "opening a descriptor, a socket, or what a pid file says fails" {
	start_container
	exec 8<"/proc/$CONTAINER/ns/net"
	fails readlinkat "open 'fd:$$:8'" -t "fd:$$:8"
	fails openat "open 'fd:$$:8'" -t "fd:$$:8"
	exec 8<&-
	echo "$CONTAINER" >"$BATS_TEST_TMPDIR/pid"
	want="open the uts namespace of 'pidfile:$BATS_TEST_TMPDIR/pid'"
	each_fault read --trace-path="$BATS_TEST_TMPDIR/pid" nsx-enter -t "pidfile:$BATS_TEST_TMPDIR/pid" -u "${program[@]}"
	# By either, as the C library has it.
	fails newfstatat,fstat "open the uts namespace of 'pidfile:$BATS_TEST_TMPDIR/pid'" -t "pidfile:$BATS_TEST_TMPDIR/pid" -u
}

@test "entering fails" {
	prepare_full
	# A pidfd that is refused is one at a time; then each in its turn.
	may_run=yes fails setns "enter the [a-z]+ namespace of '$CONTAINER'" "${full[@]}"
	fails setns "enter the (user|net) namespace of '$CONTAINER'" --user="$CONTAINER" --net="$CONTAINER"
}

@test "creating the mount namespace fails" {
	prepare_full
	fails unshare "create namespaces \(mnt\)" "${full[@]}"
}

@test "forking fails" {
	prepare_full
	fails clone fork "${full[@]}"
	fails socketpair fork "${full[@]}"
	may_run=yes fails clone "fork" -t "$CONTAINER" --init
	fails socketpair fork -t "$CONTAINER" --init
}

@test "directories fail" {
	prepare_full
	fails fchdir "make the root directory of '$CONTAINER' the root directory, and the working directory of '$CONTAINER' the working directory" \
		"${full[@]}"
	fails chroot "make the root directory of '$CONTAINER' the root directory, and the working directory of '$CONTAINER' the working directory" \
		"${full[@]}"
	fails chdir "change directory to '/'" -t "$CONTAINER" -W/
}

@test "mounting fails" {
	prepare_full
	fails mount "make all mounts slave|mount proc at '/proc'|mount sysfs at '/sys'" "${full[@]}"
	fails open_tree "mount sysfs at '/sys'|show the files" "${full[@]}"
	fails move_mount "mount sysfs at '/sys'|show the files" "${full[@]}"
}

@test "showing the files of a network fails" {
	need_own_run # and with it, mounts of its own
	start_container
	local -r options=(--net="$CONTAINER" --etc-netns=faults)
	local file

	# An /etc that is ours to write to, in the world of this file.
	mkdir -p "$BATS_TEST_TMPDIR/etc/netns/faults"
	for file in passwd group ld.so.cache; do
		[[ ! -e /etc/$file ]] || cp --dereference "/etc/$file" "$BATS_TEST_TMPDIR/etc"
	done
	# By which some of the commands here have their names.
	[[ ! -e /etc/alternatives ]] || cp -R /etc/alternatives "$BATS_TEST_TMPDIR/etc"
	touch "$BATS_TEST_TMPDIR/etc/hosts" "$BATS_TEST_TMPDIR/etc/netns/faults/hosts"
	mount --bind "$BATS_TEST_TMPDIR/etc" /etc
	etc_is_ours=yes
	want="show the files of '/etc/netns/faults' in '/etc'"
	fails open_tree "$want" "${options[@]}"
	fails move_mount "$want" "${options[@]}"
	may_run=yes fails getdents64 "$want" "${options[@]}"
	give_etc_back
}

@test "becoming somebody else fails" {
	prepare_full
	fails setresuid "become user 1" "${full[@]}"
	fails setresgid "become group 2" "${full[@]}"
	fails capset "keep all capabilities" "${full[@]}"
	# There are a hundred of them, all alike; the last are those that ask for more than there are.
	FAULTS_MOST=8 fails prctl "enter the|become user 1|keep all capabilities" "${full[@]}"
	# In a user namespace EPERM means that it was denied for good.
	may_run=yes fails setgroups "become group 2" "${full[@]}"
	fails setgroups "become group 2" -t "$CONTAINER" -n -G 2
	fails setresuid "become the user of '$CONTAINER'" -t "$CONTAINER" -n -S follow
}

@test "telling and waiting fail" {
	prepare_full
	may_run=yes fails write "write the pid" "${full[@]}"
	fails rename "write the pid to '$left/pid-file'" "${full[@]}"
	# What is not known to be open is taken for closed.
	may_run=yes fails fcntl "keep the descriptors given as options from the program|wait on descriptor" "${full[@]}"
}

@test "waiting for the program fails: it does not live on" {
	start_container
	program=(/bin/sh -c 'read -r forever')
	mkfifo "$BATS_TEST_TMPDIR/nothing"
	FAULTS_MOST=1 fails signalfd4 "wait for the program" -t "$CONTAINER" <>"$BATS_TEST_TMPDIR/nothing"
	assert_same "" "$(pgrep --full 'read -r forever')"
}

@test "ending with us fails to be arranged" {
	local options log=$BATS_TEST_TMPDIR/strace child nth

	start_container
	options=(-t "$CONTAINER" -S 0 -G 0 --keep-caps --kill-child)
	strace --follow-forks --output="$log" --trace=prctl nsx-enter "${options[@]}" true
	# Calls are counted for each process.
	child=$(awk '/PR_SET_PDEATHSIG/ { print $1 }' "$log")
	nth=$(awk -v child="$child" '$1 == child { n++ } /PR_SET_PDEATHSIG/ { print n }' "$log")
	want="have the child sent KILL when its parent ends"
	with_fault prctl "$nth" nsx-enter "${options[@]}" "${program[@]}"
	check_fault
	FAULTS_MOST=3 fails prctl "enter the|fork the program from a small init" -t "$CONTAINER" --init --kill-child
}

@test "taking a program along fails" {
	# Nearly everywhere this one is static.
	program=(ldconfig --version)
	ldd "$(command -v ldconfig)" 2>&1 | grep -q -e "not a dynamic" -e "statically" || skip "needs a static ldconfig"
	start_container
	status_want=126
	want="take 'ldconfig' along"
	fails memfd_create "$want" -t "$CONTAINER" --host-exe
	fails sendfile "$want" -t "$CONTAINER" --host-exe
	fails pread64 "$want" -t "$CONTAINER" --host-exe
	fails execveat "run 'ldconfig'" -t "$CONTAINER" --host-exe
}

@test "running the program fails" {
	prepare_full
	status_want=126
	fails execve "run '/bin/sh'" "${full[@]}"
	program=(/bin/true)
	fails execve "run '/bin/true'" -t "$CONTAINER" -u
}

# --- Whatever fails

restore_clean()
{
	rm -f "$left"/*
}

every_call()
{
	FAULTS_STATUS="125 126" FAULTS_DIRS=("$left")
	every_fault nsx-enter "$@" "${PROGRAM[@]}" 3>/dev/null 4>/dev/null 5</dev/null
}

@test "every call of the full plan" {
	prepare_full
	every_call "${full[@]}"
}

@test "every call of an init, a file, a number" {
	start_container
	check_any_fault()
	{
		# The init fails as its supervisor does: the same line twice.
		stderr=$(uniq <<<"$stderr")
		check_call
	}
	every_call -t "$CONTAINER" --init
	every_call --net="/proc/$CONTAINER/ns/net" --sync-fd 3
	every_call --net="@$(ns_inode "$CONTAINER" net)"
}

# Is it one of us who relay? Of the program's lines a terminal makes "\r\n".
relays()
{
	grep 'write(1, "' <<<"$FAULTS" | grep -qv '[0-9]\\n"'
}

@test "every call of --pty" {
	start_container
	check_any_fault()
	{
		if relays; then
			[[ $status -eq 129 ]] || assert_status 7 || return
			assert_stderr_is "nsx-enter: cannot write the program's output: Operation not permitted"
		else
			check_call
		fi
	}
	FAULTS_STATUS="125 126" FAULTS_DIRS=("$left")
	every_fault nsx-enter -t "$CONTAINER" --pty "${PROGRAM[@]}" </dev/null
}

@test "every call of --each" {
	# In some it may have run, in others not.
	check_any_fault()
	{
		is_fault_of_others || [[ $output == "$CLEAN_OUTPUT" ]] || {
			[[ $status == @(1|123|125|126) ]] || assert_status 123 || return
			[[ $format == --json && $output == *@('nsx-enter: cannot '|'"error": ')* ]] || assert_lines_are_ours
		}
	}
	FAULTS_DIRS=("$left") FAULTS_MOST=2
	for format in --parallel=1 --label --json; do
		every_fault nsx-enter --each "/proc/self/ns/net,/proc/self/ns/uts" "$format" /bin/sh -c 'exit 7'
	done
}
