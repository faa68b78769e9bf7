#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Who owns what is entered: which user namespaces have to be entered on the way,
# what an ordinary user may, and what is said where it cannot be.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn
load ../lib/faults

setup()
{
	common_setup
	need_userns
}

# note OWNER TYPE REFERENCE: said of a user namespace that nobody asked for.
note()
{
	echo "nsx-enter: note: entered $1 as well, which owns the $2 namespace of '$3'; credentials are kept"
}

# user_enters TYPES OPTION...: an ordinary user does, and these change.
user_enters()
{
	local want=$1
	shift

	run --separate-stderr as_user nsx-enter "$@" sh -c "$TELL_LINKS"
	assert_status 0
	assert_same "$want" "$(changed_types)"
}

# A container of an ordinary user: CONTAINER.
start_container()
{
	start "${AS_USER[@]}" nsx-unshare -r "$@" sh -c 'echo $$; read -r end'
	read_started
	CONTAINER=$STARTED
	[[ " $* " != *" --pid "* ]] || CONTAINER=$(pgrep --parent "$STARTED")
}

# A user namespace in another, by an ordinary user: a net namespace belongs to
# the outer one, a uts namespace to the inner one, in which the process is.
start_nested()
{
	start "${AS_USER[@]}" nsx-unshare -r -n sh -c 'readlink /proc/self/ns/user
		exec nsx-unshare -r -u sh -c "readlink /proc/self/ns/user; read -r end"'
	read_started
	OUTER=$LINE
	read_started
	INNER=$LINE
	CONTAINER=$STARTED
}

# --- An ordinary user's own

# nsenter 2.38: "reassociate to namespace 'ns/net' failed: Operation not permitted".
@test "without -U what a container of ours owns is entered, credentials are kept, and that is said" {
	start_container -n -u
	user_enters "net user" -t "$CONTAINER" -n
	assert_stderr_is "$(note "$(ns_link "$CONTAINER" user)" net "$CONTAINER")"
	user_enters "uts net user" --net="$CONTAINER" -t "$CONTAINER" -u
	assert_stderr_is "$(note "$(ns_link "$CONTAINER" user)" uts "$CONTAINER")"
	user_enters "net user" -t "/proc/$CONTAINER/ns/net"
	assert_stderr_is "$(note "$(ns_link "$CONTAINER" user)" net "/proc/$CONTAINER/ns/net")"
	# Kept means what the map says, root here and somebody there.
	start "${AS_USER[@]}" nsx-unshare --map-user=1234 --map-group=2345 -n sh -c 'echo; read -r end'
	read_started
	run --separate-stderr as_user nsx-enter -t "$STARTED" -n sh -c 'id -u; id -g'
	assert_status 0
	assert_output_is $'1234\n2345'
	assert_stderr_is "$(note "$(ns_link "$STARTED" user)" net "$STARTED")"
}

@test "all of a container of ours, and root with -U" {
	start_container -n -u -i -p --mount
	user_enters "mnt uts ipc net pid user" -t "$(pgrep --parent "$CONTAINER")"
	assert_stderr_is ""
	user_enters "mnt uts ipc net pid user" -a -t "$(pgrep --parent "$CONTAINER")"
	assert_stderr_is ""
	run --separate-stderr as_user nsx-enter -t "$CONTAINER" -U id -u
	assert_ran 0
	run --separate-stderr as_user nsx-enter -t "$CONTAINER" -U -n sh -c 'id -u; ip link set lo up'
	assert_ran 0
}

@test "our own namespaces are passed over, whatever is asked for" {
	start_container -u
	# net and all others are those of the machine.
	user_enters "uts user" -t "$CONTAINER" -u -n -i -p -m
	assert_stderr_is "$(note "$(ns_link "$CONTAINER" user)" uts "$CONTAINER")"
	user_enters "" -t "$CONTAINER" -n
	assert_stderr_is ""
	user_enters "uts user" -t "$CONTAINER"
	assert_stderr_is ""
	user_enters "" --net=/proc/self/ns/net --user=/proc/self/ns/user -t "$CONTAINER" -i
	assert_stderr_is ""
}

