# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# zombie.bash - a process that has ended and is not reaped.

# start_zombie [COMMAND...]: have one, run by COMMAND if any is given, to give
# it a namespace of its own. ZOMBIE is its pid.
# shellcheck disable=SC2016,SC2154
start_zombie()
{
	start sh -c 'exec 4<&0; "$@" sh -c "echo \$\$; exec cat" <&4 & exec cat' zombie "$@"
	read -r ZOMBIE <&"$STARTED_OUTPUT"
	# As cat it does not know that it has a child; as sh it would reap it.
	until [[ $(<"/proc/$STARTED/comm") == cat ]]; do
		:
	done
	kill "$ZOMBIE"
	while grep -qs '^State:.[^Z]' "/proc/$ZOMBIE/status"; do
		:
	done
}
