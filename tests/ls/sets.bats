#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# sets.bats - --sets: the combinations of namespaces that tasks have.
#
# shellcheck disable=SC2016 # Shells within expand.
# shellcheck disable=SC2030,SC2031,SC2034,SC2154 # What common.bash asks for, and has; bats runs.

load ../lib/common
load ../lib/spawn
load zombie

setup()
{
	common_setup
	need_userns
	need_command jq
	own=()
	((EUID == 0)) || own=(-U)
	made=
}

teardown()
{
	common_teardown
	[[ ! $made ]] || wait_until rmdir "$made"
}

# set_of PID FIELD...: of the set that this process leads, as JSON.
set_of()
{
	local pid=$1 fields
	shift

	fields=$(printf '.%s,' "$@")
	nsx-ls --json --sets | jq --compact-output ".sets[] | select(.pid == $pid) | [${fields%,}]"
}

# What differs of one that was made by us, with these types: them, and the user
# namespace that an ordinary user needs, and what we differ in ourselves.
differences()
{
	local wanted=" $* " type ours

	((EUID == 0)) || wanted+="user "
	ours=$(for type in mnt uts ipc net pid user cgroup time; do
		[[ ! -e /proc/self/ns/$type ]] || ns_link self "$type"
	done | jq --raw-input . | jq --slurp .)
	wanted+=$(nsx-ls --json --sets | jq --raw-output --argjson ours "$ours" \
		'[.sets[] | select(.namespaces == $ours).differs] | .[0] | map(. + " ") | join("")')
	for type in mnt uts ipc net pid user cgroup time; do
		[[ $wanted != *" $type "* ]] || echo "$type"
	done | jq --raw-input . | jq --slurp --compact-output .
}

@test "one row a combination, with who leads it and what differs" {
	hold "${own[@]}" -n -u
	run --separate-stderr set_of "$HELD_PID" ntasks differs
	assert_ran "[1,$(differences net uts)]"
	run --separate-stderr set_of "$HELD_PID" namespaces command
	assert_status 0
	for type in net uts mnt; do
		assert_output_has "\"$(ns_link "$HELD_PID" "$type")\""
	done
	assert_output_has '/hold '
}

@test "all its processes are one set, and the first of them leads it" {
	start unshare "${own_user[@]}" --uts sh -c 'exec 4<&0; cat <&4 & cat <&4 & echo ready; wait'
	read_started
	run --separate-stderr set_of "$STARTED" ntasks differs
	assert_ran "[3,$(differences uts)]"
}

