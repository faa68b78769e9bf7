# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# faults.bash - have system calls fail that a command does, and look what it
# makes of that: loaded after spawn.bash. strace(1) makes them fail.
#
# There are two ways to use it. each_fault takes one system call, and has the
# first of its kind fail, the second, and so on: for the calls of a step, whose
# words are to be in the message.
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
# every_fault takes a command alone. It runs it once to see what it calls, and
# then once for each of a sample of these calls: of each kind three, the first, the
# last and one between, or as many as FAULTS_MOST says. NSX_FAULTS_MOST raises that
# for all tests, to a number, or to "all" for really every call, which takes hours:
#
#   NSX_FAULTS_MOST=all NSX_TIMEOUT=7200 tests/run tests/*/faults.bats tests/pin/reading.bats
#
#   @test "whatever fails" {
#           need_faults
#           every_fault nsx-unshare --uts true
#   }
#
# By default each run must then end as the first did, or with STATUS_TOLD,
# nothing printed, and one line that says what failed. In either case there are
# the same mounts and the same files in FAULTS_DIRS as before, and no process.
# What a program inherits is seen where it prints that: it must be the same. A
# test may have a check_any_fault of its own, which may ask assert_fault_is_harmless.
#
# What is not made to fail: the calls of the dynamic loader, and those that
# cannot fail (NEVER_FAILING). strace counts the calls of each process by itself, and the NTH fails in each.
# So one that a child does is reached only if its parent does fewer before it
# forks, or goes on when its own fails; every_fault says in the output of a
# test that fails how many were not reached.
#
# shellcheck disable=SC2034,SC2154 # Much of it is for the tests.

FAULTS_ERROR=EPERM    # what calls fail with
FAULTS_MOST=          # of one kind at most: the first ones ("": 60), or for every_fault a sample ("": 3)
FAULTS_UNDER=()       # a command that runs strace, and that the calls of are none of ours
FAULTS_DIRS=()        # where nothing may be left
FAULTS_STATUS=125     # of a command that says what failed: one or several
FAULTS_LEAST=5        # a sweep of fewer than these tests nothing

need_faults()
{
	need_command strace
	# A sanitizer looks for leaks with ptrace(2) itself.
	need_no_sanitizers "which trace as strace does"
	strace -qq -o /dev/null true 2>/dev/null || skip "needs ptrace"
}

# under_strace OPTION... -- COMMAND...: as run --separate-stderr does. It ends
# only when all processes that COMMAND started have; they carry a mark, by which
# those that do not end are found.
under_strace()
{
	local options=()

	while [[ $1 != -- ]]; do
		options+=("$1")
		shift
	done
	shift
	faults_mark="NSX_FAULTS=$BATS_TEST_TMPDIR"
	status=0
	timeout --kill-after=2 "$PATIENCE" "${FAULTS_UNDER[@]}" strace --follow-forks --quiet=all \
		--output="$BATS_TEST_TMPDIR/strace" --env="$faults_mark" "${options[@]}" "$@" \
		>"$BATS_TEST_TMPDIR/stdout" 2>"$BATS_TEST_TMPDIR/stderr" || status=$?
	output=$(<"$BATS_TEST_TMPDIR/stdout")
	stderr=$(<"$BATS_TEST_TMPDIR/stderr")
	# Not what strace itself has to say, as of a call that was restarted.
	[[ $'\n'$stderr != *$'\n'"strace: "* ]] || stderr=$(sed '/^strace: /d' <<<"$stderr")
	[[ $status -ne 124 && $status -ne 137 ]] || end_stray
}

