/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hold.c - keep new namespaces alive until standard input ends.
 *
 *   hold [-m] [-u] [-i] [-n] [-p] [-U] [-C] [-T] [--thread] [--chroot DIR]
 *
 * The letters are those of the tools; -U maps root to the caller. Prints a
 * line "ready TYPE INODE PID" for each, then "ready". PID is a process that is
 * in all of them, as the caller numbers it; with --thread, the one thread of a
 * process that is. With -p and -T, which only children enter, it is a child,
 * and the parent stays in the others.
 */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/wait.h>

#include "base.h"
#include "diag.h"
#include "file.h"
#include "ns_id.h"
#include "ns_type.h"
#include "proc.h"

static ns_set types;
static const char *root_dir;
static bool in_thread;

static void map_root(uid_t uid, gid_t gid)
{
	_cleanup_free_ char *uid_map = xasprintf("0 %u 1", uid);
	_cleanup_free_ char *gid_map = xasprintf("0 %u 1", gid);
	int r;

	r = write_file(AT_FDCWD, "/proc/self/setgroups", "deny");
	if (r == 0)
		r = write_file(AT_FDCWD, "/proc/self/uid_map", uid_map);
	if (r == 0)
		r = write_file(AT_FDCWD, "/proc/self/gid_map", gid_map);
	if (r < 0)
		die(r, "cannot map root");
}

static void enter_namespaces(void)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();

	if (unshare(ns_set_clone_flags(types)) < 0)
		die(-errno, "cannot create namespaces");
	if (ns_set_has(types, NS_USER))
		map_root(uid, gid);
	if (root_dir && chroot(root_dir) < 0)
		die(-errno, "cannot change the root directory to '%s'", root_dir);
}

static void print_ready(int procfd, pid_t pid)
{
	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		_cleanup_free_ char *path = NULL;
		struct ns_id id;
		int r;

		if (!ns_set_has(types, type))
			continue;
		path = xasprintf("%d/%s", pid, ns_types[type].proc_file);
		r = ns_id_of_path(procfd, path, &id);
		if (r < 0)
			die(r, "cannot look at '/proc/%s'", path);
		printf("ready %s %llu %d\n", ns_types[type].name, (unsigned long long)id.ino, pid);
	}
	puts("ready");
	fflush(stdout);
}

static void wait_for_end_of_input(void)
{
	char byte;

	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
}

static void *hold(_unused_ void *argument)
{
	int procfd;
	pid_t pid = 0;
	int r;

	/* The caller's, to be read from within too. */
	r = proc_open(&procfd);
	if (r < 0)
		die(r, "cannot open '/proc'");
	enter_namespaces();
	if (ns_set_has(types, NS_PID) || ns_set_has(types, NS_TIME)) {
		pid = fork();
		if (pid < 0)
			die(-errno, "cannot fork");
		if (pid == 0) {
			wait_for_end_of_input();
			_exit(EXIT_SUCCESS);
		}
		print_ready(procfd, pid);
		waitpid(pid, NULL, 0);
	} else {
		print_ready(procfd, gettid());
		wait_for_end_of_input();
	}
	/* No exit handlers: LeakSanitizer's starts a thread, which -p has made impossible. */
	_exit(EXIT_SUCCESS);
}

static void parse(char **words)
{
	for (; *words; words++) {
		const char *word = *words;
		enum ns_type type = NS_TYPE_INVALID;

		if (strcmp(word, "--thread") == 0) {
			in_thread = true;
			continue;
		}
		if (strcmp(word, "--chroot") == 0 && words[1]) {
			root_dir = *++words;
			continue;
		}
		if (word[0] == '-' && word[1] && !word[2])
			type = ns_type_from_letter(word[1]);
		if (type < 0)
			die(0, "unknown word '%s'", word);
		types |= ns_set_of(type);
	}
}

int main(_unused_ int argc, char **argv)
{
	pthread_t thread;
	int r;

	diag_init("hold", EXIT_FAILURE);
	parse(argv + 1);
	if (!in_thread)
		hold(NULL);
	r = pthread_create(&thread, NULL, hold, NULL);
	if (r != 0)
		die(-r, "cannot create a thread");
	pthread_join(thread, NULL);
	return EXIT_FAILURE;
}
