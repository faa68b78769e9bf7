#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What can be named as a target, or after a type: descriptors of other
# processes, sockets, pid files, one namespace; and what comes of it.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn

setup()
{
	common_setup
	need_userns
}

# refuses PART OPTION...: in no more time than it takes to see.
refuses()
{
	local part=$1
	shift

	run --separate-stderr timeout "$PATIENCE" nsx-enter "$@" echo ran
	assert_error 125 "$part"
}

# enters TYPES OPTION...: these, in the words of changed_types; what of them an
# ordinary user enters on the way is said, and counts.
enters()
{
	local want=$1
	shift

	run --separate-stderr nsx-enter "$@" sh -c "$TELL_LINKS"
	assert_status 0
	((EUID == 0)) || [[ " $want " == *" user "* ]] || {
		assert_stderr_matches '^nsx-enter: note: entered user:\[[0-9]+\] as well, [^'$'\n'']*$'
		stderr="" want+=" user"
	}
	assert_stderr_is ""
	assert_same "$(xargs -n 1 <<<"$want" | sort)" "$(changed_types | xargs -n 1 | sort)"
}

# A process that has open the namespaces of the one held, and what else is no
# namespace: OPENER. 5 is net, 6 is user, 7 is net by O_PATH, 8 a directory, 9 a FIFO.
start_opener()
{
	need_command perl
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	start perl -e '
		use POSIX;
		sub keep { my ($file, $number, $flags) = @_; my $fd = POSIX::open($file, $flags) // die "$file: $!";
			POSIX::dup2($fd, $number); push @open, $number }
		keep("/proc/$ARGV[0]/ns/net", 5, 0);
		keep("/proc/$ARGV[0]/ns/user", 6, 0);
		keep("/proc/$ARGV[0]/ns/net", 7, 010000000);
		keep("/", 8, 0);
		keep($ARGV[1], 9, O_RDWR);
		$| = 1; print "ready\n"; <STDIN>' "$HELD_PID" "$BATS_TEST_TMPDIR/fifo"
	OPENER=$STARTED
	read_started
}

@test "fd:PID:FD after a type: a namespace that a process has open" {
	hold -U -n
	start_opener
	enters "net user" --user="fd:$OPENER:6" --net="fd:$OPENER:5"
	assert_output_has "net:[${HELD[net]}]"
	assert_output_has "user:[${HELD[user]}]"
	enters "net user" "-Ufd:$OPENER:6" "-nfd:$OPENER:5"
}

@test "fd:PID:FD: a descriptor that was opened with O_PATH" {
	hold -U -n
	start_opener
	enters "net user" --user="fd:$OPENER:6" --net="fd:$OPENER:7"
	assert_output_has "net:[${HELD[net]}]"
}

@test "fd:PID:FD as a target: that namespace and no other" {
	hold -U -n -u
	start_opener
	enters net -t "fd:$OPENER:5"
	assert_output_has "net:[${HELD[net]}]"
	enters net -t "fd:$OPENER:7"
	enters user -t "fd:$OPENER:6"
}

@test "a namespace that nothing but a descriptor of somebody keeps" {
	local inode holder input

	hold -U -n
	inode=${HELD[net]} holder=$STARTED input=${started_inputs[-1]}
	start_opener
	exec {input}>&-
	wait "$holder"
	enters net -t "fd:$OPENER:5"
	assert_output_has "net:[$inode]"
}

@test "fd:PID:FD: what is open there is no namespace, or none of that type" {
	hold -U -n
	start_opener
	refuses "cannot open 'fd:$OPENER:8': what is open there is neither a namespace nor a socket" -t "fd:$OPENER:8"
	refuses "cannot open 'fd:$OPENER:9': what is open there is neither a namespace nor a socket" -t "fd:$OPENER:9"
	refuses "neither a net namespace nor a socket" --net="fd:$OPENER:9"
	refuses "it is no uts namespace" --uts="fd:$OPENER:8"
	refuses "cannot open the uts namespace of 'fd:$OPENER:5': it is no uts namespace" --uts="fd:$OPENER:5"
	refuses "it is no user namespace" --user="fd:$OPENER:7"
	refuses "cannot open the ipc namespace of 'fd:$OPENER:5': it is no ipc namespace" -t "fd:$OPENER:5" --ipc
}

