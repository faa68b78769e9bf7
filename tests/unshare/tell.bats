#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Telling others that the program is there, and waiting for them: --pid-file,
# --info-fd, --json-status-fd, --block-fd, --userns-block-fd, --sync-fd.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn
load ../lib/tell

setup()
{
	common_setup
	((EUID == 0)) || need_userns
	file=$BATS_TEST_TMPDIR/file
}

# --- --pid-file

@test "--pid-file: our own pid where the program takes our place" {
	start nsx-unshare --pid-file "$file" sh -c 'echo $$; read -r end'
	read_started
	assert_same "$LINE" "$(cat "$file")"
	assert_same "$STARTED" "$(cat "$file")"
}

@test "--pid-file: the child's" {
	start nsx-unshare --fork --pid-file "$file" sh -c 'echo $$; read -r end'
	read_started
	assert_same "$LINE" "$(cat "$file")"
	[[ $LINE != "$STARTED" ]]
}

@test "--pid-file: with --pid the child's as numbered outside" {
	start nsx-unshare "${own_user[@]}" --pid --pid-file "$file" sh -c 'echo $$; read -r end'
	read_started
	assert_same 1 "$LINE"
	assert_same "$(pgrep --parent "$STARTED")" "$(cat "$file")"
}

@test "--pid-file: with --pid and --no-fork our own" {
	start nsx-unshare "${own_user[@]}" --pid --no-fork --pid-file "$file" sh -c 'echo ready; read -r end'
	read_started
	assert_same "$STARTED" "$(cat "$file")"
}

@test "--pid-file: with --init that of the init" {
	start nsx-unshare "${own_user[@]}" --init --pid-file "$file" sh -c 'echo $$; read -r end'
	read_started
	assert_same 2 "$LINE"
	assert_same "$(pgrep --parent "$STARTED")" "$(cat "$file")"
	assert_same nsx-init "$(cat "/proc/$(cat "$file")/comm")"
}

@test "--pid-file: there when all is set up, and not before" {
	start_linked nsx-unshare --user --uts --pid-file "$file" --info-fd 8 --userns-block-fd 7 --wd / sh -c 'pwd; read -r end'
	read_told
	[[ ! -e $file ]]
	# It is at its end since the wait for the maps, which tells nothing of what comes after.
	read_rest
	echo >&"$RELEASE"
	read_started
	assert_same / "$LINE"
	assert_same "$STARTED" "$(cat "$file")"
	assert_same / "$(readlink "/proc/$STARTED/cwd")"
}

@test "--pid-file: there while the program waits for --block-fd" {
	start_linked nsx-unshare "${own_user[@]}" --pid --pid-file "$file" --info-fd 8 --block-fd 7 echo ran
	read_rest
	assert_same "$(pgrep --parent "$STARTED")" "$(cat "$file")"
	assert_same nsx-unshare "$(program_of "$(cat "$file")")"
	let_go
	await_started
	assert_status 0
}

holds_one_file()
{
	[[ $(find "$1" -mindepth 1 | wc -l) -eq 1 ]]
}

@test "--pid-file replaces a file, at once and as a whole, and leaves no other" {
	mkdir "$BATS_TEST_TMPDIR/dir"
	echo "something longer than any pid" >"$BATS_TEST_TMPDIR/dir/file"
	ln "$BATS_TEST_TMPDIR/dir/file" "$BATS_TEST_TMPDIR/old"
	run --separate-stderr nsx-unshare --pid-file "$BATS_TEST_TMPDIR/dir/file" sh -c 'echo $$'
	assert_ran
	assert_same "$output" "$(cat "$BATS_TEST_TMPDIR/dir/file")"
	assert_same "something longer than any pid" "$(cat "$BATS_TEST_TMPDIR/old")"
	# Until it runs the other one stays, to come back.
	wait_until holds_one_file "$BATS_TEST_TMPDIR/dir"
	assert_same file "$(ls "$BATS_TEST_TMPDIR/dir")"
}

