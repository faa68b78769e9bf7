#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# detail.bats - the column DETAIL: what a namespace is, one type after the
# other, with a process in it and without.
#
# shellcheck disable=SC2016,SC2154 # Shells within expand; bats and common.bash set.

load ../lib/common
load ../lib/spawn
load ../lib/cgroup

# detail INODE [OPTION...]: in DETAIL; empty where it is null.
detail()
{
	local inode=$1
	shift

	need_command jq
	run --separate-stderr nsx-ls --json --output NS,DETAIL "$@"
	assert_status 0
	assert_stderr_is ""
	DETAIL=$(jq --raw-output ".namespaces[] | select(.ns == $inode) | .detail // \"\"" <<<"$output")
}

# assert_detail TEXT INODE
assert_detail()
{
	detail "$2"
	assert_same "$1" "$DETAIL"
}

# start_in OPTION... SCRIPT: a shell in new namespaces, in a user namespace too
# for who needs one, until the test ends. SCRIPT has a directory in PLACE.
start_in()
{
	need_userns
	PLACE=$BATS_TEST_TMPDIR start unshare "${own_user[@]}" ${own_user[0]:+--map-root-user} \
		"${@:1:$#-1}" sh -ec "${*: -1}
			echo ready
			read -r line"
	read_started
}

@test "uts: the host name, and the domain" {
	need_command hostname
	need_command domainname
	start_in --uts 'hostname nsx-test'
	assert_detail nsx-test "$(ns_inode "$STARTED" uts)"
	start_in --uts 'hostname nsx-test; domainname example'
	assert_detail "nsx-test (domain example)" "$(ns_inode "$STARTED" uts)"
	# Our own, which an ordinary user could not join.
	detail "$(ns_inode self uts)"
	assert_matches "$DETAIL" "^$(uname --nodename)( |$)"
}

@test "net: interfaces and their addresses" {
	need_command ip
	start_in --net ''
	assert_detail "lo down" "$(ns_inode "$STARTED" net)"
	start_in --net 'ip link add nsx0 type bridge; ip link set lo up; ip addr add 192.0.2.7/24 dev nsx0'
	assert_detail "lo 127.0.0.1/8 ::1/128, nsx0 down 192.0.2.7/24" "$(ns_inode "$STARTED" net)"
	detail "$(ns_inode self net)"
	assert_matches "$DETAIL" "^lo"
}

