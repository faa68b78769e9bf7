#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Telling others that the program is there, and waiting for them, after entering:
# --pid-file, --info-fd, --json-status-fd, --block-fd, --sync-fd. What they do
# in general, tests/unshare/tell.bats has.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn
load ../lib/tell

setup()
{
	common_setup
	need_userns
	need_command jq
	file=$BATS_TEST_TMPDIR/file
}

# The process at the end of the line of children, as numbered here.
last_child()
{
	local pid=$STARTED

	while pgrep --parent "$pid" >/dev/null; do
		pid=$(pgrep --parent "$pid")
	done
	echo "$pid"
}

@test "--info-fd: the pid as the caller numbers it, the namespaces of the program" {
	hold -U -m -u -i -n -p -C -T
	for option in --pid --init --net --fork; do
		start_linked nsx-enter -t "$HELD_PID" --user --net $option --info-fd 8 sh -c "$TELL_LINKS; echo ready; read -r end"
		read_told
		echo "$LINE" >"$file"
		output=
		while read_started && [[ $LINE != ready ]]; do
			output+=$LINE$'\n'
		done
		assert_tells "$file" "${output%$'\n'}"
		assert_same "$(field net-namespace <"$file")" "${HELD[net]}"
		assert_same "$(field user-namespace <"$file")" "${HELD[user]}"
		case $option in
		--net) assert_same "$STARTED" "$(field child-pid <"$file")" ;;
		*) assert_same "$(pgrep --parent "$STARTED")" "$(field child-pid <"$file")" ;;
		esac
		end_started
		exec {TOLD}<&- {RELEASE}>&-
		hold -U -m -u -i -n -p -C -T
	done
}

@test "--info-fd: of everything, and of a copy of the mounts" {
	hold -U -m -u -i -n -p -C -T
	run --separate-stderr nsx-enter -t "$HELD_PID" --info-fd 8 sh -c "$TELL_LINKS" 8>"$file"
	assert_ran
	assert_tells "$file" "$output"
	assert_same "${HELD[mnt]}" "$(field mnt-namespace <"$file")"
	run --separate-stderr nsx-enter -t "$HELD_PID" --mount-proc --info-fd 8 sh -c "$TELL_LINKS" 8>"$file"
	assert_ran
	assert_tells "$file" "$output"
	[[ $(field mnt-namespace <"$file") != "${HELD[mnt]}" ]]
}

@test "--info-fd: an owner that was entered on the way" {
	hold_as_user -U -n
	run --separate-stderr as_user nsx-enter --net="/proc/$HELD_PID/ns/net" --info-fd 8 sh -c "$TELL_LINKS" 8>"$file"
	assert_status 0
	assert_tells "$file" "$output"
	assert_same "${HELD[user]}" "$(field user-namespace <"$file")"
}

@test "--info-fd: its end is seen while the program runs" {
	hold -U -p -u
	for option in --pid --init --uts --fork --kill-child; do
		start_linked nsx-enter -t "$HELD_PID" --user $option --info-fd 8 sh -c 'echo ready; read -r end; exit 4'
		read_rest
		[[ $REST ]]
		read_started
		assert_same ready "$LINE"
		end_input
		await_started
		assert_status 4
		let_go
	done
}

@test "--info-fd: a reader that went away is an error, not our end" {
	hold -U -u
	mkfifo "$file"
	exec 7<>"$file"
	exec 8>"$file" 7>&-
	run --separate-stderr nsx-enter -t "$HELD_PID" --info-fd 8 echo ran
	exec 8>&-
	assert_error 125 "cannot write the pid and the namespaces as JSON: Broken pipe"
}

@test "--json-status-fd: the status at the end, and 126, 127 where the program is not run" {
	hold -U -p
	run --separate-stderr nsx-enter -t "$HELD_PID" --json-status-fd 8 sh -c 'exit 7' 8>"$file"
	assert_status 7
	assert_same '{"exit-code":7}' "$(tail -n 1 "$file" | jq --compact-output .)"
	assert_same 2 "$(wc -l <"$file")"
	run --separate-stderr nsx-enter -t "$HELD_PID" --init --json-status-fd 8 sh -c 'kill -TERM $$; read -r end' 8>"$file"
	assert_same 143 "$(tail -n 1 "$file" | field exit-code)"
	run -127 --separate-stderr nsx-enter -t "$HELD_PID" --json-status-fd 8 /none/such 8>"$file"
	assert_error 127 "cannot run '/none/such'"
	assert_same 127 "$(tail -n 1 "$file" | field exit-code)"
	# Not entered at all: there was never a child.
	run --separate-stderr nsx-enter --net=/none/such --json-status-fd 8 echo ran 8>"$file"
	assert_error 125 "/none/such"
	assert_same "" "$(cat "$file")"
}

@test "--json-status-fd: a reader that went away changes nothing" {
	hold -U -p
	start_linked nsx-enter -t "$HELD_PID" --json-status-fd 8 sh -c 'echo ready; read -r end; exit 6'
	read_told
	exec {TOLD}<&-
	read_started
	end_input
	await_started
	assert_status 6
}

