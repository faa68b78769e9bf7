#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Choosing: everything that can be created, but for what is shared or entered,
# and kept under a name.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn

setup()
{
	common_setup
	need_userns
}

teardown()
{
	common_teardown
	[[ " ${BATS_TEST_TAGS[*]-} " != *" root "* || ! ${NSX_RUN-} ]] || assert_registry_is_empty
}

# all_but TYPE...: the types of this kernel without these, in a line.
all_but()
{
	local type types=()

	for type in $(all_types); do
		[[ " $* " == *" $type "* ]] || types+=("$type")
	done
	echo "${types[*]}"
}

# --- --all

@test "-a, --all: a new namespace of every type" {
	local option

	for option in -a --all; do
		run --separate-stderr nsx-unshare "$option" sh -c "$TELL_LINKS"
		assert_ran
		assert_same "$(all_but)" "$(changed_types)"
	done
}

@test "--all: the program is pid 1" {
	run --separate-stderr nsx-unshare --all sh -c 'echo $$'
	assert_ran 1
}

@test "--all: without a map all stay who they are, root with all ids, others with their own" {
	local want

	if ((EUID == 0)); then
		want=$(awk '{ print $1, $1, $3 }' /proc/self/uid_map /proc/self/gid_map)
	else
		want="$(id -u) $(id -u) 1"$'\n'"$(id -g) $(id -g) 1"
	fi
	run --separate-stderr nsx-unshare --all sh -c 'echo "$(id -u):$(id -g)"
		cat /proc/self/uid_map /proc/self/gid_map | while read -r line; do echo $line; done'
	assert_ran "$(id -u):$(id -g)"$'\n'"$want"
}

@test "--all: a map that is given counts" {
	run --separate-stderr nsx-unshare --all -r sh -c 'id -u; echo $(cat /proc/self/uid_map)'
	assert_ran 0$'\n'"0 $(id -u) 1"
	run --separate-stderr nsx-unshare --all --map-user 5 sh -c 'id -u; cat /proc/self/gid_map'
	assert_ran 5
}

@test "--all leaves out what cannot be created here" {
	run --separate-stderr nsx-unshare -r sh -c '
		echo 0 >/proc/sys/user/max_net_namespaces && echo 0 >/proc/sys/user/max_uts_namespaces || exit 99
		readlink /proc/self/ns/net /proc/self/ns/uts
		nsx-unshare --all readlink /proc/self/ns/net /proc/self/ns/uts /proc/self/ns/ipc'
	assert_ran
	assert_same "${lines[0]} ${lines[1]}" "${lines[2]} ${lines[3]}"
	[[ ${lines[4]} != "$(ns_link self ipc)" ]]
}

@test "--all: where nothing can be created the program is not run" {
	run --separate-stderr nsx-unshare -r sh -c '
		for file in /proc/sys/user/max_*_namespaces; do echo 0 >"$file" || exit 99; done
		exec nsx-unshare --all echo ran'
	assert_error 125 "cannot create any namespace for --all: No space left on device: user.max_" "is 0 here"
	run --separate-stderr nsx-unshare -r sh -c '
		for file in /proc/sys/user/max_*_namespaces; do
			[ "${file##*/}" = max_uts_namespaces ] || echo 0 >"$file" || exit 99
		done
		exec nsx-unshare --all --share uts echo ran'
	assert_error 125 "of the types that --all is to create none can be created here"
}

@test "--all: where it cannot be tried the program is not run" {
	run --separate-stderr as_user prlimit --nproc=1 nsx-unshare --all echo ran
	assert_error 125 "cannot create any namespace for --all: Resource temporarily unavailable" "ulimit -u"
}

@test "--all with what else it takes for a little world" {
	run --separate-stderr nsx-unshare -r -a --init --lo --mount-proc --hostname box \
		sh -c 'uname -n; cat /proc/1/comm; id -u; ls -d /proc/[0-9]* | head -n 2'
	assert_ran $'box\nnsx-init\n0\n/proc/1\n/proc/2'
}

@test "--all takes no argument" {
	run --separate-stderr nsx-unshare --all=net echo ran
	assert_error 125 "--all takes no argument"
}

# --- --share

