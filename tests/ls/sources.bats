#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# sources.bats - everything that can keep a namespace alive without a process
# in it, made and found. What is to be found is in no link of any process
# unless a test says so: refute_in_links makes sure that it is really hidden.
#
# shellcheck disable=SC2016 # Shells within expand.
# shellcheck disable=SC2034,SC2154 # What common.bash asks for, and has.

# Another nsx-ls holds what it finds, and that would be found here.
# bats file_tags=alone

load ../lib/common
load ../lib/spawn
load row

setup()
{
	common_setup
	need_userns
	own=()
	((EUID == 0)) || own=(-U)
	need_command jq
	PLACE=$BATS_TEST_TMPDIR/place
	mkdir "$PLACE"
}

refute_in_links()
{
	! readlink /proc/[0-9]*/ns/* 2>/dev/null | grep -qF "[$1]" || fail "a process shows $1 by itself"
}

# assert_listed ROW INODE: "TYPE NPROCS PID", with these columns, and nothing said.
assert_listed()
{
	run --separate-stderr row TYPE,NPROCS,PID "$2"
	assert_ran "$1" || fail "$stderr"
}

# start_world SCRIPT [WORD...]: run a shell script (with arguments PLACE and
# WORD...) in a mount namespace of its own, with a tmpfs at PLACE. WORLD is the
# process, LINE what it prints.
start_world()
{
	local script=$1
	shift

	start "${by[@]}" unshare "${own_world[@]}" --mount --propagation private sh -ec "
		mount -t tmpfs place \"\$1\"
		$script" world "$PLACE" "$@"
	WORLD=$STARTED
	read_started
}

# In a script: bind a new namespace to a file, and say its inode number.
BIND='
bind() {
	: >"$2"
	unshare --$1="$2" true
	stat --format %i "$2"
}
'

by=()
own_world=()
((EUID == 0)) || own_world=(--user --map-root-user)

@test "a thread" {
	hold "${own[@]}" -n -u --by thread
	refute_in_links "${HELD[net]}"
	assert_listed "net 0 $STARTED" "${HELD[net]}"
	assert_listed "uts 0 $STARTED" "${HELD[uts]}"
	run --separate-stderr row PATH,COMMAND "${HELD[net]}"
	assert_output_matches "^/proc/$STARTED/task/$HELD_PID/ns/net .*--by"
	run --separate-stderr row TYPE "${HELD[net]}" --source processes,descriptors,sockets,mounts,relations
	assert_ran ""
	assert_held_only "${HELD[net]}" "thread $STARTED $HELD_PID - - -"
}

@test "a process whose leader has ended, and other threads have not" {
	hold "${own[@]}" -n -u --by follower
	wait_until is_in_state "$STARTED" Z
	refute_in_links "${HELD[net]}"
	assert_listed "net 1 $STARTED" "${HELD[net]}"
	run --separate-stderr row PATH,COMMAND "${HELD[uts]}"
	assert_ran "/proc/$STARTED/task/$HELD_PID/ns/uts [hold]"
	assert_held_only "${HELD[net]}" "process $STARTED $HELD_PID - - -"
}

@test "a descriptor of a process whose leader has ended" {
	hold "${own[@]}" -n
	# shellcheck disable=SC2016
	start bash -c 'exec 9<"/proc/$1/ns/net"; exec "$2" --by follower' - "$HELD_PID" "$NSX_HELPERS/hold"
	read_started
	fd=${started_inputs[0]}
	exec {fd}>&-
	wait "${started_pids[0]}"
	wait_until is_in_state "$STARTED" Z
	refute_in_links "${HELD[net]}"
	assert_listed "net 0 " "${HELD[net]}"
	run --separate-stderr row PATH "${HELD[net]}"
	assert_output_matches "^/proc/$STARTED/task/[0-9]+/fd/9$"
	assert_held_only "${HELD[net]}" "descriptor $STARTED - 9 - -"
	ends_with_input[STARTED]=yes
}

@test "a descriptor" {
	hold "${own[@]}" -n
	exec {fd}<"/proc/$HELD_PID/ns/net"
	end_started
	refute_in_links "${HELD[net]}"
	assert_listed "net 0 " "${HELD[net]}"
	run --separate-stderr row PATH "${HELD[net]}"
	assert_output_matches "^/proc/[0-9]+/fd/$fd$"
	assert_held "${HELD[net]}" "descriptor $BASHPID - $fd - -"
	exec {fd}<&-
}

@test "a descriptor opened with O_PATH" {
	hold "${own[@]}" -n -u -p -T --by path
	for type in net uts pid time; do
		refute_in_links "${HELD[$type]}"
		assert_listed "$type 0 " "${HELD[$type]}"
	done
	run --separate-stderr row PATH "${HELD[net]}"
	assert_output_matches "^/proc/$HELD_PID/fd/[0-9]+$"
	fd=${output##*/}
	assert_held_only "${HELD[net]}" "descriptor $HELD_PID - $fd - -"
	run --separate-stderr row TYPE "${HELD[net]}" --source processes,threads,sockets,mounts,relations
	assert_ran ""
}

