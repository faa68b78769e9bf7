/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pin.c - the registry of names.
 */
#include "pin.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "diag.h"
#include "file.h"
#include "kernel.h"
#include "ns_query.h"
#include "ns_ref.h"
#include "pin_path.h"
#include "proc.h"

void pin_locks_release(struct pin_locks *locks)
{
	locks->netns = close_fd(locks->netns);
	locks->nsx = close_fd(locks->nsx);
}

static int lock_directory(const char *path, int *ret_fd)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	while (flock(fd, LOCK_EX) < 0)
		if (errno != EINTR)
			return -errno;
	*ret_fd = take_fd(&fd);
	return 0;
}

static int make_registry_directory(const char *path)
{
	return mkdir(path, 0755) < 0 && errno != EEXIST ? -errno : 0;
}

/* /run/netns: shared, as iproute2 has it; -EINVAL tells that it is no mount yet. */
static int prepare_netns(int *ret_lock)
{
	_cleanup_close_ int lock = -EBADF;
	bool is_mount_point = false;
	int r;

	r = make_registry_directory(PIN_NETNS_DIR);
	if (r < 0)
		return r;
	r = lock_directory(PIN_NETNS_DIR, &lock);
	if (r < 0)
		return r;
	while (mount("", PIN_NETNS_DIR, NULL, MS_SHARED | MS_REC, NULL) < 0) {
		if (errno != EINVAL || is_mount_point)
			return -errno;
		if (mount(PIN_NETNS_DIR, PIN_NETNS_DIR, NULL, MS_BIND | MS_REC, NULL) < 0)
			return -errno;
		is_mount_point = true;
	}
	*ret_lock = take_fd(&lock);
	return 0;
}

/* Is `path` on another file system than the directory it is in? */
static int is_own_file_system(const char *path, const char *parent)
{
	struct stat here, above;

	if (stat(path, &here) < 0 || stat(parent, &above) < 0)
		return -errno;
	return here.st_dev != above.st_dev;
}

