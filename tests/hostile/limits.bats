#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Too little of anything: descriptors, memory, processes, room on a disk. Every
# tool then does what it should, or says in one line that it cannot, with its
# status for that; none crashes, hangs, or leaves anything behind.

# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2153,SC2154,SC2317 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn
load ../lib/hostile

setup()
{
	common_setup
	need_userns
	need_no_sanitizers "which needs much of everything itself"
	cd "$BATS_TEST_TMPDIR" || return
	mkdir left
}

# with_limit OPTION VALUE COMMAND...: of ulimit. It writes to pipes, for which
# there is no limit of size.
with_limit()
{
	status=0
	output=$(
		timeout --kill-after=2 30 bash -c 'ulimit -S "$1" "$2" || exit 99; shift 2; exec "$@"' bash "$@" 2> >(cat >stderr)
		ended=$?
		wait $!
		exit $ended
	) || status=$?
	stderr=$(<stderr)
}

# is_before_main OPTION VALUE COMMAND...: did it fail in the shell or in the
# dynamic loader? Then the tool cannot even say its version.
is_before_main()
{
	[[ $status -ne 0 && ($stderr != nsx-* || $stderr == *": error while loading "*) ]] &&
		! (with_limit "$1" "$2" "$3" --version && ((status == 0)))
}

# It ended as said, and not by a signal; where it did not do its work it said
# so. STATUS...: those of a failure.
assert_told_or_done()
{
	local known

	if ((status == 0)); then
		worked=$((worked + 1))
		[[ $output != *'"complete": false'* ]] || incomplete=$((incomplete + 1))
		return
	fi
	failed=$((failed + 1))
	for known; do
		if ((status == known)); then
			assert_output_is "" || return
			# The last line is of what failed.
			assert_matches "$(tail -n 1 <<<"$stderr")" '^nsx-[a-z]+: ' || return
			assert_same "" "$(ls left)"
			return
		fi
	done
	assert_status "$1"
}

