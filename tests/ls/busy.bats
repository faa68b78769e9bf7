#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# busy.bats - processes and namespaces come and go all the time: what is printed
# is whole, no namespace comes twice, and what is there all the time is in it.

load ../lib/common

setup()
{
	common_setup
	need_userns
	need_command jq
}

# Make processes come and go until the test ends: in namespaces of their own,
# with threads of other ones, and in none.
churn()
{
	local i

	for i in 1 2 3; do
		# shellcheck disable=SC2016 # For the shell within.
		start bash -c 'while :; do
				unshare --user --map-root-user --net --uts --ipc true
				(:) & (:) &
				"$0" -U -u -n --by thread </dev/null >/dev/null
				wait
			done' "$NSX_HELPERS/hold"
	done
}

# Lines "net:[4026531840]" of all links of tasks.
links()
{
	# Processes end while they are read.
	readlink /proc/[0-9]*/task/[0-9]*/ns/* 2>/dev/null | LC_ALL=C sort -u || true
}

# What was there before and after, and so meanwhile, unless it is churned.
@test "a busy machine: nothing is missing, nothing comes twice, no row is half" {
	hold -U -u -n -i
	churn
	for ((round = 0; round < 15; round++)); do
		before=$(links)
		run --separate-stderr nsx-ls --json --output-all
		after=$(links)
		assert_status 0
		assert_stderr_is ""
		printed=$output

		run --separate-stderr jq --raw-output --slurpfile schema "$NSX_TESTS/ls/schema.json" \
			--from-file "$NSX_TESTS/ls/schema.jq" <<<"$printed"
		assert_status 0
		assert_output_is ""
		# Which come twice; which are half: a row with a process has its link, one
		# with a command has a user, too; and what there is.
		run --separate-stderr jq --raw-output '
			([.namespaces[] | [.ns, .type]] | group_by(.) | map(select(length > 1)) | tojson),
			([.namespaces[] | select((.pid != null and .path == null) or ((.command == null) != (.user == null)) or
				(.nprocs > 0 and .pid == null))] | tojson),
			(.namespaces[] | "\(.type):[\(.ns)]")' <<<"$printed"
		assert_status 0
		assert_same "[]" "${lines[0]}"
		assert_same "[]" "${lines[1]}"
		# An inode number may be gone and used again between two looks; then it is the churn's.
		listed=$(printf '%s\n' "${lines[@]:2}" | LC_ALL=C sort)
		missing=$(comm -12 <(echo "$before") <(echo "$after") | comm -23 - <(echo "$listed"))
		for link in $missing; do
			[[ ! $link =~ ${HELD[uts]}|${HELD[net]}|${HELD[ipc]}|${HELD[user]} ]] || fail "missing: $link"
			[[ $link != "$(ns_link self "${link%%:*}")" ]] || fail "missing: $link"
		done
	done
}

@test "and in trees, tables, and lists of processes" {
	hold -U -u -n
	churn
	for _ in {1..5}; do
		for tree in owner parent process; do
			run --separate-stderr nsx-ls --json "--tree=$tree" --output NS,TYPE
			assert_status 0
			assert_stderr_is ""
			assert_same "[]" "$(jq --compact-output '[.namespaces | .. | objects | [.ns, .type]] |
				group_by(.) | map(select(length > 1))' <<<"$output")"
			assert_same 1 "$(jq "[.namespaces | .. | objects | select(.ns == ${HELD[net]})] | length" <<<"$output")"
		done
		run --separate-stderr nsx-ls --noheadings --output NS,TYPE,NPROCS,PID,USER
		assert_status 0
		assert_stderr_is ""
		assert_same "" "$(grep -vE '^ *[0-9]+ [a-z]+ +[0-9]+( +[0-9]+ +[^ ]+| *[0-9]* *)$' <<<"$output")"
		run --separate-stderr nsx-ls --noheadings --raw --output PID "net:[${HELD[net]}]"
		assert_status 0
		assert_output_is "$HELD_PID"
	done
}

@test "and in a watch: each appears before it goes, and none twice" {
	start nsx-ls --watch=50ms --json --output NS,TYPE
	watch=$STARTED
	exec {lines}<&"$STARTED_OUTPUT"
	churn
	for ((i = 0; i < 300; i++)); do
		read -r -t "$PATIENCE" LINE <&"$lines" || fail "no more lines"
		echo "$LINE"
	done >"$BATS_TEST_TMPDIR/lines"
	kill "$watch"
	# shellcheck disable=SC2016 # jq's.
	run --separate-stderr jq --slurp --compact-output '
		map(select(.event != "ready")) | group_by([.ns, .type])[] | map(.event) |
		[range(1; length) as $i | select((.[$i] == "gone") == (.[$i - 1] == "gone")) | .[$i]] |
		select(. != [])' "$BATS_TEST_TMPDIR/lines"
	assert_status 0
	assert_output_is ""
	assert_stderr_is ""
}
