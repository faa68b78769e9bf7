#!/usr/bin/env bats
# bats file_tags=root
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Network names are those of ip-netns(8), both ways.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn
load ../lib/names

@test "ip sees ours, and runs programs there" {
	need_command ip
	nsx-pin add ours
	run --separate-stderr ip netns list
	assert_status 0
	assert_output_matches '^ours( |$)'
	run --separate-stderr ip netns exec ours readlink /proc/self/ns/net
	assert_ran "net:[$(stat --format=%i /run/netns/ours)]"
	run --separate-stderr nsx-enter --net=pin:ours readlink /proc/self/ns/net
	assert_ran "net:[$(stat --format=%i /run/netns/ours)]"
	nsx-pin del ours
	run --separate-stderr ip netns list
	assert_ran ""
}

@test "ip deletes ours" {
	need_command ip
	nsx-pin add ours
	run --separate-stderr ip netns delete ours
	assert_ran ""
	run --separate-stderr nsx-pin list
	assert_ran ""
	run --separate-stderr nsx-pin verify
	assert_ran ""
	# What is written down of it is rubbish, and no obstacle.
	run --separate-stderr nsx-pin add ours
	assert_ran ""
	ip netns delete ours
	run --separate-stderr ip netns add ours
	run --separate-stderr nsx-pin list --noheadings --raw --output NAME,TYPE,STATE
	assert_ran "ours net ok"
	ip netns delete ours
	run --separate-stderr nsx-pin gc
	assert_ran "removed ours: deleted by others"
	assert_same "" "$(registry)"
}

@test "ip takes net away from a name that has more: the rest stays, and can be taken away" {
	need_command ip
	nsx-pin add ours --net --uts
	ip netns delete ours
	run --separate-stderr nsx-pin list --noheadings
	assert_ran
	assert_output_matches '^ours +uts +[0-9]+ .* ok$'
	run --separate-stderr nsx-pin del ours
	assert_ran ""
}

@test "ip gives net to a name that has none: it is part of it then" {
	need_command ip
	nsx-pin add both --uts
	ip netns add both
	run --separate-stderr nsx-pin list --noheadings --raw --output NAME,TYPE,STATE
	assert_ran $'both uts ok\nboth net ok'
	nsx-pin rename both other
	assert_same other "$(ip netns list | cut -d ' ' -f 1)"
	run --separate-stderr nsx-pin del other
	assert_ran ""
	assert_same "" "$(registry)"
}

# What it leaves where it is killed between open(2) and mount(2).
@test "ip leaves a file under a name that keeps other types: verify tells of it, gc and del remove it" {
	nsx-pin add first
	for kept in --uts "--net --hold"; do
		# shellcheck disable=SC2086 # They are several.
		nsx-pin add box $kept
		: >/run/netns/box
		run --separate-stderr nsx-pin verify
		assert_status 1
		assert_output_is "box net: stale"
		# It is none of the name's own business.
		run --separate-stderr nsx-enter -t pin:box true
		assert_ran ""
		run --separate-stderr nsx-pin gc --dry-run
		assert_ran "would remove box net: stale"
		run --separate-stderr nsx-pin gc
		assert_ran "removed box net: stale"
		run --separate-stderr nsx-pin verify
		assert_ran ""
		assert_same ok "$(nsx-pin list box -n -r -o STATE)"
		[[ ! -e /run/netns/box ]]
		: >/run/netns/box
		run --separate-stderr nsx-pin del box
		assert_ran ""
		[[ ! -e /run/netns/box ]]
	done
	nsx-pin del first
}

@test "we see what ip made, enter it, and delete it" {
	need_command ip
	ip netns add theirs
	run --separate-stderr nsx-pin list --noheadings
	assert_ran
	assert_output_matches "^theirs +net +$(stat --format=%i /run/netns/theirs) .* ok\$"
	run --separate-stderr nsx-enter --net=pin:theirs readlink /proc/self/ns/net
	assert_ran "net:[$(stat --format=%i /run/netns/theirs)]"
	run --separate-stderr nsx-pin add theirs
	assert_error 1 "'theirs' exists already"
	run --separate-stderr nsx-pin del theirs
	assert_ran ""
	run --separate-stderr ip netns list
	assert_ran ""
}

