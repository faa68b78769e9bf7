#!/usr/bin/env bats
# bats file_tags=root
# SPDX-License-Identifier: GPL-2.0-or-later
#
# nsx-pin rename, verify, gc.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn
load ../lib/names

has_stopped()
{
	grep --quiet 'stopped by SIGSTOP' "$BATS_TEST_TMPDIR/stopped"
}

# stop_in CALL NTH VERB...: start nsx-pin, and have it stop there; LINE is its pid.
stop_in()
{
	: >"$BATS_TEST_TMPDIR/stopped"
	start strace -o "$BATS_TEST_TMPDIR/stopped" -e "trace=$1" -e "inject=$1:signal=SIGSTOP:when=$2" \
		sh -c 'echo $$; exec nsx-pin "$@"' sh "${@:3}"
	read_started
	wait_until has_stopped
}

@test "rename: all it keeps, its init, and ip sees it" {
	need_command ip
	nsx-pin add old -muinpCTr --mode 0750
	before=$(nsx-pin list old -n -r -o TYPE,NS,INIT)
	run --separate-stderr nsx-pin rename old new
	assert_ran ""
	assert_same "$before" "$(nsx-pin list new -n -r -o TYPE,NS,INIT)"
	assert_same new "$(nsx-pin list -n -r -o NAME | uniq)"
	assert_same new "$(ip netns list | cut -d ' ' -f 1)"
	assert_same 750 "$(stat --format=%a /run/nsx/new)"
	run --separate-stderr nsx-enter -t pin:new true
	assert_ran ""
	run --separate-stderr nsx-pin verify
	assert_ran ""
	nsx-pin del new
}

@test "rename: a name of ip netns" {
	need_command ip
	ip netns add old
	before=$(stat --format=%i /run/netns/old)
	run --separate-stderr nsx-pin rename old new
	assert_ran ""
	assert_same "$before" "$(stat --format=%i /run/netns/new)"
	assert_same new "$(ip netns list | cut -d ' ' -f 1)"
	ip netns delete new
	nsx-pin gc >/dev/null
}

@test "rename: a name of ip netns stays one where that fails" {
	need_command ip
	ip netns add one
	nsx-pin add two
	run --separate-stderr nsx-pin rename one two
	assert_error 1 "'two' exists already"
	[[ ! -e /run/nsx/one ]]
	ip netns delete one
	nsx-pin del two
}

@test "rename: a name of ip netns that became one of ours meanwhile" {
	need_command ip
	need_command strace
	need_no_sanitizers "which trace as strace does"
	nsx-pin add other
	ip netns add old
	stop_in mkdirat 1 rename old new
	nsx-pin del old
	nsx-pin add old --uts --net
	kill -CONT "$LINE"
	await_started
	assert_same 0 "$status"
	assert_same $'new uts ok\nnew net ok\nother net ok' "$(nsx-pin list -n -r -o NAME,TYPE,STATE)"
	nsx-pin del new other
}

@test "rename: none such, one that is there, what cannot be a name" {
	nsx-pin add one --net --uts
	nsx-pin add two
	before=$(registry)
	run --separate-stderr nsx-pin rename none new
	assert_error 3 "there is no name 'none'"
	run --separate-stderr nsx-pin rename one two
	assert_error 1 "'two' exists already"
	run --separate-stderr nsx-pin rename one one
	assert_error 1 "'one' exists already"
	run --separate-stderr nsx-pin rename one a/b
	assert_error 1 "invalid name 'a/b'"
	run --separate-stderr nsx-pin rename one
	assert_error 1 "rename needs a name and a new one"
	for verb in "rename one new" "rename two new"; do
		# shellcheck disable=SC2086 # A verb with its names.
		run --separate-stderr as_user nsx-pin $verb
		assert_error 1 "cannot rename '${verb:7:3}': it is root's"
	done
	assert_same "$before" "$(registry)"
	: >/run/netns/stale
	run --separate-stderr nsx-pin rename stale new
	assert_error 1 "cannot rename 'stale': its file keeps no namespace (any more)"
	umount /run/netns/two
	run --separate-stderr nsx-pin rename two new
	assert_error 1 "cannot rename 'two': its file keeps no namespace (any more)"
	rm /run/netns/stale
	nsx-pin del one two
}

# on_copies_of_mounts COMMAND...: with these names, in each kind of copy; what is there then.
on_copies_of_mounts()
{
	local how

	for how in "unshare --mount" "unshare --mount --propagation slave" "nsx-pin exec box"; do
		# /run is shared by default where systemd is. The namespace stays as long as its first mount.
		run unshare --mount sh -e -c '
			mount -t tmpfs -o mode=755 fresh /run
			mount --make-shared /run
			nsx-pin add box
			nsx-pin add old --net --uts
			$1 "$0" -e -c "$2" 2>&1 || echo "status $?"
			nsx-pin list -n -r -o NAME,TYPE,STATE
			nsx-pin gc
			nsx-pin del --all' sh "$how" "$1"
		assert_status 0
		assert_output_matches "$2"
	done
}

