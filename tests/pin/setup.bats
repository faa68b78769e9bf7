#!/usr/bin/env bats
# bats file_tags=root
# SPDX-License-Identifier: GPL-2.0-or-later
#
# nsx-pin add: what is set up in the new namespaces before they have their
# name, by options and by a command.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn
load ../lib/names

@test "--lo, --hostname, --domainname: implied types, and their effect" {
	run --separate-stderr nsx-pin add box --lo --hostname web --domainname nis
	assert_ran ""
	assert_same $'uts\nnet' "$(nsx-pin list -n -r -o TYPE)"
	run --separate-stderr nsx-enter -t pin:box sh -c 'uname -n; cat /proc/sys/kernel/domainname; ip -o link show lo up | wc -l'
	assert_ran $'web\nnis\n1'
	nsx-pin del box
}

@test "--monotonic, --boottime, --uptime" {
	need_ns time
	run --separate-stderr nsx-pin add box --uptime 0 --monotonic 1000d
	assert_ran ""
	assert_same time "$(nsx-pin list -n -r -o TYPE)"
	run --separate-stderr nsx-enter -t pin:box cat /proc/uptime
	assert_ran
	[[ ${output%%.*} -lt 60 ]]
	run --separate-stderr nsx-enter -t pin:box cat /proc/self/timens_offsets
	assert_output_matches 'monotonic +86400000 '
	nsx-pin del box
	# One alone means the type as well, and no other.
	run --separate-stderr nsx-pin add box --uptime 0
	assert_ran ""
	assert_same time "$(nsx-pin list -n -r -o TYPE)"
	nsx-pin del box
	run --separate-stderr nsx-pin add box --boottime 1000d
	assert_ran ""
	run --separate-stderr nsx-enter -t pin:box cat /proc/self/timens_offsets
	assert_output_matches 'boottime +86400000 '
	nsx-pin del box
}

@test "--all, --share" {
	nsx-pin add box --all --share net,user
	assert_same "$(all_types | grep -vx -e net -e user)" "$(nsx-pin list -n -r -o TYPE)"
	nsx-pin del box
	run --separate-stderr nsx-pin add box --uts --share net
	assert_error 1 "--share takes types out of --all"
}

@test "--mount-proc, --mount-sys, --propagation, --pivot-root" {
	nsx-pin add box --pid --mount-proc
	run --separate-stderr nsx-enter -t pin:box cat /proc/1/comm
	assert_ran nsx-init
	nsx-pin del box
	nsx-pin add box --net --mount-sys --lo
	run --separate-stderr nsx-enter -t pin:box ls /sys/class/net
	assert_ran
	assert_output_has lo
	nsx-pin del box
	nsx-pin add box --mount --propagation slave
	run --separate-stderr nsx-enter -t pin:box grep -c 'master:' /proc/self/mountinfo
	nsx-pin del box
	make_root /bin/cat
	run --separate-stderr nsx-pin add box --pivot-root "$ROOT"
	assert_ran ""
	run --separate-stderr nsx-enter -t pin:box --wdns=/ /bin/sh -c 'echo /*'
	assert_ran
	assert_output_has "/there"
	nsx-pin del box
}

@test "a command: once, inside, with our standard descriptors, before there is a name" {
	run --separate-stderr nsx-pin add box --net --uts --hostname web -- \
		sh -c 'read -r line; echo "$line $(uname -n)"; nsx-pin list -n; echo oops >&2' <<<"hello"
	assert_status 0
	assert_output_is "hello web"
	assert_stderr_is oops
	nsx-pin del box
	# Its options are its own, and the name may stand behind the dashes.
	run --separate-stderr nsx-pin add --uts -- box -- sh -c 'echo "$0 $1"' --json -n
	assert_ran "--json -n"
	nsx-pin del box
	need_command ip
	nsx-pin add box --net -- ip address add 10.9.8.7/32 dev lo
	run --separate-stderr nsx-enter --net=pin:box ip -o address show dev lo
	assert_status 0
	assert_output_has 10.9.8.7
	nsx-pin del box
}

@test "a command in a pid namespace, a user namespace, a time namespace" {
	run --separate-stderr nsx-pin add box --pid --mount-proc -- sh -c 'echo $(($$ > 1)); cat /proc/1/comm'
	assert_ran
	assert_matches "${lines[0]}" '^1$'
	nsx-pin del box
	run --separate-stderr nsx-pin add box --uts --map-users=0:100000:65536 --map-groups=0:100000:65536 -- id -u
	assert_ran 0
	nsx-pin del box
	need_ns time
	run --separate-stderr nsx-pin add box --uptime 0 -- sed 's/\..*//' /proc/uptime
	assert_ran
	[[ $output -lt 60 ]]
	nsx-pin del box
}