@test "--pid-file is a path outside, from where we were started" {
	cd "$BATS_TEST_TMPDIR"
	run --separate-stderr nsx-unshare -r --root / --wd /proc --pid-file file sh -c 'echo $$; pwd'
	assert_status 0
	assert_stderr_is ""
	assert_same "${lines[0]}" "$(cat file)"
	assert_same /proc "${lines[1]}"
}

@test "--pid-file stays when the program has ended" {
	run --separate-stderr nsx-unshare --fork --pid-file "$file" sh -c 'echo $$; exit 3'
	assert_status 3
	assert_stderr_is ""
	assert_same "$output" "$(cat "$file")"
}

@test "--pid-file does not stay where the program is not run" {
	local option dir=$BATS_TEST_TMPDIR/empty file=$BATS_TEST_TMPDIR/empty/file

	mkdir "$dir"
	# A directory on it that one may not search turns 127 into 126.
	PATH=$NSX_BIN:/usr/sbin:/usr/bin:/sbin:/bin
	for option in --fork --no-fork "${own_user[0]:---uts}"; do
		run -127 --separate-stderr nsx-unshare "$option" --pid-file "$file" no-such-program
		assert_error 127 "cannot run 'no-such-program'"
		[[ ! -e $file ]]
		run --separate-stderr nsx-unshare "$option" --pid-file "$file" /etc/passwd
		assert_error 126 "cannot run '/etc/passwd'"
		[[ ! -e $file ]]
		# A later step: a directory cannot be read.
		run --separate-stderr nsx-unshare "$option" --pid-file "$file" --block-fd 7 echo ran 7</
		assert_error 125 "cannot wait on descriptor 7: Is a directory"
		[[ ! -e $file ]]
	done
	run -127 --separate-stderr nsx-unshare "${own_user[@]}" --init --pid-file "$file" no-such-program
	assert_error 127 "cannot run 'no-such-program'"
	assert_same "" "$(ls "$dir")"
}

@test "--pid-file does not stay where the program is killed before it runs" {
	start_linked nsx-unshare --fork --pid-file "$file" --info-fd 8 --block-fd 7 echo ran
	read_rest
	wait_until test -s "$file"
	kill -KILL "$(cat "$file")"
	await_started
	assert_status 137
	# What undoes it is nobody's child.
	wait_until test ! -e "$file"
}

@test "--pid-file: where no file can be made" {
	mkdir -p "$BATS_TEST_TMPDIR/dir/file"
	run --separate-stderr nsx-unshare --pid-file /none/such/file echo ran
	assert_error 125 "cannot write the pid to '/none/such/file': No such file or directory"
	run --separate-stderr nsx-unshare --fork --pid-file "$BATS_TEST_TMPDIR/dir/file" echo ran
	assert_error 125 "cannot write the pid to '$BATS_TEST_TMPDIR/dir/file': Is a directory"
	assert_same file "$(ls "$BATS_TEST_TMPDIR/dir")"
	run --separate-stderr nsx-unshare --pid-file= echo ran
	assert_error 125 "--pid-file takes FILE, not ''"
	run --separate-stderr nsx-unshare --pid-file
	assert_error 125 "'--pid-file' needs an argument: FILE"
	((EUID != 0)) || return 0
	chmod 555 "$BATS_TEST_TMPDIR/dir"
	run --separate-stderr nsx-unshare --pid-file "$BATS_TEST_TMPDIR/dir/other" echo ran
	assert_error 125 "cannot write the pid to '$BATS_TEST_TMPDIR/dir/other': Permission denied"
	chmod 755 "$BATS_TEST_TMPDIR/dir"
}

# --- --info-fd

