# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# spawn.bash - for the tests of the tools that run programs in namespaces, or
# keep them: loaded after common.bash.
#
# shellcheck disable=SC2034,SC2154 # Much of it is for the tests.

# The options that let the caller create namespaces: root needs none.
own_user=()
((EUID == 0)) || own_user=(--user)

# assert_ran [OUTPUT]: it did what it should and said nothing about it.
assert_ran()
{
	assert_status 0 || return
	[[ -z ${1+set} ]] || assert_output_is "$1" || return
	assert_stderr_is ""
}

# assert_error STATUS PART...: it ended with that status, printed nothing, and
# said so in one line, with its name in front and these parts in it.
assert_error()
{
	local want=$1 part
	shift

	assert_status "$want" || return
	assert_output_is "" || return
	assert_stderr_matches $'^nsx-[a-z]+: [^\n]+$' || return
	for part; do
		assert_stderr_has "$part" || return
	done
}

# wait_until COMMAND...: where nothing tells of a change, ask until it is so.
wait_until()
{
	local begin=$SECONDS

	while ! "$@"; do
		((SECONDS - begin <= PATIENCE)) || fail "still not so after $PATIENCE seconds: $*"
		sleep 0.02
	done
}

# is_in_state PID LETTER: as proc(5) has them, T for stopped.
is_in_state()
{
	local stat

	read -r stat 2>/dev/null <"/proc/$1/stat" || return
	stat=${stat##*) }
	[[ ${stat%% *} == "$2" ]]
}

is_gone()
{
	[[ ! -e /proc/$1 ]]
}

# The next line of what was started last, in LINE.
read_started()
{
	read -r -t "$PATIENCE" LINE <&"$STARTED_OUTPUT" || fail "it printed no line in $PATIENCE seconds"
}

# Close the standard input of what was started last.
end_input()
{
	local fd=${started_inputs[-1]}

	exec {fd}>&-
}

# Wait for the end of what was started last; how it ended is in status.
await_started()
{
	status=0
	output=
	stderr=
	wait "$STARTED" || status=$?
}

# The types of this kernel.
all_types()
{
	local type

	for type in mnt uts ipc net pid user cgroup time; do
		[[ ! -e /proc/self/ns/$type ]] || echo "$type"
	done
}

# Run inside by those who want to know where they are: all links, a line each.
# shellcheck disable=SC2016 # A shell inside expands.
TELL_LINKS='for type in mnt uts ipc net pid user cgroup time; do
	! [ -e /proc/self/ns/$type ] || readlink /proc/self/ns/$type
done'

# Which types differ from ours in the links that TELL_LINKS printed, in a line.
changed_types()
{
	local changed=() link

	while read -r link; do
		[[ $link == "$(ns_link self "${link%%:*}")" ]] || changed+=("${link%%:*}")
	done <<<"$output"
	echo "${changed[*]}"
}

# --- Another root

# A directory with a shell, and these commands, in ROOT.
make_root()
{
	local file command

	ROOT=$BATS_TEST_TMPDIR/root
	mkdir -p "$ROOT"/{bin,proc,sys,there}
	for command in /bin/sh "$@"; do
		cp --dereference "$command" "$ROOT/bin/"
		while read -r file; do
			cp --dereference --parents "$file" "$ROOT"
		done < <(ldd "$command" | grep -o '/[^ ]*')
	done
}

# --- Kept namespaces

# What namespaces are bound where, below a directory: "/dir/file net:[4026532001]".
bound_below()
{
	awk -v dir="$1/" '/ - nsfs / && index($5, dir) == 1 { print $5, $4 }' /proc/self/mountinfo
}

# Take away every mount below a directory; what teardown does for failed tests.
unbind_below()
{
	local path

	while read -r path _; do
		# The kernel writes "\040" for a blank, printf(1) takes "\0040".
		umount --lazy "$(printf %b "${path//\\/\\0}")" || true
	done < <(bound_below "$1")
}

# --- The registry of names

# These tests make names in /run, so that must be a world of their own.
need_own_run()
{
	[[ ${NSX_RUN-} ]] || skip "changes /run: needs the one that tests/run makes"
}

# Everything that a test of names could leave there.
registry()
{
	find /run/netns /run/nsx /run/user/*/nsx -mindepth 1 2>/dev/null || true
	bound_below /run | cut -d ' ' -f 1
}

# Take all names away, by means that do not depend on what is tested.
clear_registry()
{
	local record

	for record in /run/nsx/*/{record,unfinished} /run/user/*/nsx/*/record; do
		[[ ! -f $record ]] || sed -nE 's/^(init|holder)=([0-9]+).*/\2/p' "$record" |
			xargs -r kill -KILL 2>/dev/null || true
	done
	unbind_below /run
	find /run/netns /run/nsx /run/user/*/nsx -mindepth 1 -delete 2>/dev/null || true
}

# For teardown: nothing may be left of any name.
assert_registry_is_empty()
{
	local left

	left=$(registry)
	[[ $left ]] || return 0
	clear_registry
	fail "left in the registry:" "$left"
}
