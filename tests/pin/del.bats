#!/usr/bin/env bats
# bats file_tags=root
# SPDX-License-Identifier: GPL-2.0-or-later
#
# nsx-pin del: names are taken away, and what nothing else holds ends.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn
load ../lib/names

@test "a name of one type, of all types" {
	nsx-pin add one
	nsx-pin add all -muinpUCT
	run --separate-stderr nsx-pin del one
	assert_ran ""
	assert_same all "$(nsx-pin list --noheadings | awk '{ print $1 }' | uniq)"
	run --separate-stderr nsx-pin del all
	assert_ran ""
	assert_same "" "$(registry)"
}

@test "several at once" {
	nsx-pin add one
	nsx-pin add two --uts
	nsx-pin add three --net --ipc
	run --separate-stderr nsx-pin del one three
	assert_ran ""
	assert_same two "$(nsx-pin list --noheadings | awk '{ print $1 }')"
	nsx-pin del two
}

@test "a name that there is not: status 3, and the others are taken away" {
	run --separate-stderr nsx-pin del none
	assert_error 3 "there is no name 'none'"
	nsx-pin add one
	nsx-pin add two --uts
	run --separate-stderr nsx-pin del one none two
	assert_error 3 "there is no name 'none'"
	assert_same "" "$(registry)"
}

@test "an invalid name: nothing is taken away" {
	nsx-pin add one
	run --separate-stderr nsx-pin del one a/b
	assert_error 1 "invalid name 'a/b'"
	assert_matches "$(nsx-pin list --noheadings)" '^one .* ok$'
	nsx-pin del one
}

@test "while processes are inside it refuses; --force leaves them there" {
	nsx-pin add box --net --uts
	start nsx-enter -t pin:box sh -c 'readlink /proc/self/ns/net; read -r end; readlink /proc/self/ns/net'
	read_started
	before=$LINE
	run --separate-stderr nsx-pin del box
	assert_error 1 "cannot delete 'box': processes are in it: " "(sh)"
	assert_same 2 "$(nsx-pin list --noheadings | grep -c ' ok$')"
	run --separate-stderr nsx-pin del --force box
	assert_status 0
	assert_output_is ""
	assert_stderr_has "the uts namespace"
	assert_stderr_has "of 'box' is still there: process "
	end_input
	read_started
	assert_same "$before" "$LINE"
}

# device_inside: a process of box has a network device there that is of no kind,
# as physical ones are: that by which the kernel hands multicast packets to a
# router, for it can be made without hardware.
device_inside()
{
	need_command perl
	start nsx-enter --net=pin:box perl -MSocket -e '
		$| = 1;
		my ($initialize, $add, $register) = (200, 202, 4); # linux/mroute.h
		my $is_made = socket(ROUTER, PF_INET, SOCK_RAW, 2) &&
			setsockopt(ROUTER, 0, $initialize, pack("i", 1)) &&
			setsockopt(ROUTER, 0, $add, pack("S C C I3", 0, $register, 0, 0, 0, 0));
		print $is_made ? "ready\n" : "$!\n";
		<STDIN>'
	read_started
	[[ $LINE == ready ]] || {
		nsx-pin del --force --no-wait box
		skip "needs a kernel that routes multicasts: $LINE"
	}
}

@test "while physical network devices are inside it refuses; --force leaves them there" {
	local option

	need_command ip
	nsx-pin add box --net --uts
	ip link add inside netns box type veth peer name other netns box 2>/dev/null || true
	device_inside
	for option in --no-wait --kill; do
		run --separate-stderr nsx-pin del "$option" box
		assert_error 1 "cannot delete 'box': physical network devices are in it: pimreg: move them out, or --force"
		assert_same 2 "$(nsx-pin list --noheadings | grep -c ' ok$')"
	done
	run --separate-stderr nsx-pin del --force --no-wait box
	assert_ran ""
	assert_same 1 "$(nsenter --net="/proc/$STARTED/ns/net" ip -o link show pimreg | wc -l)"
}

@test "a name that another mount namespace has a copy of" {
	nsx-pin add box --net --uts
	start unshare --mount sh -c 'echo ready; read -r end'
	read_started
	run --separate-stderr nsx-pin del box
	assert_ran ""
	assert_same "" "$(registry)"
}

@test "what is left of a name can be taken away" {
	nsx-pin add other --net --uts
	mkdir /run/nsx/stale /run/nsx/empty
	touch /run/netns/stale /run/nsx/stale/uts
	run --separate-stderr nsx-pin del stale empty
	assert_ran ""
	nsx-pin add half --net --uts
	umount /run/nsx/half/uts
	run --separate-stderr nsx-pin del half
	assert_ran ""
	nsx-pin del other
	assert_same "" "$(registry)"
}

