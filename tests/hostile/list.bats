#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What nsx-ls shows is chosen by others: commands, names, paths. None of it
# breaks a line or a document, drives a terminal, or runs in a shell.

# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2153,SC2154,SC2317 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn
load ../lib/hostile
load ../lib/cgroup

setup()
{
	common_setup
	made=() # by cgroup.bash, whose teardown this has
	need_userns
	need_command jq
	cd "$BATS_TEST_TMPDIR" || return
	own_root=()
	((EUID == 0)) || own_root=(--user --map-root-user)
}

# start_hostile OPTION...: a process in new namespaces, with such a command.
start_hostile()
{
	start unshare "${own_root[@]}" "$@" bash -c 'exec -a "$1" cat' bash "$HOSTILE"
	# What comes back through it tells that cat is running.
	echo hello >&"${started_inputs[-1]}"
	read_started
	HELD_PID=$STARTED
}

@test "a command" {
	start_hostile --uts
	lists_safely nsx-ls --task "$HELD_PID" --type uts
	lists_safely nsx-ls --task "$HELD_PID" --type uts --output-all
	lists_safely nsx-ls --output PID,COMMAND "/proc/$HELD_PID/ns/uts"
	lists_safely nsx-ls --pids "$HELD_PID"
	lists_safely nsx-ls --holders "/proc/$HELD_PID/ns/uts"
	run --separate-stderr nsx-ls --task "$HELD_PID" --type uts --tree --output NS,COMMAND
	assert_status 0
	assert_run_is_tame
	assert_output_has $'\xc3\xa4 b\\x0ac\\x1b[31m'
	run --separate-stderr nsx-ls --json --sets
	assert_run_is_tame
	jq . <<<"$output" >/dev/null
}

@test "a command of mebibytes, and one of nothing" {
	start unshare "${own_root[@]}" --uts bash -c 'exec -a "$(yes "$1" | head -c 100000)" cat' bash "$HOSTILE"
	echo hello >&"${started_inputs[-1]}"
	read_started
	lists_safely nsx-ls --task "$STARTED" --type uts
	start unshare "${own_root[@]}" --uts bash -c 'exec -a "" cat'
	echo hello >&"${started_inputs[-1]}"
	read_started
	lists_safely nsx-ls --task "$STARTED" --type uts
}

# One that has ended has no command line: then the name of its program is shown.
@test "the name of a process that has ended" {
	start unshare "${own_root[@]}" --pid --fork bash -c 'printf ") R \e[3m\x9b" >/proc/self/comm
		bash -c "printf \") R \e[3m\x9b\" >/proc/self/comm; echo" & cat'
	read_started
	pid=$(pgrep --parent "$STARTED")
	lists_safely nsx-ls --task "$pid" --type pid
	run --separate-stderr nsx-ls --noheadings --output PID,COMMAND "/proc/$pid/ns/pid"
	assert_status 0
	assert_run_is_tame
}

@test "a host name, and that of a domain" {
	start nsx-unshare "${own_root[@]/--map-root-user/-r}" --uts --hostname "${HOSTILE:0:30}" --domainname "${HOSTILE:0:30}" cat
	wait_until is_running_cat "$STARTED"
	lists_safely nsx-ls --task "$STARTED" --type uts --output NS,DETAIL
	run --separate-stderr nsx-ls --task "$STARTED" --type uts --noheadings --output DETAIL
	assert_output_has '\x1b[31m'
}

is_running_cat()
{
	[[ $(<"/proc/$1/comm") == cat ]]
}

@test "the name of an interface, and its alias" {
	need_command ip
	start unshare "${own_root[@]}" --net bash -c 'ip link set lo name "$1" && ip link set dev "$1" alias "$2"; echo $?; read -r end' \
		bash "$HOSTILE_SHORT" "$HOSTILE"
	read_started
	[[ $LINE == 0 ]] || skip "this ip(8) refuses the name"
	lists_safely nsx-ls --task "$STARTED" --type net --output NS,DETAIL
	assert_has "$(jq --raw-output '.namespaces[0].detail' <<<"$output")" $'\e[31m'
}

# bats test_tags=root
@test "where a namespace is mounted, and who has what" {
	need_own_run
	mkdir "$HOSTILE"
	: >"$HOSTILE/$HOSTILE"
	unshare --uts="$PWD/$HOSTILE/$HOSTILE" true
	lists_safely nsx-ls --source mounts --type uts --output NS,NSFS,PATH,HOLDERS
	lists_safely nsx-ls --holders "$PWD/$HOSTILE/$HOSTILE"
	umount "$HOSTILE/$HOSTILE"
}

