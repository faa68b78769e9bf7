/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz-elf.c - the head of a program: static_program.h. */
#include "fuzz.h"
#include "static_program.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	void *head = fuzz_bytes(data, size);
	int r = static_program_needs_interpreter(head, size);

	holds(r == 0 || r == 1 || r == -ENOEXEC || r == -ELIBBAD);
	free(head);
	return 0;
}