@test "levels mixed: what the outer user namespace owns, and what the inner one does" {
	start_nested
	# The outer one has rights over both: it is enough.
	user_enters "uts net user" -t "$CONTAINER" -n -u
	assert_stderr_is "$(note "$OUTER" net "$CONTAINER")"
	assert_output_has "$OUTER"
	user_enters "uts user" -t "$CONTAINER" -u
	assert_stderr_is "$(note "$INNER" uts "$CONTAINER")"
	assert_output_has "$INNER"
	# What is asked for comes after what it does not own.
	user_enters "net user" -t "$CONTAINER" -n -U
	assert_output_has "$INNER"
	user_enters "uts net user" -t "$CONTAINER" -u --net="/proc/$CONTAINER/ns/net" --user="$CONTAINER"
	assert_output_has "$INNER"
	# Then one is root there.
	assert_stderr_is "nsx-enter: note: entered $OUTER as well, which owns the net namespace of '/proc/$CONTAINER/ns/net'"
	user_enters "uts net user" -t "$CONTAINER"
	assert_stderr_is ""
	assert_output_has "$INNER"
}

@test "containers within one container: the user namespace above both" {
	start "${AS_USER[@]}" nsx-unshare -r sh -c 'readlink /proc/self/ns/user
		exec 3<&0 # or they would have /dev/null
		nsx-unshare -r -u sh -c "echo \$\$; read -r end" <&3 &
		nsx-unshare -r -n sh -c "echo \$\$; read -r end" <&3 &
		wait'
	read_started
	above=$LINE
	read_started
	one=$LINE
	read_started
	two=$LINE
	# Who is which depends on who was faster.
	uts=$one net=$two
	if [[ $(ns_link "$uts" uts) == "$(ns_link self uts)" ]]; then
		uts=$two net=$one
	fi
	user_enters "uts net user" --uts="$uts" --net="$net"
	assert_output_has "$above"
	assert_output_has "$(ns_link "$uts" uts)"
	assert_output_has "$(ns_link "$net" net)"
	assert_stderr_is "nsx-enter: note: entered $above as well, which is above the owners of what was asked for; credentials are kept"
}

@test "containers beside each other cannot be mixed, and that is said" {
	start_container -u
	one=$CONTAINER
	start_container -n
	run --separate-stderr as_user nsx-enter --uts="$one" --net="$CONTAINER" echo ran
	assert_error 125 "cannot enter the uts namespace of '$one': Operation not permitted" \
		"another user namespace of yours than the rest" "run a command for each"
	run --separate-stderr as_user nsx-enter --uts="$one" -t "$CONTAINER" -U echo ran
	assert_error 125 "cannot enter the uts namespace of '$one'" "another user namespace of yours"
	# Each for itself is fine.
	run --separate-stderr as_user nsx-enter --net="$CONTAINER" true
	assert_status 0
}

@test "a rootless container with the network of the machine" {
	start_container -u --mount
	user_enters "mnt uts user" -t "$CONTAINER"
	assert_stderr_is ""
	user_enters "uts user" -t "$CONTAINER" -U -u -n
	assert_stderr_is ""
	# Not ours to enter with other rights: there is nothing to enter.
	assert_output_has "$(ns_link self net)"
}

# nsenter 2.38: "setgroups failed: Operation not permitted".
@test "setgroups denied in a container is no error" {
	start_container -n
	assert_same deny "$(cat "/proc/$CONTAINER/setgroups")"
	run --separate-stderr as_user nsx-enter -t "$CONTAINER" -U -n id -u
	assert_ran 0
	run --separate-stderr nsx-enter -t "$CONTAINER" -U -n id -u
	assert_ran 0
	run --separate-stderr nsx-enter -t "$CONTAINER" id -u
	assert_ran 0
}