@test "--info-fd: one JSON object in one line, with the pid and every namespace" {
	local option

	# Without a fork nobody is in new pid and time namespaces yet.
	need_command jq
	for option in --uts -n -i -muinUC; do
		run --separate-stderr nsx-unshare "${own_user[@]}" --no-fork "$option" --info-fd 8 \
			sh -c "echo \$\$; $TELL_LINKS" 8>"$file"
		assert_ran
		assert_same 1 "$(wc -l <"$file")"
		assert_same 1 "$(jq --slurp length "$file")"
		assert_tells "$file" "$(tail -n +2 <<<"$output")"
		assert_same "${lines[0]}" "$(field child-pid <"$file")"
	done
}

@test "--info-fd: of a child, those of the child" {
	need_command jq
	for option in --fork --pid --init --time -muinpUCT; do
		run --separate-stderr nsx-unshare "${own_user[@]}" "$option" --info-fd 8 sh -c "$TELL_LINKS" 8>"$file"
		assert_ran
		assert_tells "$file" "$output"
	done
}

@test "--info-fd: child-pid is the pid outside, with --init that of the init" {
	local option pid

	need_command jq
	for option in --fork --pid --init; do
		start_linked nsx-unshare "${own_user[@]}" "$option" --info-fd 8 sh -c 'echo ready; read -r end'
		read_told
		pid=$(field child-pid <<<"$LINE")
		read_started
		assert_same "$(pgrep --parent "$STARTED")" "$pid"
	done
}

@test "--info-fd: 64-bit ids where the kernel has them" {
	local type ids

	need_command jq
	is_linux 6.18 || skip "needs 64-bit ids of namespaces (Linux 6.18)"
	run --separate-stderr nsx-unshare "${own_user[@]}" --uts --info-fd 8 true 8>"$file"
	assert_ran ""
	ids=$(jq '[to_entries[] | select(.key | endswith("-namespace-id"))] | length' "$file")
	assert_same "$(all_types | wc -l)" "$ids"
	for type in $(all_types); do
		assert_matches "$(field "$type-namespace-id" <"$file")" '^[1-9][0-9]*$'
	done
	# Of what is not new, all have the same; and what is new has one of its own.
	run --separate-stderr nsx-unshare "${own_user[@]}" --uts --info-fd 8 true 8>"$file.2"
	assert_ran ""
	assert_same "$(field mnt-namespace-id <"$file")" "$(field mnt-namespace-id <"$file.2")"
	[[ $(field uts-namespace-id <"$file") != "$(field uts-namespace-id <"$file.2")" ]]
}

@test "--info-fd: its end is seen while the program runs" {
	local option

	for option in --no-fork --fork --pid --init --kill-child; do
		start_linked nsx-unshare "${own_user[@]}" "$option" --info-fd 8 sh -c 'echo ready; read -r end; exit 4'
		read_rest
		[[ $REST ]]
		read_started
		assert_same ready "$LINE"
		end_input
		await_started
		assert_status 4
	done
}

@test "--info-fd: at its end the maps are there, and the pid file" {
	need_userns
	start_linked nsx-unshare -r --info-fd 8 --pid-file "$file" sh -c 'read -r end'
	read_told
	assert_same "0 $(id -u) 1" "$(xargs <"/proc/$STARTED/uid_map")"
	read_rest
	assert_same "$STARTED" "$(cat "$file")"
}

@test "--info-fd: its end comes when all is set up, and not before" {
	mkfifo "$file"
	start_linked nsx-unshare "${own_user[@]}" --uts --info-fd 8 --pid-file "$file" sh -c 'read -r end'
	read_told
	# It waits for a reader of the pid.
	wait_until is_in_state "$STARTED" S
	refute_told
	assert_same "$(field child-pid <<<"$LINE")" "$(timeout "$PATIENCE" cat "$file")"
	read_rest
	assert_same "" "$REST"
}

@test "--info-fd, --userns-block-fd, --block-fd: no descriptor is closed twice" {
	need_command strace
	need_userns
	run --separate-stderr strace -f -e trace=close -e status=failed -o "$file" nsx-unshare --user --pid --info-fd 8 \
		--userns-block-fd 7 --block-fd 6 --pid-file "$file.pid" true 6</dev/null 7</dev/null 8>/dev/null
	assert_ran
	refute_has "$(cat "$file")" "EBADF"
}

