#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# From a failure to its cause: the message names the step, why it failed, and
# what can be done about it.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn

setup()
{
	common_setup
	need_userns
}

# --- Creating namespaces

@test "a seccomp filter that answers EPERM" {
	run --separate-stderr "$NSX_HELPERS/filter" EPERM nsx-unshare --user echo ran
	assert_error 125 "cannot create namespaces (user): Operation not permitted: a seccomp filter"
	run --separate-stderr "$NSX_HELPERS/filter" EPERM nsx-unshare --uts echo ran
	assert_error 125 "cannot create namespaces (uts): Operation not permitted: a seccomp filter"
}

@test "a seccomp filter that answers ENOSYS" {
	run --separate-stderr "$NSX_HELPERS/filter" ENOSYS nsx-unshare -r echo ran
	assert_error 125 "cannot create namespaces (user): Function not implemented: a seccomp filter"
}

@test "a seccomp filter that does not concern us is not blamed" {
	run --separate-stderr as_user nsx-unshare -r --map-users=4294967290:0:1 --setgroups=allow echo ran
	assert_status 125
	refute_stderr_has seccomp
}

@test "a chroot, with proc and without" {
	need_no_sanitizers "which need /proc"
	local option

	make_root "$NSX_BIN/nsx-unshare"
	for option in --uts --mount-proc; do
		run --separate-stderr nsx-unshare -r --pid --root "$ROOT" "$option" \
			/bin/nsx-unshare --user /bin/sh -c 'echo ran'
		assert_error 125 "cannot create namespaces (user): Operation not permitted: the root directory is not" \
			"chroot" "--pivot-root"
	done
	# What it says helps.
	run --separate-stderr nsx-unshare -r --pid --pivot-root "$ROOT" --mount-proc \
		/bin/nsx-unshare --user /bin/sh -c 'echo ran'
	assert_ran ran
}

# with_limit TYPE COMMAND...: in a user namespace that may have none of them.
with_limit()
{
	run --separate-stderr nsx-unshare -r --mount --pid --mount-proc sh -c '
		echo 0 >"/proc/sys/user/max_$1_namespaces" || exit 99
		shift
		"$@"' sh "$@"
}

@test "a limit that is 0 is named" {
	local type option

	for type in net uts ipc mnt pid cgroup time; do
		need_ns "$type"
		option=--$type
		[[ $type != mnt ]] || option=--mount
		with_limit "$type" nsx-unshare "$option" echo ran
		assert_error 125 "cannot create namespaces ($type): No space left on device: " \
			"user.max_${type}_namespaces is 0 here"
	done
	with_limit user nsx-unshare -r echo ran
	assert_error 125 "cannot create namespaces (user)" "user.max_user_namespaces is 0 here"
	# Of several types it is the one that has it.
	with_limit ipc nsx-unshare -muin echo ran
	assert_error 125 "user.max_ipc_namespaces is 0 here"
}

@test "a limit that is used up" {
	run --separate-stderr nsx-unshare -r --mount --pid --mount-proc sh -c '
		echo 1 >/proc/sys/user/max_uts_namespaces || exit 99
		nsx-unshare --uts nsx-unshare --uts echo ran'
	assert_error 125 "cannot create namespaces (uts): No space left on device: a limit of" "used up"
}

@test "nested too deep" {
	cat >"$BATS_TEST_TMPDIR/nest" <<-'END'
		[ "$1" -le 40 ] || exec echo ran
		exec nsx-unshare -r sh "$0" $(($1 + 1))
	END
	run --separate-stderr sh "$BATS_TEST_TMPDIR/nest" 0
	assert_error 125 "cannot create namespaces (user): No space left on device: " "nested too deep (32 levels)"
}

@test "without the right to: what to add" {
	run --separate-stderr as_user nsx-unshare --net echo ran
	assert_error 125 "cannot create namespaces (net): Operation not permitted: it takes CAP_SYS_ADMIN" \
		"add --user --map-root-user"
	# What it says helps.
	run --separate-stderr as_user nsx-unshare --net --user --map-root-user echo ran
	assert_ran ran
}

@test "as nobody whom the user namespace knows" {
	run --separate-stderr as_user nsx-unshare --user nsx-unshare --user echo ran
	assert_error 125 "cannot create namespaces (user): Operation not permitted: your own ids are not mapped"
}

@test "a type that this kernel lacks" {
	local type

	for type in cgroup time; do
		[[ -e /proc/self/ns/$type ]] || break
		type=
	done
	[[ $type ]] || skip "needs a kernel without one of them"
	run --separate-stderr nsx-unshare -r "--$type" echo ran
	assert_error 125 "this kernel has no $type namespaces"
}

