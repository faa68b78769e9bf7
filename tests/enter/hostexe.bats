#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# --host-exe: a program of ours where there is none.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # Shells inside expand; bats runs.

load ../lib/common
load ../lib/spawn

# A program that needs no other file, and one that does.
setup_file()
{
	cat >"$BATS_FILE_TMPDIR/probe.c" <<'END'
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

static void print_names(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			puts(entry->d_name);
	puts("end");
}

/* probe hold | probe say [ARGUMENT ...] | probe files | probe fds | probe overwrite */
int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	char text[256];
	ssize_t n;

	if (strcmp(what, "hold") == 0) {
		unlink("/hold");
		puts("ready");
		fflush(stdout);
		while (read(0, text, 1) > 0)
			;
	} else if (strcmp(what, "say") == 0) {
		for (int i = 0; i < argc; i++)
			puts(argv[i]);
		for (int i = 0; environ[i]; i++)
			puts(environ[i]);
		return 7;
	} else if (strcmp(what, "files") == 0) {
		print_names("/");
	} else if (strcmp(what, "fds") == 0) {
		for (int fd = 0; fd < 1024; fd++)
			if (fcntl(fd, F_GETFD) >= 0)
				printf("%d ", fd);
		puts("");
	} else if (strcmp(what, "overwrite") == 0) {
		n = readlink("/proc/self/exe", text, sizeof(text));
		printf("%.*s\n", (int)n, text);
		puts(open("/proc/self/exe", O_WRONLY) < 0 ? "refused" : "opened");
		puts(open("/proc/self/exe", O_RDWR | O_TRUNC) < 0 ? "refused" : "opened");
		puts(truncate("/proc/self/exe", 0) < 0 ? "refused" : "truncated");
	}
	return 0;
}
END
	cc -static -o "$BATS_FILE_TMPDIR/probe" "$BATS_FILE_TMPDIR/probe.c" 2>/dev/null || rm -f "$BATS_FILE_TMPDIR/probe"
	cc -o "$BATS_FILE_TMPDIR/dynamic" "$BATS_FILE_TMPDIR/probe.c" 2>/dev/null || true
}

setup()
{
	common_setup
	need_userns
	probe=$BATS_FILE_TMPDIR/probe
}

need_probe()
{
	need_command cc
	[[ -x $probe ]] || skip "needs a compiler that links statically"
}

# A process in a mount namespace in which there is nothing at all.
start_in_nothing()
{
	need_probe
	mkdir "$BATS_TEST_TMPDIR/nothing"
	cp "$probe" "$BATS_TEST_TMPDIR/nothing/hold"
	start nsx-unshare --map-root-user --mount --pivot-root "$BATS_TEST_TMPDIR/nothing" /hold hold
	read_started
	assert_same ready "$LINE"
}

@test "--host-exe: our program, where there is none" {
	start_in_nothing
	run -127 --separate-stderr nsx-enter -t "$STARTED" "$probe" files
	assert_error 127 "cannot run '$probe': No such file or directory"
	run --separate-stderr nsx-enter -t "$STARTED" --host-exe "$probe" files
	assert_ran end
}

@test "--host-exe: argv, the environment and the status are as with any program" {
	start_in_nothing
	run --separate-stderr env -i ONE=1 "$NSX_BIN/nsx-enter" -t "$STARTED" --host-exe "$probe" say "a b" '' -x
	assert_status 7
	assert_stderr_is ""
	assert_same "$probe|say|a b||-x|ONE=1" "$(printf '%s\n' "$output" | paste -sd '|')"
}

@test "--host-exe: found along our PATH, and argv[0] is the word that was given" {
	start_in_nothing
	mkdir "$BATS_TEST_TMPDIR/bin" "$BATS_TEST_TMPDIR/probe"
	ln -s "$probe" "$BATS_TEST_TMPDIR/bin/found"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH run --separate-stderr nsx-enter -t "$STARTED" --clear-env --host-exe found say
	assert_status 7
	assert_output_is $'found\nsay'
	# What is no file is passed over.
	PATH=$BATS_TEST_TMPDIR:$BATS_FILE_TMPDIR:$PATH run --separate-stderr nsx-enter -t "$STARTED" --clear-env \
		--host-exe probe say
	assert_status 7
	assert_output_is $'probe\nsay'
	cd "$BATS_FILE_TMPDIR"
	run --separate-stderr nsx-enter -t "$STARTED" --clear-env --host-exe ./probe say
	assert_status 7
	assert_output_is $'./probe\nsay'
}

