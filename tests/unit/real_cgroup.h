/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * real_cgroup.h - a cgroup of one's own on this machine, to try things in: of
 * the first mounted hierarchy of a version. Takes root.
 *
 *   if (cgroup_begin(CGROUP_V2)) {
 *           cgroup_make("a.slice/b.service");
 *           ...
 *           cgroup_end();
 *   }
 */
#ifndef NSX_TESTS_REAL_CGROUP_H
#define NSX_TESTS_REAL_CGROUP_H

#include "base.h"

#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#define CGROUP_V2 " - cgroup2 "
#define CGROUP_V1 " - cgroup "

static char cgroup_root[PATH_MAX];

/* Not one of cpuset, which takes a process only once it was given processors. */
static inline bool cgroup_find_mount(const char *type, char *point, size_t size)
{
	char line[2 * PATH_MAX], path[PATH_MAX];
	FILE *file = fopen("/proc/self/mountinfo", "re");
	bool found = false;

	while (file && !found && fgets(line, sizeof(line), file))
		found = strstr(line, type) && !strstr(line, "cpuset") &&
			sscanf(line, "%*s %*s %*s / %4095s", path) == 1 &&
			snprintf(point, size, "%s", path) < (int)size;
	if (file)
		fclose(file);
	return found;
}

/* Where in the file system one below ours is. */
static inline const char *cgroup_path(const char *name)
{
	static char path[2 * PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", cgroup_root, name);
	return path;
}

/* False where there is none to be had. */
static inline bool cgroup_begin(const char *type)
{
	char point[PATH_MAX];

	if (geteuid() != 0 || !cgroup_find_mount(type, point, sizeof(point)))
		return false;
	snprintf(cgroup_root, sizeof(cgroup_root), "%.4000s/nsx-test-%d", point, (int)getpid());
	return mkdir(cgroup_root, 0755) == 0;
}

/* One below ours, "a/b" with what it takes. */
static inline void cgroup_make(const char *name)
{
	char part[256];

	for (size_t i = 0; name[i]; i++) {
		snprintf(part, sizeof(part), "%.*s", (int)i, name);
		if (name[i] == '/')
			mkdir(cgroup_path(part), 0755);
	}
	if (mkdir(cgroup_path(name), 0755) < 0)
		printf("Bail out! cannot make %s\n", cgroup_path(name));
}

/* Move there; in a child, which ends where that fails. */
static inline void cgroup_move(const char *name)
{
	char file[256];
	int fd;

	snprintf(file, sizeof(file), "%s/cgroup.procs", name);
	fd = open(cgroup_path(file), O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "0", 1) != 1)
		_exit(EXIT_FAILURE);
	close(fd);
}

static inline int cgroup_remove(const char *path, _unused_ const struct stat *st, int type,
				_unused_ struct FTW *ftw)
{
	/* The files of a cgroup go with it. */
	if (type == FTW_DP && rmdir(path) < 0)
		printf("Bail out! cannot remove %s\n", path);
	return 0;
}

/* Once nobody is in one of them any more. */
static inline void cgroup_end(void)
{
	nftw(cgroup_root, cgroup_remove, 16, FTW_DEPTH | FTW_PHYS);
}

#endif /* NSX_TESTS_REAL_CGROUP_H */