# The kernel makes any cgroup but one with a newline in its name.
cgroup_word=${HOSTILE//$'\n'/}

# bats test_tags=root
@test "cgroups: their paths, units and containers, the root of a namespace" {
	need_cgroup cgroup2
	run ! mkdir "$CGROUP/$HOSTILE"
	make_cgroup "$CGROUP/$cgroup_word"
	make_cgroup "$CGROUP/$cgroup_word/docker-$(printf '%064d' 7).scope"
	start sh -c 'echo $$ >"$1/cgroup.procs"; exec "$2" -C -u' - "$CGROUP/$cgroup_word" "$NSX_HELPERS/hold"
	for _ in 1 2 3; do
		read_started
	done
	lists_safely nsx-ls --task "$STARTED" --type cgroup --output NS,DETAIL,CGROUP
	assert_same "/${CGROUP##*/}/" "$(jq --raw-output '.namespaces[0].detail' <<<"$output" | cut -c "-$((${#CGROUP} - ${#HIERARCHY} + 1))")"
	assert_has "$(jq --raw-output '.namespaces[0].cgroup' <<<"$output")" $'\e[31m'

	echo "$STARTED" >"${made[-1]}/cgroup.procs"
	lists_in_cgroups_safely
	run --separate-stderr nsx-ls --task "$STARTED" --type uts --noheadings --raw --output CONTAINER
	assert_output_is "$(printf '%064d' 7)"
}

# Of a namespace of the one started last, and of its processes.
lists_in_cgroups_safely()
{
	local uts=/proc/$STARTED/ns/uts

	lists_safely nsx-ls --task "$STARTED" --type uts --output NS,CGROUP,UNIT,CONTAINER
	lists_safely nsx-ls --output PID,CGROUP,UNIT,CONTAINER "$uts"
	lists_safely nsx-ls --holders "$uts"
	lists_safely nsx-ls --pids "$STARTED"
	run --separate-stderr nsx-ls --json --sets
	assert_status 0
	assert_run_is_tame
}

# bats test_tags=root
@test "cgroups: a unit and a container that are called so" {
	need_cgroup cgroup2
	make_cgroup "$HIERARCHY/nsxtest$$.slice"
	make_cgroup "$HIERARCHY/nsxtest$$.slice/$cgroup_word.service"
	hold -u
	echo "$HELD_PID" >"${made[-1]}/cgroup.procs"
	lists_in_cgroups_safely
	run --separate-stderr nsx-ls --task "$HELD_PID" --type uts --noheadings --raw --output UNIT
	assert_output_has '\x1b[31m'
	assert_output_has '.service'

	make_cgroup "$HIERARCHY/lxc.payload.$cgroup_word"
	echo "$HELD_PID" >"${made[-1]}/cgroup.procs"
	lists_in_cgroups_safely
	run --separate-stderr nsx-ls --task "$HELD_PID" --type uts --noheadings --raw --output CONTAINER
	assert_output_has '\x1b[31m'
}

# bats test_tags=root
@test "the device at the root of a mount namespace, and the directory of it" {
	need_command pivot_root
	mkdir "$HOSTILE"
	start unshare --mount --propagation private bash -c 'mount -t tmpfs "$1" "$1" && cd "$1" && mkdir "$1" old &&
		mount --bind "$1" "$1" && cd "$1" && mkdir old && pivot_root . old && echo ready && read -r end' bash "$HOSTILE"
	read_started
	assert_same ready "$LINE"
	lists_safely nsx-ls --task "$STARTED" --type mnt --output NS,DETAIL
	assert_has "$(jq --raw-output '.namespaces[0].detail' <<<"$output")" $'\e[31m'
}

# bats test_tags=root
@test "a name that others made, as \"ip netns\" could" {
	need_own_run
	mkdir -p /run/netns
	: >"/run/netns/$HOSTILE"
	unshare --net="/run/netns/$HOSTILE" true
	lists_safely nsx-ls --source mounts --type net --output NS,NAME,NSFS
	lists_safely nsx-ls --holders "/run/netns/$HOSTILE"
	umount "/run/netns/$HOSTILE"
	rm "/run/netns/$HOSTILE"
}

# bats test_tags=root
@test "a user, as some name service could have it" {
	need_own_run
	start_hostile --uts
	cp /etc/passwd passwd
	sed -i $'s/^root:/\e[31m\\\\"\x9b:/' passwd
	exposed=(unshare --mount sh -c 'mount --bind "$1" /etc/passwd; shift; exec "$@"' sh "$PWD/passwd")
	for format in --list --raw --shell --json; do
		run --separate-stderr "${exposed[@]}" nsx-ls --task "$HELD_PID" --type uts --output NS,USER "$format"
		assert_status 0
		assert_run_is_tame
		run --separate-stderr "${exposed[@]}" nsx-ls --limits --type uts "$format"
		assert_status 0
		assert_run_is_tame
	done
}

@test "each line of --watch" {
	start_hostile --uts
	for format in --list --raw --shell --json; do
		run --separate-stderr bash -c 'nsx-ls --watch --source processes --type uts --output NS,COMMAND "$1" | sed /ready/q' bash "$format"
		assert_status 0
		assert_run_is_tame
		[[ $format != --json ]] || jq . <<<"$output" >/dev/null
	done
}