@test "a socket opened with O_PATH, which keeps nothing and cannot be asked" {
	need_command perl
	# Its own descriptor of the socket is closed, so that there is no other to ask.
	start perl -MSocket -e '
		$| = 1;
		socket(my $socket, AF_INET, SOCK_DGRAM, 0) or die;
		sysopen(my $path, "/proc/self/fd/" . fileno($socket), 010000000) or die;
		close($socket);
		print "ready\n";
		<STDIN>;'
	read_started
	run --separate-stderr nsx-ls --noheadings --output TYPE --type net --task "$STARTED"
	assert_ran net
	run --separate-stderr row TYPE "$(ns_inode self net)"
	assert_ran net
}

@test "a descriptor that is in no process, but on its way through a socket: what the kernel alone knows" {
	hold "${own[@]}" -n -u --by flight
	for type in net uts; do
		refute_in_links "${HELD[$type]}"
		run --separate-stderr row TYPE,NPROCS "${HELD[$type]}"
		# To anyone but the host's root it lists next to nothing.
		if ((EUID == 0)) && is_linux 6.19; then
			assert_ran "$type 0"
		else
			assert_ran ""
		fi
	done
}

# bats test_tags=root
@test "a descriptor opened through a mount that is gone since" {
	hold -n
	touch "$BATS_TEST_TMPDIR/net"
	mount --bind "/proc/$HELD_PID/ns/net" "$BATS_TEST_TMPDIR/net"
	exec {fd}<"$BATS_TEST_TMPDIR/net"
	umount --lazy "$BATS_TEST_TMPDIR/net"
	end_started
	# Its link says nothing of what it is.
	refute_has "$(readlink "/proc/self/fd/$fd")" "net:"
	assert_listed "net 0 " "${HELD[net]}"
	run --separate-stderr row PATH "${HELD[net]}"
	assert_output_matches "^/proc/[0-9]+/fd/$fd$"
	assert_held "${HELD[net]}" "descriptor $BASHPID - $fd - -"
	exec {fd}<&-
}

@test "a socket" {
	hold "${own[@]}" -n --by socket
	refute_in_links "${HELD[net]}"
	assert_listed "net 0 " "${HELD[net]}"
	run --separate-stderr row TYPE "${HELD[net]}" --source processes,threads,descriptors,mounts,relations,kernel
	assert_ran ""
	for fd in "/proc/$HELD_PID/fd"/*; do
		[[ $(readlink "$fd") == socket:* ]] && break
	done
	assert_held_only "${HELD[net]}" "socket $HELD_PID - ${fd##*/} - -"
}