@test "ip refuses a name of ours" {
	need_command ip
	nsx-pin add ours
	run --separate-stderr ip netns add ours
	[[ $status -ne 0 ]]
	assert_matches "$(nsx-pin list --noheadings)" '^ours +net +[0-9]+ .* ok$'
	nsx-pin del ours
}

# first_makes_it COMMAND...: in a world where nobody made /run/netns yet, the
# names of both work, and are shared with mount namespaces made later.
first_makes_it()
{
	run --separate-stderr unshare --mount sh -e -c '
		mount -t tmpfs fresh /run
		eval "$1"
		awk "\$5 == \"/run/netns\" { for (i = 7; \$i != \"-\"; i++) print \$i }" /proc/self/mountinfo |
			sed "s/:.*//" | sort -u
		nsx-pin list --noheadings --raw --output NAME,TYPE,STATE
		ip netns list | sed "s/ .*//" | sort
		nsx-enter --net=pin:first true
		ip netns exec second true
		nsx-enter --net=pin:second true
		ip netns exec first true
		eval "$2"
		ls /run/netns
		grep -c " /run/.* - nsfs " /proc/self/mountinfo || :' sh "$1" "$2"
	assert_ran $'shared\nfirst net ok\nsecond net ok\nfirst\nsecond\n0'
}

@test "ip makes the directory first" {
	need_command ip
	first_makes_it 'ip netns add first; nsx-pin add second' 'nsx-pin del first; ip netns delete second'
}

@test "we make the directory first" {
	need_command ip
	first_makes_it 'nsx-pin add first; ip netns add second' 'ip netns delete first; nsx-pin del second'
}

@test "a name is seen, and is gone, in mount namespaces that share /run" {
	need_command ip
	# One that was there before, and receives mounts.
	run --separate-stderr timeout "$PATIENCE" unshare --mount sh -e -c '
		mount -t tmpfs fresh /run
		mount --make-shared /run
		mkfifo "$1/go" "$1/done"
		unshare --mount --propagation unchanged sh -e -c "
			read -r go <\"\$1/go\"
			grep -c \" /run/.* - nsfs \" /proc/self/mountinfo
			echo >\"\$1/done\"
			read -r go <\"\$1/go\"
			grep -c \" /run/.* - nsfs \" /proc/self/mountinfo || :" sh "$1" &
		nsx-pin add box
		echo >"$1/go"
		read -r done <"$1/done"
		nsx-pin del box
		echo >"$1/go"
		wait' sh "$BATS_TEST_TMPDIR"
	assert_ran
	[[ ${lines[0]} -ge 1 ]]
	assert_same 0 "${lines[1]}"
}

# prepares COMMAND...: the calls by which it makes /run/netns in a new /run, with
# what they are about. We do not wait for a lock before we have tried to get it.
prepares()
{
	unshare --mount sh -e -c '
		mount -t tmpfs -o mode=755 fresh /run
		strace --follow-forks --quiet=all --decode-fds=path --output="$0" \
			--trace=mkdir,mkdirat,flock,mount "$@"
		sed -nE "s/^[0-9]+ +//; s/[(][0-9]+</(</; s/0x[0-9a-f]+/NULL/g; /LOCK_UN/d; s/[|]LOCK_NB//; s, +=, =,; /run.netns/p" "$0"' \
		"$BATS_TEST_TMPDIR/strace" "$@"
}

