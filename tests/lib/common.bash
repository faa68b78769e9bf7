# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# common.bash - what every bats file loads first:
#
#   load ../lib/common
#
#   @test "ls shows a held network namespace" {
#           hold -n
#           run --separate-stderr nsx-ls --type net --noheadings --output NS
#           assert_status 0
#           assert_output_has "${HELD[net]}"
#           assert_stderr_is ""
#   }
#
# The tools are on PATH. Where tests/run does not say so, they are those of the
# build in this tree. A test with the tag "root" is not for anyone else; what a
# test starts with hold or start is ended after it. A file with a setup or
# teardown of its own calls common_setup or common_teardown in it.

bats_require_minimum_version 1.5.0

NSX_TESTS=${NSX_TESTS:-$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)}
NSX_BIN=${NSX_BIN:-${NSX_TESTS%/*}}
NSX_HELPERS=${NSX_HELPERS:-$NSX_TESTS/helpers}
NSX_TMP=${NSX_TMP:-$BATS_FILE_TMPDIR}
export NSX_TESTS NSX_BIN NSX_HELPERS NSX_TMP
PATH=$NSX_BIN:$PATH:/usr/sbin:/sbin
# Seconds to wait for what must come, where no more than a moment is expected: half
# of what a test may take, which is more on a slow machine.
# shellcheck disable=SC2034 # For the files that load this.
PATIENCE=$((${BATS_TEST_TIMEOUT:-60} / 2))

# --- Around each test

# bats looks at every command before it runs, for that may be the one that fails:
# a third of all the time that tests take. Here it looks when one has failed. Its
# own names are used for that; a bats without them goes on as it does, and so does
# bats --trace.
look_at_failures_only()
{
	((${BATS_TRACE_LEVEL:-0} == 0)) || return 0
	declare -F bats_capture_stack_trace bats_check_status_from_trap bats_timeout_trap >/dev/null || return 0
	set +T
	trap - DEBUG
	trap note_failure ERR
	[[ ! ${BATS_TEST_TIMEOUT-} ]] || trap note_timeout ABRT
}

# shellcheck disable=SC2034 # For bats.
note_failure()
{
	bats_check_status_from_trap
	[[ ${BATS_DEBUG_LAST_STACK_TRACE_IS_VALID-} ]] || bats_capture_stack_trace
	BATS_DEBUG_LAST_STACK_TRACE_IS_VALID=1
}

# shellcheck disable=SC2034
note_timeout()
{
	bats_capture_stack_trace
	# bats_timeout_trap takes the last but one.
	BATS_DEBUG_LASTLAST_STACK_TRACE=("${BATS_DEBUG_LAST_STACK_TRACE[@]}")
	bats_timeout_trap
}

common_setup()
{
	look_at_failures_only
	# Since bats 1.9; with older ones, it is for tests/run to leave it out.
	[[ " ${BATS_TEST_TAGS[*]-} " != *" root "* ]] || need_root
}

common_teardown()
{
	end_started
}

setup()
{
	common_setup
}

teardown()
{
	common_teardown
}

# --- What a test needs; it is skipped, with the reason, where that lacks

need_root()
{
	((EUID == 0)) || skip "needs root"
	unshare --mount true 2>/dev/null || skip "needs a root who may mount"
}

need_userns()
{
	as_user unshare --user true 2>/dev/null || skip "needs user namespaces for ordinary users"
}

# need_ns TYPE: a type that this kernel has.
need_ns()
{
	[[ -e /proc/self/ns/$1 ]] || skip "needs $1 namespaces"
}

# is_linux VERSION: this kernel, or a newer one.
is_linux()
{
	[[ $(printf '%s\n' "$1" "$(uname -r)" | sort --version-sort | head -n 1) == "$1" ]]
}

need_command()
{
	command -v "$1" >/dev/null || skip "needs $1"
}

# need_no_sanitizers WHY: a build without them.
need_no_sanitizers()
{
	! grep -q __asan_init "$NSX_BIN/nsx-unshare" || skip "needs a build without sanitizers, $1"
}

# --- Other users and processes

# Put before a command, it runs as an ordinary user: by root, as the one made
# for the tests.
AS_USER=()
if ((EUID == 0)); then
	NSX_USER=${NSX_USER:-nobody}
	AS_USER=(setpriv "--reuid=$NSX_USER" "--regid=$(id -g "$NSX_USER")" --init-groups --inh-caps=-all)
fi

# as_user COMMAND...: the same for run and for functions.
as_user()
{
	"${AS_USER[@]}" "$@"
}

# ns_link PID TYPE: "net:[4026531840]".
ns_link()
{
	readlink "/proc/$1/ns/$2"
}

# ns_inode PID TYPE: 4026531840.
ns_inode()
{
	ns_link "$1" "$2" | tr -dc 0-9
}

started_pids=()
started_inputs=()
ends_with_input=() # by pid

# start PROGRAM...: in the background, until the test ends or calls end_started.
# STARTED is its pid; what it prints is there to be read from the descriptor
# STARTED_OUTPUT.
start()
{
	local name=$BATS_TEST_TMPDIR/started.${#started_pids[@]}
	local fd input

	mkfifo "$name.in" "$name.out"
	(
		# Those of bats, or of what was started before, would keep them waiting.
		for fd in /proc/self/fd/*; do
			fd=${fd##*/}
			((fd <= 2)) || exec {fd}>&-
		done
		# Which bash ignores in the background.
		exec env --default-signal=INT,QUIT "$@"
	) <"$name.in" >"$name.out" &
	STARTED=$!
	exec {input}>"$name.in" {STARTED_OUTPUT}<"$name.out"
	rm "$name.in" "$name.out"
	started_pids+=("$STARTED")
	started_inputs+=("$input")
}