@test "every task is in one set: the numbers add up" {
	hold "${own[@]}" -n --by thread
	run --separate-stderr nsx-ls --json --sets
	assert_status 0
	assert_same true "$(jq '.complete == (.counts.processes_unread == 0)' <<<"$output")"
	# Two combinations are never the same in all that is shown.
	assert_same true "$(jq '[.sets[] | [.namespaces, (.differs | map(select(endswith("_for_children"))))]] |
		length == (unique | length)' <<<"$output")"
	# The leader is in one, its thread in another.
	assert_same '[["net"]]' "$(jq --compact-output "[.sets[] | select(.namespaces | index(\"net:[${HELD[net]}]\")) |
		.differs - [\"user\", \"mnt\"]]" <<<"$output")"
}

@test "a thread that left its process is a task of a set of its own" {
	hold "${own[@]}" -u --by thread
	run --separate-stderr nsx-ls --json --sets
	assert_status 0
	assert_same "[1,$STARTED]" "$(jq --compact-output ".sets[] |
		select(.namespaces | index(\"uts:[${HELD[uts]}]\")) | [.ntasks, .pid]" <<<"$output")"
}

@test "what children would be in makes a difference" {
	hold "${own[@]}" -p -T --by children
	run --separate-stderr set_of "$HELD_PID" differs
	assert_ran "[$(differences pid_for_children | jq --compact-output '. + ["pid_for_children", "time_for_children"]')]"
}

@test "what has ended counts no more" {
	start_zombie unshare "${own_user[@]}" --uts
	run --separate-stderr set_of "$ZOMBIE" ntasks
	assert_ran ""
}

@test "of a process whose leader has ended, the others count" {
	hold "${own[@]}" -u --by follower
	wait_until is_in_state "$STARTED" Z
	run --separate-stderr nsx-ls --json --sets
	assert_same "[1,$STARTED]" "$(jq --compact-output ".sets[] |
		select(.namespaces | index(\"uts:[${HELD[uts]}]\")) | [.ntasks, .pid]" <<<"$output")"
}

# bats test_tags=root
@test "the container and the unit of its leader" {
	hierarchy=$(awk '$4 == "/" && / - cgroup2 / { print $5; exit }' /proc/self/mountinfo)
	[[ $hierarchy ]] || skip "needs cgroup2 mounted"
	id=$(printf '%064d' 0 | tr 0 a)
	made=$hierarchy/docker-$id.scope
	mkdir "$made" 2>/dev/null || skip "needs to make cgroups"
	hold -n
	echo "$HELD_PID" >"$made/cgroup.procs"
	run --separate-stderr set_of "$HELD_PID" container unit
	assert_ran "[\"$id\",\"docker-$id.scope\"]"
	end_started
}

# Only by the number, which is another one before Linux 5.18.
# bats test_tags=root
@test "an ordinary user in the initial net and mount namespace differs in none" {
	[[ $(</proc/2/comm) == kthreadd && $(readlink /proc/2/ns/net) ]] || skip "needs the kernel's threads in sight"
	[[ ! $(as_user readlink /proc/1/ns/net) ]] || skip "process 1 can be read"
	# Below chroot(2) there may be neither.
	nsenter --mount=/proc/2/ns/mnt "${AS_USER[@]}" test -x "$NSX_BIN/nsx-ls" 2>/dev/null ||
		skip "needs nsx and the ordinary user in the initial mount namespace"
	run --separate-stderr nsenter --net=/proc/2/ns/net --mount=/proc/2/ns/mnt "${AS_USER[@]}" \
		"$NSX_BIN/nsx-ls" --json --sets
	assert_status 0
	differs=$(jq --compact-output --arg net "$(readlink /proc/2/ns/net)" --arg mnt "$(readlink /proc/2/ns/mnt)" \
		'[.sets[] | select(.namespaces | index($net) and index($mnt)) | .differs - ["user", "pid", "cgroup"]] | unique' <<<"$output")
	assert_same '[[]]' "$differs"
}

@test "what they are compared with is said" {
	run --separate-stderr nsx-ls --json --sets
	assert_status 0
	with=$(jq --raw-output .compared_with <<<"$output")
	# On Linux 5.10 what is refused is an empty link.
	if [[ $(readlink /proc/1/ns/net) ]]; then
		assert_same "process 1" "$with"
	else
		assert_matches "$with" '^(process 2|the initial namespaces)$'
	fi
	run --separate-stderr nsx-ls --verbose --sets
	assert_status 0
	assert_stderr_has "compared with $with"
}

# bats test_tags=root
@test "in a container its first process is what others are compared with" {
	run --separate-stderr unshare --pid --fork --mount-proc --uts bash -c '
		unshare --net sleep 60 &
		until [[ $(<"/proc/$!/comm") == sleep ]]; do :; done
		nsx-ls --json --sets | jq --compact-output "[.compared_with, (.sets[] | [.pid, .differs])]"
		echo "$!"
		kill "$!"'
	assert_status 0
	assert_same "[\"process 1\",[1,[]],[${lines[1]},[\"net\"]]]" "${lines[0]}"
}

@test "in a table, raw, without headings, and for a shell" {
	hold "${own[@]}" -u -n
	want=$(differences uts net | jq --raw-output 'join(",")')
	run --separate-stderr nsx-ls --sets
	assert_status 0
	assert_matches "${lines[0]}" '^NTASKS +PID UNIT +CONTAINER +DIFFERS +COMMAND$'
	assert_output_matches "(^|"$'\n'") +1 +$HELD_PID .* $want +[^ ]*/hold"
	run --separate-stderr nsx-ls --raw --noheadings --sets
	assert_status 0
	assert_output_matches "(^|"$'\n'")1 $HELD_PID [^ ]* [^ ]* $want [^ ]*/hold"
	run --separate-stderr nsx-ls --shell --sets
	assert_status 0
	assert_output_matches "NTASKS=\"1\" PID=\"$HELD_PID\" UNIT=\"[^\"]*\" CONTAINER=\"[^\"]*\" DIFFERS=\"$want\" NAMESPACES=\"mnt:"
}

@test "wrong use" {
	run --separate-stderr nsx-ls --sets 1
	assert_error 1 "--sets takes no operand, not '1'"
	run --separate-stderr nsx-ls --sets --diff 1 2
	assert_error 1 "--sets and --diff exclude each other"
	for option in --type=net --source=processes --exclude-initial --tree; do
		run --separate-stderr nsx-ls --sets "$option"
		assert_error 1 "--sets and ${option%%=*} exclude each other"
	done
}
