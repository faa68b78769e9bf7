#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What is mounted for the program alone: --mount-proc, --mount-sys, --etc-netns.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn
load ../lib/etc

setup()
{
	common_setup
	need_userns
	mounts_before=$(cat /proc/self/mountinfo)
}

# Whatever was mounted was mounted inside.
teardown()
{
	common_teardown
	[[ ! -d $BATS_TEST_TMPDIR/shared ]] || umount --lazy "$BATS_TEST_TMPDIR/shared" || true
	assert_same "$mounts_before" "$(cat /proc/self/mountinfo)" || failed=yes
	[[ ! ${own_registry-} ]] || clear_registry
	[[ ! ${failed-} ]]
}

# --- proc

@test "--mount-proc: the processes of the pid namespace, and no others" {
	hold -U -p
	run --separate-stderr nsx-enter -t "$HELD_PID" --mount-proc sh -c 'echo /proc/[0-9]*; echo $$'
	assert_ran
	assert_same "/proc/1 /proc/${lines[1]}" "${lines[0]}"
	# The others go on to see what they saw.
	run --separate-stderr nsx-enter -t "$HELD_PID" sh -c '[ -e "/proc/$1/ns" ] && echo ours' sh "$$"
	assert_ran ours
}

@test "--mount-proc with a mount namespace that is entered: a copy of it" {
	hold -U -m -p
	run --separate-stderr nsx-enter -t "$HELD_PID" --mount-proc sh -c \
		'echo /proc/[0-9]*; echo $$; readlink /proc/self/ns/mnt /proc/self/ns/pid'
	assert_ran
	assert_same "/proc/1 /proc/${lines[1]}" "${lines[0]}"
	[[ ${lines[2]} != "mnt:[${HELD[mnt]}]" ]]
	assert_same "pid:[${HELD[pid]}]" "${lines[3]}"
	run --separate-stderr nsx-enter -t "$HELD_PID" sh -c '[ -e "/proc/$1/ns" ] && echo ours' sh "$$"
	assert_ran ours
}

@test "--mount-proc=DIR: there" {
	mkdir "$BATS_TEST_TMPDIR/proc"
	hold -U -p
	run --separate-stderr nsx-enter -t "$HELD_PID" --mount-proc="$BATS_TEST_TMPDIR/proc" sh -c '
		cd "$1"
		echo [0-9]*
		echo $$
		[ -e "/proc/$2/ns" ] && echo ours' sh "$BATS_TEST_TMPDIR/proc" "$$"
	assert_ran
	assert_same "1 ${lines[1]}" "${lines[0]}"
	assert_same ours "${lines[2]}"
	assert_same "" "$(ls "$BATS_TEST_TMPDIR/proc")"
}

# bats test_tags=root
@test "--mount-proc without a pid namespace: one more of ours" {
	hold -n
	run --separate-stderr nsx-enter -t "$HELD_PID" --net --mount-proc sh -c '
		grep -c " /proc " /proc/self/mountinfo
		[ -e "/proc/$1/ns" ] && echo ours' sh "$$"
	assert_ran "$(($(grep -c ' /proc ' /proc/self/mountinfo) + 1))"$'\nours'
}

@test "--mount-proc: what cannot be" {
	hold -U -p
	run --separate-stderr nsx-enter -t "$HELD_PID" --mount-proc=/none/such echo ran
	assert_error 125 "cannot mount proc at '/none/such': No such file or directory"
	run --separate-stderr nsx-enter -t "$HELD_PID" --mount-proc= echo ran
	assert_error 125 "--mount-proc takes DIR, not ''"
	run --separate-stderr nsx-enter -t "$HELD_PID" --no-fork --mount-proc echo ran
	assert_error 125 "--mount-proc shows the pid namespace to a child only: drop --no-fork"
}

@test "--mount-proc is refused who does not own the pid namespace" {
	hold_as_user -U
	run --separate-stderr as_user nsx-enter -t "$HELD_PID" --mount-proc echo ran
	assert_error 125 "cannot mount proc at '/proc': Operation not permitted" "--pid"
	# And who has no mount namespace, nor a way to one.
	run --separate-stderr as_user sh -c 'nsx-enter -t $$ --mount-proc echo ran'
	assert_error 125 "cannot create namespaces (mnt): Operation not permitted"
}

# --- sysfs

# A network whose device has a name that no other has.
hold_network()
{
	need_command ip
	hold -U -n "$@"
	nsx-enter -t "$HELD_PID" ip link set lo name nsxlo
}

