/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * base.h - what every file may use: attributes, sizes, and resources that
 * release themselves at the end of their scope.
 *
 * Descriptors: an unset descriptor is -EBADF, never 0, for 0 is a valid one.
 * Ownership: a function hands a resource out through a ret_ parameter, which
 * it sets only on success, with take_fd() or take_ptr().
 */
#ifndef NSX_BASE_H
#define NSX_BASE_H

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define _cleanup_(f)	  __attribute__((cleanup(f)))
#define _printf_(fmt, va) __attribute__((format(printf, fmt, va)))
#define _noreturn_	  __attribute__((noreturn))
#define _unused_	  __attribute__((unused))

/* Close a descriptor, keep errno, and return the value of an unset one. */
static inline int close_fd(int fd)
{
	int saved = errno;

	if (fd >= 0)
		close(fd);
	errno = saved;
	return -EBADF;
}

static inline void close_fdp(int *fd)
{
	*fd = close_fd(*fd);
}

static inline void freep(void *p)
{
	free(*(void **)p);
}

static inline void closedirp(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

#define _cleanup_close_	   _cleanup_(close_fdp)
#define _cleanup_free_	   _cleanup_(freep)
#define _cleanup_closedir_ _cleanup_(closedirp)

/* Move a descriptor out of a variable that would close it. */
static inline int take_fd(int *fd)
{
	int taken = *fd;

	*fd = -EBADF;
	return taken;
}

/* Move a pointer out of a variable that would free it. */
#define take_ptr(p)                      \
	({                               \
		__typeof__(p) _taken = (p); \
		(p) = NULL;              \
		_taken;                  \
	})

/*
 * A build for tests/coverage counts which lines run. The compiler has the counts
 * written by exit(3) and before exec(3); what else ends a process of ours, or
 * may, writes them here.
 */
#ifdef NSX_COVERAGE
#include <signal.h>

void __gcov_dump(void);
void __gcov_reset(void);

static inline void write_coverage(void)
{
	__gcov_dump();
	__gcov_reset();
}

#define _exit(status)		(write_coverage(), _exit(status))
#define fexecve(fd, argv, envp) (write_coverage(), fexecve(fd, argv, envp))
#define raise(sig)		(write_coverage(), raise(sig))
#endif

#endif /* NSX_BASE_H */
