# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# names.bash - for the tests that make names: loaded after spawn.bash. They need
# a registry of their own, and leave it empty.

setup()
{
	common_setup
	need_own_run
}

teardown()
{
	common_teardown
	assert_registry_is_empty
}