@test "--share: all but these, by name and by long option, in a list and repeated" {
	local words

	for words in "net uts" "mnt ipc"; do
		run --separate-stderr nsx-unshare -a --share "${words/ /,}" sh -c "$TELL_LINKS"
		assert_ran
		# shellcheck disable=SC2086
		assert_same "$(all_but $words)" "$(changed_types)"
		run --separate-stderr nsx-unshare --share "${words% *}" -a --share="${words#* }" sh -c "$TELL_LINKS"
		assert_ran
		# shellcheck disable=SC2086
		assert_same "$(all_but $words)" "$(changed_types)"
	done
	run --separate-stderr nsx-unshare -a --share mount sh -c "$TELL_LINKS"
	assert_ran
	assert_same "$(all_but mnt)" "$(changed_types)"
}

@test "--share: with pid and time shared nothing forks" {
	start nsx-unshare --all --share pid,time sh -c 'echo $$; read -r end'
	read_started
	assert_same "$STARTED" "$LINE"
}

# bats test_tags=root
@test "--share: root may share the user namespace" {
	run --separate-stderr nsx-unshare --all --share user sh -c "$TELL_LINKS"
	assert_ran
	assert_same "$(all_but user)" "$(changed_types)"
}

@test "--share: an ordinary user may not" {
	run --separate-stderr as_user nsx-unshare --all --share user echo ran
	assert_error 125 "cannot create namespaces" "Operation not permitted: it takes CAP_SYS_ADMIN"
}

@test "--share: a type that is named as well is created" {
	run --separate-stderr nsx-unshare --all --share net,uts --uts sh -c "$TELL_LINKS"
	assert_ran
	assert_same "$(all_but net)" "$(changed_types)"
}

@test "--share needs --all, and types" {
	run --separate-stderr nsx-unshare --user --share net echo ran
	assert_error 125 "--share takes types out of --all: add --all"
	run --separate-stderr nsx-unshare --all --share nets echo ran
	assert_error 125 "--share" "'nets'"
	run --separate-stderr nsx-unshare --all --share net,,uts echo ran
	assert_error 125 "--share" "'net,,uts'"
	run --separate-stderr nsx-unshare --all --share= echo ran
	assert_error 125 "--share" "''"
	run --separate-stderr nsx-unshare --all --share
	assert_error 125 "'--share' needs an argument"
}

# --- --join

# join_held TYPE=REF...: as a word each, behind what lets the caller in: the
# user namespace that an ordinary user holds them in.
join_held()
{
	local word

	JOIN=()
	((EUID == 0)) || JOIN+=(--join "user=$HELD_PID")
	for word; do
		JOIN+=(--join "$word")
	done
}

hold_own()
{
	if ((EUID == 0)); then
		hold "$@"
	else
		hold -U "$@"
	fi
}

@test "--join TYPE=PID, by name and by long option" {
	local type word

	hold_own -m -u -i -n -C
	for word in mnt mount uts ipc net cgroup; do
		type=${word/mount/mnt}
		join_held "$word=$HELD_PID"
		run --separate-stderr nsx-unshare "${JOIN[@]}" readlink "/proc/self/ns/$type"
		assert_ran "$type:[${HELD[$type]}]"
	done
}

@test "--join TYPE=FILE" {
	hold_own -u
	join_held "uts=/proc/$HELD_PID/ns/uts"
	run --separate-stderr nsx-unshare "${JOIN[@]}" readlink /proc/self/ns/uts
	assert_ran "uts:[${HELD[uts]}]"
}

@test "--join: repeated, and others are created" {
	hold_own -u -n
	join_held "net=$HELD_PID" "uts=$HELD_PID"
	run --separate-stderr nsx-unshare "${JOIN[@]}" --ipc sh -c "$TELL_LINKS"
	assert_ran
	assert_has "$output" "net:[${HELD[net]}]"
	assert_has "$output" "uts:[${HELD[uts]}]"
	assert_same "$(if ((EUID)); then echo uts ipc net user; else echo uts ipc net; fi)" "$(changed_types)"
}

@test "--join user=REF: as root there, or as whom one says" {
	hold -U
	run --separate-stderr nsx-unshare --join user="$HELD_PID" --uts sh -c 'echo $(id -u) $(id -g)'
	assert_ran "0 0"
	# Where 0 is not mapped the message says what helps, and it does.
	start nsx-unshare -c sh -c 'echo $$; read -r end'
	read_started
	[[ $(id -u) -ne 0 ]] || return 0
	run --separate-stderr nsx-unshare --join user="$LINE" --uts echo ran
	assert_error 125 "become group 0" "--setgid of nsx-enter or nsx-unshare" "nsx-enter --preserve-credentials"
	run --separate-stderr nsx-unshare --join user="$LINE" --uts -S "$(id -u)" -G "$(id -g)" id -u
	assert_ran "$(id -u)"
}