@test "--info-fd: where it cannot be written" {
	run --separate-stderr nsx-unshare --info-fd 8 echo ran 8>/dev/full
	assert_error 125 "cannot write the pid and the namespaces as JSON: No space left on device"
	run --separate-stderr nsx-unshare --fork --info-fd 8 echo ran 8</dev/null
	assert_error 125 "cannot write the pid and the namespaces as JSON: Bad file descriptor"
	# A pipe that nobody reads is no reason to die of a signal.
	mkfifo "$file"
	exec 7<>"$file"
	exec 8>"$file" 7>&-
	run --separate-stderr nsx-unshare --info-fd 8 echo ran
	exec 8>&-
	assert_error 125 "cannot write the pid and the namespaces as JSON: Broken pipe"
}

# --- --json-status-fd

@test "--json-status-fd: the object of --info-fd, and the status at the end" {
	local want

	need_command jq
	for want in 0 7 255; do
		run "-$want" --separate-stderr nsx-unshare "${own_user[@]}" --uts --info-fd 7 --json-status-fd 8 \
			sh -c "$TELL_LINKS; exit $want" 7>"$file.info" 8>"$file"
		assert_status "$want"
		assert_stderr_is ""
		assert_tells "$file" "$output"
		assert_same "$(cat "$file.info")" "$(head -n 1 "$file")"
		assert_same 2 "$(wc -l <"$file")"
		assert_same "{\"exit-code\":$want}" "$(tail -n 1 "$file" | jq --compact-output .)"
	done
}

@test "--json-status-fd implies --fork, and the status comes when the program has ended" {
	need_command jq
	start_linked nsx-unshare --json-status-fd 8 sh -c 'echo $PPID; read -r end; exit 5'
	read_started
	assert_same "$STARTED" "$LINE"
	read_told
	assert_same "$(pgrep --parent "$STARTED")" "$(field child-pid <<<"$LINE")"
	refute_told
	end_input
	read_rest
	assert_same 5 "$(field exit-code <<<"$REST")"
	await_started
	assert_status 5
}

@test "--json-status-fd: 128+s for a signal" {
	local option

	need_command jq
	for option in --fork --init; do
		start_linked nsx-unshare "${own_user[@]}" "$option" --json-status-fd 8 sh -c 'kill -TERM $$; read -r end'
		read_told
		read_rest
		assert_same 143 "$(field exit-code <<<"$REST")"
		await_started
		assert_status 143
	done
}

@test "--json-status-fd: 125 to 127 where the program is not run, nothing before there is a child" {
	need_command jq
	run --separate-stderr nsx-unshare --json-status-fd 8 --wd /none/such echo ran 8>"$file"
	assert_error 125 "cannot change directory to '/none/such'"
	assert_same 125 "$(tail -n 1 "$file" | field exit-code)"
	run --separate-stderr nsx-unshare --json-status-fd 8 /etc/passwd 8>"$file"
	assert_error 126 "cannot run '/etc/passwd'"
	assert_same 126 "$(tail -n 1 "$file" | field exit-code)"
	run -127 --separate-stderr nsx-unshare --json-status-fd 8 /none/such 8>"$file"
	assert_error 127 "cannot run '/none/such'"
	assert_same 127 "$(tail -n 1 "$file" | field exit-code)"
	assert_same 2 "$(wc -l <"$file")"
	run --separate-stderr nsx-unshare --json-status-fd 8 --join net=/none/such echo ran 8>"$file"
	assert_error 125 "/none/such"
	assert_same "" "$(cat "$file")"
}

@test "--json-status-fd: a reader that went away changes nothing" {
	start_linked nsx-unshare --json-status-fd 8 sh -c 'echo ready; read -r end; exit 6'
	read_told
	exec {TOLD}<&-
	read_started
	end_input
	await_started
	assert_status 6
}

