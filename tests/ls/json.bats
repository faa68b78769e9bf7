#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# json.bats - what programs read: types of values, unknown ones, and commands
# made by someone who wishes no good.

load ../lib/common
load zombie

setup()
{
	common_setup
	need_command jq
}

# Run jq on the JSON of nsx-ls: json FILTER [OPTION...]
json()
{
	local filter=$1
	shift
	nsx-ls --json "$@" | jq --compact-output "$filter"
}

# A process in a namespace of its own whose command line has everything.
# shellcheck disable=SC2016,SC2154
start_hostile()
{
	need_userns
	start unshare --user --map-root-user --uts bash -c 'exec -a "$1" cat' bash \
		$'a b\nc\e[31m\xff"q"\\ \xc2\x9b gr\xc3\xbc\xc3\x9f'
	# What comes back through it tells that cat is running.
	echo hello >&"${started_inputs[-1]}"
	read -r _ <&"$STARTED_OUTPUT"
	inode=$(ns_inode "$STARTED" uts)
}

@test "an object with an array of flat objects" {
	run --separate-stderr json 'keys, (.namespaces[0] | keys_unsorted), ([.namespaces[] | has("children")] | any)'
	assert_status 0
	assert_output_is '["complete","counts","namespaces","schema"]
["ns","type","nprocs","pid","user","command"]
false'
	assert_stderr_is ""
}

@test "numbers are numbers, and unknown is null" {
	local nsid=number initial=boolean

	need_userns
	if ! is_linux 6.18; then # which has such ids, and knows the first net namespace by its number
		nsid=null
		[[ $(readlink /proc/2/ns/net) ]] || initial=null
	fi
	hold -U -n
	run --separate-stderr json ".namespaces[] | select(.ns == ${HELD[net]}) | map_values(type)" --output-all
	assert_status 0
	assert_output_is '{"ns":"number","type":"string","path":"string","nprocs":"number","pid":"number","ppid":"number","command":"string","uid":"number","user":"string","netnsid":"null","nsfs":"array","pns":"null","ons":"number","nsid":"'$nsid'","level":"null","ntasks":"number","init":"null","leader":"number","name":"array","holders":"array","owner_uid":"null","initial":"'$initial'","cgroup":"string","unit":"null","container":"null","detail":"string"}'
	assert_stderr_is ""

	run --separate-stderr json ".namespaces[] | select(.ns == ${HELD[net]}) | [.type, .nprocs, .pid, .uid, .pns, .ons]" --output-all
	assert_status 0
	assert_output_is "[\"net\",1,$HELD_PID,$EUID,null,${HELD[user]}]"
}

@test "nothing to show is an empty array" {
	# A zombie is in two namespaces only.
	start_zombie
	run --separate-stderr json .namespaces --task "$ZOMBIE" --type net
	assert_status 0
	assert_output_is '[]'
	assert_stderr_is ""
}

@test "what could not be read is counted" {
	[[ -z $(as_user readlink /proc/1/ns/net) ]] || skip "process 1 can be read"
	run --separate-stderr as_user nsx-ls --json
	assert_status 0
	assert_stderr_is ""
	assert_same '[1,false,true,true]' "$(jq --compact-output '[.schema, .complete,
		(.counts | .processes_unread > 0, .processes_unread <= .processes)]' <<<"$output")"

	# The processes of a world with a /proc of its own can all be read.
	need_userns
	run --separate-stderr as_user unshare --user --map-root-user --pid --fork --mount-proc \
		nsx-ls --json --source processes
	assert_status 0
	assert_same '[1,true,0,0]' "$(jq --compact-output '[.schema, .complete,
		(.counts | .processes_unread, .mount_namespaces)]' <<<"$output")"
}

# bats test_tags=root
@test "what /proc hides makes it incomplete, though nobody knows how much that is" {
	# shellcheck disable=SC2016 # For the shell within.
	run --separate-stderr unshare --mount --propagation private sh -ec '
		mount -t proc -o hidepid=2 none /proc
		exec "$@"' - "${AS_USER[@]}" nsx-ls --json --verbose
	assert_status 0
	assert_same '[false,0]' "$(jq --compact-output '[.complete, .counts.processes_unread]' <<<"$output")"
	assert_stderr_matches 'nsx-ls: incomplete: .*/proc hides processes of others \(run as root for all\)'
	# Root sees them all the same.
	# shellcheck disable=SC2016
	run --separate-stderr unshare --mount --propagation private sh -ec '
		mount -t proc -o hidepid=2 none /proc
		exec nsx-ls --json --verbose'
	refute_stderr_has "hides"
}