@test "--join with --all: that one, and all others new" {
	hold_own -n
	join_held "net=$HELD_PID"
	run --separate-stderr nsx-unshare "${JOIN[@]}" --all sh -c "$TELL_LINKS"
	assert_ran
	assert_same "$(all_but)" "$(changed_types)"
	assert_output_has "net:[${HELD[net]}]"
	((EUID == 0)) || assert_output_has "user:[${HELD[user]}]"
	refute_output_has "ipc:[$(ns_inode "$HELD_PID" ipc)]"
}

@test "--join: what implies the type sets up that one" {
	hold_own -u -n
	join_held "uts=$HELD_PID" "net=$HELD_PID"
	run --separate-stderr nsx-unshare "${JOIN[@]}" --hostname held --lo sh -c 'uname -n; cat /proc/net/if_inet6'
	assert_status 0
	assert_stderr_is ""
	assert_same held "${lines[0]}"
	[[ ! -e /proc/net/if_inet6 ]] || assert_output_has " lo"
	run --separate-stderr nsx-unshare "${JOIN[@]}" uname -n
	assert_ran held
	[[ $(uname -n) != held ]]
}

@test "--join: the last one of a type counts" {
	hold_own -u
	join_held uts=/none/such "uts=$HELD_PID"
	run --separate-stderr nsx-unshare "${JOIN[@]}" readlink /proc/self/ns/uts
	assert_ran "uts:[${HELD[uts]}]"
}

@test "--join: a type is created or joined" {
	hold_own -u
	run --separate-stderr nsx-unshare --uts --join "uts=$HELD_PID" echo ran
	assert_error 125 "a namespace is either created or joined"
	run --separate-stderr nsx-unshare --join "uts=$HELD_PID" -u echo ran
	assert_error 125 "a namespace is either created or joined"
	run --separate-stderr nsx-unshare --join "user=$HELD_PID" -r echo ran
	assert_error 125 "ids are mapped when a user namespace is made"
}

@test "--join: what is no such namespace" {
	run --separate-stderr nsx-unshare --join "net=/proc/self/ns/uts" echo ran
	assert_error 125 "/proc/self/ns/uts" "net"
	run --separate-stderr nsx-unshare --join net=/etc/passwd echo ran
	assert_error 125 "/etc/passwd"
	run --separate-stderr nsx-unshare --join net=/none/such echo ran
	assert_error 125 "/none/such" "No such file or directory"
	run --separate-stderr nsx-unshare --join net=2147483647 echo ran
	assert_error 125 "2147483647"
}

@test "--join: words that do not say what to join" {
	local word

	for word in net net= =1 '' nets=1 net,uts=1 net=pin:; do
		run --separate-stderr nsx-unshare --join "$word" echo ran
		assert_error 125 "--join" "'$word'"
	done
	run --separate-stderr nsx-unshare --join
	assert_error 125 "'--join' needs an argument: TYPE=REF"
}

# bats test_tags=root
@test "--join: a namespace that is not ours" {
	hold -u
	run --separate-stderr as_user nsx-unshare --join "uts=$HELD_PID" echo ran
	assert_error 125 "$HELD_PID" "Permission denied"
}

# bats test_tags=root
@test "--join TYPE=pin:NAME" {
	need_own_run
	run --separate-stderr nsx-pin add box --net --uts
	assert_ran ""
	run --separate-stderr nsx-unshare --join net=pin:box --join uts=pin:box --ipc \
		sh -c 'readlink /proc/self/ns/net /proc/self/ns/ipc'
	assert_ran
	assert_same "net:[$(stat --format=%i /run/netns/box)]" "${lines[0]}"
	[[ ${lines[1]} != "$(ns_link self ipc)" ]]
	run --separate-stderr nsx-unshare --join net=pin:nobody echo ran
	assert_error 125 "nobody"
	nsx-pin del box
}

# --- --pin