@test "rename: not in a copy of the mounts, whose owners would lose the namespace" {
	local kept=$'\nbox net ok\nold uts ok\nold net ok$'

	on_copies_of_mounts "nsx-pin rename old new" \
		"^nsx-pin: cannot rename 'old': this mount namespace is a copy, and .* would lose it: [^"$'\n'"]*"$'\nstatus 1'"$kept"
	on_copies_of_mounts "mount --make-rshared /; nsx-pin rename old new" \
		"^nsx-pin: cannot rename 'old': this mount namespace is a copy, and .* would lose it: [^"$'\n'"]*"$'\nstatus 1'"$kept"
	# What is shared is no copy; nor is what was copied since.
	run --separate-stderr unshare --mount sh -e -c '
		mount -t tmpfs -o mode=755 fresh /run
		mount --make-shared /run
		nsx-pin add old
		unshare --mount --propagation shared nsx-pin rename old new
		unshare --mount sleep 60 &
		trap "kill $!" EXIT
		while [ "$(readlink "/proc/$!/ns/mnt")" = "$(readlink /proc/self/ns/mnt)" ]; do sleep 0.02; done
		nsx-pin rename new newer
		mount --make-private /run
		nsx-pin rename newer newest
		nsx-pin list -n -r -o NAME,TYPE,STATE
		nsx-pin del newest
		nsx-pin gc'
	assert_ran "newest net ok"
}

@test "del: in a copy of the mounts as well, everywhere" {
	on_copies_of_mounts "nsx-pin del old" $'^box net ok$'
}

@test "del: where the mounts are locked, nothing is changed" {
	run --separate-stderr unshare --mount sh -e -c '
		mount -t tmpfs -o mode=755 fresh /run
		mount --make-shared /run
		nsx-pin add box --net --pid
		unshare --user --map-root-user --mount nsx-pin del box || echo "status $?"
		nsx-pin list -n -r -o NAME,TYPE,STATE
		nsx-pin verify
		nsx-pin del box'
	assert_status 0
	assert_output_is $'status 1\nbox net ok\nbox pid ok'
	assert_stderr_has "cannot delete 'box': Device or resource busy"
}

@test "add, attach: a note where the name ends with a copy of the mounts" {
	local note="nsx-pin: note: this mount namespace is a copy: the name is seen in it only, and ends with it"

	on_copies_of_mounts "nsx-pin add new --uts; nsx-pin del new" "^$note"$'\nbox net ok\nold'
	on_copies_of_mounts "nsx-pin attach new pin:old --uts; nsx-pin del --no-wait new" "^$note"$'\nbox net ok\nold'
}

@test "verify: all is well, or what is not" {
	need_command jq
	run --separate-stderr nsx-pin verify
	assert_ran ""
	nsx-pin add well
	nsx-pin add ill --net --uts
	nsx-pin add dead --pid
	umount /run/nsx/ill/uts
	kill -KILL "$(nsx-pin list dead -n -r -o INIT)"
	mkdir /run/nsx/begun
	wait_until init_is_dead
	run --separate-stderr nsx-pin verify
	assert_status 1
	assert_output_is $'begun: unfinished\ndead pid: init dead\nill uts: stale'
	assert_stderr_is ""
	run --separate-stderr nsx-pin verify --json
	assert_status 1
	assert_same '[["begun",null,"unfinished"],["dead","pid","init dead"],["ill","uts","stale"]]' \
		"$(jq --compact-output '[.faults[] | [.name, .type, .state]]' <<<"$output")"
	run --separate-stderr nsx-pin gc --dry-run --json
	assert_ran
	assert_same 3 "$(jq '.removed | length' <<<"$output")"
	run --separate-stderr nsx-pin gc
	assert_ran $'removed begun: unfinished\nremoved dead pid: init dead\nremoved ill uts: stale'
	run --separate-stderr nsx-pin gc
	assert_ran ""
	run --separate-stderr nsx-pin verify
	assert_ran ""
	assert_same $'ill net\nwell net' "$(nsx-pin list -n -r -o NAME,TYPE)"
	nsx-pin del ill well
}

init_is_dead()
{
	nsx-pin list dead -n | grep -q 'init dead'
}

@test "gc: files that ip netns left stale; what is not ours stays" {
	mkdir -p /run/netns
	nsx-pin add well
	: >/run/netns/stale
	mkdir /run/netns/dir
	run --separate-stderr nsx-pin gc
	assert_status 1
	assert_output_is "removed stale net: stale"
	assert_stderr_is "nsx-pin: 'dir' in /run/netns is no namespace, and not ours: take it away"
	rmdir /run/netns/dir
	run --separate-stderr nsx-pin verify
	assert_ran ""
	nsx-pin del well
}