@test "fd:PID:FD: nothing is open there, or there is no such process" {
	hold -U -n
	start_opener
	refuses "descriptor 77 is not open" -t "fd:$OPENER:77"
	refuses "descriptor 77 is not open" --net="fd:$OPENER:77"
	refuses "descriptor 2147483647 is not open" --net="fd:$OPENER:2147483647"
	refuses "No such process" -t fd:2147483647:3
	refuses "No such process" --net=fd:2147483647:3
}

# bats test_tags=root
@test "fd:PID:FD: of another user's process" {
	hold -n
	start_opener
	start sh -c 'exec 5</proc/self/ns/net; echo; read -r end'
	read_started
	run --separate-stderr as_user nsx-enter -t "fd:$STARTED:5" echo ran
	assert_error 125 "cannot open 'fd:$STARTED:5': Permission denied" "its user or root"
	run --separate-stderr as_user nsx-enter --net="fd:$STARTED:5" echo ran
	assert_error 125 "the net namespace of 'fd:$STARTED:5': Permission denied"
}

# --- Sockets

# A process with sockets of several families, from 3 on, in a net namespace that
# it has left: KEEPER; INSIDE is that namespace. Its standard input is no socket.
start_keeper()
{
	need_command perl
	start nsx-unshare -r -n sh -c 'exec 8</proc/self/ns/net
		exec nsx-unshare --net perl -e '\''
			use Socket; $^F = 100;
			socket(my $tcp, PF_INET, SOCK_STREAM, 0) && socket(my $unix, PF_UNIX, SOCK_DGRAM, 0) &&
				socket(my $netlink, 16, SOCK_RAW, 0) or die;
			my $inside = readlink("/proc/self/ns/net");
			exec "nsx-enter", "--net=/proc/self/fd/8", "sh", "-c", "echo \$\$ $inside $ARGV[0]; read -r end", "sh"
		'\'
	read_started
	read -r KEEPER INSIDE <<<"$LINE"
}

# sockets_of KEEPER: their numbers.
sockets_of()
{
	local fd

	for fd in "/proc/$1/fd/"*; do
		[[ $(readlink "$fd") != socket:* ]] || echo "${fd##*/}"
	done
}

@test "fd:PID:FD: a socket of any family stands for its net namespace" {
	local fd

	start_keeper
	[[ $(ns_link "$KEEPER" net) != "$INSIDE" ]]
	assert_same 3 "$(sockets_of "$KEEPER" | wc -l)"
	for fd in $(sockets_of "$KEEPER"); do
		enters net -t "fd:$KEEPER:$fd"
		assert_output_has "$INSIDE"
		enters net --net="fd:$KEEPER:$fd"
		assert_output_has "$INSIDE"
		refuses "it is no uts namespace" --uts="fd:$KEEPER:$fd"
	done
}

@test "-N, --net-socket with a target: a socket of the target, and nothing else of it" {
	local fd

	start_keeper
	for fd in $(sockets_of "$KEEPER"); do
		enters net -t "$KEEPER" -N "$fd"
		assert_output_has "$INSIDE"
	done
	enters net -t "$KEEPER" "--net-socket=$fd"
	# Of course, where it is asked for.
	run --separate-stderr nsx-enter -t "$KEEPER" -N "$fd" -U readlink /proc/self/ns/net
	assert_ran "$INSIDE"
	refuses "it is no socket" -t "$KEEPER" -N 0
	refuses "descriptor 77 is not open" -t "$KEEPER" -N 77
	refuses "No such process" -t 2147483647 -N 3
	# A namespace that is open is no socket.
	refuses "it is no socket" -t "$KEEPER" -N 8
}

