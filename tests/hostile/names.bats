#!/usr/bin/env bats
# bats file_tags=root
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Names of namespaces as others may make them in /run/netns, where only slashes
# and NUL bytes are forbidden; and commands of those who are in what a name
# keeps. nsx-pin shows them, and takes them away, in a harmless way.

# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2153,SC2154,SC2317 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn
load ../lib/names
load ../lib/hostile

# Two names of others: one that keeps a namespace, and a file alone.
make_hostile()
{
	cd "$BATS_TEST_TMPDIR" || return
	nsx-pin add box --net --uts
	: >"/run/netns/$HOSTILE"
	unshare --net="/run/netns/$HOSTILE" true
	: >"/run/netns/x$HOSTILE_SHORT"
}

teardown()
{
	common_teardown
	remove_hostile
	assert_registry_is_empty
}

remove_hostile()
{
	umount "/run/netns/$HOSTILE" 2>/dev/null || true
	rm -f "/run/netns/$HOSTILE" "/run/netns/x$HOSTILE_SHORT"
	nsx-pin del --no-wait --force box 2>/dev/null || true
}

@test "list, show, verify, gc, list-id" {
	need_command jq
	make_hostile
	for words in list "list --raw" "list --noheadings" show verify list-id "gc --dry-run"; do
		# shellcheck disable=SC2086 # Verbs with their options.
		run --separate-stderr nsx-pin $words
		[[ $status -eq 0 || $status -eq 1 ]] || assert_status 0
		assert_run_is_tame
	done
	for words in list verify list-id; do
		run --separate-stderr nsx-pin "$words" --json
		assert_run_is_tame
		jq . <<<"$output" >/dev/null
	done
	for verb in show pids del; do
		run --separate-stderr nsx-pin "$verb" "$HOSTILE"
		assert_run_is_tame
	done
}

@test "monitor" {
	need_command jq
	make_hostile
	for format in "" --json; do
		# shellcheck disable=SC2086
		run --separate-stderr bash -c 'nsx-pin monitor --initial "$@" | sed 1q' bash $format
		assert_status 0
		assert_run_is_tame
		[[ ! $format ]] || jq . <<<"$output" >/dev/null
	done
}

@test "who is in it" {
	need_command jq
	make_hostile
	start nsx-enter --target pin:box bash -c 'printf ") \e[3m\x9b" >/proc/self/comm; echo ready; read -r end'
	read_started
	for words in "show box" "show box --json" "identify $STARTED" "identify $STARTED --json" "pids box --json" "del box --no-wait"; do
		# shellcheck disable=SC2086
		run --separate-stderr nsx-pin $words
		assert_run_is_tame
		[[ $words != *--json ]] || jq . <<<"$output" >/dev/null
	done
	# It was in use.
	assert_status 1
	assert_stderr_has ') \x1b[3m\x9b'
	end_started
}