# fails PART WORD...: nothing is left where the command fails.
fails()
{
	local part=$1 types
	shift

	for types in "--net --uts" "--pid --net" "--time --uts" --hold\ --uts; do
		# shellcheck disable=SC2086 # They are several.
		run --separate-stderr nsx-pin add "fails$$" $types -- "$@"
		assert_error 1 "cannot run '$1' to set it up" "$part"
		assert_same "" "$(registry)"
	done
	run --separate-stderr nsx-pin list
	assert_ran ""
	wait_until no_maker_is_left
}

no_maker_is_left()
{
	! pgrep --full "^nsx-pin add fails$$ " >/dev/null
}

@test "a command that fails: its status, its signal, not to be found; nothing is left" {
	need_ns time
	fails "it ended with status 3" sh -c 'exit 3'
	fails "it was ended by signal KILL" sh -c 'kill -KILL $$'
	fails "No such file or directory" no-such-program
	run --separate-stderr nsx-pin add box --
	assert_error 1 "no command follows the '--'"
	run --separate-stderr nsx-pin del box -- other
	assert_status 3
}

@test "killed while the command runs: it ends, and nothing is left" {
	local signal types

	for types in --uts --pid "--time --uts" --hold\ --net; do
		for signal in TERM INT KILL; do
			# shellcheck disable=SC2086 # They are several.
			start nsx-pin add "box" $types -- sh -c "echo ready; exec sleep 1$$"
			read_started
			kill -$signal "$STARTED"
			await_started
			assert_status $((128 + $(kill -l $signal)))
			wait_until registry_is_empty
			wait_until no_setup_runs
		done
	done
}

registry_is_empty()
{
	[[ ! $(registry) ]]
}

no_setup_runs()
{
	! pgrep --full "^sleep 1$$\$" >/dev/null
}

@test "a command may make names itself" {
	run --separate-stderr nsx-pin add outer --uts -- nsx-pin add inner --ipc
	assert_ran ""
	assert_same $'inner ipc\nouter uts' "$(nsx-pin list -n -r -o NAME,TYPE)"
	nsx-pin del inner outer
}

@test "--hold: by a process, so that there is no mount" {
	run --separate-stderr nsx-pin add box --net --uts --pid --hold
	assert_ran ""
	assert_same "" "$(bound_below /run)"
	assert_same $'uts hold ok\nnet hold ok\npid hold ok' "$(nsx-pin list -n -r -o TYPE,METHOD,STATE)"
	run --separate-stderr nsx-enter -t pin:box sh -c 'echo $(($$ > 1))'
	assert_ran 1
	nsx-pin rename box bax
	run --separate-stderr nsx-enter --net=pin:bax true
	assert_ran ""
	nsx-pin del bax
	hold -u
	run --separate-stderr nsx-pin attach box "$HELD_PID" --uts --hold
	assert_ran ""
	assert_same "" "$(bound_below /run)"
	end_started
	run --separate-stderr nsx-enter --uts=pin:box readlink /proc/self/ns/uts
	assert_ran "uts:[${HELD[uts]}]"
	nsx-pin del box
}

@test "--mode, and what is none" {
	nsx-pin add box --uts --mode 0751
	assert_same 751 "$(stat --format=%a /run/nsx/box)"
	nsx-pin del box
	nsx-pin add box --uts
	assert_same 700 "$(stat --format=%a /run/nsx/box)"
	nsx-pin del box
	for mode in 8 "" 1777 u+x 0x1ff; do
		run --separate-stderr nsx-pin add box --uts --mode="$mode"
		assert_error 1 "--mode"
	done
}

@test "--owner: who may enter it" {
	nsx-pin add box --uts --owner "$NSX_USER:$(id -g "$NSX_USER")" -r
	assert_same "$NSX_USER" "$(nsx-pin list -n -r -o OWNER | sort -u)"
	run --separate-stderr as_user nsx-enter -t pin:box id -u
	assert_ran 0
	run --separate-stderr as_user nsx-pin del box
	assert_error 1 "it is root's"
	nsx-pin del box
}
