#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# limits.bats - --limits: how many namespaces users have, and may have.
#
# shellcheck disable=SC2016 # Shells within expand.
# shellcheck disable=SC2034,SC2154 # What common.bash asks for, and has.

load ../lib/common
load ../lib/spawn

setup()
{
	common_setup
	need_userns
	need_command jq
}

# count NS UID TYPE: what they have there, "null" where there is no row.
count()
{
	nsx-ls --json --limits |
		jq "[.limits[] | select(.ns == $1 and .uid == $2 and .type == \"$3\").count] | .[0]"
}

max()
{
	nsx-ls --json --limits |
		jq "[.limits[] | select(.ns == $1 and .uid == $2 and .type == \"$3\").max] | .[0]"
}

@test "in a user namespace, exactly" {
	# Two net namespaces, and a user namespace with one of its own.
	start unshare --user --map-root-user --net sh -ec '
		exec 4<&0
		unshare --net sh -c "echo ready; exec cat" <&4 &
		unshare --user --map-root-user --net sh -c "echo ready; exec cat" <&4 &
		exec cat'
	read_started
	read_started
	outer=$(ns_inode "$STARTED" user)
	# As we number users, they are all ours.
	run --separate-stderr count "$outer" "$EUID" net
	assert_ran 3
	run --separate-stderr count "$outer" "$EUID" user
	assert_ran 1
	run --separate-stderr count "$outer" "$EUID" uts
	assert_ran null
}

@test "and in all above it, up to ours" {
	ours=$(ns_inode self user)
	hold -U -n
	before=$(count "$ours" "$EUID" net)
	hold -U -n -n -u
	# Others come and go meanwhile; ours are there.
	run --separate-stderr nsx-ls --json --limits
	assert_status 0
	assert_same true "$(jq --argjson before "$before" \
		"[.limits[] | select(.ns == $ours and .uid == $EUID and .type == \"user\").count] | .[0] >= 2" <<<"$output")"
	assert_same "$(id -un)" "$(jq --raw-output \
		"[.limits[] | select(.ns == $ours and .uid == $EUID and .type == \"user\").user] | .[0]" <<<"$output")"
}

@test "who has used up what ENOSPC is about" {
	start unshare --user --map-root-user sh -ec '
		echo 2 >/proc/sys/user/max_uts_namespaces
		exec 4<&0
		unshare --uts sh -c "echo ready; exec cat" <&4 &
		unshare --uts sh -c "echo ready; exec cat" <&4 &
		echo ready
		exec cat'
	for _ in 1 2 3; do
		read_started
	done
	# It is true that there are no more.
	run --separate-stderr nsenter --user="/proc/$STARTED/ns/user" --preserve-credentials unshare --uts true
	assert_stderr_has "No space left on device"
	userns=$(ns_inode "$STARTED" user)
	run --separate-stderr nsx-ls --json --limits
	assert_status 0
	assert_same "[[\"uts\",2,2]]" "$(jq --compact-output \
		"[.limits[] | select(.ns == $userns and .count >= .max) | [.type, .count, .max]]" <<<"$output")"
}

@test "the limits here are those of /proc/sys/user" {
	hold -U -u
	run --separate-stderr max "$(ns_inode self user)" "$EUID" user
	assert_ran "$(</proc/sys/user/max_user_namespaces)"
}

@test "only some types, in a table, raw, without headings, and for a shell" {
	hold -U -n -u
	run --separate-stderr nsx-ls --limits --type net,user
	assert_status 0
	assert_matches "${lines[0]}" '^ +NS +UID USER +TYPE +COUNT +MAX$'
	refute_output_has uts
	run --separate-stderr nsx-ls --limits --raw --noheadings --type net
	assert_status 0
	assert_output_matches "${HELD[user]} $EUID $(id -un) net 1 [0-9]+"
	run --separate-stderr nsx-ls --limits --shell --type net
	assert_output_matches "NS=\"${HELD[user]}\" NS_UID=\"$EUID\" USER=\"$(id -un)\" TYPE=\"net\" COUNT=\"1\" MAX=\"[0-9]+\""
}

@test "what nobody has made counts for nobody" {
	# In a user namespace of one's own, no other is to be seen.
	run --separate-stderr unshare --user --map-root-user nsx-ls --json --limits --type uts,ipc
	assert_status 0
	assert_same true "$(jq ".counts.processes > 0 and ([.limits[] | select(.ns == 4026531837)] == [])" <<<"$output")"
}

@test "wrong use" {
	run --separate-stderr nsx-ls --limits 1
	assert_error 1 "--limits takes no operand, not '1'"
	for option in --exclude-initial --tree --task=$$; do
		run --separate-stderr nsx-ls --limits "$option"
		assert_error 1 "--limits and ${option%%=*} exclude each other"
	done
}