@test "a socket that is closed, its file still open with O_PATH, is none and ends nothing" {
	need_command perl
	start perl -e 'use Socket; socket(my $s, AF_UNIX, SOCK_DGRAM, 0) or die;
		sysopen(my $p, "/proc/self/fd/" . fileno($s), 010000000) or die; close($s);
		$| = 1; print readlink("/proc/self/fd/" . fileno($p)), "\n"; <STDIN>'
	read_started
	[[ $LINE == socket:* ]] || fail "it has no socket: $LINE"
	run --separate-stderr nsx-ls --noheadings --source processes,sockets --type net --output NS
	assert_status 0
	assert_output_has "$(ns_inode self net)"
	assert_stderr_is ""
}

@test "children to come" {
	hold "${own[@]}" -p -T --by children
	assert_listed "pid 0 $HELD_PID" "${HELD[pid]}"
	assert_listed "time 0 $HELD_PID" "${HELD[time]}"
	run --separate-stderr row PATH "${HELD[time]}"
	assert_ran "/proc/$HELD_PID/ns/time_for_children"
	assert_held_only "${HELD[time]}" "children $HELD_PID - - - -"
	assert_held_only "${HELD[pid]}" "children $HELD_PID - - - -"
}

@test "an owner, of what only a descriptor keeps" {
	need_command jq
	hold -U -n
	exec {fd}<"/proc/$HELD_PID/ns/net"
	end_started
	refute_in_links "${HELD[user]}"
	assert_listed "user 0 " "${HELD[user]}"
	# Also where only user namespaces are asked for.
	run --separate-stderr row TYPE "${HELD[user]}" --type user
	assert_ran user
	run --separate-stderr row TYPE "${HELD[user]}" --source processes,descriptors,mounts
	assert_ran ""
	assert_held_only "${HELD[user]}" "owned - - - net:[${HELD[net]}] -"
	exec {fd}<&-
}

@test "a parent, of a user namespace that a process is in" {
	start unshare --user --map-root-user unshare --user --map-root-user sh -c 'echo ready; exec cat'
	read_started
	outer=$(nsx-ls --json --type user --output NS,PNS |
		jq ".namespaces[] | select(.ns == $(ns_inode "$STARTED" user)).pns")
	refute_in_links "$outer"
	assert_listed "user 0 " "$outer"
	assert_held_only "$outer" "child - - - user:[$(ns_inode "$STARTED" user)] -"
}

@test "a parent, of a pid namespace that only a descriptor keeps" {
	start unshare --user --map-root-user --pid --fork \
		sh -c 'echo ready; exec unshare --pid --fork sh -c "echo ready; exec cat"'
	read_started
	outer_init=$(pgrep --parent "$STARTED")
	outer=$(ns_inode "$outer_init" pid)
	read_started
	exec {fd}<"/proc/$(pgrep --parent "$outer_init")/ns/pid"
	kill -KILL "$outer_init"
	end_started
	refute_in_links "$outer"
	assert_listed "pid 0 " "$outer"
	assert_held_only "$outer" "child - - - pid:[$(stat --dereference --format %i "/proc/self/fd/$fd")] -"
	exec {fd}<&-
}

@test "a mount, in another mount namespace that a process is in" {
	start_world "$BIND"'bind net "$1/net"; exec cat'
	refute_in_links "$LINE"
	assert_listed "net 0 " "$LINE"
	run --separate-stderr row TYPE "$LINE" --source processes,threads,descriptors,sockets,relations
	assert_ran ""
	assert_held_only "$LINE" "mount - - - $(ns_link "$WORLD" mnt) $PLACE/net"
}

@test "a mount, in a mount namespace that only a descriptor keeps" {
	start_world "$BIND"'bind net "$1/net"; exec cat'
	mnt=$(ns_inode "$WORLD" mnt)
	exec {fd}<"/proc/$WORLD/ns/mnt"
	end_started
	refute_in_links "$mnt"
	refute_in_links "$LINE"
	assert_listed "mnt 0 " "$mnt"
	assert_listed "net 0 " "$LINE"
	# Also where only the one is asked for.
	run --separate-stderr row TYPE "$LINE" --type net
	assert_ran net
	assert_held_only "$LINE" "mount - - - mnt:[$mnt] $PLACE/net"
	assert_held "$mnt" "descriptor $BASHPID - $fd - -"
	exec {fd}<&-
}

