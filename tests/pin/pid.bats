#!/usr/bin/env bats
# bats file_tags=root
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A pinned pid namespace: it has an init of its own for as long as its name.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn
load ../lib/names

# The init that was started for a name.
init_of()
{
	sed -n 's/^init=\([0-9]*\).*/\1/p' "/run/nsx/$1/record"
}

@test "gc: with a pid namespace that is stale its init ends" {
	nsx-pin add box --pid --uts
	init=$(init_of box)
	umount /run/nsx/box/pid
	run --separate-stderr nsx-pin gc
	assert_ran "removed box pid: stale"
	wait_until is_gone "$init"
	nsx-pin del box
	# As before Linux 6.9, where processes have no numbers of their own.
	nsx-pin add box --pid --uts
	init=$(init_of box)
	sed -Ei 's/^init=([0-9]+):.*/init=\1/' /run/nsx/box/record
	umount /run/nsx/box/pid
	nsx-pin gc
	wait_until is_gone "$init"
	nsx-pin del box
}

@test "it can be entered as often as one likes, until it is deleted" {
	nsx-pin add box --pid
	link="pid:[$(stat --format=%i /run/nsx/box/pid)]"
	for _ in 1 2 3; do
		run --separate-stderr nsx-enter --pid=pin:box sh -c 'echo $(($$ > 1)); readlink /proc/self/ns/pid'
		assert_ran $'1\n'"$link"
	done
	assert_same "$link" "$(ns_link "$(init_of box)" pid)"
	nsx-pin del box
}

@test "its init is nobody's: no terminal, directory, descriptor or session of ours" {
	cd "$BATS_TEST_TMPDIR"
	exec {open}<.
	nsx-pin add box --pid
	exec {open}<&-
	init=$(init_of box)
	assert_same nsx-init "$(cat "/proc/$init/comm")"
	assert_same / "$(readlink "/proc/$init/cwd")"
	assert_same "0 /dev/null|1 /dev/null|2 /dev/null|" \
		"$(for fd in "/proc/$init/fd"/*; do printf '%s %s|' "${fd##*/}" "$(readlink "$fd")"; done)"
	assert_same "$init" "$(ps -o sid= -p "$init" | tr -d ' ')"
	[[ $(ps -o ppid= -p "$init") -ne $$ ]]
	nsx-pin del box
}

@test "its init reaps what is orphaned" {
	nsx-pin add box --pid
	init=$(init_of box)
	# The first shell ends before its child does.
	run --separate-stderr nsx-enter --pid=pin:box sh -c 'sh -c "read -r end; exit 0" & exec true'
	assert_ran ""
	wait_until has_no_children "$init"
	run --separate-stderr nsx-pin del box
	assert_ran ""
}

has_no_children()
{
	! pgrep --parent "$1" >/dev/null
}

@test "no signal from inside ends its init" {
	nsx-pin add box --pid
	init=$(init_of box)
	run --separate-stderr nsx-enter --pid=pin:box sh -c 'for s in TERM INT HUP KILL STOP SEGV; do kill -$s 1; done; echo sent'
	assert_ran sent
	run --separate-stderr nsx-enter --pid=pin:box echo ran
	assert_ran ran
	wait_until is_in_state "$init" S
	nsx-pin del box
}

@test "del ends its init" {
	nsx-pin add box --pid --net
	init=$(init_of box)
	run --separate-stderr nsx-pin del box
	assert_ran ""
	# A zombie until the system's own init has seen it.
	wait_until is_gone "$init"
}

@test "del refuses while processes live inside, and changes nothing" {
	nsx-pin add box --pid --net
	start nsx-enter -t pin:box sh -c 'echo ready; read -r end'
	read_started
	before=$(registry)
	run --separate-stderr nsx-pin del box
	assert_error 1 "cannot delete 'box'" "processes are in it"
	assert_same "$before" "$(registry)"
	run --separate-stderr nsx-enter -t pin:box echo ran
	assert_ran ran
	end_input
	await_started
	run --separate-stderr nsx-pin del box
	assert_ran ""
}

@test "del refuses while processes live in a pid namespace inside" {
	nsx-pin add box --pid
	# Their own parent is gone: they are all that is inside, one level deeper.
	start nsx-enter --pid=pin:box unshare --pid --fork sh -c 'echo ready; read -r end; echo end'
	read_started
	deep=$(pgrep --parent "$(pgrep --parent "$STARTED")")
	kill -KILL "$(pgrep --parent "$STARTED")"
	await_started
	assert_status 137
	run --separate-stderr nsx-pin del box
	assert_error 1 "processes are in it"
	end_input
	read_started
	assert_same end "$LINE"
	wait_until is_gone "$deep"
	run --separate-stderr nsx-pin del box
	assert_ran ""
}

@test "an init that somebody killed: the name can be deleted" {
	nsx-pin add box --pid
	init=$(init_of box)
	kill -KILL "$init"
	wait_until is_gone "$init"
	run --separate-stderr nsx-enter --pid=pin:box echo ran
	assert_error 125 "cannot fork"
	run --separate-stderr nsx-pin del box
	assert_ran ""
}

@test "a process that got the pid of its init is left alone" {
	nsx-pin add box --pid
	init=$(init_of box)
	kill -KILL "$init"
	wait_until is_gone "$init"
	# As on a kernel without inode numbers of pidfds, where the pid alone is noted.
	start cat
	sed -i "s/^init=.*/init=$STARTED/" /run/nsx/box/record
	run --separate-stderr nsx-pin del box
	assert_ran ""
	wait_until is_in_state "$STARTED" S
}

@test "two names have two inits" {
	nsx-pin add one --pid
	nsx-pin add two --pid
	[[ $(init_of one) != "$(init_of two)" ]]
	nsx-pin del one
	run --separate-stderr nsx-enter --pid=pin:two echo ran
	assert_ran ran
	nsx-pin del two
}

@test "undone where the init cannot be noted or the name not be made: no init is left" {
	nsx-pin add "twice$$" --uts
	run --separate-stderr nsx-pin add "twice$$" --pid
	assert_error 1 "exists already"
	nsx-pin del "twice$$"
	has_no_process "nsx-pin add twice$$ --pid"
	# The file system is full just when the record of the name is to be written.
	run --separate-stderr unshare --mount sh -c '
		mount -t tmpfs fresh /run
		mkdir /run/nsx
		mount -t tmpfs -o nr_inodes=3,mode=755 nsx /run/nsx
		mount --make-private /run/nsx
		nsx-pin add "full$1" --pid
		status=$?
		find /run/nsx -mindepth 1
		exit $status' sh "$$"
	assert_error 1 "cannot make the name 'full$$' known" "No space left on device"
	wait_until has_no_process "nsx-pin add full$$ --pid"
}

has_no_process()
{
	! pgrep --full "$1" >/dev/null
}
