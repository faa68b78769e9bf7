/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test-static_program.c - ELF headers, made well and badly. What is looked at
 * is copied to memory of just that size: the address sanitizer sees each byte
 * that is read beyond.
 */
#include "static_program.h"

#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "diag.h"
#include "tap.h"

static int verdict(const void *head, size_t size)
{
	_cleanup_free_ void *copy = malloc(size ? size : 1);

	memcpy(copy, head, size);
	return static_program_needs_interpreter(copy, size);
}

enum { SEGMENTS = 3 };

/* A program of 64 or 32 bits, whose last segment is of a type of one's choice. */
struct program64 {
	Elf64_Ehdr elf;
	Elf64_Phdr segments[SEGMENTS];
};

struct program32 {
	Elf32_Ehdr elf;
	Elf32_Phdr segments[SEGMENTS];
};

static const unsigned char identity64[EI_NIDENT] = {
	0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT
};
static const unsigned char identity32[EI_NIDENT] = {
	0x7f, 'E', 'L', 'F', ELFCLASS32, ELFDATA2LSB, EV_CURRENT
};

static struct program64 make64(uint32_t last)
{
	struct program64 program = {
		.elf = { .e_type = ET_EXEC,
			 .e_phoff = sizeof(Elf64_Ehdr),
			 .e_phnum = SEGMENTS,
			 .e_phentsize = sizeof(Elf64_Phdr) },
		.segments = { { .p_type = PT_PHDR }, { .p_type = PT_LOAD }, { .p_type = last } },
	};

	memcpy(program.elf.e_ident, identity64, EI_NIDENT);
	return program;
}

static struct program32 make32(uint32_t last)
{
	struct program32 program = {
		.elf = { .e_type = ET_DYN,
			 .e_phoff = sizeof(Elf32_Ehdr),
			 .e_phnum = SEGMENTS,
			 .e_phentsize = sizeof(Elf32_Phdr) },
		.segments = { { .p_type = PT_PHDR }, { .p_type = PT_LOAD }, { .p_type = last } },
	};

	memcpy(program.elf.e_ident, identity32, EI_NIDENT);
	return program;
}

static void test_programs(void)
{
	struct program64 static64 = make64(PT_LOAD), dynamic64 = make64(PT_INTERP);
	struct program32 static32 = make32(PT_LOAD), dynamic32 = make32(PT_INTERP);

	is_int(verdict(&static64, sizeof(static64)), 0);
	is_int(verdict(&dynamic64, sizeof(dynamic64)), 1);
	is_int(verdict(&static32, sizeof(static32)), 0);
	is_int(verdict(&dynamic32, sizeof(dynamic32)), 1);
	/* A static program that may lie anywhere is of the type of a library. */
	static64.elf.e_type = ET_DYN;
	is_int(verdict(&static64, sizeof(static64)), 0);
	static64.elf.e_type = ET_REL;
	is_int(verdict(&static64, sizeof(static64)), -ENOEXEC);
	static64.elf.e_type = ET_CORE;
	is_int(verdict(&static64, sizeof(static64)), -ENOEXEC);
	/* One class in the clothes of the other: sizes tell. */
	static32.elf.e_ident[EI_CLASS] = ELFCLASS64;
	is_int(verdict(&static32, sizeof(static32)), -ENOEXEC);
	dynamic64.elf.e_ident[EI_CLASS] = ELFCLASS32;
	is_int(verdict(&dynamic64, sizeof(dynamic64)), -ENOEXEC);
}

/* Cut off anywhere, it is never taken for a static one; nor is anything read behind its end. */
static void test_every_length(void)
{
	struct program64 dynamic64 = make64(PT_INTERP);
	struct program32 dynamic32 = make32(PT_INTERP);
	size_t wrong = 0;

	for (size_t size = 0; size < sizeof(dynamic64); size++)
		wrong += verdict(&dynamic64, size) != -ENOEXEC;
	for (size_t size = 0; size < sizeof(dynamic32); size++)
		wrong += verdict(&dynamic32, size) != -ENOEXEC;
	is_int((long long)wrong, 0);
}

static int verdict_of_table(uint64_t offset, uint16_t count, uint16_t size)
{
	struct program64 program = make64(PT_INTERP);

	program.elf.e_phoff = offset;
	program.elf.e_phnum = count;
	program.elf.e_phentsize = size;
	return verdict(&program, sizeof(program));
}

