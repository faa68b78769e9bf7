# shellcheck shell=bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Completions for zsh: what is offered where, against what the tools say; and
# that no name is ever run or broken. There is no completing without a line
# editor, so all of it is somebody at a terminal, in a zsh that writes down what
# it offers.

load ../lib/common
load ../lib/spawn
load ../lib/names
load ../lib/terminal

setup()
{
	common_setup
	need_command zsh
	need_command tmux
	cd "$BATS_TEST_TMPDIR" || return
	offered=$BATS_TEST_TMPDIR/offered
	cat >.zshrc <<-END
		PS1='%% '
		fpath=('$NSX_TESTS/../completions/zsh' \$fpath)
		autoload -Uz compinit && compinit -u -D
		zstyle ':completion:*' list-prompt ''
		LISTMAX=100000
		compadd()
		{
			if [[ \${@[1,(i)(-|--)]} != *-(O|A|D)' '* ]]; then
				local -a hits
				builtin compadd -A hits "\$@"
				((!\$#hits)) || print -rl -- \$hits >>$offered
			fi
			builtin compadd "\$@"
		}
		# The line it becomes is the last, and is taken away.
		tell()
		{
			zle complete-word
			print -r -- "line: \$BUFFER" >>$offered
			BUFFER=
		}
		zle -N tell
		bindkey '^I' tell
	END
	open_terminal
	type_keys "clear; ZDOTDIR='$BATS_TEST_TMPDIR' exec zsh -i" Enter
	wait_until shows '^% *$'
}

teardown()
{
	close_terminal
	common_teardown
}

is_told()
{
	grep -q '^line: ' "$offered"
}

# complete_line LINE: what is offered, in `got`, a line each; the line that it
# becomes, in `became`.
complete_line()
{
	: >"$offered"
	type_keys -l "$1"
	type_keys Tab
	wait_until is_told
	became=$(sed -n 's/^line: //p' "$offered")
	got=$(grep -v '^line: ' "$offered" | sort -u)
}

# offers LINE WORD...: these and no others, in any order.
offers()
{
	local line=$1
	shift

	complete_line "$line"
	assert_same "$(printf '%s\n' "$@" | sort -u)" "$got"
}

# has_offer LINE WORD...: these and perhaps others.
has_offer()
{
	local line=$1 word
	shift

	complete_line "$line"
	for word; do
		assert_has $'\n'"$got"$'\n' $'\n'"$word"$'\n'
	done
}

# becomes LINE WHAT
becomes()
{
	complete_line "$1"
	assert_same "$2" "$became"
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
}

# The words for arguments that a file of completions knows. That these are all
# there are is seen in bash.bats.
known_words()
{
	sed -n '/^_nsx_values()/,/^}/p' "$1" | grep -oE "'[^' ]* [A-Z:]+'" | sort
}

@test "what arguments are called in --help is known as it is to bash" {
	known=$(known_words "$NSX_TESTS/../completions/bash/_nsx")
	assert_has "$known" "' TYPE'"
	assert_same "$known" "$(known_words "$NSX_TESTS/../completions/zsh/_nsx")"
}

@test "verbs of nsx-pin, and what each takes" {
	mapfile -t all < <(verbs)
	offers "nsx-pin " "${all[@]}"
	offers "nsx-pin ex" exec
	offers "nsx-pin set blue " auto
	has_offer "nsx-pin identify " "$BASHPID"
	has_offer "nsx-pin add blue --lo -- nsx-l" nsx-ls
	has_offer "nsx-pin exec blue nsx-l" nsx-ls
	has_offer "nsx-pin exec blue nsx-ls --tre" --tree
	has_offer "nsx-pin exec blue black -- nsx-l" nsx-ls
}

@test "types, columns, sources: alone and in lists" {
	offers "nsx-ls --type " mount uts ipc net pid user cgroup time
	becomes "nsx-ls --type=ne" "nsx-ls --type=net,"
	becomes "nsx-ls -Jt net,ti" "nsx-ls -Jt net,time,"
	mapfile -t columns < <(nsx-ls --list-columns | cut -d ' ' -f 1)
	offers "nsx-ls --output " "${columns[@]}"
	offers "nsx-ls -o +TYPE,PN" PNS
	for report in --holders --sets --limits --pids --diff; do
		mapfile -t columns < <(nsx-ls "$report" --list-columns | cut -d ' ' -f 1)
		offers "nsx-ls $report -o " "${columns[@]}"
	done
	mapfile -t columns < <(nsx-pin list --list-columns | cut -d ' ' -f 1)
	offers "nsx-pin list -o " "${columns[@]}"
	mapfile -t sources < <(nsx-ls --sources | cut -d ' ' -f 1)
	offers "nsx-ls --source " "${sources[@]}"
}

@test "words, users, signals, variables, directories" {
	offers "nsx-ls --tree=" owner parent process
	offers "nsx-unshare --map-users " auto subids all
	has_offer "nsx-enter --setuid " follow root
	becomes "nsx-unshare --owner roo" "nsx-unshare --owner root:"
	becomes "nsx-unshare --kill-child=TER" "nsx-unshare --kill-child=TERM "
	becomes "nsx-unshare --whitelist-env PAT" "nsx-unshare --whitelist-env PATH,"
	becomes "nsx-unshare --root /pro" "nsx-unshare --root /proc/"
}

@test "references, and the command that follows" {
	has_offer "nsx-enter --target " "$BASHPID" container: fd: pidfile: unit:
	becomes "nsx-enter --target pidf" "nsx-enter --target pidfile:"
	has_offer "nsx-ls --task " "$BASHPID" container: pidfile: unit:
	becomes "nsx-ls --task uni" "nsx-ls --task unit:"
	inode=$(ns_inode self uts)
	has_offer "nsx-ls @" "@$inode"
	becomes "nsx-enter --uts=uts:\\[$inode" "nsx-enter --uts=uts:\\[$inode\\] "
	becomes "nsx-unshare --join ti" "nsx-unshare --join time="
	has_offer "nsx-unshare --join time=" "$BASHPID"
	has_offer "nsx-enter -t 1 -- nsx-l" nsx-ls
	has_offer "nsx-unshare -rU nsx-l" nsx-ls
	has_offer "nsx-unshare nsx-ls --tre" --tree
}

# bats test_tags=root
@test "names: where they stand for one, with blanks and commands in them" {
	need_own_run
	# shellcheck disable=SC2016
	name='bl $(touch canary) `touch canary` it'\''s"'
	nsx-pin add "$name" --uts
	offers "nsx-pin add " ''
	offers "nsx-pin rename new " ''
	for line in "nsx-pin del " "nsx-pin del bl" "nsx-pin del 'bl" "nsx-enter --uts=pin:bl" "nsx-unshare --join uts=pin:bl" \
		"nsx-pin attach new pin:"; do
		complete_line "$line"
		# As the shell reads it back.
		eval "set -- $became"
		assert_has "${*: -1}" "$name"
	done
	[[ ! -e canary ]]
	nsx-pin del "$name"
	assert_registry_is_empty
}