# sweep OPTION VALUES STATUSES COMMAND...: under each of these limits; under the
# least it fails, and under the last it works.
sweep()
{
	local option=$1 values=$2 statuses=$3 value
	worked=0 failed=0 incomplete=0
	shift 3

	for value in $values; do
		with_limit "$option" "$value" "$@"
		! is_before_main "$option" "$value" "$@" || continue
		# shellcheck disable=SC2086
		assert_told_or_done $statuses || fail "with ulimit $option $value:" "$*" || return
		rm -f left/*
	done
	assert_status 0 || fail "with ulimit $option $value:" "$*" || return
}

descriptors="3 4 5 6 7 8 9 10 12 16 64"

@test "descriptors: nsx-unshare" {
	sweep -n "$descriptors" "125 126 127" nsx-unshare "${own_user[@]}" --uts --pid --mount-proc --pid-file left/pid true
	((failed > 0))
	sweep -n "$descriptors" "125 126 127" nsx-unshare --map-root-user --net --lo --init --info-fd 1 sh -c 'exec >/dev/null'
	((failed > 0))
}

@test "descriptors: nsx-enter" {
	hold -U -m -u -n
	sweep -n "$descriptors" "125 126 127" nsx-enter --target "$HELD_PID" --root --wd --pid-file left/pid --fork true
	((failed > 0))
	sweep -n "$descriptors" "123 125 126 127" nsx-enter --user="$HELD_PID" --each "/proc/$HELD_PID/ns/uts,/proc/$HELD_PID/ns/net" true
	((failed > 0))
}

@test "descriptors: nsx-ls" {
	hold -U -u -n
	for words in "--task $HELD_PID" "--source processes,mounts,relations" "--diff $$ $HELD_PID" "--pids $$"; do
		# shellcheck disable=SC2086
		sweep -n "$descriptors" "1 2 3" nsx-ls --json $words
		# It fails, or shows what it could have.
		((failed + incomplete > 0))
	done
}

# Whatever could not be had: the answer is complete, or it says that it is not.
@test "descriptors: nsx-ls leaves nothing out in silence" {
	hold -U -u -n
	run --separate-stderr nsx-ls --task "$HELD_PID" --json --output NS,TYPE,ONS
	want=$output
	for value in $descriptors; do
		with_limit -n "$value" nsx-ls --task "$HELD_PID" --json --output NS,TYPE,ONS
		((status == 0)) || continue
		[[ $(jq .complete <<<"$output") == false ]] ||
			assert_same "$(jq .namespaces <<<"$want")" "$(jq .namespaces <<<"$output")"
	done
}

# least_memory TOOL: with how many KiB it comes to main(), in LEAST. The C library
# and its loader take most of it.
least_memory()
{
	local low=0 middle

	LEAST=100000
	while ((LEAST - low > 4)); do
		middle=$(((low + LEAST) / 2))
		middle=$((middle - middle % 4)) # whole pages
		with_limit -v "$middle" "$1" --version
		if [[ $status -ne 0 && ($stderr != nsx-* || $stderr == *": error while loading "*) ]]; then
			low=$middle
		else
			LEAST=$middle
		fi
	done
}

# climb STATUSES TOOL ARGUMENT...: from there on, two pages more each time until it
# works. It lacks memory at least once.
climb()
{
	local statuses=$1 value
	worked=0 failed=0 incomplete=0
	shift

	least_memory "$1"
	for ((value = LEAST; worked == 0; value += 8)); do
		((value < LEAST + 4096)) || fail "it never works:" "$*" || return
		with_limit -v "$value" "$@"
		# Where things are in memory is chance.
		! is_before_main -v "$value" "$@" || continue
		# shellcheck disable=SC2086
		assert_told_or_done $statuses || fail "with ulimit -v $value:" "$*" || return
		rm -f left/*
	done
	((failed)) || fail "it lacks no memory:" "$*"
}

@test "memory: all tools" {
	hold -U -u -n
	climb "125 126 127" nsx-unshare "${own_user[@]}" --uts --pid --pid-file left/pid true
	climb "125 126 127" nsx-enter --target "$HELD_PID" --pid-file left/pid --fork true
	climb "1 2 3" nsx-ls --task "$HELD_PID" --json
	climb "1 2 3" nsx-ls --source processes,mounts --json
	climb "1 2 3" nsx-pin list
}

# For root there is no such limit.
@test "processes" {
	((EUID != 0)) || [[ ${AS_USER[*]} ]] || skip "needs an ordinary user"
	hold_as_user -U -u -n
	mine=$(ps --no-headers -L -u "${NSX_USER:-$USER}" | wc -l)
	unshares=0 enters=0
	for value in 1 "$mine" $((mine + 1)) $((mine + 2)) $((mine + 3)); do
		worked=0 failed=0 incomplete=0
		run -127 --separate-stderr timeout "$PATIENCE" "${AS_USER[@]}" bash -c 'ulimit -u "$1"; shift; exec "$@"' bash "$value" \
			nsx-unshare --user --pid --fork true || true
		assert_told_or_done 125
		unshares=$((unshares + failed))
		failed=0
		run -127 --separate-stderr timeout "$PATIENCE" "${AS_USER[@]}" bash -c 'ulimit -u "$1"; shift; exec "$@"' bash "$value" \
			nsx-enter --target "$HELD_PID" --fork true || true
		assert_told_or_done 125
		enters=$((enters + failed))
		run --separate-stderr timeout "$PATIENCE" "${AS_USER[@]}" bash -c 'ulimit -u "$1"; shift; exec "$@"' bash "$value" \
			nsx-ls --source processes,mounts --type uts --json
		assert_told_or_done 1 2
		((status)) || jq . <<<"$output" >/dev/null
	done
	((unshares > 0 && enters > 0))
}

@test "the size of a file" {
	sweep -f "0 1 100" 125 nsx-unshare "${own_user[@]}" --uts --pid-file left/pid true
	((failed > 0))
	hold -U -u
	sweep -f "0 1 100" 125 nsx-enter --target "$HELD_PID" --pid-file left/pid true
	((failed > 0))
}

# What the tool does about that signal is not the program's business.
@test "the program takes SIGXFSZ as it was" {
	run --separate-stderr nsx-unshare "${own_user[@]}" --uts sh -c 'grep -E "^Sig(Ign|Cgt|Blk)" /proc/self/status'
	assert_status 0
	assert_same "$(sh -c 'grep -E "^Sig(Ign|Cgt|Blk)" /proc/self/status')" "$output"
	run --separate-stderr bash -c 'trap "" XFSZ; nsx-unshare "$@" --uts sh -c "grep SigIgn /proc/self/status"' bash "${own_user[@]}"
	assert_status 0
	(((0x${output##*[[:blank:]]} >> 24) & 1))
}

@test "a full device" {
	hold -U -u
	for words in "nsx-ls --task $$" "nsx-ls --task $$ --json" "nsx-ls --task $$ --raw" "nsx-ls --task $$ --shell" "nsx-ls --holders /proc/$$/ns/uts" \
		"nsx-ls --sets" "nsx-ls --limits" "nsx-ls --pids $$" "nsx-ls --diff $$ $$" "nsx-ls --list-columns" "nsx-ls --sources" \
		"nsx-ls --watch" "nsx-ls --help" "nsx-pin --help" "nsx-pin list --json"; do
		# shellcheck disable=SC2086 # Tools with their options.
		run --separate-stderr bash -c 'exec "$@" >/dev/full' bash $words
		assert_error 1 "cannot write to standard output: No space left on device"
	done
	for words in "nsx-unshare --help" "nsx-unshare --check" "nsx-unshare --explain --uts" "nsx-enter --help" "nsx-enter --explain -t $$"; do
		# shellcheck disable=SC2086 # Tools with their options.
		run --separate-stderr bash -c 'exec "$@" >/dev/full' bash $words
		assert_error 125 "cannot write to standard output: No space left on device"
	done
	for words in --info-fd --json-status-fd; do
		run --separate-stderr nsx-unshare "${own_user[@]}" --uts "$words" 3 true 3>/dev/full
		assert_error 125 "No space left on device"
	done
	run --separate-stderr bash -c 'exec nsx-enter --user="$1" --each "/proc/$1/ns/uts" --json echo text >/dev/full' bash "$HELD_PID"
	assert_error 123 "No space left on device"
	# Nobody can be told, and it ends with the status of what it did.
	run bash -c 'exec nsx-enter --target none true 2>/dev/full'
	assert_status 125
}

# bats test_tags=root
@test "a full file system: files that keep, pid files" {
	need_own_run
	mkdir full
	mount -t tmpfs -o size=4k,nr_inodes=2 full full
	run --separate-stderr nsx-unshare --uts=full/uts --net=full/net true
	assert_error 125 "No space left on device"
	assert_same "" "$(ls full)"
	: >full/file
	run --separate-stderr nsx-unshare --uts --pid-file full/pid true
	assert_error 125 "No space left on device"
	assert_same file "$(ls full)"
	umount full
}

# bats test_tags=root
@test "limits of nsx-pin: nothing half done" {
	need_own_run
	for option in "-n $descriptors" "-f 0 1 100"; do
		for value in ${option#* }; do
			with_limit "${option%% *}" "$value" nsx-pin add box --net --uts
			! is_before_main "${option%% *}" "$value" nsx-pin || continue
			[[ $status -le 1 ]] || assert_status 1
			if ((status)); then
				assert_matches "$(tail -n 1 <<<"$stderr")" '^nsx-pin: cannot '
				assert_same "" "$(nsx-pin list -n)"
				nsx-pin gc
			else
				with_limit "${option%% *}" "$value" nsx-pin list --json
				[[ $status -eq 1 ]] || jq --exit-status '.pins | length == 2' <<<"$output"
				nsx-pin del --no-wait box
			fi
			assert_same "" "$(registry)"
		done
		assert_status 0
	done
}