static void test_absurd_tables(void)
{
	const uint16_t size = sizeof(Elf64_Phdr);
	const uint64_t start = sizeof(Elf64_Ehdr), end = sizeof(struct program64);

	is_int(verdict_of_table(start, SEGMENTS, size), 1);
	/* The table reaches beyond what is there, by much or by one. */
	is_int(verdict_of_table(start, SEGMENTS + 1, size), -ENOEXEC);
	is_int(verdict_of_table(start + 1, SEGMENTS, size), -ENOEXEC);
	is_int(verdict_of_table(start, UINT16_MAX, size), -ENOEXEC);
	is_int(verdict_of_table(end, 1, size), -ENOEXEC);
	is_int(verdict_of_table(end + 1, 1, size), -ENOEXEC);
	is_int(verdict_of_table(UINT64_MAX, 1, size), -ENOEXEC);
	is_int(verdict_of_table(UINT64_MAX - size + 1, 1, size), -ENOEXEC);
	is_int(verdict_of_table(UINT64_MAX - size + 1, UINT16_MAX, size), -ENOEXEC);
	is_int(verdict_of_table(INT64_MAX, SEGMENTS, size), -ENOEXEC);
	is_int(verdict_of_table(UINT32_MAX, SEGMENTS, size), -ENOEXEC);
	/* Behind others, as some tools move it. */
	is_int(verdict_of_table(start + 2 * size, 1, size), 1);
	is_int(verdict_of_table(start + size, 1, size), 0);
	/* No table, where one cannot be: nothing asks for an interpreter. */
	is_int(verdict_of_table(end, 0, size), 0);
	is_int(verdict_of_table(0, 0, size), 0);
	is_int(verdict_of_table(end + 1, 0, size), -ENOEXEC);
	/* Entries of a size that they have nowhere. */
	is_int(verdict_of_table(start, SEGMENTS, 0), -ENOEXEC);
	is_int(verdict_of_table(start, SEGMENTS, 1), -ENOEXEC);
	is_int(verdict_of_table(start, SEGMENTS, size - 1), -ENOEXEC);
	is_int(verdict_of_table(start, SEGMENTS, sizeof(Elf32_Phdr)), -ENOEXEC);
	is_int(verdict_of_table(start, SEGMENTS, UINT16_MAX), -ENOEXEC);
	/* The header itself as the table. */
	is_int(verdict_of_table(0, 1, size), 0);
}

static void test_absurd_tables_of_32_bits(void)
{
	struct program32 program = make32(PT_INTERP);

	program.elf.e_phoff = UINT32_MAX;
	is_int(verdict(&program, sizeof(program)), -ENOEXEC);
	program.elf.e_phoff = UINT32_MAX - sizeof(Elf32_Phdr) + 1;
	is_int(verdict(&program, sizeof(program)), -ENOEXEC);
	program = make32(PT_INTERP);
	program.elf.e_phnum = UINT16_MAX;
	is_int(verdict(&program, sizeof(program)), -ENOEXEC);
	program = make32(PT_INTERP);
	program.elf.e_phentsize = sizeof(Elf64_Phdr);
	is_int(verdict(&program, sizeof(program)), -ENOEXEC);
}

static void test_what_is_no_program(void)
{
	is_int(verdict("", 0), -ENOEXEC);
	is_int(verdict("#", 1), -ENOEXEC);
	is_int(verdict("#!", 2), -ELIBBAD);
	is_int(verdict("#!/bin/sh\n", 10), -ELIBBAD);
	is_int(verdict("# !/bin/sh\n", 11), -ENOEXEC);
	is_int(verdict("echo this is a long line of text\n", 33), -ENOEXEC);
	is_int(verdict("\x7f"
		       "ELF",
		       4),
	       -ENOEXEC);
	is_int(verdict("\x7f"
		       "ELG............................................................",
		       64),
	       -ENOEXEC);
	is_int(verdict(identity64, sizeof(identity64)), -ENOEXEC);
	is_int(verdict(identity32, sizeof(identity32)), -ENOEXEC);
}

/* Everything that one byte can do to a header, the sanitizers watching. */
static void test_every_byte(void)
{
	struct program64 program = make64(PT_INTERP);
	size_t odd = 0;

	for (size_t at = 0; at < sizeof(program.elf); at++) {
		for (int byte = 0; byte < 256; byte++) {
			struct program64 changed = program;
			int r;

			((unsigned char *)&changed)[at] = (unsigned char)byte;
			r = verdict(&changed, sizeof(changed));
			odd += r != 0 && r != 1 && r != -ENOEXEC;
		}
	}
	is_int((long long)odd, 0);
}

static int opened(const char *name)
{
	_cleanup_close_ int fd = -EBADF;
	int r;

	r = static_program_open(name, &fd);
	ok((r == 0) == (fd >= 0));
	return r;
}

static void write_program(const char *path, const void *bytes, size_t size, mode_t mode)
{
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, bytes, size) != (ssize_t)size || fchmod(fd, mode) < 0)
		die(-errno, "cannot write '%s'", path);
}

