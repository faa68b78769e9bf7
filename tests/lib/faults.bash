# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# faults.bash - have each system call fail that a command does, one after the
# other, and look what it makes of that: loaded after spawn.bash.
#
#   check_fault()
#   {
#           assert_fault_is_told 125
#   }
#
#   @test "every mount may fail" {
#           need_faults
#           each_fault mount nsx-unshare --mount --mount-proc true
#   }
#
# shellcheck disable=SC2034,SC2154 # Much of it is for the tests.

need_faults()
{
	need_command strace
	# A sanitizer looks for leaks with ptrace(2) itself.
	need_no_sanitizers "which trace as strace does"
	strace -qq -o /dev/null true 2>/dev/null || skip "needs ptrace"
}

# with_fault CALL NTH COMMAND...: run COMMAND as run --separate-stderr does,
# with the NTH such call of each of its processes failing by EPERM. FAULTS are
# those that did, as strace(1) prints them; it returns 1 where there was none.
# It ends only when all processes that COMMAND started have.
with_fault()
{
	local call=$1 nth=$2 log=$BATS_TEST_TMPDIR/strace
	shift 2

	run --separate-stderr timeout 20 strace --follow-forks --quiet=all --output="$log" --trace="$call" \
		--inject="$call:error=EPERM:when=$nth" "$@"
	FAULTS=$(grep INJECTED "$log")
}

# each_fault CALL COMMAND...: the first such call fails, the second, and so on
# to the last, or to that in FAULTS_MOST. After each check_fault is called, with
# what run leaves and with CALL, NTH and FAULTS.
each_fault()
{
	local CALL=$1 NTH
	shift

	for ((NTH = 1; NTH <= ${FAULTS_MOST:-60}; NTH++)); do
		with_fault "$CALL" "$NTH" "$@" || break
		check_fault || fail "after this:" "$FAULTS"
	done
	# The test tests something.
	((NTH > 1)) || fail "no call of $CALL"
}

# assert_fault_is_told STATUS: it ended so, and said in one line what it could
# not do, unless just that line was to fail.
assert_fault_is_told()
{
	assert_status "$1"
	assert_output_is ""
	if [[ $FAULTS == *"write(2, "* ]]; then
		assert_stderr_is ""
	else
		assert_stderr_matches $'^nsx-[a-z]+: cannot [^\n]+$'
	fi
}