@test "a mount, out of sight of a process in a chroot" {
	start_world "$BIND"'bind uts "$1/uts"; mkdir "$1/root"; exec "$2" --chroot "$1/root"' "$NSX_HELPERS/hold"
	inode=$LINE
	read_started
	assert_same "" "$(grep nsfs "/proc/$WORLD/mountinfo")"
	assert_listed "uts 0 " "$inode"
	assert_held_only "$inode" "mount - - - $(ns_link "$WORLD" mnt) $PLACE/uts"
}

@test "mounts below others" {
	# One on the same file, one on a directory, and one in what lies on a directory.
	start_world "$BIND"'
		mkdir "$1/a" "$1/b"
		bind uts "$1/a/file"; : >"$1/empty"; mount --bind "$1/empty" "$1/a/file"
		bind net "$1/b/net"
		mount -t tmpfs one "$1/b"
		bind ipc "$1/b/ipc"
		mount -t tmpfs two "$1/b"
		mount -t tmpfs three "$1/a"
		exec cat'
	first=$LINE
	read_started
	second=$LINE
	read_started
	assert_listed "uts 0 " "$first"
	assert_listed "net 0 " "$second"
	assert_listed "ipc 0 " "$LINE"
	# And not only their names are known: they were opened.
	for inode in "$first" "$second" "$LINE"; do
		run --separate-stderr row ONS "$inode"
		assert_ran "$(ns_inode "$WORLD" user)"
	done
	mnt=$(ns_link "$WORLD" mnt)
	assert_held_only "$first" "mount - - - $mnt $PLACE/a/file"
	assert_held_only "$second" "mount - - - $mnt $PLACE/b/net"
	assert_held_only "$LINE" "mount - - - $mnt $PLACE/b/ipc"
	# What was taken away to see them is there as before.
	assert_same 3 "$(grep -cE 'tmpfs (one|two|three) ' "/proc/$WORLD/mountinfo")"
}

# need_linux VERSION
need_linux()
{
	local version
	version=$(uname -r)
	[[ $(printf '%s\n' "$1" "$version" | sort --version-sort | head -n 1) == "$1" ]] ||
		skip "needs Linux $1"
}

@test "mounts below something on the root directory, and again below something there" {
	need_linux 6.12
	start_world "$BIND"'
		bind net "$1/net"
		mkdir "$1/a"
		bind uts "$1/a/uts"
		mount -t tmpfs one "$1/a"
		exec "$2" --cover' "$NSX_HELPERS/hold"
	first=$LINE
	read_started
	second=$LINE
	read_started
	assert_same ready "$LINE"
	assert_listed "net 0 " "$first"
	assert_listed "uts 0 " "$second"
	for inode in "$first" "$second"; do
		run --separate-stderr row ONS "$inode"
		assert_ran "$(ns_inode "$WORLD" user)"
	done
	assert_held_only "$first" "mount - - - $(ns_link "$WORLD" mnt) $PLACE/net"
	assert_held_only "$second" "mount - - - $(ns_link "$WORLD" mnt) $PLACE/a/uts"
	# What was taken away to see them is there as before.
	assert_same 2 "$(grep -cE 'tmpfs (one|cover) ' "/proc/$WORLD/mountinfo")"
}