# --- --block-fd

# blocked OPTION...: set up and waiting, with the pid of who waits in BLOCKED.
blocked()
{
	start_linked nsx-unshare "$@" --info-fd 8 --block-fd 7 sh -c 'echo ran; exit 3'
	read_rest
	BLOCKED=$STARTED
	while pgrep --parent "$BLOCKED" >/dev/null; do
		BLOCKED=$(pgrep --parent "$BLOCKED")
	done
	# Had it not waited, the end of REST would be that of an exec.
	assert_same nsx-unshare "$(program_of "$BLOCKED")"
	wait_until is_in_state "$BLOCKED" S
	assert_same nsx-unshare "$(program_of "$BLOCKED")"
}

assert_runs_now()
{
	read_started
	assert_same ran "$LINE"
	await_started
	assert_status 3
}

@test "--block-fd: the program does not run before a byte" {
	local option

	for option in --no-fork --fork --pid --init; do
		blocked "${own_user[@]}" "$option"
		printf x >&"$RELEASE"
		assert_runs_now
		let_go
	done
}

@test "--block-fd: nor before the end of the file" {
	local option

	for option in --no-fork --fork --pid --init; do
		blocked "${own_user[@]}" "$option"
		let_go
		assert_runs_now
	done
}

@test "--block-fd: one byte is taken, the rest is left to others" {
	run --separate-stderr sh -c 'printf "xrest\n" | { nsx-unshare --block-fd 7 true 7<&0 && cat; }'
	assert_ran rest
}

@test "--block-fd: a signal ends the waiting" {
	local option

	for option in --no-fork --fork --init; do
		blocked "${own_user[@]}" "$option"
		kill -TERM "$STARTED"
		await_started
		assert_status 143
		wait_until is_gone "$BLOCKED"
		assert_same "" "$(cat <&"$STARTED_OUTPUT")"
		let_go
	done
}

@test "--block-fd: one that cannot be read" {
	run --separate-stderr nsx-unshare --block-fd 8 echo ran 8>/dev/null
	assert_error 125 "cannot wait on descriptor 8: Bad file descriptor"
}

@test "--block-fd: a descriptor that does not block is waited for" {
	need_command perl
	start_linked perl -e 'use Fcntl; $^F = 100; open(my $in, "<&=", 7); fcntl($in, F_SETFL, O_RDONLY | O_NONBLOCK); exec @ARGV' \
		nsx-unshare --info-fd 8 --block-fd 7 sh -c 'echo ran; exit 3'
	read_rest
	wait_until is_in_state "$STARTED" S
	assert_same nsx-unshare "$(program_of "$STARTED")"
	let_go
	assert_runs_now
}

@test "--block-fd: a signal ends a pid 1 that waits, too, and leaves nothing" {
	local option signal

	for option in --no-fork --fork --pid --init; do
		for signal in TERM INT QUIT HUP; do
			blocked "${own_user[@]}" "$option" --pid-file "$file"
			[[ -s $file ]]
			kill -"$signal" "$STARTED"
			await_started
			assert_status $((128 + $(kill -l "$signal")))
			assert_same "" "$output"
			wait_until test ! -e "$file"
			let_go
		done
	done
}

@test "--block-fd: a signal that our caller ignores ends nothing" {
	start_linked env --ignore-signal=HUP nsx-unshare "${own_user[@]}" --pid --info-fd 8 --block-fd 7 \
		sh -c 'echo ran; exit 3'
	read_rest
	kill -HUP "$STARTED" "$(pgrep --parent "$STARTED")"
	let_go
	assert_runs_now
}

# --- --userns-block-fd

