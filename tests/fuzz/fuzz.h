/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz.h - what each fuzzer includes. A fuzzer is one file, fuzz-NAME.c, with
 *
 *   int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
 *   {
 *           char *text = fuzz_text(data, size);
 *
 *           holds(parse(text, &value) < 0 || value <= MOST);
 *           free(text);
 *           return 0;
 *   }
 *
 * which libFuzzer calls with whatever bytes it thinks of (tests/fuzz/run), and
 * replay.c with the files of seeds/NAME, as a unit test: some good input, some
 * bad, and every input that a fuzzer found something with.
 */
#ifndef NSX_TESTS_FUZZ_H
#define NSX_TESTS_FUZZ_H

#include "base.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must be true whatever the input is. */
#define holds(condition)                                                                       \
	do {                                                                                   \
		if (!(condition)) {                                                            \
			fprintf(stderr, "%s:%d: %s: wrong\n", __FILE__, __LINE__, #condition); \
			abort();                                                               \
		}                                                                              \
	} while (0)

/* Memory that ends where the input does, so that a sanitizer sees each byte read behind it. */
static inline void *fuzz_bytes(const void *data, size_t size)
{
	void *copy = malloc(size ? size : 1);

	if (!copy)
		abort();
	if (size)
		memcpy(copy, data, size);
	return copy;
}

/* The same with a NUL byte behind it. */
static inline char *fuzz_text(const void *data, size_t size)
{
	char *copy = malloc(size + 1);

	if (!copy)
		abort();
	if (size)
		memcpy(copy, data, size);
	copy[size] = '\0';
	return copy;
}

/* The first line of a text, which then begins behind it: for functions of two texts. */
static inline char *fuzz_line(char **text)
{
	char *line = strsep(text, "\n");

	if (!*text)
		*text = line + strlen(line);
	return line;
}

/* Is it UTF-8 without a byte that drives a terminal: C0, DEL, C1? `allowed`: but these. */
static inline bool fuzz_is_clean(const char *text, size_t size, const char *allowed)
{
	for (size_t i = 0; i < size; i++) {
		unsigned char c = (unsigned char)text[i];
		size_t more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : c >= 0xc0 ? 1 : 0;

		if ((c < 0x20 && (!c || !strchr(allowed, c))) || c == 0x7f)
			return false;
		if ((c >= 0x80 && c < 0xc2) || c > 0xf4 || size - i <= more)
			return false;
		if (more) {
			unsigned char next = (unsigned char)text[i + 1];

			if ((c == 0xc2 && next < 0xa0) || (c == 0xe0 && next < 0xa0) ||
			    (c == 0xed && next > 0x9f) || (c == 0xf0 && next < 0x90) ||
			    (c == 0xf4 && next > 0x8f))
				return false;
		}
		for (; more; more--)
			if (((unsigned char)text[++i] & 0xc0) != 0x80)
				return false;
	}
	return true;
}

#endif /* NSX_TESTS_FUZZ_H */
