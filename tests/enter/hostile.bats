#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Targets that mean no good, or are in a bad way: what is in there is not
# believed, nor read, nor does it see more than the program. Zombies, kernel
# threads and processes of others are in target.bats.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn
load ../lib/faults

setup()
{
	common_setup
	need_userns
}

# A container of an ordinary user, which root enters, or that user; with a /proc of its own; and in it a shell
# that does as it is told. STARTED is its supervisor, CONTAINER that shell.
start_container()
{
	start "${AS_USER[@]}" nsx-unshare -r --mount --pid --uts --mount-proc \
		sh -c 'echo ready; while read -r line; do eval "$line"; echo "done $?"; done'
	read_started
	CONTAINER=$(pgrep --parent "$STARTED")
	SHELL_OUTPUT=$STARTED_OUTPUT SHELL_INPUT=${started_inputs[-1]}
}

# inside WORDS...: that shell runs them; what it says is in LINES, how it ended in ENDED.
inside()
{
	local line

	LINES=() ENDED=
	echo "$*" >&"$SHELL_INPUT"
	while read -r -t "$PATIENCE" line <&"$SHELL_OUTPUT"; do
		[[ $line != "done "* ]] || {
			ENDED=${line#done }
			return
		}
		LINES+=("$line")
	done
	fail "no answer from inside: $*"
}

# The same, and it must go well.
inside_well()
{
	inside "$@"
	assert_same 0 "$ENDED"
}

# Over a /proc of the target's making: a tmpfs with these FIFOs, on
# which a reader would wait for ever.
cover_proc()
{
	local path

	inside_well mount -t tmpfs fake /proc
	for path; do
		inside_well "mkdir -p /proc/${path%/*} && mkfifo /proc/$path"
	done
}

# --- Files that lie

@test "a target whose /proc is a tmpfs" {
	start_container
	want=$(for type in $(all_types); do ns_link "$CONTAINER" "$type"; done)
	cover_proc
	run --separate-stderr timeout "$PATIENCE" nsx-enter -t "$CONTAINER" sh -c '[ ! -e /proc/self ] && uname -n'
	assert_ran "$(uname -n)"
	run --separate-stderr timeout "$PATIENCE" nsx-enter -t "$CONTAINER" -U -m -p --init --kill-child echo ran
	assert_ran ran
	# And told from outside, which namespaces these are.
	run --separate-stderr timeout "$PATIENCE" nsx-enter -t "$CONTAINER" --info-fd 1 true
	assert_status 0
	while read -r link; do
		inode=${link//[^0-9]/}
		assert_same "$inode" "$(jq ".\"${link%%:*}-namespace\"" <<<"$output")"
	done <<<"$want"
}

@test "a target whose /proc is full of FIFOs" {
	start_container
	cover_proc self/status self/ns/user self/ns/mnt self/uid_map self/mountinfo self/setgroups self/attr/current \
		self/attr/exec 1/root 1/status sys/kernel/cap_last_cap sys/user/max_mnt_namespaces \
		sys/kernel/overflowuid
	run --separate-stderr timeout "$PATIENCE" nsx-enter -t "$CONTAINER" -Z -e --keep-caps --init \
		sh -c 'echo ran; exit 3'
	assert_status 3
	assert_output_is ran
	assert_stderr_is ""
	run --separate-stderr timeout "$PATIENCE" nsx-enter -t "$CONTAINER" -U -m -u -S 0 -G 0 echo ran
	assert_ran ran
}

@test "a failure in there is looked into from outside" {
	start_container
	# It is to fail for a reason that is looked for in /proc. What mount(8) of
	# util-linux 2.39 mounts is for a moment in a namespace that counts, too.
	inside_well 'exec 9>/proc/sys/user/max_mnt_namespaces'
	cover_proc self/status sys/user/max_mnt_namespaces self/ns/mnt
	inside_well 'echo 0 >&9'
	run --separate-stderr timeout "$PATIENCE" nsx-enter -t "$CONTAINER" --mount-sys echo ran
	assert_error 125 "cannot create namespaces (mnt): No space left on device: user.max_mnt_namespaces is 0 here"
	need_faults
	# Joining, and becoming somebody else.
	for call in setns setresuid; do
		run --separate-stderr timeout "$PATIENCE" strace --follow-forks --quiet=all --output="$BATS_TEST_TMPDIR/strace" \
			--trace=$call --inject=$call:error=EPERM nsx-enter -t "$CONTAINER" -U -m -p echo ran
		assert_error 125 "Operation not permitted"
	done
}

# What nsx-enter opens in there, by its trace: from the (last) join to the program, or to the end.
opened_inside()
{
	awk '/ setns\(.* = 0$/ { joined = 1; opened = ""; next }
		/ execve\(.* = 0$/ { if (joined) exit }
		joined && / (open|openat|openat2|creat|stat|newfstatat|access|faccessat2|readlink|readlinkat|connect)\(/ {
			if (!/, "", /) opened = opened $0 "\n"
		}
		END { printf "%s", opened }' "$1"
}

# is_silent STATUS OPTION...: nothing of what is in there is looked at before the program is.
is_silent()
{
	local log=$BATS_TEST_TMPDIR/strace want=$1
	shift

	run "-$want" --separate-stderr timeout "$PATIENCE" strace --follow-forks --quiet=all --output="$log" \
		--trace=setns,execve,%file,%network nsx-enter -t "$CONTAINER" "$@"
	assert_same "" "$(opened_inside "$log")"
	# The trace is one of what it is meant to be.
	grep -q ' setns(.* = 0' "$log"
}

@test "no library, no name service and no locale of the target is read by us" {
	need_faults
	start_container
	inside_well 'mount -t tmpfs etc /etc && echo "passwd: evil" >/etc/nsswitch.conf && mkfifo /etc/passwd /etc/group'
	# All of which may be looked into, or there is another error.
	PATH=$NSX_BIN:/usr/bin:/bin
	for locale in C en_US.UTF-8; do
		export LC_ALL=$locale LANG=$locale LANGUAGE=de
		is_silent 4 sh -c 'exit 4'
		is_silent 4 -S 0 -G 0 --keep-caps -U -m -p --kill-child sh -c 'exit 4'
		is_silent 4 --init sh -c 'exit 4'
		# For messages of errors, too.
		is_silent 127 no-such-program
		assert_error 127 "cannot run 'no-such-program': No such file"
		is_silent 125 -S 99
		assert_error 125 "cannot become user 99"
	done
	((EUID == 0)) || return 0
	# Names are looked up before, in our files.
	is_silent 4 -m -u -S daemon -G daemon sh -c 'exit 4'
}

# --- What it sees of us

# start_blocked OPTION...: nsx-enter, all set up, and waiting before the program
# runs. INNER is the number in the container of what becomes the program.
start_blocked()
{
	local pid_file=$BATS_TEST_TMPDIR/pid.${#started_pids[@]}

	start nsx-enter -t "$CONTAINER" --block-fd 0 --pid-file "$pid_file" "$@" sh -c 'echo runs; exec sleep 1000'
	wait_until test -s "$pid_file"
	INNER=$(sed -n 's/^NSpid:.*\t//p' "/proc/$(<"$pid_file")/status")
	inside_well "[ -d /proc/$INNER ]"
}

# unblock: and the program runs.
unblock()
{
	echo >&"${started_inputs[-1]}"
	read_started
	# shellcheck disable=SC2153
	assert_same runs "$LINE"
}

# is_denied WORDS...: inside they fail, and say nothing of us.
is_denied()
{
	inside "$* 2>/dev/null"
	[[ $ENDED -ne 0 && ${#LINES[@]} -eq 0 ]] || fail "not denied: $*" "${LINES[@]}"
}

@test "until the program runs, nobody inside can look into us" {
	local options

	start_container
	for options in "" "--keep-caps" "-S 0" "-U -p --preserve-credentials"; do
		# shellcheck disable=SC2086
		start_blocked $options
		is_denied readlink "/proc/$INNER/exe"
		is_denied readlink "/proc/$INNER/cwd"
		is_denied readlink "/proc/$INNER/root"
		is_denied ls "/proc/$INNER/fd"
		is_denied cat "/proc/$INNER/environ"
		is_denied cat "/proc/$INNER/maps"
		# Linux 5.10 says nothing, but does not call that a failure.
		is_denied "[ -n \"\$(readlink /proc/$INNER/ns/net)\" ]"
		unblock
		# The program is one as any other.
		inside_well "readlink /proc/$INNER/exe && readlink /proc/$INNER/cwd"
	done
	# An init of ours stays what it was.
	start_blocked --init
	unblock
	is_denied readlink "/proc/$INNER/exe"
	is_denied ls "/proc/$INNER/fd"
}

@test "until the program runs, nobody inside can trace us" {
	need_faults
	start_container
	start_blocked
	inside "timeout 5 strace -qq -o /dev/null -p $INNER 2>&1"
	assert_same 1 "$ENDED"
	assert_has "${LINES[*]}" "Operation not permitted"
	unblock
}

# open_descriptors: which are, told without a /proc.
open_descriptors=(perl -e 'use POSIX; for (0 .. 200) { my $d = POSIX::dup($_) // next; print "$_ "; POSIX::close($d) }')

@test "no descriptor of ours reaches the program" {
	need_command perl
	local option

	hold -U -m -u -i -n -p -C
	run --separate-stderr "${open_descriptors[@]}"
	want=$output
	for option in "-a" "-U -p" "-U -n" "-U -p -F" "-U -u -f" "-a -r" "-a -w" "-a -r -w" "-r/ -w/ -U" "-a -e" \
		"-a -Z" "-U -p -n --mount-proc --mount-sys" "-a --init" "-a --kill-child" "-a --forward-signals" \
		"-U --net=$HELD_PID --uts=/proc/$HELD_PID/ns/uts" "-U -W/" \
		"-a --pid-file $BATS_TEST_TMPDIR/pid" "--for-children"; do
		# shellcheck disable=SC2086
		run --separate-stderr nsx-enter -t "$HELD_PID" $option "${open_descriptors[@]}"
		assert_ran "$want"
	done
	# Those that options name are closed, too.
	run --separate-stderr sh -c 'exec 6>/dev/null 7>/dev/null 8</dev/null 9>/dev/null; exec "$@"' sh \
		nsx-enter -t "$HELD_PID" --info-fd 6 --json-status-fd 7 --block-fd 8 --sync-fd 9 "${open_descriptors[@]}"
	assert_ran "$want"
}

# --- Processes that come and go

# A pid that is another's now, in a pid namespace where we say which is next.
# nsenter up to 2.41 enters whatever has that number.
@test "a pid that is used again is not the process that was named" {
	need_command perl
	is_linux 6.9 || skip "needs pidfds with inode numbers of their own"
	run --separate-stderr nsx-unshare -r --pid --mount-proc bash -c '
		sleep 1000 & first=$!
		inode=$(perl -e "my \$fd = syscall(434, $first, 0); print((stat(\"/proc/self/fd/\$fd\"))[1])")
		nsx-enter -t "$first:$inode" true && echo "entered"
		kill $first; wait $first
		nsx-enter -t "$first:$inode" true
		for try in 1 2 3 4 5 6 7 8 9; do
			echo $((first - 1)) >/proc/sys/kernel/ns_last_pid
			sleep 1000 & second=$!
			[ $second != $first ] || break
			kill $second
		done
		[ $second = $first ] && echo "used again"
		nsx-enter -t "$first:$inode" true
		nsx-enter --net="$first:$inode" true
		nsx-enter -t "$first" true && echo "entered by its number alone"
		kill $second
		echo $first $inode'
	assert_status 0
	read -r pid inode <<<"${lines[-1]}"
	assert_output_is "entered
used again
entered by its number alone
$pid $inode"
	assert_stderr_is "nsx-enter: cannot open the mnt namespace of '$pid:$inode': No such process
nsx-enter: cannot open the mnt namespace of '$pid:$inode': that process has ended, and its pid is another's now
nsx-enter: cannot open the net namespace of '$pid:$inode': that process has ended, and its pid is another's now"
}

@test "a target that is stopped" {
	hold -U -u
	kill -STOP "$HELD_PID"
	wait_until is_in_state "$HELD_PID" T
	run --separate-stderr timeout "$PATIENCE" nsx-enter -t "$HELD_PID" -r -w -e readlink /proc/self/ns/uts
	kill -CONT "$HELD_PID"
	assert_ran "uts:[${HELD[uts]}]"
}

# --- Descriptors that are short, or closed

# with_most NUMBER COMMAND...: with room for so many descriptors.
with_most()
{
	sh -c 'most=$1; shift; ulimit -n "$most"; exec "$@"' sh "$@"
}

# works_or_tells OUTPUT OPTION...: with few descriptors it says that these are
# too few, up to the number with which it works.
works_or_tells()
{
	local want=$1 least=3 most worked=0 failed=0
	shift

	# The loader needs some already.
	until with_most "$least" nsx-enter --version >/dev/null 2>&1; do
		((++least))
	done
	for ((most = least; most < least + 20; most++)); do
		run --separate-stderr with_most "$most" nsx-enter "$@"
		if [[ $status -eq 0 ]]; then
			((++worked))
			assert_ran "$want"
			continue
		fi
		assert_error 125 "Too many open files"
		((++failed))
		# More are never worse than fewer.
		assert_same 0 "$worked"
	done
	((worked > 0 && failed > 0))
}

@test "with few descriptors left it works, or says that there are too few" {
	need_no_sanitizers "which have files open of their own"
	hold -U -m -u -i -n -C
	works_or_tells "uts:[${HELD[uts]}]" -t "$HELD_PID" -r -w -e readlink /proc/self/ns/uts
	works_or_tells "net:[${HELD[net]}]" --user="$HELD_PID" --net="$HELD_PID" --uts="$HELD_PID" \
		readlink /proc/self/ns/net
	works_or_tells "net:[${HELD[net]}]" -t "$HELD_PID" --init readlink /proc/self/ns/net
}

@test "a target that has no descriptor left" {
	need_command perl
	start nsx-unshare -r --net --uts perl -e '$| = 1; $^F = 1000;
		while (open(my $f, "<", "/dev/null")) { push @f, $f }
		print "full\n"; <STDIN>'
	read_started
	run --separate-stderr nsx-enter -t "$STARTED" -r -w readlink /proc/self/ns/net
	assert_ran "$(ns_link "$STARTED" net)"
	run --separate-stderr nsx-enter -t "fd:$STARTED:3" echo ran
	assert_error 125 "neither a namespace nor a socket"
}

# nsenter 2.38 takes a namespace that is opened as descriptor 0 for none, and
# runs the program where it is.
@test "standard descriptors closed, in all combinations" {
	local closing how fd want result=$BATS_TEST_TMPDIR/result tell_closed='closed=
		for fd in 0 1 2; do true 7<&$fd || closed="$closed$fd closed "; done
		echo "$closed" >"$0"'

	hold -U -u -n -p
	for closing in '<&-' '>&-' '2>&-' '<&- >&-' '<&- 2>&-' '>&- 2>&-' '<&- >&- 2>&-'; do
		# shellcheck disable=SC2086
		for how in "-t $HELD_PID" "-t $HELD_PID -r -w" "--user=/proc/$HELD_PID/ns/user --net=/proc/$HELD_PID/ns/net" \
			"-t /proc/$HELD_PID/ns/net --user=$HELD_PID" "-t $HELD_PID -U -n --pid-file $result.pid"; do
			rm -f "$result"
			run --separate-stderr sh -c 'exec "$@" '"$closing" sh nsx-enter $how sh -c "$tell_closed" "$result"
			assert_status 0
			want=
			for fd in 0 1 2; do
				[[ " $closing" != *" <&-"* || $fd -ne 0 ]] || want+="0 closed "
				[[ " $closing" != *" >&-"* || $fd -ne 1 ]] || want+="1 closed "
				[[ " $closing" != *" 2>&-"* || $fd -ne 2 ]] || want+="2 closed "
			done
			assert_same "$want" "$(<"$result")"
		done
		# It is where it was to go.
		run --separate-stderr sh -c "exec nsx-enter --user=$HELD_PID --net=/proc/$HELD_PID/ns/net \
			sh -c 'readlink /proc/self/ns/net >$result' $closing"
		assert_status 0
		assert_same "net:[${HELD[net]}]" "$(<"$result")"
		# What cannot be said goes nowhere else.
		run --separate-stderr sh -c "exec nsx-enter --net=/none/such true $closing"
		assert_status 125
		assert_output_is ""
	done
}
