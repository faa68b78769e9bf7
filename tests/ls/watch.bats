#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# watch.bats - namespaces as they come and go. With a time of an hour between
# two looks, only what the kernel tells can make nsx-ls look.

# shellcheck disable=SC2016,SC2030,SC2031,SC2153,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn

setup()
{
	common_setup
	need_userns
	need_command jq
}

# watch OPTION...: in the background. WATCH is its pid, WATCH_OUTPUT has its lines.
watch()
{
	start nsx-ls "$@"
	WATCH=$STARTED
	WATCH_OUTPUT=$STARTED_OUTPUT
}

# next_with PATTERN: the next line that has this in it, in LINE. Those before it
# are in SKIPPED: other tests have namespaces, too. They may have had the inode
# number of ours before, so a pattern says more than that.
next_with()
{
	SKIPPED=
	while read -r -t "$PATIENCE" LINE <&"$WATCH_OUTPUT"; do
		# shellcheck disable=SC2053 # It is a pattern.
		[[ $LINE != *$1* ]] || return 0
		SKIPPED+=$LINE$'\n'
	done
	fail "no line has: $1"
}

# next_is LINE: go on to that line.
next_is()
{
	LINE=
	until [[ $LINE == "$1" ]]; do
		next_with "$1"
	done
}

# watch_json OPTION...: up to the line that says that it watches.
watch_json()
{
	watch --json "$@"
	next_with '"event": "ready"'
}

# await_watch: its end; how it ended is in status.
await_watch()
{
	status=0
	wait "$WATCH" || status=$?
}

# How soon it looks without being told of anything: by those who are told, never.
interval()
{
	((EUID == 0)) && echo 1h || echo 50ms
}

@test "what appears and what goes, a line of JSON each" {
	watch_json "--watch=$(interval)" --output NS,TYPE,NPROCS,PID,UID
	hold -U -n
	next_with "\"appeared\", \"ns\": ${HELD[net]}, *\"pid\": $HELD_PID,"
	assert_same "{\"event\":\"appeared\",\"ns\":${HELD[net]},\"type\":\"net\",\"nprocs\":1,\"pid\":$HELD_PID,\"uid\":$EUID}" \
		"$(jq --compact-output . <<<"$LINE")"
	end_input
	next_with "\"gone\", \"ns\": ${HELD[net]}"
	assert_same "{\"event\":\"gone\",\"ns\":${HELD[net]},\"type\":\"net\",\"nprocs\":1,\"pid\":$HELD_PID,\"uid\":$EUID}" \
		"$(jq --compact-output . <<<"$LINE")"
}

@test "each line of JSON fits the schema, and what is there comes first, once" {
	hold -U -u
	watch --json --watch --output-all
	lines=()
	while read -r -t "$PATIENCE" LINE <&"$WATCH_OUTPUT" && [[ $LINE != *'"event": "ready"'* ]]; do
		lines+=("$LINE")
	done
	assert_same 1 "$(grep -c "\"ns\": ${HELD[uts]}," < <(printf '%s\n' "${lines[@]}"))"
	assert_same '["present"]' "$(printf '%s\n' "${lines[@]}" | jq --slurp --compact-output 'map(.event) | unique')"
	run --separate-stderr jq --raw-output --slurpfile schema "$NSX_TESTS/ls/schema.json" \
		--from-file "$NSX_TESTS/ls/schema.jq" < <(
		jq --slurp 'map(del(.event)) as $rows | $rows[-1] + { namespaces: $rows[:-1] }' \
			< <(printf '%s\n' "${lines[@]}" "$LINE"))
	assert_status 0
	assert_output_is ""
	assert_stderr_is ""
}

