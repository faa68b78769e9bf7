#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Names of an ordinary user: no right to mount is needed, for a process holds
# the namespaces. By root, these tests run as the user made for them.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn

setup()
{
	common_setup
	need_own_run
	need_userns
	[[ -d $(runtime_dir) ]] || skip "needs a runtime directory for the ordinary user"
}

teardown()
{
	as_user nsx-pin del --all --kill --no-wait 2>/dev/null || true
	common_teardown
	assert_registry_is_empty
}

runtime_dir()
{
	echo "/run/user/$(as_user id -u)"
}

# Run nsx-pin as the user, with the words given.
pin()
{
	run --separate-stderr as_user nsx-pin "$@"
}

NOTE="nsx-pin: note: --map-root-user is implied: without rights here, all is made in a user namespace"

@test "add, list, enter, delete" {
	pin add box
	assert_status 0
	assert_output_is ""
	assert_stderr_is "$NOTE"
	pin list -n -r -o NAME,TYPE,METHOD,STATE
	assert_ran $'box net hold ok\nbox user hold ok'
	run --separate-stderr as_user nsx-enter -t pin:box sh -c 'id -u; readlink /proc/self/ns/net'
	assert_ran $'0\nnet:['"$(as_user nsx-pin list -n -r -o TYPE,NS | sed -n 's/^net //p')]"
	pin del box
	assert_ran ""
	pin list
	assert_ran ""
}

@test "all types, with options that set them up, and a command that does" {
	pin add -r -muinpCT box --hostname inside --lo --mount-proc -- sh -c 'echo "set up $(id -u) $(uname -n)"'
	assert_ran "set up 0 inside"
	assert_same "$(all_types | sort)" "$(as_user nsx-pin list -n -r -o TYPE | sort)"
	run --separate-stderr as_user nsx-enter -t pin:box sh -c 'uname -n; ps -o comm= -p 1; cat /sys/class/net/lo/flags 2>/dev/null || ip -o link show lo up | wc -l'
	assert_status 0
	assert_same $'inside\nnsx-init' "$(head -n 2 <<<"$output")"
	pin del box
	assert_ran ""
	assert_same "" "$(registry)"
}

@test "with --user and no map it is as asked for, and no note is needed" {
	pin add --user --uts box
	assert_ran ""
	run --separate-stderr as_user nsx-enter -t pin:box --preserve-credentials cat /proc/self/uid_map
	assert_ran ""
	pin del box
	assert_ran ""
}

@test "attach: namespaces of one's own process, which may end" {
	hold_as_user -U -u -n
	pin attach box "$HELD_PID" --user --uts --net
	assert_ran ""
	end_started
	run --separate-stderr as_user nsx-enter -t pin:box --preserve-credentials readlink /proc/self/ns/uts
	assert_ran "uts:[${HELD[uts]}]"
	pin del box
	assert_ran ""
}

@test "nsx-unshare --pin, and rename, show, pids, identify, verify, gc" {
	start "${AS_USER[@]}" nsx-unshare -r -u -n --pin box sh -c 'echo ready; read -r end'
	read_started
	pin rename box bax
	assert_ran ""
	pin list -n -r -o NAME,TYPE
	assert_ran $'bax uts\nbax net\nbax user'
	pin verify
	assert_ran ""
	pin gc
	assert_ran ""
	pin show bax
	assert_ran
	assert_output_matches $'\nprocess +[0-9]+ \\(sh\\) in uts, net, user'
	pin pids bax
	assert_ran
	run --separate-stderr as_user nsx-pin identify "${lines[0]}"
	assert_ran bax
	pin del bax
	assert_error 1 "cannot delete 'bax': processes are in it: "
	end_input
	await_started
	pin del bax
	assert_ran ""
}

