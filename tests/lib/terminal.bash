# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# terminal.bash - somebody at a terminal who types and looks: loaded after
# spawn.bash. A file that loads it calls close_terminal in its teardown.
#
# shellcheck disable=SC2034,SC2154 # Much of it is for the tests.

# A terminal with a shell in it whose prompt ends in "$ ", of a tmux server of our own.
open_terminal()
{
	need_command tmux
	terminal=nsx-test-$BATS_SUITE_TEST_NUMBER-$$
	export TMUX_TMPDIR=$BATS_TEST_TMPDIR
	tmux -L "$terminal" -f /dev/null new-session -d -x 120 -y 40 \
		env ENV= PS1='$ ' PATH="$PATH" bash --norc --noprofile -i
	wait_until shows '^\$ *$'
}

close_terminal()
{
	[[ ! ${terminal-} ]] || tmux -L "$terminal" kill-server 2>/dev/null || true
}

screen()
{
	tmux -L "$terminal" capture-pane -p
}

# Does a line of the screen match? And do so many?
shows()
{
	grep -q -- "$1" <<<"$(screen)"
}

shows_times()
{
	(($(grep -c -- "$1" <<<"$(screen)") == $2))
}

type_keys()
{
	tmux -L "$terminal" send-keys "$@"
}
