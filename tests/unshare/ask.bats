#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Asking before doing: --check, what can be had here, and --explain, what would
# be done.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn

setup()
{
	common_setup
	need_userns
}

# The rows, in their order.
ROWS=(mnt uts ipc net pid user cgroup time map mount-proc mount-tmpfs lo nested-user)

# can NAME: what the table says of it.
can()
{
	awk -v name="$1" '$1 == name { sub(/^[^ ]+ +/, ""); print }' <<<"$output"
}

# --- --check

@test "--check: a row for each type and for what people combine" {
	run --separate-stderr nsx-unshare --check
	assert_ran
	assert_matches "${lines[0]}" '^NAME +CAN +WHAT$'
	assert_same "${ROWS[*]}" "$(tail -n +2 <<<"$output" | awk '{ print $1 }' | xargs)"
	assert_same "" "$(awk 'length > 79' <<<"$output")"
}

# bats test_tags=root
@test "--check as root: yes, to all of it" {
	run --separate-stderr nsx-unshare --check
	assert_ran
	assert_same 13 "$(grep -c ' yes ' <<<"$output")"
}

@test "--check as an ordinary user: most of it with a user namespace" {
	run --separate-stderr as_user nsx-unshare --check
	assert_ran
	for row in "${ROWS[@]}"; do
		case $row in
		user | map | nested-user) assert_matches "$(can "$row")" '^yes ' ;;
		*) assert_matches "$(can "$row")" '^with -U ' ;;
		esac
	done
}

# In a user namespace that may have no net namespace.
without_net()
{
	run --separate-stderr nsx-unshare -r --mount --pid --mount-proc sh -c '
		echo 0 >/proc/sys/user/max_net_namespaces || exit 99
		exec "$@"' sh "$@"
}

@test "--check where something cannot be had: why, and status 1" {
	without_net nsx-unshare --check
	assert_status 1
	assert_stderr_is ""
	assert_matches "$(can net)" '^no .*No space left on device: user.max_net_namespaces is 0 here'
	assert_matches "$(can lo)" '^no .*user.max_net_namespaces is 0 here'
	assert_matches "$(can uts)" '^yes '
	assert_same "${ROWS[*]}" "$(tail -n +2 <<<"$output" | awk '{ print $1 }' | xargs)"
}

@test "--check below a seccomp filter" {
	run --separate-stderr "$NSX_HELPERS/filter" EPERM nsx-unshare --check
	assert_status 1
	assert_stderr_is ""
	for row in "${ROWS[@]}"; do
		assert_matches "$(can "$row")" '^no .*Operation not permitted: a seccomp filter'
	done
}

@test "--check -J: the same as JSON" {
	need_command jq
	run --separate-stderr nsx-unshare --check -J
	assert_ran
	assert_same "${ROWS[*]}" "$(jq --raw-output '.checks[].name' <<<"$output" | xargs)"
	assert_same true "$(jq --raw-output '[.checks[].can] | unique | .[]' <<<"$output")"
	assert_same null "$(jq --raw-output '[.checks[] | .error, .why] | unique | .[]' <<<"$output")"
	assert_same "boolean" "$(jq --raw-output '[.checks[].user | type] | unique | .[]' <<<"$output")"

	without_net nsx-unshare --check --json
	assert_status 1
	assert_stderr_is ""
	assert_same '["lo",false,"ENOSPC"] ["net",false,"ENOSPC"]' \
		"$(jq --compact-output '[.checks[] | select(.can | not) | [.name, .can, .error]] | sort | .[]' <<<"$output" | xargs -d '\n')"
	assert_has "$(jq --raw-output '.checks[] | select(.name == "net").why' <<<"$output")" "user.max_net_namespaces is 0"
}

@test "--check: the user column tells what takes a user namespace" {
	need_command jq
	run --separate-stderr as_user nsx-unshare --check --json
	assert_ran
	assert_same "cgroup ipc lo mnt mount-proc mount-tmpfs net pid time uts" \
		"$(jq --raw-output '.checks[] | select(.user).name' <<<"$output" | sort | xargs)"
}

@test "--check leaves nothing, and does nothing that others see" {
	before=$(cat /proc/self/mountinfo; uname -n; cat /proc/self/uid_map)
	run --separate-stderr nsx-unshare --check --hostname changed
	assert_status 0
	assert_same "$before" "$(cat /proc/self/mountinfo; uname -n; cat /proc/self/uid_map)"
}

