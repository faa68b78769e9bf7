#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# facts.bats - what the columns say of real namespaces. detail.bats has DETAIL.
#
# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells within expand; bats and common.bash set.

load ../lib/common
load ../lib/spawn
load ../lib/cgroup
load row

# json FILTER OPTION...: jq on the JSON of nsx-ls.
json()
{
	local filter=$1
	shift

	need_command jq
	nsx-ls --json "$@" | jq --compact-output "$filter"
}

# of INODE: a filter for json, the object of that namespace.
of()
{
	echo ".namespaces[] | select(.ns == $1)"
}

@test "--list-columns with --json: every value has the type that it says" {
	need_command jq
	hold "${own_user[@]/--user/-U}" -n -p -u
	run --separate-stderr nsx-ls --list-columns --json
	assert_status 0
	assert_stderr_is ""
	types=$output
	run --separate-stderr nsx-ls --json --output-all
	assert_status 0
	run jq --compact-output --argjson list "$types" '
		($list.columns | map({key: (.name | ascii_downcase), value: .type}) | from_entries) as $types
		| def kind: if type == "array" and any(type != "string") then "array of others" else type end;
		.namespaces[] | to_entries[] | select(.value != null and .value != [])
		| {key, is: (.value | kind), want: $types[.key]} | select(.is != .want)' <<<"$output"
	assert_status 0
	assert_output_is ""
	assert_same "$(nsx-ls --list-columns | awk '{ print $1 }')" "$(jq --raw-output '.columns[].name' <<<"$types")"
}

