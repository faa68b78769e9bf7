#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# nsx-enter --each: one program in many worlds.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn

# Two worlds, A and B, each a process with its inode number of uts.
setup()
{
	common_setup
	need_userns
	hold -U -u
	A=$HELD_PID A_UTS=${HELD[uts]}
	hold -U -u
	B=$HELD_PID B_UTS=${HELD[uts]}
	export A_UTS B_UTS
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	FIFO=$BATS_TEST_TMPDIR/fifo
	export FIFO
}

# For programs that do something else in each of the worlds.
HERE='case $(readlink /proc/self/ns/uts) in "uts:[$A_UTS]") here=A ;; "uts:[$B_UTS]") here=B ;; esac;'

# --- Which worlds

@test "each reference of a list, in its order, everything that differs" {
	run --separate-stderr nsx-enter --each "$A,$B" readlink /proc/self/ns/uts /proc/self/ns/user
	assert_ran "uts:[$A_UTS]
$(ns_link "$A" user)
uts:[$B_UTS]
$(ns_link "$B" user)"
	run --separate-stderr nsx-enter --each "$B" --each "$A" readlink /proc/self/ns/uts
	assert_ran "uts:[$B_UTS]
uts:[$A_UTS]"
}

@test "the types asked for, of each" {
	run --separate-stderr nsx-enter --each "$A,$B" --user sh -c "$TELL_LINKS"
	assert_ran
	refute_output_has "$A_UTS"
	assert_output_has "$(ns_link "$A" user)"
	assert_output_has "$(ns_link "$B" user)"
}

@test "a reference of a type's own counts in each" {
	run --separate-stderr nsx-enter --each "$A,$B" --uts="/proc/$A/ns/uts" --user="$A" readlink /proc/self/ns/uts
	assert_ran "uts:[$A_UTS]
uts:[$A_UTS]"
}

@test "a file: the one namespace that it is" {
	run --separate-stderr nsx-enter --each "/proc/$A/ns/uts" --user="$A" sh -c "$TELL_LINKS"
	assert_ran
	assert_same "uts user" "$(changed_types)"
	run --separate-stderr nsx-enter --each "/proc/$A/ns/uts" --user="$A" --uts readlink /proc/self/ns/uts
	assert_ran "uts:[$A_UTS]"
	run --separate-stderr nsx-enter --each "/proc/$A/ns/uts" --user="$A" --ipc true
	assert_status 123
	assert_stderr_has "it is no ipc namespace"
}

# bats test_tags=root
@test "a type: each namespace of it once, ours among them, and nothing else entered" {
	run --separate-stderr nsx-enter --each uts sh -c "$TELL_LINKS"
	# What others have here may end at any moment, but neither ours nor the held.
	[[ $status == 0 || $status == 123 ]]
	for want in "$A_UTS" "$B_UTS" "$(ns_inode self uts)"; do
		assert_same 1 "$(grep -cF "uts:[$want]" <<<"$output")"
	done
	refute_output_has "$(ns_link "$A" user)"
	run --separate-stderr nsx-enter --each uts --label true
	assert_same "" "$output"
}