@test "--check into a full device fails" {
	run --separate-stderr sh -c 'nsx-unshare --check >/dev/full'
	assert_error 125 "cannot write to standard output"
}

@test "--json without --check, and --check with --explain" {
	run --separate-stderr nsx-unshare --json true
	assert_error 125 "--json goes with --check"
	run --separate-stderr nsx-unshare --check --explain
	assert_error 125 "--check and --explain exclude each other"
	run --separate-stderr nsx-unshare --check=net
	assert_error 125 "--check takes no argument"
}

# --- --explain

@test "--explain: numbered steps, with the system calls of each" {
	run --separate-stderr nsx-unshare --explain -r --pid --mount-proc --hostname box --wd / sh -c 'echo ran'
	assert_ran
	assert_same "$(seq "${#lines[@]}" | xargs)" "$(awk '{ print $1 }' <<<"$output" | xargs)"
	for step in "unshare +create namespaces \(mnt, uts, pid, user\)" "write +map users 0:$(id -u):1" "fork +fork" \
		"mount +make all mounts private" "sethostname +set the host name to 'box'" "mount +mount proc at '/proc'" \
		"chdir +change directory to '/'" "execve +run 'sh'"; do
		assert_output_matches " +$step"
	done
	refute_output_has ran
}

@test "--explain does nothing" {
	run --separate-stderr nsx-unshare --explain --uts="$BATS_TEST_TMPDIR/uts" --pid-file "$BATS_TEST_TMPDIR/pid" \
		--info-fd 777 sh -c 'echo >ran'
	assert_ran
	assert_output_has "make '$BATS_TEST_TMPDIR/uts'"
	[[ ! -e $BATS_TEST_TMPDIR/uts && ! -e $BATS_TEST_TMPDIR/pid && ! -e ran ]]
}

@test "--explain makes no system call of those that it shows" {
	need_command strace
	need_no_sanitizers "which trace as strace does"
	strace -qq -o /dev/null true 2>/dev/null || skip "needs ptrace"
	run --separate-stderr strace --follow-forks --quiet=all --output="$BATS_TEST_TMPDIR/log" \
		--trace=unshare,clone,clone3,fork,vfork,mount,setresuid,sethostname,chdir,chroot,pivot_root,setns,execve \
		nsx-unshare --explain -r --pid --mount-proc --hostname box --join net=1 -S 0 --wd / true
	assert_ran
	assert_same 1 "$(wc -l <"$BATS_TEST_TMPDIR/log")"
	assert_has "$(cat "$BATS_TEST_TMPDIR/log")" "execve("
}

@test "--explain takes no rights" {
	run --separate-stderr as_user nsx-unshare --explain --net --setuid 0 --root /none true
	assert_ran
	assert_output_has "create namespaces (net)"
	assert_output_has "become user 0"
}

@test "--explain of what cannot be: the same message as without" {
	run --separate-stderr nsx-unshare --explain --no-fork --kill-child true
	assert_error 125 "--kill-child needs a child"
	run --separate-stderr nsx-unshare --explain --map-user no-such-user true
	assert_error 125 "there is no user 'no-such-user'"
}

# Golden texts: what people see, and the man page shows.

@test "--explain: the plan of the man page" {
	run --separate-stderr nsx-unshare --explain -rp --mount-proc ps
	assert_ran "\
 1  unshare          create namespaces (mnt, pid, user)
 2  write            set setgroups to 'deny'
 3  write            map users 0:$(id -u):1
 4  write            map groups 0:$(id -g):1
 5  fork             fork
 6  mount            make all mounts private
 7  mount            mount proc at '/proc'
 8  execve           run 'ps'"
}

@test "--explain: nothing asked for is one step, and the shell is named" {
	run --separate-stderr nsx-unshare --explain no-such-program
	assert_ran " 1  execve           run 'no-such-program'"
	SHELL=/bin/other run --separate-stderr nsx-unshare --explain
	assert_ran " 1  execve           run '/bin/other'"
}

@test "--explain: a plan with much in it, of which nothing is there" {
	run --separate-stderr nsx-unshare --explain -c --net=/none/net --lo --init --kill-child \
		--hostname box --domainname nis --root /none/root --wd /dir --mount-proc --setuid 5 --setgid 6 --keep-caps \
		--clear-env --pid-file /none/pid --info-fd 98 --block-fd 99 --sync-fd 97 /none/program argument
	assert_ran "\
 1  fcntl            keep the descriptors given as options from the program
 2  openat           make '/none/net'
 3  unshare          create namespaces (mnt, uts, net, pid, user)
 4  write            set setgroups to 'deny'
 5  write            map users $(id -u):$(id -u):1
 6  write            map groups $(id -g):$(id -g):1
 7  fork             fork
 8  fork             fork the program from a small init
 9  write            write the pid and the namespaces as JSON
10  mount            make all mounts private
11  mount            keep the net namespace at '/none/net'
12  sethostname      set the host name to 'box'
13  setdomainname    set the NIS domain name to 'nis'
14  ioctl            bring the loopback device up
15  chroot           change root to '/none/root'
16  mount            mount proc at '/proc'
17  chdir            change directory to '/dir'
18  setresgid        become group 6
19  setresuid        become user 5
20  capset, prctl    keep all capabilities
21  rename           write the pid to '/none/pid'
22  read             wait on descriptor 99
23  -                clear the environment
24  execve           run '/none/program'"
}

@test "--explain shows the hole that one's own id leaves in a range" {
	run --separate-stderr as_user nsx-unshare --explain --map-user=5 --map-users=0:100000:10 id
	assert_ran "\
 1  unshare          create namespaces (user)
 2  fork, execve     map users 5:$(as_user id -u):1, 0:100000:5, 6:100005:4 with newuidmap
 3  execve           run 'id'"
}

# bats test_tags=root
@test "--explain: root writes such a map itself" {
	run --separate-stderr nsx-unshare --explain --map-user=5 --map-users=0:100000:10 id
	assert_ran "\
 1  unshare          create namespaces (user)
 2  write            map users 5:0:1, 0:100000:5, 6:100005:4
 3  execve           run 'id'"
}

@test "--explain: control characters are printed as \\xNN, so that a step is a line" {
	run --separate-stderr nsx-unshare --explain --wd $'/a\n 9  unlink' $'x\e[31m'
	assert_ran "\
 1  chdir            change directory to '/a\\x0a 9  unlink'
 2  execve           run 'x\\x1b[31m'"
}

@test "--explain: its words are those of --verbose" {
	local steps

	steps=$(nsx-unshare --explain -r --uts --fork --hostname box true | cut -c 22-)
	run --separate-stderr nsx-unshare --verbose -r --uts --fork --hostname box true
	assert_status 0
	assert_same "$steps" "${stderr//nsx-unshare: /}"
}

# --- --check, more of it

@test "--check: each limit is found in every row that it counts for" {
	local type also

	for type in mnt uts ipc pid user cgroup time; do
		case $type in
		mnt) also=$'mount-proc\nmount-tmpfs' ;;
		pid) also=mount-proc ;;
		user) also=$'map\nnested-user' ;;
		*) also= ;;
		esac
		run --separate-stderr nsx-unshare -r sh -c '
			echo 0 >"/proc/sys/user/max_$1_namespaces" && exec nsx-unshare --check' sh "$type"
		assert_status 1
		assert_stderr_is ""
		assert_same "$type${also:+$'\n'}$also" "$(awk '$2 == "no" { print $1 }' <<<"$output")"
		assert_same "" "$(grep ' no ' <<<"$output" | grep -v "user.max_${type}_namespaces is 0 here")"
	done
}

@test "--check: a proc that cannot be mounted" {
	run --separate-stderr nsx-unshare -r --mount sh -c '
		mount --bind /dev/null /proc/uptime && exec nsx-unshare -r nsx-unshare --check'
	assert_status 1
	assert_stderr_is ""
	assert_same mount-proc "$(awk '$2 == "no" { print $1 }' <<<"$output")"
	assert_matches "$(can mount-proc)" 'Operation not permitted: .*nothing mounted over it'
}

@test "--check leaves no process" {
	local pids

	need_command strace
	need_no_sanitizers "which trace as strace does"
	strace -qq -o /dev/null true 2>/dev/null || skip "needs ptrace"
	strace --follow-forks --output="$BATS_TEST_TMPDIR/log" --trace=none nsx-unshare --check >/dev/null || true
	mapfile -t pids < <(awk '/ exited with / { print $1 }' "$BATS_TEST_TMPDIR/log")
	((${#pids[@]} > 13))
	# The last to end is the one that started the others.
	assert_same "$(printf '%s\n' "${pids[@]}" | sort -n | head -n 1)" "${pids[-1]}"
}