# end_started: end them all, with their input or by SIGTERM, and wait for that.
end_started()
{
	local fd pid

	for fd in "${started_inputs[@]}"; do
		exec {fd}>&-
	done
	for pid in "${started_pids[@]}"; do
		[[ ${ends_with_input[pid]-} ]] || kill "$pid" 2>/dev/null || true
	done
	for pid in "${started_pids[@]}"; do
		wait "$pid" || true
	done
	started_pids=()
	started_inputs=()
}

# hold LETTER...: have new namespaces, as helpers/hold.c makes them. HELD_PID is
# a process in them, HELD[TYPE] the inode number of each.
hold()
{
	hold_by "$NSX_HELPERS/hold" "$@"
}

# The same by the ordinary user.
hold_as_user()
{
	hold_by "${AS_USER[@]}" "$NSX_HELPERS/hold" "$@"
}

# shellcheck disable=SC2034 # HELD and HELD_PID are for the tests.
hold_by()
{
	local word type inode pid

	declare -gA HELD=()
	HELD_PID=
	start "$@"
	ends_with_input[STARTED]=yes
	while read -r word type inode pid <&"$STARTED_OUTPUT" && [[ $type ]]; do
		HELD[$type]=$inode
		HELD_PID=$pid
	done
	exec {STARTED_OUTPUT}<&-
	[[ $word == ready ]] || fail "cannot hold namespaces: $*"
}

# --- What a test expects of the last run --separate-stderr

# fail LINE...
fail()
{
	printf '%s\n' "$@" >&2
	return 1
}

# Everything that one wants to see of a command that did not do what it should.
show_run()
{
	# shellcheck disable=SC2154 # run sets all three.
	printf '%s\n' "status: $status" "stdout:" "$output" "stderr:" "${stderr-}" >&2
}

assert_status()
{
	# shellcheck disable=SC2154
	[[ $status -eq $1 ]] || {
		show_run
		fail "expected status $1"
	}
}

# assert_same EXPECTED GOT
assert_same()
{
	[[ $1 == "$2" ]] || {
		diff --unified --label expected --label got <(printf '%s\n' "$1") <(printf '%s\n' "$2") >&2
		fail "these differ"
	}
}

# assert_has TEXT PART, and its opposite
assert_has()
{
	[[ $1 == *"$2"* ]] || {
		show_run
		fail "expected in it: $2"
	}
}

refute_has()
{
	[[ $1 != *"$2"* ]] || {
		show_run
		fail "expected not in it: $2"
	}
}

# assert_matches TEXT REGEX: as [[ =~ ]] has it.
assert_matches()
{
	[[ $1 =~ $2 ]] || {
		show_run
		fail "expected to match: $2"
	}
}

# shellcheck disable=SC2154
assert_output_is()
{
	assert_same "$1" "$output"
}

assert_output_has()
{
	assert_has "$output" "$1"
}

assert_output_matches()
{
	assert_matches "$output" "$1"
}

refute_output_has()
{
	refute_has "$output" "$1"
}

# shellcheck disable=SC2154
assert_stderr_is()
{
	assert_same "$1" "$stderr"
}

assert_stderr_has()
{
	assert_has "$stderr" "$1"
}

assert_stderr_matches()
{
	assert_matches "$stderr" "$1"
}

refute_stderr_has()
{
	refute_has "$stderr" "$1"
}
