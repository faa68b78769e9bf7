#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Setting up the new world: --domainname, --lo, --mount-sys, --mount-binfmt,
# --pivot-root, the environment; and mounts in a chroot.

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

# --- Names and network

@test "--domainname: inside, and not outside; implies a uts namespace" {
	before=$(cat /proc/sys/kernel/domainname)
	run --separate-stderr nsx-unshare -r --domainname example sh -c \
		'cat /proc/sys/kernel/domainname; readlink /proc/self/ns/uts'
	assert_ran
	[[ ${lines[0]} == example && ${lines[1]} != "$(ns_link self uts)" ]]
	assert_same "$before" "$(cat /proc/sys/kernel/domainname)"
}

@test "--domainname: 64 bytes and no more" {
	name=$(printf 'x%.0s' {1..64})
	run --separate-stderr nsx-unshare -r --domainname "$name" cat /proc/sys/kernel/domainname
	assert_ran "$name"
	run --separate-stderr nsx-unshare -r --domainname "${name}x" echo ran
	assert_error 125 "--domainname: '${name}x' is out of range"
}

@test "--lo: the loopback device is up; implies a net namespace" {
	need_command ip
	run --separate-stderr nsx-unshare -r --net ip -o link show lo
	assert_ran
	refute_output_has "UP"
	run --separate-stderr nsx-unshare -r --lo sh -c 'readlink /proc/self/ns/net; ip -o link; ip -o -4 addr'
	assert_ran
	[[ ${lines[0]} != "$(ns_link self net)" ]]
	assert_output_matches 'lo: <LOOPBACK,UP'
	assert_output_has "127.0.0.1/8"
}

@test "--lo takes no argument" {
	run --separate-stderr nsx-unshare -r --lo=up echo ran
	assert_error 125 "--lo takes no argument"
}

# --- sysfs

@test "--mount-sys: the devices of the new net namespace, and what was mounted on /sys before" {
	run --separate-stderr nsx-unshare -r --net --mount-sys sh -c 'ls /sys/class/net; ls /sys/fs/cgroup'
	assert_ran
	assert_same "$(printf '%s\n' lo "$(ls /sys/fs/cgroup)")" "$output"
}

@test "without --mount-sys /sys is that of the old net namespace" {
	run --separate-stderr nsx-unshare -r --net --mount ls /sys/class/net
	assert_ran "$(ls /sys/class/net)"
}

@test "--mount-sys=DIR: there, and a DIR that is not there is refused" {
	mkdir "$BATS_TEST_TMPDIR/sys"
	run --separate-stderr nsx-unshare -r --net --mount-sys="$BATS_TEST_TMPDIR/sys" \
		ls "$BATS_TEST_TMPDIR/sys/class/net"
	assert_ran lo
	run --separate-stderr nsx-unshare -r --net --mount-sys=/none/such echo ran
	assert_error 125 "cannot mount sysfs at '/none/such'" "No such file or directory"
}

@test "--mount-sys without the net namespace is refused, with the reason" {
	run --separate-stderr as_user nsx-unshare -r --mount-sys echo ran
	assert_error 125 "cannot mount sysfs at '/sys'" "add --net"
}

# --- binfmt_misc

need_binfmt()
{
	unshare --user --map-root-user --mount mount -t binfmt_misc none "$BATS_TEST_TMPDIR" 2>/dev/null ||
		skip "needs binfmt_misc in user namespaces (Linux 6.7)"
}

@test "--mount-binfmt: one of the user namespace's own" {
	need_binfmt
	run --separate-stderr nsx-unshare -r --mount-binfmt ls /proc/sys/fs/binfmt_misc
	assert_ran $'register\nstatus'
	mkdir "$BATS_TEST_TMPDIR/binfmt"
	run --separate-stderr nsx-unshare -r --mount-binfmt="$BATS_TEST_TMPDIR/binfmt" ls "$BATS_TEST_TMPDIR/binfmt"
	assert_ran $'register\nstatus'
}

@test "-l, --load-interp: the type is known inside, and used" {
	need_binfmt
	printf 'hello\n' >"$BATS_TEST_TMPDIR/file.nsxtest"
	chmod +x "$BATS_TEST_TMPDIR/file.nsxtest"
	run --separate-stderr nsx-unshare -r -l ':nsxtest:E::nsxtest::/bin/cat:' "$BATS_TEST_TMPDIR/file.nsxtest"
	assert_ran hello
	run --separate-stderr nsx-unshare -r --pid --mount-proc --load-interp ':nsxtest:E::nsxtest::/bin/cat:' \
		ls /proc/sys/fs/binfmt_misc
	assert_ran $'nsxtest\nregister\nstatus'
	[[ ! -e /proc/sys/fs/binfmt_misc/nsxtest ]]
}

@test "--load-interp with F: an interpreter of the caller's files, below another root" {
	need_binfmt
	make_root
	run --separate-stderr nsx-unshare -r --pid --root "$ROOT" --mount-proc \
		--load-interp ':nsxtest:E::nsxtest::/bin/cat:F' sh -c 'read -r word </proc/sys/fs/binfmt_misc/nsxtest; echo $word'
	assert_ran enabled
}

