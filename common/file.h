/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * file.h - a whole small file at once, at a directory descriptor (or
 * AT_FDCWD). Everything is opened O_CLOEXEC; nothing is printed.
 */
#ifndef NSX_FILE_H
#define NSX_FILE_H

#include "base.h"

#include <sys/types.h>

/*
 * Read the file into buffer[size] and end it with a NUL byte. Returns the
 * number of bytes, -EFBIG where the file does not fit, or another -errno.
 */
ssize_t read_file_into(int dirfd, const char *path, char *buffer, size_t size);

/*
 * Read the file into memory that the caller frees; *ret_size (may be NULL)
 * does not count the NUL byte put behind it. Suits /proc, whose files tell no
 * size. Ends at 16 MiB with -EFBIG.
 */
int read_file(int dirfd, const char *path, char **ret, size_t *ret_size);

/* The rest of an open file, likewise. */
int read_descriptor(int fd, char **ret, size_t *ret_size);

/*
 * Write `text` to an existing file with one write(2), which is what the id
 * map and offset files of /proc ask for. A short write is -EIO.
 */
int write_file(int dirfd, const char *path, const char *text);

#endif /* NSX_FILE_H */
