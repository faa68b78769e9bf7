/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pin_registry.c - looking names up.
 */
#include "pin_registry.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>

#include "diag.h"
#include "file.h"
#include "ns_query.h"
#include "pin_path.h"
#include "proc.h"

/* --- Where registries are */

/* Whose /run is, theirs is the registry of the system; within a user namespace, too. */
static uid_t system_owner(void)
{
	struct stat st;

	return stat(PIN_RUN_DIR, &st) < 0 ? 0 : st.st_uid;
}

bool pin_owns_system(void)
{
	return geteuid() == system_owner();
}

/* A directory of ours that no one else may write to. */
static bool is_private(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == geteuid() &&
	       !(st.st_mode & (S_IWGRP | S_IWOTH));
}

int pin_registry_path(bool is_system, char **ret)
{
	_cleanup_free_ char *directory = NULL;
	const char *runtime = getenv("XDG_RUNTIME_DIR");

	if (is_system) {
		*ret = xstrdup(PIN_NSX_DIR);
		return 0;
	}
	if (runtime && *runtime == '/')
		directory = xstrdup(runtime);
	else
		directory = xasprintf("%s/user/%u", PIN_RUN_DIR, geteuid());
	if (!is_private(directory))
		return -ENXIO;
	*ret = xasprintf("%s/%s", directory, PIN_OWN_DIR);
	return 0;
}

void pin_registry_release(struct pin_registry *registry)
{
	registry->fd = close_fd(registry->fd);
	free(take_ptr(registry->path));
}