@test "-N, --net-socket without a target: a socket of ours" {
	need_command perl
	run --separate-stderr nsx-unshare -r -n sh -c 'exec 8</proc/self/ns/net
		readlink /proc/self/ns/net
		exec nsx-unshare --net perl -e '\''
			use Socket; $^F = 100;
			socket(my $tcp, PF_INET, SOCK_STREAM, 0) or die;
			print readlink("/proc/self/ns/net"), "\n"; $| = 1; print "";
			exec "nsx-enter", "--net=/proc/self/fd/8", "sh", "-c",
				"readlink /proc/self/ns/net; exec nsx-enter -N " . fileno($tcp) . " readlink /proc/self/ns/net"
		'\'
	assert_status 0
	assert_stderr_is ""
	assert_same "${lines[0]} ${lines[1]}" "${lines[2]} ${lines[3]}"
	[[ ${lines[0]} != "${lines[1]}" ]]
}

@test "-N, --net-socket: what is no socket, or not open, or no number" {
	refuses "it is no socket" -N 0
	exec 9<&-
	refuses "descriptor 9 is not open" -N 9
	# Nor is what would be opened in its place.
	for fd in 0 3 4 5; do
		run --separate-stderr sh -c 'exec 0<&- 3<&- 4<&- 5<&-
			exec nsx-enter -N "$0" --pid-file "$1" echo ran' $fd "$BATS_TEST_TMPDIR/pid"
		assert_error 125 "descriptor $fd is not open"
		run --separate-stderr sh -c 'exec 0<&- 3<&- 4<&- 5<&-
			exec nsx-enter --each user -N "$0" echo ran' $fd
		assert_has "$stderr" "descriptor $fd is not open"
	done
	refuses "--net-socket takes FD, not 'x'" -N x
	refuses "--net-socket takes FD, not '-1'" --net-socket=-1
	refuses "'2147483648' is out of range" -N 2147483648
}

# bats test_tags=root
@test "a socket in whose net namespace we have no rights" {
	start_keeper
	run --separate-stderr as_user nsx-enter -t "$KEEPER" -N "$(sockets_of "$KEEPER" | head -n 1)" echo ran
	assert_error 125 "the net namespace of"
}

# --- Pid files

@test "pidfile:PATH: as a target, and after a type" {
	local file=$BATS_TEST_TMPDIR/pid

	hold -U -n -u
	echo "$HELD_PID" >"$file"
	enters "uts net user" -t "pidfile:$file"
	assert_output_has "net:[${HELD[net]}]"
	enters "net user" --user="pidfile:$file" -n"pidfile:$file"
	cd "$BATS_TEST_TMPDIR"
	enters "net user" -t pidfile:pid -U -n
	# However it is written.
	for text in "$HELD_PID" "$HELD_PID  " $'  '"$HELD_PID"$'\r' "$HELD_PID"$'\nof\nthis\nserver'; do
		printf '%s' "$text" >"$file"
		enters "user" -t "pidfile:$file" -U
	done
}

@test "pidfile:PATH: what has no pid in it" {
	local file=$BATS_TEST_TMPDIR/pid

	for text in "" $'\n' 0 -1 word "1 word" 99999999999 4026531836; do
		printf '%s' "$text" >"$file"
		refuses "cannot open the net namespace of 'pidfile:$file': there is no pid in that file" -t "pidfile:$file" -n
		refuses "there is no pid in that file" --net="pidfile:$file"
	done
	head -c 1000000 /dev/zero | tr '\0' 1 >"$file"
	refuses "there is no pid in that file" -t "pidfile:$file"
}

@test "pidfile:PATH: what is no file, or not there, or may not be read" {
	refuses "No such file or directory" -t pidfile:/none/such
	refuses "there is no pid in that file" -t "pidfile:$BATS_TEST_TMPDIR"
	refuses "there is no pid in that file" -t pidfile:/dev/zero
	((EUID == 0)) || {
		touch "$BATS_TEST_TMPDIR/secret"
		chmod 0 "$BATS_TEST_TMPDIR/secret"
		refuses "Permission denied" -t "pidfile:$BATS_TEST_TMPDIR/secret"
	}
}

@test "pidfile:PATH: a FIFO is not even opened" {
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	start sh -c 'echo waiting; echo 1 >"$1"; echo read' sh "$BATS_TEST_TMPDIR/fifo"
	read_started
	refuses "there is no pid in that file" -t "pidfile:$BATS_TEST_TMPDIR/fifo"
	assert_same 1 "$(timeout "$PATIENCE" cat "$BATS_TEST_TMPDIR/fifo")"
	read_started
	assert_same read "$LINE"
}

