/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hold.c - keep new namespaces alive until standard input ends.
 *
 *   hold [-m] [-u] [-i] [-n] [-p] [-U] [-C] [-T] [--by WAY] [--chroot DIR] [--hang DIR]
 *        [--tree DIR] [--cover]
 *
 * The letters are those of the tools; -U maps root to the caller. Prints a
 * line "ready TYPE INODE PID" for each, then "ready". WAY is what keeps them:
 *
 *   process   (if nothing is said) PID is in all of them, as the caller numbers
 *             it. With -p and -T, which only children enter, it is a child, and
 *             the parent stays in the others.
 *   thread    PID is a thread, and the only one of its process in them; the
 *             user namespace is the whole process's
 *   follower  the same, and the leader of the process has ended
 *   path      descriptors of PID, which is in none of them, opened with O_PATH
 *   flight    such descriptors on their way through a socket that nobody reads,
 *             and so in no file of /proc; PID has the socket
 *   socket    a socket of PID, which has left it; -n, alone or with -U
 *   children  children of PID would be in them; -p and -T, alone or with -U
 *
 * With --hang a file system that never answers is mounted at DIR. With --tree
 * what is mounted at DIR is mounted nowhere any more, but open as descriptor 9.
 * With --cover an empty file system is mounted over the root directory.
 */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "base.h"
#include "diag.h"
#include "file.h"
#include "ns_id.h"
#include "ns_type.h"
#include "proc.h"
#include "text.h"

enum way { BY_PROCESS, BY_THREAD, BY_FOLLOWER, BY_PATH, BY_FLIGHT, BY_SOCKET, BY_CHILDREN };

static const char *const ways[] = {
	[BY_PROCESS] = "process", [BY_THREAD] = "thread", [BY_FOLLOWER] = "follower", [BY_PATH] = "path",
	[BY_FLIGHT] = "flight",	  [BY_SOCKET] = "socket", [BY_CHILDREN] = "children",
};

static ns_set types;
static size_t way = BY_PROCESS;
static const char *root_dir, *hang_dir, *tree_dir;
static bool covers;
static int procfd = -EBADF; /* the caller's, to be read from within too */

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

static void enter_namespaces(ns_set which)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();

	if (unshare(ns_set_clone_flags(which)) < 0)
		die(-errno, "cannot create namespaces");
	if (ns_set_has(which, NS_USER))
		map_root(uid, gid);
}

/* Mount a file system whose server, which is us, reads no request. */
static void mount_hanging(void)
{
	int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	_cleanup_free_ char *options =
		xasprintf("fd=%d,rootmode=40000,user_id=%u,group_id=%u", fd, geteuid(), getegid());

	if (fd < 0)
		die(-errno, "cannot open '/dev/fuse'");
	if (mount("hang", hang_dir, "fuse", MS_NOSUID | MS_NODEV, options) < 0)
		die(-errno, "cannot mount on '%s'", hang_dir);
}

static void take_tree(void)
{
	int fd = open_tree(AT_FDCWD, tree_dir, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);

	if (fd < 0 || dup2(fd, 9) < 0 || close(fd) < 0 || umount2(tree_dir, MNT_DETACH) < 0)
		die(-errno, "cannot take what is mounted on '%s'", tree_dir);
}

static void change_files(void)
{
	if (hang_dir)
		mount_hanging();
	if (tree_dir)
		take_tree();
	if (covers && mount("cover", "/", "tmpfs", 0, NULL) < 0)
		die(-errno, "cannot mount on '/'");
	if (root_dir && chroot(root_dir) < 0)
		die(-errno, "cannot change the root directory to '%s'", root_dir);
}

static void print_ready(pid_t pid, const ino_t inodes[NS_TYPE_COUNT])
{
	for (int type = 0; type < NS_TYPE_COUNT; type++)
		if (ns_set_has(types, type))
			printf("ready %s %llu %d\n", ns_types[type].name, (unsigned long long)inodes[type],
			       pid);
	puts("ready");
	fflush(stdout);
}

/* The namespaces that a process is in, or those for its children. */
static void look(pid_t pid, bool for_children, ino_t inodes[NS_TYPE_COUNT])
{
	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		const char *file = for_children ? ns_type_children_file(type) : ns_types[type].proc_file;
		_cleanup_free_ char *path = xasprintf("%d/%s", pid, file);
		struct ns_id id = { 0 };
		int r = ns_set_has(types, type) ? ns_id_of_path(procfd, path, &id) : 0;

		if (r < 0)
			die(r, "cannot look at '/proc/%s'", path);
		inodes[type] = id.ino;
	}
}

static void wait_for_end(int fd)
{
	char byte;

	while (read(fd, &byte, 1) > 0)
		;
}

/* A child of ours, that ends with what it reads from. */
static pid_t fork_waiting(int fd)
{
	pid_t pid = fork();

	if (pid < 0)
		die(-errno, "cannot fork");
	if (pid == 0) {
		wait_for_end(fd);
		_exit(EXIT_SUCCESS);
	}
	return pid;
}

/* Enter, or have a child enter where only that can. Returns who is in it. */
static pid_t become_member(ns_set which, int fd)
{
	enter_namespaces(which);
	change_files();
	return ns_set_has(types, NS_PID) || ns_set_has(types, NS_TIME) ? fork_waiting(fd) : gettid();
}

