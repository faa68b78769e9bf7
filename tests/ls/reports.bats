#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# reports.bats - what all reports have in common. Each has a file of its own.
#
# shellcheck disable=SC2154 # What common.bash asks for, and has.

load ../lib/common
load ../lib/spawn

setup()
{
	common_setup
	need_userns
	need_command jq
	hold -U -n
	reports=(--holders --sets "--pids $$" --limits "--diff $$ $HELD_PID")
}

# columns_of_page REPORT: as the manual page has them, in small letters.
columns_of_page()
{
	sed -n "/^\\.Ss $1/,/^\\.S[sh] [^-]/p" "$NSX_TESTS/../man/nsx-ls.8" |
		sed -n '2,${/^\.S[sh]/q; s/^\.It Sy //p}' | tr '[:upper:]' '[:lower:]'
}

@test "the manual page has their columns" {
	for report in "${reports[@]}"; do
		name=${report%% *}
		# shellcheck disable=SC2086 # Words.
		columns=$(nsx-ls --json $report | jq --raw-output ".${name#--}[0] | keys_unsorted[]")
		[[ $columns ]]
		assert_same "$columns" "$(columns_of_page "$name")"
	done
}

@test "they exclude each other, and nothing goes before them" {
	for report in "${reports[@]}"; do
		for other in "${reports[@]}"; do
			[[ $report != "$other" ]] || continue
			# shellcheck disable=SC2086 # Words.
			run --separate-stderr nsx-ls $report $other
			assert_error 1 "${report%% *} and ${other%% *} exclude each other"
		done
		for option in --tree --sources --task=1 --persistent --filter=NS --watch; do
			# shellcheck disable=SC2086 # Words.
			run --separate-stderr nsx-ls "$option" $report
			assert_error 1 "${report%% *} and ${option%%=*} exclude each other"
		done
	done
}

@test "each has columns to choose from, and --list-columns tells which" {
	for report in "${reports[@]}"; do
		name=${report%% *}
		run --separate-stderr nsx-ls --json --list-columns "$name"
		assert_ran
		mapfile -t columns < <(jq --raw-output '.columns[].name' <<<"$output")
		assert_same "$(columns_of_page "$name")" "$(printf '%s\n' "${columns[@],,}")"
		assert_same "" "$(jq --raw-output '.columns[] | select(.help == "").name' <<<"$output")"
		# The values are of the type that it tells.
		jq '.columns | map({ key: .name | ascii_downcase, value: .type }) | from_entries' <<<"$output" \
			>"$BATS_TEST_TMPDIR/types"
		# shellcheck disable=SC2086 # Words.
		run --separate-stderr nsx-ls --json --output-all $report
		assert_ran
		assert_same "" "$(jq --slurpfile types "$BATS_TEST_TMPDIR/types" --raw-output \
			".${name#--}[] | to_entries[] | select(.value != null and (.value | type) != \$types[0][.key])" \
			<<<"$output")"
		# shellcheck disable=SC2086
		run --separate-stderr nsx-ls --raw --output-all $report
		assert_ran
		assert_same "${columns[*]}" "${lines[0]}"
		# shellcheck disable=SC2086
		run --separate-stderr nsx-ls --raw $report --output "${columns[2],,},${columns[0]}"
		assert_ran
		assert_same "${columns[2]} ${columns[0]}" "${lines[0]}"
		# shellcheck disable=SC2086
		run --separate-stderr nsx-ls $report --output NSPROXY
		assert_error 1 "unknown column 'NSPROXY' of $name (--list-columns shows all)"
	done
}

@test "chosen columns in every format; what a table leaves out can be added to it" {
	run --separate-stderr nsx-ls --json --diff "$$" "$HELD_PID" --type net,uts --output RESULT,TYPE
	assert_ran
	assert_same '[{"result":"same","type":"uts"},{"result":"different","type":"net"}]' \
		"$(jq --compact-output .diff <<<"$output")"
	run --separate-stderr nsx-ls --shell --diff "$$" "$HELD_PID" --type net --output RESULT
	assert_ran 'RESULT="different"'
	run --separate-stderr nsx-ls --sets --raw
	assert_ran
	assert_same "NTASKS PID UNIT CONTAINER DIFFERS COMMAND" "${lines[0]}"
	run --separate-stderr nsx-ls --sets --raw --output +NAMESPACES
	assert_ran
	assert_same "NTASKS PID UNIT CONTAINER DIFFERS COMMAND NAMESPACES" "${lines[0]}"
	assert_output_has "net:[${HELD[net]}]"
}

@test "a full disk is an error" {
	for report in "${reports[@]}"; do
		for format in --json --shell --raw; do
			# shellcheck disable=SC2016,SC2086 # Words.
			run --separate-stderr bash -c 'nsx-ls "$@" >/dev/full' full "$format" $report
			assert_error 1 "cannot write to standard output: No space left on device"
		done
	done
}

# bats test_tags=root
@test "without /proc: status 2" {
	need_no_sanitizers "which need /proc"
	for report in "${reports[@]}"; do
		# shellcheck disable=SC2016,SC2086 # Words.
		run --separate-stderr unshare --mount --propagation private \
			sh -c 'mount -t tmpfs none /proc && exec nsx-ls "$@"' - $report
		assert_error 2 "/proc is not mounted here"
	done
}
