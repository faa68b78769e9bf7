# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# tell.bash - for the tests of --info-fd, --block-fd and their like: loaded
# after spawn.bash.
#
# shellcheck disable=SC2016,SC2034,SC2154 # Much of it is for the tests; shells inside expand.

# start_linked PROGRAM...: start it with two pipes to us. It reads descriptor 7
# and writes descriptor 8; our ends are RELEASE and TOLD.
start_linked()
{
	local name=$BATS_TEST_TMPDIR/link.${#started_pids[@]}

	mkfifo "$name.in" "$name.out"
	start sh -c 'in=$1 out=$2
		shift 2
		exec 7<"$in" 8>"$out"
		exec "$@"' sh "$name.in" "$name.out" "$@"
	exec {RELEASE}>"$name.in" {TOLD}<"$name.out"
	rm "$name.in" "$name.out"
}

# let_go: the end of the file that it waits for.
let_go()
{
	exec {RELEASE}>&-
}

# read_told: the next line from TOLD, in LINE; and all until the end, in REST.
read_told()
{
	read -r -t "$PATIENCE" LINE <&"$TOLD" || fail "nothing was told in $PATIENCE seconds"
}

read_rest()
{
	REST=$(timeout "$PATIENCE" cat <&"$TOLD") || fail "the end of the file did not come"
	exec {TOLD}<&-
}

# Neither a byte nor the end of the file is there yet.
refute_told()
{
	if read -r -t 0 <&"$TOLD"; then
		fail "something was told"
	fi
}

# program_of PID: what runs there.
program_of()
{
	basename "$(readlink "/proc/$1/exe")"
}

# field KEY <JSON
field()
{
	jq --exit-status ".\"$1\""
}

# assert_tells FILE LINKS: its first line has the namespaces of these links, and no more.
assert_tells()
{
	local link want=

	while read -r link; do
		want+="${link%%:*}-namespace $(tr -dc 0-9 <<<"$link")"$'\n'
	done <<<"$2"
	assert_same "$(sort <<<"$want")" "$(head -n 1 "$1" |
		jq --raw-output 'to_entries[] | select(.key | endswith("-namespace")) | "\(.key) \(.value)"' |
		cat - <(echo) | sort)"
}
