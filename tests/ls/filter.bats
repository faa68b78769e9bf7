#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# filter.bats - rows for which an expression is true, where there are such.

load ../lib/common

# It is there where libsmartcols is new enough.
need_filter()
{
	nsx-ls --filter 'NS == 1' >/dev/null 2>&1 || skip "needs libsmartcols 2.40"
}

@test "without the library for it: status 2, and a line that says so" {
	! nsx-ls --filter 'NS == 1' >/dev/null 2>&1 || skip "has libsmartcols 2.40"
	run --separate-stderr nsx-ls --filter 'NS == 1'
	assert_status 2
	assert_output_is ""
	assert_stderr_matches "^nsx-ls: --filter needs libsmartcols 2\.40 or newer, and this nsx-ls was built with 2\.3[89][.0-9]*$"
}

@test "rows by columns that are shown or not, in every format" {
	need_filter
	need_userns
	need_command jq
	hold -U -u
	for filter in "NS == ${HELD[uts]}" "ns == ${HELD[uts]} && PID == $HELD_PID && NS == ${HELD[uts]}" "ns == ${HELD[uts]} && type == 'uts'" "PID == $HELD_PID && TYPE =~ '^ut'"; do
		run --separate-stderr nsx-ls --raw --noheadings --output TYPE --filter "$filter"
		assert_status 0
		assert_output_is uts
		assert_stderr_is ""
	done
	run --separate-stderr nsx-ls --json --filter "ONS == ${HELD[user]}" --output NS
	assert_status 0
	assert_same "[{\"ns\":${HELD[uts]}}]" "$(jq --compact-output .namespaces <<<"$output")"
	run --separate-stderr nsx-ls --shell --filter "NS == ${HELD[uts]}" --output NS
	assert_output_is "NS=\"${HELD[uts]}\""
	run --separate-stderr nsx-ls --raw --noheadings --filter "PID == $HELD_PID" --output PID "uts:[${HELD[uts]}]"
	assert_output_is "$HELD_PID"
	run --separate-stderr nsx-ls --noheadings --filter "NS == 1"
	assert_status 0
	assert_output_is ""
}

@test "in a tree, what is left out is no row, and its children are" {
	need_filter
	need_userns
	need_command jq
	hold -U -u
	run --separate-stderr nsx-ls --json --tree --filter "TYPE == 'uts'" --output NS
	assert_status 0
	assert_same "{\"ns\":${HELD[uts]},\"children\":[]}" \
		"$(jq --compact-output ".namespaces[] | select(.ns == ${HELD[uts]})" <<<"$output")"
}

@test "wrong expressions" {
	need_filter
	run --separate-stderr nsx-ls --filter 'NS =='
	assert_status 1
	assert_output_is ""
	assert_stderr_matches "^nsx-ls: --filter: 'NS ==': .*"
	run --separate-stderr nsx-ls --filter 'FOO == 1'
	assert_status 1
	assert_output_is ""
	assert_stderr_is "nsx-ls: --filter: unknown column 'FOO' (--list-columns shows all)"
	# What the library does not know it prints, and passes over.
	run --separate-stderr nsx-ls --filter 'NS == 1 ~'
	assert_status 1
	assert_output_is ""
	assert_stderr_matches "^nsx-ls: --filter: 'NS == 1 ~': it has a character that means nothing there"
}