@test "gc leaves alone what is being made" {
	start nsx-pin add box --uts --net -- sh -c 'echo ready; read -r end; true'
	read_started
	run --separate-stderr nsx-pin gc
	assert_ran ""
	run --separate-stderr nsx-pin verify
	assert_ran ""
	run --separate-stderr nsx-pin list
	assert_ran ""
	run --separate-stderr nsx-pin del box
	assert_error 3 "there is no name 'box'"
	end_input
	await_started
	assert_same 2 "$(nsx-pin list -n | wc -l)"
	nsx-pin del box
}

# last_open_of FILE: which of the calls of openat() in nsx-pin gc is the last that opens it.
last_open_of()
{
	strace -qq -e trace=openat -o "$BATS_TEST_TMPDIR/opens" sh -c 'exec nsx-pin gc --dry-run' >/dev/null
	awk -v file="\"$1\"" '{ n++ } index($0, file) { last = n } END { print last }' "$BATS_TEST_TMPDIR/opens"
}

@test "gc leaves alone what became a name after it looked" {
	need_command strace
	need_no_sanitizers "which trace as strace does"
	nsx-pin add box --hold
	kill -KILL "$(sed -n 's/^holder=\([0-9]*\).*/\1/p' /run/nsx/box/record)"
	wait_until sh -c '! nsx-pin verify >/dev/null'
	stop_in pidfd_open 1 gc
	nsx-pin del box
	nsx-pin add box --uts --hold --net
	kill -CONT "$LINE"
	await_started
	assert_same 0 "$status"
	assert_same 2 "$(nsx-pin list -n | wc -l)"
	nsx-pin del box
	# The same of what a killed one left unfinished.
	mkdir /run/nsx/box
	stop_in openat "$(last_open_of record)" gc
	nsx-pin add box --uts --net
	kill -CONT "$LINE"
	await_started
	assert_same 0 "$status"
	assert_same 2 "$(nsx-pin list -n | wc -l)"
	run --separate-stderr nsx-pin gc
	assert_ran ""
	nsx-pin del box
}

@test "gc leaves alone what another mount namespace keeps" {
	start unshare --mount sh -c 'echo ready; read -r end'
	read_started
	nsx-pin add box --uts --net
	inside=(nsenter --target "$STARTED" --mount)
	for verb in gc "gc --dry-run"; do
		# shellcheck disable=SC2086 # A verb with its option.
		run --separate-stderr "${inside[@]}" nsx-pin $verb
		assert_status 1
		assert_output_is ""
		assert_stderr_has "nsx-pin: 'box' keeps its uts namespace in the mount namespace of process "
		assert_stderr_has ": look after it there"
	done
	run --separate-stderr nsx-pin verify
	assert_ran ""
	assert_same 2 "$(nsx-pin list -n | wc -l)"
	nsx-pin del box
	# The same name in a /run of theirs is another one.
	"${inside[@]}" mount -t tmpfs -o mode=0755 fresh /run
	"${inside[@]}" nsx-pin add box --uts
	nsx-pin add box --uts
	umount /run/nsx/box/uts
	run --separate-stderr nsx-pin gc
	assert_ran "removed box uts: stale"
	"${inside[@]}" nsx-pin del box
	"${inside[@]}" umount --lazy /run
	run --separate-stderr "${inside[@]}" nsx-pin gc
	assert_ran ""
	end_input
	await_started
}

# There the name is an empty file: iproute2 7.3 makes it so by itself.
@test "gc leaves alone a name of ip netns that is younger than its mount namespace, and kept in another" {
	need_command ip
	run --separate-stderr unshare --mount sh -e -c '
		mount -t tmpfs -o mode=755 fresh /run
		unshare --mount sleep 30 &
		trap "kill $!" EXIT
		while [ "$(readlink "/proc/$!/ns/mnt")" = "$(readlink /proc/self/ns/mnt)" ]; do sleep 0.02; done
		ip netns add theirs
		touch /run/netns/empty
		nsenter --target $! --mount nsx-pin gc || echo "status $?"
		nsx-pin list -n -r -o NAME,TYPE,STATE
		nsx-pin del theirs'
	assert_status 0
	assert_output_is $'removed empty net: stale\nstatus 1\ntheirs net ok'
	assert_stderr_matches "^nsx-pin: 'theirs' keeps its net namespace in the mount namespace of process [0-9]+ \(.*\): look after it there$"
}

@test "gc leaves alone what is in a mount that it cannot see" {
	make_root "$NSX_BIN/nsx-pin"
	mkdir -p "$ROOT/run/netns"
	: >"$ROOT/run/netns/box"
	run --separate-stderr unshare --mount sh -c '
		mount -t proc proc "$1/proc"
		exec chroot "$1" nsx-pin gc
	' sh "$ROOT"
	assert_status 1
	assert_output_is ""
	assert_stderr_is "nsx-pin: 'box' may keep its net namespace elsewhere: the mount that its file is in cannot be seen from this root directory"
	[[ -e $ROOT/run/netns/box ]]
}
