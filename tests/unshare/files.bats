#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Mounts, directories and names of the new world: --mount-proc, --propagation,
# --root, --wd, --hostname.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn

setup()
{
	common_setup
	need_userns
	mounts_before=$(cat /proc/self/mountinfo)
}

# Whatever was done was done inside.
teardown()
{
	common_teardown
	assert_same "$mounts_before" "$(cat /proc/self/mountinfo)"
}

# Run inside: every process that /proc shows.
TELL_PIDS='for dir in /proc/[0-9]*; do echo "${dir#/proc/}"; done'

# --- proc

@test "--mount-proc: /proc shows the new pid namespace" {
	run --separate-stderr nsx-unshare -r --pid --mount-proc sh -c "$TELL_PIDS"
	assert_ran 1
}

@test "--mount-proc implies a mount namespace, with the option that programs expect" {
	run --separate-stderr nsx-unshare -r --pid --mount-proc \
		sh -c "$TELL_LINKS"'; grep " - proc " /proc/self/mountinfo | tail -n 1'
	assert_ran
	assert_output_matches ' /proc rw,nosuid,nodev,noexec,.* - proc proc '
	[[ ${lines[0]} != "$(ns_link self mnt)" ]]
}

@test "--mount-proc=DIR: there, and /proc stays as it is" {
	mkdir "$BATS_TEST_TMPDIR/proc"
	run --separate-stderr nsx-unshare -r --pid --mount-proc="$BATS_TEST_TMPDIR/proc" \
		sh -c 'readlink "$1/self"; [ "$(readlink /proc/self)" = 1 ] || echo other' sh "$BATS_TEST_TMPDIR/proc"
	assert_status 0
	assert_stderr_is ""
	assert_output_matches '^[2-9]'$'\n''other$'
}

@test "--mount-proc=DIR: DIR must be a directory that is there" {
	run --separate-stderr nsx-unshare -r --pid --mount-proc=/none/such echo ran
	assert_error 125 "cannot mount proc at '/none/such'" "No such file or directory"
	run --separate-stderr nsx-unshare -r --pid --mount-proc=/etc/passwd echo ran
	assert_error 125 "cannot mount proc at '/etc/passwd'" "Not a directory"
}

@test "--mount-proc in a user namespace that does not own the pid namespace is refused" {
	run --separate-stderr as_user nsx-unshare -r --mount-proc echo ran
	assert_error 125 "cannot mount proc at '/proc'" "Operation not permitted"
}

# bats test_tags=root
@test "--mount-proc never appears in the caller's mounts, whatever the propagation" {
	local propagation

	for propagation in private slave shared unchanged; do
		run --separate-stderr unshare --mount --propagation shared sh -c '
			before=$(cat /proc/self/mountinfo)
			nsx-unshare --pid --mount-proc --propagation "$1" sh -c "readlink /proc/self"
			[ "$before" = "$(cat /proc/self/mountinfo)" ] && echo unchanged' sh "$propagation"
		assert_ran $'2\nunchanged'
	done
}

# --- Propagation

# The propagation of the root mount: "shared:1 master:2", or nothing if private.
TELL_PROPAGATION='awk "\$5 == \"/\" { for (i = 7; \$i != \"-\"; i++) print \$i }" /proc/self/mountinfo'

# propagates OPTION...: in a world whose mounts are shared; $output is that of
# the root mount there, and below, that inside.
propagates()
{
	run --separate-stderr unshare --mount --propagation shared \
		sh -c 'eval "$1"; shift; nsx-unshare "$@"' sh "$TELL_PROPAGATION" "$@" sh -c "$TELL_PROPAGATION"
	assert_ran
	assert_matches "${lines[0]}" '^shared:[0-9]+$'
}

# bats test_tags=root
@test "without --propagation mounts are private" {
	propagates --mount
	assert_same 1 "${#lines[@]}"
}

# bats test_tags=root
@test "--propagation=private" {
	propagates --mount --propagation=private
	assert_same 1 "${#lines[@]}"
}

# bats test_tags=root
@test "--propagation=slave" {
	propagates --mount --propagation=slave
	assert_same 2 "${#lines[@]}"
	assert_same "master:${lines[0]#shared:}" "${lines[1]}"
}

# bats test_tags=root
@test "--propagation=shared" {
	propagates --mount --propagation=shared
	assert_same 2 "${#lines[@]}"
	assert_same "${lines[0]}" "${lines[1]}"

	# And where they are private, they become shared.
	run --separate-stderr unshare --mount --propagation private \
		nsx-unshare --mount --propagation shared sh -c "$TELL_PROPAGATION"
	assert_ran
	assert_output_matches '^shared:[0-9]+$'
}

