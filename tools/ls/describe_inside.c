/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * describe_inside.c - in the namespaces that are to be described.
 */
#include "ls/describe_inside.h"

#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/utsname.h>

#include "cgroup.h"
#include "diag.h"
#include "ls/describe_net.h"
#include "ns_id.h"
#include "ns_join.h"
#include "proc.h"
#include "text.h"
#include "worker.h"

/* "web1", or "web1 (domain example)" where the NIS domain is set. */
static int describe_uts(char *out, size_t size)
{
	struct utsname names;
	int used;

	if (uname(&names) < 0)
		return -errno;
	used = snprintf(out, size, "%s", names.nodename);
	if (*names.domainname && strcmp(names.domainname, "(none)") != 0)
		snprintf(out + used, size - (size_t)used, " (domain %s)", names.domainname);
	return 0;
}

static int describe_net(char *out, size_t size)
{
	_cleanup_(net_release) struct net net = { 0 };
	int r = net_read(&net);

	if (r == 0)
		net_format(&net, out, size);
	return r;
}

/* The file system of message queues of the ipc namespace that we are in, mounted nowhere. */
static int open_queues(int *ret_fd)
{
	_cleanup_close_ int context = fsopen("mqueue", FSOPEN_CLOEXEC);
	_cleanup_close_ int tree = -EBADF;
	int fd;

	if (context < 0 || fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -errno;
	tree = fsmount(context, FSMOUNT_CLOEXEC, 0);
	fd = tree < 0 ? -1 : openat(tree, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	*ret_fd = fd;
	return 0;
}

static int count_queues(unsigned int *ret)
{
	_cleanup_closedir_ DIR *dir = NULL;
	const struct dirent *entry;
	unsigned int count = 0;
	int r, fd = -EBADF;

	r = open_queues(&fd);
	/* Only who owns a mount namespace may mount, if only for himself. */
	if (r == -EPERM && unshare(CLONE_NEWNS) == 0)
		r = open_queues(&fd);
	if (r < 0)
		return r;
	dir = fdopendir(fd);
	if (!dir) {
		close_fd(fd);
		return -errno;
	}
	while ((entry = readdir(dir)))
		count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	*ret = count;
	return 0;
}

/* "2 shm, 0 sem, 1 msg, 3 mqueue", without the last where we may not look. */
static int describe_ipc(char *out, size_t size)
{
	struct shm_info segments = { 0 };
	struct seminfo semaphores = { 0 };
	union {
		int value;
		struct seminfo *info;
	} wanted = { .info = &semaphores };
	struct msginfo queues = { 0 };
	unsigned int posix_queues = 0;
	int used;

	if (shmctl(0, SHM_INFO, (struct shmid_ds *)&segments) < 0 || semctl(0, 0, SEM_INFO, wanted) < 0 ||
	    msgctl(0, MSG_INFO, (struct msqid_ds *)&queues) < 0)
		return -errno;
	/* Fields of limits that these commands put numbers of objects in: semctl(2), msgctl(2). */
	used = snprintf(out, size, "%d shm, %d sem, %d msg", segments.used_ids, semaphores.semusz,
			queues.msgpool);
	if (count_queues(&posix_queues) == 0)
		snprintf(out + used, size - (size_t)used, ", %u mqueue", posix_queues);
	return 0;
}

/* The path of a process's cgroup, as it is seen from here. */
static int find_cgroup(int procfd, pid_t process, char *out, size_t size)
{
	_cleanup_(cgroup_table_release) struct cgroup_table table = { 0 };
	char path[32];
	int r;

	snprintf(path, sizeof(path), "%d/cgroup", (int)process);
	r = cgroup_table_read(procfd, path, &table);
	if (r == 0 && (table.count == 0 || strlen(table.lines[0].path) >= size))
		r = -ENODATA;
	if (r == 0)
		snprintf(out, size, "%s", table.lines[0].path);
	return r;
}

static int look(int procfd, const struct describe_request *request, struct describe_answer *answer)
{
	switch (request->type) {
	case NS_UTS:
		return describe_uts(answer->text, sizeof(answer->text));
	case NS_NET:
		return describe_net(answer->text, sizeof(answer->text));
	case NS_IPC:
		return describe_ipc(answer->text, sizeof(answer->text));
	case NS_CGROUP:
		return find_cgroup(procfd, request->process, answer->text, sizeof(answer->text));
	default:
		return 0; /* being there is all that is wanted */
	}
}

/* Get there, unless that is where we are. */
static int enter(int procfd, enum ns_type type, int fd, struct describe_answer *answer)
{
	_cleanup_free_ char *own = xasprintf("self/%s", ns_types[type].proc_file);
	struct ns_id here, there;
	int r;

	if (ns_id_of_path(procfd, own, &here) == 0 && ns_id_of_fd(fd, &there) == 0 &&
	    ns_id_equal(here, there))
		return 0;
	r = ns_join(procfd, fd, ns_types[type].clone_flag, &answer->is_spent);
	answer->has_moved = answer->has_moved || r == 0 || answer->is_spent;
	return r;
}

void describe_serve(int socket, const void *context)
{
	int procfd = *(const int *)context;
	bool has_moved = false;

	for (;;) {
		struct describe_answer answer = { .has_moved = has_moved };
		_cleanup_close_ int fd = -EBADF;
		struct describe_request request;

		if (worker_receive(socket, &request, sizeof(request), -1, &fd) != (ssize_t)sizeof(request))
			return;
		/* Of whatever pid namespace; 0 where it has none for us. */
		proc_own_pid(procfd, &answer.worker);
		answer.error = enter(procfd, request.type, fd, &answer);
		has_moved = answer.has_moved;
		if (answer.error == 0)
			answer.error = look(procfd, &request, &answer);
		if (worker_send(socket, &answer,
				offsetof(struct describe_answer, text) + strlen(answer.text) + 1, -EBADF) < 0)
			return;
	}
}