@test "net: of many interfaces, the first" {
	need_command ip
	start_in --net 'seq 300 | sed "s/.*/link add name interface& type bridge/" | ip -batch -'
	detail "$(ns_inode "$STARTED" net)"
	assert_matches "$DETAIL" "^lo down, interface1 down, .*, interface100 down, .*, and [0-9]+ more$"
	((${#DETAIL} <= 4096))
}

@test "mnt: how many mounts, and what the root is" {
	detail "$(ns_inode self mnt)"
	assert_matches "$DETAIL" '^[0-9]+ mounts?, / is (/.* of )?[a-z0-9]+'
	before=${DETAIL%% *} root=${DETAIL#*, }
	start_in --mount --propagation private 'mount -t tmpfs one "$PLACE"; mount -t tmpfs two "$PLACE"'
	assert_detail "$((before + 2)) mounts, $root" "$(ns_inode "$STARTED" mnt)"
}

@test "user: the maps, as they are seen from here" {
	need_userns
	uid=$(as_user id -u) gid=$(as_user id -g)
	hold_as_user -U
	assert_detail "uids 0:$uid:1, gids 0:$gid:1" "${HELD[user]}"
	# Below another one, too.
	start "${AS_USER[@]}" unshare --user --map-root-user \
		unshare --user --map-root-user unshare --user sh -c 'echo ready; read -r line'
	read_started
	inner=$(ns_inode "$STARTED" user)
	assert_detail "uids none, gids none" "$inner"
	middle=$(nsx-ls --json --output NS,PNS | jq ".namespaces[] | select(.ns == $inner).pns")
	# No process is in this one.
	assert_detail "uids 0:$uid:1, gids 0:$gid:1" "$middle"
}

@test "time: the offsets" {
	need_ns time
	need_userns
	start unshare --user --map-root-user --time --boottime 7200 --monotonic 86400 --fork \
		sh -c 'echo ready; read -r line'
	read_started
	assert_detail "monotonic +86400, boottime +7200" "$(ns_inode "$(pgrep --parent "$STARTED")" time)"
	# A process whose children only will be in it, and one that only a descriptor keeps.
	hold -U -T --by children
	assert_detail "monotonic 0, boottime 0" "${HELD[time]}"
	hold -U -T --by path
	assert_detail "monotonic 0, boottime 0" "${HELD[time]}"
}

@test "pid: the level, and the command of the init" {
	need_userns
	detail "$(ns_inode self pid)"
	assert_matches "$DETAIL" '^level [0-9]+'
	level=${DETAIL#level }
	level=${level%%,*}
	start unshare --user --map-root-user --pid --fork sh -c 'echo ready; read -r line' 'a b'
	read_started
	assert_detail "level $((level + 1)), init is sh -c echo ready; read -r line a b" \
		"$(ns_inode "$(pgrep --parent "$STARTED")" pid)"
	hold -U -p --by children
	assert_detail "level $((level + 1))" "${HELD[pid]}"
}

@test "ipc: objects of System V, and message queues" {
	need_command ipcmk
	start_in --ipc --mount --propagation private '
		ipcmk --shmem 100 >&2
		ipcmk --shmem 100 >&2
		ipcmk --semaphore 3 >&2
		ipcmk --queue >&2
		mount -t mqueue queues "$PLACE"
		: >"$PLACE/first"
		: >"$PLACE/.hidden"'
	detail "$(ns_inode "$STARTED" ipc)"
	assert_same "2 shm, 1 sem, 1 msg, 2 mqueue" "$DETAIL"
	detail "$(ns_inode self ipc)"
	assert_matches "$DETAIL" '^[0-9]+ shm, [0-9]+ sem, [0-9]+ msg(, [0-9]+ mqueue)?$'
}

# bats test_tags=root
@test "cgroup: the root, wherever below it its processes are" {
	need_cgroup cgroup2
	make_cgroup "$CGROUP/below"
	start sh -c 'echo $$ >"$1/cgroup.procs"; exec "$2" -C' - "$CGROUP" "$NSX_HELPERS/hold"
	read_started
	read_started
	inode=$(ns_inode "$STARTED" cgroup)
	assert_detail "/${CGROUP##*/}" "$inode"
	echo "$STARTED" >"$CGROUP/below/cgroup.procs"
	assert_detail "/${CGROUP##*/}" "$inode"
	# From outside of it, nobody can tell.
	echo "$STARTED" >"$HIERARCHY/cgroup.procs"
	assert_detail "" "$inode"
}

# bats test_tags=root
@test "without a process in it, from within" {
	need_ns time
	# On one processor: Linux 6.18 may take a younger namespace for an older one.
	start taskset --cpu-list "$(taskset --cpu-list --pid $$ | grep -oE '[0-9]+' | tail -n 1)" \
		unshare --mount --propagation private sh -ec '
		mount -t tmpfs place "$1"
		cd "$1"
		mkdir mounts
		mount -t tmpfs mounts mounts
		mount --make-private mounts
		for name in mounts/mnt uts ipc net time; do
			: >"$name"
		done
		unshare --mount="$1/mounts/mnt" true
		unshare --uts="$1/uts" hostname nsx-test
		unshare --ipc="$1/ipc" ipcmk --shmem 100 >&2
		unshare --net="$1/net" true
		unshare --time="$1/time" --monotonic 100 --fork true
		stat --format %i mounts/mnt uts ipc net time
		read -r line' - "$BATS_TEST_TMPDIR"
	want=("" nsx-test "1 shm, 0 sem, 0 msg, 0 mqueue" "lo down" "monotonic +100, boottime 0")
	for text in "${want[@]}"; do
		read_started
		detail "$LINE"
		if [[ $text ]]; then
			assert_same "$text" "$DETAIL"
		else
			assert_matches "$DETAIL" '^[0-9]+ mounts, / is '
		fi
	done
}

