# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# calls.bash - have every system call that nsx-pin makes fail, one after the
# other, or kill the process that is about to make it: loaded after names.bash.
#
#   @test "del" {
#           prepare()
#           {
#                   nsx-pin add box
#           }
#           each_call fail nsx-pin del --no-wait box
#   }
#
# prepare() makes the names that the command needs, of box and bax. CLEARS=yes is
# for gc: names that are stale are what it is there for.
#
# shellcheck disable=SC2154 # run and bats set some.

# Put before nsx-pin, where another user than the caller is to look after names,
# and a directory of that user.
OWNER=()
OWNER_DIR=
CLEARS=

pin()
{
	"${OWNER[@]}" nsx-pin "$@"
}

# The names that there are, without anything that differs from run to run.
names()
{
	pin list -n -r -o NAME,TYPE,STATE
}

# By no other program than the shell: it is asked often. TREE is what there is.
look_at_files()
{
	TREE=$(printf '%s\n' /run/netns/* /run/nsx/* /run/nsx/*/* /run/user/*/nsx/*/*)
}

need_calls()
{
	# A sanitizer looks for leaks with ptrace(2) itself.
	need_no_sanitizers "which trace as this does"
	"$NSX_HELPERS/fault" fail 0 99999 /dev/null true 2>/dev/null ||
		skip "needs ptrace, on a machine that tests/helpers/fault knows"
}

# Of a process that is killed it counts what it had changed before.
changes_something()
{
	[[ $1 =~ ^(clone|fchmod|mkdir|mkdirat|mount|move_mount|renameat|renameat2|sendto|umount2|unlinkat|unshare|utimensat|write)$ ]]
}

# What a fault made of it, in status, message and now.
judge()
{
	local kind=$1 left

	# Without its holder or init, a name is stale: for gc to clear away.
	[[ $kind == fail ]] || left=$(pin gc) || fail "gc fails" || return
	now=$(names)
	[[ $now == "$before" || $now == "$after" ]] || fail "half of it:" "$now" || return
	if [[ $kind == fail ]] && ((status == 0)); then
		[[ $now == "$after" ]] || fail "it was not done, and not told" || return
	elif [[ $kind == fail ]]; then
		# 127 is the loader's.
		((status == 1 || status == 127)) || fail "status $status" || return
		[[ $message =~ ^nsx-pin:\ [^$'\n']+$ ]] || fail "no message of one line" || return
	fi
	left=$(pin gc) || fail "gc fails" || return
	# Who was not killed undoes all.
	[[ $kind == kill || $now == "$after" || ! $left || $CLEARS ]] || fail "left for gc:" "$left" || return
	[[ ! $CLEARS ]] || now=$(names)
	look_at_files
	[[ $now == "$after" || $TREE == "$files" ]] || fail "left:" "$TREE"
}

# each_call fail|kill COMMAND...: each time it is done or undone, and never half.
each_call()
{
	local kind=$1 log
	local before after files now status message process nth call
	local calls=()
	shift

	need_calls
	# To be written by the owner of the names.
	log=$("${OWNER[@]}" mktemp "${OWNER_DIR:-$BATS_TEST_TMPDIR}/fault.XXXXXX")
	prepare
	before=$(names)
	look_at_files
	files=$TREE
	"${OWNER[@]}" "$NSX_HELPERS/fault" list "$log" "$@" || fail "it cannot be done: $*"
	after=$(names)
	mapfile -t calls <"$log"
	((${#calls[@]} > 50)) || fail "only ${#calls[@]} calls"
	now=$after
	for call in "${calls[@]}"; do
		read -r process nth call <<<"$call"
		[[ $kind == fail ]] || changes_something "$call" || continue
		[[ $now == "$before" ]] || {
			pin del --all --force --no-wait
			prepare
		}
		status=0
		message=$("${OWNER[@]}" "$NSX_HELPERS/fault" "$kind" "$process" "$nth" "$log" "$@" 2>&1) || status=$?
		judge "$kind" || fail "after this: $kind process $process call $nth: $call, status $status, $message"
	done
	run --separate-stderr pin verify
	assert_ran ""
	pin del --all --force --no-wait
	rm "$log"
	wait_until no_keeper_is_left
}

no_keeper_is_left()
{
	local pid

	# Those of other files have their own.
	for pid in $(pgrep -x 'nsx-init|nsx-hold|nsx-pin'); do
		! grep -qszF "NSX_TMP=$NSX_TMP" "/proc/$pid/environ" || return
	done
}