@test "where others share what lies below the root directory, its mounts are known by name, and nothing is taken away" {
	need_linux 6.12
	start_world "$BIND"'bind net "$1/net"; mount --make-shared /; exec "$2" --cover' "$NSX_HELPERS/hold"
	inode=$LINE
	read_started
	before=$(cat "/proc/$WORLD/mountinfo")
	assert_listed "net 0 " "$inode"
	run --separate-stderr nsx-ls --json --holders
	assert_same "mount $(ns_link "$WORLD" mnt) null" \
		"$(jq --raw-output ".holders[] | select(.ns == $inode) | \"\(.holder) \(.other) \(.path)\"" <<<"$output")"
	assert_same "$before" "$(cat "/proc/$WORLD/mountinfo")"
}

# bats test_tags=root
@test "a mount namespace that is but mounted, below another mount" {
	need_linux 6.12
	by=(taskset --cpu-list "$(taskset --cpu-list --pid $$ | grep -oE '[0-9]+' | tail -n 1)")
	start_world '
		mkdir "$1/a"
		mount -t tmpfs a "$1/a"
		: >"$1/a/mnt"
		unshare --mount="$1/a/mnt" --propagation private sh -ec "$2" - "$1"
		stat --format %i "$1/a/mnt"
		mount -t tmpfs cover "$1/a"
		exec cat' "$BIND"'mount -t tmpfs inner "$1"; bind net "$1/net"'
	inode=$LINE
	read_started
	refute_in_links "$LINE"
	assert_listed "mnt 0 " "$LINE"
	assert_held_only "$LINE" "mount - - - $(ns_link "$WORLD" mnt) $PLACE/a/mnt"
	# It was searched as well, for the kernel's list leads there.
	assert_listed "net 0 " "$inode"
	assert_held_only "$inode" "mount - - - mnt:[$LINE] $PLACE/net"
}

@test "mounts in a tree that is mounted nowhere" {
	need_linux 6.15
	start_world "$BIND"'
		bind net "$1/net"
		mkdir "$1/a"
		bind uts "$1/a/uts"
		mount -t tmpfs one "$1/a"
		exec "$2" --tree "$1"' "$NSX_HELPERS/hold"
	first=$LINE
	read_started
	second=$LINE
	read_started
	assert_same "" "$(grep nsfs "/proc/$WORLD/mountinfo")"
	assert_listed "net 0 " "$first"
	assert_listed "uts 0 " "$second"
	run --separate-stderr row TYPE "$first" --source processes,threads,descriptors,sockets,relations
	assert_ran ""
	run --separate-stderr row TYPE,ONS "$first" --source mounts
	assert_ran "net $(ns_inode "$WORLD" user)"
	assert_held_only "$first" "mount $WORLD - 9 - /net"
	assert_held_only "$second" "mount $WORLD - 9 - /a/uts"
	run --separate-stderr nsx-ls --holders --noheadings --raw "@$first"
	assert_output_has "$NSX_HELPERS/hold"
	# Another process that has it open, in another mount namespace.
	start sh -c 'exec 5<"/proc/$1/fd/9"; echo ready; exec cat' - "$WORLD"
	read_started
	mapfile -t both < <(printf "mount %d - %d - /net\n" "$WORLD" 9 "$STARTED" 5 | sort -n -k 2)
	assert_held_only "$first" "${both[@]}"
}

@test "and one that a process elsewhere has open, too, which is met first" {
	need_linux 6.15
	mkfifo "$BATS_TEST_TMPDIR/whose"
	start sh -c 'read -r pid <"$1"; exec 5<"/proc/$pid/fd/9"; echo ready; exec cat' - "$BATS_TEST_TMPDIR/whose"
	other=$STARTED_OUTPUT
	start_world "$BIND"'bind net "$1/net"; exec "$2" --tree "$1"' "$NSX_HELPERS/hold"
	inode=$LINE
	read_started
	echo "$WORLD" >"$BATS_TEST_TMPDIR/whose"
	read -r -t "$PATIENCE" _ <&"$other"
	assert_listed "net 0 " "$inode"
}

@test "a name with blanks and newlines" {
	start_world "$BIND"'mkdir "$1/a b
c"; bind net "$1/a b
c/\040"; exec cat'
	assert_listed "net 0 " "$LINE"
}

