# shellcheck shell=bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Completions for bash: what is offered where, against what the tools say; and
# that no name is ever run or broken. Most tests call the function as bash does,
# some are somebody at a terminal.
#
# shellcheck disable=SC2034,SC2154 # Much of it is for the functions under test.

load ../lib/common
load ../lib/spawn
load ../lib/names
load ../lib/terminal

scripts=$NSX_TESTS/../completions/bash

setup()
{
	common_setup
	COMP_WORDBREAKS=$' \t\n"\'@><=;|&(:'
	# shellcheck source=completions/bash/_nsx
	. "$scripts/_nsx"
}

teardown()
{
	close_terminal
	common_teardown
}

# Outside readline there is none to be told.
compopt()
{
	told+=("$2")
}

# split LINE: COMP_* as readline has them with the cursor at the end of a line
# that has no quotation marks.
split()
{
	local line=$1 breaks=${COMP_WORDBREAKS//[!=:@]/}

	COMP_LINE=$line
	COMP_POINT=${#line}
	COMP_WORDS=()
	while [[ $line ]]; do
		if [[ $line =~ ^([[:blank:]]+)(.*)$ ]]; then
			[[ ${BASH_REMATCH[2]} ]] || COMP_WORDS+=('')
		elif [[ $breaks && $line =~ ^(["$breaks"]+)(.*)$ ]]; then
			COMP_WORDS+=("${BASH_REMATCH[1]}")
		else
			[[ $line =~ ^((\\.|[^[:blank:]\\$breaks])+)(.*)$ ]]
			COMP_WORDS+=("${BASH_REMATCH[1]}")
		fi
		line=${BASH_REMATCH[-1]}
	done
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
}

# complete_line LINE: what is offered, in COMPREPLY; what bash is told, in `told`.
complete_line()
{
	told=()
	split "$1"
	_nsx "${COMP_WORDS[0]}"
}

# offers LINE WORD...: these and no others, in any order.
offers()
{
	local line=$1
	shift

	complete_line "$line"
	assert_same "$(printf '%s\n' "$@" | sort)" "$(printf '%s\n' "${COMPREPLY[@]}" | sort)"
}

# has_offer LINE WORD...: these and perhaps others.
has_offer()
{
	local line=$1 word all
	shift

	complete_line "$line"
	printf -v all '%s\n' "${COMPREPLY[@]}"
	for word; do
		assert_has $'\n'"$all" $'\n'"$word"$'\n'
	done
}

verbs()
{
	nsx-pin --help | grep -oE '^ nsx-pin \[?[a-z-]+' | grep -oE '[a-z-]+$' | sort -u
}

# The options of a tool, letters and names, as its help shows them.
options_shown()
{
	"$@" --help | grep -oE '^  (-.,|   ) --[a-z0-9-]+' | grep -oE -- '-[^ ,]+'
}

# --- What the tools say

@test "all options are offered, letters and names, of every tool and verb" {
	for tool in nsx-unshare nsx-enter nsx-ls; do
		shown=$(options_shown "$tool")
		assert_has "$shown" --help
		mapfile -t options <<<"$shown"
		offers "$tool -" "${options[@]}"
	done
	for verb in $(verbs); do
		mapfile -t options < <(options_shown nsx-pin "$verb")
		offers "nsx-pin $verb -" "${options[@]}"
	done
	mapfile -t options < <(options_shown nsx-pin)
	offers "nsx-pin -" "${options[@]}"
	offers "nsx-ls --list" --list --list-columns
}

# words_are_known TOOL [VERB]: those for arguments and operands in its help.
words_are_known()
{
	local tool=$1 verb=${2-} letter name how words kind

	while read -r letter name how words; do
		[[ $how != none ]] || continue
		[[ $words =~ ^([A-Z]+)[=:]([A-Z]+)$ ]] && words="${BASH_REMATCH[1]}|${BASH_REMATCH[2]}"
		while IFS= read -r -d '|' kind; do
			_nsx_values "$kind" "$name" '' >/dev/null || fail "unknown: $tool $verb $name $kind"
			((++known))
		done <<<"${words%%'[,'*}|"
	done < <(_nsx_options)
	while read -r words; do
		while IFS= read -r -d '|' kind; do
			[[ $kind == program || $kind == COMMAND ]] || _nsx_values "$kind" . '' >/dev/null ||
				fail "unknown: $tool $verb $kind"
			((++known))
		done <<<"${words%...}|"
	done < <(_nsx_operands)
}

@test "what --help calls an argument or an operand is known, everywhere" {
	known=0
	for tool in nsx-unshare nsx-enter nsx-ls; do
		words_are_known "$tool"
	done
	for verb in $(verbs); do
		words_are_known nsx-pin "$verb"
	done
	((known > 60))
	run ! _nsx_values WHATEVER . ''
}

@test "verbs of nsx-pin, and what each takes" {
	mapfile -t all < <(verbs)
	((${#all[@]} > 10))
	offers "nsx-pin " "${all[@]}"
	offers "nsx-pin --json li" list list-id
	offers "nsx-pin ex" exec
	offers "nsx-pin set blue " auto
	offers "nsx-pin monitor "
	offers "nsx-pin identify $BASHPID" "$BASHPID"
	offers "nsx-pin rename one tw"
}

@test "types: alone, in lists, behind = and behind a letter" {
	offers "nsx-ls --type " mount uts ipc net pid user cgroup time
	offers "nsx-ls --type=ne" net
	offers "nsx-ls -Jt ne" net
	offers "nsx-ls -tne" -tnet
	offers "nsx-ls -t net,u" net,uts net,user
	offers "nsx-unshare --all --share net,t" net,time
	has_offer "nsx-enter --each ne" net
}

@test "columns: those of --list-columns, also behind a plus and in lists" {
	mapfile -t columns < <(nsx-ls --list-columns | cut -d ' ' -f 1)
	offers "nsx-ls --output " "${columns[@]}"
	offers "nsx-ls -o +NS" +NS +NSFS +NSID
	offers "nsx-ls -o TYPE,PN" TYPE,PNS
	offers "nsx-ls -o +TYPE,PN" +TYPE,PNS
	mapfile -t columns < <(nsx-pin list --list-columns | cut -d ' ' -f 1)
	offers "nsx-pin list -o " "${columns[@]}"
	offers "nsx-pin show -o STATE,NA" STATE,NAME
}

@test "columns of a report are its own" {
	for report in --holders --sets --limits --pids --diff; do
		mapfile -t columns < <(nsx-ls "$report" --list-columns | cut -d ' ' -f 1)
		[[ " ${columns[*]} " != *" NTASKS "* || $report == --sets ]]
		offers "nsx-ls $report -o " "${columns[@]}"
		offers "nsx-ls --json $report --output ${columns[0]},${columns[1]}" "${columns[0]},${columns[1]}"
	done
	# Behind the cursor, or an argument, there is none.
	mapfile -t columns < <(nsx-ls --list-columns | cut -d ' ' -f 1)
	offers "nsx-ls --type --sets -o " "${columns[@]}"
}

@test "sources, words, users, groups, signals, variables" {
	mapfile -t sources < <(nsx-ls --sources | cut -d ' ' -f 1)
	offers "nsx-ls --source " "${sources[@]}"
	offers "nsx-ls --tree=p" parent process
	offers "nsx-unshare --propagation s" slave shared
	offers "nsx-unshare --map-users " auto subids all
	has_offer "nsx-enter --setuid " follow root
	has_offer "nsx-unshare -G " root
	offers "nsx-unshare --owner roo" root:
	assert_same nospace "${told[*]}"
	has_offer "nsx-unshare --owner root:" root
	offers "nsx-unshare --kill-child=TER" TERM
	export NSX_COMPLETED=1
	offers "nsx-unshare --whitelist-env PATH,NSX_COMPL" PATH,NSX_COMPLETED
	offers "nsx-unshare --hostname " # anything
	offers "nsx-unshare --no-such-option="
}

# --- References

@test "references: processes, kinds, inode numbers, 64-bit ids" {
	need_ns net
	inode=$(ns_inode self net)
	has_offer "nsx-enter --target " "$BASHPID" container: fd: pidfile: unit:
	offers "nsx-enter --target pidf" pidfile:
	[[ ${told[*]} == *nospace* ]]
	has_offer "nsx-ls --task " "$BASHPID" container: pidfile: unit:
	offers "nsx-ls --task unit" unit:
	[[ ${told[*]} == *nospace* ]]
	offers "nsx-ls --task=pidf" pidfile:
	[[ ${told[*]} == *nospace* ]]
	offers "nsx-ls -p pin"
	offers "nsx-pin identify uni"
	has_offer "nsx-ls @" "@$inode"
	has_offer "nsx-enter --net=net:[" "\\[$inode\\]"
	has_offer "nsx-ls --holders $BASHPI" "$BASHPID"
	has_offer "nsx-ls --diff 1 $BASHPI" "$BASHPID"
	offers "nsx-unshare --join ti" time=
	[[ ${told[*]} == *nospace* ]]
	has_offer "nsx-unshare --join net=$BASHPI" "$BASHPID"
	if nsid=$(nsx-ls -n -r -t net -o NSID | grep . | head -n 1); then
		has_offer "nsx-ls :" "$nsid"
	fi
}

@test "files and directories are left to bash, and what follows a program is its own" {
	offers "nsx-unshare --pid-file "
	assert_same default "${told[*]}"
	offers "nsx-unshare --net=/ru"
	assert_same default "${told[*]}"
	offers "nsx-enter --target ./fi"
	assert_same default "${told[*]}"
	offers "nsx-unshare --root "
	assert_same dirnames "${told[*]}"
	has_offer "nsx-unshare -rU nsx-l" nsx-ls
	has_offer "nsx-enter -t 1 -- nsx-l" nsx-ls
	has_offer "nsx-pin add blue --lo -- nsx-l" nsx-ls
	offers "nsx-pin add blue nsx-l"
	has_offer "nsx-pin exec blue nsx-l" nsx-ls
	has_offer "nsx-pin exec --user root blue nsx-l" nsx-ls
	has_offer "nsx-pin exec blue black -- nsx-l" nsx-ls
	has_offer "nsx-pin exec --all -- nsx-l" nsx-ls
	offers "nsx-unshare env --help"
	assert_same default "${told[*]}"
	_comp_command_offset()
	{
		offset=$1
	}
	complete_line "nsx-enter --net=pin:blue env -"
	assert_same 6 "$offset"
	complete_line "nsx-pin exec blue env -"
	assert_same 3 "$offset"
	complete_line "nsx-pin exec blue black -- env -"
	assert_same 5 "$offset"
}

@test "the cursor may stand within a word, and words may break elsewhere" {
	split "nsx-ls --type net"
	COMP_POINT=15
	_nsx nsx-ls
	assert_same net "${COMPREPLY[*]}"
	COMP_WORDBREAKS=$' \t\n"\'><;|&('
	offers "nsx-ls --type=ne" --type=net
	has_offer "nsx-enter --net=$BASHPI" "--net=$BASHPID"
}

@test "a shell of other habits: set -u, failglob, an IFS of its own" {
	set -u
	shopt -s failglob
	IFS=:
	complete_line "nsx-ls --type=ne"
	complete_line "nsx-enter --etc-netns=no-such"
	complete_line "nsx-ls --type ne"
	IFS=$' \t\n'
	shopt -u failglob
	set +u
	assert_same net "${COMPREPLY[*]}"
}

@test "a tool that is not there, or no tool: nothing is offered, nothing is said" {
	run --separate-stderr complete_line "/no/such/nsx-ls --ty"
	assert_ran
	assert_output_is ""
}

# --- Names

# bats test_tags=root
@test "names: where they stand for one, but not where a new one is wanted" {
	need_own_run
	nsx-pin add blue --uts
	nsx-pin add black --uts
	for verb in list show exec del rename set pids; do
		offers "nsx-pin $verb bl" blue black
	done
	offers "nsx-pin del blue bla" black
	offers "nsx-enter --uts=pin:bl" blue black
	offers "nsx-enter -t pin:blu" blue
	has_offer "nsx-enter -t " pin:blue pin:black
	offers "nsx-unshare --join uts=pin:blu" blue
	offers "nsx-pin attach new pin:blu" blue
	for line in "nsx-pin add " "nsx-pin attach " "nsx-unshare --pin " "nsx-pin rename blue "; do
		offers "$line"
	done
	nsx-pin del blue black
	assert_registry_is_empty
}

# shellcheck disable=SC2016
hostile=('a b' 'a$(touch canary)' 'a`touch canary`' "a'quote" 'a"quote' 'a\x20b' 'a;touch canary'
	'a*' 'a:b' 'a=b' 'a%s' 'a~' 'a!x' 'a|b')

# bats test_tags=root
@test "names with blanks, quotes and commands in them come back as they are, and never run" {
	need_own_run
	cd "$BATS_TEST_TMPDIR"
	for name in "${hostile[@]}"; do
		nsx-pin add "$name" --uts
	done
	nsx-pin add 'ünicode' --uts
	for line in "nsx-pin del a" "nsx-pin del " "nsx-enter -t pin:a"; do
		complete_line "$line"
		got=()
		for word in "${COMPREPLY[@]}"; do
			# As the shell reads it back; what has a blank or a "$" unquoted is seen here.
			eval "set -- $word"
			assert_same 1 "$#"
			got+=("$1")
		done
		for name in "${hostile[@]}"; do
			assert_has $'\n'"$(printf '%s\n' "${got[@]}")"$'\n' $'\n'"$name"$'\n'
		done
	done
	offers 'nsx-pin del a\ ' 'a\ b'
	offers 'nsx-pin del ü' 'ünicode'
	[[ ! -e canary ]]
	nsx-pin del "${hostile[@]}" 'ünicode'
	assert_registry_is_empty
}

# --- Somebody at a terminal

# open_completing_terminal: with bash's completions of this tree.
open_completing_terminal()
{
	cd "$BATS_TEST_TMPDIR" || return
	open_terminal
	type_keys "for tool in '$scripts'/nsx-*; do . \"\$tool\"; done; bind 'set bell-style none'" Enter
	type_keys "clear; echo 'rea'dy" Enter
	wait_until shows '^ready$'
}

@test "at a terminal: options, lists, references behind = and @" {
	need_command tmux
	open_completing_terminal
	type_keys "echo | nsx-ls --outp" Tab "-a" Tab "x"
	wait_until shows '^\$ echo | nsx-ls --output-all x'
	type_keys C-u "nsx-ls --type=cg" Tab "x"
	wait_until shows '^\$ nsx-ls --type=cgroup x'
	type_keys C-u "nsx-unshare --join ti" Tab "$BASHPID" Tab "x"
	wait_until shows "^\\$ nsx-unshare --join time=$BASHPID x"
	inode=$(ns_inode self ipc)
	type_keys C-u "nsx-ls --raw @$inode" Tab "x"
	wait_until shows "^\\$ nsx-ls --raw @$inode x"
	type_keys C-u "nsx-ls ipc:[$inode" Tab "x"
	wait_until shows "^\\$ nsx-ls ipc:\\\\\\[$inode\\\\\\] x"
}

# bats test_tags=root
@test "at a terminal: names with blanks and commands in them, in quotes and without" {
	need_own_run
	need_command tmux
	# shellcheck disable=SC2016
	name='bl $(touch canary) it'\''s'
	nsx-pin add "$name" --uts
	open_completing_terminal
	for start in 'bl' '"bl' "'bl"; do
		type_keys "nsx-pin list -n -o METHOD $start" Tab Enter
		wait_until shows '^bind$'
		type_keys "clear" Enter
		wait_until shows '^\$ *$'
		type_keys "nsx-enter --uts=pin:$start" Tab "-- echo 'wo'rks" Enter
		wait_until shows '^works$'
		type_keys "clear" Enter
		wait_until shows '^\$ *$'
	done
	[[ ! -e canary ]]
	nsx-pin del "$name"
	assert_registry_is_empty
}

@test "bash-completion finds them where they are installed" {
	loader=/usr/share/bash-completion/bash_completion
	[[ -e $loader ]] || skip "needs bash-completion"
	mkdir -p "$BATS_TEST_TMPDIR/completions"
	cp "$scripts"/* "$BATS_TEST_TMPDIR/completions"
	# shellcheck disable=SC2016 # For the shell within.
	run --separate-stderr env BASH_COMPLETION_USER_DIR="$BATS_TEST_TMPDIR" bash --norc -c '
		. "$1"
		for tool in nsx-unshare nsx-enter nsx-ls nsx-pin; do
			_comp_load "$tool" 2>/dev/null || _completion_loader "$tool"
			complete -p "$tool"
		done
	' bash "$loader"
	assert_output_is "$(printf 'complete -F _nsx %s\n' nsx-unshare nsx-enter nsx-ls nsx-pin)"
}
