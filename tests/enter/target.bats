#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Entering the namespaces of a process: nsx-enter --target PID.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn

setup()
{
	common_setup
	((EUID == 0)) || need_userns
}

# The holder's options for namespaces that we may enter, and the types of them.
hold_types()
{
	if ((EUID == 0)); then
		hold "$@"
	else
		hold -U "$@"
	fi
}

# enters TYPE LETTER OPTION: by the short and the long option, that type only.
enters()
{
	local type=$1 letter=$2 option=$3 one

	need_ns "$type"
	hold_types "-$letter"
	for one in "-$letter" "--$option"; do
		run --separate-stderr nsx-enter --target "$HELD_PID" "${own_user[@]}" "$one" sh -c "$TELL_LINKS"
		assert_ran
		assert_output_has "$type:[${HELD[$type]}]"
		if ((EUID == 0)); then
			assert_same "$type" "$(changed_types)"
		else
			assert_output_has "user:[${HELD[user]}]"
			assert_same "$(xargs -n 1 <<<"$type user" | sort -u)" "$(changed_types | xargs -n 1 | sort)"
		fi
	done
}

@test "-m, --mount" {
	enters mnt m mount
}

@test "-u, --uts" {
	enters uts u uts
}

@test "-i, --ipc" {
	enters ipc i ipc
}

@test "-n, --net" {
	enters net n net
}

@test "-p, --pid" {
	enters pid p pid
}

@test "-U, --user" {
	enters user U user
}

@test "-C, --cgroup" {
	enters cgroup C cgroup
}

@test "-T, --time" {
	enters time T time
}

# Not in one word: as in nsenter(1), what follows a letter is its reference.
@test "several types, and no others" {
	hold -U -u -i -n -m
	run --separate-stderr nsx-enter -t "$HELD_PID" -U -u -n sh -c "$TELL_LINKS"
	assert_ran
	assert_same "uts net user" "$(changed_types)"
}

# all_by OPTION...: everything that differs, and it is the target's.
all_by()
{
	local type

	run --separate-stderr nsx-enter "$@" sh -c "$TELL_LINKS"
	assert_ran
	assert_same "$(all_types | xargs)" "$(changed_types)"
	for type in $(all_types); do
		assert_output_has "$type:[${HELD[$type]}]"
	done
}

@test "a target alone: all types that differ" {
	hold -m -u -i -n -p -U -C -T
	all_by -t "$HELD_PID"
	all_by --target="$HELD_PID"
	all_by "-t$HELD_PID"
}

@test "--all, -a: the same" {
	hold -m -u -i -n -p -U -C -T
	all_by -t "$HELD_PID" --all
	all_by -a -t "$HELD_PID"
	all_by -a -n -t "$HELD_PID"
}

@test "what the target shares with us is not entered" {
	hold -U -u
	run --separate-stderr nsx-enter -t "$HELD_PID" sh -c "$TELL_LINKS"
	assert_ran
	assert_same "uts user" "$(changed_types)"
}

@test "one's own namespaces are no change, and no error" {
	run --separate-stderr nsx-enter -t $$ sh -c "$TELL_LINKS; id -u"
	assert_ran
	assert_same "" "$(grep -v '^[0-9]*$' <<<"$output" >"$BATS_TEST_TMPDIR/links" && output=$(<"$BATS_TEST_TMPDIR/links") changed_types)"
	assert_same "$(id -u)" "${lines[-1]}"
	run --separate-stderr nsx-enter -t $$ -U -n -m -p id -u
	assert_ran "$(id -u)"
	run --separate-stderr nsx-enter --all -t $$ sh -c 'exit 3'
	assert_status 3
}

@test "from within, one's own user namespace is no change either" {
	need_userns
	run --separate-stderr nsx-unshare -r -u sh -c 'nsx-enter -t $$ --all id -u'
	assert_ran 0
}

@test "the working directory and the environment are ours" {
	hold_types -u
	cd "$BATS_TEST_TMPDIR"
	KEPT=kept run --separate-stderr nsx-enter -t "$HELD_PID" "${own_user[@]}" -u sh -c 'pwd -P; echo "$KEPT"'
	assert_ran "$(pwd -P)"$'\nkept'
}

# --- Which process