# --- Maps

@test "setgroups cannot be allowed to an ordinary user, nor where it was denied" {
	run --separate-stderr as_user nsx-unshare -r --setgroups=allow echo ran
	assert_error 125 "cannot map groups" "Operation not permitted: without CAP_SETGID" "leave out --setgroups=allow"
	run --separate-stderr nsx-unshare -r nsx-unshare --user --setgroups=allow echo ran
	assert_error 125 "cannot set setgroups to 'allow': Operation not permitted: once denied"
}

@test "ids that are not mapped outside" {
	run --separate-stderr nsx-unshare -r nsx-unshare --map-users 0:5:1 echo ran
	assert_error 125 "cannot map users 0:5:1: Operation not permitted: " "must be mapped there"
}

@test "a group that is not mapped outside; --setgroups was not given" {
	for options in "--map-group 0" -r; do
		# shellcheck disable=SC2086
		run --separate-stderr as_user nsx-unshare --map-user 0 nsx-unshare $options echo ran
		assert_error 125 "Operation not permitted: your own ids are not mapped in this user namespace"
	done
	run --separate-stderr nsx-unshare -r nsx-unshare --map-groups 0:5:1 echo ran
	assert_error 125 "cannot map groups 0:5:1: Operation not permitted: " "take CAP_SETGID" "must be mapped there"
}

# --- Forking

@test "a pid namespace whose init has ended" {
	run --separate-stderr nsx-unshare -r --pid --no-fork sh -c '(:); exec nsx-unshare --fork echo ran'
	assert_error 125 "cannot fork: Cannot allocate memory: the init of the pid namespace has ended"
}

@test "a limit of processes" {
	need_command prlimit
	run --separate-stderr as_user prlimit --nproc=0 nsx-unshare --fork echo ran
	assert_error 125 "cannot fork: Resource temporarily unavailable: a limit on processes is reached"
}

@test "memory that is short is not an init that has ended" {
	need_command strace
	run --separate-stderr strace -f -o /dev/null -e trace=clone,fork -e inject=clone,fork:error=ENOMEM \
		nsx-unshare --fork echo ran
	assert_error 125 "cannot fork: Cannot allocate memory"
	refute_stderr_has init
}

@test "a pid to be told, where there is no /proc" {
	need_no_sanitizers "which need /proc"
	make_root "$NSX_BIN/nsx-unshare"
	run --separate-stderr nsx-unshare -r --root "$ROOT" /bin/nsx-unshare --fork --pid-file /file /bin/sh -c 'echo ran'
	assert_error 125 "cannot fork: No such file or directory: no proc is mounted at /proc"
}

# --- Mounts

@test "a root for whom nobody gave the right" {
	run --separate-stderr as_user nsx-unshare --root / echo ran
	assert_error 125 "cannot change root to '/': Operation not permitted: it takes CAP_SYS_CHROOT" \
		"add --user --map-root-user"
}

@test "binfmt_misc has nothing to do with a network" {
	need_command strace
	run --separate-stderr strace -f -o /dev/null -e trace=mount -e inject=mount:error=EPERM:when=2 \
		nsx-unshare -r --mount-binfmt echo ran
	assert_error 125 "cannot mount binfmt_misc at" "Operation not permitted: " "Linux 6.7"
	refute_stderr_has "net namespace"
}

@test "proc of a pid namespace that is not ours" {
	run --separate-stderr as_user nsx-unshare -r --mount-proc echo ran
	assert_error 125 "cannot mount proc at '/proc': Operation not permitted: " "(add --pid)"
	run --separate-stderr as_user nsx-unshare -r --mount-proc --pid echo ran
	assert_ran ran
}

@test "a proc that is partly covered, as in a container" {
	run --separate-stderr nsx-unshare -r --mount sh -c '
		mount --bind /dev/null /proc/uptime && exec nsx-unshare -r --pid --mount-proc echo ran'
	assert_error 125 "cannot mount proc at '/proc': Operation not permitted: " "nothing mounted over it"
}

@test "sysfs of a net namespace that is not ours" {
	run --separate-stderr as_user nsx-unshare -r --mount-sys echo ran
	assert_error 125 "cannot mount sysfs at '/sys'" "Operation not permitted: " "(add --net)"
}

# --- Keeping

@test "keeping a namespace without the right to mount" {
	((EUID != 0)) || skip "needs an ordinary user"
	run --separate-stderr nsx-unshare --user="$BATS_TEST_TMPDIR/user" echo ran
	assert_error 125 "cannot keep the user namespace at" \
		"Operation not permitted: it takes CAP_SYS_ADMIN where the file is: be root"
}
