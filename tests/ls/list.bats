#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# list.bats - the plain list: which namespaces, how many processes, whose. Other
# namespaces come and go meanwhile, so only what a test holds is looked at.

# shellcheck disable=SC2016 # Shells inside expand.

load ../lib/common
load row
load zombie

# Every namespace that links of processes (or below them, of links "task/*/")
# show, a line "net:[4026531840]" each.
links()
{
	local names='{cgroup,ipc,mnt,net,pid,pid_for_children,time,time_for_children,user,uts}'

	# Processes end while they are read. The directory of a zombie cannot be
	# read but by root, its links can.
	eval "readlink /proc/[0-9]*/${1-}ns/$names" 2>/dev/null | LC_ALL=C sort -u || true
}

listed()
{
	nsx-ls --noheadings --raw --output TYPE,NS "$@" | sed 's/ \(.*\)/:[\1]/' | LC_ALL=C sort
}

# still VARIABLE LINES: keep those lines in the variable that are among these;
# all, the first time (try=0).
still()
{
	local -n kept=$1

	if ((try == 0)); then
		kept=$2
	else
		kept=$(comm -12 <(echo "$kept") <(echo "$2"))
	fi
}

@test "the columns are those of lsns" {
	run --separate-stderr nsx-ls
	assert_status 0
	assert_matches "${lines[0]}" '^ +NS TYPE +NPROCS +PID USER +COMMAND$'
	assert_output_matches "$(ns_inode self user) user +[0-9]+ +[0-9]+ "
	assert_stderr_is ""
}

# lsns_headings OPTION...: of lsns(8), which may fail where a process ends meanwhile.
lsns_headings()
{
	local line try

	for ((try = 0; try < 20; try++)); do
		line=$(lsns --list --raw "$@" 2>/dev/null | head -n 1)
		[[ -z $line ]] || break
	done
	echo "$line"
}

@test "of network namespaces alone also what ip netns says, as in lsns" {
	run --separate-stderr nsx-ls --type net --raw
	assert_status 0
	assert_same "NS TYPE NPROCS PID USER NETNSID NSFS COMMAND" "${lines[0]}"
	need_command lsns
	assert_same "$(lsns_headings --type net)" "${lines[0]}"
	run --separate-stderr nsx-ls --type net,uts --raw
	assert_status 0
	assert_same "$(lsns_headings)" "${lines[0]}"
}

@test "rows come by inode number, each once" {
	run --separate-stderr nsx-ls --noheadings --raw --output NS,TYPE
	assert_status 0
	assert_same "$(sort --stable --numeric-sort --key 1,1 <<<"$output")" "$output"
	assert_same "" "$(sort <<<"$output" | uniq --repeated)"
	assert_stderr_is ""
}

@test "a held namespace has one process, and that is shown" {
	need_userns
	hold -U -n -u
	run --separate-stderr nsx-ls --noheadings --raw --output NS,TYPE,NPROCS,PID,PPID,UID,PATH,COMMAND
	assert_status 0
	assert_output_has "${HELD[net]} net 1 $HELD_PID $$ $EUID /proc/$HELD_PID/ns/net $NSX_HELPERS/hold\\x20-U\\x20-n\\x20-u"
	assert_output_has "${HELD[uts]} uts 1 $HELD_PID "
	assert_output_has "${HELD[user]} user 1 $HELD_PID "
	assert_stderr_is ""
}

@test "from processes alone, the list is what readlink shows, no more and no less" {
	need_userns
	hold -U -p -T -n
	# What was there before and after must be listed, and nothing that was
	# neither. What other tests make may come between, but not each time.
	for ((try = 0; try < 10; try++)); do
		before=$(links)
		run --separate-stderr listed --source processes
		after=$(links)
		assert_status 0
		assert_stderr_is ""
		still missing "$(comm -12 <(echo "$before") <(echo "$after") | comm -23 - <(echo "$output"))"
		still extra "$(sort -u <(echo "$before") <(echo "$after") | comm -13 - <(echo "$output"))"
		[[ $missing$extra ]] || break
	done
	assert_same "" "$missing"
	assert_same "" "$extra"
	assert_output_has "net:[${HELD[net]}]"
}

@test "a namespace that only children would be in is listed, with none in it" {
	need_userns
	# The first child of sh is process 1 of the new namespace, and is gone.
	start unshare --user --map-root-user --pid sh -c '(:); echo ready; read -r line'
	read -r _ <&"$STARTED_OUTPUT"
	run --separate-stderr row TYPE,NPROCS,PID,PATH "$(ns_inode "$STARTED" pid_for_children)"
	assert_status 0
	assert_output_is "pid 0 $STARTED /proc/$STARTED/ns/pid_for_children"
	assert_stderr_is ""
}

