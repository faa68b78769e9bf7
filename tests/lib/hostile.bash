# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# hostile.bash - words that others may choose, made to break lines, tables and
# JSON, to drive a terminal and to run commands in a shell: loaded after
# common.bash.
#
# shellcheck disable=SC2034,SC2154 # Much of it is for the tests.

# A letter that stays, blanks, a line end, a colour, C1 in eight bits and in
# UTF-8, what is no UTF-8 (alone, cut off, a surrogate), quotes, what a shell
# expands, what printf(3) does.
HOSTILE=$'\xc3\xa4 b\nc\e[31m\e]0;t\a\x9b1m\xc2\x9b\xff\xed\xa0\x80"q"\'\\;$(touch RAN)`touch RAN`%s%n|&\x7f\xe2\x82'
# The same for names of interfaces: short, no blank, no slash, no percent sign.
HOSTILE_SHORT=$'\e[31m\x9b\xff"\'\\$`'

# Nothing in it but printable characters of UTF-8 and line ends.
assert_tame()
{
	iconv --from-code=UTF-8 --to-code=UTF-8 <<<"$1" >/dev/null 2>&1 || {
		show_run
		fail "it is no UTF-8"
	} || return
	if LC_ALL=C grep --quiet --perl-regexp '[\x00-\x1f\x7f]|\xc2[\x80-\x9f]' <<<"$1"; then
		show_run
		fail "there are control characters in it:" "$(od -c <<<"$1" | head -n 50)"
	fi
}

# The last run, whatever came of it, printed nothing else.
assert_run_is_tame()
{
	# At once, which halves the programs run; no character goes over a line end.
	assert_tame "$output"$'\n'"$stderr" || return
	# A command that did not run left no trace.
	[[ ! -e RAN ]] || fail "a command in a hostile word ran"
}

# lists_safely COMMAND...: in every format of nsx-ls each line is a row, which
# begins with a number, and harmless; a shell takes in each line of words. JSON,
# which is in output then, is as the schema says.
lists_safely()
{
	local format line wrong

	for format in --list --raw --shell; do
		run --separate-stderr "$@" --noheadings --nowrap "$format"
		assert_status 0 || return
		assert_run_is_tame || return
		[[ $output ]] || fail "no row" || return
		while read -r line; do
			assert_matches "$line" '^([A-Z_]+=")?[0-9]+' || return
			[[ $format != --shell ]] || (eval "$line") || fail "a shell refuses this:" "$line" || return
		done <<<"$output"
		[[ ! -e RAN ]] || fail "a command in this ran:" "$output" || return
	done
	shows_safely "$@" --noheadings || return
	run --separate-stderr "$@" --json
	assert_status 0 || return
	assert_run_is_tame || return
	wrong=$(jq --raw-output --slurpfile schema "$NSX_TESTS/ls/schema.json" --from-file "$NSX_TESTS/ls/schema.jq" \
		<<<"$output") || return
	assert_same "" "$wrong"
}

# shows_safely COMMAND...: at a terminal, which may cut words off.
shows_safely()
{
	command -v script >/dev/null || return 0
	run --separate-stderr env SHELL="$BASH" TERM=xterm NO_COLOR=1 script --quiet --return --command "$(printf '%q ' "$@")" /dev/null
	# The line discipline adds these.
	output=${output//$'\r'/}
	assert_status 0 || return
	assert_run_is_tame || return
	[[ $output ]] || fail "nothing at a terminal"
}
