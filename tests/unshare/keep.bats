#!/usr/bin/env bats
# bats file_tags=root
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Namespaces that nsx-unshare keeps at files: --net=FILE.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn

teardown()
{
	common_teardown
	unbind_below "$BATS_TEST_TMPDIR"
}

# keeps TYPE OPTION: at a file that was not there, the namespace in which the
# program was, to be entered again.
keeps()
{
	local type=$1 option=$2 file=$BATS_TEST_TMPDIR/$1 link

	need_ns "$type"
	run --separate-stderr nsx-unshare "--$option=$file" readlink "/proc/self/ns/$type"
	assert_ran
	link=$output
	[[ $link != "$(ns_link self "$type")" ]]
	assert_same "$link" "$type:[$(stat --dereference --format=%i "$file")]"
	assert_same "$file $link" "$(bound_below "$BATS_TEST_TMPDIR")"
	[[ $type != pid ]] || return 0
	run --separate-stderr nsx-enter "--$option=$file" readlink "/proc/self/ns/$type"
	assert_ran "$link"
}

@test "--mount=FILE keeps the mount namespace" {
	keeps mnt mount
}

@test "--uts=FILE keeps the uts namespace" {
	keeps uts uts
}

@test "--ipc=FILE keeps the ipc namespace" {
	keeps ipc ipc
}

@test "--net=FILE keeps the network namespace" {
	keeps net net
}

@test "--pid=FILE keeps the pid namespace of the program, not that of its parent" {
	keeps pid pid
}

@test "--user=FILE keeps the user namespace" {
	# Entered, it is root who is asked for: somebody must be.
	file=$BATS_TEST_TMPDIR/user
	run --separate-stderr nsx-unshare --map-root-user --user="$file" readlink /proc/self/ns/user
	assert_ran
	link=$output
	assert_same "$file $link" "$(bound_below "$BATS_TEST_TMPDIR")"
	run --separate-stderr nsx-enter --user="$file" readlink /proc/self/ns/user
	assert_ran "$link"
}

@test "--cgroup=FILE keeps the cgroup namespace" {
	keeps cgroup cgroup
}

@test "--time=FILE keeps the time namespace of the program" {
	keeps time time
}

@test "all types are kept at once" {
	local type files=()

	for type in mount uts ipc net pid user cgroup time; do
		files+=("--$type=$BATS_TEST_TMPDIR/kept.$type")
	done
	run --separate-stderr nsx-unshare --map-root-user "${files[@]}" sh -c "$TELL_LINKS"
	assert_ran
	assert_same "mnt uts ipc net pid user cgroup time" "$(changed_types)"
	assert_same "$(sort <<<"$output")" "$(bound_below "$BATS_TEST_TMPDIR" | cut -d ' ' -f 2 | sort)"
}

@test "what was set up in a namespace is there when it is entered again" {
	run --separate-stderr nsx-unshare --uts="$BATS_TEST_TMPDIR/uts" --hostname kept true
	assert_ran ""
	run --separate-stderr nsx-enter --uts="$BATS_TEST_TMPDIR/uts" uname -n
	assert_ran kept
	run --separate-stderr nsx-unshare --mount="$BATS_TEST_TMPDIR/mnt" mount -t tmpfs kept "$BATS_TEST_TMPDIR"
	assert_ran ""
	run --separate-stderr nsx-enter --mount="$BATS_TEST_TMPDIR/mnt" \
		sh -c 'grep -c " - tmpfs kept " /proc/self/mountinfo'
	assert_ran 1
}

# Linux 6.18 refuses a bind of a mount namespace made on another processor than
# ours was: it has to be made anew, on one after the other.
@test "--mount=FILE works each time, and leaves the program all its processors" {
	local cpu last allowed

	last=$(($(getconf _NPROCESSORS_CONF) - 1))
	allowed=$(sed -n 's/^Cpus_allowed_list:\t//p' /proc/self/status)
	for ((cpu = 0; cpu <= last && cpu < 8; cpu++)); do
		run --separate-stderr taskset --cpu-list "$cpu" unshare --mount sh -e -c '
			taskset --pid --cpu-list "$2" $$ >/dev/null
			# Lazily: who lists namespaces meanwhile has it open for a moment.
			for round in 1 2 3 4 5 6 7 8 9 10; do
				nsx-unshare --mount="$1" sed -n "s/^Cpus_allowed_list:\t//p" /proc/self/status
				grep -c " $1 .* - nsfs " /proc/self/mountinfo
				umount --lazy "$1"
			done' sh "$BATS_TEST_TMPDIR/mnt" "$allowed"
		assert_ran "$(for _ in {1..10}; do printf '%s\n' "$allowed" 1; done)"
	done
}

@test "--mount=FILE works where the caller's mounts are shared" {
	file=$BATS_TEST_TMPDIR/mnt
	run --separate-stderr unshare --mount --propagation shared sh -c '
		nsx-unshare --mount="$1" readlink /proc/self/ns/mnt
		awk -v file="$1" "\$5 == file { print \$4 }" /proc/self/mountinfo' sh "$file"
	assert_ran
	assert_same "${lines[0]}" "${lines[1]}"
	assert_same 2 "${#lines[@]}"
}