@test "/run/netns is made under the same lock, and with the same mounts, as ip makes it" {
	need_command ip
	need_command strace
	need_no_sanitizers "which trace as strace does"
	theirs=$(prepares ip netns add box)
	assert_has "$theirs" LOCK_EX
	assert_has "$theirs" MS_SHARED
	# The last one binds the namespace: by a path of /proc there. Since iproute2
	# 7.3 it first leaves the peers of /run; see the next test.
	theirs=$(grep -v -e '"/run/netns/box"' -e MS_PRIVATE <<<"$theirs")
	assert_same "$theirs" "$(prepares nsx-pin add box)"
}

@test "the directories of all names are open to everyone, whatever the umask of the first" {
	run --separate-stderr unshare --mount sh -e -c '
		mount -t tmpfs -o mode=755 fresh /run
		umask 077
		nsx-pin add box --net --uts
		stat --format=%a /run/netns /run/nsx
		nsx-pin del box'
	assert_ran $'755\n755'
}

@test "a name that ip took away and made anew has nothing of the one before" {
	need_command ip
	need_command jq
	nsx-pin add box --mode 0750
	nsx-pin add both --mode 0750 --net --uts
	for name in box both; do
		ip netns delete "$name"
		ip netns add "$name"
	done
	assert_same "$(stat --format=%i /run/netns/box)" "$(nsx-pin list box -n -r -o NS)"
	run --separate-stderr nsx-pin show box --json
	assert_same '["0755",null]' "$(jq --compact-output '[.mode, .made]' <<<"$output")"
	run --separate-stderr nsx-pin show both --json
	assert_same '["0750",true]' "$(jq --compact-output '[.mode, .made > 0]' <<<"$output")"
	run --separate-stderr nsx-pin verify
	assert_ran ""
	nsx-pin rename box bax
	assert_same 755 "$(stat --format=%a /run/nsx/bax)"
	# What is no namespace any more is still ours, and stale.
	umount /run/netns/both
	assert_same $'both uts ok\nboth net stale' "$(nsx-pin list both -n -r -o NAME,TYPE,STATE)"
	nsx-pin del bax both
}

@test "a service with mounts of its own that was there before the first name can enter it" {
	run --separate-stderr unshare --mount sh -e -c '
		mount -t tmpfs -o mode=755 fresh /run
		mount --make-shared /run
		unshare --mount --propagation slave sleep 60 &
		trap "kill $!" EXIT
		there="nsenter --target $! --mount"
		while [ "$(readlink "/proc/$!/ns/mnt")" = "$(readlink /proc/self/ns/mnt)" ]; do sleep 0.02; done
		# unshare(1) makes it a slave a moment later.
		while grep -q " /run .* shared:" "/proc/$!/mountinfo"; do sleep 0.02; done
		nsx-pin add box
		nsx-enter --net=/run/netns/box readlink /proc/self/ns/net
		$there nsx-enter --net=/run/netns/box readlink /proc/self/ns/net
		nsx-pin del box
		$there grep -c " /run/netns/box " /proc/self/mountinfo || :'
	assert_ran
	assert_same 3 "${#lines[@]}"
	assert_same "${lines[0]}" "${lines[1]}"
	assert_same 0 "${lines[2]}"
}

@test "of many that come first, one makes each directory" {
	need_command ip
	run --separate-stderr unshare --mount sh -e -c '
		mount -t tmpfs -o mode=755 fresh /run
		mounts() { grep -cE " /run/(netns|nsx) " /proc/self/mountinfo || :; }
		before=$(mounts)
		for i in 1 2 3 4 5; do
			nsx-pin add "ours$i" --net --uts &
			ip netns add "theirs$i" &
		done
		wait
		echo $(($(mounts) - before))
		nsx-pin list -n -r -o TYPE,STATE | sort | uniq -c
		nsx-pin del --all --force --no-wait
		grep -c " /run/.* - nsfs " /proc/self/mountinfo || :'
	assert_status 0
	assert_stderr_is ""
	assert_same $'2\n10 net ok\n5 uts ok\n0' "$(tr -s " " <<<"$output" | cut -d " " -f 2-)"
}
