/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel.h - system calls, ioctls, constants and structures that glibc 2.36
 * or the headers of Linux 6.1 lack. The only file that asks what libc has.
 *
 * Structures carry an nsx_ prefix, so that newer headers that define the
 * originals do no harm. Facts come from the man pages and uapi headers named;
 * a version is the first kernel that has it. Wrappers return -errno.
 */
#ifndef NSX_KERNEL_H
#define NSX_KERNEL_H

#include "base.h"

#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/pidfd.h> /* here alone: that of glibc 2.43 has no guard */
#include <sys/types.h>

/* Time namespaces, 5.6; time_namespaces(7). */
#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif

/* File system magics in statfs(2); linux/magic.h. */
#ifndef NSFS_MAGIC
#define NSFS_MAGIC 0x6e736673
#endif
#ifndef PROC_SUPER_MAGIC
#define PROC_SUPER_MAGIC 0x9fa0
#endif
#define NSX_PIDFS_MAGIC 0x50494446 /* 6.9 */

/* ioctl_nsfs(2) on an open namespace; linux/nsfs.h. */
#define NSX_NSIO		  0xb7
#define NSX_NS_GET_USERNS	  _IO(NSX_NSIO, 0x1)	      /* 4.9 */
#define NSX_NS_GET_PARENT	  _IO(NSX_NSIO, 0x2)	      /* 4.9 */
#define NSX_NS_GET_NSTYPE	  _IO(NSX_NSIO, 0x3)	      /* 4.11 */
#define NSX_NS_GET_OWNER_UID	  _IO(NSX_NSIO, 0x4)	      /* 4.11 */
#define NSX_NS_GET_MNTNS_ID	  _IOR(NSX_NSIO, 0x5, uint64_t) /* 6.11 */
#define NSX_NS_GET_PID_FROM_PIDNS _IOR(NSX_NSIO, 0x6, int)    /* 6.11 */
#define NSX_NS_GET_TGID_FROM_PIDNS _IOR(NSX_NSIO, 0x7, int)   /* 6.11 */
#define NSX_NS_GET_PID_IN_PIDNS	  _IOR(NSX_NSIO, 0x8, int)    /* 6.11 */
#define NSX_NS_GET_TGID_IN_PIDNS  _IOR(NSX_NSIO, 0x9, int)    /* 6.11 */
#define NSX_NS_MNT_GET_INFO	  _IOR(NSX_NSIO, 10, struct nsx_mnt_ns_info) /* 6.12 */
#define NSX_NS_MNT_GET_NEXT	  _IOR(NSX_NSIO, 11, struct nsx_mnt_ns_info) /* 6.12 */
#define NSX_NS_MNT_GET_PREV	  _IOR(NSX_NSIO, 12, struct nsx_mnt_ns_info) /* 6.12 */
#define NSX_NS_GET_ID		  _IOR(NSX_NSIO, 13, uint64_t) /* 6.18 */

struct nsx_mnt_ns_info {
	uint32_t size;
	uint32_t nr_mounts; /* the root mount of the namespace not counted */
	uint64_t mnt_ns_id;
};

/* listns(2), 6.19; linux/nsfs.h. */
#define NSX_SYS_LISTNS		470
#define NSX_LISTNS_CURRENT_USER (~UINT64_C(0))

struct nsx_ns_id_req {
	uint32_t size; /* sizeof this: 32 */
	uint32_t spare;
	uint64_t ns_id;	  /* list ids greater than this */
	uint32_t ns_type; /* mask of CLONE_NEW*, 0 for all */
	uint32_t spare2;
	uint64_t user_ns_id; /* only those it owns; 0 for all */
};

/* Sockets: which network namespace; ioctl_nsfs(2) has it not, linux/sockios.h does. */
#define NSX_SIOCGSKNS 0x894C /* 4.10 */
#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71 /* 5.14 */
#endif

/* File handles of nsfs, 6.18; open_by_handle_at(2). */
#define NSX_FD_NSFS_ROOT (-10003)
#define NSX_FILEID_NSFS	 0xf1

struct nsx_nsfs_file_handle {
	uint64_t ns_id;
	uint32_t ns_type;
	uint32_t ns_inum;
};

