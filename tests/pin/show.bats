#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# nsx-pin show: all of one name, and what keeps its namespaces.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn

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

# Of a line, for patterns.
end=$'($|\n)'

# number_of NAME TYPE: its inode number.
number_of()
{
	nsx-pin list "$1" --noheadings --raw --output TYPE,NS | sed -n "s/^$2 //p"
}

# holders_by_ls NUMBER...: what nsx-ls says of them, as show is to print it.
holders_by_ls()
{
	local number

	for number; do
		nsx-ls --holders --json "@$number" | jq --compact-output '.holders[]'
	done
}

# bats test_tags=root
@test "what names cannot be looked into, and what show does not do: one clear line" {
	nsx-pin add box --uts
	run --separate-stderr nsx-pin show box --output NAME
	assert_error 1 "show has no columns for one name"
	mkdir -p /run/netns/dir
	run --separate-stderr nsx-pin set dir auto
	assert_error 1 "cannot open the net namespace of 'dir': its file keeps no namespace (any more): see nsx-pin verify"
	rmdir /run/netns/dir
	record=$(</run/nsx/box/record)
	echo broken >/run/nsx/box/record
	for words in "show box" "exec box true" "exec box -- true" "set box auto" "attach bax pin:box --uts"; do
		# shellcheck disable=SC2086 # Words.
		run --separate-stderr nsx-pin $words
		assert_stderr_matches "^nsx-pin: cannot (look into 'box'|open the [a-z]+ namespace of '(pin:)?box'): its record is broken: see nsx-pin verify$"
	done
	run --separate-stderr nsx-enter --uts=pin:box true
	assert_error 125 "'pin:box': its record is broken: see nsx-pin verify"
	echo "$record" >/run/nsx/box/record
	nsx-pin del box
}

# bats test_tags=root
@test "all of one name; without one, all names" {
	need_command jq
	nsx-pin add box --net --pid
	run --separate-stderr nsx-pin show box
	assert_ran
	assert_output_matches $'^name +box\nowner +root\nmode +0700\nmade +20[0-9-]+ [0-9:]+ [+-][0-9]+\ninit +[0-9]+\n'
	assert_output_matches $'\nnamespace +net:\\[[0-9]+\\] bind, ok\nnamespace +pid:\\[[0-9]+\\] bind, ok\n'
	assert_output_matches $'\nprocess +[0-9]+ \\(nsx-init\\) in net, pid\n'
	run --separate-stderr nsx-pin show box --json
	assert_ran
	assert_same '["box","root","0700",null,["net","pid"],["nsx-init"]]' "$(jq --compact-output \
		'[.name, .owner, .mode, .holder, [.namespaces[].type], [.processes[].command]]' <<<"$output")"
	run --separate-stderr nsx-pin show none
	assert_error 3 "there is no name 'none'"
	run --separate-stderr nsx-pin show box none
	assert_error 1 "show does not take 'none'"
	assert_same "$(nsx-pin list -n -r -o NAME,TYPE,NS)" "$(nsx-pin show -n -r -o NAME,TYPE,NS)"
	nsx-pin del box
}

# bats test_tags=root
@test "holders: a process, a descriptor, a socket, mounts, and none of other namespaces" {
	need_command perl
	nsx-pin add box --net --uts
	nsx-pin add other --net
	net=$(number_of box net) uts=$(number_of box uts)
	ours="mnt:\\[$(ns_inode self mnt)\\]"
	start nsx-enter --uts=pin:box sh -c 'echo; read -r end'
	inside=$STARTED
	read_started
	start sh -c 'exec 7<"/proc/$1/ns/uts"; echo; read -r end' sh "$inside"
	read_started
	opener=$STARTED
	start nsx-enter --net=pin:box perl -e 'use Socket; $^F = 100;
		socket(my $s, AF_INET, SOCK_DGRAM, 0) or die; $| = 1; print fileno($s), "\n"; <STDIN>'
	read_started
	touch "$BATS_TEST_TMPDIR/file"
	mount --bind /run/netns/box "$BATS_TEST_TMPDIR/file"
	run --separate-stderr nsx-pin show box
	umount "$BATS_TEST_TMPDIR/file"
	assert_ran
	assert_output_matches $'\n'"process    $inside \\(sh\\) in uts"$'\n'
	assert_output_matches $'\n'"process    $STARTED \\(perl\\) in net"$'\n'
	assert_output_matches $'\n'"descriptor uts:\\[$uts\\] of $opener \\(sh\\), number 7"$'\n'
	assert_output_matches $'\n'"socket     net:\\[$net\\] of $STARTED \\(perl\\), number $LINE"$'\n'
	assert_output_matches $'\n'"mount      net:\\[$net\\] at [^ ]*/file in $ours$end"
	assert_output_matches $'\n'"pin        net:\\[$net\\] at /run/netns/box in $ours$end"
	assert_output_matches $'\n'"pin        uts:\\[$uts\\] at /run/nsx/box/uts in $ours$end"
	refute_output_has other
	refute_output_has "$(number_of other net)"
	end_started
	nsx-pin del box other
}