@test "--mount-sys: the devices of the network entered, and what was mounted on /sys stays" {
	hold_network
	before=$(ls /sys/class/net)
	run --separate-stderr nsx-enter -t "$HELD_PID" --mount-sys ls /sys/class/net
	assert_ran nsxlo
	run --separate-stderr nsx-enter -t "$HELD_PID" --mount-sys ls /sys/fs/cgroup
	assert_ran "$(ls /sys/fs/cgroup)"
	run --separate-stderr nsx-enter -t "$HELD_PID" --mount-sys cat /proc/self/mountinfo
	assert_ran
	assert_same "$(mounted_below /sys </proc/self/mountinfo)" "$(mounted_below /sys <<<"$output")"
	assert_same "$before" "$(ls /sys/class/net)"
}

@test "without --mount-sys /sys is that of our network" {
	hold_network
	run --separate-stderr nsx-enter -t "$HELD_PID" ls /sys/class/net
	assert_ran "$(ls /sys/class/net)"
}

@test "--mount-sys with a mount namespace that is entered" {
	hold_network -m
	run --separate-stderr nsx-enter -t "$HELD_PID" --mount-sys sh -c 'ls /sys/class/net; ls /sys/fs/cgroup'
	assert_ran nsxlo$'\n'"$(ls /sys/fs/cgroup)"
	run --separate-stderr nsx-enter -t "$HELD_PID" ls /sys/class/net
	assert_ran "$(ls /sys/class/net)"
}

@test "--mount-sys=DIR: there" {
	mkdir "$BATS_TEST_TMPDIR/sys"
	hold_network
	run --separate-stderr nsx-enter -t "$HELD_PID" --mount-sys="$BATS_TEST_TMPDIR/sys" \
		sh -c 'ls "$1/class/net"; ls /sys/class/net' sh "$BATS_TEST_TMPDIR/sys"
	assert_ran nsxlo$'\n'"$(ls /sys/class/net)"
	run --separate-stderr nsx-enter -t "$HELD_PID" --mount-sys=/none/such echo ran
	assert_error 125 "cannot mount sysfs at '/none/such'" ": No such file or directory"
	run --separate-stderr nsx-enter -t "$HELD_PID" --mount-sys= echo ran
	assert_error 125 "--mount-sys takes DIR, not ''"
}

@test "--mount-sys: what is mounted after, or over, a mount on /sys stays too" {
	mkdir "$BATS_TEST_TMPDIR/over"
	touch "$BATS_TEST_TMPDIR/over/mark"
	# Over /sys/fs, where cgroups are mounted, and these are hidden then.
	run --separate-stderr unshare --map-root-user --mount --net sh -e -c '
		mount --bind "$1" /sys/fs
		mount -t tmpfs late /sys/kernel
		touch /sys/kernel/mark
		nsx-enter --net=/proc/self/ns/net --mount-sys ls /sys/fs /sys/kernel /sys/class/net' \
		sh "$BATS_TEST_TMPDIR/over"
	assert_ran $'/sys/class/net:\nlo\n\n/sys/fs:\nmark\n\n/sys/kernel:\nmark'
}

@test "--mount-sys is refused who does not own the network" {
	hold_as_user -U
	run --separate-stderr as_user nsx-enter -t "$HELD_PID" --mount-sys echo ran
	assert_error 125 "cannot mount sysfs at '/sys'" ": Operation not permitted" "--net"
}

# --- A copy of the mounts

# bats test_tags=root
@test "what is mounted outside goes on to show in the copy, and not the other way round" {
	need_own_run
	mkdir "$BATS_TEST_TMPDIR/shared"
	mount -t tmpfs shared "$BATS_TEST_TMPDIR/shared"
	mount --make-shared "$BATS_TEST_TMPDIR/shared"
	mkdir "$BATS_TEST_TMPDIR/shared/"{in,out}
	hold -n
	start nsx-enter -t "$HELD_PID" --net --mount-sys sh -c '
		mount -t tmpfs inside "$1/out"
		touch "$1/out/mark"
		echo ready
		read -r go
		ls "$1/in"' sh "$BATS_TEST_TMPDIR/shared"
	read_started
	assert_same ready "$LINE"
	assert_same "" "$(ls "$BATS_TEST_TMPDIR/shared/out")"
	mount -t tmpfs outside "$BATS_TEST_TMPDIR/shared/in"
	touch "$BATS_TEST_TMPDIR/shared/in/mark"
	echo >&"${started_inputs[-1]}"
	read_started
	assert_same mark "$LINE"
	end_input
	await_started
	assert_status 0
}

# --- /etc/netns