/* /run/nsx: a private tmpfs of its own. The lock is on what is mounted in the end. */
static int prepare_nsx(int *ret_lock)
{
	_cleanup_close_ int lock = -EBADF, below = -EBADF;
	int r;

	r = make_registry_directory(PIN_NSX_DIR);
	if (r < 0)
		return r;
	/* Two that come first at the same time meet on the directory below. */
	r = lock_directory(PIN_NSX_DIR, &below);
	if (r < 0)
		return r;
	r = is_own_file_system(PIN_NSX_DIR, "/run");
	if (r < 0)
		return r;
	if (r == 0) {
		if (mount("nsx", PIN_NSX_DIR, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0755") < 0)
			return -errno;
		if (mount("", PIN_NSX_DIR, NULL, MS_PRIVATE, NULL) < 0) {
			r = -errno;
			umount2(PIN_NSX_DIR, MNT_DETACH);
			return r;
		}
	}
	close_fdp(&below);
	r = lock_directory(PIN_NSX_DIR, &lock);
	if (r < 0)
		return r;
	*ret_lock = take_fd(&lock);
	return 0;
}

static bool path_exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

ns_set pin_types(const char *name)
{
	ns_set types = 0;

	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		_cleanup_free_ char *path = pin_file_path(name, type);

		if (path_exists(path))
			types |= ns_set_of(type);
	}
	return types;
}

int pin_prepare(const char *name, ns_set types, struct keep *keep, struct pin_locks *locks)
{
	_cleanup_free_ char *directory = pin_dir_path(name);
	int r;

	if (ns_set_has(types, NS_NET)) {
		r = prepare_netns(&locks->netns);
		if (r < 0)
			return r;
	}
	if (types & ~ns_set_of(NS_NET)) {
		r = prepare_nsx(&locks->nsx);
		if (r < 0)
			return r;
	}
	if (pin_types(name))
		return -EEXIST;
	if (types & ~ns_set_of(NS_NET)) {
		r = keep_make_directory(keep, directory);
		/* An empty one is what a killed nsx-pin may leave behind. */
		if (r < 0 && r != -EEXIST)
			return r;
	}
	return 0;
}

int pin_make_file(const char *name, enum ns_type type, struct keep *keep)
{
	_cleanup_free_ char *path = pin_file_path(name, type);

	return keep_make_file(keep, path, 0);
}

int pin_bind(const char *name, enum ns_type type, const char *source, struct keep *keep)
{
	_cleanup_free_ char *path = pin_file_path(name, type);

	return keep_bind(keep, source, path);
}

/* One type of a process's; opened first, so that the pid cannot come to mean another. */
static int attach_type(const char *name, enum ns_type type, const struct ns_ref_process *process,
		       struct keep *keep)
{
	_cleanup_close_ int fd = -EBADF;
	_cleanup_free_ char *source = NULL;
	int r;

	r = ns_open(process->dirfd, ns_types[type].proc_file, &fd);
	if (r < 0)
		return r;
	r = pin_make_file(name, type, keep);
	if (r < 0)
		return r;
	source = xasprintf("/proc/self/fd/%d", fd);
	return pin_bind(name, type, source, keep);
}

int pin_attach(const char *name, ns_set types, const struct ns_ref_process *process, enum ns_type *ret_failed)
{
	_cleanup_(pin_locks_release) struct pin_locks locks = PIN_LOCKS_NONE;
	_cleanup_(keep_release) struct keep keep = { 0 };
	int r;

	*ret_failed = NS_TYPE_INVALID;
	r = pin_prepare(name, types, &keep, &locks);
	for (int type = 0; type < NS_TYPE_COUNT && r == 0; type++) {
		if (!ns_set_has(types, type))
			continue;
		r = attach_type(name, type, process, &keep);
		if (r < 0)
			*ret_failed = type;
	}
	if (r < 0)
		keep_undo(&keep);
	return r;
}

static char *init_record_path(const char *name)
{
	return xasprintf("%s/%s/init", PIN_NSX_DIR, name);
}

int pin_record_init(const char *name, pid_t pid, struct keep *keep)
{
	_cleanup_free_ char *path = init_record_path(name);
	_cleanup_close_ int pidfd = -EBADF;
	char text[64];
	ino_t inode;
	int r;

	pidfd = kernel_pidfd_open(pid);
	if (pidfd < 0)
		return pidfd;
	r = kernel_pidfd_inode(pidfd, &inode);
	if (r < 0)
		return r;
	/* A process reference, as ns_ref.h reads it; without inode before 6.9. */
	if (inode)
		snprintf(text, sizeof(text), "%d:%llu", (int)pid, (unsigned long long)inode);
	else
		snprintf(text, sizeof(text), "%d", (int)pid);
	return keep_write_file(keep, path, text);
}

/*
 * Open the init recorded for a name, if it is still the init of the namespace
 * pinned there. 1, 0 where there is none (any more), or -errno.
 */
static int open_init(const char *name, struct ns_ref_process *ret)
{
	_cleanup_(ns_ref_process_release) struct ns_ref_process init = { -EBADF, -EBADF };
	_cleanup_free_ char *record = init_record_path(name);
	_cleanup_free_ char *pinned_path = pin_file_path(name, NS_PID);
	struct ns_id pinned, its;
	struct ns_ref ref;
	char text[64];
	ssize_t n;
	int r;

	n = read_file_into(AT_FDCWD, record, text, sizeof(text));
	if (n == -ENOENT)
		return 0;
	if (n < 0)
		return (int)n;
	r = ns_ref_parse(text, &ref);
	if (r < 0 || ref.kind != NS_REF_PROCESS)
		return -EBADMSG;
	r = ns_ref_open_process(&ref, &init);
	if (r == -ESRCH || r == -ESTALE)
		return 0;
	if (r < 0)
		return r;
	if (ns_id_of_path(AT_FDCWD, pinned_path, &pinned) < 0 ||
	    ns_id_of_path(init.dirfd, ns_types[NS_PID].proc_file, &its) < 0 || !ns_id_equal(pinned, its))
		return 0;
	ret->pidfd = take_fd(&init.pidfd);
	ret->dirfd = take_fd(&init.dirfd);
	return 1;
}

/* Is the process whose directory is PID below /proc in the pid namespace `id`, or in one below? */
static bool is_in_or_below(int procfd, pid_t pid, struct ns_id id)
{
	_cleanup_close_ int fd = -EBADF;
	char path[32];

	snprintf(path, sizeof(path), "%d/%s", (int)pid, ns_types[NS_PID].proc_file);
	/* Gone meanwhile, or not ours to look at: then it is not in there. */
	if (ns_open(procfd, path, &fd) < 0)
		return false;
	for (;;) {
		struct ns_id its;
		int parent;

		if (ns_id_of_fd(fd, &its) < 0)
			return false;
		if (ns_id_equal(its, id))
			return true;
		if (ns_query_parent(fd, &parent) < 0)
			return false;
		close_fd(fd);
		fd = parent;
	}
}

/* How many processes would end with the pid namespace `id`. */
static int count_processes_in(struct ns_id id, size_t *ret)
{
	_cleanup_(proc_walk_release) struct proc_walk walk = { NULL };
	_cleanup_close_ int procfd = -EBADF;
	size_t count = 0;
	pid_t pid;
	int r;

	r = proc_open(&procfd);
	if (r < 0)
		return r;
	r = proc_walk_init(&walk, procfd, ".");
	if (r < 0)
		return r;
	while ((r = proc_walk_next(&walk, &pid)) > 0)
		count += is_in_or_below(procfd, pid, id);
	*ret = count;
	return r;
}

static int end_init(const char *name)
{
	_cleanup_(ns_ref_process_release) struct ns_ref_process init = { -EBADF, -EBADF };
	struct pollfd gone;
	struct ns_id id;
	size_t count = 0;
	int r;

	r = open_init(name, &init);
	if (r <= 0)
		return r;
	r = ns_id_of_path(init.dirfd, ns_types[NS_PID].proc_file, &id);
	if (r == 0)
		r = count_processes_in(id, &count);
	if (r < 0)
		return r;
	if (count > 1)
		return -EBUSY;
	r = kernel_pidfd_send_signal(init.pidfd, SIGKILL);
	if (r < 0 && r != -ESRCH)
		return r;
	gone = (struct pollfd){ .fd = init.pidfd, .events = POLLIN };
	while (poll(&gone, 1, -1) < 0 && errno == EINTR)
		;
	return 0;
}

/* Unbind and unlink; the first error counts, -ENOENT and "nothing bound" are none. */
static int remove_file(const char *path)
{
	int r = 0;

	if (umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW) < 0 && errno != EINVAL && errno != ENOENT)
		r = -errno;
	if (unlink(path) < 0 && errno != ENOENT && r == 0)
		r = -errno;
	return r;
}

