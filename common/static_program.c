/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * static_program.c - looking at ELF headers, elf(5), and copying.
 */
#include "static_program.h"

#include <elf.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#include "kernel.h"

/* Program headers follow the ELF header closely in every executable that linkers make. */
enum { HEAD_SIZE = 16 * 1024 };

/* The same for both sizes of words; the types are the only difference. */
#define DEFINE_HAS_INTERPRETER(bits)                                                                         \
	static int has_interpreter_##bits(const unsigned char *head, size_t size)                            \
	{                                                                                                    \
		Elf##bits##_Ehdr elf;                                                                        \
                                                                                                             \
		if (size < sizeof(elf))                                                                      \
			return -ENOEXEC;                                                                     \
		memcpy(&elf, head, sizeof(elf));                                                             \
		if ((elf.e_type != ET_EXEC && elf.e_type != ET_DYN) ||                                       \
		    elf.e_phentsize != sizeof(Elf##bits##_Phdr) || elf.e_phoff > size ||                     \
		    elf.e_phnum > (size - elf.e_phoff) / sizeof(Elf##bits##_Phdr))                           \
			return -ENOEXEC;                                                                     \
		for (size_t i = 0; i < elf.e_phnum; i++) {                                                   \
			Elf##bits##_Phdr segment;                                                            \
                                                                                                             \
			memcpy(&segment, head + elf.e_phoff + i * sizeof(segment), sizeof(segment));         \
			if (segment.p_type == PT_INTERP)                                                     \
				return 1;                                                                    \
		}                                                                                            \
		return 0;                                                                                    \
	}

DEFINE_HAS_INTERPRETER(32)
DEFINE_HAS_INTERPRETER(64)

int static_program_needs_interpreter(const void *head, size_t size)
{
	const unsigned char *bytes = head;

	if (size >= 2 && memcmp(bytes, "#!", 2) == 0)
		return -ELIBBAD;
	if (size < EI_NIDENT || memcmp(bytes, ELFMAG, SELFMAG) != 0)
		return -ENOEXEC;
	/* One of another byte order, this machine does not run. */
	return bytes[EI_CLASS] == ELFCLASS32 ? has_interpreter_32(bytes, size)
					     : has_interpreter_64(bytes, size);
}

static int open_executable(const char *file, int *ret_fd)
{
	struct stat st;
	int fd;

	if (stat(file, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || access(file, X_OK) < 0)
		return -EACCES;
	fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	*ret_fd = fd;
	return 0;
}

/* Along PATH, unless the name has a slash; execvp(3). */
static int open_program(const char *name, int *ret_fd)
{
	const char *path = getenv("PATH");
	int error = -ENOENT;

	if (!*name)
		return -ENOENT;
	if (strchr(name, '/'))
		path = "";
	else if (!path)
		path = "/bin:/usr/bin";
	while (path) {
		size_t length = strcspn(path, ":");
		_cleanup_free_ char *file = NULL;
		int r;

		if (asprintf(&file, "%.*s%s%s", (int)length, path, length ? "/" : "", name) < 0) {
			file = NULL; /* it is undefined then; asprintf(3) */
			return -ENOMEM;
		}
		r = open_executable(file, ret_fd);
		if (r == 0)
			return 0;
		/* One that may not be run is named only where none is found that may. */
		if (r == -EACCES)
			error = r;
		else if (r != -ENOENT && r != -ENOTDIR)
			return r;
		path = path[length] ? path + length + 1 : NULL;
	}
	return error;
}

static int copy_to_memory(int file, const char *name, int *ret_fd)
{
	const int seals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
	_cleanup_close_ int fd = kernel_memfd_executable(name);
	ssize_t n;

	if (fd < 0)
		return fd;
	do {
		n = sendfile(fd, file, NULL, 1 << 20);
	} while (n > 0 || (n < 0 && errno == EINTR));
	if (n < 0 || fcntl(fd, F_ADD_SEALS, seals) < 0)
		return -errno;
	*ret_fd = take_fd(&fd);
	return 0;
}

int static_program_open(const char *name, int *ret_fd)
{
	_cleanup_free_ unsigned char *head = malloc(HEAD_SIZE);
	_cleanup_close_ int file = -EBADF;
	const char *slash = strrchr(name, '/');
	ssize_t n;
	int r;

	if (!head)
		return -ENOMEM;
	r = open_program(name, &file);
	if (r < 0)
		return r;
	n = pread(file, head, HEAD_SIZE, 0);
	if (n < 0)
		return -errno;
	r = static_program_needs_interpreter(head, (size_t)n);
	if (r != 0)
		return r < 0 ? r : -ELIBACC;
	return copy_to_memory(file, slash ? slash + 1 : name, ret_fd);
}
