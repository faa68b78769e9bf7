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

# specifiers NAME: for nsx-pin@NAME.service, put in what systemd.unit(5) says.
# In %I a dash stands for a slash, which no name has.
specifiers()
{
	sed "s,%i,$1,g; s,%I,${1//-//},g"
}

# command_of KEY NAME: its command line for that name.
command_of()
{
	sed -n "s,^$1=@bindir@/,,p" "$NSX_TESTS/../systemd/nsx-pin@.service.in" | specifiers "$2"
}

@test "started and stopped" {
	# As EnvironmentFile= reads it.
	# shellcheck disable=SC2034 # The command line has it.
	OPTIONS=$(sed -n 's/^OPTIONS=//p' "$NSX_TESTS/../systemd/example.conf")
	# shellcheck disable=SC2034
	SETUP='-- sh -c true'
	eval "run --separate-stderr $(command_of ExecStart my-web)"
	assert_ran ""
	run --separate-stderr nsx-enter -t pin:my-web uname -n
	assert_ran example
	eval "run --separate-stderr $(command_of ExecStop my-web)"
	assert_ran ""
	assert_same "" "$(registry)"
	assert_same /etc/nsx/my-web.conf \
		"$(sed -n 's/^EnvironmentFile=//p' "$NSX_TESTS/../systemd/nsx-pin@.service.in" | specifiers my-web)"
}

# value_of KEY: what the template says.
value_of()
{
	sed -n "s/^$1=//p" "$NSX_TESTS/../systemd/nsx-pin@.service.in"
}

@test "without a word in its file, and stopped after it was deleted by hand" {
	local word

	# systemd warns of what is not set; that of the file comes after it, and counts.
	for word in $(value_of Environment); do
		declare "$word"
	done
	for word in $(value_of ExecStart | grep -o '[$][A-Z]*'); do
		[[ -v ${word#$} ]] || fail "not set: $word"
	done
	eval "run --separate-stderr $(command_of ExecStart web)"
	assert_ran ""
	nsx-pin del web
	eval "run --separate-stderr $(command_of ExecStop web)"
	assert_error "$(value_of SuccessExitStatus)" "there is no name 'web'"
}

@test "systemd takes it" {
	need_command systemd-analyze
	mkdir "$BATS_TEST_TMPDIR/units"
	sed "s,@bindir@,$NSX_BIN," "$NSX_TESTS/../systemd/nsx-pin@.service.in" | specifiers web \
		>"$BATS_TEST_TMPDIR/units/nsx-pin-web.service"
	run --separate-stderr systemd-analyze verify --man=no "$BATS_TEST_TMPDIR/units/nsx-pin-web.service"
	refute_stderr_has nsx-pin-web.service:
}