static int lock_registry(struct pin_locks *locks)
{
	int r;

	r = lock_directory(PIN_NETNS_DIR, &locks->netns);
	if (r < 0 && r != -ENOENT)
		return r;
	r = lock_directory(PIN_NSX_DIR, &locks->nsx);
	return r == -ENOENT ? 0 : r;
}

int pin_remove(const char *name)
{
	_cleanup_(pin_locks_release) struct pin_locks locks = PIN_LOCKS_NONE;
	_cleanup_free_ char *directory = pin_dir_path(name);
	_cleanup_free_ char *record = init_record_path(name);
	ns_set types;
	int r;

	r = lock_registry(&locks);
	if (r < 0)
		return r;
	types = pin_types(name);
	if (!types && !path_exists(directory))
		return -ENOENT;
	r = end_init(name);
	if (r < 0)
		return r;
	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		_cleanup_free_ char *path = pin_file_path(name, type);
		int one = ns_set_has(types, type) ? remove_file(path) : 0;

		r = r < 0 ? r : one;
	}
	if (r < 0)
		return r;
	unlink(record);
	if (rmdir(directory) < 0 && errno != ENOENT)
		return -errno;
	return 0;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

struct names {
	char **list;
	size_t count;
};

static void names_release(struct names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->list[i]);
	free(names->list);
}

/* Add what is in a directory to the names; a directory that is not there has none. */
static int names_collect(struct names *names, const char *path)
{
	_cleanup_closedir_ DIR *dir = opendir(path);
	const struct dirent *entry;

	if (!dir)
		return errno == ENOENT ? 0 : -errno;
	while (errno = 0, (entry = readdir(dir))) {
		if (pin_name_problem(entry->d_name))
			continue;
		names->list = xreallocarray(names->list, names->count + 1, sizeof(*names->list));
		names->list[names->count++] = xstrdup(entry->d_name);
	}
	return -errno;
}

static int list_one(const char *name, int (*found)(void *context, const struct pin_entry *entry),
		    void *context)
{
	ns_set types = pin_types(name);

	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		_cleanup_free_ char *path = pin_file_path(name, type);
		_cleanup_close_ int fd = -EBADF;
		struct pin_entry entry = { .name = name, .type = type };
		int r;

		if (!ns_set_has(types, type))
			continue;
		r = ns_open(AT_FDCWD, path, &fd);
		if (r == -ENOENT)
			continue; /* taken away meanwhile */
		entry.is_stale = r < 0 || ns_id_of_fd(fd, &entry.id) < 0;
		r = found(context, &entry);
		if (r < 0)
			return r;
	}
	return 0;
}

int pin_list(int (*found)(void *context, const struct pin_entry *entry), void *context)
{
	_cleanup_(names_release) struct names names = { 0 };
	int r;

	r = names_collect(&names, PIN_NETNS_DIR);
	if (r == 0)
		r = names_collect(&names, PIN_NSX_DIR);
	if (r < 0)
		return r;
	if (names.count)
		qsort(names.list, names.count, sizeof(*names.list), compare_names);
	for (size_t i = 0; i < names.count; i++) {
		/* A name with net and other types stands in both directories. */
		if (i > 0 && strcmp(names.list[i], names.list[i - 1]) == 0)
			continue;
		r = list_one(names.list[i], found, context);
		if (r < 0)
			return r;
	}
	return 0;
}