# bats test_tags=root
@test "--pin: what was created is kept under the name" {
	local net uts

	need_own_run
	run --separate-stderr nsx-unshare --net --uts --hostname pinned --pin box \
		sh -c 'readlink /proc/self/ns/net /proc/self/ns/uts; exit 3'
	assert_status 3
	assert_stderr_is ""
	net=${lines[0]} uts=${lines[1]}
	run --separate-stderr nsx-enter --net=pin:box readlink /proc/self/ns/net
	assert_ran "$net"
	run --separate-stderr nsx-enter --uts=pin:box sh -c 'readlink /proc/self/ns/uts; uname -n'
	assert_ran "$uts"$'\n'pinned
	run --separate-stderr nsx-pin list --noheadings
	assert_ran
	assert_same "box net
box uts" "$(awk '{ print $1, $2 }' <<<"$output" | sort)"
	nsx-pin del box
	assert_same "" "$(registry)"
}

# bats test_tags=root
@test "--pin: all types, while the program runs" {
	need_own_run
	start nsx-unshare -r --all --pin box sh -c 'readlink /proc/self/ns/pid; read -r end'
	read_started
	run --separate-stderr nsx-pin list --noheadings
	assert_ran
	assert_same "$(all_types | sort)" "$(awk '{ print $2 }' <<<"$output" | sort)"
	run --separate-stderr nsx-enter --user=pin:box --pid=pin:box readlink /proc/self/ns/pid
	assert_ran "$LINE"
	end_started
	nsx-pin del box
}

# bats test_tags=root
@test "--pin: a name that is there is refused, and stays as it is" {
	local inode

	need_own_run
	nsx-pin add box
	inode=$(stat --format=%i /run/netns/box)
	run --separate-stderr nsx-unshare --net --pin box echo ran
	assert_error 125 "'box'" "File exists"
	run --separate-stderr nsx-unshare --uts --pin box echo ran
	assert_error 125 "'box'" "File exists"
	assert_same "$inode" "$(stat --format=%i /run/netns/box)"
	nsx-pin del box
}

# bats test_tags=root
@test "--pin: undone where the program is not run" {
	local option

	need_own_run
	PATH=$NSX_BIN:/usr/sbin:/usr/bin:/sbin:/bin
	# Directories of the registry itself may stay.
	for option in --uts --pid --init; do
		run -127 --separate-stderr nsx-unshare --net "$option" --pin box no-such-program
		assert_error 127 "cannot run 'no-such-program'"
		assert_same "" "$(registry)"
		run --separate-stderr nsx-unshare --net "$option" --pin box --wd /none/such echo ran
		assert_error 125 "cannot change directory to '/none/such'"
		assert_same "" "$(registry)"
	done
}

@test "--pin: what does not go with it" {
	run --separate-stderr nsx-unshare --pin box echo ran
	assert_error 125 "--pin keeps new namespaces: name the types to create"
	run --separate-stderr nsx-unshare --net="$BATS_TEST_TMPDIR/net" --pin box echo ran
	assert_error 125 "--pin keeps all new namespaces under one name: no =FILE beside it"
	[[ ! -e $BATS_TEST_TMPDIR/net ]]
	for name in '' . .. a/b -x; do
		run --separate-stderr nsx-unshare --net --pin="$name" echo ran
		assert_error 125 "--pin" "'$name'"
	done
}

@test "--pin: an ordinary user has names of their own, or is told where they would be" {
	need_own_run
	need_userns
	run --separate-stderr as_user nsx-unshare -r --uts --pin box echo ran
	assert_ran ran
	run --separate-stderr as_user nsx-enter --uts=pin:box --user=pin:box id -u
	assert_ran 0
	as_user nsx-pin del box
	run --separate-stderr as_user env XDG_RUNTIME_DIR=/none nsx-unshare -r --uts --pin box echo ran
	assert_error 125 "make room for the name 'box'" "XDG_RUNTIME_DIR"
}

@test "--init in a pid namespace that is entered is not its first process" {
	run --separate-stderr nsx-unshare --join pid=/proc/self/ns/pid --init sh -c '
		cat "/proc/$PPID/comm"
		readlink /proc/self/ns/pid'
	assert_ran "nsx-init"$'\n'"$(ns_link self pid)"
}

@test "what is made in a new namespace is not made in one that is entered" {
	link=/proc/self/ns/mnt
	run --separate-stderr nsx-unshare --join mnt=$link --pivot-root /tmp echo ran
	assert_error 125 "mounts are made in a new mount namespace"
	run --separate-stderr nsx-unshare --join mnt=$link --mount-proc echo ran
	assert_error 125 "mounts are made in a new mount namespace"
	run --separate-stderr nsx-unshare --all --share mnt --mount-proc echo ran
	assert_error 125 "--share leaves out"
}