@test "uid 0 that is not mapped is an error that says so" {
	start "${AS_USER[@]}" nsx-unshare --map-user=1234 --map-group=2345 -n sh -c 'echo; read -r end'
	read_started
	run --separate-stderr as_user nsx-enter -t "$STARTED" -U echo ran
	assert_error 125 "cannot become group 0: Invalid argument: it is not mapped in that user namespace" \
		"--setgid" "--preserve-credentials"
	run --separate-stderr as_user nsx-enter -t "$STARTED" -U -G 2345 echo ran
	assert_error 125 "cannot become user 0: Invalid argument: it is not mapped in that user namespace" "--setuid"
	((EUID != 0)) || {
		run --separate-stderr nsx-enter -t "$STARTED" echo ran
		assert_error 125 "cannot become group 0: Invalid argument: it is not mapped"
		run --separate-stderr nsx-enter -t "$STARTED" -S 1234 -G 2345 id -u
		assert_ran 1234
	}
	# All of a container of one's own: whom the map says.
	run --separate-stderr as_user nsx-enter -t "$STARTED" id -u
	assert_ran 1234
}

# --- Somebody else's

# Two ordinary users, of whom the other is not the one that as_user makes.
other_user=(setpriv --reuid=12345 --regid=12345 --clear-groups --inh-caps=-all)

# bats test_tags=root
@test "a container of somebody else: refused, and whose it is" {
	need_own_run
	hold_by "${other_user[@]}" "$NSX_HELPERS/hold" -U -n
	pid=$HELD_PID
	run --separate-stderr as_user nsx-enter -t "$pid" echo ran
	assert_error 125 "of '$pid': Permission denied" "another user's"
	# Kept where all can open them.
	touch /run/net /run/user-file
	mount --bind "/proc/$pid/ns/net" /run/net
	mount --bind "/proc/$pid/ns/user" /run/user-file
	for option in --net=/run/net "-t /run/net"; do
		# shellcheck disable=SC2086
		run --separate-stderr as_user nsx-enter $option echo ran
		assert_error 125 "Operation not permitted: it belongs to a user namespace of user 12345, who may enter it, as may root"
	done
	assert_stderr_has "cannot enter"
	run --separate-stderr as_user nsx-enter --user=/run/user-file echo ran
	assert_error 125 "cannot enter the user namespace of '/run/user-file'" "of user 12345"
	run --separate-stderr as_user nsx-enter --user=/run/user-file --net=/run/net echo ran
	assert_error 125 "of user 12345"
	# Beside one of ours, what is to blame is theirs.
	start_container -u
	run --separate-stderr as_user nsx-enter --uts="$CONTAINER" --net=/run/net echo ran
	assert_error 125 "cannot enter the net namespace of '/run/net'" "of user 12345"
	# One made inside by who is root there belongs to them all the same.
	umount --lazy /run/net /run/user-file
	rm /run/net /run/user-file
}

# bats test_tags=root
@test "what belongs to the machine, for an ordinary user" {
	need_own_run
	hold -n
	touch /run/net
	mount --bind "/proc/$HELD_PID/ns/net" /run/net
	run --separate-stderr as_user nsx-enter --net=/run/net echo ran
	assert_error 125 "cannot enter the net namespace of '/run/net': Operation not permitted" \
		"it belongs to the user namespace that you are in, where it takes CAP_SYS_ADMIN: be root"
	# It is to blame where the other could be entered.
	start_container -u
	run --separate-stderr as_user nsx-enter --uts="$CONTAINER" --net=/run/net echo ran
	assert_error 125 "cannot enter the net namespace of '/run/net'" "be root"
	# And from a container it is above.
	run --separate-stderr nsx-unshare -r nsx-enter --net=/run/net echo ran
	assert_error 125 "it belongs to a user namespace above or beside yours"
	umount --lazy /run/net
	rm /run/net
}

# --- Root