@test "NSID is the kernel's id of it" {
	need_command perl
	need_userns
	hold -U -n
	# NS_GET_ID: 6.18
	want=$(perl -e 'open(F, "<", $ARGV[0]) or die; $id = pack("Q", 0);
		ioctl(F, 0x8008b70d, $id) or exit 1; print unpack("Q", $id)' "/proc/$HELD_PID/ns/net") ||
		skip "needs Linux 6.18"
	run --separate-stderr row NSID "${HELD[net]}"
	assert_ran "$want"
	run --separate-stderr nsx-ls --noheadings --raw --output NSID "@${HELD[net]}"
	assert_ran "$want"
}

@test "LEVEL and INIT: a pid namespace in a pid namespace" {
	need_userns
	start unshare --user --map-root-user --pid --fork \
		sh -c 'exec unshare --pid --fork sh -c "echo ready; read -r line"'
	read_started
	outer=$(pgrep --parent "$STARTED")
	inner=$(pgrep --parent "$outer")
	own=$(row LEVEL "$(ns_inode self pid)")
	user=$(row LEVEL "$(ns_inode self user)")
	run --separate-stderr row LEVEL,INIT,PID "$(ns_inode "$outer" pid)"
	assert_ran "$((own + 1)) $outer $outer"
	run --separate-stderr row LEVEL,INIT,PID "$(ns_inode "$inner" pid)"
	assert_ran "$((own + 2)) $inner $inner"
	run --separate-stderr row LEVEL,INIT "$(ns_inode "$inner" user)"
	assert_ran "$((user + 1)) "
	# One without a process, as its init has not been born.
	hold -U -p --by children
	run --separate-stderr json "$(of "${HELD[pid]}") | [.level, .init]" --output NS,LEVEL,INIT
	assert_ran "[$((own + 1)),null]"
	run --separate-stderr json "$(of "$(ns_inode "$inner" net)") | [.level, .init]" --output NS,LEVEL,INIT
	assert_ran "[null,null]"
}

@test "NTASKS counts threads, each where it is" {
	need_userns
	hold -U -n --by thread
	run --separate-stderr row NPROCS,NTASKS "${HELD[net]}"
	assert_ran "0 1"
	run --separate-stderr row NPROCS,NTASKS "${HELD[user]}"
	assert_ran "1 2"
	# Where threads are not looked at one by one, they are taken to be with their process.
	run --separate-stderr row NPROCS,NTASKS "${HELD[user]}" --source processes
	assert_ran "1 2"
	hold -U -n --by follower
	wait_until is_in_state "$STARTED" Z
	run --separate-stderr row NPROCS,NTASKS "${HELD[net]}"
	assert_ran "1 1"
}

@test "LEADER is who came from outside first, and not who waits at a door" {
	need_userns
	start unshare --user --map-root-user --net --pid --fork \
		sh -c 'exec 4<&0; sh -c "echo ready; read -r line" <&4 & wait'
	read_started
	init=$(pgrep --parent "$STARTED")
	run --separate-stderr row PID,LEADER "$(ns_inode "$init" net)"
	assert_ran "$STARTED $init"
	run --separate-stderr row PID,LEADER "$(ns_inode "$init" pid)"
	assert_ran "$init $init"

	# Without another pid namespace, the first is meant.
	start unshare --user --map-root-user --net sh -c 'exec 4<&0; sh -c "echo ready; read -r line" <&4 & wait'
	read_started
	run --separate-stderr row PID,LEADER "$(ns_inode "$STARTED" net)"
	assert_ran "$STARTED $STARTED"

	# Only children to come: it is their parent.
	hold -U -T --by children
	run --separate-stderr row NPROCS,LEADER "${HELD[time]}"
	assert_ran "0 $HELD_PID"
}

# bats test_tags=root
@test "NAME and NSFS: names of both registries, and every place" {
	hold -n -u
	pinned()
	{
		unshare --mount --propagation private sh -ec '
			mount -t tmpfs pins /run
			nsx-pin attach blue "$1" --net --uts
			for file in /run/netns/red /run/netns/stale "/run/a b"; do
				: >"$file"
			done
			mount --bind "/proc/$1/ns/net" /run/netns/red
			mount --bind "/proc/$1/ns/uts" "/run/a b"
			shift
			exec "$@"' - "$HELD_PID" "$@"
	}
	run --separate-stderr pinned nsx-ls --task "$HELD_PID" --type net,uts,ipc --noheadings --raw --output TYPE,NAME,NSFS
	assert_status 0
	assert_stderr_is ""
	assert_same "ipc  
net blue,red /run/netns/blue,/run/netns/red
uts blue /run/nsx/blue/uts,/run/a\\x20b" "$(sort <<<"$output")"
	run --separate-stderr pinned nsx-ls --task "$HELD_PID" --type uts,ipc --json --output TYPE,NAME,NSFS
	assert_status 0
	assert_same '{"type":"ipc","name":[],"nsfs":[]}
{"type":"uts","name":["blue"],"nsfs":["/run/nsx/blue/uts","/run/a b"]}' \
		"$(jq --compact-output '.namespaces[]' <<<"$output" | sort)"
}

# bats test_tags=root
@test "NETNSID: the number that we have for it, unassigned, or nothing" {
	need_command ip
	need_command jq
	run --separate-stderr unshare --mount --net --propagation private sh -ec '
		mount -t tmpfs run /run
		ip netns add blue
		ip netns add red
		ip netns set blue 7
		nsx-ls --noheadings --raw --output NAME,NETNSID --type net | grep -E "^(blue|red) "
		nsx-ls --json --output NAME,NETNSID | jq --compact-output ".namespaces[] | select(.name[0])"
		nsx-ls --noheadings --raw --output TYPE,NETNSID --task $$ --type uts'
	assert_status 0
	assert_stderr_is ""
	assert_same 'blue 7
red unassigned
uts 
{"name":["blue"],"netnsid":7}
{"name":["red"],"netnsid":null}' "$(sort <<<"$output")"
}

# assert_holders WORDS INODE: and perhaps descriptors too, for while another
# nsx-ls runs on this machine it has open what it finds.
assert_holders()
{
	local words

	run --separate-stderr row HOLDERS "$2"
	assert_status 0
	assert_stderr_is ""
	words=$output
	[[ $1 == *descriptor* ]] || words=$(sed -E 's/(^|,)descriptor(,|$)/\1/; s/,$//' <<<"$words")
	assert_same "$1" "$words"
}

@test "HOLDERS: each kind that is to be seen" {
	need_userns
	need_command jq
	# "WANTED TYPE OPTION...": of what is held like this.
	while read -r wanted type options; do
		# shellcheck disable=SC2086
		hold -U $options
		assert_holders "$wanted" "${HELD[$type]}"
		end_started
	done <<'END'
process net -n
thread net -n --by thread
children time -T --by children
descriptor net -n --by path
socket net -n --by socket
process,owned user -n
END
	start unshare --user --map-root-user unshare --user --map-root-user sh -c 'echo ready; read -r line'
	read_started
	outer=$(row PNS "$(ns_inode "$STARTED" user)")
	assert_holders child,owned "$outer"
	run --separate-stderr json "$(of "$outer") | .holders - [\"descriptor\"]" --output NS,HOLDERS
	assert_ran '["child","owned"]'
}

@test "HOLDERS: a mount" {
	need_userns
	start unshare "${own_user[@]}" ${own_user[0]:+--map-root-user} --mount --propagation private sh -ec '
		mount -t tmpfs place "$1"
		: >"$1/net"
		unshare --net="$1/net" true
		stat --format %i "$1/net"
		read -r line' - "$BATS_TEST_TMPDIR"
	read_started
	assert_holders mount "$LINE"
}

@test "OWNER_UID is who made a user namespace" {
	need_userns
	hold_as_user -U -n
	run --separate-stderr row OWNER_UID "${HELD[user]}"
	assert_ran "$(as_user id -u)"
	run --separate-stderr row OWNER_UID "${HELD[net]}"
	assert_ran ""
}

@test "INITIAL: what kthreadd is in, and nothing that was made since" {
	need_userns
	hold -U -n -m -u
	for type in user net mnt uts; do
		run --separate-stderr row INITIAL "${HELD[$type]}"
		# Before Linux 6.18 the first of these two had no numbers of their own.
		if [[ $type =~ net|mnt ]] && ! is_linux 6.18 && [[ ! $(readlink "/proc/2/ns/$type") ]]; then
			assert_ran ""
		else
			assert_ran no
		fi
	done
	[[ $(cat /proc/2/comm) == kthreadd ]] || skip "needs the kernel's threads in sight"
	[[ $(readlink /proc/2/ns/net) ]] || skip "needs root, to see what they are in"
	for type in $(all_types); do
		run --separate-stderr row INITIAL "$(ns_inode 2 "$type")"
		assert_ran yes
	done
	run --separate-stderr json "$(of "$(ns_inode 2 user)") | .initial" --output NS,INITIAL
	assert_ran true
}

# bats test_tags=root
@test "CGROUP, UNIT and CONTAINER, of a namespace and of a process" {
	need_cgroup cgroup2
	id=$(printf '0123456789abcdef%.0s' 1 2 3 4)
	name=${CGROUP##*/}
	make_cgroup "$CGROUP/docker-$id.scope"
	hold -n
	echo "$HELD_PID" >"$CGROUP/docker-$id.scope/cgroup.procs"
	for what in "@${HELD[net]}" --type=net; do
		run --separate-stderr nsx-ls --noheadings --raw --output NS,CGROUP,CONTAINER "$what"
		assert_status 0
		assert_stderr_is ""
		assert_output_has "${HELD[net]} /$name/docker-$id.scope $id"
	done
	run --separate-stderr row UNIT,CONTAINER "$(ns_inode self net)"
	assert_output_matches '^[^ ]* $'

	# Units lie below slices only.
	end_started
	hold -n
	make_cgroup "$HIERARCHY/nsxtest$$.slice"
	make_cgroup "$HIERARCHY/nsxtest$$.slice/web.service"
	echo "$HELD_PID" >"$HIERARCHY/nsxtest$$.slice/web.service/cgroup.procs"
	run --separate-stderr row CGROUP,UNIT,CONTAINER "${HELD[net]}"
	assert_ran "/nsxtest$$.slice/web.service web.service "
}

@test "what tells of a namespace is not to be had of its processes" {
	for column in NETNSID NSFS LEVEL NTASKS INIT LEADER NAME HOLDERS OWNER_UID INITIAL DETAIL; do
		run --separate-stderr nsx-ls --output "$column" /proc/self/ns/net
		assert_error 1 "column $column tells of a namespace, and rows are processes here"
	done
}