@test "--load-interp: what the kernel does not take is refused" {
	need_binfmt
	run --separate-stderr nsx-unshare -r --load-interp nonsense echo ran
	assert_error 125 "cannot register the binary type 'nonsense'" "Invalid argument"
}

# --- pivot_root

@test "--pivot-root: the directory is the root, and the old root is gone" {
	make_root /bin/cat
	run --separate-stderr nsx-unshare -r --pid --pivot-root "$ROOT" --mount-proc \
		sh -c 'pwd; echo /*; cat /proc/self/mountinfo; echo $$'
	assert_ran
	assert_same / "${lines[0]}"
	assert_has "${lines[1]} " "/there "
	assert_same "$(cd "$ROOT" && printf '/%s\n' * | xargs)" "${lines[1]}"
	# The root and proc, and nothing else.
	assert_same 5 "${#lines[@]}"
	assert_output_matches ' /proc rw,nosuid,nodev,noexec,.* - proc proc '
	assert_same 1 "${lines[-1]}"
}

@test "--pivot-root: a user namespace can be made inside, as in no chroot" {
	make_root /bin/cat
	run --separate-stderr nsx-unshare -r --pid --pivot-root "$ROOT" --mount-proc true
	cp "$NSX_BIN/nsx-unshare" "$ROOT/bin"
	ldd "$NSX_BIN/nsx-unshare" | grep -o '/[^ ]*' | xargs -I{} cp --dereference --parents {} "$ROOT"
	run --separate-stderr nsx-unshare -r --pid --pivot-root "$ROOT" --mount-proc \
		nsx-unshare -c sh -c 'echo made'
	assert_ran made
	run --separate-stderr nsx-unshare -r --pid --root "$ROOT" --mount-proc nsx-unshare -c sh -c 'echo made'
	assert_error 125 "cannot create namespaces (user)" "--pivot-root"
}

