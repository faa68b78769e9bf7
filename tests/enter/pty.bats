#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# --pty: the program has a terminal of its own, in every respect, and the
# caller's is out of its reach.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn
load ../lib/terminal
load ../lib/faults

setup()
{
	common_setup
	need_userns
}

teardown()
{
	close_terminal
	spring_trap
	common_teardown
}

# with_pty COMMAND...: what it prints is in output, as lines that end in \n.
with_pty()
{
	run --separate-stderr nsx-enter -t "$HELD_PID" --pty "$@"
	output=${output//$'\r'/}
}

# hold_world COMMANDS: a mount namespace in which these commands were run; its
# process is in HELD_PID.
hold_world()
{
	start nsx-unshare -r --map-group=0 -m sh -c "set -e; $1"'; echo ready $$; read -r end'
	read_started
	assert_matches "$LINE" '^ready [0-9]+$'
	HELD_PID=${LINE#ready }
}

# --- It is a terminal

@test "all standard descriptors are a terminal, which controls the program's session" {
	hold -U -m
	with_pty sh -c 'test -t 0 && test -t 1 && test -t 2 && echo all
		set -- $(cut -d " " -f 5-8 /proc/$$/stat)
		[ "$1 $2 $4" = "$$ $$ $$" ] && [ "$3" != 0 ] && echo leader
		echo written >/dev/tty'
	assert_ran $'all\nleader\nwritten'
}

@test "tty and ttyname(3) know it, and it belongs to the user inside" {
	hold -U -m
	with_pty sh -c 'tty; stat -c %u "$(tty)"; : <>"$(tty)" && echo opened'
	assert_status 0
	assert_matches "$output" $'^/dev/pts/[0-9]+\n0\nopened$'
}

@test "without --pty the same program has none" {
	hold -U -m
	run --separate-stderr nsx-enter -t "$HELD_PID" sh -c 'test -t 0 || test -t 1 || test -t 2 || echo none'
	assert_ran none
}

@test "the program has no descriptor of ours" {
	hold -U -m
	run --separate-stderr ls -1 /proc/self/fd
	want=$output
	with_pty ls -1 /proc/self/fd
	assert_ran "$want"
}

@test "it is one of the devpts of the world entered" {
	hold_world 'mount -t devpts -o newinstance,ptmxmode=666,mode=620 devpts /dev/pts
		mount --bind /dev/pts/ptmx /dev/ptmx'
	with_pty sh -c 'tty; ls /dev/pts; stat -L -c %d /proc/self/fd/0 /dev/pts'
	assert_status 0
	assert_same /dev/pts/0 "${lines[0]//$'\r'/}"
	assert_same "${lines[2]}" "${lines[3]}"
	[[ ${lines[2]//$'\r'/} != "$(stat -c %d /dev/pts)" ]]
	# Also where /dev/ptmx is a link, as it often is.
	hold_world 'mount -t tmpfs tmpfs /dev
		mkdir /dev/pts
		mount -t devpts -o newinstance,ptmxmode=666,mode=620 devpts /dev/pts
		ln -s pts/ptmx /dev/ptmx'
	with_pty tty
	assert_ran /dev/pts/0
}

# Among it a FIFO, at which somebody waits for it to be opened, who would tell.
@test "what is no /dev/ptmx is not opened: the terminal is one of the caller's" {
	local make

	cd "$BATS_TEST_TMPDIR" || return
	mkfifo trap
	for make in 'touch ptmx; mount --bind "$trap" ptmx' 'ln -s "$trap" ptmx' 'echo text >ptmx' 'mkdir ptmx' \
		'ln -s ptmx ptmx' 'ln -s nothing ptmx' ':' 'touch ptmx; mount --bind "$null" ptmx'; do
		echo "/dev with: $make"
		hold_world "trap=$BATS_TEST_TMPDIR/trap null=/proc/self/fd/9
			(: <\$trap; echo opened) &
			exec 9</dev/null
			mount -t tmpfs tmpfs /dev
			cd /dev
			$make"
		with_pty sh -c 'test -t 0 && test -t 1 && echo terminal; tty'
		# Newer ones of tty(1) say it in other words, with another status.
		[[ $status == [14] ]] || assert_status 1
		assert_matches "$output" $'^terminal\n(not a tty|tty: .*)$'
		assert_stderr_is ""
		run --separate-stderr nsx-enter -t "$HELD_PID" -v --pty true
		assert_stderr_has "take the caller's"
		# The next line is not that of the trap.
		run --separate-stderr nsx-enter -t "$HELD_PID" sh -c 'echo told >/proc/"$1"/fd/1' sh "$HELD_PID"
		read_started
		assert_same told "$LINE"
		spring_trap
		end_started
	done
}

spring_trap()
{
	[[ ! -p $BATS_TEST_TMPDIR/trap ]] || : <>"$BATS_TEST_TMPDIR/trap"
}

# within_world COMMANDS PROGRAM...: enter from such a world, where nothing else is to be had.
within_world()
{
	local commands=$1
	shift

	run --separate-stderr nsx-unshare -r -m sh -c "set -e; $commands"'
		exec nsx-enter --uts=/proc/self/ns/uts --pty "$@"' sh "$@"
}

@test "where there is none to be had, the message says what is missing" {
	touch "$BATS_TEST_TMPDIR/ptmx"
	within_world 'mount -t tmpfs tmpfs /dev' echo ran
	assert_error 125 "cannot open a pseudo-terminal: No such file or directory" "/dev/ptmx beside it"
	within_world "mount --bind /dev/ptmx '$BATS_TEST_TMPDIR/ptmx'
		mount -t tmpfs tmpfs /dev
		touch /dev/ptmx
		mount --bind '$BATS_TEST_TMPDIR/ptmx' /dev/ptmx" echo ran
	assert_error 125 "cannot open a pseudo-terminal: No such" "devpts at /dev/pts"
	within_world 'mount -t devpts -o newinstance,ptmxmode=666,max=1 devpts /dev/pts
		mount --bind /dev/pts/ptmx /dev/ptmx' \
		nsx-enter --uts=/proc/self/ns/uts --pty echo ran
	assert_status 125
	assert_has "$output" "cannot open a pseudo-terminal: No space left on device"
	assert_has "$output" "kernel.pty.max"
}

# bats test_tags=root
@test "-S: it belongs to that user, who can open it" {
	hold -m -n
	with_pty -S "$NSX_USER" -G "$(id -g "$NSX_USER")" sh -c 'id -un; stat -c %U "$(tty)"; : <>"$(tty)" && echo opened'
	assert_ran "$NSX_USER"$'\n'"$NSX_USER"$'\nopened'
}

@test "an ordinary user in a container of theirs; and root there" {
	start "${AS_USER[@]}" nsx-unshare -r -m -p --mount-proc sh -c 'echo ready; read -r end'
	read_started
	HELD_PID=$(pgrep --parent "$STARTED")
	run --separate-stderr as_user nsx-enter -t "$HELD_PID" --pty sh -c 'tty; id -u; stat -c %u "$(tty)"'
	assert_status 0
	assert_matches "${output//$'\r'/}" $'^/dev/pts/[0-9]+\n0\n0$'
	with_pty sh -c 'tty; id -u; stat -c %u "$(tty)"'
	assert_status 0
	assert_matches "$output" $'^/dev/pts/[0-9]+\n0\n0$'
}

@test "--pty: wrong use" {
	run --separate-stderr nsx-enter -t $$ --pty --no-fork echo ran
	assert_error 125 "--pty" "drop --no-fork"
	run --separate-stderr nsx-enter -t $$ --pty=yes echo ran
	assert_error 125 "--pty takes no argument"
}

# --- How it ends

@test "the program's status and signal are ours" {
	hold -U -p
	with_pty sh -c 'exit 7'
	assert_status 7
	assert_output_is ""
	assert_stderr_is ""
	with_pty sh -c 'kill -KILL $$; read -r end'
	assert_status 137
	with_pty sh -c 'kill -TERM $$; read -r end'
	assert_status 143
}

@test "a program that does not run is told of on our standard error" {
	hold -U -p
	run -127 --separate-stderr env PATH="$NSX_BIN:/usr/bin:/bin" nsx-enter -t "$HELD_PID" --pty no-such-program
	assert_error 127 "cannot run 'no-such-program'"
	with_pty /etc/passwd
	assert_error 126 "cannot run '/etc/passwd'"
}

@test "signals sent to us reach the program, each once; a stop stops both" {
	hold -U -p
	start nsx-enter -t "$HELD_PID" --pty "$NSX_HELPERS/listen"
	read_started
	assert_same $'ready\r' "$LINE"
	for signal in HUP TERM INT QUIT USR1 WINCH HUP; do
		kill -$signal "$STARTED"
		read_started
		assert_same "$(kill -l $signal)"$'\r' "$LINE"
	done
	program=$(pgrep --parent "$STARTED")
	for signal in TSTP TTIN STOP; do
		case $signal in
		STOP) kill -STOP "$program" ;;
		*) kill -$signal "$STARTED" ;;
		esac
		wait_until is_in_state "$program" T
		wait_until is_in_state "$STARTED" T
		kill -CONT "$STARTED"
		read_started
		assert_same "$(kill -l CONT)"$'\r' "$LINE"
		wait_until is_in_state "$STARTED" S
	done
	end_input
	read_started
	assert_same $'end\r' "$LINE"
	await_started
	assert_status 0
}

@test "--kill-child goes with --pty" {
	hold -U -p
	start nsx-enter -t "$HELD_PID" --pty --kill-child sh -c 'trap "" HUP TERM; echo ready; read -r end'
	read_started
	program=$(pgrep --parent "$STARTED")
	kill -KILL "$STARTED"
	wait_until is_gone "$program"
	await_started
	assert_status 137
}

@test "what was written just before the end arrives" {
	hold -U -p
	for _ in {1..10}; do
		with_pty sh -c 'seq 2000; exit 3'
		assert_status 3
		assert_same "$(seq 2000)" "$output"
	done
}

@test "a process that stays behind does not keep us, whether it writes or not" {
	hold -U -m
	with_pty sh -c 'trap "" HUP; sleep 300 & echo $!; exit 3'
	assert_status 3
	kill "$output"
	run timeout "$PATIENCE" nsx-enter -t "$HELD_PID" --pty sh -c 'trap "" HUP; yes & exit 4'
	assert_status 4
}

# --- What goes in and out

@test "standard input is fed in, and its end is the end of file, for all who read" {
	hold -U -p
	with_pty cat <<<$'one\ntwo'
	assert_ran $'one\ntwo'
	with_pty sh -c 'cat; cat; echo end' <<<word
	assert_ran $'word\nend'
	run --separate-stderr sh -c 'printf half | nsx-enter -t "$1" --pty cat' sh "$HELD_PID"
	assert_ran half
	with_pty cat </dev/null
	assert_ran ""
	with_pty cat <"$BATS_TEST_FILENAME"
	assert_status 0
	assert_same "$(cat "$BATS_TEST_FILENAME")" "$output"
}

# It reads one by one what was written for lines, and writes between.
@test "a shell that edits its line ends with our standard input" {
	hold -U -p
	with_pty env TERM=dumb PS1= bash --norc --noprofile -i <<<$'sleep 0.1\necho $((40 + 2))'
	assert_status 0
	assert_matches "$output" $'(^|\n)42(\n|$)'
}

@test "standard streams that are closed" {
	hold -U -p
	run --separate-stderr sh -c 'nsx-enter -t "$1" --pty sh -c "cat; echo end" <&-' sh "$HELD_PID"
	assert_status 0
	assert_same $'end\r' "$output"
	run --separate-stderr sh -c 'nsx-enter -t "$1" --pty sh -c "echo text; test -t 1; exit 4" >&-' sh "$HELD_PID"
	assert_status 4
	run --separate-stderr sh -c 'nsx-enter -t "$1" --pty sh -c "test -t 0 && test -t 2; exit 5" <&- >&- 2>&-' sh "$HELD_PID"
	assert_status 5
}

@test "where our standard output goes away, the program is hung up" {
	hold -U -p
	run --separate-stderr bash -c 'nsx-enter -t "$1" --pty yes | head -n 1; echo "${PIPESTATUS[0]}"' bash "$HELD_PID"
	assert_ran $'y\r\n129'
}

@test "where our standard output takes no more, that is said, and never status 0" {
	local said="nsx-enter: cannot write the program's output: No space left on device"

	hold -U -p
	run --separate-stderr bash -c 'nsx-enter -t "$1" --pty sh -c "$2" >/dev/full' bash "$HELD_PID" \
		'trap "exit 3" HUP; while :; do echo text; done'
	assert_status 3
	assert_stderr_is "$said"
	# It ended before that was known.
	for status_want in 0:1 7:7; do
		run --separate-stderr bash -c 'nsx-enter -t "$1" --pty --json-status-fd 4 sh -c "$2" 4>"$3" >/dev/full' bash \
			"$HELD_PID" "trap '' HUP; echo text; exit ${status_want%:*}" "$BATS_TEST_TMPDIR/status"
		assert_status "${status_want#*:}"
		assert_stderr_is "$said"
		assert_same "${status_want%:*}" "$(jq '."exit-code" | values' "$BATS_TEST_TMPDIR/status")"
	done
}

# A mebibyte of lines, no two alike.
make_big()
{
	cd "$BATS_TEST_TMPDIR" || return
	seq 170000 >big
	(($(stat -c %s big) > 1048576)) || fail "not that big"
}

@test "a mebibyte both ways at once" {
	need_command perl
	hold -U -p
	make_big
	nsx-enter -t "$HELD_PID" --pty cat <big | tr -d '\r' >big.copy
	cmp big big.copy
	# A reader who starts late.
	nsx-enter -t "$HELD_PID" --pty cat <big |
		{
			wait_until is_full
			tr -d '\r'
		} >big.copy
	cmp big big.copy
}

# Is standard input a pipe into which poll(2) lets nothing more be written?
is_full()
{
	perl -e 'open my $out, ">", "/proc/self/fd/0" or die; vec(my $set = "", fileno $out, 1) = 1;
		exit(select(undef, $set, undef, 0) > 0)'
}

# --- At a terminal

# In the terminal: the settings before and after, and how it ended. No
# interactive shell is between, which would put the terminal right itself.
type_enter()
{
	type_keys "sh -c 'stty -g >before; nsx-enter $1; echo \"status=\$?\"; stty -g >after'" Enter
}

open_terminal_here()
{
	cd "$BATS_TEST_TMPDIR" || return
	open_terminal
	pane=$(tmux -L "$terminal" display -p '#{pane_tty}')
}

# Unlike a shell that edits its line, we take output as it is, too.
is_raw()
{
	[[ $(stty -F "$pane" -a) =~ [[:space:]]-opost[[:space:]] ]]
}

is_cooked()
{
	[[ $(stty -F "$pane" -a) =~ [[:space:]]opost[[:space:]] ]]
}

# ends_well STATUS
ends_well()
{
	wait_until shows "status=$1\$"
	wait_until test -s after
	assert_same "$(cat before)" "$(cat after)"
	rm before after
}

# The supervisor of what was typed.
find_supervisor()
{
	supervisor=$(pgrep -f "^nsx-enter -t $HELD_PID .*$1")
}

@test "at a terminal: it is raw while the program runs, and as it was on every way out" {
	local signal

	hold -U -p
	open_terminal_here
	type_enter "-t $HELD_PID --pty sh -c \"echo up; read -r word; echo it is \\\$word; exit 3\""
	wait_until shows '^up$'
	wait_until is_raw
	type_keys typed Enter
	# Echoed once, as at a terminal.
	wait_until shows '^it is typed$'
	shows_times '^typed$' 1
	ends_well 3

	type_enter "-t $HELD_PID --pty /no-such-program"
	ends_well 127
	shows '^nsx-enter: cannot run'

	for signal in TERM HUP INT; do
		type_keys clear Enter
		wait_until shows_times . 1
		type_enter "-t $HELD_PID --pty sh -c \"echo up; read -r for_$signal\""
		wait_until shows '^up$'
		wait_until is_raw
		find_supervisor "for_$signal"
		kill -$signal "$supervisor"
		ends_well "$((128 + $(kill -l $signal)))"
	done
}

@test "at a terminal: stopped, it has its settings back; continued, it is raw again" {
	local signal

	hold -U -p
	open_terminal_here
	type_enter "-t $HELD_PID --pty sh -c \"echo up; read -r word; exit 4\""
	wait_until shows '^up$'
	wait_until is_raw
	find_supervisor 'read -r word'
	for signal in TSTP STOP; do
		kill -$signal "$(if [[ $signal == STOP ]]; then pgrep --parent "$supervisor"; else echo "$supervisor"; fi)"
		wait_until is_in_state "$supervisor" T
		is_cooked
		kill -CONT "$supervisor"
		wait_until is_raw
	done
	type_keys word Enter
	ends_well 4
}

@test "at a terminal: keys have their meaning within" {
	hold -U -p
	open_terminal_here
	type_enter "-t $HELD_PID --pty sh -c \"echo up; cat\""
	wait_until shows '^up$'
	wait_until is_raw
	type_keys first Enter
	wait_until shows_times '^first$' 2
	type_keys C-c
	ends_well 130
	type_enter "-t $HELD_PID --pty cat"
	wait_until is_raw
	type_keys C-d
	wait_until test -s after
	ends_well 0
}

@test "at a terminal: a shell within has jobs of its own" {
	hold -U -p
	open_terminal_here
	type_enter "-t $HELD_PID --pty env PS1=in:\\  bash --norc --noprofile -i"
	wait_until shows '^in: *$'
	# The shell changes the terminal around each command: type when it has.
	type_keys 'echo "cat"s; cat' Enter
	wait_until shows '^cats$'
	type_keys one Enter
	wait_until shows_times '^one$' 2
	type_keys C-z
	wait_until shows Stopped
	type_keys fg Enter
	wait_until shows '^cat$'
	type_keys two Enter
	wait_until shows_times '^two$' 2
	type_keys C-c
	wait_until shows_times '^in:' 3
	type_keys 'exit 5' Enter
	ends_well 5
	refute_has "$(screen)" "no job control"
}

@test "at a terminal: the size is its, and follows" {
	need_command perl
	hold -U -p
	open_terminal_here
	type_enter "-t $HELD_PID --pty perl -e \"\\\$SIG{WINCH} = sub { system qw(stty size); exit 6 }; system qw(stty size); sleep 60\""
	wait_until shows '^40 120$'
	wait_until is_raw
	tmux -L "$terminal" resize-window -x 100 -y 30
	wait_until shows '^30 100$'
	ends_well 6
}

@test "at a terminal: the size is that of our standard output, where input is none" {
	hold -U -p
	open_terminal_here
	type_enter "-t $HELD_PID --pty stty size </dev/null"
	wait_until shows '^40 120$'
	ends_well 0
}

@test "at a terminal: in the background it is left alone, until it comes to the foreground" {
	hold -U -p
	open_terminal_here
	type_keys "nsx-enter -t $HELD_PID --pty sh -c 'echo \"up\"s; read -r word; echo \"got \$word\"; exit 3' &" Enter
	wait_until shows "ups\$"
	type_keys Enter 'echo "wo"rds' Enter
	wait_until shows '^words$'
	type_keys fg Enter
	wait_until is_raw
	type_keys typed Enter
	wait_until shows '^got typed$'
	type_keys 'echo "status=$?"' Enter
	wait_until shows '^status=3$'
}

@test "at a terminal: when its window is closed, the program is hung up" {
	hold -U -p
	open_terminal_here
	type_enter "-t $HELD_PID --pty sh -c \"trap \\\"echo hung up >told; exit\\\" HUP; echo up; read -r until_hang_up\""
	wait_until shows '^up$'
	find_supervisor until_hang_up
	tmux -L "$terminal" kill-server
	wait_until is_gone "$supervisor"
	assert_same "hung up" "$(cat told)"
}

@test "at a terminal: a big paste arrives" {
	need_command script
	hold -U -p
	make_big
	script -q -E never -c "nsx-enter -t $HELD_PID --pty sh -c 'stty -echo; echo up; cat >big.copy'" /dev/null <big >/dev/null
	cmp big big.copy
}

# --- The caller's terminal is out of reach

# A program that pushes a command into every terminal that it finds.
make_pusher()
{
	need_command perl
	[[ $(cat /proc/sys/dev/tty/legacy_tiocsti 2>/dev/null || echo 1) == 1 ]] || skip "needs dev.tty.legacy_tiocsti"
	cat >push <<'END'
for my $fd (0 .. 9) {
	open my $terminal, "+<&=", $fd or next;
	ioctl $terminal, 0x5412, $_ for split //, "echo pus" . "hed\n";
}
if (open my $terminal, "+<", "/dev/tty") {
	ioctl $terminal, 0x5412, $_ for split //, "echo pus" . "hed\n";
}
print "tri", "ed\n";
END
}

@test "at a terminal: nothing inside pushes characters into the caller's" {
	hold -U
	open_terminal_here
	make_pusher
	# It works where the terminal is handed over.
	type_keys "nsx-enter -t $HELD_PID perl push" Enter
	wait_until shows '^pushed$'
	type_keys clear Enter
	wait_until shows_times . 1

	type_keys "nsx-enter -t $HELD_PID --pty perl push 3<>/dev/tty 4</dev/tty" Enter
	wait_until shows '^tried'
	type_keys 'echo "wo"rd' Enter
	wait_until shows '^word$'
	refute_has "$(screen)" $'\npushed\n'
}

@test "at a terminal: of the other descriptors terminals are not inherited" {
	hold -U
	open_terminal_here
	type_keys "nsx-enter -t $HELD_PID --pty sh -c 'for fd in 3 4 5; do [ ! -e /proc/\$\$/fd/\$fd ] || echo has \$fd; done; echo looked' 3<>/dev/tty 4</dev/null 5>/dev/tty" Enter
	wait_until shows '^looked$'
	assert_same "has 4" "$(screen | grep '^has')"
}

@test "at a terminal: the caller's is not to be found through us" {
	hold -U
	open_terminal_here
	# With the rights that it has over the processes of its user namespace.
	type_keys "nsx-enter -t $HELD_PID --pty sh -c 'readlink /proc/\$PPID/fd/0; echo looked'" Enter
	wait_until shows '^looked$'
	refute_has "$(screen)" "$pane"
}

@test "with --init the terminal is the program's, whom the init serves" {
	hold -U -m -p
	run --separate-stderr nsx-enter -t "$HELD_PID" --pty --init --mount-proc sh -c 'test -t 0 && echo terminal; cat "/proc/$PPID/comm"; exit 7' </dev/null
	assert_status 7
	assert_output_is $'terminal\r\nnsx-init\r'
	run --separate-stderr nsx-enter -t "$HELD_PID" --pty --init sh -c 'kill -TERM $$' </dev/null
	assert_status 143
}

# --- What fails

# It ran, or it is told why not; nothing is left running.
check_fault()
{
	[[ $status -ne 7 ]] || return 0
	assert_fault_is_told "$status_want" || return
	[[ $FAULTS == *"write(2, "* ]] || assert_stderr_matches "cannot ($want)"
}

# fails CALL WORDS
fails()
{
	want=$2
	each_fault "$1" nsx-enter -t "$HELD_PID" --pty sh -c 'exit 7' </dev/null
}

@test "every call of the steps may fail" {
	local words="open a pseudo-terminal|have the pseudo-terminal alone, in a new session"

	need_faults
	status_want=125
	hold -U -m
	fails socketpair fork
	fails sendmsg "$words"
	fails recvfrom "$words"
	fails sendto "wait for the program"
	fails recvmsg "wait for the program"
	fails setsid "$words"
	fails dup2 "$words"
	fails fcntl "$words"
	fails ioctl "$words|open the [a-z]+ namespace"
}

@test "every call of the supervisor may fail: the terminal is as it was" {
	local call nth

	need_faults
	hold -U -p
	open_terminal_here
	for call in poll ioctl read write; do
		for nth in 1 2 3 4 5 6; do
			type_keys clear Enter
			wait_until shows_times . 1
			rm -f trace
			type_keys "sh -c 'stty -g >before; strace -o trace -e trace=$call -e inject=$call:error=EPERM:when=$nth nsx-enter -t $HELD_PID --pty sh -c \"echo up; exit 7\"; echo \"status=\$?\"; stty -g >after'" Enter
			# What was out when it failed may be half a line.
			wait_until shows 'status=[0-9]'
			wait_until test -s after
			echo "$call $nth: $(screen)"
			assert_same "$(cat before)" "$(cat after)"
			rm before after
		done
	done
}
