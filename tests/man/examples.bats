# shellcheck shell=bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The examples of every manual page do what the page shows. How they are
# written there is told in lib/man-examples. Each has a shell of its own; those
# that take root have a mount namespace with an empty /run, too, and with a copy
# of /etc where they write there.

load ../lib/common

pages=$NSX_TESTS/../man

# The commands of one example, the output expected of each, and whose it is.
commands=() prompts=() expected=()
block= # "nsx-pin.8:210", where it begins

# What a block's script starts with. The output of a command ends in \001, its
# status, and \001. Jobs are disowned, so that bash is silent about their end.
# shellcheck disable=SC2016 # For the shell within.
prologue='
cd /
# No directory that an ordinary user may not search: that would be status 126.
PATH=$NSX_BIN:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
exec </dev/null 2>&1
started=()
trap '\''kill "${started[@]}" 2>/dev/null'\'' EXIT
# A person at a prompt takes a moment for the next line: until the job has
# become the program, or has a child that has, or a grandchild, below an init.
settle()
{
	local tries comm family

	started+=("$1")
	disown "$1"
	for ((tries = 0; tries < 200; tries++)); do
		family=("$1" $(pgrep --parent "$1")) # another way would change what $! is
		comm=$(ps -o comm= --pid "$1" --ppid "${family[*]}") || return
		grep -qvE "^(bash|setpriv|nsx-.*)$" <<<"$comm" && return
		sleep 0.02
	done
}
'

# script_of PREFIX...: a block as a script; PREFIX makes a command an ordinary
# user'\''s.
script_of()
{
	local i command

	echo "$prologue"
	for i in "${!commands[@]}"; do
		command=${commands[i]}
		[[ ${prompts[i]} == '#' || $# -eq 0 ]] ||
			printf -v command '%q ' "$@" bash -c "$command"
		printf '{\n%s\n}\n' "$command"
		# shellcheck disable=SC2016
		printf '%s\n' 'printf "\001%s\001" "$?"'
		# shellcheck disable=SC2016
		[[ $command != *'&' ]] || echo 'settle "$!"'
	done
}

# run_script: the script on standard input, in the world for its block.
run_script()
{
	local script
	local copy_etc=:

	script=$(cat)
	if [[ $1 == root ]]; then
		[[ $script != */etc/netns/* ]] ||
			copy_etc='mount -t tmpfs -o mode=755 nsx-tests /mnt && cp -a /etc/. /mnt && mount --move /mnt /etc'
		# shellcheck disable=SC2016 # For the shell within.
		unshare --mount --propagation private bash -c \
			"$copy_etc"' && mount -t tmpfs -o mode=755 nsx-tests /run && exec bash -c "$0"' "$script"
	else
		as_user bash -c "$script"
	fi
}

# A regular expression for lines of expected output.
pattern_of()
{
	local line

	while IFS= read -r line; do
		if [[ $line == ... ]]; then
			printf '.*'
			continue
		fi
		# First make every byte stand for itself.
		# shellcheck disable=SC2016
		printf '%s' "$line" | sed -E 's/[[:blank:]]+/ /g
			s/^ //
			s/[][\\.*^$(){}?+|]/\\&/g
			s/\\\.\\\.\\\./.*/g
			s/\<4026[0-9]{6}\>/4026[0-9]{6}/g'
		printf '\n'
	done
}

# check_block root|user: run it; say what is wrong with it and return 1.
check_block()
{
	local all i output status pattern
	local prefix=()
	local wrong=0

	[[ $1 == user ]] || prefix=("${AS_USER[@]}")
	all=$(script_of "${prefix[@]}" | run_script "$1")
	for i in "${!commands[@]}"; do
		output=${all%%$'\001'*}
		all=${all#*$'\001'}
		status=${all%%$'\001'*}
		all=${all#*$'\001'}
		[[ -z $output || $output == *$'\n' ]] || output+=$'\n'
		output=$(sed -E 's/[[:blank:]]+/ /g; s/^ //; s/ $//' <<<"$output")$'\n'
		if [[ $status != 0 ]]; then
			printf '%s: "%s" ended with %s:\n%s' "$block" "${commands[i]}" "$status" "$output" >&2
			return 1 # the others may depend on it
		fi
		[[ ${expected[i]} ]] || continue
		pattern=$(pattern_of <<<"${expected[i]%$'\n'}" && printf .)
		[[ $output =~ ^${pattern%.}$ ]] && continue
		printf '%s: "%s" printed:\n%sand not:\n%s' "$block" "${commands[i]}" "$output" "${expected[i]}" >&2
		wrong=1
	done
	return "$wrong"
}

# Has the ordinary user subordinate ids, and what maps them?
has_subids()
{
	local name file

	name=$(as_user id -un)
	for file in /etc/subuid /etc/subgid; do
		grep -qs "^$name:" "$file" || return
	done
	command -v newuidmap >/dev/null && command -v newgidmap >/dev/null
}

# The block that was read, if it is one for root|user.
finish_block()
{
	local whose=user

	((${#commands[@]})) || return 0
	[[ " ${prompts[*]} " != *' # '* ]] || whose=root
	[[ $whose == "$1" ]] || return 0
	if [[ ${commands[*]} == *--map-auto* ]] && ! has_subids; then
		echo "$block: passed over, no subordinate ids"
		return 0
	fi
	((++checked))
	check_block "$1" || ((++failed))
}

# check_pages root|user: the examples of all pages that are for these.
check_pages()
{
	local page line
	local checked=0 failed=0

	for page in "$pages"/*.[1-8]; do
		while IFS= read -r line <&"$records"; do
			case $line in
			block*)
				finish_block "$1"
				block=${page##*/}:${line#block }
				commands=() prompts=() expected=()
				;;
			['$#']*)
				prompts+=("${line:0:1}")
				commands+=("${line:1}")
				expected+=('')
				;;
			=*)
				expected[-1]+=${line:1}$'\n'
				;;
			esac
		done {records}< <("$NSX_TESTS/lib/man-examples" "$page" || echo "block 0"; echo "block end")
		exec {records}<&-
		commands=()
	done
	echo "$checked examples"
	((failed == 0 && checked > 0))
}

need_programs()
{
	local program

	for program in hostname ip jq ps; do
		need_command "$program"
	done
}

@test "every page has examples that can be read" {
	for page in "$pages"/*.[1-8]; do
		run --separate-stderr "$NSX_TESTS/lib/man-examples" "$page"
		assert_status 0
		assert_stderr_is ""
		assert_output_has block
	done
}

# bats test_tags=root
@test "the examples for root do what the pages show" {
	need_programs
	check_pages root
}

@test "the examples for an ordinary user do what the pages show" {
	need_programs
	need_userns
	check_pages user
}
