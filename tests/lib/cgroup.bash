# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# cgroup.bash - cgroups of one's own, for tests of root: loaded after
# spawn.bash. Its setup and teardown take them away again.

# mount_of TYPE: where a hierarchy is mounted as a whole. One of cpuset takes
# processes only once it was given processors.
mount_of()
{
	awk -v type="$1" '
		$4 == "/" && index($0, " - " type " ") && !/cpuset/ { print $5; exit }
	' /proc/self/mountinfo
}

# need_cgroup TYPE: HIERARCHY is where it is mounted, CGROUP a cgroup of our own in it.
need_cgroup()
{
	HIERARCHY=$(mount_of "$1")
	if [[ ! $HIERARCHY && $1 == cgroup ]]; then
		# Without controllers it can always be had, if at all.
		HIERARCHY=$BATS_TEST_TMPDIR/hierarchy
		mkdir "$HIERARCHY"
		mount -t cgroup -o none,name=nsxtest none "$HIERARCHY" 2>/dev/null ||
			skip "needs cgroup v1 in the kernel"
		mounted=$HIERARCHY
	fi
	[[ $HIERARCHY ]] || skip "needs $1 mounted"
	CGROUP=$HIERARCHY/nsx-test-$$-$BATS_TEST_NUMBER
	make_cgroup "$CGROUP"
}

make_cgroup()
{
	mkdir "$1" 2>/dev/null || skip "needs to make cgroups"
	made+=("$1")
}

setup()
{
	common_setup
	made=() mounted=
}

teardown()
{
	common_teardown
	for ((i = ${#made[@]} - 1; i >= 0; i--)); do
		# Those who were in there may take a moment to be gone.
		wait_until rmdir "${made[i]}"
	done
	# bats would not get rid of what is in there.
	[[ ! $mounted ]] || umount --lazy "$mounted"
}