@test "--pivot-root: no way leads out through the init" {
	make_root /bin/ls
	mkdir "$BATS_TEST_TMPDIR/outside"
	cd "$BATS_TEST_TMPDIR/outside"
	echo secret >secret
	run --separate-stderr nsx-unshare -r --pid --init --pivot-root "$ROOT" --mount-proc sh -c '
		ls -d /proc/1/cwd/there
		for fd in /proc/1/fd/*; do
			! [ -d "$fd/" ] || ls -d "$fd/"
		done'
	assert_ran /proc/1/cwd/there
}

# propagation_of WORD: of the root that was pivoted to, with a mount that is shared outside.
propagation_of()
{
	run --separate-stderr unshare --mount --propagation private sh -e -c '
		mount -t tmpfs none "$1/there"
		mount --make-shared "$1/there"
		nsx-unshare --pid --pivot-root "$1" --mount-proc --propagation "$2" \
			cat /proc/self/mountinfo' sh "$ROOT" "$1"
	assert_ran
	at_root=$(awk '$5 == "/"' <<<"$output" | grep -oE '(shared|master):' | xargs)
	there=$(awk '$5 == "/there"' <<<"$output" | grep -oE '(shared|master):' | xargs)
}

# bats test_tags=root
@test "--pivot-root: --propagation counts" {
	make_root /bin/cat
	propagation_of private
	assert_same "" "$at_root$there"
	propagation_of slave
	assert_same "" "$at_root"
	assert_same master: "$there"
	propagation_of shared
	assert_same shared: "$at_root"
	assert_same "shared: master:" "$there"
	propagation_of unchanged
	assert_same "" "$at_root"
	assert_same master: "$there"
}

@test "--pivot-root: where to mount is meant in the new root, links and all" {
	make_root /bin/cat
	mkdir "$ROOT/etc"
	run --separate-stderr nsx-unshare -r --pid --pivot-root "$ROOT" --mount-proc=proc sh -c 'echo /proc/self/cwd'
	assert_ran /proc/self/cwd
	# From outside it would be the caller's own.
	ln -s /etc "$ROOT/link"
	ln -s ../../../../../../../../../../etc "$ROOT/up"
	for name in link up; do
		run --separate-stderr nsx-unshare -r --pid --pivot-root "$ROOT" --mount-proc=/$name cat /etc/self/comm
		assert_ran cat
	done
	run --separate-stderr nsx-unshare -r --pid --pivot-root "$ROOT" --mount-proc=/none true
	assert_error 125 "cannot mount proc at '/none'" "No such file or directory"
}

# bats test_tags=root
@test "--pivot-root: what is mounted for it is not seen outside, whatever the propagation" {
	make_root /bin/cat
	for word in private slave shared unchanged; do
		run --separate-stderr unshare --mount --propagation shared sh -c '
			before=$(cat /proc/self/mountinfo)
			nsx-unshare --pid --net --pivot-root "$1" --mount-proc --mount-sys --propagation "$2" sh -c :
			[ "$before" = "$(cat /proc/self/mountinfo)" ] && echo unchanged' sh "$ROOT" "$word"
		assert_ran unchanged
	done
}

@test "--pivot-root with --wd and --mount-sys: all of them below the new root" {
	make_root /bin/ls
	run --separate-stderr nsx-unshare -r --net --pid --pivot-root "$ROOT" --mount-proc --mount-sys --wd there \
		sh -c 'pwd; ls /sys/class/net'
	assert_ran $'/there\nlo'
}

@test "--pivot-root: what is not there, is the root, or comes with --root is refused" {
	run --separate-stderr nsx-unshare -r --pivot-root /none/such echo ran
	assert_error 125 "cannot pivot root to '/none/such'" "No such file or directory"
	run --separate-stderr nsx-unshare -r --pivot-root / echo ran
	assert_error 125 "cannot pivot root to '/'" "already"
	run --separate-stderr nsx-unshare -r --pivot-root / --root / echo ran
	assert_error 125 "--root and --pivot-root both"
}

# --- Environment

@test "--clear-env: the program has none" {
	run --separate-stderr nsx-unshare --clear-env env
	assert_ran ""
}

@test "--whitelist-env: these variables and no others, alone or with --clear-env" {
	export NSX_ONE=1 NSX_ONES=2 NSX_TWO="two words"
	run --separate-stderr nsx-unshare --whitelist-env NSX_ONE,NSX_TWO,NSX_NONE env
	assert_same $'NSX_ONE=1\nNSX_TWO=two words' "$(sort <<<"$output")"
	assert_ran
	run --separate-stderr nsx-unshare --clear-env --whitelist-env NSX_ONES env
	assert_ran NSX_ONES=2
	run --separate-stderr nsx-unshare --whitelist-env NSX_ONE --whitelist-env=NSX_NONE,NSX_TWO env
	assert_same $'NSX_ONE=1\nNSX_TWO=two words' "$(sort <<<"$output")"
	assert_ran
	run --separate-stderr nsx-unshare --whitelist-env "" env
	assert_error 125 "--whitelist-env takes names of variables"
	run --separate-stderr nsx-unshare --whitelist-env NSX_ONE --whitelist-env "" --whitelist-env NSX_TWO env
	assert_error 125 "--whitelist-env takes names of variables"
}

# --- Mounts in odd places

# bats test_tags=root
@test "in a chroot that is no mount point mounts are cut off, and do not come back" {
	need_no_sanitizers "which need /proc"
	make_root /bin/cat
	cp "$NSX_BIN/nsx-unshare" "$ROOT/bin"
	ldd "$NSX_BIN/nsx-unshare" | grep -o '/[^ ]*' | xargs -I{} cp --dereference --parents {} "$ROOT"
	# On a mount that is shared, so that an uncut one would be seen outside.
	run --separate-stderr unshare --mount sh -e -c '
		mount --bind "$1" "$1"
		mount --make-shared "$1"
		mkdir "$1/inner"
		for dir in bin lib lib64 usr proc there; do
			[ ! -e "$1/$dir" ] || cp -a "$1/$dir" "$1/inner"
		done
		chroot "$1/inner" nsx-unshare --pid --mount-proc cat /proc/self/mountinfo
		grep -c " $1/inner/proc " /proc/self/mountinfo || :' sh "$ROOT"
	assert_ran
	assert_same 2 "${#lines[@]}"
	assert_output_matches ' /proc rw,.* - proc proc '
	assert_same 0 "${lines[-1]}"
}

# bats test_tags=root
@test "in a chroot that is no mount point the working directory stays" {
	need_no_sanitizers "which need /proc"
	make_root "$NSX_BIN/nsx-unshare"
	mkdir "$ROOT/yard"
	# The shell within starts in what is /yard in there.
	run --separate-stderr chroot "$ROOT" /bin/sh -c 'cd /yard && nsx-unshare --mount /bin/sh -c pwd'
	assert_ran /yard
	run --separate-stderr chroot "$ROOT" /bin/sh -c 'cd /yard && nsx-unshare --mount --propagation slave /bin/sh -c "pwd -P; cd ..; pwd -P"'
	assert_ran $'/yard\n/'
}

# bats test_tags=root
@test "--mount=FILE on a shared mount that has a slave elsewhere" {
	mkdir "$BATS_TEST_TMPDIR/shared"
	mkfifo "$BATS_TEST_TMPDIR/ready"
	run --separate-stderr unshare --mount --propagation unchanged sh -e -c '
		mount -t tmpfs shared "$1/shared"
		mount --make-shared "$1/shared"
		unshare --mount --propagation slave sh -c "echo >\$1/ready; read -r never <\$1/ready" sh "$1" &
		read -r go <"$1/ready"
		nsx-unshare --mount="$1/shared/mnt" readlink /proc/self/ns/mnt
		nsx-enter --mount="$1/shared/mnt" readlink /proc/self/ns/mnt
		while umount "$1/shared/mnt" 2>/dev/null; do :; done
		echo >"$1/ready"
		wait
		umount "$1/shared"' sh "$BATS_TEST_TMPDIR"
	assert_ran
	assert_same 2 "${#lines[@]}"
	assert_same "${lines[0]}" "${lines[1]}"
}