@test "--host-exe: not along the PATH of the target" {
	need_probe
	hold_by env -i PATH="$BATS_FILE_TMPDIR" "$NSX_HELPERS/hold" -U -m
	PATH=$NSX_BIN:/usr/bin:/bin run -127 --separate-stderr nsx-enter -t "$HELD_PID" --env --host-exe probe files
	assert_error 127 "cannot take 'probe' along: No such file or directory"
}

@test "--host-exe: of our file nothing can be changed from inside" {
	need_probe
	hold -U -m
	cp "$probe" "$BATS_TEST_TMPDIR/mine"
	sum=$(cksum <"$BATS_TEST_TMPDIR/mine")
	run --separate-stderr nsx-enter -t "$HELD_PID" --host-exe "$BATS_TEST_TMPDIR/mine" overwrite
	assert_ran
	refute_has "${lines[0]}" "$BATS_TEST_TMPDIR"
	assert_same "refused refused refused" "${lines[*]:1}"
	assert_same "$sum" "$(cksum <"$BATS_TEST_TMPDIR/mine")"
	# Nor while it runs, from beside it.
	start nsx-enter -t "$HELD_PID" --host-exe "$BATS_TEST_TMPDIR/mine" hold
	read_started
	run --separate-stderr nsx-enter -t "$HELD_PID" sh -c 'echo changed >"/proc/$1/exe" || echo refused' sh "$STARTED"
	assert_status 0
	assert_output_is refused
	# The file is not busy either: it is none that runs.
	cp /dev/null "$BATS_TEST_TMPDIR/mine"
}

@test "--host-exe: the program has no descriptor of it" {
	start_in_nothing
	run --separate-stderr "$probe" fds
	want=$output
	run --separate-stderr nsx-enter -t "$STARTED" --host-exe "$probe" fds
	assert_ran "$want"
}

@test "--host-exe in a child, below an init" {
	need_probe
	hold -U -p -m
	for option in --fork --init; do
		run --separate-stderr nsx-enter -t "$HELD_PID" --clear-env $option --host-exe "$probe" say
		assert_status 7
		assert_output_is "$probe"$'\nsay'
	done
}

@test "--host-exe: what is linked dynamically is refused, and said why" {
	need_command cc
	run --separate-stderr nsx-enter -t $$ --host-exe "$BATS_FILE_TMPDIR/dynamic" files
	assert_error 126 "cannot take '$BATS_FILE_TMPDIR/dynamic' along: it is linked dynamically"
}

@test "--host-exe: what is a script, no ELF file, or empty" {
	cd "$BATS_TEST_TMPDIR"
	printf '#!/bin/sh\necho ran\n' >script
	echo 'echo ran' >words
	: >empty
	printf '\177ELF' >begun
	chmod +x script words empty begun
	run --separate-stderr nsx-enter -t $$ --host-exe ./script
	assert_error 126 "cannot take './script' along: it is a script"
	for name in words empty begun; do
		run --separate-stderr nsx-enter -t $$ --host-exe ./$name
		assert_error 126 "cannot take './$name' along: it is no program in the ELF format"
	done
}

@test "--host-exe: what is not there, or not executable" {
	PATH=$NSX_BIN:/usr/bin:/bin
	cd "$BATS_TEST_TMPDIR"
	echo 'echo ran' >closed
	mkdir directory
	for name in ./none no-such-program ''; do
		run -127 --separate-stderr nsx-enter -t $$ --host-exe "$name"
		assert_error 127 "cannot take '$name' along: No such file or directory"
	done
	for name in ./closed ./directory; do
		run --separate-stderr nsx-enter -t $$ --host-exe "$name"
		assert_error 126 "cannot take '$name' along: it is not executable"
	done
	PATH=$PATH:$BATS_TEST_TMPDIR run --separate-stderr nsx-enter -t $$ --host-exe closed
	assert_error 126 "cannot take 'closed' along: it is not executable"
}

@test "--host-exe: without a program, or with an argument" {
	run --separate-stderr nsx-enter -t $$ --host-exe
	assert_error 125 "--host-exe takes a program along: name one"
	run --separate-stderr nsx-enter -t $$ --host-exe=echo
	assert_error 125 "--host-exe takes no argument"
}
