/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pin.c - names come and go.
 */
#include "pin.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>

#include "diag.h"
#include "kernel.h"
#include "linger.h"
#include "mount_table.h"
#include "ns_query.h"
#include "pin_init.h"
#include "pin_path.h"
#include "worker.h"

/* --- The directories of a registry */

static int lock_fd(int fd, int operation)
{
	while (flock(fd, operation) < 0)
		if (errno != EINTR)
			return -errno;
	return 0;
}

/* Wait for a lock; who waits long is told for whom. */
static int await_lock(int fd, const char *what)
{
	enum { PAUSE_MS = 20, PATIENCE_MS = 1000 };
	int r = -EWOULDBLOCK;

	for (int waited = 0; r == -EWOULDBLOCK && waited < PATIENCE_MS; waited += PAUSE_MS) {
		if (waited)
			poll(NULL, 0, PAUSE_MS);
		r = lock_fd(fd, LOCK_EX | LOCK_NB);
	}
	if (r != -EWOULDBLOCK)
		return r;
	warn(0, "waiting for another process that is at work on '%s'", what);
	return lock_fd(fd, LOCK_EX);
}

/*
 * Lock a directory in which something is to be prepared: 1; or 0 where that is
 * done already. Everyone can lock what they can read, and are not waited for then.
 */
static int lock_path(const char *path, bool (*is_prepared)(void), int *ret_fd)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int r;

	if (fd < 0)
		return -errno;
	r = lock_fd(fd, LOCK_EX | LOCK_NB);
	if (r == -EWOULDBLOCK && is_prepared())
		return 0;
	if (r == -EWOULDBLOCK)
		r = await_lock(fd, path);
	if (r < 0)
		return r;
	*ret_fd = take_fd(&fd);
	return 1;
}

/* Whatever the umask: these are not of whoever happens to come first. */
static int make_directory(const char *path, mode_t mode)
{
	mode_t mask = umask(0);
	int r = mkdir(path, mode) < 0 && errno != EEXIST ? -errno : 0;

	umask(mask);
	return r;
}

static bool is_netns_prepared(void)
{
	struct mount_groups groups;

	return mount_groups_read(PIN_NETNS_DIR, &groups) > 0 && groups.is_shared;
}