@test "--userns-block-fd: somebody else writes the maps, and the program sees them" {
	local option pid

	need_userns
	need_command jq
	for option in --no-fork --fork --pid --init; do
		start_linked nsx-unshare --user "$option" --info-fd 8 --userns-block-fd 7 \
			sh -c 'echo $(id -u) $(id -g) $(cat /proc/self/uid_map /proc/self/gid_map)'
		read_told
		pid=$(field child-pid <<<"$LINE")
		assert_same "$(field user-namespace <<<"$LINE")" "$(ns_inode "$pid" user)"
		assert_same "" "$(cat "/proc/$pid/uid_map")"
		echo "0 $(id -u) 1" >"/proc/$pid/uid_map"
		echo deny >"/proc/$pid/setgroups"
		echo "5 $(id -g) 1" >"/proc/$pid/gid_map"
		echo >&"$RELEASE"
		read_started
		assert_same "0 5 0 $(id -u) 1 5 $(id -g) 1" "$LINE"
		await_started
		assert_status 0
	done
}

@test "--userns-block-fd: what comes after has the rights of the new namespace" {
	need_userns
	need_command jq
	start_linked nsx-unshare --user --info-fd 8 --userns-block-fd 7 --hostname box --lo --pid --mount-proc --setuid 0 \
		sh -c 'echo $(uname -n) $(id -u) $$; read -r end'
	read_told
	echo "0 $(id -u) 1" >"/proc/$(field child-pid <<<"$LINE")/uid_map"
	let_go
	read_started
	assert_same "box 0 1" "$LINE"
}

@test "--userns-block-fd: the program runs without a map where nobody writes one" {
	need_userns
	run --separate-stderr nsx-unshare --user --userns-block-fd 7 cat /proc/self/uid_map 7</dev/null
	assert_ran ""
}

@test "--userns-block-fd: without --user, or with a map option" {
	local option

	run --separate-stderr nsx-unshare --uts --userns-block-fd 7 echo ran 7</dev/null
	assert_error 125 "--userns-block-fd" "add --user"
	for option in -r -c --map-user=0 --map-group=0 --map-users=0:1:1 --map-groups=0:1:1; do
		run --separate-stderr nsx-unshare --user "$option" --userns-block-fd 7 echo ran 7</dev/null
		assert_error 125 "--userns-block-fd" "no --map option beside it"
	done
}

# --- --sync-fd

@test "--sync-fd: open as long as we run, and no longer; implies --fork" {
	local option

	for option in --fork "${own_user[@]}" --pid --init; do
		start_linked nsx-unshare "${own_user[@]}" "$option" --sync-fd 8 sh -c 'echo $(ls /proc/self/fd/8 2>&1); read -r end; exit 5'
		read_started
		assert_has "$LINE" "No such file or directory"
		[[ -e /proc/$STARTED/fd/8 ]]
		assert_same nsx-unshare "$(program_of "$STARTED")"
		refute_told
		end_input
		read_rest
		assert_same "" "$REST"
		await_started
		assert_status 5
	done
	start_linked nsx-unshare --sync-fd 8 sh -c 'echo $PPID; read -r end'
	read_started
	assert_same "$STARTED" "$LINE"
}

@test "--sync-fd: what the program leaves behind does not hold it" {
	start_linked nsx-unshare --sync-fd 8 sh -c 'exec 3<&0; sh -c "read -r end; echo left" <&3 & echo $!'
	read_started
	read_rest
	assert_same "" "$REST"
	await_started
	assert_status 0
	is_in_state "$LINE" S
	end_input
	read_started
	assert_same left "$LINE"
}

@test "--sync-fd: its end comes where the program cannot be run" {
	start_linked nsx-unshare --sync-fd 8 --pid-file "$file" /none/such
	read_rest
	assert_same "" "$REST"
	await_started
	assert_status 127
	[[ ! -e $file ]]
}

# --- All of them

fd_options=(--info-fd --json-status-fd --block-fd --userns-block-fd --sync-fd)