# bats test_tags=root
@test "holders of user namespaces: what they own, and those below" {
	nsx-pin add box --user --map-root-user --net
	user=$(number_of box user)
	start nsx-enter -t pin:box unshare --user sh -c 'echo; read -r end'
	read_started
	run --separate-stderr nsx-pin show box
	assert_ran
	assert_output_matches $'\n'"owned      user:\\[$user\\] net:\\[$(number_of box net)\\]$end"
	assert_output_matches $'\n'"child      user:\\[$user\\] user:\\[$(ns_inode "$STARTED" user)\\]"$'\n'
	end_started
	nsx-pin del box
}

# bats test_tags=root
@test "with --json the holders are those of nsx-ls, key by key" {
	need_command jq
	nsx-pin add box --net --uts --pid
	start nsx-enter -t pin:box sh -c 'exec 7</proc/self/ns/net; echo; read -r end'
	read_started
	run --separate-stderr nsx-pin show box --json
	assert_ran
	assert_same "$(holders_by_ls "$(number_of box net)" "$(number_of box uts)" "$(number_of box pid)" | sort)" \
		"$(jq --compact-output '.holders[]' <<<"$output" | sort)"
	assert_same '["children","descriptor","pin","process"]' "$(jq --compact-output '[.holders[].holder] | unique' <<<"$output")"
	assert_same boolean "$(jq --raw-output '.complete | type' <<<"$output")"
	end_started
	nsx-pin del box
}

# bats test_tags=root
@test "a name that keeps nothing any more has no holders" {
	need_command jq
	nsx-pin add box
	umount --lazy /run/netns/box
	run --separate-stderr nsx-pin show box --json
	assert_ran
	assert_same '[["stale"],[],[]]' "$(jq --compact-output '[[.namespaces[].state], .processes, .holders]' <<<"$output")"
	run --separate-stderr nsx-pin show box
	assert_ran
	assert_output_matches $'\nnamespace  net bind, stale$'
	nsx-pin gc
}

@test "an ordinary user's: the process that holds it, among others of theirs" {
	need_userns
	need_command jq
	[[ -d /run/user/$(as_user id -u) ]] || skip "needs a runtime directory for the ordinary user"
	as_user nsx-pin add box 2>/dev/null
	start "${AS_USER[@]}" nsx-pin exec --no-mounts box sh -c 'echo; read -r end'
	read_started
	run --separate-stderr as_user nsx-pin show box
	assert_ran
	[[ $output =~ holder\ +([0-9]+) ]]
	holder=${BASH_REMATCH[1]}
	assert_output_matches $'\n'"process    $STARTED \\(sh\\) in net, user"
	assert_output_matches $'\n'"pin        net:\\[[0-9]+\\] of $holder \\(nsx-hold\\), number [0-9]+"
	assert_output_matches $'\n'"pin        user:\\[[0-9]+\\] of $holder \\(nsx-hold\\), number [0-9]+"
	run --separate-stderr as_user nsx-pin show box --json
	assert_status 0
	assert_same "$holder" "$(jq '[.holders[] | select(.holder == "pin").pid] | unique[]' <<<"$output")"
	# Processes of others may hold it, too, and cannot be seen.
	run --separate-stderr as_user nsx-pin show --verbose box
	assert_status 0
	assert_stderr_matches 'nsx-pin: incomplete: [0-9]+ of [0-9]+ processes .*could not be read'
	end_started
	as_user nsx-pin del box
}

# bats test_tags=root
@test "a name that is closed to us is not shown" {
	nsx-pin add box
	run --separate-stderr as_user nsx-pin show box
	assert_error 1 "cannot look into 'box': Permission denied"
	nsx-pin del box
}