@test "pidfile:PATH: the process has ended" {
	start true
	await_started
	echo "$STARTED" >"$BATS_TEST_TMPDIR/pid"
	refuses "'pidfile:$BATS_TEST_TMPDIR/pid': No such process" -t "pidfile:$BATS_TEST_TMPDIR/pid"
	refuses "No such process" --net="pidfile:$BATS_TEST_TMPDIR/pid"
}

# --- One namespace

@test "a file of one namespace as a target: that, and no other" {
	hold -U -n -u
	enters net -t "/proc/$HELD_PID/ns/net"
	assert_output_has "net:[${HELD[net]}]"
	enters uts -t "/proc/$HELD_PID/ns/uts" -a
	enters user -t "/proc/$HELD_PID/ns/user"
	# Its type may be named, and others be from elsewhere.
	enters net -t "/proc/$HELD_PID/ns/net" -n
	enters "net user" -t "/proc/$HELD_PID/ns/net" --user="$HELD_PID"
	run --separate-stderr nsx-enter -t "/proc/$HELD_PID/ns/net" --net=/proc/self/ns/net sh -c "$TELL_LINKS"
	assert_ran
	assert_same "" "$(changed_types)"
}

@test "one namespace as a target, and types that it is not" {
	hold -U -n
	refuses "cannot open the uts namespace of '/proc/$HELD_PID/ns/net': it is no uts namespace" \
		-t "/proc/$HELD_PID/ns/net" -u
	refuses "it is no uts namespace" -t "/proc/$HELD_PID/ns/net" -a -u
	refuses "it is no uts namespace" -t "/proc/$HELD_PID/ns/net" -a -u -n
	# What only a process has.
	refuses "--root without a directory is that of the target" -t "/proc/$HELD_PID/ns/net" -r
	refuses "--env takes the environment of the target" -t "/proc/$HELD_PID/ns/net" -e
}

@test "what is no namespace as a target; a FIFO or a device is not opened" {
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	for file in "$BATS_TEST_TMPDIR/fifo" "$BATS_TEST_TMPDIR" /dev/null /dev/zero /proc/self/status; do
		refuses "cannot open '$file': it is no namespace" -t "$file"
		refuses "cannot open '$file': it is no namespace" -t "$file" --user-parent
	done
	start sh -c 'echo waiting; echo word >"$1"; echo read' sh "$BATS_TEST_TMPDIR/fifo"
	read_started
	refuses "it is no namespace" -t "$BATS_TEST_TMPDIR/fifo"
	assert_same word "$(timeout "$PATIENCE" cat "$BATS_TEST_TMPDIR/fifo")"
}

# --- --user-parent

# A shell in a user namespace within another: outer and inner.
start_nested()
{
	start nsx-unshare -r -n sh -c 'readlink /proc/self/ns/user
		exec nsx-unshare -r -u sh -c "readlink /proc/self/ns/user; read -r end"'
	read_started
	OUTER=$LINE
	read_started
	INNER=$LINE
}

@test "--user-parent: the user namespace above that of the target" {
	start_nested
	assert_same "$INNER" "$(ns_link "$STARTED" user)"
	run --separate-stderr nsx-enter -t "$STARTED" -U --user-parent sh -c 'readlink /proc/self/ns/user; id -u'
	assert_ran "$OUTER"$'\n0'
	# Of a process alone it is no more than that.
	run --separate-stderr nsx-enter -t "$STARTED" --user-parent sh -c "$TELL_LINKS"
	assert_ran
	assert_same user "$(changed_types)"
	assert_output_has "$OUTER"
	run --separate-stderr nsx-enter --user="/proc/$STARTED/ns/user" --user-parent readlink /proc/self/ns/user
	assert_ran "$OUTER"
	run --separate-stderr nsx-enter -t "/proc/$STARTED/ns/user" --user-parent readlink /proc/self/ns/user
	assert_ran "$OUTER"
	run --separate-stderr nsx-enter -t "$STARTED" -U --user-parent --preserve-credentials id -u
	assert_ran 0
}