@test "--mount=FILE works where they stay shared, and with a slave elsewhere" {
	local propagation

	cd "$BATS_TEST_TMPDIR"
	mkfifo end
	for propagation in private shared slave unchanged; do
		run --separate-stderr unshare --mount --propagation shared sh -c '
			unshare --mount --propagation slave sh -c "echo; exec cat end >/dev/null" | {
				read -r ready
				nsx-unshare --mount="$1" --propagation "$2" readlink /proc/self/ns/mnt
				status=$?
				awk -v file="$1" "\$5 == file { last = \$4 } END { print last }" /proc/self/mountinfo
				umount --lazy "$1" && umount --lazy "$1"
				grep -c " $1 " /proc/self/mountinfo
				echo >end
				exit $status
			}' sh "$PWD/$propagation" "$propagation"
		assert_ran
		assert_same 3 "${#lines[@]}"
		assert_same "${lines[0]}" "${lines[1]}"
		assert_matches "${lines[0]}" '^mnt:'
		assert_same 0 "${lines[2]}"
	done
}

@test "a kept pid namespace can be entered while its first process lives" {
	file=$BATS_TEST_TMPDIR/pid
	start nsx-unshare --pid="$file" sh -c 'readlink /proc/self/ns/pid; read -r end; exit 4'
	read_started
	run --separate-stderr nsx-enter --pid="$file" sh -c 'echo $$; readlink /proc/self/ns/pid'
	assert_status 0
	assert_stderr_is ""
	assert_output_matches '^[2-9]'
	assert_output_has "$LINE"

	# And not after: its init is gone.
	end_input
	await_started
	assert_status 4
	assert_same "$file $LINE" "$(bound_below "$BATS_TEST_TMPDIR")"
	run --separate-stderr nsx-enter --pid="$file" echo ran
	assert_error 125 "cannot fork"
}

@test "a file that is there already is used, and stays as it is" {
	file=$BATS_TEST_TMPDIR/net
	echo content >"$file"
	run --separate-stderr nsx-unshare --net="$file" readlink /proc/self/ns/net
	assert_ran
	assert_same "$file $output" "$(bound_below "$BATS_TEST_TMPDIR")"
	umount --lazy "$file"
	assert_same content "$(cat "$file")"
}

@test "a link to a file is followed, one to nothing is refused" {
	touch "$BATS_TEST_TMPDIR/file"
	ln -s file "$BATS_TEST_TMPDIR/link"
	run --separate-stderr nsx-unshare --net="$BATS_TEST_TMPDIR/link" readlink /proc/self/ns/net
	assert_ran
	assert_same "$BATS_TEST_TMPDIR/file $output" "$(bound_below "$BATS_TEST_TMPDIR")"

	ln -s nothing "$BATS_TEST_TMPDIR/dangling"
	run --separate-stderr nsx-unshare --net="$BATS_TEST_TMPDIR/dangling" echo ran
	assert_error 125 "cannot make '$BATS_TEST_TMPDIR/dangling'"
	[[ -L $BATS_TEST_TMPDIR/dangling && ! -e $BATS_TEST_TMPDIR/nothing ]]
}

@test "the program's status is that of the program, kept or not" {
	run --separate-stderr nsx-unshare --uts="$BATS_TEST_TMPDIR/uts" sh -c 'exit 9'
	assert_status 9
	assert_stderr_is ""
	[[ $(bound_below "$BATS_TEST_TMPDIR") ]]
}

# --- All or nothing

# undoes STATUS PART OPTION...: it fails so, and neither file nor mount is left.
undoes()
{
	local want=$1 part=$2 dir=$BATS_TEST_TMPDIR/empty
	shift 2

	mkdir -p "$dir"
	run "-$want" --separate-stderr nsx-unshare --net="$dir/net" --uts="$dir/uts" "$@"
	assert_error "$want" "$part"
	assert_same "" "$(bound_below "$BATS_TEST_TMPDIR")"
	assert_same "" "$(ls "$dir")"
}

@test "undone where the program is missing" {
	undoes 127 "cannot run 'no-such-program'" no-such-program
	undoes 127 "cannot run 'no-such-program'" --pid no-such-program
}

@test "undone where the program cannot be run" {
	undoes 126 "cannot run '/etc/passwd'" /etc/passwd
	undoes 126 "cannot run '/etc/passwd'" --fork /etc/passwd
}

@test "undone where a later step fails" {
	undoes 125 "cannot change root to '/none/such'" --root /none/such true
	undoes 125 "cannot change directory to '/none/such'" --wd /none/such true
	undoes 125 "cannot mount proc at '/none/such'" --mount-proc=/none/such true
	undoes 125 "cannot change directory to '/none/such'" --pid --wd /none/such true
}

@test "undone where a later file cannot be made" {
	undoes 125 "cannot make '/none/such'" --user=/none/such true
	undoes 125 "cannot make '/'" --time=/ true
}

@test "undone where nothing could be created" {
	# The only limit that is sure to be met is one of our own making.
	mkdir "$BATS_TEST_TMPDIR/empty"
	run --separate-stderr unshare --user --map-root-user --mount sh -c '
		mount -t tmpfs none "$1" && echo 0 >/proc/sys/user/max_uts_namespaces || exit 99
		nsx-unshare --net="$1/net" --uts="$1/uts" echo ran
		status=$?
		ls "$1"
		exit $status' sh "$BATS_TEST_TMPDIR/empty"
	assert_error 125 "cannot create namespaces"
}

@test "undone, a file that was there stays, unbound" {
	file=$BATS_TEST_TMPDIR/net
	echo content >"$file"
	run -127 --separate-stderr nsx-unshare --net="$file" --uts="$BATS_TEST_TMPDIR/uts" no-such-program
	assert_error 127 no-such-program
	assert_same "" "$(bound_below "$BATS_TEST_TMPDIR")"
	assert_same "$file" "$(echo "$BATS_TEST_TMPDIR"/[nu]*)"
	assert_same content "$(cat "$file")"
}