# The files of blue, for a program in the namespaces that we have.
with_blue=(nsx-enter --uts=/proc/self/ns/uts --etc-netns=blue)

@test "--etc-netns: a file over a file, for the program alone" {
	make_etc
	echo all >"$ETC/hosts"
	echo all >"$ETC/other"
	echo blue >"$ETC/netns/blue/hosts"
	run --separate-stderr in_etc sh -c '"$@" cat /etc/hosts /etc/other; cat /etc/hosts' sh "${with_blue[@]}"
	assert_ran $'blue\nall\nall'
}

@test "--etc-netns: over a link, and what that leads to is left alone" {
	make_etc
	echo all >"$ETC/real"
	ln -s real "$ETC/resolv.conf"
	echo blue >"$ETC/netns/blue/resolv.conf"
	run --separate-stderr in_etc "${with_blue[@]}" cat /etc/resolv.conf /etc/real
	assert_ran $'blue\nall'
	# What follows no link, as an editor that puts a file in its place, sees the file.
	run --separate-stderr in_etc "${with_blue[@]}" find /etc/resolv.conf -type f
	assert_ran /etc/resolv.conf
	assert_same real "$(readlink "$ETC/resolv.conf")"
}

@test "--etc-netns: over a link that leads nowhere, or round in circles" {
	make_etc
	ln -s ../run/none/such "$ETC/resolv.conf"
	ln -s hosts "$ETC/hosts"
	echo blue >"$ETC/netns/blue/resolv.conf"
	echo blue >"$ETC/netns/blue/hosts"
	run --separate-stderr in_etc "${with_blue[@]}" cat /etc/resolv.conf /etc/hosts
	assert_ran $'blue\nblue'
	[[ ! -e /run/none/such ]]
}

@test "--etc-netns: a directory over a directory, or over a link to one" {
	make_etc
	mkdir "$ETC"/{one,two} "$ETC"/netns/blue/{one,link}
	touch "$ETC/one/all" "$ETC/two/all" "$ETC/netns/blue/one/blue" "$ETC/netns/blue/link/blue"
	ln -s two "$ETC/link"
	run --separate-stderr in_etc "${with_blue[@]}" ls /etc/one /etc/link/
	assert_ran $'/etc/link/:\nblue\n\n/etc/one:\nblue'
}

@test "--etc-netns: what is a link in /etc/netns/NAME shows what it leads to" {
	make_etc
	echo all >"$ETC/hosts"
	echo shared >"$ETC/netns/common"
	ln -s ../common "$ETC/netns/blue/hosts"
	run --separate-stderr in_etc "${with_blue[@]}" cat /etc/hosts
	assert_ran shared
}

@test "--etc-netns: names with odd bytes" {
	make_etc
	for name in .hidden 'a b' $'a\nb' '%s' -n; do
		echo all >"$ETC/$name"
		echo blue >"$ETC/netns/blue/$name"
	done
	run --separate-stderr in_etc "${with_blue[@]}" sh -c 'cat /etc/.hidden "/etc/a b" "/etc/a
b" /etc/%s /etc/-n'
	assert_ran $'blue\nblue\nblue\nblue\nblue'
}

@test "--etc-netns: what has no counterpart is left out, with a note, and the rest is shown" {
	make_etc
	echo all >"$ETC/hosts"
	echo blue >"$ETC/netns/blue/hosts"
	echo blue >"$ETC/netns/blue/missing"
	mkdir "$ETC/netns/blue/missing.d" "$ETC/directory" "$ETC/netns/blue/file"
	echo blue >"$ETC/netns/blue/directory"
	echo all >"$ETC/file"
	echo all >"$ETC/dangling"
	ln -s none "$ETC/netns/blue/dangling"
	run --separate-stderr in_etc "${with_blue[@]}" sh -c 'cat /etc/hosts /etc/file /etc/dangling; ls /etc/directory'
	assert_status 0
	assert_output_is $'blue\nall\nall'
	assert_same "nsx-enter: note: '/etc/netns/blue/dangling' is not shown: it leads nowhere
nsx-enter: note: '/etc/netns/blue/directory' is not shown: in /etc that is a directory
nsx-enter: note: '/etc/netns/blue/file' is not shown: in /etc that is no directory
nsx-enter: note: '/etc/netns/blue/missing' is not shown: there is no such file in /etc
nsx-enter: note: '/etc/netns/blue/missing.d' is not shown: there is no such file in /etc" "$(sort <<<"$stderr")"
}

