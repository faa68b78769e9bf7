/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel.c - thin wrappers that turn errno into -errno.
 */
#include "kernel.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/perf_event.h>
#include <net/if.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>

_Static_assert(sizeof(struct nsx_mnt_ns_info) == 16, "linux/nsfs.h");
_Static_assert(sizeof(struct nsx_ns_id_req) == 32, "linux/nsfs.h");
_Static_assert(sizeof(struct nsx_nsfs_file_handle) == 16, "linux/nsfs.h");
_Static_assert(sizeof(struct nsx_pidfd_info) == 64, "linux/pidfd.h");
_Static_assert(sizeof(struct nsx_clone_args) == 88, "linux/sched.h");
_Static_assert(sizeof(struct nsx_mnt_id_req) == 32, "linux/mount.h");

int kernel_pidfd_open(pid_t pid)
{
	int fd = pidfd_open(pid, 0);

	return fd < 0 ? -errno : fd;
}

int kernel_pidfd_send_signal(int pidfd, int sig)
{
	return pidfd_send_signal(pidfd, sig, NULL, 0) < 0 ? -errno : 0;
}

int kernel_pidfd_inode(int pidfd, ino_t *ret)
{
	struct statfs fs;
	struct stat st;

	if (fstatfs(pidfd, &fs) < 0 || fstat(pidfd, &st) < 0)
		return -errno;
	*ret = fs.f_type == NSX_PIDFS_MAGIC ? st.st_ino : 0;
	return 0;
}

int kernel_setns(int fd, int flags)
{
	return setns(fd, flags) < 0 ? -errno : 0;
}

int kernel_memfd_executable(const char *name)
{
	const unsigned int executable = 0x10; /* MFD_EXEC */
	int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING | executable);

	/* Before 6.3 the flag is unknown, and all are executable. */
	if (fd < 0 && errno == EINVAL)
		fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	return fd < 0 ? -errno : fd;
}

int kernel_socket_netns(int fd, int *ret_fd)
{
	int answer = ioctl(fd, NSX_SIOCGSKNS);

	if (answer < 0)
		return -errno;
	*ret_fd = answer;
	return 0;
}

int kernel_socket_cookie(int fd, uint64_t *ret)
{
	uint64_t cookie;
	socklen_t size = sizeof(cookie);

	if (getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &size) < 0)
		return -errno;
	*ret = cookie;
	return 0;
}

ssize_t kernel_list_namespaces(uint64_t after, uint64_t *ids, size_t size)
{
	struct nsx_ns_id_req request = { .size = sizeof(request), .ns_id = after };
	long n = syscall(NSX_SYS_LISTNS, &request, ids, size, 0);

	/* Where nothing greater exists at all. */
	if (n < 0 && errno == ENOENT)
		return 0;
	return n < 0 ? -errno : n;
}

int kernel_open_namespace(uint64_t nsid, int *ret_fd)
{
	struct nsx_nsfs_file_handle wanted = { .ns_id = nsid };
	union {
		struct file_handle handle;
		char room[sizeof(struct file_handle) + sizeof(wanted)];
	} by = { .handle = { .handle_bytes = sizeof(wanted), .handle_type = NSX_FILEID_NSFS } };
	int fd;

	memcpy(by.handle.f_handle, &wanted, sizeof(wanted));
	fd = open_by_handle_at(NSX_FD_NSFS_ROOT, &by.handle, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	*ret_fd = fd;
	return 0;
}

int kernel_next_mount_namespace(int fd, bool backwards, int *ret_fd)
{
	struct nsx_mnt_ns_info info = { .size = sizeof(info) };
	int next = ioctl(fd, backwards ? NSX_NS_MNT_GET_PREV : NSX_NS_MNT_GET_NEXT, &info);

	if (next < 0)
		return -errno;
	*ret_fd = next;
	return 0;
}

int kernel_mount_namespace_id(int fd, uint64_t *ret)
{
	return ioctl(fd, NSX_NS_GET_MNTNS_ID, ret) < 0 ? -errno : 0;
}

int kernel_count_mounts(int fd, uint32_t *ret)
{
	struct nsx_mnt_ns_info info = { .size = sizeof(info) };

	if (ioctl(fd, NSX_NS_MNT_GET_INFO, &info) < 0)
		return -errno;
	*ret = info.nr_mounts;
	return 0;
}

/* Without a namespace, in the size that the first kernels with these calls know. */
static struct nsx_mnt_id_req mount_request(uint64_t mount, uint64_t param, uint64_t mount_namespace)
{
	return (struct nsx_mnt_id_req){
		.size = mount_namespace ? sizeof(struct nsx_mnt_id_req)
					: offsetof(struct nsx_mnt_id_req, mnt_ns_id),
		.mnt_id = mount,
		.param = param,
		.mnt_ns_id = mount_namespace,
	};
}

int kernel_statmount(uint64_t mount, uint64_t mount_namespace, uint64_t mask, struct nsx_statmount *ret,
		     size_t size)
{
	struct nsx_mnt_id_req request = mount_request(mount, mask, mount_namespace);

	return syscall(NSX_SYS_STATMOUNT, &request, ret, size, 0U) < 0 ? -errno : 0;
}

ssize_t kernel_listmount(uint64_t mount, uint64_t after, uint64_t *ids, size_t size)
{
	struct nsx_mnt_id_req request = mount_request(mount, after, 0);
	long n = syscall(NSX_SYS_LISTMOUNT, &request, ids, size, 0U);

	return n < 0 ? -errno : n;
}

int kernel_perf_event_open(struct perf_event_attr *attr, pid_t pid, int cpu)
{
	int fd = (int)syscall(SYS_perf_event_open, attr, pid, cpu, -1, (unsigned long)PERF_FLAG_FD_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

bool kernel_has_capability(unsigned int capability)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	if (syscall(SYS_capget, &header, data) < 0)
		return false;
	return data[CAP_TO_INDEX(capability)].effective & CAP_TO_MASK(capability);
}

int kernel_memory_file(const char *name)
{
	int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL);

	if (fd < 0 && errno == EINVAL)
		fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	return fd < 0 ? -errno : fd;
}

int kernel_loopback_up(void)
{
	struct ifreq request = { .ifr_name = "lo" };
	/* A socket of any family will do, and this one every kernel has. */
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || ioctl(fd, SIOCGIFFLAGS, &request) < 0)
		return -errno;
	request.ifr_flags |= IFF_UP;
	return ioctl(fd, SIOCSIFFLAGS, &request) < 0 ? -errno : 0;
}