# --- The schema

# JSON on standard input against tests/ls/schema.json: silent where it fits.
check_schema()
{
	jq --raw-output --slurpfile schema "$NSX_TESTS/ls/schema.json" --from-file "$NSX_TESTS/ls/schema.jq"
}

@test "what is printed fits the schema" {
	need_userns
	hold -U -n -u
	for options in "" --output-all --tree "--tree=parent --output-all" "--tree=process --type net" --persistent \
		"--task $$" "--task $$ --output-all" "net:[${HELD[net]}]" "--output-all net:[${HELD[net]}]" \
		--list-columns --sources --holders "--holders net:[${HELD[net]}]" --sets "--pids $$ $HELD_PID" \
		--limits "--diff $$ $HELD_PID" "--type net" "--sets --output NAMESPACES,PID" \
		"--holders --list-columns"; do
		# shellcheck disable=SC2086 # Words.
		run --separate-stderr nsx-ls --json $options
		assert_status 0
		run --separate-stderr check_schema <<<"$output"
		assert_status 0
		assert_output_is ""
		assert_stderr_is ""
	done
}

@test "and what does not fit is found" {
	good='{"schema": 1, "complete": true, "counts": {"processes": 1, "processes_unread": 0,
		"mount_namespaces": 0, "mount_namespaces_unread": 0},
		"namespaces": [{"ns": 4026531840, "type": "net", "pid": null, "children": []}]}'
	run --separate-stderr check_schema <<<"$good"
	assert_output_is ""
	for bad in '.schema = 2' '.complete = 1' 'del(.counts)' '.counts.processes = "1"' '.counts.processes = -1' \
		'del(.namespaces)' '.namespaces = {}' '.namespaces[0].ns = "4026531840"' '.namespaces[0].ns = 1.5' \
		'.namespaces[0].type = "foo"' '.namespaces[0].type = null' '.namespaces[0].foo = 1' \
		'.namespaces[0].children = null' '.namespaces[0].children = [{"ns": true}]' '.foo = 1'; do
		run --separate-stderr check_schema < <(jq "$bad" <<<"$good")
		assert_status 0
		[[ $output ]] || fail "it takes: $bad"
	done
}

@test "the schema and the manual page have each column, with its type" {
	columns=$(nsx-ls --json --list-columns | jq --raw-output '.columns[] |
		(.name | ascii_downcase) + " " + .type' | sort)
	# shellcheck disable=SC2016 # jq's.
	run --separate-stderr jq --raw-output '."$defs".row.properties | del(.children) | to_entries[] |
		.key + " " + (.value.type // ["string"] | if type == "array" then .[0] else . end |
			if . == "integer" then "number" else . end)' "$NSX_TESTS/ls/schema.json"
	assert_status 0
	assert_same "$columns" "$(sort <<<"$output")"
	assert_same "$columns" \
		"$(awk '/^\.Sh/ { is_there = $2 == "COLUMNS" }
			is_there && /^\.It Sy [A-Z_]+$/ { name = tolower($3); getline; sub(":", "", $2); print name, $2 }' \
			"$NSX_TESTS/../man/nsx-ls.8" | sort)"
}

# --- Hostile commands

@test "a hostile command is valid JSON, and keeps what can be kept" {
	start_hostile
	run --separate-stderr nsx-ls --json --type uts
	assert_status 0
	assert_stderr_is ""
	iconv -f UTF-8 -t UTF-8 <<<"$output" >/dev/null
	jq . <<<"$output" >/dev/null
	# Nothing but printable characters and line ends.
	refute_has "$output" $'\e'
	refute_has "$output" $'\xc2\x9b'
	command=$(jq --raw-output ".namespaces[] | select(.ns == $inode).command" <<<"$output")
	assert_same $'a b\nc\e[31m\xef\xbf\xbd"q"\\ \xc2\x9b gr\xc3\xbc\xc3\x9f' "$command"
}

@test "a hostile command neither breaks a line nor drives a terminal" {
	start_hostile
	run --separate-stderr nsx-ls --noheadings --type uts --output NS,COMMAND
	assert_status 0
	assert_output_has "$inode a b\\x0ac\\x1b[31m\\xff\"q\"\\ \\xc2\\x9b gr"
	assert_stderr_is ""

	run --separate-stderr nsx-ls --noheadings --type uts --output NS,COMMAND --raw
	assert_status 0
	assert_output_has "$inode a\\x20b\\x0ac\\x1b[31m\\xff\"q\"\\x5c\\x20\\xc2\\x9b\\x20gr"
	assert_stderr_is ""
}
