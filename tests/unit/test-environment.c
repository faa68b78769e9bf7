/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test-environment.c - any bytes that a process may show as its environment.
 */
#include "environment.h"

#include "diag.h"
#include "tap.h"

/*
 * The variables of a block, joined by '|', for the caller to free. The block is
 * copied to memory that ends with the NUL that is promised to be behind it, so
 * that the address sanitizer sees each byte that is read beyond.
 */
static char *parsed(const char *block, size_t size)
{
	_cleanup_free_ char *copy = malloc(size + 1);
	char **list = NULL;
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	memcpy(copy, block, size);
	copy[size] = '\0';
	if (environment_parse(copy, size, &list) < 0)
		fputs("failed", out);
	for (char **one = list; one && *one; one++)
		fprintf(out, "%s%s", one == list ? "" : "|", *one);
	free(list);
	fclose(out);
	return text;
}

#define is_parsed(block, want)                                                                               \
	do {                                                                                                 \
		_cleanup_free_ char *got = parsed(block, sizeof(block) - 1);                                 \
		tap_is_str(got, want, "of " #block, __FILE__, __LINE__);                                     \
	} while (0)

static void test_blocks(void)
{
	is_parsed("A=1\0B=2\0", "A=1|B=2");
	/* What is no NAME=value. */
	is_parsed("", "");
	is_parsed("\0", "");
	is_parsed("\0\0\0\0", "");
	is_parsed("A\0", "");
	is_parsed("=\0", "");
	is_parsed("=A\0", "");
	is_parsed("=A=B\0", "");
	is_parsed("A=1\0no\0=x\0\0B=2\0", "A=1|B=2");
	/* The last NUL lacks, as where the process has written over it. */
	is_parsed("A=1\0B=2", "A=1|B=2");
	is_parsed("A=1\0B", "A=1");
	is_parsed("A=1\0=", "A=1");
	is_parsed("A=", "A=");
	is_parsed("A", "");
	/* Empty values, more than one '=', blanks, newlines, control characters, no UTF-8. */
	is_parsed("A=\0B==\0C=a=b\0", "A=|B==|C=a=b");
	is_parsed("A= 1 \0B C=2\0", "A= 1 |B C=2");
	is_parsed("A=1\nB=2\0C\n=3\0", "A=1\nB=2|C\n=3");
	is_parsed("A=\x1b[2J\0\xff\xfe=\x80\0", "A=\x1b[2J|\xff\xfe=\x80");
	/* The same name again stays, in its order: it is for the program to choose. */
	is_parsed("A=1\0B=2\0A=3\0A=1\0", "A=1|B=2|A=3|A=1");
}

/* Each beginning of a block is a block. */
static void test_every_length(void)
{
	static const char block[] = "A=1\0=\0B\0\0CC=22\0D=\0";
	static const struct {
		size_t size;
		const char *want;
	} wants[] = {
		{ 1, "" },	     { 2, "A=" },	  { 3, "A=1" },		  { 4, "A=1" },
		{ 6, "A=1" },	     { 9, "A=1" },	  { 11, "A=1" },	  { 12, "A=1|CC=" },
		{ 14, "A=1|CC=22" }, { 16, "A=1|CC=22" }, { 17, "A=1|CC=22|D=" }, { 18, "A=1|CC=22|D=" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(wants); i++) {
		_cleanup_free_ char *got = parsed(block, wants[i].size);

		is_str(got, wants[i].want);
	}
}

static void test_huge(void)
{
	const size_t size = 8 << 20;
	_cleanup_free_ char *block = malloc(size + 1);
	char **list = NULL;
	size_t count = 0;

	/* As many as there can be. */
	for (size_t i = 0; i < size; i++)
		block[i] = "a=\0"[i % 3];
	block[size] = '\0';
	is_int(environment_parse(block, size, &list), 0);
	while (list && list[count])
		count++;
	is_int((long long)count, (long long)(size + 1) / 3);
	free(list);
	/* And as long as one can be; 8 MiB of nothing. */
	memset(block, 'x', size);
	block[size / 2] = '=';
	is_int(environment_parse(block, size, &list), 0);
	ok(list[0] == block && !list[1]);
	free(list);
	memset(block, 0, size);
	is_int(environment_parse(block, size, &list), 0);
	ok(!list[0]);
	free(list);
}

static void test_names_of_code(void)
{
	ok(environment_names_code("PATH=/evil"));
	ok(environment_names_code("PATH="));
	ok(environment_names_code("LD_PRELOAD=/evil.so"));
	ok(environment_names_code("LD_LIBRARY_PATH=/evil"));
	ok(environment_names_code("LD_="));
	ok(environment_names_code("BASH_ENV=/evil"));
	ok(environment_names_code("BASH_FUNC_ls%%=() { evil; }"));
	ok(environment_names_code("ENV=/evil"));
	ok(environment_names_code("PYTHONSTARTUP=/evil"));
	ok(environment_names_code("PERL5LIB=/evil"));
	ok(environment_names_code("GCONV_PATH=/evil"));
	ok(environment_names_code("ZDOTDIR=/evil"));
	ok(environment_names_code("MAKEFLAGS=--eval=x"));
	ok(environment_names_code("PAGER=evil"));
	/* Names that look like them. */
	ok(!environment_names_code("PATHS=1"));
	ok(!environment_names_code("MYPATH=1"));
	ok(!environment_names_code("PAT=1"));
	ok(!environment_names_code("LD=1"));
	ok(!environment_names_code("path=1"));
	ok(!environment_names_code("ENVIRONMENT=1"));
	ok(!environment_names_code("TERM=PATH=x"));
	ok(!environment_names_code("X=LD_PRELOAD=/evil"));
	ok(!environment_names_code(" PATH=1"));
	/* No variables. */
	ok(!environment_names_code(""));
	ok(!environment_names_code("="));
	ok(!environment_names_code("=PATH=1"));
	ok(environment_names_code("PATH"));
}

static void test_listed(void)
{
	ok(environment_is_listed("HOME=/root", "HOME"));
	ok(environment_is_listed("HOME=/root", "HOME,TERM"));
	ok(environment_is_listed("HOME=/root", "TERM,HOME"));
	ok(environment_is_listed("HOME=/root", "A,HOME,TERM"));
	ok(environment_is_listed("HOME=", ",HOME,"));
	ok(environment_is_listed("A=x,B=y", "A"));
	ok(!environment_is_listed("HOME=/root", "HOM"));
	ok(!environment_is_listed("HOME=/root", "HOMES"));
	ok(!environment_is_listed("HOM=/root", "HOME"));
	ok(!environment_is_listed("HOME=/root", "home"));
	ok(!environment_is_listed("HOME=/root", "TERM, HOME"));
	ok(!environment_is_listed("HOME=/root", "HOME=/root"));
	ok(!environment_is_listed("A=x,B=y", "B"));
	ok(!environment_is_listed("HOME=/root", ""));
	ok(!environment_is_listed("HOME=/root", ",,"));
}

int main(void)
{
	diag_init("test-environment", EXIT_FAILURE);
	test_blocks();
	test_every_length();
	test_huge();
	test_names_of_code();
	test_listed();
	return done_testing();
}