# bats test_tags=root
@test "a mount here says where it is" {
	run --separate-stderr unshare --mount --propagation private sh -ec "$BIND"'
		mount -t tmpfs place "$1"
		bind net "$1/a b"
		nsx-ls --noheadings --raw --output NS,TYPE,PATH' - "$PLACE"
	assert_status 0
	assert_output_has "${lines[0]} net $PLACE/a\\x20b"
}

# bats test_tags=root
@test "a mount, in a mount namespace that is but mounted itself, twice over" {
	# On one processor: Linux 6.18 may take a younger namespace for an older one.
	by=(taskset --cpu-list "$(taskset --cpu-list --pid $$ | grep -oE '[0-9]+' | tail -n 1)")
	start_world '
		: >"$1/first"
		unshare --mount="$1/first" --propagation private sh -ec "$2" - "$1" "$3"
		exec cat' '
		mount -t tmpfs inner "$1"
		: >"$1/second"
		unshare --mount="$1/second" --propagation private sh -ec "$2" - "$1"' "$BIND"'
		mount -t tmpfs inmost "$1"
		bind net "$1/net"'
	refute_in_links "$LINE"
	assert_listed "net 0 " "$LINE"
	# From the innermost to the outermost, each holds the next.
	run --separate-stderr holders "@$LINE"
	assert_output_matches "^mount - - - (mnt:\\[[0-9]+\\]) $PLACE/net$"
	second=${BASH_REMATCH[1]}
	run --separate-stderr holders "$second"
	assert_output_matches "^mount - - - (mnt:\\[[0-9]+\\]) $PLACE/second$"
	run --separate-stderr holders "${BASH_REMATCH[1]}"
	assert_ran "mount - - - $(ns_link "$WORLD" mnt) $PLACE/first"
}

# bats test_tags=root
@test "a file system that never answers costs one mount namespace, and is left behind" {
	[[ -c /dev/fuse ]] || skip "needs /dev/fuse"
	start_world "$BIND"'mkdir "$1/a"; bind net "$1/a/net"; exec "$2" --hang "$1/a"' "$NSX_HELPERS/hold"
	inode=$LINE
	read_started
	MARK=$BATS_TEST_TMPDIR run --separate-stderr row TYPE,NPROCS "$inode" --verbose
	assert_status 0
	assert_output_is "net 0"
	assert_stderr_matches 'incomplete: .*[1-9][0-9]* of [0-9]+ mount namespaces could not be read'
	assert_same "" "$(grep -lszxF "MARK=$BATS_TEST_TMPDIR" /proc/[0-9]*/environ)"
}

@test "--sources lists them, --source chooses" {
	run --separate-stderr nsx-ls --sources
	assert_ran
	assert_same "processes threads descriptors sockets relations kernel mounts" \
		"$(cut -d ' ' -f 1 <<<"$output" | paste -sd ' ')"
	assert_output_matches '^processes +default +what every process is in'
	need_command jq
	run --separate-stderr nsx-ls --sources --json
	assert_ran
	assert_same "processes threads descriptors sockets relations kernel mounts" \
		"$(jq --raw-output '[.sources[] | select(.default).name] | join(" ")' <<<"$output")"

	hold "${own[@]}" -n --by path
	run --separate-stderr row TYPE "${HELD[net]}" --source processes
	assert_ran ""
	run --separate-stderr row TYPE "${HELD[net]}" --source processes --source descriptors
	assert_ran net
	run --separate-stderr row TYPE "${HELD[net]}" --source descriptors,threads
	assert_ran net
}

# bats test_tags=root
@test "where /proc shows another pid namespace, whose sockets cannot be asked is told" {
	hold -n --by socket
	run --separate-stderr unshare --pid --fork nsx-ls --json --source sockets
	assert_status 0
	assert_same false "$(jq .complete <<<"$output")"
	(($(jq .counts.processes_unread <<<"$output") > 0))
}
