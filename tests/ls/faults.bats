#!/usr/bin/env bats
# bats file_tags=root
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Whichever system call fails, nsx-ls shows all there is; or it counts what it
# could not read; or it says in one line what failed. It never ends otherwise,
# and never leaves out in silence what it would have shown.

# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2153,SC2154,SC2317 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn
load ../lib/faults

# A world that is small, and the same each time: a pid namespace of its own,
# with namespaces in it that each source is needed for.
# shellcheck disable=SC2016
WORLD='
	hold()
	{
		exec 4< <(exec "$NSX_HELPERS/hold" "$@" <&3)
		while read -r word type _ <&4 && [[ $type ]]; do
			:
		done
		exec 4<&-
	}

	exec 3<&0
	mount --make-rprivate /
	mount -t tmpfs world /mnt
	touch /mnt/uts
	unshare --uts=/mnt/uts true
	hold -n -u
	hold -U -p
	hold -U -n --by socket
	hold -u -i --by thread
	hold -i --by path
	hold -p -T --by children
	echo ready
	read -r end'

setup()
{
	common_setup
	need_faults
	need_command jq
	start unshare --mount --pid --fork --mount-proc --kill-child bash -c "$WORLD"
	read_started
	assert_same ready "$LINE"
	FAULTS_UNDER=(nsenter --target "$(pgrep --parent "$STARTED")" --mount --pid)
	# Memory is what anything may lack. Refusals and what is gone are answers.
	FAULTS_ERROR=ENOMEM FAULTS_STATUS="1 2 3"
	# A locale that cannot be read leaves this one.
	export LC_ALL=C
}

# Everywhere but in the kernel's own list, which has those of other tests.
here=(--source "processes,threads,descriptors,sockets,relations,mounts")

# The pid there of the first that holds.
first_held()
{
	"${FAULTS_UNDER[@]}" pgrep --oldest --exact hold
}

# Are all rows of the first there in the second? A value may be missing there
# (null) that is known in the first; a row may not.
# shellcheck disable=SC2016
COVERS='
	def rows: [.[] | arrays][0];
	def fits($b): . as $a | [keys[] | . as $key | $b[$key] | . == null or . == $a[$key]] | all;
	($clean | rows) as $a | rows as $b | ($a | length) == ($b | length) and
	([range($a | length) | . as $i | $a[$i] | fits($b[$i])] | all)'

# A list in JSON.
check_any_fault()
{
	if is_fault_of_others; then
		return
	elif ((status != CLEAN_STATUS)); then
		assert_fault_is_told 1 2 3
	elif [[ $output != "$CLEAN_OUTPUT" && $(jq .complete <<<"$output") != false &&
		$(jq .compared_with <<<"$output") == "$(jq .compared_with <<<"$CLEAN_OUTPUT")" ]]; then
		jq --exit-status --argjson clean "$CLEAN_OUTPUT" "$COVERS" <<<"$output" >/dev/null ||
			assert_same "$CLEAN_OUTPUT" "$output"
	fi
}

@test "every call of a list" {
	FAULTS_MOST=6 every_fault nsx-ls --json "${here[@]}" --output NS,TYPE,NPROCS,NTASKS,PNS,ONS,PID,COMMAND
}

@test "every call of a list, refused" {
	# Such an answer takes something away only where it is counted.
	FAULTS_ERROR=EACCES FAULTS_MOST=6 every_fault nsx-ls --json "${here[@]}" --output NS,TYPE,NPROCS,PID,COMMAND
}

@test "files of which nothing can be known, as on a disk that is gone, hide no others" {
	nsx_ls=(nsx-ls --json --source "descriptors,sockets" --output "NS,TYPE,NPROCS,COMMAND")
	under_strace -- "${nsx_ls[@]}"
	assert_same 0 "$status"
	clean=$output
	assert_has "$clean" '"type": "net"'
	assert_has "$clean" '"type": "ipc"'
	for FAULTS_ERROR in EIO EACCES; do
		with_fault statx 1+ "${nsx_ls[@]}"
		assert_same "0 $clean" "$status $output"
	done
}

@test "every call of asking the kernel" {
	check_any_fault()
	{
		is_fault_of_others || if ((status)); then
			assert_fault_is_told 1
		else
			jq . <<<"$output" >/dev/null
		fi
	}
	every_fault nsx-ls --json --source kernel --output NS,TYPE
}

@test "every call of a list with all columns" {
	every_fault nsx-ls --json "${here[@]}" --output-all --type net,user,mnt
}

@test "every call of what a process is in, and of what is in a namespace" {
	every_fault nsx-ls --json --task 1 --output NS,TYPE,NPROCS
	every_fault nsx-ls --json --output PID,PPID "/proc/$(first_held)/ns/uts"
}

@test "every call of --holders, --sets" {
	every_fault nsx-ls --json "${here[@]}" --holders /mnt/uts
	# Where process 1 cannot be read, others are compared with something else, which it says.
	every_fault nsx-ls --json --sets
}

@test "every call of --limits, --pids, --diff" {
	every_fault nsx-ls --json --limits
	every_fault nsx-ls --json --pids 1
	every_fault nsx-ls --json --diff 1 /mnt/uts
}

# What could not be read is counted in a message.
@test "every call of tables, trees, raw lines, words for a shell" {
	check_any_fault()
	{
		if is_fault_of_others; then
			return
		elif ((status != CLEAN_STATUS)); then
			# --verbose says how far it came.
			stderr=$(tail -n 1 <<<"$stderr")
			assert_fault_is_told 1 2 3
		else
			[[ $stderr == *incomplete:* ]] || assert_same "$CLEAN_OUTPUT" "$output"
		fi
	}
	every_fault nsx-ls --verbose "${here[@]}" --output NS,TYPE,NPROCS
	FAULTS_MOST=2
	every_fault nsx-ls --verbose "${here[@]}" --tree=owner --output NS,TYPE,NPROCS
	every_fault nsx-ls --verbose "${here[@]}" --raw --output NS,TYPE,NPROCS
	every_fault nsx-ls --verbose "${here[@]}" --shell --output NS,TYPE,NPROCS
}

# It goes on until nobody reads any more, here when it has shown all there is.
@test "every call of --watch" {
	FAULTS_UNDER+=(bash -c 'set -o pipefail; "$@" | sed /ready/q' bash)
	check_any_fault()
	{
		if is_fault_of_others; then
			return
		elif ((status != CLEAN_STATUS)); then
			output=""
			assert_fault_is_told 1 2 3
		elif [[ $output != "$CLEAN_OUTPUT" && $(tail -n 1 <<<"$output" | jq .complete) != false ]]; then
			assert_same "$CLEAN_OUTPUT" "$output"
		fi
	}
	every_fault nsx-ls --watch --json "${here[@]}" --output NS,TYPE
}