@test "--user-parent: it is called that, and not the namespace that it is the parent of" {
	explains()
	{
		run --separate-stderr nsx-enter --explain "${@:2}" true
		assert_status 0
		assert_matches "$output" "setns +$1"$'\n'
	}
	explains "enter the user namespace above that of '1'" -t 1 --user-parent
	explains "enter the net namespace of '1', the user namespace above that of '1'" -t 1 -U -n --user-parent
	explains "enter the net namespace of '1', the user namespace that owns a namespace of '1'" -t 1 -n --user-parent
	explains "enter the other namespaces of '1', the user namespace above that of '1'" -t 1 -a --user-parent
	explains "enter the uts namespace of '2', the user namespace above that of '3'" --uts=2 --user=3 --user-parent
	explains "enter the uts, user namespaces of '1'" -t 1 -u -U
	explains "enter the uts namespace of '1', the user namespace of '3'" -t 1 -u --user=3
}

@test "--user-parent with others: who owns them" {
	start_nested
	# net belongs to the outer one, uts to the inner one.
	run --separate-stderr nsx-enter -t "$STARTED" -n --user-parent sh -c "$TELL_LINKS; id -u"
	assert_status 0
	assert_stderr_is ""
	assert_output_has "$OUTER"
	assert_same 0 "${lines[-1]}"
	unset 'lines[-1]'
	output=$(printf '%s\n' "${lines[@]}")
	assert_same "net user" "$(changed_types)"
	run --separate-stderr nsx-enter --uts="/proc/$STARTED/ns/uts" --user-parent readlink /proc/self/ns/user
	assert_ran "$INNER"
	run --separate-stderr nsx-enter -t "/proc/$STARTED/ns/net" --user-parent readlink /proc/self/ns/user
	assert_ran "$OUTER"
	# With all of it, in place of its own.
	run --separate-stderr nsx-enter -t "$STARTED" -a --user-parent sh -c "$TELL_LINKS"
	assert_ran
	assert_same "uts net user" "$(changed_types)"
	assert_output_has "$OUTER"
}

@test "--user-parent: nothing above is in sight" {
	refuses "cannot open the user namespace above that of '$$': Operation not permitted: it is the one that you are in" \
		-t $$ --user-parent
	refuses "there is no way up" -t $$ -U --user-parent
	# The owner of ours is the one that we are in.
	run --separate-stderr nsx-enter -t $$ -n --user-parent sh -c "$TELL_LINKS"
	assert_ran
	assert_same "" "$(changed_types)"
	run --separate-stderr nsx-unshare -r sh -c 'nsx-enter -t $$ --user-parent echo ran'
	assert_error 125 "there is no way up"
	run --separate-stderr nsx-unshare -r nsx-enter --net=/proc/self/ns/net --user-parent echo ran
	assert_error 125 "the user namespace that owns a namespace of '/proc/self/ns/net'" "there is no way up"
}

@test "--user-parent takes something to be the parent of" {
	refuses "--user-parent is that of a namespace to enter" --user-parent
}

# --- --for-children

# note_of TYPE LINK: said of the process started last.
note_of()
{
	echo "nsx-enter: note: children of '$STARTED' are in another $1 namespace, $2: --for-children enters that one"
}

# A process whose children are in a pid namespace that it is not in itself, and
# one of them: STARTED, CHILD.
start_parent()
{
	start nsx-unshare -r "$@" sh -c 'echo; read -r end'
	read_started
	CHILD=$(pgrep --parent "$STARTED")
}

@test "--for-children: the pid namespace of the children of the target" {
	start_parent --pid
	inside=$(ns_link "$CHILD" pid)
	[[ $inside != "$(ns_link "$STARTED" pid)" ]]
	run --separate-stderr nsx-enter -t "$STARTED" -U -p --for-children readlink /proc/self/ns/pid
	assert_ran "$inside"
	run --separate-stderr nsx-enter -t "$STARTED" --for-children readlink /proc/self/ns/pid
	assert_ran "$inside"
	run --separate-stderr nsx-enter --user="$STARTED" --pid="$STARTED" --for-children readlink /proc/self/ns/pid
	assert_ran "$inside"
	# The program is a process of it.
	run --separate-stderr nsx-enter -t "$STARTED" -U -p --for-children sh -c 'echo $PPID'
	assert_ran 0
}

