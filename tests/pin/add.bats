#!/usr/bin/env bats
# bats file_tags=root
# SPDX-License-Identifier: GPL-2.0-or-later
#
# nsx-pin add: new namespaces under a name.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn
load ../lib/names

# adds TYPE OPTION...: under a new name there is a new namespace of that type,
# and no other.
adds()
{
	local type=$1 option inode
	shift

	need_ns "$type"
	for option; do
		run --separate-stderr nsx-pin add box "$option"
		assert_ran ""
		run --separate-stderr nsx-pin list --noheadings
		assert_ran
		assert_output_matches "^box +$type +[0-9]+ .* ok\$"
		inode=$(nsx-pin list --noheadings --output NS | tr -d " ")
		[[ $inode != "$(ns_inode self "$type")" ]]
		run --separate-stderr nsx-enter --preserve-credentials "-${option//-/}pin:box" readlink "/proc/self/ns/$type"
		[[ $option == --* ]] || assert_ran "$type:[$inode]"
		nsx-pin del box
	done
}

@test "without a type, it is a network namespace" {
	run --separate-stderr nsx-pin add box
	assert_ran ""
	assert_same "net:[$(stat --format=%i /run/netns/box)]" "$(nsx-enter --net=pin:box readlink /proc/self/ns/net)"
	[[ $(stat --format=%i /run/netns/box) != "$(ns_inode self net)" ]]
	assert_same record "$(ls /run/nsx/box)"
	nsx-pin del box
}

@test "-m, --mount" {
	adds mnt -m --mount
}

@test "-u, --uts" {
	adds uts -u --uts
}

@test "-i, --ipc" {
	adds ipc -i --ipc
}

@test "-n, --net" {
	adds net -n --net
}

@test "-p, --pid" {
	adds pid -p --pid
}

@test "-U, --user" {
	adds user -U --user
}

@test "-C, --cgroup" {
	adds cgroup -C --cgroup
}

@test "-T, --time" {
	adds time -T --time
}

@test "all types under one name, with the options in front or behind" {
	local type words

	for words in "-muinpUCT box" "box -muinpUCT" "-mui box -npUCT"; do
		# shellcheck disable=SC2086 # They are several.
		run --separate-stderr nsx-pin add $words
		assert_ran ""
		run --separate-stderr nsx-pin list --noheadings
		assert_ran
		for type in $(all_types); do
			assert_output_matches "box +$type +[0-9]+ .* ok"
		done
		assert_same "$(all_types | wc -l)" "${#lines[@]}"
		run --separate-stderr nsx-enter -t pin:box --preserve-credentials sh -c "$TELL_LINKS"
		assert_ran
		assert_same "$(all_types | xargs)" "$(changed_types)"
		nsx-pin del box
	done
}

# Linux 6.18 refuses a bind of a mount namespace made on another processor.
@test "a mount namespace can be added each time, on every processor" {
	local round

	for round in {1..20}; do
		run --separate-stderr nsx-pin add "box$round" --mount
		assert_ran ""
		assert_same "/run/nsx/box$round/mnt" "$(bound_below /run/nsx | cut -d ' ' -f 1)"
		nsx-pin del "box$round"
	done
}

@test "what is done in it is there the next time" {
	nsx-pin add box --uts --net --ipc
	nsx-enter -t pin:box -u hostname kept
	nsx-enter -t pin:box ip link set lo up
	run --separate-stderr nsx-enter -t pin:box sh -c 'uname -n; ip -oneline link show up | wc -l'
	assert_ran $'kept\n1'
	[[ $(uname -n) != kept ]]
	nsx-pin del box
}

@test "who waits for its output does not wait for the init of a pid namespace" {
	run --separate-stderr timeout "$PATIENCE" sh -c 'nsx-pin add box --pid 2>&1 | cat'
	assert_ran ""
	nsx-pin del box
}

@test "many at a time" {
	local i pids=()

	for i in {1..8}; do
		nsx-pin add "box$i" --net --uts &
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		wait "$i"
	done
	assert_same 16 "$(nsx-pin list --noheadings | grep -c ' ok$')"
	pids=()
	for i in {1..8}; do
		nsx-pin del "box$i" &
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		wait "$i"
	done
}

@test "others who lock what they can read are not waited for" {
	nsx-pin add one --net --uts
	start "${AS_USER[@]}" flock /run/nsx flock /run/netns sh -c 'echo ready; read -r end'
	read_started
	run --separate-stderr nsx-pin add two --net --uts
	assert_ran ""
	run --separate-stderr nsx-pin rename two three
	assert_ran ""
	end_input
	await_started
	nsx-pin del one three
}

@test "who waits for another that is at work on a name says so" {
	nsx-pin add box --uts
	start flock /run/nsx/box sh -c 'echo ready; read -r end'
	read_started
	input=${started_inputs[-1]}
	start sh -c 'exec nsx-pin del box 2>&1'
	read_started
	assert_same "nsx-pin: waiting for another process that is at work on 'box'" "$LINE"
	exec {input}>&-
	await_started
	assert_same 0 "$status"
	assert_same "" "$(nsx-pin list -n)"
}

@test "of several that want one name, one gets it" {
	local i pids=() failed=0

	for i in {1..6}; do
		nsx-pin add box --net --uts 2>>"$BATS_TEST_TMPDIR/messages" &
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		wait "$i" || failed=$((failed + 1))
	done
	assert_same 5 "$failed"
	assert_same 5 "$(wc -l <"$BATS_TEST_TMPDIR/messages")"
	assert_same 2 "$(nsx-pin list --noheadings | grep -c '^box .* ok$')"
	nsx-pin del box
}

@test "a name that there is already is refused, whatever it keeps" {
	nsx-pin add box --uts
	before=$(registry)
	for types in "" --uts --net "--ipc --net"; do
		# shellcheck disable=SC2086 # They are several.
		run --separate-stderr nsx-pin add box $types
		assert_error 1 "'box' exists already"
		assert_same "$before" "$(registry)"
	done
	nsx-pin del box
}

@test "wrong usage" {
	run --separate-stderr nsx-pin add
	assert_error 1 "add needs a name"
	run --separate-stderr nsx-pin add box other
	assert_error 1 "add does not take 'other'"
	run --separate-stderr nsx-pin add box --no-such
	assert_error 1 "unknown option '--no-such'"
	run --separate-stderr nsx-pin add box --net=/file
	assert_error 1 "--net takes no argument"
	run --separate-stderr nsx-pin no-such-verb
	assert_error 1 "unknown verb 'no-such-verb'"
	run --separate-stderr nsx-pin ""
	assert_error 1 "unknown verb ''"
}

@test "a verb may be shortened, as for ip: of several the first" {
	run --separate-stderr nsx-pin a box --uts
	assert_ran
	for verb in l list lst s sho; do
		run --separate-stderr nsx-pin "$verb" box
		assert_status 0
		assert_output_has box
	done
	run --separate-stderr nsx-pin list-i
	assert_status 0
	run --separate-stderr nsx-pin r box other
	assert_ran
	run --separate-stderr nsx-pin d other
	assert_ran
}

@test "--help of every verb, and --version" {
	local verb

	for verb in "" list show add attach del rename gc verify set list-id identify pids monitor; do
		# shellcheck disable=SC2086 # One word or none.
		run --separate-stderr nsx-pin $verb --help
		assert_ran
		assert_output_has "nsx-pin${verb:+ $verb}"
		assert_same "" "$(awk 'length > 79' <<<"$output")"
	done
	run --separate-stderr nsx-pin --version
	assert_ran
	assert_output_matches '^nsx-pin from nsx [0-9]'
}