int pin_registry_open(bool is_system, struct pin_registry *ret)
{
	_cleanup_(pin_registry_release) struct pin_registry registry = PIN_REGISTRY_NONE;
	struct stat st;
	int r;

	registry.is_system = is_system;
	registry.owner = is_system ? system_owner() : geteuid();
	r = pin_registry_path(is_system, &registry.path);
	if (r < 0)
		return r;
	registry.fd = open(registry.path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (registry.fd < 0)
		return -errno;
	if (fstat(registry.fd, &st) < 0)
		return -errno;
	if (st.st_uid != registry.owner || (st.st_mode & (S_IWGRP | S_IWOTH)))
		return -EPERM;
	*ret = registry;
	registry = PIN_REGISTRY_NONE;
	return 0;
}

/* --- One name */

void pin_release(struct pin *pin)
{
	free(take_ptr(pin->name));
	pin->dirfd = close_fd(pin->dirfd);
}

int pin_open_directory(const struct pin_registry *registry, const char *name, int *ret_fd)
{
	int fd = openat(registry->fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return errno == ELOOP ? -ENOTDIR : -errno;
	*ret_fd = fd;
	return 0;
}

int pin_read_record(const struct pin_registry *registry, int dirfd, const char *file, struct pin_record *ret)
{
	_cleanup_close_ int fd = -EBADF;
	_cleanup_free_ char *text = NULL;
	size_t size;
	struct stat st;
	int r;

	fd = openat(dirfd, file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return errno == ELOOP ? -EBADMSG : -errno;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_uid != registry->owner)
		return -EBADMSG;
	r = read_descriptor(fd, &text, &size);
	if (r < 0)
		return r;
	return strlen(text) == size ? pin_record_parse(text, ret) : -EBADMSG;
}

static char *net_path(const char *name)
{
	return xasprintf("%s/%s", PIN_NETNS_DIR, name);
}

/* 1, 0, or -errno: what cannot be looked at must not pass for taken away. */
static int has_net_file(const char *name)
{
	_cleanup_free_ char *path = net_path(name);
	struct stat st;

	if (lstat(path, &st) == 0)
		return 1;
	return errno == ENOENT ? 0 : -errno;
}

bool pin_has_stray_net(const struct pin *pin)
{
	_cleanup_free_ char *path = NULL;
	_cleanup_close_ int fd = -EBADF;
	struct stat st;

	if (!pin->is_system || pin->is_closed || pin->record.kept[NS_NET].method == PIN_BIND)
		return false;
	path = net_path(pin->name);
	return lstat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size == 0 &&
	       ns_open(AT_FDCWD, path, &fd) < 0;
}

int pin_net_is_of(const char *name, const struct pin_record *unfinished)
{
	_cleanup_free_ char *path = net_path(name);
	_cleanup_close_ int fd = -EBADF;
	struct ns_id id;
	int r;

	if (unfinished->kept[NS_NET].method != PIN_BIND)
		return 0;
	r = has_net_file(name);
	if (r <= 0)
		return r;
	r = ns_open(AT_FDCWD, path, &fd);
	if (r == -EMEDIUMTYPE || r == -ELOOP || r == -ENXIO)
		return 1;
	if (r >= 0)
		r = ns_id_of_fd(fd, &id);
	return r < 0 ? r : id.ino == unfinished->kept[NS_NET].inode;
}

/* A name that has no record can be one of ip-netns(8). */
static int read_foreign(const struct pin_registry *registry, const char *name, int dirfd, struct pin *ret)
{
	struct pin_record unfinished = { 0 };
	int r;

	r = registry->is_system ? has_net_file(name) : 0;
	if (r <= 0)
		return r < 0 ? r : -ENOENT;
	r = dirfd >= 0 ? pin_read_record(registry, dirfd, PIN_UNFINISHED, &unfinished) : -ENOENT;
	if (r == 0) {
		r = pin_net_is_of(name, &unfinished);
		if (r != 0)
			return r < 0 ? r : -ENOENT;
	} else if (r != -ENOENT && r != -EBADMSG) {
		return r;
	}
	*ret = PIN_NONE;
	ret->name = xstrdup(name);
	ret->is_system = true;
	ret->record.owner = registry->owner;
	ret->record.mode = 0755;
	ret->record.kept[NS_NET].method = PIN_BIND;
	return 0;
}

/*
 * ip-netns(8) may have taken the net namespace of a name away, or given it one.
 * 1: that is another one than all that the record tells of.
 */
static int follow_iproute(const char *name, struct pin_record *record)
{
	_cleanup_free_ char *path = net_path(name);
	struct pin_kept *kept = &record->kept[NS_NET];
	_cleanup_close_ int fd = -EBADF;
	struct ns_id id;
	struct stat st;
	int r;

	if (kept->method == PIN_HOLD)
		return 0;
	if (kept->method == PIN_BIND) {
		r = lstat(path, &st) < 0 ? -errno : 0;
		if (r == -ENOENT)
			kept->method = PIN_NOT_KEPT;
		/* As it is said in the record, and not for us to open. */
		if (r < 0)
			return r == -ENOENT || r == -EACCES ? 0 : r;
		/* Of a namespace that is mounted it is the number. */
		if (st.st_ino == kept->inode)
			return 0;
	}
	if (ns_open(AT_FDCWD, path, &fd) < 0)
		return 0;
	r = ns_id_of_fd(fd, &id);
	if (r < 0 || id.ino == kept->inode)
		return r;
	*kept = (struct pin_kept){ .method = PIN_BIND, .inode = id.ino };
	return pin_record_types(record) == ns_set_of(NS_NET);
}

int pin_read(const struct pin_registry *registry, const char *name, struct pin *ret)
{
	_cleanup_(pin_release) struct pin pin = PIN_NONE;
	int r;

	r = pin_open_directory(registry, name, &pin.dirfd);
	if (r == -ENOENT || r == -ENOTDIR)
		return read_foreign(registry, name, -EBADF, ret);
	pin.is_closed = r == -EACCES;
	if (r < 0 && !pin.is_closed)
		return r;
	if (!pin.is_closed) {
		r = pin_read_record(registry, pin.dirfd, PIN_RECORD, &pin.record);
		/* A mode may let us see what is there, and not read it. */
		pin.is_closed = r == -EACCES;
		if (r == -ENOENT)
			return read_foreign(registry, name, pin.dirfd, ret);
		if (r < 0 && !pin.is_closed)
			return r;
	}
	if (!pin.is_closed) {
		r = registry->is_system ? follow_iproute(name, &pin.record) : 0;
		if (r > 0)
			return read_foreign(registry, name, pin.dirfd, ret);
		if (r < 0)
			return r;
		if (!pin_record_types(&pin.record))
			return -ENOENT;
	}
	pin.name = xstrdup(name);
	pin.is_system = registry->is_system;
	pin.has_record = true;
	*ret = pin;
	pin = PIN_NONE;
	return 0;
}

/*
 * Look into a registry, or where there is none into /run/netns alone: without
 * /run/nsx, names of ip-netns(8) are there all the same.
 */
static int open_for_reading(bool is_system, struct pin_registry *ret)
{
	int r = pin_registry_open(is_system, ret);

	if (r != -ENOENT || !is_system)
		return r;
	*ret = PIN_REGISTRY_NONE;
	ret->is_system = true;
	ret->owner = system_owner();
	return 0;
}

static int find_in(bool is_system, const char *name, struct pin *ret)
{
	_cleanup_(pin_registry_release) struct pin_registry registry = PIN_REGISTRY_NONE;
	int r;

	r = open_for_reading(is_system, &registry);
	if (r < 0)
		return r;
	if (registry.fd < 0)
		return read_foreign(&registry, name, -EBADF, ret);
	return pin_read(&registry, name, ret);
}

int pin_find(const char *name, struct pin *ret)
{
	int r = -ENOENT;

	if (!pin_owns_system())
		r = find_in(false, name, ret);
	/* Without a runtime directory one has no names of one's own. */
	return r == -ENOENT || r == -ENXIO ? find_in(true, name, ret) : r;
}

/* --- What it keeps */

int pin_process_hold(const struct pin_process *process, int *ret_pidfd, int *ret_dirfd)
{
	_cleanup_close_ int pidfd = -EBADF, dirfd = -EBADF;
	struct pollfd end = { .events = POLLIN };
	int r = proc_hold(process->pid, process->inode, &pidfd, &dirfd);

	if (r == -EOPNOTSUPP)
		return -ESTALE;
	if (r < 0)
		return r == -EXDEV || r == -ENODEV ? -EACCES : r;
	/* It has ended, even if its parent never looks: pidfd_open(2). */
	end.fd = pidfd;
	if (poll(&end, 1, 0) > 0)
		return -ESRCH;
	*ret_pidfd = take_fd(&pidfd);
	*ret_dirfd = take_fd(&dirfd);
	return 0;
}

/* What the holder has at that descriptor; another process than it, or another file, is not believed. */
static int open_held(const struct pin_record *record, enum ns_type type, int *ret_fd)
{
	const struct pin_kept *kept = &record->kept[type];
	_cleanup_close_ int pidfd = -EBADF, procdir = -EBADF, fd = -EBADF;
	struct ns_id id;
	char path[32];
	int r;

	r = pin_process_hold(&record->holder, &pidfd, &procdir);
	if (r < 0)
		return r == -ESRCH ? -ESTALE : r;
	snprintf(path, sizeof(path), "fd/%d", kept->fd);
	r = ns_open(procdir, path, &fd);
	if (r == -ENOENT || r == -EMEDIUMTYPE || r == -ESRCH)
		return -ESTALE;
	if (r >= 0)
		r = ns_id_of_fd(fd, &id);
	if (r == 0)
		r = ns_query_type(fd);
	if (r < 0)
		return r;
	if (id.ino != kept->inode || r != (int)type)
		return -ESTALE;
	*ret_fd = take_fd(&fd);
	return 0;
}

int pin_open_type(const struct pin *pin, enum ns_type type, int *ret_fd)
{
	_cleanup_free_ char *path = NULL;
	_cleanup_close_ int fd = -EBADF;
	int r;

	if (pin->is_closed)
		return -EACCES;
	switch (pin->record.kept[type].method) {
	case PIN_NOT_KEPT:
		return -ENOENT;
	case PIN_HOLD:
		return open_held(&pin->record, type, ret_fd);
	case PIN_BIND:
		break;
	}
	if (type == NS_NET) {
		path = net_path(pin->name);
		r = ns_open(AT_FDCWD, path, &fd);
	} else {
		r = ns_open(pin->dirfd, ns_types[type].name, &fd);
	}
	if (r < 0)
		return r;
	r = ns_query_type(fd);
	if (r < 0)
		return r;
	if (r != (int)type)
		return -EMEDIUMTYPE;
	*ret_fd = take_fd(&fd);
	return 0;
}

bool pin_has_gone(int error)
{
	/* A link, or a socket, is what others put there. */
	return error == -ENOENT || error == -EMEDIUMTYPE || error == -ESTALE || error == -ELOOP ||
	       error == -ENXIO;
}

int pin_open(const char *name, enum ns_type type, int *ret_fd)
{
	_cleanup_(pin_release) struct pin pin = PIN_NONE;
	int r;

	r = pin_find(name, &pin);
	return r < 0 ? r : pin_open_type(&pin, type, ret_fd);
}

ns_set pin_types(const char *name)
{
	_cleanup_(pin_release) struct pin pin = PIN_NONE;

	if (pin_find(name, &pin) < 0)
		return 0;
	return pin.is_closed ? NS_SET_ALL : pin_record_types(&pin.record);
}

/* --- All names */

void pin_names_release(struct pin_names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->list[i]);
	free(names->list);
	*names = (struct pin_names){ 0 };
}

/* Add what is in a directory, whose descriptor becomes its. */
static int collect(struct pin_names *names, int fd)
{
	_cleanup_closedir_ DIR *dir = fdopendir(fd);
	const struct dirent *entry;

	if (!dir) {
		int error = -errno;

		close_fd(fd);
		return error;
	}
	while (errno = 0, (entry = readdir(dir))) {
		if (pin_name_problem(entry->d_name))
			continue;
		/* Doubled each time, so that adding stays linear. */
		if ((names->count & (names->count - 1)) == 0)
			names->list = xreallocarray(names->list, names->count ? names->count * 2 : 1,
						    sizeof(*names->list));
		names->list[names->count++] = xstrdup(entry->d_name);
	}
	return -errno;
}

static int collect_from(struct pin_names *names, const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	/* The umask of whoever was the first in /run/netns may keep others out of it. */
	if (fd < 0)
		return errno == ENOENT || (errno == EACCES && !pin_owns_system()) ? 0 : -errno;
	return collect(names, fd);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* A name with net and other types stands in both directories. */
static void sort_and_unite(struct pin_names *names)
{
	size_t kept = 0;

	if (names->count)
		qsort(names->list, names->count, sizeof(*names->list), compare_names);
	for (size_t i = 0; i < names->count; i++) {
		if (kept > 0 && strcmp(names->list[kept - 1], names->list[i]) == 0)
			free(names->list[i]);
		else
			names->list[kept++] = names->list[i];
	}
	names->count = kept;
}

int pin_names_read(const struct pin_registry *registry, struct pin_names *ret)
{
	struct pin_names names = { 0 };
	int r = 0;

	if (registry->fd >= 0) {
		/* A description of its own: reading moves a position. */
		int fd = openat(registry->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		r = fd < 0 ? -errno : collect(&names, fd);
	}
	if (r == 0 && registry->is_system)
		r = collect_from(&names, PIN_NETNS_DIR);
	if (r < 0) {
		pin_names_release(&names);
		return r;
	}
	sort_and_unite(&names);
	*ret = names;
	return 0;
}

static int visit_in(bool is_system, int (*found)(void *context, const struct pin *pin), void *context)
{
	_cleanup_(pin_registry_release) struct pin_registry registry = PIN_REGISTRY_NONE;
	_cleanup_(pin_names_release) struct pin_names names = { 0 };
	int r;

	r = open_for_reading(is_system, &registry);
	if (r == -ENOENT || r == -ENXIO)
		return 0;
	if (r == 0)
		r = pin_names_read(&registry, &names);
	for (size_t i = 0; i < names.count && r == 0; i++) {
		_cleanup_(pin_release) struct pin pin = PIN_NONE;

		if (registry.fd < 0)
			r = read_foreign(&registry, names.list[i], -EBADF, &pin);
		else
			r = pin_read(&registry, names.list[i], &pin);
		/* Neither taken away meanwhile nor being made; a broken one is for gc to tell of. */
		if (r == 0)
			r = found(context, &pin);
		else if (r == -ENOENT || r == -EBADMSG || (r == -EACCES && !pin_owns_system()))
			r = 0;
	}
	return r;
}

int pin_visit(bool own_only, int (*found)(void *context, const struct pin *pin), void *context)
{
	bool owns_system = pin_owns_system();
	int r = 0;

	if (!owns_system)
		r = visit_in(false, found, context);
	if (r == 0 && (owns_system || !own_only))
		r = visit_in(true, found, context);
	return r;
}