# bats test_tags=root
@test "PID:INODE: the process with that pidfd inode, and no other" {
	need_own_run
	# The registry notes the init that it started as PID:INODE.
	nsx-pin add "target$$" --pid
	ref=$(sed -n "s/^init=//p" "/run/nsx/target$$/record")
	pid=${ref%:*}
	if ! is_linux 6.9; then
		nsx-pin del "target$$"
		skip "needs pidfds with inode numbers of their own"
	fi
	assert_has "$ref" :
	run --separate-stderr nsx-enter -t "$ref" -p readlink /proc/self/ns/pid
	assert_ran "$(ns_link "$pid" pid)"
	run --separate-stderr nsx-enter -t "$pid:$((${ref#*:} + 1))" -p echo ran
	nsx-pin del "target$$"
	assert_error 125 "'$pid:$((${ref#*:} + 1))'" "its pid is another's now"
	run --separate-stderr nsx-enter -t "$ref" -p echo ran
	assert_error 125 "'$ref'" "No such process"
}

@test "PID:INODE with the wrong inode is refused" {
	local why="its pid is another's now"

	is_linux 6.9 || why="pidfds have such inode numbers from Linux 6.9 on"
	run --separate-stderr nsx-enter -t $$:1 echo ran
	assert_error 125 "'$$:1'" "$why"
}

@test "a process that is gone" {
	start true
	await_started
	run --separate-stderr nsx-enter -t "$STARTED" echo ran
	assert_error 125 "'$STARTED'" "No such process"
	run --separate-stderr nsx-enter -t "$STARTED" -n echo ran
	assert_error 125 "the net namespace of '$STARTED'" "No such process"
}

is_running()
{
	[[ $(readlink "/proc/$1/exe") == */"$2" ]]
}

@test "a zombie has no namespaces to enter any more" {
	# Its parent is to be a program that waits for nobody.
	start sh -c 'sleep 1000 & echo $!; exec cat'
	read_started
	wait_until is_running "$STARTED" cat
	kill -KILL "$LINE"
	wait_until is_in_state "$LINE" Z
	run --separate-stderr nsx-enter -t "$LINE" echo ran
	assert_error 125 "'$LINE'" "has ended, a zombie"
	run --separate-stderr nsx-enter -t "$LINE" --all echo ran
	assert_error 125 "'$LINE'" "has ended, a zombie"
	run --separate-stderr nsx-enter -t "$LINE" -n echo ran
	assert_error 125 "the net namespace of '$LINE'" "has ended, a zombie"
	# This one it still has, and it is ours.
	run --separate-stderr nsx-enter -t "$LINE" -p echo ran
	assert_ran ran
}

# bats test_tags=root
@test "a kernel thread is a target like others" {
	# The lowest pid without a command line is one, if we see any.
	kthread=$(grep -sl '^Kthread:.*1' /proc/[0-9]*/status | cut -d / -f 3 | sort -n | head -n 1)
	[[ $kthread ]] || skip "needs to see a kernel thread"
	run --separate-stderr nsx-enter -t "$kthread" -n readlink /proc/self/ns/net
	assert_ran "$(ns_link "$kthread" net)"
}

@test "the process of another user is refused" {
	run --separate-stderr as_user nsx-enter -t 1 echo ran
	assert_error 125 "of '1'" "Permission denied"
	run --separate-stderr as_user nsx-enter -t 1 -n echo ran
	assert_error 125 "the net namespace of '1'" "Permission denied"
}

@test "what a user namespace of ours owns is entered together with it, and that is said" {
	hold_as_user -U -n -u
	run --separate-stderr as_user nsx-enter -t "$HELD_PID" -n -u sh -c "$TELL_LINKS"
	assert_status 0
	assert_same "uts net user" "$(changed_types)"
	assert_stderr_is "nsx-enter: note: entered user:[${HELD[user]}] as well, which owns the uts namespace of '$HELD_PID'; credentials are kept"
	run --separate-stderr as_user nsx-enter --net="/proc/$HELD_PID/ns/net" ip link set lo up
	assert_status 0
}

@test "a type of the target and others from elsewhere" {
	hold -U -u -n
	first=$HELD_PID first_net=${HELD[net]}
	run --separate-stderr nsx-enter -t "$first" -U --net="/proc/$first/ns/net" sh -c "$TELL_LINKS"
	assert_ran
	assert_same "net user" "$(changed_types)"
	assert_output_has "net:[$first_net]"
	run --separate-stderr nsx-enter -t "$first" -n --user="/proc/$first/ns/user" sh -c "$TELL_LINKS"
	assert_ran
	assert_same "net user" "$(changed_types)"
	run --separate-stderr nsx-enter -t "$first" --all --uts=/proc/self/ns/uts sh -c "$TELL_LINKS"
	assert_ran
	assert_same "net user" "$(changed_types)"
}

