/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cgroup_find.h - from a unit or a container to its process, by one look at
 * the cgroups of every process in /proc. No daemon is asked.
 */
#ifndef NSX_CGROUP_FIND_H
#define NSX_CGROUP_FIND_H

#include "base.h"

#include <sys/types.h>

/*
 * Take hold of the process of a unit (cgroup_path_in_unit()) or a container
 * (cgroup_path_in_container()): a pidfd, and its directory in /proc, O_PATH.
 *
 * Of the processes in that cgroup and below it is the one that a person would
 * name: of a container the init of its pid namespace; else, of those whose
 * parent is elsewhere, the oldest. Neither zombies nor kernel threads.
 *
 * When the function returns the process was still there and still in that
 * cgroup. Processes whose cgroup cannot be read count as being in another.
 *
 * -ESRCH: none; -ENOTUNIQ: two cgroups have that name.
 */
int cgroup_find_unit(const char *name, pid_t *ret_pid, int *ret_pidfd, int *ret_dirfd);
int cgroup_find_container(const char *id, pid_t *ret_pid, int *ret_pidfd, int *ret_dirfd);

#endif /* NSX_CGROUP_FIND_H */
