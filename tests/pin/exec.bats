#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# nsx-pin exec: programs in what names keep, and what of "ip netns exec" is
# mended there.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn
load ../lib/etc

setup()
{
	common_setup
	need_own_run
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

need_own_names()
{
	need_userns
	[[ -d $(runtime_dir) ]] || skip "needs a runtime directory for the ordinary user"
}

# --- One name

# bats test_tags=root
@test "all that the name keeps is entered, with mounts for the program alone" {
	nsx-pin add box --net --uts --ipc
	run --separate-stderr nsx-pin exec box sh -c "$TELL_LINKS"
	assert_ran
	assert_same "mnt uts ipc net" "$(changed_types)"
	assert_output_has "net:[$(stat -Lc %i /run/netns/box)]"
	assert_output_has "uts:[$(stat -Lc %i /run/nsx/box/uts)]"
	run --separate-stderr nsx-pin exec --no-mounts box sh -c "$TELL_LINKS"
	assert_ran
	assert_same "uts ipc net" "$(changed_types)"
	nsx-pin del box
}

# bats test_tags=root
@test "every type: pid, user, time, cgroup, mnt" {
	need_ns time
	nsx-pin add box --all --map-root-user --boottime=1d
	run --separate-stderr nsx-pin exec box sh -c "$TELL_LINKS"
	assert_ran
	assert_same "$(all_types | tr '\n' ' ')" "$(changed_types) "
	# Without a copy of it, the mount namespace is the very one.
	run --separate-stderr nsx-pin exec --no-mounts box sh -c "$TELL_LINKS"
	assert_ran "$(nsx-pin list box --noheadings --raw --output TYPE,NS | sed 's/ \(.*\)/:[\1]/')"
	nsx-pin del box
}

# bats test_tags=root
@test "what the program says, reads and ends with is its own" {
	nsx-pin add box
	run --separate-stderr nsx-pin exec box sh -c 'cat; echo out; echo err >&2; exit 7' <<<in
	assert_status 7
	assert_output_is $'in\nout'
	assert_stderr_is err
	run --separate-stderr nsx-pin exec box sh -c 'kill -TERM $$'
	assert_status 143
	run -127 --separate-stderr nsx-pin exec box /none/such
	assert_error 127 "cannot run '/none/such': No such file or directory"
	run --separate-stderr nsx-pin exec box /etc/passwd
	assert_error 126 "cannot run '/etc/passwd': Permission denied"
	# 3 is the program's here, too.
	run --separate-stderr nsx-pin exec box sh -c 'exit 3'
	assert_status 3
	nsx-pin del box
}

# bats test_tags=root
@test "the program takes our place; where a child is needed, signals and statuses come through" {
	nsx-pin add box
	nsx-pin add cave --net --pid
	start nsx-pin exec box sh -c 'echo $$; read -r end'
	read_started
	assert_same "$STARTED" "$LINE"
	end_input
	await_started
	start nsx-pin exec cave sh -c 'trap "exit 9" USR1; echo $$; while :; do read -r end; done'
	read_started
	[[ $LINE != "$STARTED" ]]
	kill -USR1 "$STARTED"
	await_started
	assert_status 9
	nsx-pin del box cave
}

# bats test_tags=root
@test "ip's spelling: the words behind the name are the program's, options too" {
	nsx-pin add box
	run --separate-stderr nsx-pin exec box echo -J --all --no-mounts -u
	assert_ran "-J --all --no-mounts -u"
	run --separate-stderr nsx-pin exec box -- echo -J -- --all
	assert_ran "-J -- --all"
	run --separate-stderr nsx-pin ex --no-mounts box echo short
	assert_ran short
	nsx-pin del box
}

# bats test_tags=root
@test "what ip netns exec shows of a network, nsx-pin exec shows, by either's name" {
	need_command ip
	make_etc
	ip netns add blue
	nsx-pin add green
	mkdir "$ETC/netns/green"
	echo all >"$ETC/resolv.conf"
	for name in blue green; do
		echo "$name" >"$ETC/netns/$name/resolv.conf"
		ip -n "$name" link set lo name "nsx$name"
		look=(sh -c 'cat /etc/resolv.conf; ls /sys/class/net; ip -brief link; readlink /proc/self/ns/net; pwd; id')
		want=$(with_etc ip netns exec "$name" "${look[@]}")
		assert_has "$want" "$name"$'\n'"nsx$name"$'\n'
		run --separate-stderr with_etc nsx-pin exec "$name" "${look[@]}"
		assert_ran "$want"
		run --separate-stderr with_etc nsx-pin exec --no-mounts "$name" cat /etc/resolv.conf
		assert_ran all
		run --separate-stderr nsx-pin exec --no-mounts "$name" ls /sys/class/net
		assert_ran "$(ls /sys/class/net)"
	done
	nsx-pin del blue green
}

# bats test_tags=root
@test "what is mounted below /sys, cgroups say, stays; outside nothing changes" {
	need_command ip
	nsx-pin add box
	before=$(cat /proc/self/mountinfo)
	run --separate-stderr nsx-pin exec box cat /proc/self/mountinfo
	assert_ran
	assert_same "$(mounted_below /sys <<<"$before")" "$(mounted_below /sys <<<"$output")"
	run --separate-stderr nsx-pin exec box ls /sys/fs/cgroup
	assert_ran "$(ls /sys/fs/cgroup)"
	[[ $(ip netns exec box ls /sys/fs/cgroup) != "$output" ]] || skip "nothing is mounted at /sys/fs/cgroup"
	assert_same "$before" "$(cat /proc/self/mountinfo)"
	nsx-pin del box
}

# bats test_tags=root
@test "files of /etc/netns outlive a link whose target is replaced, as resolvers do" {
	make_etc
	mkdir /run/resolver
	echo all >/run/resolver/resolv.conf
	ln -s ../run/resolver/resolv.conf "$ETC/resolv.conf"
	echo blue >"$ETC/netns/blue/resolv.conf"
	nsx-pin add blue
	start unshare --mount sh -e -c 'mount --rbind "$0" /etc; exec "$@"' "$ETC" nsx-pin exec blue sh -c 'while read -r go; do cat /etc/resolv.conf; done'
	for word in before after; do
		echo "$word" >&"${started_inputs[-1]}"
		read_started
		assert_same blue "$LINE"
		echo new >/run/resolver/new
		mv /run/resolver/new /run/resolver/resolv.conf
	done
	end_input
	await_started
	rm -r /run/resolver
	nsx-pin del blue
}

# bats test_tags=root
@test "where no sysfs can be mounted, as in containers without rights, a note says so and the program runs" {
	need_userns
	need_command ip
	# A /sys that is partly covered, by somebody with more rights.
	run --separate-stderr unshare --mount sh -e -c '
		mount -t tmpfs cover /sys/kernel
		exec "$@"' sh "${AS_USER[@]}" unshare --map-root-user --mount --net sh -c '
		mount -t tmpfs own /run
		nsx-pin add box
		nsx-pin exec box sh -c "ip -brief link; ls /sys/class/net"
		echo $?
		ip netns exec box echo ran 2>/dev/null
		echo $?
		nsx-pin exec --no-mounts box echo quiet
		nsx-pin del box'
	assert_status 0
	assert_output_matches $'^lo .*\nlo\n0\n255\nquiet$'
	assert_stderr_is "nsx-pin: note: '/sys' does not show the network entered: Operation not permitted"
}

# bats test_tags=root
@test "a name with a mount namespace: mounts in a copy; with --no-mounts they stay" {
	nsx-pin add box --mount --net
	nsx-pin add hut --mount
	mkdir "$BATS_TEST_TMPDIR/place"
	run --separate-stderr nsx-pin exec box mount -t tmpfs none "$BATS_TEST_TMPDIR/place"
	assert_ran ""
	run --separate-stderr nsx-pin exec box mountpoint -q "$BATS_TEST_TMPDIR/place"
	assert_status 32
	run --separate-stderr nsx-pin exec --no-mounts box mount -t tmpfs none "$BATS_TEST_TMPDIR/place"
	assert_ran ""
	run --separate-stderr nsx-pin exec box mountpoint -q "$BATS_TEST_TMPDIR/place"
	assert_ran ""
	# Without a network there is nothing to mount.
	run --separate-stderr nsx-pin exec hut mount -t tmpfs none "$BATS_TEST_TMPDIR/place"
	assert_ran ""
	run --separate-stderr nsx-pin exec hut mountpoint -q "$BATS_TEST_TMPDIR/place"
	assert_ran ""
	run --separate-stderr mountpoint -q "$BATS_TEST_TMPDIR/place"
	assert_status 32
	nsx-pin del box hut
}

# --- Names that are not well

# bats test_tags=root
@test "a dead init, a stale file, something else, no such name: one line with the name, status 125" {
	nsx-pin add cave --pid
	nsx-pin add held --uts --hold
	nsx-pin add box
	init=$(sed -n 's/^init=\([0-9]*\).*/\1/p' /run/nsx/cave/record)
	holder=$(sed -n 's/^holder=\([0-9]*\).*/\1/p' /run/nsx/held/record)
	kill -KILL "$init" "$holder"
	umount --lazy /run/netns/box
	touch /run/netns/foreign
	wait_until ends_badly cave
	assert_error 125 "cannot fork: Cannot allocate memory: the init of the pid namespace has ended"
	wait_until ends_badly held
	assert_error 125 "cannot open the uts namespace of 'held': the process that held it has ended"
	for name in box foreign; do
		run --separate-stderr nsx-pin exec "$name" echo ran
		assert_error 125 "cannot open the net namespace of '$name': its file keeps no namespace (any more)"
	done
	# A link that leads nowhere, and a file that somebody took away: none is left out in silence.
	ln -s "$BATS_TEST_TMPDIR/none" /run/netns/link
	nsx-pin add gone --ipc --uts
	umount /run/nsx/gone/uts
	rm /run/nsx/gone/uts
	for name in link:net gone:uts; do
		run --separate-stderr nsx-pin exec "${name%:*}" echo ran
		assert_error 125 "cannot open the ${name#*:} namespace of '${name%:*}': its file keeps no namespace (any more)"
		run --separate-stderr nsx-enter --target "pin:${name%:*}" echo ran
		assert_error 125 "cannot open the ${name#*:} namespace of 'pin:${name%:*}': its file keeps no namespace"
	done
	nsx-pin del gone
	rm /run/netns/link
	run --separate-stderr nsx-pin exec none echo ran
	assert_error 125 "there is no name 'none'"
	rm /run/netns/foreign
	nsx-pin gc
}

ends_badly()
{
	run --separate-stderr nsx-pin exec "$1" echo ran
	((status))
}

# --- Users

# bats test_tags=root
@test "-u: the user, their group and groups, known before anything is entered" {
	make_etc
	echo "nsxmore:x:54321:$NSX_USER" >>"$ETC/group"
	nsx-pin add box
	nsx-pin add hut --mount
	for user in "$NSX_USER" "$(id -u "$NSX_USER")"; do
		run --separate-stderr with_etc nsx-pin exec -u "$user" box id
		assert_ran "$(with_etc id "$NSX_USER")"
		assert_output_has 54321
	done
	nsx-pin exec hut mount -t tmpfs none /etc
	run --separate-stderr nsx-pin exec --user="$NSX_USER" hut sh -c 'ls /etc; id -u; id -g; id -G'
	assert_ran "$(id -u "$NSX_USER"; id -g "$NSX_USER"; id -G "$NSX_USER")"
	run --separate-stderr nsx-pin exec -u "$NSX_USER" box sh -c 'grep CapEff /proc/self/status'
	assert_ran $'CapEff:\t0000000000000000'
	run --separate-stderr nsx-pin exec box sh -c 'id -u; id -G'
	assert_ran "0
$(id -G)"
	nsx-pin del box hut
}

# bats test_tags=root
@test "-u: who cannot be" {
	nsx-pin add box
	nsx-pin add jail --user --net --map-users=0:100000:10 --map-groups=0:100000:10
	for user in no-such-user 3999999999; do
		run --separate-stderr nsx-pin exec -u "$user" box echo ran
		assert_error 125 "there is no user '$user'"
		run --separate-stderr nsx-pin exec -u "$user" box jail -- echo ran
		assert_error 125 "there is no user '$user'"
	done
	run --separate-stderr nsx-pin exec -u '' box echo ran
	assert_error 125 "--user takes USER, not ''"
	run --separate-stderr nsx-pin exec -u "$NSX_USER" jail echo ran
	assert_error 125 "with the other groups of '$NSX_USER': Invalid argument: it is not mapped in that user namespace"
	run --separate-stderr nsx-pin exec jail id -u
	assert_ran 0
	nsx-pin del box jail
}

# --- Several names

# bats test_tags=root
@test "several names: one after the other, a label at each line, none left out" {
	nsx-pin add a --uts --hostname one
	nsx-pin add long --uts --hostname two
	run --separate-stderr nsx-pin exec a long -- sh -c 'uname -n; cat; echo err >&2'
	assert_status 0
	assert_output_is $'a     one\nlong  two'
	assert_stderr_is $'a     err\nlong  err'
	nsx-pin del a long
}

# bats test_tags=root
@test "whatever becomes of one, the others follow, and the status tells" {
	need_command ip
	nsx-pin add a
	nsx-pin add b
	nsx-pin add c
	# What ip does: it forgets failures, and a program that is killed ends it.
	run --separate-stderr ip -all netns exec false
	assert_status 0
	run --separate-stderr nsx-pin exec --all false
	assert_status 123
	assert_stderr_is "nsx-pin: a: ended with status 1
nsx-pin: b: ended with status 1
nsx-pin: c: ended with status 1
nsx-pin: 3 of 3 runs failed"
	first='[ "$(readlink /proc/self/ns/net)" != "$1" ] || kill -KILL $$; echo ran'
	run --separate-stderr nsx-pin exec a b c -- sh -c "$first" sh "net:[$(stat -Lc %i /run/netns/a)]"
	assert_status 123
	assert_output_is $'b  ran\nc  ran'
	assert_stderr_is "nsx-pin: a: ended by signal KILL
nsx-pin: 1 of 3 runs failed"
	# A name that is not well fails alone.
	umount --lazy /run/netns/b
	run --separate-stderr nsx-pin exec --all echo ran
	assert_status 123
	assert_output_is $'a  ran\nc  ran'
	assert_stderr_has "b  nsx-pin: cannot open the net namespace of 'b'"
	nsx-pin gc
	nsx-pin del a c
}

# bats test_tags=root
@test "--all: the names of ip as well; ip's spelling; no names at all" {
	need_command ip
	run --separate-stderr nsx-pin exec --all echo ran
	assert_ran ""
	ip netns add theirs
	nsx-pin add ours --uts
	for words in "exec --all" "exec -a --" "--all exec" "-a exec"; do
		# shellcheck disable=SC2086
		run --separate-stderr nsx-pin $words echo -J -- ran
		assert_ran $'ours    -J -- ran\ntheirs  -J -- ran'
	done
	nsx-pin del --all
}

# bats test_tags=root
@test "--json: an object for each line and each end, for one name as well" {
	need_command jq
	nsx-pin add a
	nsx-pin add b --uts
	run --separate-stderr nsx-pin exec --json a b -- sh -c 'echo out; echo err >&2; exit 5'
	assert_status 123
	assert_stderr_is ""
	assert_same '["a","a",null,"stderr","err",null]
["a","a",null,"stdout","out",null]
["a","a",null,null,null,5]
["b","b",null,"stderr","err",null]
["b","b",null,"stdout","out",null]
["b","b",null,null,null,5]' "$(jq -c '[.label, .name, .ns, .stream, .line, ."exit-code"]' <<<"$output" | sort)"
	run --separate-stderr nsx-pin exec -J a true
	assert_ran
	assert_same '{"label":"a","type":null,"ns":null,"pid":null,"name":"a","exit-code":0}' "$(jq -c . <<<"$output")"
	nsx-pin del a b
}

# bats test_tags=root
@test "--parallel: that many at a time" {
	nsx-pin add a --uts
	nsx-pin add b --uts
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	# Each waits for the other.
	run --separate-stderr timeout "$PATIENCE" nsx-pin exec --parallel 2 a b -- sh -c '
		[ "$(readlink /proc/self/ns/uts)" = "uts:[$2]" ] && exec cat "$1"
		echo met >"$1"' sh "$BATS_TEST_TMPDIR/fifo" "$(stat -Lc %i /run/nsx/a/uts)"
	assert_ran "a  met"
	run --separate-stderr nsx-pin exec --parallel 0 a echo ran
	assert_ran "a  ran"
	for number in x -1 ''; do
		run --separate-stderr nsx-pin exec --parallel="$number" a b -- echo ran
		assert_error 125 "--parallel takes N, not '$number'"
	done
	nsx-pin del a b
}

# bats test_tags=root
@test "the limit of open files is ours, in one and in several" {
	nsx-pin add a
	for words in "a" "a a --" "--all"; do
		run --separate-stderr sh -c 'ulimit -Sn 57; nsx-pin exec $1 sh -c "ulimit -Sn"' sh "$words"
		assert_ran
		assert_output_has 57
		refute_output_has "$(ulimit -Hn)"
	done
	nsx-pin del a
}

# --- Wrong use

# bats test_tags=root
@test "what exec takes" {
	nsx-pin add box
	for words in "" "--no-mounts" "-J"; do
		# shellcheck disable=SC2086
		run --separate-stderr nsx-pin exec $words
		assert_error 125 "exec needs a name"
	done
	for words in "box" "box --" "box box --" "--all" "--all --"; do
		# shellcheck disable=SC2086
		run --separate-stderr nsx-pin exec $words
		assert_error 125 "exec needs a command"
	done
	run --separate-stderr nsx-pin exec -- box echo ran
	assert_error 125 "exec needs a name before the '--'"
	run --separate-stderr nsx-pin exec --none box echo ran
	assert_error 125 "unknown option '--none'"
	run --separate-stderr nsx-pin exec a/b echo ran
	assert_error 125 "invalid name 'a/b'"
	# A command with a "--" of its own: part of it would be run.
	run --separate-stderr nsx-pin exec box true -- echo ran
	assert_error 125 "there is no name 'true'; all words before the '--' are names"
	run --separate-stderr nsx-pin exec box -c echo -- ran
	assert_error 125 "invalid name '-c'"
	nsx-pin del box
}

# --- Ordinary users

@test "one's own names need no rights, and a user namespace is entered with its map" {
	need_own_names
	as_user nsx-pin add box 2>/dev/null
	as_user nsx-pin add cave --all --map-current-user
	run --separate-stderr as_user nsx-pin exec box sh -c 'id -u; readlink /proc/self/ns/net; ls /sys/class/net'
	assert_ran "0
net:[$(as_user nsx-pin list box -n -r -o TYPE,NS | sed -n 's/^net //p')]
lo"
	run --separate-stderr as_user nsx-pin exec cave sh -c 'id -u; exit 6'
	assert_status 6
	assert_output_is "$(as_user id -u)"
	run --separate-stderr as_user nsx-pin exec --all sh -c 'id -u'
	assert_ran "box   0
cave  $(as_user id -u)"
	run --separate-stderr as_user nsx-pin exec -u root box id -u
	assert_ran 0
	run --separate-stderr as_user nsx-pin exec -u nobody box id -u
	assert_error 125 "it is not mapped in that user namespace"
	as_user nsx-pin del box cave
}

# bats test_tags=root
@test "names of others are refused, by their mode or by the kernel" {
	need_own_names
	nsx-pin add closed
	nsx-pin add open --mode 0755
	as_user nsx-pin add box 2>/dev/null
	run --separate-stderr as_user nsx-pin exec closed echo ran
	assert_error 125 "cannot look into 'closed': Permission denied"
	run --separate-stderr as_user nsx-pin exec open echo ran
	assert_error 125 "cannot enter the net namespace of 'open': Operation not permitted" "be root"
	run --separate-stderr as_user nsx-pin exec closed box -- echo ran
	assert_status 123
	assert_output_is "box     ran"
	# All means all that are one's own.
	run --separate-stderr as_user nsx-pin exec --all echo ran
	assert_ran "box  ran"
	run --separate-stderr nsx-pin exec --all echo ran
	assert_ran $'closed  ran\nopen    ran'
	run --separate-stderr nsx-pin exec box echo ran
	assert_error 125 "there is no name 'box'"
	as_user nsx-pin del box
	nsx-pin del closed open
}

# bats test_tags=root
@test "who owns a set of root's may run programs in it" {
	need_userns
	nsx-pin add box --net --map-root-user --owner "$NSX_USER:$(id -gn "$NSX_USER")"
	run --separate-stderr as_user nsx-pin exec box sh -c 'id -u; ip -brief link'
	assert_ran
	assert_output_matches $'^0\nlo '
	nsx-pin del box
}
