#!/usr/bin/env bats
# bats file_tags=root
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The unit template for systemd, with the example of its configuration: what it
# says is run here as systemd(1) would run it.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn
load ../lib/names

# command_of KEY: its command line for the name "web".
command_of()
{
	sed -n "s,^$1=@bindir@/,,p" "$NSX_TESTS/../systemd/nsx-pin@.service.in" | sed 's/%I/web/g'
}

@test "started and stopped" {
	# As EnvironmentFile= reads it.
	# shellcheck disable=SC2034 # The command line has it.
	OPTIONS=$(sed -n 's/^OPTIONS=//p' "$NSX_TESTS/../systemd/example.conf")
	# shellcheck disable=SC2034
	SETUP='-- sh -c true'
	eval "run --separate-stderr $(command_of ExecStart)"
	assert_ran ""
	run --separate-stderr nsx-enter -t pin:web uname -n
	assert_ran example
	eval "run --separate-stderr $(command_of ExecStop)"
	assert_ran ""
	assert_same "" "$(registry)"
}

@test "systemd takes it" {
	need_command systemd-analyze
	mkdir "$BATS_TEST_TMPDIR/units"
	sed "s,@bindir@,$NSX_BIN,; s,%I,web,g" "$NSX_TESTS/../systemd/nsx-pin@.service.in" >"$BATS_TEST_TMPDIR/units/nsx-pin-web.service"
	run --separate-stderr systemd-analyze verify --man=no "$BATS_TEST_TMPDIR/units/nsx-pin-web.service"
	refute_stderr_has nsx-pin-web.service:
}
