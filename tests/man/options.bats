# shellcheck shell=bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# --help and the manual page of a tool know the same options: the letter, the
# long name, and whether there is an argument.

load ../lib/common

pages=$NSX_TESTS/../man

# Lines of --help to lines "LETTER --NAME ARGUMENT"; "." for what there is not.
options_of_help()
{
	sed -nE '
		s/^  -(.), --([a-z0-9-]+)/\1 --\2/; t argument
		s/^      --([a-z0-9-]+)/. --\1/; t argument
		d
		: argument
		s/^(. --[a-z0-9-]+)\[=.*/\1 optional/; t print
		s/^(. --[a-z0-9-]+) [^ ].*/\1 required/; t print
		s/^(. --[a-z0-9-]+)( .*|)$/\1 ./; t print
		s/$/ ?/
		: print
		p
	' | sort -u
}

# The same of the items ".It Fl ..." in the section OPTIONS.
options_of_page()
{
	awk '
		/^\.Sh / { in_options = $2 == "OPTIONS" }
		in_options && /^\.It Fl / {
			letter = "."
			name = argument = ""
			for (i = 3; i <= NF; i++) {
				if (name == "" && $i ~ /^.$/ && $i != ",")
					letter = $i
				else if (name == "" && $i ~ /^-./)
					name = "-" $i
				else if (name != "" && $i == "=")
					argument = "optional"
				else if (name != "" && argument == "" && ($i == "Ar" || $i == "Cm"))
					argument = "required"
			}
			print letter, name, argument == "" ? "." : argument
		}
	' "$1" | sort -u
}

# check_options PAGE: against the help on standard input.
check_options()
{
	local help page

	help=$(options_of_help)
	page=$(options_of_page "$pages/$1")
	[[ $help && $page ]]
	assert_same "$help" "$page"
}

@test "nsx-unshare: --help and the page have the same options" {
	check_options nsx-unshare.1 < <(nsx-unshare --help)
}

@test "nsx-enter: --help and the page have the same options" {
	check_options nsx-enter.1 < <(nsx-enter --help)
}

@test "nsx-ls: --help and the page have the same options" {
	check_options nsx-ls.8 < <(nsx-ls --help)
}

@test "nsx-pin: --help of all verbs and the page have the same options" {
	verbs=$(nsx-pin --help | sed -nE 's/^ nsx-pin \[?([a-z-]+).*/\1/p')
	assert_has "$verbs" add
	check_options nsx-pin.8 < <(
		nsx-pin --help
		for verb in $verbs; do
			nsx-pin "$verb" --help
		done
	)
}

@test "mandoc finds no fault with a page" {
	need_command mandoc
	for page in "$pages"/*.[1-8]; do
		run --separate-stderr mandoc -T lint -W warning "$page"
		assert_status 0
		assert_output_is ""
	done
}