# bats test_tags=root
@test "--propagation=unchanged" {
	propagates --mount --propagation=unchanged
	assert_same 2 "${#lines[@]}"
	assert_same "${lines[0]}" "${lines[1]}"

	run --separate-stderr unshare --mount --propagation private \
		nsx-unshare --mount --propagation unchanged sh -c "$TELL_PROPAGATION"
	assert_ran ""
}

# bats test_tags=root
@test "--propagation without a new mount namespace changes nothing" {
	run --separate-stderr unshare --mount --propagation private \
		nsx-unshare --uts --propagation shared sh -c "$TELL_PROPAGATION"
	assert_ran ""
}

@test "a mount made inside is not seen outside" {
	run --separate-stderr nsx-unshare -r --mount sh -c '
		mount -t tmpfs inside "$1" && grep -c " - tmpfs inside " /proc/self/mountinfo' sh "$BATS_TEST_TMPDIR"
	assert_ran 1
}

@test "--propagation: another word is refused" {
	run --separate-stderr nsx-unshare -r --mount --propagation=sharing echo ran
	assert_error 125 "--propagation takes private|slave|shared|unchanged, not 'sharing'"
}

# --- Root and directory

@test "--root: the program sees that directory as its root, and is in it" {
	make_root
	run --separate-stderr nsx-unshare -r --root "$ROOT" /bin/sh -c 'pwd; cd /; echo bin there no*'
	assert_ran $'/\nbin there no*'
	run --separate-stderr nsx-unshare -r -R "$ROOT" sh -c 'cd ..; pwd'
	assert_ran /
}

@test "--root, --wd and --mount-proc: all of them inside the new root" {
	make_root
	run --separate-stderr nsx-unshare -r --pid --root "$ROOT" --wd /there --mount-proc \
		/bin/sh -c 'pwd; read -r pid rest </proc/self/stat; echo "$pid"'
	assert_ran $'/there\n1'
}

@test "--root: what is not there, or no directory, is refused" {
	run --separate-stderr nsx-unshare -r --root /none/such echo ran
	assert_error 125 "cannot change root to '/none/such'" "No such file or directory"
	run --separate-stderr nsx-unshare -r --root /etc/passwd echo ran
	assert_error 125 "cannot change root to '/etc/passwd'" "Not a directory"
}

@test "--root: a program that is not below it is not found" {
	make_root
	run -127 --separate-stderr nsx-unshare -r --root "$ROOT" ls
	assert_error 127 "cannot run 'ls'"
}

@test "--root without the right to is refused" {
	run --separate-stderr as_user nsx-unshare --root / echo ran
	assert_error 125 "cannot change root to '/'" "Operation not permitted"
}

@test "--wd: the directory to start in, by an absolute or a relative path" {
	mkdir "$BATS_TEST_TMPDIR/dir"
	cd "$BATS_TEST_TMPDIR"
	run --separate-stderr nsx-unshare --wd "$BATS_TEST_TMPDIR/dir" pwd -P
	assert_ran "$(cd dir && pwd -P)"
	run --separate-stderr nsx-unshare -w dir pwd -P
	assert_ran "$(cd dir && pwd -P)"
	run --separate-stderr nsx-unshare pwd -P
	assert_ran "$(pwd -P)"
}

@test "--wd: what is not there, or no directory, is refused" {
	run --separate-stderr nsx-unshare --wd /none/such echo ran
	assert_error 125 "cannot change directory to '/none/such'" "No such file or directory"
	run --separate-stderr nsx-unshare --wd /etc/passwd echo ran
	assert_error 125 "cannot change directory to '/etc/passwd'" "Not a directory"
	run --separate-stderr nsx-unshare --wd '' echo ran
	assert_status 125
	assert_output_is ""
}

# --- The host name

@test "--hostname: inside, and not outside; implies a uts namespace" {
	before=$(uname -n)
	run --separate-stderr nsx-unshare -r --hostname=box uname -n
	assert_ran box
	run --separate-stderr nsx-unshare -r --uts --hostname other uname -n
	assert_ran other
	assert_same "$before" "$(uname -n)"
}

@test "--hostname: 64 bytes and no more" {
	longest=$(printf 'x%.0s' {1..64})
	run --separate-stderr nsx-unshare -r --hostname "$longest" uname -n
	assert_ran "$longest"
	run --separate-stderr nsx-unshare -r --hostname "${longest}x" echo ran
	assert_error 125 "--hostname: '${longest}x' is out of range"
}