/* /run/netns: shared, as iproute2 has it; -EINVAL tells that it is no mount yet. */
static int prepare_netns(void)
{
	_cleanup_close_ int lock = -EBADF;
	bool is_mount_point = false;
	int r;

	r = make_directory(PIN_NETNS_DIR, 0755);
	if (r == 0)
		r = lock_path(PIN_NETNS_DIR, is_netns_prepared, &lock);
	if (r <= 0)
		return r;
	while (mount("", PIN_NETNS_DIR, NULL, MS_SHARED | MS_REC, NULL) < 0) {
		if (errno != EINVAL || is_mount_point)
			return -errno;
		if (mount(PIN_NETNS_DIR, PIN_NETNS_DIR, NULL, MS_BIND | MS_REC, NULL) < 0)
			return -errno;
		is_mount_point = true;
	}
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

static bool is_system_prepared(void)
{
	struct mount_groups groups;

	return is_own_file_system(PIN_NSX_DIR, PIN_RUN_DIR) > 0 &&
	       mount_groups_read(PIN_NSX_DIR, &groups) > 0 && !groups.is_shared;
}

/* /run/nsx: a private tmpfs of its own. */
static int prepare_system(void)
{
	_cleanup_close_ int below = -EBADF;
	int r;

	r = make_directory(PIN_NSX_DIR, 0755);
	/* Two that come first at the same time meet on the directory below the mount. */
	if (r == 0)
		r = lock_path(PIN_NSX_DIR, is_system_prepared, &below);
	if (r <= 0)
		return r;
	r = is_own_file_system(PIN_NSX_DIR, PIN_RUN_DIR);
	if (r != 0)
		return r < 0 ? r : 0;
	if (mount("nsx", PIN_NSX_DIR, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0755") < 0)
		return -errno;
	if (mount("", PIN_NSX_DIR, NULL, MS_PRIVATE, NULL) < 0) {
		r = -errno;
		umount2(PIN_NSX_DIR, MNT_DETACH);
	}
	return r;
}

static int prepare_own(void)
{
	_cleanup_free_ char *path = NULL;
	int r;

	r = pin_registry_path(false, &path);
	return r < 0 ? r : make_directory(path, 0700);
}

int pin_registry_make(struct pin_registry *ret)
{
	bool is_system = pin_owns_system();
	struct stat st;
	int r;

	/* Whose it is, before anything is mounted on it. */
	if (is_system && lstat(PIN_NSX_DIR, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid != geteuid())
		return -EPERM;
	r = is_system ? prepare_system() : prepare_own();
	return r < 0 ? r : pin_registry_open(is_system, ret);
}

void pin_touch(const struct pin_registry *registry)
{
	/* A watch of the directory tells of this, too: IN_ATTRIB of inotify(7). */
	futimens(registry->fd, NULL);
}

/* --- Records */

static int write_text(int dirfd, const char *file, const char *text)
{
	_cleanup_close_ int fd = -EBADF;
	size_t size = strlen(text);
	ssize_t n;

	fd = openat(dirfd, file, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		return -errno;
	/* Whatever the umask: the mode of the directory says who may read it. */
	if (fchmod(fd, 0644) < 0)
		return -errno;
	n = write(fd, text, size);
	if (n < 0)
		return -errno;
	return (size_t)n == size ? 0 : -ENOSPC;
}

static int write_unfinished(const struct pin_making *making)
{
	_cleanup_free_ char *text = pin_record_format(&making->record);

	return write_text(making->dirfd, PIN_UNFINISHED, text);
}

int pin_write_record(int dirfd, const struct pin_record *record)
{
	_cleanup_free_ char *text = pin_record_format(record);
	int r;

	r = write_text(dirfd, PIN_RECORD_NEW, text);
	if (r == 0 && renameat(dirfd, PIN_RECORD_NEW, dirfd, PIN_RECORD) < 0)
		r = -errno;
	if (r < 0)
		unlinkat(dirfd, PIN_RECORD_NEW, 0);
	return r;
}

/* --- Locks of names */

/* Is the open directory still the one of that name? */
static bool is_still_there(const struct pin_registry *registry, const char *name, int dirfd)
{
	struct stat ours, there;

	return fstat(dirfd, &ours) == 0 && fstatat(registry->fd, name, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
	       ours.st_ino == there.st_ino && ours.st_dev == there.st_dev;
}

int pin_lock(const struct pin_registry *registry, const char *name, bool waits, int *ret_dirfd)
{
	for (;;) {
		_cleanup_close_ int fd = -EBADF;
		int r;

		r = pin_open_directory(registry, name, &fd);
		if (r == 0)
			r = waits ? await_lock(fd, name) : lock_fd(fd, LOCK_EX | LOCK_NB);
		if (r < 0)
			return r;
		if (is_still_there(registry, name, fd)) {
			*ret_dirfd = take_fd(&fd);
			return 0;
		}
	}
}

/* --- Taking away */

struct removal {
	int dirfd;
	const char *file, *path;
};

/*
 * Remove a file that is mounted on out of reach: a file of /run/netns is mounted
 * on there and, as that is a peer of /run, below it; in a copy of these mounts,
 * what is unmounted above stays mounted below. In a copy of our own, which nobody
 * sees, all that is above can go; what others have there then goes with the file.
 */
static void remove_from_below(int socket, const void *context)
{
	enum { LAYERS = 16 };
	const struct removal *removal = context;
	int r = -EBUSY;

	if (unshare(CLONE_NEWNS) < 0 || mount("", "/", NULL, MS_PRIVATE | MS_REC, NULL) < 0)
		r = -errno;
	for (int i = 0; i < LAYERS && r == -EBUSY; i++) {
		while (umount2(removal->path, MNT_DETACH | UMOUNT_NOFOLLOW) == 0)
			;
		if (unlinkat(removal->dirfd, removal->file, 0) == 0 || errno == ENOENT)
			r = 0;
		else if (errno != EBUSY || umount2(PIN_NETNS_DIR, MNT_DETACH | UMOUNT_NOFOLLOW) < 0)
			r = -errno;
	}
	worker_send(socket, &r, sizeof(r), -EBADF);
}

/* 0: it is gone. */
static int try_from_below(int dirfd, const char *file, const char *path)
{
	enum { PATIENCE_MS = 5000 };
	const struct removal removal = { dirfd, file, path };
	struct worker worker = WORKER_NONE;
	int result = -EBUSY, ignored = -EBADF, r;

	r = worker_start(&worker, remove_from_below, &removal);
	if (r < 0)
		return r;
	if (worker_receive(worker.socket, &result, sizeof(result), PATIENCE_MS, &ignored) != sizeof(result))
		result = -EBUSY;
	worker_end(&worker);
	return result;
}

enum { TRIES = 50, PAUSE_MS = 10, TRIES_ABOVE = 10 };

/* Unbind and unlink; what was mounted on top of each other goes all at once. */
static int remove_file(int dirfd, const char *file, const char *path)
{
	for (int i = 0; i < TRIES; i++) {
		while (umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW) == 0)
			;
		if (errno != EINVAL && errno != ENOENT && errno != EPERM)
			return -errno;
		if (unlinkat(dirfd, file, 0) == 0 || errno == ENOENT)
			return 0;
		if (errno != EBUSY)
			return -errno;
		if (i % TRIES_ABOVE == TRIES_ABOVE - 1 && try_from_below(dirfd, file, path) == 0)
			return 0;
		poll(NULL, 0, PAUSE_MS);
	}
	return -EBUSY;
}

int pin_remove_net(const char *name)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", PIN_NETNS_DIR, name);

	return remove_file(AT_FDCWD, path, path);
}

int pin_remove_type(const struct pin_registry *registry, const char *name, int dirfd, enum ns_type type)
{
	const char *file = ns_types[type].name;
	_cleanup_free_ char *path = xasprintf("%s/%s/%s", registry->path, name, file);
	struct stat st;

	if (fstatat(dirfd, file, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -errno;
	return remove_file(dirfd, file, path);
}

/* The files of a name's directory. The first failure counts. */
static int remove_files(const struct pin_registry *registry, const char *name, int dirfd)
{
	int r = 0;

	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		int one = pin_remove_type(registry, name, dirfd, type);

		r = r < 0 ? r : one;
	}
	return r;
}

/* What is unfinished of a name, as far as that was written down. */
static int discard_recorded(const struct pin_registry *registry, const char *name, int dirfd)
{
	struct pin pin = { .name = (char *)name, .is_system = registry->is_system, .has_record = true };
	int r;

	pin.dirfd = dirfd;
	r = pin_read_record(registry, dirfd, PIN_UNFINISHED, &pin.record);
	/* Cut off while it was written: then nothing was done yet. */
	if (r == -ENOENT || r == -EBADMSG)
		return 0;
	/* First what may be out of reach, so that nothing was done then. */
	if (r == 0 && registry->is_system)
		r = pin_net_is_of(name, &pin.record);
	if (r > 0)
		r = pin_remove_net(name);
	if (r == 0)
		r = pin_init_end(&pin);
	return r == 0 ? pin_holder_end(&pin) : r;
}

int pin_discard(const struct pin_registry *registry, const char *name, int dirfd)
{
	bool was_name;
	int r;

	/* From here on it is no name any more. */
	was_name = renameat(dirfd, PIN_RECORD, dirfd, PIN_UNFINISHED) == 0;
	if (!was_name && errno != ENOENT)
		return -errno;
	r = discard_recorded(registry, name, dirfd);
	/* As in a user namespace of ours, where mounts that were there before cannot be unmounted. */
	if (r == -EBUSY && was_name)
		renameat(dirfd, PIN_UNFINISHED, dirfd, PIN_RECORD);
	if (r == 0)
		r = remove_files(registry, name, dirfd);
	if (r < 0)
		return r;
	unlinkat(dirfd, PIN_RECORD_NEW, 0);
	unlinkat(dirfd, PIN_UNFINISHED, 0);
	if (unlinkat(registry->fd, name, AT_REMOVEDIR) < 0)
		return -errno;
	pin_touch(registry);
	return 0;
}

/* --- Making */

void pin_making_init(struct pin_making *making)
{
	*making = (struct pin_making){ .registry = PIN_REGISTRY_NONE, .dirfd = -EBADF };
	for (int type = 0; type < NS_TYPE_COUNT; type++)
		making->held[type] = -EBADF;
}

/* Have the directory of the name, locked, with nothing in it. */
static int reserve(struct pin_making *making)
{
	const struct pin_registry *registry = &making->registry;

	for (;;) {
		_cleanup_close_ int dirfd = -EBADF;
		_cleanup_(pin_release) struct pin pin = PIN_NONE;
		bool is_new = mkdirat(registry->fd, making->name, 0700) == 0;
		int r;

		if (!is_new && errno != EEXIST)
			return -errno;
		/* Whoever is at work with a name that is there need not be waited for. */
		if (!is_new && pin_read(registry, making->name, &pin) == 0)
			return -EEXIST;
		r = pin_lock(registry, making->name, true, &dirfd);
		if (r == -ENOENT)
			continue;
		if (r == 0)
			r = pin_read(registry, making->name, &pin);
		if (r == -ENOENT && is_new) {
			making->dirfd = take_fd(&dirfd);
			return 0;
		}
		/* What somebody who was killed left behind: away with it, and once more. */
		if (r == -ENOENT || r == -EBADMSG) {
			r = pin_discard(registry, making->name, dirfd);
			if (r == 0)
				continue;
		}
		if (is_new)
			unlinkat(registry->fd, making->name, AT_REMOVEDIR);
		return r == 0 ? -EEXIST : r;
	}
}

/* Whose it is, and who may look into it. */
static int set_owner(struct pin_making *making, const struct pin_wish *wish)
{
	struct pin_record *record = &making->record;
	bool is_others = wish->has_owner && making->registry.is_system;

	record->owner = is_others ? wish->owner : making->registry.owner;
	record->mode = wish->mode >= 0 ? (mode_t)wish->mode : is_others ? 0750 : 0700;
	/* They would keep themselves out, and all their other names from being listed. */
	if (!making->registry.is_system)
		record->mode |= 0700;
	/* The directory stays ours: an owner could put there what they like. */
	if (is_others && fchown(making->dirfd, (uid_t)-1, wish->group) < 0)
		return -errno;
	return fchmod(making->dirfd, record->mode) < 0 ? -errno : 0;
}

int pin_begin(struct pin_making *making, const struct pin_wish *wish)
{
	int r;

	making->name = wish->name;
	r = pin_registry_make(&making->registry);
	if (r < 0)
		return r;
	making->holds = wish->holds || !making->registry.is_system;
	r = reserve(making);
	if (r == 0)
		r = set_owner(making, wish);
	return r;
}

/* Mount an open namespace on a file. No path of /proc is needed, and none can change hands. */
static int bind_namespace(int fd, int dirfd, const char *file)
{
	_cleanup_close_ int tree = open_tree(fd, "", AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);

	if (tree < 0)
		return -errno;
	return move_mount(tree, "", dirfd, file, MOVE_MOUNT_F_EMPTY_PATH) < 0 ? -errno : 0;
}

static int make_file(int dirfd, const char *file)
{
	int fd = openat(dirfd, file, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0);

	if (fd < 0)
		return -errno;
	close_fd(fd);
	return 0;
}

static int bind_net(struct pin_making *making, int fd)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", PIN_NETNS_DIR, making->name);
	int r;

	r = prepare_netns();
	if (r == 0)
		r = write_unfinished(making);
	if (r == 0)
		r = make_file(AT_FDCWD, path);
	if (r < 0) {
		/* What may be there is not ours. */
		making->record.kept[NS_NET].method = PIN_NOT_KEPT;
		unlinkat(making->dirfd, PIN_UNFINISHED, 0);
		return r;
	}
	return bind_namespace(fd, AT_FDCWD, path);
}

static int bind_type(struct pin_making *making, enum ns_type type, int fd)
{
	const char *file = ns_types[type].name;
	int r;

	if (type == NS_NET)
		return bind_net(making, fd);
	r = make_file(making->dirfd, file);
	if (r < 0)
		return r;
	r = bind_namespace(fd, making->dirfd, file);
	if (r < 0)
		unlinkat(making->dirfd, file, 0);
	return r;
}

static int hold_type(struct pin_making *making, enum ns_type type, int fd)
{
	int held = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);

	if (held < 0)
		return -errno;
	making->held[type] = held;
	making->record.kept[type].method = PIN_HOLD;
	making->record.kept[type].fd = held;
	return pin_process_of(getpid(), &making->record.holder);
}

int pin_keep(struct pin_making *making, enum ns_type type, int fd)
{
	struct pin_kept *kept = &making->record.kept[type];
	struct ns_id id;
	int r;

	r = ns_id_of_fd(fd, &id);
	if (r < 0)
		return r;
	kept->inode = id.ino;
	if (making->holds)
		return hold_type(making, type, fd);
	kept->method = PIN_BIND;
	r = bind_type(making, type, fd);
	/* The kernel sees, or fears, a mount namespace that would hold itself. */
	if (type == NS_MNT && (r == -EINVAL || r == -ELOOP))
		return hold_type(making, type, fd);
	return r;
}

int pin_note_init(struct pin_making *making, pid_t pid)
{
	return pin_process_of(pid, &making->record.init);
}

int pin_publish(struct pin_making *making)
{
	int r;

	making->record.made = time(NULL);
	r = pin_write_record(making->dirfd, &making->record);
	if (r < 0)
		return r;
	unlinkat(making->dirfd, PIN_UNFINISHED, 0);
	pin_touch(&making->registry);
	return 0;
}

/* A directory and a record for a name of ip-netns(8). */
static int make_record(const struct pin_registry *registry, const struct pin *pin, int dirfd)
{
	_cleanup_close_ int fd = -EBADF;
	struct pin_record record = pin->record;
	struct ns_id id;
	int r;

	r = pin_open_type(pin, NS_NET, &fd);
	if (r >= 0)
		r = ns_id_of_fd(fd, &id);
	if (r < 0)
		return r;
	record.kept[NS_NET].inode = id.ino;
	if (fchmod(dirfd, record.mode) < 0)
		return -errno;
	r = pin_write_record(dirfd, &record);
	pin_touch(registry);
	return r;
}

int pin_adopt(const struct pin_registry *registry, const char *name, int *ret_dirfd)
{
	_cleanup_(pin_release) struct pin before = PIN_NONE, pin = PIN_NONE;
	_cleanup_close_ int dirfd = -EBADF;
	bool is_new = false;
	int r;

	r = pin_read(registry, name, &before);
	if (r < 0)
		return r;
	if (!before.has_record)
		is_new = mkdirat(registry->fd, name, 0700) == 0;
	r = pin_lock(registry, name, true, &dirfd);
	if (r < 0)
		return r;
	/* Somebody may have made it one of ours since, or taken it away. */
	r = pin_read(registry, name, &pin);
	if (r == 0 && !pin.has_record)
		r = make_record(registry, &pin, dirfd);
	if (r < 0 && is_new)
		unlinkat(registry->fd, name, AT_REMOVEDIR);
	if (r == 0)
		*ret_dirfd = take_fd(&dirfd);
	return r;
}

static void release(struct pin_making *making)
{
	making->dirfd = close_fd(making->dirfd);
	pin_registry_release(&making->registry);
}

int pin_undo(struct pin_making *making)
{
	int r = 0;

	if (making->dirfd >= 0)
		r = pin_discard(&making->registry, making->name, making->dirfd);
	for (int type = 0; type < NS_TYPE_COUNT; type++)
		making->held[type] = close_fd(making->held[type]);
	release(making);
	return r;
}

void pin_end(struct pin_making *making)
{
	bool holds = false;

	release(making);
	for (int type = 0; type < NS_TYPE_COUNT; type++)
		holds |= making->held[type] >= 0;
	if (holds) {
		linger_leave("nsx-hold", making->held, NS_TYPE_COUNT);
		linger_as_holder();
	}
}