@test "a type: what is ours is entered, what is others' does not stop the rest" {
	((EUID)) || skip "needs an ordinary user, who may not enter all"
	need_command jq
	run --separate-stderr nsx-enter --each uts --json readlink /proc/self/ns/uts
	assert_same '["'"$(ns_link self uts)"'"]' "$(jq -cs "[.[] | select(.ns == $(ns_inode self uts)).line // empty]" <<<"$output")"
	assert_same "\"uts:[$A_UTS]\"" "$(jq "select(.ns == $A_UTS and .stream == \"stdout\") | .line" <<<"$output")"
	# In what A's user namespace owns there is no way to the one of B.
	run --separate-stderr nsx-enter --each "/proc/$A/ns/uts,/proc/$B/ns/uts" --user="$A" readlink /proc/self/ns/uts
	assert_status 123
	assert_output_is "uts:[$A_UTS]"
}

@test "a process that is not there fails alone" {
	run --separate-stderr nsx-enter --each "$A,4194304,$B" readlink /proc/self/ns/uts
	assert_status 123
	assert_output_is "uts:[$A_UTS]
uts:[$B_UTS]"
	assert_same "nsx-enter: cannot open the mnt namespace of '4194304': No such process" "$stderr"
}

# --- What a program gets

@test "standard input is /dev/null: a loop around keeps its own" {
	run --separate-stderr sh -c 'printf "1\n2\n" | while read -r n; do
		nsx-enter --each "$1" cat
		echo "$n"
	done' sh "$A,$B"
	assert_ran $'1\n2'
}

@test "no descriptor of ours, and the limit of open files that we have" {
	run --separate-stderr ls /proc/self/fd
	want=$output
	for option in "" --label --json --parallel=3; do
		run --separate-stderr nsx-enter --each "$A,$B" $option ls /proc/self/fd
		assert_ran
		assert_same "$(sort -u <<<"$want")" "$(sed 's/.*  //; /exit-code/d; s/.*"line": "\(.*\)"}/\1/' <<<"$output" | sort -u)"
		run --separate-stderr sh -c 'ulimit -Sn 57; nsx-enter --each "$1" $2 sh -c "ulimit -Sn"' sh "$A" "$option"
		assert_ran
		assert_output_has 57
	done
}

@test "without labels and one at a time, output is not touched" {
	run --separate-stderr --keep-empty-lines nsx-enter --each "$A,$B" sh -c 'printf "a\0b"; printf "no newline" >&2'
	assert_status 0
	assert_output_is "abab"
	assert_stderr_is "no newlineno newline"
	run --separate-stderr sh -c 'nsx-enter --each "$1" readlink /proc/self/fd/1 >"$2"; cat "$2"' sh "$A" "$BATS_TEST_TMPDIR/out"
	assert_ran "$BATS_TEST_TMPDIR/out"
}

@test "on a terminal failures are told, and without one they are not" {
	need_command script
	run --separate-stderr nsx-enter --each "$A,$B" sh -c 'exit 3'
	assert_status 123
	assert_output_is ""
	assert_stderr_is ""
	run script --quiet --return --command "nsx-enter --each $A,$B sh -c 'exit 3'" /dev/null </dev/null
	assert_status 123
	assert_output_is "nsx-enter: $A: ended with status 3"$'\r'"
nsx-enter: $B: ended with status 3"$'\r'"
nsx-enter: 2 of 2 runs failed"$'\r'
}

# --- Labels

@test "--label: in front of each line, padded; each stream stays where it is" {
	run --separate-stderr nsx-enter --label --each "$A,/proc/$B/ns/user" sh -c 'echo one; echo err >&2; echo; printf last'
	assert_status 0
	wide=/proc/$B/ns/user
	printf -v narrow "%-${#wide}s" "$A"
	assert_output_is "$narrow  one
$narrow  
$narrow  last
$wide  one
$wide  
$wide  last"
	assert_stderr_is "$narrow  err
$wide  err"
}

@test "--label: a reference with control bytes in it drives no terminal" {
	ln -s "/proc/$A/ns/uts" "$BATS_TEST_TMPDIR/"$'a\nb\e[31m'
	cd "$BATS_TEST_TMPDIR"
	run --separate-stderr nsx-enter --user="$A" --label --each $'./a\nb\e[31m' sh -c 'readlink /proc/self/ns/uts; exit 3'
	assert_status 123
	assert_output_is "./a\\x0ab\\x1b[31m  uts:[$A_UTS]"
	assert_stderr_is "nsx-enter: ./a\\x0ab\\x1b[31m: ended with status 3
nsx-enter: 1 of 1 runs failed"
}

@test "--label: a line without end is passed on in pieces" {
	run --separate-stderr nsx-enter --label --each "$A" sh -c 'head -c 150000 /dev/zero | tr "\0" x; echo; echo next'
	assert_status 0
	assert_same "$((65536 + ${#A} + 2))|$((65536 + ${#A} + 2))|$((150000 - 131072 + ${#A} + 2))|$((4 + ${#A} + 2))" \
		"$(awk '{ printf "%s%d", (NR > 1 ? "|" : ""), length($0) }' <<<"$output")"
	assert_same "$A  x
$A +x
$A +x
$A  n" "$(cut -c "1-$((${#A} + 3))" <<<"$output")"
}

# --- JSON

@test "--json: an object for each line and each end" {
	need_command jq
	run --separate-stderr nsx-enter --json --each "$A,/proc/$B/ns/user" sh -c "$HERE"'
		echo "$here"
		[ "$here" ] || { echo err >&2; exit 7; }'
	assert_status 123
	assert_stderr_is ""
	assert_same '{"label":"'"$A"'","type":null,"ns":null,"pid":'"$A"',"name":null,"stream":"stdout","line":"A"}
{"label":"'"$A"'","type":null,"ns":null,"pid":'"$A"',"name":null,"exit-code":0}' \
		"$(jq --compact-output . <<<"$output" | head -n 2)"
	assert_same '{"line":"err","stream":"stderr"}
{"line":"","stream":"stdout"}' \
		"$(jq --compact-output --sort-keys 'select(.pid == null and .stream) | { stream, line }' <<<"$output" | sort -r)"
	assert_same 7 "$(tail -n 1 <<<"$output" | jq '."exit-code"')"
}

@test "--json: a signal, and a program that is not there" {
	need_command jq
	run --separate-stderr nsx-enter -J --each "$A" sh -c 'kill -TERM $$'
	assert_status 123
	assert_same '"TERM"' "$(jq .signal <<<"$output")"
	run --separate-stderr env PATH="$NSX_BIN:/usr/bin:/bin" nsx-enter -J --each "$A" no-such-program
	assert_status 123
	assert_same '["nsx-enter: cannot run '"'no-such-program'"': No such file or directory",127]' \
		"$(jq -cs '[.[0].line, .[1]."exit-code"]' <<<"$output")"
}

@test "--json: whatever a program prints, lines are valid" {
	need_command jq
	run --separate-stderr nsx-enter -J --each "$A" printf '\377\033[1m"\\\0\302\233\n\303\274'
	assert_status 0
	refute_output_has $'\e'
	iconv -f UTF-8 -t UTF-8 <<<"$output" >/dev/null
	assert_same '"\ufffd\u001b[1m\"\\\u0000\u009b"
"\u00fc"' "$(jq --ascii-output '.line // empty' <<<"$output")"
}

@test "--json: a long line can be put together again" {
	need_command jq
	# Three bytes each, so that no piece could end where a character does by chance.
	run --separate-stderr nsx-enter -J --each "$A" sh -c 'yes € | head -n 50000 | tr -d "\n"'
	assert_status 0
	assert_same '[true,true,null]' "$(jq -cs '[.[] | select(.line) | .partial]' <<<"$output")"
	assert_same 50000 "$(jq -s '[.[].line // empty] | add | gsub("[^€]"; "") | length' <<<"$output")"
}

# --- Several at a time

# What runs in both: A goes on when B is there, so one after the other never ends.
MEET=$HERE'echo "${here}1"; if [ "$here" = A ]; then read -r met <"$FIFO"; else echo >"$FIFO"; fi; echo "${here}2"'

@test "--parallel: at one time, and the output of each as a whole" {
	run --separate-stderr timeout "$PATIENCE" nsx-enter --parallel 2 --each "$A,$B" sh -c "$MEET"
	assert_ran
	assert_same $'A1\nA2\nB1\nB2' "$(sort -s -k 1.1,1.1 <<<"$output")"
	assert_matches "$output" $'A1\nA2'
	assert_matches "$output" $'B1\nB2'
}

@test "--parallel: both streams in one file stay in order" {
	run timeout "$PATIENCE" nsx-enter --parallel 2 --each "$A,$B" sh -c 'echo 1; echo 2 >&2; echo 3'
	assert_status 0
	assert_output_is $'1\n2\n3\n1\n2\n3'
}

@test "--parallel with labels: lines are whole" {
	run --separate-stderr timeout "$PATIENCE" nsx-enter --parallel 2 --label --each "$A,$B" sh -c "$HERE"'
		if [ "$here" = A ]; then
			printf "half "
			read -r met <"$FIFO"
			echo "and half"
		else
			echo B
			echo >"$FIFO"
		fi'
	assert_ran
	assert_same "$A  half and half
$B  B" "$(sort -k 3 -r <<<"$output")"
}

@test "lines come at once, with labels and as JSON" {
	for option in --label --json; do
		start nsx-enter "$option" --each "$A" sh -c 'echo early; read -r go <"$FIFO"; echo late'
		read_started
		assert_has "$LINE" early
		echo >"$FIFO"
		read_started
		assert_has "$LINE" late
		await_started
		assert_status 0
	done
}

@test "--parallel: never more than that" {
	mkdir -m 777 "$BATS_TEST_TMPDIR/running"
	run --separate-stderr timeout "$PATIENCE" nsx-enter --parallel 2 --each "$A,$B,$A,$B,$A,$B" sh -c '
		touch "$1/$$"
		ls "$1" | wc -l
		rm "$1/$$"' sh "$BATS_TEST_TMPDIR/running"
	assert_ran
	assert_same 6 "${#lines[@]}"
	refute_output_has 3
}

@test "--parallel: with more runs than descriptors, they wait for each other" {
	all=$A
	for _ in {1..30}; do
		all+=,$B
	done
	run --separate-stderr sh -c 'ulimit -n 32; exec nsx-enter --parallel 40 --label --each "$1" echo here' sh "$all"
	assert_status 0
	assert_stderr_is ""
	assert_same 31 "$(grep -c '  here$' <<<"$output")"
}

@test "--parallel 0: as many as there are processors" {
	run --separate-stderr nsx-enter --parallel 0 --each "$A,$B" true
	assert_ran ""
}

# --- Failures

@test "what fails or is killed does not stop the rest" {
	for option in "" --parallel=2; do
		run --separate-stderr nsx-enter $option --each "$A,$B,$A" sh -c "$HERE"'
			[ $here = A ] && exit 3
			echo $here
			kill -KILL $$'
		assert_status 123
		assert_output_is B
		assert_stderr_is ""
	done
	run --separate-stderr nsx-enter --label --each "$A,$B,$A" sh -c "$HERE"'[ $here = A ] || kill -KILL $$'
	assert_status 123
	assert_output_is ""
	assert_stderr_is "nsx-enter: $B: ended by signal KILL
nsx-enter: 1 of 3 runs failed"
}

@test "no process to be had: that run fails" {
	need_command jq
	# Root has as many as there are; and what is not started need not be entered.
	run --separate-stderr as_user bash -c 'ulimit -u 0; exec nsx-enter --each "$1,$1" true' bash "$A"
	assert_status 123
	assert_stderr_is "nsx-enter: $A: cannot be started: Resource temporarily unavailable
nsx-enter: $A: cannot be started: Resource temporarily unavailable"
	run --separate-stderr as_user bash -c 'ulimit -u 0; exec nsx-enter -J --each "$1" true' bash "$A"
	assert_status 123
	assert_stderr_is ""
	assert_same '"Resource temporarily unavailable"' "$(jq .error <<<"$output")"
}

@test "a reader that goes away ends nothing" {
	run --separate-stderr bash -c 'nsx-enter --label --each "$1" sh -c "seq 100000; echo there >>\"\$0\"" "$2" | head -n 1
		exit "${PIPESTATUS[0]}"' bash "$A,$B" "$BATS_TEST_TMPDIR/there"
	assert_output_is "$A  1"
	refute_stderr_has "write"
	assert_same $'there\nthere' "$(cat "$BATS_TEST_TMPDIR/there")"
}

@test "output that cannot be written is an error" {
	for option in --label --json --parallel=2; do
		run --separate-stderr sh -c 'exec nsx-enter $1 --each "$2" echo here >/dev/full' sh "$option" "$A"
		assert_error 123 "cannot write the output: No space left on device"
	done
}

@test "a child left behind that holds the output open is not waited for" {
	for option in --label --json --parallel=2 ""; do
		: >"$BATS_TEST_TMPDIR/pid"
		start nsx-enter $option --each "$A" sh -c 'sleep 1000 & echo $! >"$1"; echo here' sh "$BATS_TEST_TMPDIR/pid"
		await_started
		kill "$(cat "$BATS_TEST_TMPDIR/pid")"
		assert_status 0
		read_started
		assert_has "$LINE" here
	done
}

# --- Signals

# Start it in A and B, and then once more; PIDS are those of the programs.
start_sleepers()
{
	start nsx-enter "$@" --each "$A,$B,$A" sh -c 'echo "pid=$$"; exec sleep 1000'
	PIDS=()
	while ((${#PIDS[@]} < RUNNING)); do
		read_started
		PIDS+=("${LINE##*pid=}")
	done
}

# It printed nothing more, and nobody is left who could.
refute_started_line()
{
	local result=0

	read -r -t "$PATIENCE" LINE <&"$STARTED_OUTPUT" || result=$?
	((result != 0)) || fail "it printed this too: $LINE"
	((result <= 128)) || fail "somebody has its output open"
}

@test "TERM, INT, HUP, QUIT: all are ended, nothing more is started, and so are we" {
	for signal in TERM INT HUP QUIT; do
		RUNNING=1 start_sleepers
		kill -"$signal" "$STARTED"
		await_started
		assert_status $((128 + $(kill -l "$signal")))
		is_gone "${PIDS[0]}"
		refute_started_line

		RUNNING=2 start_sleepers --label --parallel 2
		kill -"$signal" "$STARTED"
		await_started
		assert_status $((128 + $(kill -l "$signal")))
		is_gone "${PIDS[0]}"
		is_gone "${PIDS[1]}"
		refute_started_line
	done
}

@test "a signal that programs handle: they end as they like, and it is told what did not run" {
	need_command jq
	start sh -c 'exec nsx-enter "$@" 2>&1' sh --json --each "$A,$B" \
		sh -c 'trap "echo bye; exit 5" TERM; echo ready; while :; do sleep 0.01; done'
	read_started
	kill -TERM "$STARTED"
	read_started
	assert_same '"bye"' "$(jq .line <<<"$LINE")"
	read_started
	assert_same 5 "$(jq '."exit-code"' <<<"$LINE")"
	read_started
	assert_same "[\"$B\",\"not run\"]" "$(jq -c '[.label, .error]' <<<"$LINE")"
	await_started
	assert_status 143
}

@test "other signals are forwarded, and that is all" {
	start nsx-enter --parallel 2 --label --each "$A,$B" sh -c 'trap "echo usr; exit 0" USR1; echo ready
		while :; do sleep 0.01; done'
	read_started
	read_started
	kill -USR1 "$STARTED"
	read_started
	assert_has "$LINE" "  usr"
	read_started
	assert_has "$LINE" "  usr"
	await_started
	assert_status 0
}

@test "a signal that we were started to ignore stops nothing" {
	start sh -c 'trap "" HUP; exec nsx-enter --each "$1" sh -c "$2"' sh "$A,$B" 'echo "$$"; read -r go <"$FIFO"'
	read_started
	kill -HUP "$STARTED"
	echo >"$FIFO"
	read_started
	echo >"$FIFO"
	await_started
	assert_status 0
}

# Since the last time that it was asked.
has_written_no_more()
{
	local before=$written

	written=$(grep wchar "/proc/$1/io")
	[[ $written == "$before" ]]
}

@test "a reader that does not read keeps nobody from ending us" {
	start nsx-enter --label --each "$A" yes
	read_started
	written=
	wait_until has_written_no_more "$STARTED"
	kill -TERM "$STARTED"
	await_started
	assert_status 143
}

@test "when all that run are stopped so are we, and are continued alike" {
	RUNNING=2 start_sleepers --label --parallel 2
	kill -STOP "${PIDS[0]}"
	wait_until is_in_state "${PIDS[0]}" T
	if is_in_state "$STARTED" T; then
		fail "stopped though one still runs"
	fi
	kill -STOP "${PIDS[1]}"
	wait_until is_in_state "$STARTED" T
	kill -CONT "$STARTED"
	wait_until is_in_state "${PIDS[0]}" S
	wait_until is_in_state "${PIDS[1]}" S
	kill -TERM "$STARTED"
	await_started
	assert_status 143
}

@test "one that is stopped is ended with the others" {
	RUNNING=2 start_sleepers --label --parallel 2
	kill -STOP "${PIDS[0]}"
	wait_until is_in_state "${PIDS[0]}" T
	kill -TERM "$STARTED"
	await_started
	assert_status 143
	is_gone "${PIDS[0]}"
}

@test "--kill-child: the programs go when nsx-enter is killed" {
	RUNNING=2 start_sleepers --label --parallel 2 --kill-child
	waiting=$(pgrep --parent "$STARTED")
	kill -KILL "$STARTED"
	await_started
	for pid in "${PIDS[@]}" $waiting; do
		wait_until is_gone "$pid"
	done
}

@test "programs in another pid namespace: statuses and signals come through" {
	hold -U -p
	run --separate-stderr nsx-enter --label --each "$HELD_PID,$HELD_PID" sh -c 'echo $PPID; kill -USR1 $$'
	assert_status 123
	assert_output_is "$HELD_PID  0
$HELD_PID  0"
	assert_stderr_is "nsx-enter: $HELD_PID: ended by signal USR1
nsx-enter: $HELD_PID: ended by signal USR1
nsx-enter: 2 of 2 runs failed"
	start nsx-enter --label --each "$HELD_PID" sh -c 'echo ready; exec sleep 1000'
	read_started
	waiting=$(pgrep --parent "$STARTED")
	program=$(pgrep --parent "$waiting")
	kill -TERM "$STARTED"
	await_started
	assert_status 143
	is_gone "$program"
}

# --- Names

# bats test_tags=root
@test "names: as references, and as labels of what a type finds" {
	need_own_run
	need_command jq
	nsx-pin add blue --uts
	nsx-pin add green --uts --net
	run --separate-stderr nsx-enter --each pin:blue,pin:green --uts --label readlink /proc/self/ns/uts
	assert_status 0
	assert_output_is "pin:blue   uts:[$(stat -Lc %i /run/nsx/blue/uts)]
pin:green  uts:[$(stat -Lc %i /run/nsx/green/uts)]"
	assert_stderr_is ""
	# What no process is in would not be found by all ways of looking.
	start nsx-enter --uts=pin:blue sh -c 'echo; read -r end'
	read_started
	inode=$(stat -Lc %i /run/nsx/blue/uts)
	run --separate-stderr nsx-enter --each uts --json true
	assert_same "[\"pin:blue\",\"uts\",$inode,$STARTED,\"blue\"]" \
		"$(jq -c "select(.ns == $inode) | [.label, .type, .ns, .pid, .name]" <<<"$output")"
	run --separate-stderr nsx-enter --each pin:blue --json true
	assert_same "[\"pin:blue\",null,null,null,\"blue\"]" "$(jq -c "[.label, .type, .ns, .pid, .name]" <<<"$output")"
	end_started
	nsx-pin del blue green
	assert_registry_is_empty
}

# --- Wrong use

@test "what --each takes" {
	for word in '' ',' "$A," nett 'pin:' 'pin:a/b'; do
		run --separate-stderr nsx-enter --each "$word" true
		assert_error 125 "--each takes TYPE|REF[,...], not '$word'"
	done
	run --separate-stderr nsx-enter --each
	assert_error 125 "'--each' needs an argument: TYPE|REF[,...]"
}

@test "options that are for --each" {
	for option in label json parallel=2; do
		run --separate-stderr nsx-enter -t "$A" --$option true
		assert_error 125 "--${option%=*} is for many runs: add --each"
	done
	run --separate-stderr nsx-enter --each "$A" --label --json true
	assert_error 125 "exclude each other"
	for number in x -1 '' 1.5; do
		run --separate-stderr nsx-enter --each "$A" --parallel="$number" true
		assert_error 125 "--parallel takes N, not '$number'"
	done
	run --separate-stderr nsx-enter --each "$A" --parallel=99999999999 true
	assert_error 125 "--parallel: '99999999999' is out of range"
}

@test "--each and a target, --each and nothing to run" {
	run --separate-stderr nsx-enter --each "$A" --target "$B" true
	assert_error 125 "--each and --target exclude each other"
	run --separate-stderr nsx-enter --each "$A"
	assert_error 125 "--each needs a program to run"
	run --separate-stderr nsx-enter --each "$A" --pty true
	assert_error 125 "--pty is for one program: leave out --each"
	run --separate-stderr nsx-enter --each "$A" --pid-file "$BATS_TEST_TMPDIR/pid" true
	assert_error 125 "--pid-file is for one program" "leave out --each"
	[[ ! -e $BATS_TEST_TMPDIR/pid ]]
	run --separate-stderr nsx-enter --each "$A" --explain true
	assert_error 125 "--explain shows one run: leave out --each"
}

@test "what does not go together is said once, and nothing runs" {
	run --separate-stderr nsx-enter --each "$A,$B" --no-fork --kill-child true
	assert_error 125 "--kill-child needs a child"
	run --separate-stderr nsx-enter --each "$A,$B" --setuid no-such-user true
	assert_error 125 "there is no user 'no-such-user'"
	# The remedy is one that --each allows.
	run --separate-stderr nsx-enter --each uts --env true
	assert_error 125 "--env takes the environment of the target: name a process with --target or --each"
	for option in --ipc --all; do
		run --separate-stderr nsx-enter --each uts $option true
		assert_error 125 "is a uts namespace: other types need a reference of their own"
	done
}
