/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test-walked.c - what is read of a process: of ourselves, with all kinds of
 * descriptors, and of one that is gone.
 */
#include "scan/walked.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "ns_id.h"
#include "proc.h"
#include "tap.h"

static struct walked_wish wish = { .procfd = -EBADF };

static const struct walked_descriptor *find(const struct walked *process, int number)
{
	for (size_t i = 0; i < process->n_descriptors; i++)
		if (process->descriptors[i].number == number)
			return &process->descriptors[i];
	return NULL;
}

static ino_t inode_of(int fd)
{
	struct ns_id id = { 0 };

	ns_id_of_fd(fd, &id);
	return id.ino;
}

/* The file that a socket is bound to, opened with O_PATH: a socket for stat(2), and none for us. */
static int open_bound_file(int *ret_socket)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd;

	snprintf(address.sun_path, sizeof(address.sun_path), "%s/nsx-walked.%d",
		 getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp", (int)getpid());
	*ret_socket = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ok(bind(*ret_socket, (struct sockaddr *)&address, sizeof(address)) == 0);
	fd = open(address.sun_path, O_PATH | O_CLOEXEC);
	unlink(address.sun_path);
	return fd;
}

static void test_descriptors(void)
{
	_cleanup_(walked_release) struct walked process;
	_cleanup_close_ int net = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	_cleanup_close_ int uts = open("/proc/self/ns/uts", O_PATH | O_CLOEXEC);
	_cleanup_close_ int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	_cleanup_close_ int sock = -EBADF;
	_cleanup_close_ int file = open_bound_file(&sock);
	const struct walked_descriptor *found;
	char path[WALKED_PATH_SIZE];

	walked_read(&process, getpid(), &wish);
	is_int(process.error, 0);
	is_int(process.descriptors_error, 0);
	found = find(&process, net);
	ok(found && found->what == DESCRIPTOR_NAMESPACE && found->type == NS_NET &&
	   found->inode == inode_of(net) && found->thread == 0);
	found = find(&process, uts);
	ok(found && found->what == DESCRIPTOR_NAMESPACE && found->type == NS_UTS &&
	   found->inode == inode_of(uts));
	found = find(&process, sock);
	ok(found && found->what == DESCRIPTOR_SOCKET && found->inode == inode_of(sock));
	ok(file >= 0 && !find(&process, file));
	ok(null >= 0 && !find(&process, null));

	walked_descriptor_path(&(struct walked_descriptor){ .number = 7 }, path);
	is_str(path, "fd/7");
	walked_descriptor_path(&(struct walked_descriptor){ .number = INT_MAX, .thread = INT_MAX }, path);
	is_str(path, "task/2147483647/fd/2147483647");
}

static void test_links(void)
{
	_cleanup_(walked_release) struct walked process;
	struct ns_id id;

	walked_read(&process, getpid(), &wish);
	ok(process.has_links);
	is_int(process.n_threads, 1);
	for (int type = 0; type < NS_TYPE_COUNT; type++)
		if (ns_id_of_path(process.dirfd, ns_types[type].proc_file, &id) == 0)
			ok(process.links.own[type] == id.ino);
	is_int(process.links.for_children[NS_PID], (long long)process.links.own[NS_PID]);
}

/* What is not wished for is not read. */
static void test_wishes(void)
{
	struct walked_wish nothing = { .procfd = wish.procfd, .nsfs = wish.nsfs };
	_cleanup_(walked_release) struct walked process;

	walked_read(&process, getpid(), &nothing);
	is_int(process.error, 0);
	ok(!process.has_links);
	is_int((long long)process.n_descriptors, 0);
}

static void test_gone(void)
{
	_cleanup_(walked_release) struct walked process;
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	waitpid(pid, NULL, 0);
	walked_read(&process, pid, &wish);
	is_int(process.error, -ESRCH);
	ok(process.dirfd < 0);
}

int main(void)
{
	struct ns_id id = { 0 };

	ok(proc_open(&wish.procfd) == 0);
	ok(ns_id_of_path(wish.procfd, "self/ns/net", &id) == 0);
	wish.nsfs = id.dev;
	wish.types = NS_SET_ALL;
	wish.threads = wish.descriptors = true;
	test_descriptors();
	test_links();
	test_wishes();
	test_gone();
	close(wish.procfd);
	return done_testing();
}