@test "--etc-netns: nothing there for this network is fine" {
	make_etc
	run --separate-stderr in_etc "${with_blue[@]}" echo empty
	assert_ran empty
	rmdir "$ETC/netns/blue"
	run --separate-stderr in_etc "${with_blue[@]}" echo none
	assert_ran none
	rmdir "$ETC/netns"
	run --separate-stderr in_etc "${with_blue[@]}" echo "none at all"
	assert_ran "none at all"
	mkdir "$ETC/netns"
	touch "$ETC/netns/blue"
	run --separate-stderr in_etc "${with_blue[@]}" echo ran
	assert_error 125 "cannot show the files of '/etc/netns/blue' in '/etc': Not a directory"
}

@test "--etc-netns: wrong names" {
	for name in . .. a/b /etc/netns/blue; do
		run --separate-stderr nsx-enter -t $$ --etc-netns="$name" echo ran
		assert_error 125 "--etc-netns takes the name of a directory in /etc/netns"
	done
	run --separate-stderr nsx-enter -t $$ --etc-netns= echo ran
	assert_error 125 "--etc-netns takes NAME, not ''"
}

@test "--etc-netns: a network without a name" {
	for reference in --target=$$ --net=/proc/self/ns/net --net=$$ --uts=/proc/self/ns/uts; do
		run --separate-stderr nsx-enter "$reference" --etc-netns echo ran
		assert_error 125 "no network is entered by a name: give one, --etc-netns=NAME"
	done
}

@test "--etc-netns is refused who may not mount" {
	run --separate-stderr as_user "${with_blue[@]}" echo ran
	assert_error 125 "cannot create namespaces (mnt): Operation not permitted"
}

# --- As ip-netns(8) does it

# make_blue: a network of that name, and an /etc with a file for it, mounted over ours.
make_blue()
{
	need_own_run
	need_command ip
	own_registry=yes
	ip netns add blue
	mounts_before=$(cat /proc/self/mountinfo)
	make_etc
	echo all >"$ETC/resolv.conf"
	echo blue >"$ETC/netns/blue/resolv.conf"
}

# bats test_tags=root
@test "--etc-netns: the name is that of the network, however it is named" {
	make_blue
	for reference in --net=pin:blue --net=/run/netns/blue --net=/run/netns//blue -tpin:blue; do
		run --separate-stderr with_etc nsx-enter "$reference" --etc-netns cat /etc/resolv.conf
		assert_ran blue
	done
	run --separate-stderr with_etc nsx-enter --net=pin:blue --etc-netns=none cat /etc/resolv.conf
	assert_ran all
	run --separate-stderr with_etc nsx-enter --net=pin:blue cat /etc/resolv.conf
	assert_ran all
	# Of a name with a network, something else is entered.
	run --separate-stderr with_etc nsx-enter --net=/proc/self/ns/net --uts=pin:blue --etc-netns echo ran
	assert_error 125 "no network is entered by a name"
}

# bats test_tags=root
@test "with --mount-sys and --etc-netns the program sees what ip netns exec shows, and keeps its cgroups" {
	make_blue
	ip -n blue link set lo name nsxlo
	run --separate-stderr with_etc ip netns exec blue sh -c 'cat /etc/resolv.conf; ls /sys/class/net'
	assert_ran $'blue\nnsxlo'
	run --separate-stderr with_etc nsx-enter --net=pin:blue --mount-sys --etc-netns \
		sh -c 'cat /etc/resolv.conf; ls /sys/class/net; cat /proc/self/mountinfo'
	assert_ran
	assert_same blue "${lines[0]}"
	assert_same nsxlo "${lines[1]}"
	assert_same "$(mounted_below /sys </proc/self/mountinfo)" "$(mounted_below /sys <<<"$output")"
	assert_same "$(ls /sys/fs/cgroup)" "$(with_etc nsx-enter --net=pin:blue --mount-sys ls /sys/fs/cgroup)"
}

# bats test_tags=root
@test "where the same is mounted already: --mount-proc and --mount-sys once more" {
	start nsx-unshare --net --pid --init --mount-proc --mount-sys --kill-child sh -c 'echo up; read -r end'
	read_started
	within=$(pgrep --parent "$STARTED")
	run --separate-stderr nsx-enter -t "$within" --mount-proc --mount-sys sh -c 'ls /sys/class/net; cat /proc/1/comm'
	assert_ran $'lo\nnsx-init'
	# What covers the one that is there does not cover ours.
	nsx-enter -t "$within" mount -t tmpfs none /proc/1
	run --separate-stderr nsx-enter -t "$within" --mount-proc cat /proc/1/comm
	assert_ran nsx-init
}