/* ioctls on a pidfd; linux/pidfd.h. The GET_*_NAMESPACE ones take 0. */
#define NSX_PIDFS_IOC			    0xff
#define NSX_PIDFD_GET_CGROUP_NAMESPACE	    _IO(NSX_PIDFS_IOC, 1) /* 6.11, this and the next nine */
#define NSX_PIDFD_GET_IPC_NAMESPACE	    _IO(NSX_PIDFS_IOC, 2)
#define NSX_PIDFD_GET_MNT_NAMESPACE	    _IO(NSX_PIDFS_IOC, 3)
#define NSX_PIDFD_GET_NET_NAMESPACE	    _IO(NSX_PIDFS_IOC, 4)
#define NSX_PIDFD_GET_PID_NAMESPACE	    _IO(NSX_PIDFS_IOC, 5)
#define NSX_PIDFD_GET_PID_FOR_CHILDREN	    _IO(NSX_PIDFS_IOC, 6)
#define NSX_PIDFD_GET_TIME_NAMESPACE	    _IO(NSX_PIDFS_IOC, 7)
#define NSX_PIDFD_GET_TIME_FOR_CHILDREN	    _IO(NSX_PIDFS_IOC, 8)
#define NSX_PIDFD_GET_USER_NAMESPACE	    _IO(NSX_PIDFS_IOC, 9)
#define NSX_PIDFD_GET_UTS_NAMESPACE	    _IO(NSX_PIDFS_IOC, 10)
#define NSX_PIDFD_GET_INFO		    _IOWR(NSX_PIDFS_IOC, 11, struct nsx_pidfd_info) /* 6.13 */

/* The first 64 bytes, which no kernel changed; later ones differ by version. */
struct nsx_pidfd_info {
	uint64_t mask; /* in: wanted, out: filled */
	uint64_t cgroupid;
	uint32_t pid, tgid, ppid;
	uint32_t ruid, rgid, euid, egid, suid, sgid, fsuid, fsgid;
	int32_t exit_code; /* a wait status */
};

#define NSX_PIDFD_INFO_PID	1u
#define NSX_PIDFD_INFO_CREDS	2u
#define NSX_PIDFD_INFO_CGROUPID 4u
#define NSX_PIDFD_INFO_EXIT	8u /* 6.15 */

/* pidfd_open(2) flag for one thread, 6.9. */
#ifndef PIDFD_THREAD
#define PIDFD_THREAD 00000200 /* O_EXCL */
#endif

/* fanotify(7) of mounts, 6.15; linux/fanotify.h. */
#define NSX_FAN_REPORT_MNT 0x00004000
#define NSX_FAN_MARK_MNTNS 0x00000110
#define NSX_FAN_MNT_ATTACH 0x01000000
#define NSX_FAN_MNT_DETACH 0x02000000

/* memfd_create(2) flag, 6.3; linux/memfd.h. */
#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U
#endif

/* clone3(2), 5.3; set_tid 5.5, cgroup 5.7. */
struct nsx_clone_args {
	uint64_t flags, pidfd, child_tid, parent_tid, exit_signal;
	uint64_t stack, stack_size, tls, set_tid, set_tid_size, cgroup;
};

/* Mount calls; statmount and listmount 6.8, open_tree_attr 6.15. */
#define NSX_SYS_STATMOUNT	457
#define NSX_SYS_LISTMOUNT	458
#define NSX_SYS_OPEN_TREE_ATTR	467
#define NSX_OPEN_TREE_NAMESPACE 2u  /* 7.0 */
#define NSX_FSMOUNT_NAMESPACE	2u  /* 7.1 */
#define NSX_UNSHARE_EMPTY_MNTNS 0x00100000 /* 7.1 */
#define NSX_LSMT_ROOT		(~UINT64_C(0))

struct nsx_mnt_id_req {
	uint32_t size;	    /* 24 without mnt_ns_id, 32 with it (6.11) */
	uint32_t mnt_ns_fd; /* 6.17 */
	uint64_t mnt_id;
	uint64_t param;
	uint64_t mnt_ns_id;
};

#define NSX_STATMOUNT_SB_BASIC	1u
#define NSX_STATMOUNT_MNT_BASIC 2u
#define NSX_STATMOUNT_MNT_ROOT	8u
#define NSX_STATMOUNT_MNT_POINT 0x10u

/* statx(2): the 64-bit id of the mount, 6.8. */
#define NSX_STATX_MNT_ID_UNIQUE 0x4000U

struct nsx_statmount {
	uint32_t size, mnt_opts;
	uint64_t mask;
	uint32_t sb_dev_major, sb_dev_minor;
	uint64_t sb_magic;
	uint32_t sb_flags, fs_type;
	uint64_t mnt_id, mnt_parent_id;
	uint32_t mnt_id_old, mnt_parent_id_old;
	uint64_t mnt_attr, mnt_propagation, mnt_peer_group, mnt_master, propagate_from;
	uint32_t mnt_root, mnt_point; /* offsets into str */
	uint64_t mnt_ns_id;
	uint32_t fs_subtype, sb_source, opt_num, opt_array, opt_sec_num, opt_sec_array;
	uint64_t supported_mask;
	uint32_t mnt_uidmap_num, mnt_uidmap, mnt_gidmap_num, mnt_gidmap;
	uint64_t spare[43];
	char str[];
};

