#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# terminal.bats - what a person sees on a terminal of 80 columns: the room that
# columns take, and colours.

load ../lib/common
load ../lib/spawn
load ../lib/terminal

setup()
{
	common_setup
	need_userns
	need_command tmux
	# A process with a long command, and a user namespace over it that nobody is in.
	long=$(printf 'x%.0s' {1..100})
	start unshare --user --map-root-user unshare --user --map-root-user --uts \
		sh -c 'echo ready; read -r line' "$long"
	read -r _ <&"$STARTED_OUTPUT"
	uts=$(ns_inode "$STARTED" uts)
	user=$(ns_inode "$STARTED" user)
}

teardown()
{
	close_terminal
	common_teardown
}

# on_terminal COMMAND: run it on a terminal of 80 columns. After that, "the end
# 1" is on the screen, or another number.
on_terminal()
{
	[[ ${terminal-} ]] || open_terminal 80
	type_keys "clear; $* 2>/dev/null; echo 'the 'end $((++ends))" Enter
	wait_until shows "^the end $ends\$"
}

@test "a row is a line, and the command gives way" {
	on_terminal nsx-ls --task "$STARTED"
	run --separate-stderr screen
	row=$(grep "^$uts uts " <<<"$output")
	assert_matches "$row" "^$uts uts +1 +$STARTED [^ ]+ +sh -c echo ready; read -r line x+\$"
	assert_same 80 "${#row}"
	# As many lines as namespaces, and a heading.
	assert_same "$(($(nsx-ls --noheadings --task "$STARTED" | wc -l) + 1))" \
		"$(sed '/^the end/,$d' <<<"$output" | wc -l)"
}

@test "--watch cuts its lines where the terminal ends, whichever column that is in" {
	open_terminal 80
	type_keys "clear; nsx-ls --watch=1h --type uts --output COMMAND,NS" Enter
	wait_until shows '^ready$'
	shows '^present .*xxxx$'
	run ! shows '^x'
	# Characters of two columns each.
	start unshare --user --map-root-user --uts sh -c 'echo ready; read -r line' "$(printf '日%.0s' {1..60})"
	wait_until shows '^appeared .*日$'
	run ! shows '^日'
}

@test "with -u nothing gives way" {
	on_terminal nsx-ls --notruncate --task "$STARTED" --type uts
	run --separate-stderr screen
	assert_has "$(tr -d '\n' <<<"$output")" "$long"
	# And in a pipe nothing does without it.
	run --separate-stderr nsx-ls --task "$STARTED" --type uts
	assert_status 0
	assert_output_has "$long"
	assert_stderr_is ""
}

@test "a tree has its lines, and the one that nobody is in its place" {
	on_terminal nsx-ls --tree --type user
	run --separate-stderr screen
	assert_output_matches $'\n'"[└├]─[0-9]+ +user +0"$'\n'"[│ ] └─$user +user +1 +$STARTED "
}

@test "colours: headings, types, and what nobody is in stands back" {
	on_terminal nsx-ls --tree --type user
	run --separate-stderr colored_screen
	assert_output_has $'\e[1mTYPE'
	assert_output_matches $'\e\[36muser'
	assert_output_matches $'\e\[2m[└├]─[0-9]+ +user +0'
	for options in --color=never "--color=auto --raw | cat" "--raw | cat"; do
		on_terminal "nsx-ls $options"
		run --separate-stderr colored_screen
		refute_output_has $'\e['
	done
}

@test "NO_COLOR and TERM=dumb mean no colours, and --color means them" {
	for setting in NO_COLOR=1 TERM=dumb; do
		on_terminal "env $setting nsx-ls --type user --task $STARTED"
		run --separate-stderr colored_screen
		assert_output_has "$user"
		refute_output_has $'\e['
	done
	# Set to nothing it means nothing.
	on_terminal "env NO_COLOR= TERM=xterm nsx-ls --type user --task $STARTED"
	run --separate-stderr colored_screen
	assert_output_has $'\e['
	for option in --color --color=always; do
		run --separate-stderr env NO_COLOR=1 nsx-ls --type user --task "$STARTED" $option
		assert_status 0
		assert_output_has $'\e[36muser'
		assert_stderr_is ""
	done
	run --separate-stderr env NO_COLOR= nsx-ls --type user --task "$STARTED"
	refute_output_has $'\e['
	run --separate-stderr nsx-ls --color=red
	assert_status 1
	assert_output_is ""
	assert_stderr_has "--color takes auto|always|never, not 'red'"
}
