# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# etc.bash - another /etc, for the tests of /etc/netns: loaded after spawn.bash.
#
# shellcheck disable=SC2016 # Shells inside expand.

# An /etc for those who are in_etc or with_etc: what programs need of it, and
# ETC/netns/blue.
make_etc()
{
	local file

	ETC=$BATS_TEST_TMPDIR/etc
	mkdir -p "$ETC/netns/blue"
	for file in passwd group nsswitch.conf ld.so.cache ld.so.conf; do
		[[ ! -e /etc/$file ]] || cp --dereference "/etc/$file" "$ETC"
	done
}

# in_etc COMMAND...: with the rights of root in a user namespace, and ETC as /etc.
in_etc()
{
	unshare --map-root-user --mount sh -e -c 'mount --rbind "$0" /etc; exec "$@"' "$ETC" "$@"
}

# with_etc COMMAND...: as root, who needs no user namespace.
with_etc()
{
	unshare --mount sh -e -c 'mount --rbind "$0" /etc; exec "$@"' "$ETC" "$@"
}

# mounted_below DIR <MOUNTINFO: where, a line each
mounted_below()
{
	awk -v dir="$1/" 'index($5, dir) == 1 { print $5 }' | sort -u
}