@test "after it the name is free again" {
	nsx-pin add box --net --uts
	nsx-pin del box
	run --separate-stderr nsx-pin add box --ipc
	assert_ran ""
	nsx-pin del box
}

@test "the namespace ends with the name" {
	nsx-pin add box --net
	# A device in it ends with it: its other end, out here, is gone.
	ip link add "nsx$$" type veth peer name inside netns box 2>/dev/null || {
		nsx-pin del box
		skip "needs veth devices"
	}
	run --separate-stderr ip link show "nsx$$"
	assert_status 0
	nsx-pin del box
	wait_until is_no_device "nsx$$"
}

is_no_device()
{
	[[ ! -e /sys/class/net/$1 ]]
}

@test "--kill ends those inside, whatever they are" {
	nsx-pin add box --pid --net --uts
	start nsx-enter -t pin:box sh -c 'trap "" TERM HUP; sleep 1000 & echo ready; read -r end'
	read_started
	run --separate-stderr nsx-pin del --kill box
	assert_ran ""
	await_started
	assert_status 137
	nsx-pin attach box $$ --uts
	run --separate-stderr nsx-pin del --kill box
	assert_error 1 "cannot delete 'box': --kill would end us, who are in its uts namespace"
	run --separate-stderr nsx-enter -t pin:box nsx-pin del box
	assert_error 1 "cannot delete 'box': we are in its uts namespace ourselves: leave it, or --force"
	nsx-pin del --force --no-wait box
}

@test "--all: every name, those of ip netns as well" {
	need_command ip
	nsx-pin add one --uts
	nsx-pin add two
	ip netns add three
	run --separate-stderr nsx-pin del --all
	assert_ran ""
	assert_same "" "$(registry)"
	run --separate-stderr nsx-pin del --all
	assert_ran ""
	run --separate-stderr nsx-pin del --all one
	assert_error 1 "--all is all names"
}

# Have the uts namespace of box open, as the descriptor held.
open_inside()
{
	start nsx-enter --uts=pin:box sh -c 'echo ready; read -r end'
	read_started
	exec {held}<"/proc/$STARTED/ns/uts"
	end_input
	await_started
}

@test "it says who holds the namespace still: an open file, another mount namespace" {
	need_command perl
	nsx-pin add box --uts
	open_inside
	run --separate-stderr nsx-pin del box
	exec {held}<&-
	assert_status 0
	assert_stderr_matches "^nsx-pin: note: the uts namespace [0-9]+ of 'box' is still there: process [0-9]+ [(][^ ]+[)] has it open\$"
	# Opened through the name, and a socket.
	nsx-pin add box --uts
	start sh -c 'exec 7</run/nsx/box/uts; echo ready; read -r end'
	read_started
	run --separate-stderr nsx-pin del box
	assert_status 0
	assert_stderr_matches "^nsx-pin: note: the uts namespace [0-9]+ of 'box' is still there: process $STARTED [(]sh[)] has it open\$"
	nsx-pin add box
	start nsx-enter --net=pin:box perl -e 'use Socket; $^F = 100; socket(my $s, AF_INET, SOCK_DGRAM, 0) or die;
		exec @ARGV' nsx-enter --target "$BASHPID" --net sh -c 'echo ready; read -r end'
	read_started
	run --separate-stderr nsx-pin del box
	assert_status 0
	assert_stderr_matches "^nsx-pin: note: the net namespace [0-9]+ of 'box' is still there: process $STARTED [(]sh[)] has a socket of it open\$"
	nsx-pin add box
	mkdir "$BATS_TEST_TMPDIR/dir"
	start unshare --mount sh -e -c 'touch "$1/net"; mount --bind /run/netns/box "$1/net"; echo ready; read -r end' \
		sh "$BATS_TEST_TMPDIR/dir"
	read_started
	run --separate-stderr nsx-pin del box
	assert_status 0
	assert_stderr_has "of 'box' is still there: it is mounted in the mount namespace mnt:["
	assert_stderr_has "of process $STARTED (sh)"
	# Nor need one wait for that.
	nsx-pin add box --uts
	open_inside
	run --separate-stderr nsx-pin del --no-wait box
	exec {held}<&-
	assert_ran ""
}