# nsenter 2.38 says nothing, and is where the target is.
@test "without --for-children: its own, and that is said, once" {
	start_parent --pid
	run --separate-stderr nsx-enter -t "$STARTED" -U -p readlink /proc/self/ns/pid
	assert_status 0
	assert_output_is "$(ns_link self pid)"
	assert_stderr_is "$(note_of pid "$(ns_link "$CHILD" pid)")"
	run --separate-stderr nsx-enter -t "$STARTED" true
	assert_status 0
	assert_stderr_is "$(note_of pid "$(ns_link "$CHILD" pid)")"
	# Not where nobody asked for it, nor where there is no difference.
	run --separate-stderr nsx-enter -t "$STARTED" -U true
	assert_ran
	run --separate-stderr nsx-enter -t "$CHILD" true
	assert_ran
}

@test "--for-children: the time namespace too" {
	need_ns time
	start_parent --time
	inside=$(ns_link "$CHILD" time)
	run --separate-stderr nsx-enter -t "$STARTED" -U -T readlink /proc/self/ns/time
	assert_status 0
	assert_output_is "$(ns_link self time)"
	assert_stderr_is "$(note_of time "$inside")"
	run --separate-stderr nsx-enter -t "$STARTED" -U -T --for-children readlink /proc/self/ns/time
	assert_ran "$inside"
	# A note each.
	start_parent --time --pid
	run --separate-stderr nsx-enter -t "$STARTED" true
	assert_status 0
	assert_same "$(note_of pid "$(ns_link "$CHILD" pid)" && note_of time "$(ns_link "$CHILD" time)")" "$stderr"
}

@test "--for-children where the first child is yet to come" {
	start unshare --user --map-root-user --pid sh -c 'exec cat'
	wait_until is_cat "$STARTED"
	[[ ! -e /proc/$STARTED/ns/pid_for_children ]] || skip "needs a kernel before 7.1"
	refuses "cannot open the pid namespace of '$STARTED': No child processes: it is made when the process has its first child" \
		-t "$STARTED" -U -p --for-children
	refuses "No child processes" --pid="$STARTED" --user="$STARTED" --for-children
	# Its own is ours, and where its children go nobody knows.
	run --separate-stderr nsx-enter -t "$STARTED" readlink /proc/self/ns/pid
	assert_ran "$(ns_link self pid)"
}

is_cat()
{
	[[ $(<"/proc/$1/comm") == cat ]]
}

@test "--for-children where the children are where the process is" {
	hold -U -u
	enters "uts user" -t "$HELD_PID" --for-children
	run --separate-stderr nsx-enter -t $$ --for-children sh -c "$TELL_LINKS"
	assert_ran
	assert_same "" "$(changed_types)"
}

# --- Names

# bats test_tags=root
@test "all of a name: what it keeps, from one process or several" {
	need_own_run
	hold -n -u
	nsx-pin attach "all$$" "$HELD_PID" --net --uts
	enters "uts net" -t "pin:all$$"
	enters "uts net" -t "pin:all$$" -a
	enters "uts net" -a -n -t "pin:all$$"
	run --separate-stderr nsx-enter -a -i -t "pin:all$$" echo ran
	nsx-pin del --force --no-wait "all$$"
	assert_error 125 "cannot open the ipc namespace of 'pin:all$$': that name keeps none"
}

# bats test_tags=root
@test "a name that is not there, or stale, or another's: one line that says so" {
	need_own_run
	nsx-pin add "box$$"
	run --separate-stderr as_user nsx-enter -t "pin:box$$" echo ran
	closed=$stderr
	umount --lazy "/run/netns/box$$"
	run --separate-stderr nsx-enter -t "pin:box$$" echo ran
	nsx-pin gc
	assert_error 125 "cannot open the net namespace of 'pin:box$$': its file keeps no namespace (any more)"
	assert_has "$closed" "Permission denied: that name is another user's"
	run --separate-stderr nsx-enter --net="pin:box$$" echo ran
	assert_error 125 "cannot open the net namespace of 'pin:box$$': there is no such name"
}