static _noreturn_ void hold_as_member(ns_set which)
{
	ino_t inodes[NS_TYPE_COUNT];
	pid_t pid = become_member(which, STDIN_FILENO);

	look(pid, false, inodes);
	print_ready(pid, inodes);
	wait_for_end(STDIN_FILENO);
	if (pid != gettid())
		waitpid(pid, NULL, 0);
	/* No exit handlers: LeakSanitizer's starts a thread, which -p has made impossible. */
	_exit(EXIT_SUCCESS);
}

static void *hold_in_thread(_unused_ void *argument)
{
	hold_as_member(types & ~ns_set_of(NS_USER));
}

static void hold_by_thread(void)
{
	pthread_t thread;
	int r;

	if (ns_set_has(types, NS_USER))
		enter_namespaces(ns_set_of(NS_USER));
	r = pthread_create(&thread, NULL, hold_in_thread, NULL);
	if (r != 0)
		die(-r, "cannot create a thread");
	if (way == BY_FOLLOWER)
		pthread_exit(NULL);
	pthread_join(thread, NULL);
}

static void send_away(int fd)
{
	static int ends[2] = { -EBADF, -EBADF };
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { .header = { CMSG_LEN(sizeof(fd)), SOL_SOCKET, SCM_RIGHTS } };
	struct iovec byte = { .iov_base = "", .iov_len = 1 };
	struct msghdr message = {
		.msg_iov = &byte,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};

	if (ends[0] < 0 && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		die(-errno, "cannot create sockets");
	memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	if (sendmsg(ends[0], &message, 0) != 1)
		die(-errno, "cannot send a descriptor");
	close(fd);
}

/* Have a child make them, open them, and let it go. */
static void hold_by_path(void)
{
	ino_t inodes[NS_TYPE_COUNT];
	int said[2], end[2], fd;
	pid_t member, maker;

	if (pipe2(said, O_CLOEXEC) < 0 || pipe2(end, O_CLOEXEC) < 0 || (maker = fork()) < 0)
		die(-errno, "cannot fork");
	if (maker == 0) {
		close(end[1]);
		member = become_member(types, end[0]);
		if (write(said[1], &member, sizeof(member)) == (ssize_t)sizeof(member))
			wait_for_end(end[0]);
		if (member != gettid())
			waitpid(member, NULL, 0);
		_exit(EXIT_SUCCESS);
	}
	close(said[1]);
	if (read(said[0], &member, sizeof(member)) != (ssize_t)sizeof(member))
		_exit(EXIT_FAILURE);
	look(member, false, inodes);
	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		_cleanup_free_ char *path = xasprintf("%d/%s", member, ns_types[type].proc_file);

		if (!ns_set_has(types, type))
			continue;
		fd = openat(procfd, path, O_PATH | O_CLOEXEC);
		if (fd < 0)
			die(-errno, "cannot open '/proc/%s'", path);
		if (way == BY_FLIGHT)
			send_away(fd);
	}
	close(end[1]);
	waitpid(maker, NULL, 0);
	print_ready(getpid(), inodes);
	wait_for_end(STDIN_FILENO);
}

static void hold_by_socket(void)
{
	ino_t inodes[NS_TYPE_COUNT];

	enter_namespaces(types);
	look(getpid(), false, inodes);
	if (socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0) < 0)
		die(-errno, "cannot create a socket");
	/* Off to another one: that needs no right over the one that we come from. */
	enter_namespaces(ns_set_of(NS_NET));
	print_ready(getpid(), inodes);
	wait_for_end(STDIN_FILENO);
}

static void hold_for_children(void)
{
	ino_t inodes[NS_TYPE_COUNT];
	int end[2];
	pid_t child;

	enter_namespaces(types);
	/* pid_for_children is not there before the first child; which may be gone then. */
	if (ns_set_has(types, NS_PID)) {
		if (pipe2(end, O_CLOEXEC) < 0)
			die(-errno, "cannot make a pipe");
		close(end[1]);
		child = fork_waiting(end[0]);
		waitpid(child, NULL, 0);
	}
	look(getpid(), true, inodes);
	print_ready(getpid(), inodes);
	wait_for_end(STDIN_FILENO);
	_exit(EXIT_SUCCESS);
}

static void parse(char **words)
{
	for (; *words; words++) {
		const char *word = *words;
		enum ns_type type = NS_TYPE_INVALID;

		if (strcmp(word, "--by") == 0 && words[1] &&
		    parse_word(words[1], ways, ARRAY_SIZE(ways), &way) == 0) {
			words++;
			continue;
		}
		if (strcmp(word, "--chroot") == 0 && words[1]) {
			root_dir = *++words;
			continue;
		}
		if (strcmp(word, "--hang") == 0 && words[1]) {
			hang_dir = *++words;
			continue;
		}
		if (strcmp(word, "--tree") == 0 && words[1]) {
			tree_dir = *++words;
			continue;
		}
		if (strcmp(word, "--cover") == 0) {
			covers = true;
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
	int r;

	diag_init("hold", EXIT_FAILURE);
	parse(argv + 1);
	r = proc_open(&procfd);
	if (r < 0)
		die(r, "cannot open '/proc'");
	switch (way) {
	case BY_PROCESS:
		hold_as_member(types);
	case BY_THREAD:
	case BY_FOLLOWER:
		hold_by_thread();
		break;
	case BY_PATH:
	case BY_FLIGHT:
		hold_by_path();
		break;
	case BY_SOCKET:
		hold_by_socket();
		break;
	case BY_CHILDREN:
		hold_for_children();
		break;
	}
	return EXIT_SUCCESS;
}