# A process in a user namespace below that which owns its mount namespace; in
# that one there is no process, as bubblewrap has it: INNERMOST, in a pid namespace.
start_sandbox()
{
	start "${AS_USER[@]}" nsx-unshare -r --mount --pid --uts sh -c 'readlink /proc/self/ns/user
		exec nsx-unshare -r sh -c "readlink /proc/self/ns/user; read -r end"'
	read_started
	OUTER=$LINE
	read_started
	INNER=$LINE
	INNERMOST=$(pgrep --parent "$STARTED")
	assert_same "$INNER" "$(ns_link "$INNERMOST" user)"
}

# nsenter 2.38, by an ordinary user: "reassociate to namespace 'ns/mnt' failed: Operation not permitted".
@test "a mount namespace that belongs to a user namespace without a process" {
	start_sandbox
	[[ $OUTER != "$INNER" ]]
	user_enters "mnt uts pid user" -t "$INNERMOST"
	assert_stderr_is ""
	assert_output_has "$INNER"
	user_enters "mnt user" -t "$INNERMOST" -U -m
	assert_stderr_is ""
	user_enters "mnt user" -t "$INNERMOST" -m
	assert_stderr_is "$(note "$OUTER" mnt "$INNERMOST")"
	((EUID == 0)) || return 0
	run --separate-stderr nsx-enter -t "$INNERMOST" sh -c "$TELL_LINKS"
	assert_ran
	assert_same "mnt uts pid user" "$(changed_types)"
	run --separate-stderr nsx-enter -t "$INNERMOST" -m sh -c "$TELL_LINKS"
	assert_ran
	assert_same mnt "$(changed_types)"
}

# bats test_tags=root
@test "root, and the pid, user and mount namespace of a rootless container" {
	start_container --mount --pid --mount-proc
	run --separate-stderr nsx-enter -t "$CONTAINER" -p -U -m sh -c "$TELL_LINKS; id -u; echo /proc/[0-9]*"
	assert_ran
	assert_output_has "$(ns_link "$CONTAINER" user)"
	assert_output_has "$(ns_link "$CONTAINER" mnt)"
	assert_output_has "$(ns_link "$CONTAINER" pid)"
	assert_matches "${lines[-1]}" '^/proc/1 /proc/[0-9]+$'
	assert_same 0 "${lines[-2]}"
	start_container --mount --pid
	# In any combination.
	for types in "-p" "-m" "-p -m" "-U" "-p -U" "-m -U"; do
		# shellcheck disable=SC2086
		run --separate-stderr nsx-enter -t "$CONTAINER" $types sh -c "$TELL_LINKS"
		assert_ran
		want=$(sed 's/-p/pid/; s/-m/mnt/; s/-U/user/' <<<"$types" | xargs -n 1 | sort)
		assert_same "$want" "$(changed_types | xargs -n 1 | sort)"
	done
}

# bats test_tags=root
@test "root mixes containers of several users" {
	start_container -u
	one=$CONTAINER
	start "${other_user[@]}" nsx-unshare -r -n sh -c 'echo; read -r end'
	read_started
	run --separate-stderr nsx-enter --uts="$one" --net="$STARTED" sh -c "$TELL_LINKS"
	assert_ran
	assert_same "uts net" "$(changed_types)"
	run --separate-stderr nsx-enter --uts="$one" --net="$STARTED" --user="$STARTED" sh -c "$TELL_LINKS"
	assert_ran
	assert_same "uts net user" "$(changed_types)"
}

# --- One at a time

# On a kernel of before 5.8, for which a pidfd is no namespace; by an ordinary user.
user_one_at_a_time()
{
	local user=()

	((EUID != 0)) || user=("--user=$NSX_USER")
	one_at_a_time "${user[@]}" "$@"
}

# one_at_a_time [OPTION-OF-STRACE...] COMMAND...
one_at_a_time()
{
	local log=$BATS_TEST_TMPDIR/strace

	run --separate-stderr strace --follow-forks --quiet=all --output="$log" --trace=setns \
		--inject=setns:error=EINVAL:when=1 "$@"
	# It failed, and then it was done in another way.
	assert_same 1 "$(grep -c INJECTED "$log")"
	(($(grep -c 'setns(' "$log") > 1))
}