@test "a second --target is refused" {
	run --separate-stderr nsx-enter -t $$ -t $$ echo ran
	assert_error 125 "--target is given twice"
}

# --- A /proc that shows others, or not all, or none

@test "where /proc shows another pid namespace, a pid would be two processes, and is refused" {
	need_userns
	for reference in 1 pidfile:self; do
		run --separate-stderr sh -c 'cd "$0" && echo 1 >self && "$@"' "$BATS_TEST_TMPDIR" \
			nsx-unshare -r --pid --fork nsx-enter -t "${reference/self/./self}" -n echo ran
		assert_error 125 "'${reference/self/./self}': /proc shows the processes of another pid namespace: mount one"
	done
	run --separate-stderr nsx-unshare -r --pid --fork --mount-proc sh -c 'nsx-enter -t $$ echo ran'
	assert_ran ran
	run --separate-stderr nsx-unshare -r --pid --fork nsx-ls -p 1
	assert_error 1 "cannot open '1': /proc shows the processes of another pid namespace"
	run --separate-stderr nsx-unshare -r --pid --fork nsx-ls --pids 1
	assert_error 1 "cannot open '1': /proc shows the processes of another pid namespace"
	run --separate-stderr nsx-unshare -r --pid --fork nsx-pin identify 1
	assert_error 1 "cannot look at process 1: /proc shows the processes of another pid namespace"
}

@test "where nothing is mounted at /proc, a process is refused by that name" {
	need_no_sanitizers "which need /proc"
	need_userns
	run --separate-stderr nsx-unshare -r --mount sh -c 'mount -t tmpfs none /proc && exec nsx-enter -t $$ -n echo ran'
	assert_error 125 "no proc is mounted at /proc"
}

# bats test_tags=root
@test "a process that /proc hides is there" {
	for option in 2 4; do
		for ask in "125 nsx-enter -n -t" "1 nsx-ls -p" "1 nsx-ls --pids"; do
			# shellcheck disable=SC2086 # Several words.
			run --separate-stderr unshare --mount --propagation private sh -ec '
				mount -t proc -o "hidepid=$0" none /proc
				exec "$@"' "$option" "${AS_USER[@]}" ${ask#* } 1
			assert_status "${ask%% *}"
			assert_output_is ""
			assert_stderr_matches '^nsx-[a-z]+: [^'$'\n'']*: /proc hides (process 1|it)$'
		done
	done
}

@test "a namespace file is entered where there is no /proc, and where it does not know us" {
	need_no_sanitizers "which need /proc"
	need_userns
	make_root "$(command -v nsx-enter)"
	mv "$ROOT/bin/nsx-enter" "$ROOT/bin/enter"
	touch "$ROOT/net"
	run --separate-stderr nsx-unshare -r --mount --net sh -ec '
		mount --bind /proc/self/ns/net "$0/net"
		exec unshare --net chroot "$0" /bin/enter --net=/net /bin/sh -c "echo ran"' "$ROOT"
	assert_ran ran

	start nsx-unshare -r --mount --net --pid --mount-proc sh -c 'echo up; read -r end'
	read_started
	within=$(pgrep --parent "$STARTED")
	run --separate-stderr nsx-enter -t "$within" -U -m nsx-enter --net=/proc/1/ns/net echo ran
	assert_ran ran
	run --separate-stderr nsx-enter -t "$within" -U -m nsx-enter --net=/proc/1/ns/net --user=/proc/1/ns/user echo ran
	assert_error 125 "cannot enter" "/proc that shows us"
}

@test "the number of a thread, and a process whose first thread has ended" {
	need_userns
	hold -U -n --by follower
	process=$(sed -n 's/^Tgid:\t//p' "/proc/$HELD_PID/status")
	run --separate-stderr nsx-enter -t "$HELD_PID" -n echo ran
	assert_error 125 "cannot open the net namespace of '$HELD_PID': it is a thread of process $process: name that"
	run --separate-stderr nsx-enter -t "$process" -n echo ran
	assert_error 125 "its first thread has ended" "as /proc/$process/task/$HELD_PID/ns/net"
	run --separate-stderr nsx-enter --net="/proc/$process/task/$HELD_PID/ns/net" --user="/proc/$HELD_PID/ns/user" \
		readlink /proc/self/ns/net
	assert_ran "net:[${HELD[net]}]"
}
