# shellcheck shell=bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What makes a mistake of the programs harder to use: looked up in the programs,
# for a flag that a compiler was given says little. configure has the flags.

load ../lib/common

programs=("$NSX_BIN"/nsx-{unshare,enter,ls,pin})

setup()
{
	common_setup
	need_command readelf
	grep -qx 'hardening = yes' "$NSX_TESTS/../Makefile" || skip "needs a build with hardening"
}

# each_has WHAT READELF-OPTION PATTERN: a line of what readelf prints of each program.
each_has()
{
	local program

	for program in "${programs[@]}"; do
		readelf --wide "$2" "$program" | grep -qE "$3" || {
			echo "$program: $1"
			return 1
		}
	done
}

@test "programs may lie anywhere in memory" {
	each_has "no PIE" --file-header '^ +Type: +DYN '
	each_has "no PIE" --dynamic '\(FLAGS_1\).* PIE( |$)'
}

@test "the tables of the dynamic linker are complete at start, and read-only from then on" {
	each_has "does not bind at start" --dynamic '\(FLAGS_1\).* NOW( |$)'
	each_has "no RELRO" --program-headers '^ +GNU_RELRO '
}

@test "no stack is executable" {
	each_has "its stack is executable" --program-headers '^ +GNU_STACK +(0x[0-9a-f]+ +){5}RW +'
}

@test "functions notice when their stack was overwritten" {
	each_has "no stack protector" --dyn-syms ' __stack_chk_fail(@|$)'
}

@test "buffers are checked where their size is known" {
	each_has "no _FORTIFY_SOURCE" --dyn-syms ' __[a-z]*printf_chk(@|$)'
}