@test "one at a time, what comes out is the same" {
	need_faults
	hold_as_user -m -u -i -n -p -U -C -T
	run --separate-stderr as_user nsx-enter -t "$HELD_PID" -a sh -c "$TELL_LINKS; id -u"
	assert_ran
	want=$output
	user_one_at_a_time nsx-enter -t "$HELD_PID" -a sh -c "$TELL_LINKS; id -u"
	assert_ran "$want"
	((EUID == 0)) || return 0
	run --separate-stderr nsx-enter -t "$HELD_PID" -a sh -c "$TELL_LINKS; id -u"
	assert_ran
	want=$output
	one_at_a_time nsx-enter -t "$HELD_PID" -a sh -c "$TELL_LINKS; id -u"
	assert_ran "$want"
}

@test "one at a time, nested user namespaces" {
	need_faults
	start_sandbox
	run --separate-stderr as_user nsx-enter -t "$INNERMOST" sh -c "$TELL_LINKS; id -u"
	assert_ran
	want=$output
	user_one_at_a_time nsx-enter -t "$INNERMOST" sh -c "$TELL_LINKS; id -u"
	assert_status 0
	assert_output_is "$want"
	assert_stderr_is "$(note "$OUTER" mnt "$INNERMOST")"
}

@test "the namespace that failed is named, all at once or one at a time" {
	local named=() nth

	need_faults
	hold -U -u -i -n
	# All at once fails first, and then each in its turn.
	for ((nth = 0; nth < 4; nth++)); do
		run --separate-stderr strace --follow-forks --quiet=all --output="$BATS_TEST_TMPDIR/strace" \
			--trace=setns --inject="setns:error=EPERM:when=1+$((nth + 1))" nsx-enter -t "$HELD_PID" -a echo ran
		assert_status 125
		assert_output_is ""
		assert_stderr_matches "^nsx-enter: cannot enter the [a-z]+ namespace of '$HELD_PID': Operation not permitted"
		named+=("$(sed -n 's/.*cannot enter the \([a-z]*\) namespace.*/\1/p' <<<"$stderr")")
	done
	assert_same "ipc net user uts" "$(printf '%s\n' "${named[@]}" | sort -u | xargs)"
}

@test "a process that ends between the look and the join" {
	need_faults
	hold -U -u
	run --separate-stderr strace --follow-forks --quiet=all --output="$BATS_TEST_TMPDIR/strace" \
		--trace=setns --inject=setns:error=ESRCH:when=1 nsx-enter -t "$HELD_PID" -a echo ran
	assert_error 125 "cannot enter the other namespaces of '$HELD_PID': No such process: the process has ended"
}

@test "--all on a kernel without time namespaces" {
	local log=$BATS_TEST_TMPDIR/strace nth

	need_faults
	need_ns time
	hold -U -u
	strace --output="$log" --trace=readlinkat nsx-enter -t "$HELD_PID" -a true
	nth=$(grep -n '"ns/time"' "$log" | cut -d : -f 1)
	run --separate-stderr strace --quiet=all --output="$log" --trace=readlinkat,access \
		--inject="readlinkat:error=ENOENT:when=$nth" --inject=access:error=ENOENT \
		nsx-enter -t "$HELD_PID" -a sh -c "$TELL_LINKS"
	assert_has "$(grep INJECTED "$log")" '"ns/time"'
	assert_ran
	assert_same "uts user" "$(changed_types)"
	# By name it is missed.
	strace --output="$log" --trace=readlinkat nsx-enter -t "$HELD_PID" -U -T true
	nth=$(grep -n '"ns/time"' "$log" | head -n 1 | cut -d : -f 1)
	run --separate-stderr strace --quiet=all --output="$log" --trace=readlinkat,access \
		--inject="readlinkat:error=ENOENT:when=$nth" --inject=access:error=ENOENT \
		nsx-enter -t "$HELD_PID" -U -T echo ran
	assert_error 125 "cannot open the time namespace of '$HELD_PID': No such file or directory"
}