@test "of a zombie the user and pid namespaces are listed" {
	need_userns
	start_zombie unshare --user --map-root-user
	[[ $(ns_inode "$ZOMBIE" user) != "$(ns_inode self user)" ]]
	run --separate-stderr row TYPE,NPROCS,PID,COMMAND "$(ns_inode "$ZOMBIE" user)"
	assert_status 0
	assert_output_matches "^user 1 $ZOMBIE \[(sh|cat)\]$"
	assert_stderr_is ""
}

@test "every namespace that a link of a process or of a thread shows is listed" {
	need_userns
	hold -U -n --by thread
	for ((try = 0; try < 10; try++)); do
		before=$(links 'task/*/')
		run --separate-stderr listed
		after=$(links 'task/*/')
		assert_status 0
		assert_stderr_is ""
		missing=$(comm -12 <(echo "$before") <(echo "$after") | comm -23 - <(echo "$output"))
		[[ $missing ]] || break
	done
	assert_same "" "$missing"
	assert_has "$before" "net:[${HELD[net]}]"
}

@test "--type chooses types, by both names, more than once" {
	run --separate-stderr nsx-ls --noheadings --raw --output TYPE --type mnt,uts
	assert_status 0
	assert_same $'mnt\nuts' "$(sort -u <<<"$output")"
	assert_stderr_is ""

	run --separate-stderr nsx-ls --noheadings --raw --output TYPE -t mount -t cgroup
	assert_status 0
	assert_same $'cgroup\nmnt' "$(sort -u <<<"$output")"
	assert_stderr_is ""
}

@test "how many are in it is not said where processes are not looked at" {
	need_userns
	hold -U -u --by path
	run --separate-stderr nsx-ls --json --source descriptors --type uts --output NS,NPROCS,NTASKS
	assert_status 0
	assert_same "[{\"ns\":${HELD[uts]},\"nprocs\":null,\"ntasks\":null}]" \
		"$(jq -c "[.namespaces[] | select(.ns == ${HELD[uts]})]" <<<"$output")"
}

@test "--persistent leaves what nobody is in, nor a thread" {
	need_userns
	hold -U -n --by thread
	thread=${HELD[net]}
	hold -U -u
	busy=${HELD[uts]}
	# The first child of sh is process 1 of the new namespace, and is gone.
	start unshare --user --map-root-user --pid sh -c '(:); echo ready; read -r line'
	read -r _ <&"$STARTED_OUTPUT"
	empty=$(ns_inode "$STARTED" pid_for_children)

	run --separate-stderr nsx-ls --noheadings --raw --output NS,NPROCS --persistent
	assert_status 0
	assert_stderr_is ""
	assert_output_has "$empty 0"
	refute_output_has "$busy"
	refute_output_has "$thread"
	assert_same "" "$(cut -d ' ' -f 2 <<<"$output" | grep -v '^0$')"

	# Whatever is asked for, where processes are is looked at; what others find is not shown.
	# shellcheck disable=SC2016 # For the shell within.
	start bash -c 'exec 8<"$1" 9<"$2"; echo ready; read -r line' - \
		"/proc/$HELD_PID/ns/uts" "/proc/$STARTED/ns/pid_for_children"
	read -r _ <&"$STARTED_OUTPUT"
	run --separate-stderr nsx-ls --noheadings --raw --output NS,NPROCS --persistent --source descriptors
	assert_status 0
	assert_output_has "$empty 0"
	refute_output_has "$busy"

	run --separate-stderr nsx-ls --persistent --task $$
	assert_status 1
	assert_output_is ""
	assert_stderr_has "--persistent and --task exclude each other"
	run --separate-stderr nsx-ls --persistent "$busy"
	assert_status 1
	assert_output_is ""
	assert_stderr_has "--persistent and a namespace ('$busy') exclude each other"
}

@test "a user sees the own processes, and is told of the others if on a terminal or asking" {
	[[ -z $(as_user readlink /proc/1/ns/net) ]] || skip "process 1 can be read"
	run --separate-stderr as_user nsx-ls --raw
	assert_status 0
	assert_output_has "$(ns_inode self user) user "
	assert_stderr_is ""

	run --separate-stderr as_user nsx-ls --raw --verbose
	assert_status 0
	assert_stderr_matches 'nsx-ls: incomplete: [0-9]+ of [0-9]+ processes( and .* mount namespaces)? could not be read \(run as root for all\)'

	need_command script
	run --separate-stderr as_user script --quiet --return --command "nsx-ls >/dev/null" /dev/null
	assert_output_matches '^nsx-ls: incomplete: [0-9]+ of [0-9]+ processes'
}
