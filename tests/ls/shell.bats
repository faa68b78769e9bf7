#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# shell.bats - assignments for eval, with names of processes that want more.

load ../lib/common

# Lines on standard input that an eval of them leaves: the variables, and
# nothing done. The shell is $1.
evaluate()
{
	# shellcheck disable=SC2016 # For the shell within.
	env -i PATH="$PATH" "$1" -c '
		cd "$1" || exit
		while IFS= read -r line; do
			eval "$line" || exit
			printf "%s|" "$NS" "$TYPE" "$COMMAND" "$NS_PATH" "$NS_UID"
			printf "%s\n" "${NS_PPID+set}"
		done' evaluate "$BATS_TEST_TMPDIR/empty"
}

@test "every shell takes a hostile command as a word, and does nothing else" {
	need_userns
	mkdir "$BATS_TEST_TMPDIR/empty"
	# shellcheck disable=SC2016 # It is what should not be done.
	name='"; touch done; $(touch done) `touch done` '\''${PATH}'$'\n\ttouch done\n\\" \\\xff\x81\\'
	# shellcheck disable=SC2016
	start unshare --user --map-root-user --uts bash -c 'exec -a "$1" cat' bash "$name"
	# shellcheck disable=SC2154
	echo hello >&"${started_inputs[-1]}"
	read -r _ <&"$STARTED_OUTPUT"

	run --separate-stderr nsx-ls --shell --task "$STARTED" --type uts --output NS,TYPE,COMMAND,PATH,UID,PPID
	assert_status 0
	assert_stderr_is ""
	assert_same 1 "${#lines[@]}"
	assert_matches "$output" $'^NS="[0-9]+" TYPE="uts" COMMAND="[ -~]+" NS_PATH="/proc/[0-9/a-z]+" NS_UID="[0-9]+" NS_PPID="[0-9]+"$'
	printed=$output
	for shell in sh bash dash ksh zsh; do
		command -v "$shell" >/dev/null || continue
		run --separate-stderr evaluate "$shell" <<<"$printed"
		assert_status 0
		assert_stderr_is ""
		# shellcheck disable=SC2016
		assert_output_is "$(ns_inode "$STARTED" uts)|uts|\"; touch done; \$(touch done) \`touch done\` '\${PATH}\\x0a\\x09touch done\\x0a\\x5c\" \\x5c\\xff\\x81\\x5c|/proc/$STARTED/ns/uts|$EUID|set"
		assert_same "" "$(ls "$BATS_TEST_TMPDIR/empty")"
	done
}

@test "a line a row, unknown is empty, and a tree keeps its order" {
	run --separate-stderr nsx-ls --shell --task $$ --output TYPE,PNS --type uts,net
	assert_status 0
	assert_stderr_is ""
	assert_same 'TYPE="net" PNS=""
TYPE="uts" PNS=""' "$(sort <<<"$output")"
	run --separate-stderr nsx-ls --shell --task $$ --output NS --tree
	assert_status 0
	assert_same "$(nsx-ls --raw --noheadings --task $$ --output NS --tree)" "$(tr -dc '0-9\n' <<<"$output")"
}

@test "--shell excludes other formats" {
	run --separate-stderr nsx-ls --shell --json
	assert_status 1
	assert_output_is ""
	assert_stderr_has "--shell and --json exclude each other"
	run --separate-stderr nsx-ls --raw --shell
	assert_status 1
	assert_stderr_has "--raw and --shell exclude each other"
}