# After all that PATIENCE: those that go on.
end_stray()
{
	local environ pid

	while read -r environ; do
		pid=${environ#/proc/} pid=${pid%/*}
		echo "it goes on: $(tr '\0' ' ' <"/proc/$pid/cmdline")" >&2
		kill -KILL "$pid" || true
	done < <(grep -lszxF "$faults_mark" /proc/[0-9]*/environ)
}

# with_fault CALL NTH COMMAND...: the NTH such call of each process fails.
# FAULTS are those that did, as strace prints them; it returns 1 where there was
# none.
with_fault()
{
	local call=$1 nth=$2
	shift 2

	# By a filter, or every call there is would stop for strace. fcntl and execve tell whose calls are whose.
	under_strace --seccomp-bpf --string-limit=256 --trace="$call,fcntl,execve" \
		--inject="$call:error=$FAULTS_ERROR:when=$nth" -- "$@"
	find_faults
	[[ $FAULTS ]]
}

# The lines of those that failed. Where another process came between, a call is
# in two lines.
find_faults()
{
	local line pid
	local begun=()

	FAULTS=
	while read -r line; do
		pid=${line%% *}
		[[ $line != *" <unfinished ...>" ]] || begun[pid]=${line% <unfinished ...>}
		[[ $line == *INJECTED* ]] || continue
		[[ $line != *" resumed>"* ]] || line=${begun[pid]-}${line#* resumed>}
		FAULTS+=${FAULTS:+$'\n'}$line
	done <"$BATS_TEST_TMPDIR/strace"
}

# For awk, of each line of a log of strace -f: own[pid] where the call is one of
# the tool, so from the first of main() in each process, which asks for descriptor
# 0, to the program that it becomes. What comes before and after are calls of the
# dynamic loader and of the program. A log of certain files alone has only such
# calls of ours.
# shellcheck disable=SC2016 # For awk.
WHOSE='
	{
		pid = $1
		is_call = /^[0-9]+ +[a-z_0-9]+\(/
		if (becomes[pid]) own[pid] = becomes[pid] = 0
	}
	is_call {
		split($2, word, "(")
		call[pid] = word[1]
		if (!(pid in own)) own[pid] = NR > 1 || call[pid] != "execve"
		if (/^[0-9]+ +fcntl\(0, F_GETFD/) own[pid] = 1
		nth = ++count[pid, call[pid]]
	}
	call[pid] == "execve" && / = 0$/ { becomes[pid] = 1 }
'

# Did a call of the tool itself fail?
is_fault_of_tool()
{
	awk "$WHOSE"'
		/INJECTED/ && own[pid] { is_ours = 1 }
		END { exit !is_ours }
	' "$BATS_TEST_TMPDIR/strace"
}

# each_fault CALL COMMAND...: the first such call of the tool fails, the second,
# and so on to the last, or for as many as FAULTS_MOST says. After each check_fault
# is called, with what run leaves and with CALL, NTH and FAULTS.
each_fault()
{
	local CALL=$1 NTH failed=0
	shift

	for ((NTH = 1; failed < ${FAULTS_MOST:-60}; NTH++)); do
		with_fault "$CALL" "$NTH" "$@" || break
		if ! is_fault_of_tool; then
			restore_clean
			continue
		fi
		((++failed))
		check_fault || fail "after this:" "$FAULTS"
	done
	# The test tests something.
	((failed)) || fail "no call of $CALL"
}

# --- All calls of a command

# Those that always succeed, or end the process; brk(2), after which the C
# library itself falls over; close(2), which closes even where it fails; and
# wait4(2), which does not fail for a child that is there.
NEVER_FAILING="wait4 exit exit_group rt_sigreturn restart_syscall close brk munmap madvise futex getpid gettid getppid
	getuid geteuid getgid getegid getresuid getresgid umask set_tid_address set_robust_list rseq sched_yield
	rt_sigprocmask rt_sigaction alarm arch_prctl"

# The calls of the tools in a log of strace -f, a line "CALL NTH" each, in their
# order.
own_calls()
{
	awk "$WHOSE"'
		is_call && own[pid] && !seen[call[pid], nth]++ { print call[pid], nth }
	' "$BATS_TEST_TMPDIR/strace"
}

# Of each kind the first, the last, and some between; none that never fails, nor
# one that this strace has no name for.
sample_calls()
{
	awk -v most="${FAULTS_MOST:-3}" -v raised="${NSX_FAULTS_MOST:-0}" -v never="$NEVER_FAILING" '
		BEGIN {
			n = split(never, words)
			for (i = 1; i <= n; i++) skip[words[i]] = 1
			if (raised == "all") raised = 2 ^ 30
			if (raised > most + 0) most = raised
		}
		$1 in skip || /^syscall_/ { next }
		!count[$1]++ { kinds[++n_kinds] = $1 }
		{ nth[$1, count[$1]] = $2 }
		END {
			for (i = 1; i <= n_kinds; i++) {
				kind = kinds[i]
				all = count[kind]
				for (j = 1; j <= all && j <= most; j++)
					print kind, nth[kind, all <= most ? j : 1 + int((j - 1) * (all - 1) / (most - 1))]
			}
		}
	'
}

# What a command could leave.
faults_leavings()
{
	echo "$(</proc/self/mountinfo)"
	((${#FAULTS_DIRS[@]} == 0)) || find "${FAULTS_DIRS[@]}"
}

# every_fault COMMAND...: first none fails, then one call of the sample after the
# other.
# CLEAN_STATUS, CLEAN_OUTPUT and CLEAN_STDERR are of the run without a fault.
every_fault()
{
	local CALL NTH before calls failed=0 unreached=0 wrong=0

	under_strace -- "$@"
	CLEAN_STATUS=$status CLEAN_OUTPUT=$output CLEAN_STDERR=$stderr
	[[ $status -ne 124 && $status -ne 137 ]] || fail "it does not end"
	mapfile -t calls < <(own_calls | sample_calls)
	restore_clean
	before=$(faults_leavings)
	for CALL in "${calls[@]}"; do
		NTH=${CALL#* } CALL=${CALL% *}
		if ! with_fault "$CALL" "$NTH" "$@"; then
			((++unreached))
			restore_clean
			continue
		fi
		((++failed))
		check_any_fault || told_wrong
		restore_clean
		if ! assert_same "$before" "$(faults_leavings)"; then
			told_wrong
			# Not to be told of again.
			status=$CLEAN_STATUS
			restore_clean
		fi
	done
	# Each is told of, not the first alone.
	((wrong == 0)) || fail "$wrong of them went wrong"
	echo "$failed calls failed, $unreached were not reached"
	# The test tests something.
	((failed >= FAULTS_LEAST)) || fail "only $failed of ${#calls[@]} calls failed"
}

told_wrong()
{
	((++wrong))
	printf '%s\n' "after this:" "$FAULTS" >&2
}

# For tests: take away what a run leaves that goes well.
restore_clean()
{
	:
}

# For tests: what becomes of a fault, whichever.
check_any_fault()
{
	check_call
}

check_call()
{
	if is_fault_of_others; then
		return
	elif ((status == CLEAN_STATUS)); then
		assert_fault_is_harmless
	else
		# What was printed before it failed was as it should be, as far as that came.
		[[ $CLEAN_OUTPUT != "$output"* ]] || output=""
		# shellcheck disable=SC2086 # They are several.
		assert_fault_is_told $FAULTS_STATUS
	fi
}

# PROGRAM is for tools that run one: its output is which descriptors it has, its
# status 7. The fault may be one of its own; then it cannot look.
PROGRAM=(/bin/sh -c 'echo /proc/self/fd/*; exit 7')

# Not one of the tool: the program could not look, a dynamic loader not load, which
# falls over itself without its first two pages (a thread has a first mmap, too, so
# that one may be hit), or the C library not read /etc/passwd, where alone lseek(2)
# is called.
is_fault_of_others()
{
	[[ $FAULTS == *" lseek("* || ($status -eq 7 && $output == '/proc/self/fd/*') ||
		$FAULTS == *'write(1, "/proc/self/fd/'*[0-9]'\n"'* ||
		$stderr$output == *": error while loading shared libraries: "* ||
		($status -eq 139 && $FAULTS == *" mmap(NULL, 8192, "*) ]]
}

# All is as without it, but for what may have been said.
assert_fault_is_harmless()
{
	assert_status "$CLEAN_STATUS" || return
	assert_same "$CLEAN_OUTPUT" "$output" || return
	[[ $stderr == "$CLEAN_STDERR" ]] || assert_lines_are_ours
}

assert_lines_are_ours()
{
	assert_matches "$stderr"$'\n' $'^(nsx-[a-z]+: [^\n]+\n)+$'
}

# assert_fault_is_told STATUS...: it ended so, and said in one line what it could
# not do, unless just that line was to fail.
assert_fault_is_told()
{
	[[ " $* " == *" $status "* ]] || assert_status "$1" || return
	# Part of it may be out when the next part fails.
	[[ $FAULTS == *"write(1, "* ]] || assert_output_is "" || return
	if [[ $FAULTS == *"write(2, "* ]]; then
		assert_stderr_is ""
	else
		assert_stderr_matches $'^nsx-[a-z]+: cannot [^\n]+$'
	fi
}
