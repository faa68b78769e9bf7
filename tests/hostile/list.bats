#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What nsx-ls shows is chosen by others: commands, names, paths. None of it
# breaks a line or a document, drives a terminal, or runs in a shell.

# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2153,SC2154,SC2317 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn
load ../lib/hostile

setup()
{
	common_setup
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