# Numbers are used again at once, the lowest that is free first.
@test "a namespace that got the number of a deleted one, and is mounted, is not taken for it" {
	is_linux 6.18 || skip "needs 64-bit ids of namespaces (Linux 6.18)"
	nsx-pin add box --uts
	number=$(stat --format=%i /run/nsx/box/uts)
	start sh -c 'exec 9</run/nsx/box/uts; echo ready; sleep 0.3'
	read_started
	# In mounts of their own: namespaces that stay, until one has that number.
	start unshare --mount bash -c '
		echo ready
		for ((i = 0; i < 400; i++)); do
			>"$2/$i"
			unshare --uts="$2/$i" true
			[[ $(stat --format=%i "$2/$i") != "$1" ]] || { echo taken; break; }
		done
		read -r end' bash "$number" "$BATS_TEST_TMPDIR"
	read_started
	run --separate-stderr nsx-pin del box
	read -r -t 0.1 LINE <&"$STARTED_OUTPUT" || skip "the number was not used again"
	assert_ran ""
}

@test "mounted over and over: all of it is taken away" {
	nsx-pin add box --net --uts
	mount --bind /run/nsx/box/uts /run/nsx/box/uts
	mount --bind /run/netns/box /run/netns/box
	run --separate-stderr nsx-pin del box
	assert_ran ""
	assert_same "" "$(registry)"
}

@test "a process that got the pid of its init is inside like others" {
	nsx-pin add box --pid
	start nsx-enter -t pin:box sh -c 'echo ready; read -r end'
	read_started
	init=$(sed -n 's/^init=\([0-9]*\).*/\1/p' /run/nsx/box/record)
	pid=$(nsx-pin pids box | grep -vx "$init" | tail -n 1)
	record=$(</run/nsx/box/record)
	sed -Ei "s/^init=.*/init=$pid:1/" /run/nsx/box/record
	run --separate-stderr nsx-pin show box
	refute_output_has $'\ninit '
	run --separate-stderr nsx-pin del box
	assert_error 1 "cannot delete 'box': processes are in it: " "$pid (sh)"
	echo "$record" >/run/nsx/box/record
	run --separate-stderr nsx-pin show box
	assert_output_has $'\ninit       '"$init"
	end_input
	await_started
	nsx-pin del --kill box
}

@test "--kill is refused where it would end process 1, and with it everything" {
	nsx-pin add other --uts
	# A pid namespace of the test's own, should it fail.
	run --separate-stderr unshare --fork --pid --mount-proc --kill-child sh -c '
		nsx-pin attach first 1 --uts
		nsx-pin exec other nsx-pin del --kill first
		echo "status $?"
		nsx-pin del --force --no-wait first'
	assert_status 0
	assert_output_is "status 1"
	assert_stderr_has "nsx-pin: cannot delete 'first': --kill would end process 1, which is in its namespaces of type uts"
	nsx-pin del other
}

@test "--kill tells of processes that do not end" {
	need_command strace
	need_no_sanitizers "which trace as strace does"
	nsx-pin add box --uts
	start nsx-enter -t pin:box sh -c 'echo ready; read -r end'
	read_started
	run --separate-stderr strace --quiet=all --output=/dev/null --trace=pidfd_send_signal \
		--inject=pidfd_send_signal:retval=0 nsx-pin del --kill box
	assert_error 1 "cannot delete 'box': processes are left in it that were killed and do not end"
	assert_same "box uts ok" "$(nsx-pin list -n -r -o NAME,TYPE,STATE)"
	end_input
	await_started
	nsx-pin del box
}

# As where another binds it again before it can be removed.
@test "a file that is busy is tried again" {
	local log=$BATS_TEST_TMPDIR/strace

	need_command strace
	need_no_sanitizers "which trace as strace does"
	for kept in --net --uts; do
		nsx-pin add box "$kept"
		run --separate-stderr strace --quiet=all --output="$log" --trace=unlinkat \
			--inject=unlinkat:error=EBUSY:when=1..3 nsx-pin del --force --no-wait box
		assert_ran ""
		assert_same 3 "$(grep -c INJECTED "$log")"
		assert_same "" "$(registry)"
	done
}

@test "an ordinary user may not" {
	nsx-pin add box --net --uts
	before=$(registry)
	run --separate-stderr as_user nsx-pin del box
	assert_error 1 "cannot delete 'box': it is root's"
	assert_same "$before" "$(registry)"
	assert_same 2 "$(nsx-pin list --noheadings | grep -c ' ok$')"
	nsx-pin del box
}

@test "delete, and short words" {
	local word

	for word in del delete delet dele d de; do
		nsx-pin add box
		run --separate-stderr nsx-pin "$word" box
		assert_ran ""
		assert_same "" "$(registry)"
	done
	run --separate-stderr nsx-pin del
	assert_error 1 "del needs a name"
}