/* Where execvp(3) would look, and what it would say. */
static void test_open(void)
{
	struct program64 static64 = make64(PT_LOAD), dynamic64 = make64(PT_INTERP);
	char dir[] = "/tmp/nsx-static_program.XXXXXX";
	_cleanup_free_ char *path = NULL;

	if (!mkdtemp(dir) || chdir(dir) < 0)
		die(-errno, "cannot make a directory");
	if (mkdir("one", 0700) < 0 || mkdir("two", 0700) < 0 || mkdir("one/both", 0700) < 0)
		die(-errno, "cannot make a directory");
	write_program("one/static", &static64, sizeof(static64), 0700);
	write_program("one/dynamic", &dynamic64, sizeof(dynamic64), 0700);
	write_program("one/script", "#!/bin/sh\n", 10, 0700);
	write_program("one/empty", "", 0, 0700);
	write_program("one/closed", &static64, sizeof(static64), 0600);
	write_program("one/twice", &static64, sizeof(static64), 0600);
	write_program("two/twice", &static64, sizeof(static64), 0700);
	write_program("two/both", &static64, sizeof(static64), 0700);

	is_int(opened("one/static"), 0);
	is_int(opened("./one/static"), 0);
	is_int(opened("one/dynamic"), -ELIBACC);
	is_int(opened("one/script"), -ELIBBAD);
	is_int(opened("one/empty"), -ENOEXEC);
	is_int(opened("one/closed"), -EACCES);
	is_int(opened("one"), -ENOENT); /* not along PATH */
	is_int(opened("./one"), -EACCES);
	is_int(opened("one/none"), -ENOENT);
	is_int(opened("one/static/none"), -ENOENT);
	is_int(opened(""), -ENOENT);

	path = xasprintf("%s/none:%s/one/static:%s/one:%s/two", dir, dir, dir, dir);
	setenv("PATH", path, 1);
	is_int(opened("static"), 0);
	is_int(opened("dynamic"), -ELIBACC);
	is_int(opened("none"), -ENOENT);
	is_int(opened("closed"), -EACCES);
	is_int(opened(""), -ENOENT);
	/* The first that may be run, and whatever errno was before. */
	is_int(opened("twice"), 0);
	is_int(opened("both"), 0);
	errno = EACCES;
	is_int(opened("none"), -ENOENT);
	/* An empty word of PATH is the working directory. */
	setenv("PATH", "", 1);
	is_int(opened("static"), -ENOENT);
	if (chdir("one") < 0)
		die(-errno, "cannot change directory");
	is_int(opened("static"), 0);
	setenv("PATH", "/none:", 1);
	is_int(opened("static"), 0);
	setenv("PATH", ":/none", 1);
	is_int(opened("static"), 0);
	setenv("PATH", "/none", 1);
	is_int(opened("static"), -ENOENT);

	for (const char *const *name =
		     (const char *const[]){ "static", "dynamic", "script", "empty", "closed", "twice",
					    "../two/twice", "../two/both", NULL };
	     *name; name++)
		unlink(*name);
	if (rmdir("both") < 0 || chdir(dir) < 0 || rmdir("one") < 0 || rmdir("two") < 0 || chdir("/") < 0 ||
	    rmdir(dir) < 0)
		die(-errno, "cannot remove '%s'", dir);
}

/* What is handed out is a copy that nobody can change. */
static void test_copy(void)
{
	struct program64 program = make64(PT_LOAD), copy;
	char path[] = "/tmp/nsx-static_program.XXXXXX";
	_cleanup_close_ int file = mkstemp(path), fd = -EBADF;

	if (file < 0)
		die(-errno, "cannot make a file");
	write_program(path, &program, sizeof(program), 0700);
	is_int(static_program_open(path, &fd), 0);
	is_int(pread(fd, &copy, sizeof(copy), 0), sizeof(program));
	is_int(memcmp(&copy, &program, sizeof(program)), 0);
	ok(pwrite(fd, "x", 1, 0) < 0 && errno == EPERM);
	ok(ftruncate(fd, 0) < 0 && errno == EPERM);
	ok(ftruncate(fd, 1 << 20) < 0 && errno == EPERM);
	ok(fcntl(fd, F_ADD_SEALS, 0) < 0 && errno == EPERM);
	ok(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	/* Nor does a change of the file change it. */
	ok(pwrite(file, "x", 1, 0) == 1);
	ok(pread(fd, &copy, 1, 0) == 1 && memcmp(&copy, &program, 1) == 0);
	unlink(path);
}

int main(void)
{
	diag_init("test-static_program", EXIT_FAILURE);
	test_programs();
	test_every_length();
	test_absurd_tables();
	test_absurd_tables_of_32_bits();
	test_what_is_no_program();
	test_every_byte();
	test_open();
	test_copy();
	return done_testing();
}