@test "--pid-file: as the caller numbers it, with --init that of the init" {
	hold -U -p -u
	for option in --pid --init --fork; do
		start nsx-enter -t "$HELD_PID" --user $option --pid-file "$file" sh -c 'echo ready; read -r end'
		read_started
		assert_same "$(pgrep --parent "$STARTED")" "$(cat "$file")"
	done
	start nsx-enter -t "$HELD_PID" --user --uts --pid-file "$file" sh -c 'echo $$; read -r end'
	read_started
	assert_same "$STARTED" "$(cat "$file")"
}

@test "--pid-file is a path of ours, wherever the program is" {
	hold -U -m -p
	cd "$BATS_TEST_TMPDIR"
	run --separate-stderr nsx-enter -t "$HELD_PID" --root=/usr --wdns=/bin --pid-file file /bin/pwd
	assert_status 0
	assert_matches "$(cat file)" '^[0-9]+$'
}

@test "--pid-file does not stay where the program is not run" {
	hold -U -p
	PATH=$NSX_BIN:/usr/bin:/bin
	for option in --pid --init --fork; do
		run -127 --separate-stderr nsx-enter -t "$HELD_PID" --user $option --pid-file "$file" no-such-program
		assert_error 127 "cannot run 'no-such-program'"
		[[ ! -e $file ]]
	done
	run --separate-stderr nsx-enter -t "$HELD_PID" --wdns=/none/such --pid-file "$file" echo ran
	assert_error 125 "cannot change directory to '/none/such'"
	[[ ! -e $file ]]
}

@test "--block-fd: set up and entered, and the program does not run before" {
	hold -U -n -p
	for option in --pid --init --fork --no-fork; do
		start_linked nsx-enter -t "$HELD_PID" --user --net $option --info-fd 8 --block-fd 7 \
			--pid-file "$file" sh -c 'echo ran; exit 3'
		read_rest
		blocked=$(last_child)
		# Root may look at it; whose it is may not, from when it enters to when it runs.
		((EUID != 0)) || assert_same "net:[${HELD[net]}]" "$(ns_link "$blocked" net)"
		[[ -e $file ]]
		wait_until is_in_state "$blocked" S
		[[ $(cat "/proc/$blocked/comm") == nsx-* ]]
		let_go
		read_started
		assert_same ran "$LINE"
		await_started
		assert_status 3
	done
}

@test "--block-fd: a signal ends the waiting" {
	hold -U -p
	for option in --pid --init --fork; do
		start_linked nsx-enter -t "$HELD_PID" --user $option --info-fd 8 --block-fd 7 echo ran
		read_rest
		kill -TERM "$STARTED"
		await_started
		assert_status 143
		assert_same "" "$(cat <&"$STARTED_OUTPUT")"
		let_go
	done
}

@test "--sync-fd: open as long as we run, and no longer" {
	hold -U -p
	for option in --pid --init --fork; do
		start_linked nsx-enter -t "$HELD_PID" --user $option --sync-fd 8 \
			sh -c '[ -e /proc/self/fd/8 ] || echo closed; read -r end; exit 5'
		read_started
		assert_same closed "$LINE"
		refute_told
		end_input
		read_rest
		assert_same "" "$REST"
		await_started
		assert_status 5
		let_go
	done
}

@test "none of these descriptors reaches the program" {
	hold -U -p
	run --separate-stderr ls /proc/self/fd
	want=$output
	for option in --pid --init --fork; do
		run --separate-stderr nsx-enter -t "$HELD_PID" --user $option --info-fd 5 --json-status-fd 6 --block-fd 7 \
			--sync-fd 8 ls /proc/self/fd 5>/dev/null 6>/dev/null 7</dev/null 8>/dev/null
		assert_ran "$want"
	done
}

@test "wrong uses: not open, no descriptor, one for two, none of the maps" {
	for option in --info-fd --json-status-fd --block-fd --sync-fd; do
		run --separate-stderr nsx-enter -t $$ "$option" 9 echo ran 9>&-
		assert_error 125 "cannot use descriptor 9 for $option: Bad file descriptor"
		run --separate-stderr nsx-enter -t $$ "$option=x" echo ran
		assert_error 125 "$option takes FD, not 'x'"
	done
	run --separate-stderr nsx-enter -t $$ --info-fd 8 --sync-fd 8 echo ran 8>/dev/null
	assert_error 125 "a descriptor has one use: the same is given for two"
	run --separate-stderr nsx-enter -t $$ --json-status-fd 8 --no-fork echo ran 8>/dev/null
	assert_error 125 "--json-status-fd tells the status of a child: drop --no-fork"
	run --separate-stderr nsx-enter -t $$ --sync-fd 8 --no-fork echo ran 8>/dev/null
	assert_error 125 "--sync-fd is held open by the program's parent: drop --no-fork"
	# No map is written of what exists.
	run --separate-stderr nsx-enter -t $$ --userns-block-fd 8 echo ran 8</dev/null
	assert_error 125 "unknown option '--userns-block-fd'"
}