/* A pidfd (O_CLOEXEC) for a process. -ESRCH where there is none. 5.3 */
int kernel_pidfd_open(pid_t pid);

/* Send a signal through a pidfd. -ESRCH once the process is a zombie's past. 5.1 */
int kernel_pidfd_send_signal(int pidfd, int sig);

/*
 * The inode number of a pidfd: from 6.9 on one number a process, not used
 * again until reboot; on older kernels the same number for all. 0 tells that
 * this kernel has no such numbers.
 */
int kernel_pidfd_inode(int pidfd, ino_t *ret);

/* Join namespaces: `flags` as in setns(2), `fd` a namespace or (5.8) a pidfd. */
int kernel_setns(int fd, int flags);

/*
 * A file in memory that can be sealed, and executed: memfd_create(2). From 6.3
 * on that has to be said, and a sysctl may still forbid it: -EACCES.
 */
int kernel_memfd_executable(const char *name);

/*
 * The network namespace that a socket of any family was created in, opened.
 * -ENOTTY: no socket; -EPERM without CAP_NET_ADMIN over that namespace.
 */
int kernel_socket_netns(int fd, int *ret_fd);

/* A number that stands for it, for anyone to ask: 5.14, the 64-bit id from 6.18 on. */
int kernel_socket_cookie(int fd, uint64_t *ret);

/*
 * The 64-bit ids greater than `after` of the namespaces that the kernel shows
 * us, ascending; listns(2). Returns how many of `ids`[size] it filled, fewer
 * than `size` at the end of the list; -ENOSYS before 6.19, -EPERM or -ENOSYS
 * where a filter is in the way.
 */
ssize_t kernel_list_namespaces(uint64_t after, uint64_t *ids, size_t size);

/*
 * Open a namespace by its 64-bit id alone, 6.19. -ESTALE: there is none, or
 * none for us to see; -EBADF or -EPERM on kernels without such handles.
 */
int kernel_open_namespace(uint64_t nsid, int *ret_fd);

/*
 * The mount namespace whose id comes next after (or, backwards, before) that of
 * an open one; 6.12. -ENOENT at the end, -EPERM for all but the host's root.
 */
int kernel_next_mount_namespace(int fd, bool backwards, int *ret_fd);

/* The 64-bit id of an open mount namespace, 6.11, and how many mounts there are, its root not counted, 6.12. */
int kernel_mount_namespace_id(int fd, uint64_t *ret);
int kernel_count_mounts(int fd, uint32_t *ret);

/*
 * What is known of a mount, by its 64-bit id, in the mount namespace with an id
 * (6.11) or in ours (0); statmount(2), 6.8. `mask` of NSX_STATMOUNT_*; `ret` has
 * room for `size` bytes, strings included. -ENOENT: it is not there; -EPERM:
 * not for us to see.
 */
int kernel_statmount(uint64_t mount, uint64_t mount_namespace, uint64_t mask, struct nsx_statmount *ret,
		     size_t size);

/*
 * Ids greater than `after` of the mounts below one of ours, by its id or
 * NSX_LSMT_ROOT, ascending; listmount(2), 6.8. Returns how many of ids[size] it
 * filled, fewer than `size` at the end of the list.
 */
ssize_t kernel_listmount(uint64_t mount, uint64_t after, uint64_t *ids, size_t size);

/*
 * An event of all tasks on one processor (pid -1), or of one task on all (cpu
 * -1); perf_event_open(2). O_CLOEXEC; -EACCES or -EPERM without CAP_PERFMON,
 * -ENODEV for a processor that is offline.
 */
struct perf_event_attr;
int kernel_perf_event_open(struct perf_event_attr *attr, pid_t pid, int cpu);

/* Is a capability (CAP_*) effective? capget(2), without a library for one bit. */
bool kernel_has_capability(unsigned int capability);

/*
 * A new file in memory, O_CLOEXEC, that can be sealed and whose content cannot
 * be executed: from 6.3 on one must say so, or a system may refuse
 * (vm.memfd_noexec).
 */
int kernel_memory_file(const char *name);

/* Bring the loopback device of our network namespace up; netdevice(7). */
int kernel_loopback_up(void);

#endif /* NSX_KERNEL_H */