@test "the holder: a process in its own session, with nothing but what it holds" {
	cd /tmp
	pin add -r --uts --net box
	assert_ran ""
	holder=$(sed -n 's/^holder=\([0-9]*\).*/\1/p' "$(runtime_dir)/nsx/box/record")
	assert_same nsx-hold "$(cat "/proc/$holder/comm")"
	assert_same / "$(as_user readlink "/proc/$holder/cwd")"
	assert_same "$holder" "$(ps -o sid= -p "$holder" | tr -d ' ')"
	assert_same "/dev/null /dev/null /dev/null " \
		"$(for fd in 0 1 2; do printf '%s ' "$(as_user readlink "/proc/$holder/fd/$fd")"; done)"
	assert_same "net user uts " \
		"$(as_user find "/proc/$holder/fd" -lname '*:\[*' -printf '%l\n' | cut -d : -f 1 | sort | tr '\n' ' ')"
	assert_same 6 "$(as_user ls "/proc/$holder/fd" | wc -l)"
	for signal in HUP INT USR1 PIPE; do
		as_user kill -$signal "$holder"
	done
	pin verify
	assert_ran ""
	pin del box
	assert_ran ""
	wait_until holder_is_gone
}

holder_is_gone()
{
	is_gone "$holder" || is_in_state "$holder" Z
}

@test "a holder that ended leaves a stale name, which gc removes" {
	pin add -r --uts box
	as_user kill -TERM "$(sed -n 's/^holder=\([0-9]*\).*/\1/p' "$(runtime_dir)/nsx/box/record")"
	wait_until is_stale
	pin list -n -r -o NAME,TYPE,STATE
	assert_ran $'box uts stale\nbox user stale'
	run --separate-stderr as_user nsx-enter -t pin:box true
	assert_status 125
	pin verify
	assert_status 1
	assert_output_is $'box uts: stale\nbox user: stale'
	pin gc --dry-run
	assert_ran $'would remove box uts: stale\nwould remove box user: stale'
	pin gc
	assert_ran $'removed box uts: stale\nremoved box user: stale'
	pin verify
	assert_ran ""
}

is_stale()
{
	as_user nsx-pin list -n -r -o STATE | grep -q stale
}

@test "what a record says of a process that is another now is not believed" {
	pin add -r --uts box
	record=$(runtime_dir)/nsx/box/record
	start "${AS_USER[@]}" sleep 1000
	as_user sed -i.before "s/^holder=.*/holder=$STARTED:1/" "$record"
	pin list -n -r -o STATE
	assert_ran $'stale\nstale'
	# Without the inode number it has not what it should.
	as_user sed -i "s/^holder=.*/holder=$STARTED/" "$record"
	pin list -n -r -o STATE
	assert_ran $'stale\nstale'
	as_user mv "$record.before" "$record"
	pin del box
	assert_ran ""
	is_in_state "$STARTED" S
}

@test "a registry that others may write to, or without a runtime directory: one clear line" {
	run --separate-stderr as_user env XDG_RUNTIME_DIR=/none nsx-pin add -r --uts box
	assert_error 1 "XDG_RUNTIME_DIR"
	as_user mkdir -m 777 "$(runtime_dir)/open"
	as_user chmod 777 "$(runtime_dir)/open"
	run --separate-stderr as_user env XDG_RUNTIME_DIR="$(runtime_dir)/open" nsx-pin add -r --uts box
	assert_error 1 "XDG_RUNTIME_DIR"
	as_user chmod 700 "$(runtime_dir)/open"
	as_user mkdir -m 777 "$(runtime_dir)/open/nsx"
	as_user chmod 777 "$(runtime_dir)/open/nsx"
	run --separate-stderr as_user env XDG_RUNTIME_DIR="$(runtime_dir)/open" nsx-pin add -r --uts box
	assert_error 1 "others may write to"
	as_user rm -r "$(runtime_dir)/open"
	# And XDG_RUNTIME_DIR is where names are.
	as_user mkdir -m 700 "$(runtime_dir)/own"
	run --separate-stderr as_user env XDG_RUNTIME_DIR="$(runtime_dir)/own" nsx-pin add -r --uts box
	assert_ran ""
	assert_same record "$(as_user ls "$(runtime_dir)/own/nsx/box")"
	pin list
	assert_ran ""
	run --separate-stderr as_user env XDG_RUNTIME_DIR="$(runtime_dir)/own" nsx-pin del box
	assert_ran ""
	as_user rmdir "$(runtime_dir)/own/nsx" "$(runtime_dir)/own"
}