@test "a descriptor that is not open is named with its option" {
	local option

	for option in "${fd_options[@]}"; do
		run --separate-stderr nsx-unshare --user --pid-file "$file" "$option" 9 echo ran 9>&-
		assert_error 125 "cannot use descriptor 9 for $option: Bad file descriptor"
		[[ ! -e $file ]]
	done
	run --separate-stderr nsx-unshare --info-fd 8 --block-fd 9 echo ran 8>"$file" 9>&-
	assert_error 125 "cannot use descriptor 9 for --block-fd"
	assert_same "" "$(cat "$file")"
}

@test "what is closed is closed, whatever we open ourselves" {
	local option fd

	for option in "${fd_options[@]}"; do
		for fd in 0 3 4 5; do
			run --separate-stderr sh -c 'exec 0<&- 3<&- 4<&- 5<&-
				exec "$@"' sh nsx-unshare --user --pid-file "$file" "$option" $fd echo ran
			assert_error 125 "cannot use descriptor $fd for $option: Bad file descriptor"
			[[ ! -e $file ]]
		done
	done
	run --separate-stderr nsx-unshare --user --explain --info-fd 9 true 9>&-
	assert_status 0
}

@test "what is no descriptor" {
	local option word

	for option in "${fd_options[@]}"; do
		for word in '' -1 x 1x 2147483648 99999999999999999999; do
			run --separate-stderr nsx-unshare --user "$option=$word" echo ran
			assert_error 125 "$option" "'$word'"
		done
		run --separate-stderr nsx-unshare "$option"
		assert_error 125 "'$option' needs an argument: FD"
	done
}

@test "none of these descriptors reaches the program" {
	local option want

	need_userns
	# With numbers that neither bash nor bats takes for its own.
	run --separate-stderr ls /proc/self/fd
	assert_ran
	want=$output
	for option in --fork --pid --init -p; do
		run --separate-stderr nsx-unshare --user "$option" --pid-file "$file" --info-fd 61 --json-status-fd 62 \
			--block-fd 63 --userns-block-fd 64 --sync-fd 65 ls /proc/self/fd \
			61>/dev/null 62>/dev/null 63</dev/null 64</dev/null 65>/dev/null
		assert_ran "$want"
	done
	run --separate-stderr nsx-unshare --user --no-fork --pid-file "$file" --info-fd 61 \
		--block-fd 63 --userns-block-fd 64 ls /proc/self/fd 61>/dev/null 63</dev/null 64</dev/null
	assert_ran "$want"
}

@test "what does not go with --no-fork, and what does" {
	run --separate-stderr nsx-unshare --no-fork --json-status-fd 8 echo ran 8>"$file"
	assert_error 125 "--json-status-fd" "drop --no-fork"
	run --separate-stderr nsx-unshare --no-fork --sync-fd 8 echo ran 8>"$file"
	assert_error 125 "--sync-fd" "drop --no-fork"
	assert_same "" "$(cat "$file")"
	run --separate-stderr nsx-unshare --no-fork --pid-file "$file.pid" --info-fd 8 --block-fd 7 echo ran \
		7</dev/null 8>"$file"
	assert_ran ran
	assert_has "$(cat "$file")" '"child-pid": '"$(cat "$file.pid")"
}

@test "--pid-file: a FIFO is written to, and a link followed" {
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	start cat "$BATS_TEST_TMPDIR/fifo"
	run --separate-stderr nsx-unshare -r --pid-file "$BATS_TEST_TMPDIR/fifo" sh -c 'echo $$'
	assert_ran
	read_started
	assert_same "$output" "$LINE"
	[[ -p $BATS_TEST_TMPDIR/fifo ]]
	echo old >"$BATS_TEST_TMPDIR/real"
	ln -s real "$BATS_TEST_TMPDIR/link"
	run --separate-stderr nsx-unshare -r --pid-file "$BATS_TEST_TMPDIR/link" sh -c 'echo $$'
	assert_ran "$(cat "$BATS_TEST_TMPDIR/real")"
	[[ -L $BATS_TEST_TMPDIR/link ]]
}