@test "nothing is lost between the first look and the first event" {
	watch "--watch=$(interval)" --raw --noheadings --type uts --output NS
	held=()
	for _ in {1..20}; do
		hold -U -u
		held+=("${HELD[uts]}")
	done
	# Numbers are used again, so it is the last word on each that counts.
	declare -A there=()
	until ((${#there[@]} == 20)); do
		read -r -t "$PATIENCE" event inode <&"$WATCH_OUTPUT" || fail "only ${#there[@]} of 20 are there: ${!there[*]}"
		[[ " ${held[*]} " == *" $inode "* ]] || continue
		if [[ $event == gone ]]; then
			unset "there[$inode]"
		else
			there[$inode]=yes
		fi
	done
}

# bats test_tags=root
@test "one that is there for a moment only" {
	watch_json --watch=1h --type uts --output NS
	for _ in 1 2 3; do
		unshare --uts true
		next_with '"event": "appeared"'
		inode=$(jq .ns <<<"$LINE")
		next_with "{\"event\": \"gone\", \"ns\": $inode}"
	done
}

# bats test_tags=root
@test "mounts keep a namespace, and taking them away ends it" {
	watch_json --watch=1h --type net --output NS,NPROCS,PID
	touch "$BATS_TEST_TMPDIR/net"
	hold -n
	next_with "\"appeared\", \"ns\": ${HELD[net]}, *\"pid\": $HELD_PID"
	mount --bind "/proc/$HELD_PID/ns/net" "$BATS_TEST_TMPDIR/net"
	end_input
	wait "$STARTED"
	# What happens after the end is told after it.
	touch "$BATS_TEST_TMPDIR/other"
	unshare --net="$BATS_TEST_TMPDIR/other" true
	other=$(stat --format %i "$BATS_TEST_TMPDIR/other")
	next_with "\"appeared\", \"ns\": $other"
	refute_has "$SKIPPED" "\"ns\": ${HELD[net]}"
	umount "$BATS_TEST_TMPDIR/net"
	next_with "\"gone\", \"ns\": ${HELD[net]}"
	umount "$BATS_TEST_TMPDIR/other"
	next_with "\"gone\", \"ns\": $other"
}

@test "by time, what the kernel does not tell of: a descriptor that is closed" {
	watch_json --watch=50ms --output NS,NPROCS,PID
	hold -U -n
	exec {fd}<"/proc/$HELD_PID/ns/net"
	next_with "\"appeared\", \"ns\": ${HELD[user]}, *\"pid\": $HELD_PID"
	end_input
	wait "$STARTED"
	net=${HELD[net]}
	hold -U
	next_with "\"appeared\", \"ns\": ${HELD[user]}, *\"pid\": $HELD_PID"
	refute_has "$SKIPPED" "\"gone\", \"ns\": $net"
	exec {fd}<&-
	next_with "\"gone\", \"ns\": $net"
}

@test "tables, raw lines and words for a shell" {
	watch "--watch=$(interval)" --output TYPE,NS,COMMAND
	read -r -t "$PATIENCE" LINE <&"$WATCH_OUTPUT"
	assert_matches "$LINE" '^EVENT +TYPE +NS +COMMAND$'
	next_is ready
	hold -U -u
	next_with "appeared uts *${HELD[uts]} $NSX_HELPERS"
	assert_matches "$LINE" "^appeared uts +${HELD[uts]} $NSX_HELPERS/hold -U -u\$"
	kill "$WATCH"

	watch "--watch=$(interval)" --output TYPE,NS,COMMAND --raw
	read -r -t "$PATIENCE" LINE <&"$WATCH_OUTPUT"
	assert_same 'EVENT TYPE NS COMMAND' "$LINE"
	next_with "present*${HELD[uts]}"
	assert_same "present uts ${HELD[uts]} $NSX_HELPERS/hold\\x20-U\\x20-u" "$LINE"
	kill "$WATCH"

	watch "--watch=$(interval)" --output TYPE,NS,COMMAND --shell
	next_with "present*${HELD[uts]}"
	assert_same "EVENT=\"present\" TYPE=\"uts\" NS=\"${HELD[uts]}\" COMMAND=\"$NSX_HELPERS/hold -U -u\"" "$LINE"
	next_is 'EVENT="ready"'
}

@test "what is chosen is watched, and nothing else" {
	watch_json "--watch=$(interval)" --type uts,net --output TYPE,NS
	hold -U -i
	hold -U -u
	next_with "\"appeared\", \"type\": \"uts\", \"ns\": ${HELD[uts]}"
	refute_has "$SKIPPED" '"type": "user"'
	refute_has "$SKIPPED" '"type": "ipc"'
	kill "$WATCH"

	# One that is left by its last process appears among those that nobody is in.
	watch_json --watch=50ms --persistent --type uts --output NS,NPROCS
	hold -U -u
	exec {fd}<"/proc/$HELD_PID/ns/uts"
	end_input
	next_with "\"appeared\", \"ns\": ${HELD[uts]}, \"nprocs\": 0"
	exec {fd}<&-
	next_with "\"gone\", \"ns\": ${HELD[uts]}"
}

# bats test_tags=root
@test "processes that change nothing cost no look" {
	# A pid namespace of its own has no other tests in it.
	run --separate-stderr timeout "$PATIENCE" unshare --pid --fork --kill-child --mount-proc bash -c '
		exec {out}< <(exec nsx-ls --watch=1h --verbose --type uts --raw 2>"$1")
		until [[ $LINE == ready ]]; do read -r LINE <&"$out"; done
		for _ in {1..500}; do (:); done
		unshare --uts sleep 20 &
		until [[ $LINE == appeared* ]]; do read -r LINE <&"$out"; done
		echo "$LINE"' watch "$BATS_TEST_TMPDIR/trace"
	assert_status 0
	assert_output_matches '^appeared [0-9]+ uts 1 '
	assert_stderr_is ""
	looks=$(grep -c 'asked mounts' "$BATS_TEST_TMPDIR/trace")
	((looks >= 2 && looks <= 5)) || fail "$looks looks"
}

@test "every column, but nothing of the namespaces of process 1" {
	[[ $(ns_inode 1 uts) ]] || skip "process 1 cannot be read"
	watch_json --watch=1h --output-all --exclude-initial --type uts
	refute_has "$SKIPPED" "\"ns\": $(ns_inode 1 uts),"
	hold -U -u
	next_with "\"event\": \"appeared\", \"ns\": ${HELD[uts]},"
	assert_same "[\"uts\",$HELD_PID,[],[\"process\"],false,\"$(uname --nodename)\"]" \
		"$(jq --compact-output '[.type, .leader, .name, .holders, .initial, (.detail | split(" ")[0])]' <<<"$LINE")"
}

@test "a signal ends it while its output is a pipe that is full" {
	mkfifo "$NSX_TMP/full"
	exec 5<>"$NSX_TMP/full"
	dd if=/dev/zero bs=4096 of="$NSX_TMP/full" oflag=nonblock status=none 2>/dev/null || :
	start sh -c 'exec nsx-ls --watch=1h >"$0"' "$NSX_TMP/full"
	WATCH=$STARTED
	wait_until grep -qE '^SigBlk:.*4003$' "/proc/$WATCH/status"
	kill "$WATCH"
	await_watch
	assert_same 0 "$status"
	exec 5>&-
}

@test "it ends in peace: by SIGINT, by SIGTERM, and when nobody reads" {
	for signal in INT TERM; do
		# Bash starts what it does not wait for with SIGINT ignored.
		start env "--default-signal=$signal" nsx-ls --watch=1h --json
		WATCH=$STARTED WATCH_OUTPUT=$STARTED_OUTPUT
		next_with '"event": "ready"'
		kill -s "$signal" "$WATCH"
		await_watch
		assert_same 0 "$status"
	done
	# Nothing happens that it could fail to print.
	run --separate-stderr timeout "$PATIENCE" bash -c 'nsx-ls --watch=1h --type cgroup | head -n 1
		echo "${PIPESTATUS[0]}"'
	assert_status 0
	assert_matches "${lines[0]}" '^EVENT +NS '
	assert_same 0 "${lines[1]}"
	assert_stderr_is ""
}

@test "a signal that it was started to ignore ends it no more than others" {
	start env --ignore-signal=HUP nsx-ls --watch=1h --json --type uts
	WATCH=$STARTED WATCH_OUTPUT=$STARTED_OUTPUT
	next_with '"event": "ready"'
	kill -s HUP "$WATCH"
	hold -U -u
	next_with "\"ns\": ${HELD[uts]}"
	kill -s TERM "$WATCH"
	await_watch
	assert_same 0 "$status"
}

@test "a full disk is an error" {
	[[ -c /dev/full ]] || skip "needs /dev/full"
	run --separate-stderr timeout "$PATIENCE" bash -c 'nsx-ls --watch=1h >/dev/full'
	assert_error 1 "cannot write to standard output"
}

@test "wrong use" {
	for time in 0 0.0001 -1 1000000y; do
		run --separate-stderr nsx-ls "--watch=$time"
		assert_error 1 "--watch: '$time' is out of range"
	done
	run --separate-stderr nsx-ls --watch=often
	assert_error 1 "--watch takes SECS, not 'often'"
	run --separate-stderr nsx-ls --watch 5
	assert_error 1 "'5' names a process: --task shows its namespaces; or is --watch=5 meant?"
	run --separate-stderr nsx-ls --watch --tree
	assert_error 1 "--watch and --tree exclude each other"
	run --separate-stderr nsx-ls --watch --task $$
	assert_error 1 "--watch and --task exclude each other"
	run --separate-stderr nsx-ls --watch /proc/self/ns/net
	assert_error 1 "--watch and a namespace ('/proc/self/ns/net') exclude each other"
}