@test "what cannot be in a record is no name" {
	local dir

	dir=$(runtime_dir)/nsx
	pin add -r --uts box
	as_user mkdir -m 700 "$dir/fifo" "$dir/text" "$dir/link" "$dir/dir" "$dir/dir/record"
	as_user mkfifo "$dir/fifo/record"
	as_user sh -c 'echo nonsense >"$1/text/record"; ln -s ../box/record "$1/link/record"' sh "$dir"
	run --separate-stderr timeout "$PATIENCE" "${AS_USER[@]}" nsx-pin list -n -r -o NAME,TYPE
	assert_ran $'box uts\nbox user'
	run --separate-stderr timeout "$PATIENCE" "${AS_USER[@]}" nsx-pin verify
	assert_status 1
	assert_output_is $'dir: broken record\nfifo: broken record\nlink: broken record\ntext: broken record'
	as_user rm -r "$dir/fifo" "$dir/text" "$dir/link" "$dir/dir"
	pin del box
	assert_ran ""
}

# bats test_tags=root
@test "root knows nothing of it, and another user cannot enter it" {
	pin add -r --uts box
	run --separate-stderr nsx-pin list
	assert_ran ""
	run --separate-stderr env XDG_RUNTIME_DIR="$(runtime_dir)" nsx-pin list
	assert_ran ""
	run --separate-stderr nsx-enter -t pin:box true
	assert_status 125
	# Somebody who is neither, by the same directory.
	run --separate-stderr setpriv --reuid=12345 --regid=12345 --clear-groups \
		env XDG_RUNTIME_DIR="$(runtime_dir)" nsx-enter -t pin:box true
	assert_status 125
	run --separate-stderr setpriv --reuid=12345 --regid=12345 --clear-groups \
		env XDG_RUNTIME_DIR="$(runtime_dir)" nsx-pin del box
	assert_status 3
	pin del box
	assert_ran ""
}

@test "no mode keeps users out of their own names" {
	pin add -r --net box --mode 0000
	assert_ran ""
	pin add -r --uts bax --mode 0640
	pin list -n -r -o NAME,TYPE,STATE
	assert_ran $'bax uts ok\nbax user ok\nbox net ok\nbox user ok'
	pin verify
	assert_ran ""
	pin show bax
	assert_output_has $'mode       0740\n'
	# As it was made before.
	chmod 0600 "$(runtime_dir)/nsx/box"
	pin del box
	assert_error 1 "cannot delete 'box': Permission denied"
	pin list -n -r -o NAME,TYPE,STATE
	assert_ran
	assert_output_has "bax uts ok"
	chmod 0700 "$(runtime_dir)/nsx/box"
	pin del box bax
	assert_ran ""
}

@test "in a world of one's own, with the network of others: a registry of the system, to make names in and delete" {
	run --separate-stderr as_user unshare --user --map-root-user --mount sh -e -c '
		mount -t tmpfs -o mode=755 fresh /run
		nsx-pin add box --net --uts
		nsx-pin add bax
		nsx-pin list -n -r -o NAME,TYPE,METHOD,STATE
		nsx-pin del box
		nsx-pin del --all --kill
		nsx-pin list'
	assert_ran $'bax net bind ok\nbox uts bind ok\nbox net bind ok'
}

# bats test_tags=root
@test "a name of one's own comes before one of the system" {
	nsx-pin add box --uts --mode 0755
	pin add -r --ipc box
	pin list -n -r -o NAME,TYPE,OWNER
	assert_ran "box ipc $NSX_USER
box user $NSX_USER
box uts root"
	run --separate-stderr as_user nsx-enter --ipc=pin:box --user=pin:box true
	assert_ran ""
	pin del box
	assert_ran ""
	pin del box
	assert_error 1 "cannot delete 'box': it is root's"
	nsx-pin del box
}

# In a world whose pid 1 waits for one child alone, so that others stay zombies.
@test "a holder that nobody has waited for is as gone as any other" {
	need_userns
	need_command perl
	run --separate-stderr timeout "$PATIENCE" unshare --user --map-root-user --mount --pid --fork --kill-child --mount-proc \
		perl -e '$pid = fork // die; $pid or exec @ARGV; waitpid $pid, 0; exit $? >> 8' sh -ec '
			mount -t tmpfs -o mode=755 fresh /run
			nsx-pin add box --ipc --hold
			pid=$(sed -n "s/^holder=\([0-9]*\).*/\1/p" /run/nsx/box/record)
			kill -KILL "$pid"
			until grep -q "^State:.Z" "/proc/$pid/status"; do :; done
			nsx-pin list -n -r -o NAME,STATE
			nsx-pin del box'
	assert_ran "box stale"
}