@test "--pid-file: the file of another is as it was where the program is not found" {
	echo 4711 >"$BATS_TEST_TMPDIR/pid"
	run -127 --separate-stderr nsx-unshare -r --pid-file "$BATS_TEST_TMPDIR/pid" /none/such
	assert_error 127 "cannot run '/none/such'"
	assert_same 4711 "$(cat "$BATS_TEST_TMPDIR/pid")"
	assert_same "$BATS_TEST_TMPDIR/pid" "$(ls -d "$BATS_TEST_TMPDIR"/pid*)"
}

ends_by_term()
{
	kill -TERM "$STARTED" 2>/dev/null
	is_gone "$STARTED" || is_in_state "$STARTED" Z
}

# as_it_was COMMAND...: the program is not found, and the very same file is there again.
as_it_was()
{
	local before

	printf 'one\0two\n' >"$BATS_TEST_TMPDIR/pid"
	chmod 620 "$BATS_TEST_TMPDIR/pid"
	((EUID != 0)) || chown 1234:5678 "$BATS_TEST_TMPDIR/pid"
	before=$(stat --format '%i %a %u %g %s %Y' "$BATS_TEST_TMPDIR/pid")
	run -127 --separate-stderr "$@" nsx-unshare -r --pid-file "$BATS_TEST_TMPDIR/pid" /none/such
	assert_error 127 "cannot run '/none/such'"
	assert_same "$before" "$(stat --format '%i %a %u %g %s %Y' "$BATS_TEST_TMPDIR/pid")"
	assert_same "$BATS_TEST_TMPDIR/pid" "$(ls -d "$BATS_TEST_TMPDIR"/pid*)"
}

@test "--pid-file: the file of another comes back with mode, owner, and bytes of any kind" {
	as_it_was
}

@test "--pid-file: it does where two files cannot change places" {
	need_command strace
	as_it_was strace -f -o /dev/null -e trace=renameat2 -e inject=renameat2:error=EINVAL
}

@test "--pid-file: a FIFO that nobody reads is waited with, until a signal ends us" {
	local option

	mkfifo "$BATS_TEST_TMPDIR/fifo"
	for option in --no-fork --fork --pid --init; do
		start_linked nsx-unshare "${own_user[@]}" "$option" --info-fd 8 --pid-file "$BATS_TEST_TMPDIR/fifo" echo ran
		read_told
		# A pid 1 takes it once it waits.
		wait_until ends_by_term
		await_started
		assert_status 143
		read_rest
	done
	[[ -p $BATS_TEST_TMPDIR/fifo ]]
}

# bats test_tags=root
@test "the pid is that of the caller's world in another mount namespace as well" {
	start unshare --pid --fork --mount-proc sh -c 'echo ready; read -r end'
	read_started
	inner=$(pgrep --parent "$STARTED")
	run --separate-stderr nsx-unshare --join mnt="$inner" --join pid="$inner" \
		--pid-file "$BATS_TEST_TMPDIR/pid" --json-status-fd 3 sh -c 'readlink /proc/self/ns/pid' \
		3>"$BATS_TEST_TMPDIR/status"
	assert_ran "$(ns_link "$inner" pid)"
	assert_same "$(cat "$BATS_TEST_TMPDIR/pid")" "$(jq -s '.[0]["child-pid"]' "$BATS_TEST_TMPDIR/status")"
	assert_same "$(ns_inode "$inner" pid)" "$(jq -s '.[0]["pid-namespace"]' "$BATS_TEST_TMPDIR/status")"
}

@test "one descriptor for two uses is refused" {
	run --separate-stderr nsx-unshare -r --info-fd 3 --block-fd 3 echo ran 3<>/dev/null
	assert_error 125 "a descriptor has one use"
	run --separate-stderr nsx-unshare --all --userns-block-fd 3 true 3</dev/null
	assert_ran
}
