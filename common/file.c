/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * file.c - read or write a whole small file.
 */
#include "file.h"

#include <fcntl.h>
#include <string.h>

/* Most files of /proc fit into a page, which is also how much of one is made at a time. */
enum { FIRST_SIZE = 4096, READ_FILE_MAX = 16 * 1024 * 1024 };

/* read(2) until the buffer is full or the file ends. */
static ssize_t read_up_to(int fd, char *buffer, size_t size)
{
	size_t have = 0;

	while (have < size) {
		ssize_t n = read(fd, buffer + have, size - have);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		have += (size_t)n;
	}
	return (ssize_t)have;
}

ssize_t read_file_into(int dirfd, const char *path, char *buffer, size_t size)
{
	_cleanup_close_ int fd = -EBADF;
	ssize_t n;

	fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return -errno;
	n = read_up_to(fd, buffer, size);
	if (n < 0)
		return n;
	if ((size_t)n == size)
		return -EFBIG;
	buffer[n] = '\0';
	return n;
}

int read_descriptor(int fd, char **ret, size_t *ret_size)
{
	_cleanup_free_ char *buffer = NULL;
	size_t size = 0, have = 0;
	char *fitting;

	do {
		char *larger;
		ssize_t n;

		size = size ? size * 2 : FIRST_SIZE;
		if (size > READ_FILE_MAX)
			return -EFBIG;
		larger = realloc(buffer, size);
		if (!larger)
			return -ENOMEM;
		buffer = larger;
		n = read_up_to(fd, buffer + have, size - have);
		if (n < 0)
			return (int)n;
		have += (size_t)n;
	} while (have == size);

	buffer[have] = '\0';
	/* Many of these may be kept, and most are short. */
	fitting = realloc(buffer, have + 1);
	if (fitting)
		buffer = fitting;
	*ret = take_ptr(buffer);
	if (ret_size)
		*ret_size = have;
	return 0;
}

int read_file(int dirfd, const char *path, char **ret, size_t *ret_size)
{
	_cleanup_close_ int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	return fd < 0 ? -errno : read_descriptor(fd, ret, ret_size);
}

int write_file(int dirfd, const char *path, const char *text)
{
	_cleanup_close_ int fd = -EBADF;
	size_t size = strlen(text);
	ssize_t n;

	fd = openat(dirfd, path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return -errno;
	n = write(fd, text, size);
	if (n < 0)
		return -errno;
	if ((size_t)n != size)
		return -EIO;
	return 0;
}
