#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Words of the command line, the environment and files, in the messages of all
# four tools: each is one line, and harmless.

# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2153,SC2154,SC2317 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn
load ../lib/hostile

setup()
{
	common_setup
	cd "$BATS_TEST_TMPDIR" || return
	long=$(yes "$HOSTILE" | head -c 100000)
}

# refuses COMMAND...: it fails, and says so in one line.
refuses()
{
	run -127 --separate-stderr "$@" || true
	[[ $status -ne 0 && $status -lt 128 ]] || assert_status 125 || return
	assert_run_is_tame || return
	assert_output_is "" || return
	assert_stderr_matches $'^nsx-[a-z]+: [^\n]+$' || fail "after this:" "$*"
}

# Each option with each of these words behind it.
@test "options of nsx-unshare" {
	local option word

	for word in "$HOSTILE" "$HOSTILE_SHORT" "$long"; do
		refuses nsx-unshare "--$word"
		for option in --share= --join= --join=uts= --monotonic= --map-user= --map-users= --map-group= --setgroups= \
			--owner= --setuid= --setgid= --propagation= --kill-child= --info-fd= --block-fd= --load-interp=; do
			refuses nsx-unshare "$option$word" true
		done
		for option in --root= --wd= --pivot-root= --mount-proc= --pid-file=no/such/ --net=no/such/ --hostname=a; do
			refuses nsx-unshare "${own_user[@]}" "$option$word" "no/such/$word"
		done
		refuses nsx-unshare "${own_user[@]}" --uts "$word"
		refuses nsx-unshare "${own_user[@]}" --uts "no/such/$word"
		refuses env SHELL="no/such/$word" nsx-unshare "${own_user[@]}" --uts
	done
}

@test "options of nsx-enter" {
	local option word

	for word in "$HOSTILE" "$HOSTILE_SHORT" "$long"; do
		refuses nsx-enter "--$word"
		for option in --target= --target=no/such/ --target=unit: --target=container: --target=pidfile: --target=pin: \
			--target=fd: --net= --net=pin: --user= --kill-child= --info-fd= --each= --parallel=; do
			refuses nsx-enter "$option$word" true
		done
		for option in --setuid= --setgid= --root= --wd= --wdns= --etc-netns= --net-socket=; do
			refuses nsx-enter --target $$ "$option$word" "no/such/$word"
		done
	done
}

@test "options and words of nsx-ls and nsx-pin" {
	local option word verb

	for word in "$HOSTILE" "$HOSTILE_SHORT" "$long"; do
		refuses nsx-ls "--$word"
		refuses nsx-ls "$word"
		for option in --type= --task= --filter= --source= --watch= --output= --tree= --color=; do
			refuses nsx-ls "$option$word"
		done
		for option in --holders --pids --diff --limits; do
			refuses nsx-ls "$option" "$word" "$word"
		done
		refuses nsx-pin "$word"
		refuses nsx-pin "--$word"
		for verb in show list add del attach rename set identify pids; do
			refuses nsx-pin "$verb" "$word" "$word"
			refuses nsx-pin "$verb" "--$word"
		done
		refuses nsx-pin list --output "$word"
	done
}

@test "what a pid file and an environment say" {
	printf %s "$HOSTILE" >pid
	refuses nsx-enter --target "pidfile:$PWD/pid" true
	# The first line alone counts; no kernel gives a process that number.
	printf '2147483647\n%s' "$HOSTILE" >pid
	refuses nsx-enter --target "pidfile:$PWD/pid" true
	refuses env PATH="$PWD/$HOSTILE:$PATH" nsx-unshare "${own_user[@]}" no-such-program
	# Variables that decide on looks only.
	run --separate-stderr env TERM="$HOSTILE" NO_COLOR= COLUMNS="$HOSTILE" LC_ALL="$HOSTILE" LIBSMARTCOLS_DEBUG= \
		nsx-ls --task $$ --output NS,TYPE
	assert_status 0
	assert_run_is_tame
}

@test "--verbose and --explain: a line a step" {
	need_userns
	words=(--uts --hostname "$HOSTILE_SHORT" --wd "$HOSTILE" --pid-file "$HOSTILE" "${own_user[@]}" true "$HOSTILE")
	run --separate-stderr nsx-unshare --explain "${words[@]}"
	assert_status 0
	assert_run_is_tame
	assert_output_has '\x1b[31m'
	mkdir "$HOSTILE"
	run --separate-stderr nsx-unshare --verbose "${words[@]:0:7}" "${own_user[@]}" true "$HOSTILE"
	assert_run_is_tame
	assert_stderr_has '\x1b[31m'
	assert_same "" "$(grep -v '^nsx-unshare: ' <<<"$stderr")"
	run --separate-stderr nsx-enter --explain --target $$ --wdns "$HOSTILE" "$HOSTILE"
	assert_status 0
	assert_run_is_tame
	run --separate-stderr nsx-ls --verbose --task $$
	assert_run_is_tame
}

@test "--each: labels, lines of JSON, and what failed" {
	need_userns
	need_command jq
	hold -U -u
	ln -s "/proc/$HELD_PID/ns/uts" link
	mkdir "$HOSTILE_SHORT"
	ln -s "/proc/$HELD_PID/ns/uts" "$HOSTILE_SHORT/x"
	for format in --label --json; do
		run --separate-stderr nsx-enter --user="$HELD_PID" --each "$PWD/$HOSTILE_SHORT/x" "$format" sh -c 'echo line; echo error >&2'
		assert_run_is_tame
		[[ $format != --json ]] || jq . <<<"$output" >/dev/null
		run --separate-stderr nsx-enter --each "$PWD/$HOSTILE_SHORT/none" "$format" true
		assert_run_is_tame
	done
	# What programs print is theirs; in JSON it cannot break anything.
	run --separate-stderr nsx-enter --target "$HELD_PID" --each "/proc/$HELD_PID/ns/uts" --json printf %s "$HOSTILE"
	assert_run_is_tame
	jq . <<<"$output" >/dev/null
}
