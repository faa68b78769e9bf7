# SPDX-License-Identifier: GPL-2.0-or-later
#
# unarmed.awk - finds assertions that nothing comes of. Bash turns errexit off in a
# function that is called in a condition ("f || g", "f && g", "! f", "if f"), and
# in all that this calls: there only the last command counts, and whatever stands
# before it has to say "|| return".
#
#   awk -f tests/lib/unarmed.awk tests/lib/*.bash tests/x/y.bats
#
# It goes by the indentation that these files have.

function indent(line)
{
	match(line, /^\t*/)
	return RLENGTH
}

# Note which functions a line calls, and which of these in a condition. A word
# behind wait_until is called in one.
function look_at_calls(line, in_function,    words, n, i, is_condition)
{
	gsub(/'[^']*'/, "''", line)
	gsub(/"[^"$`]*"/, "\"\"", line)
	is_condition = line ~ /\|\||&&/ || line ~ /^\t*(if|elif|while|until|!) /
	gsub(/\$\(|<\(|[(;]/, " ; ", line)
	n = split(line, words, /[ \t]+/)
	for (i = 1; i <= n; i++) {
		if (words[i] !~ /^[a-z_][a-z_0-9]*$/)
			continue
		if (i > 1 && words[i - 1] !~ /^(|[|]+|&&|;|then|do|else|[{]|!|if|elif|while|until|wait_until|.*=.*)$/)
			continue
		# What a function ends with, behind "||", is as much of a condition as the function is.
		if (words[i - 1] == "wait_until" || words[i - 1] == "!" ||
			(is_condition && line !~ ("\\|\\| " words[i] "( [^|&]*)?$")))
			wanted[words[i]] = 1
		calls[in_function, words[i]] = 1
	}
}

# Is nothing done behind line I of a function that ends with line LAST?
function is_last(i, last,    j, depth)
{
	for (j = i + 1; j < last; j++) {
		if (text[j] ~ /^\t*return$/)
			return 1
		if (text[j] ~ /^\t*(#.*)?$/ || text[j] ~ /^\t*(fi|esac|})$/)
			continue
		if (text[j] ~ /^\t*(else|elif .*|;;)$/) {
			depth = indent(text[j])
			while (++j < last && !(text[j] ~ /^\t*(fi|esac)$/ && indent(text[j]) <= depth))
				;
			continue
		}
		return 0
	}
	return 1
}

function look_at_function(name, first, last,    i, line)
{
	for (i = first; i <= last; i++) {
		line = text[i]
		if (line !~ /^\t*(assert_|refute_|\[\[ )/ && line !~ /\|\| (assert_|fail )/)
			continue
		if (line ~ /^\t*\[\[ / && line ~ /(\|\||&&) / && line !~ /(\|\||&&) (assert_|refute_|fail )/)
			continue
		if (line ~ /\|\| (return|fail .*\|\| return|skip )/ || line ~ /(\|\| \{|\|\| if .*)$/ || is_last(i, last))
			continue
		found[++n_found] = name
		where[n_found] = place[i]
		what[n_found] = line
	}
}

FNR == 1 {
	n_open = 0
	joined = ""
}

{
	joined = joined $0
	if (joined ~ /\\$/) {
		sub(/\\$/, "", joined)
		next
	}
	text[++n] = joined
	place[n] = FILENAME ":" FNR
	joined = ""
}

text[n] ~ /^\t*[a-z_][a-z_0-9]*\(\)$/ {
	name = text[n]
	gsub(/[\t()]/, "", name)
	open_name[++n_open] = name
	open_at[n_open] = n
	next
}

n_open && text[n] ~ /^\t*}/ && indent(text[n]) == indent(text[open_at[n_open]]) {
	look_at_function(open_name[n_open], open_at[n_open] + 2, n)
	n_open--
	next
}

text[n] !~ /^\t*#/ {
	look_at_calls(text[n], n_open ? open_name[n_open] : "")
}

END {
	do {
		grew = 0
		for (pair in calls) {
			split(pair, both, SUBSEP)
			if (both[1] in wanted && !(both[2] in wanted))
				grew = wanted[both[2]] = 1
		}
	} while (grew)
	for (i = 1; i <= n_found; i++) {
		if (!(found[i] in wanted))
			continue
		sub(/^\t*/, "", what[i])
		print where[i] ": nothing comes of this, as " found[i] " is called in a condition: " what[i]
		bad = 1
	}
	exit bad
}
