/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz-pin_record.c - the record of a name: what is read can be written, and read again; pin_record.h. */
#include "fuzz.h"
#include "pin_record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), *written, *again;
	struct pin_record record, second;

	if (pin_record_parse(text, &record) == 0) {
		holds(record.mode <= 0777 && record.owner != (uid_t)-1 && record.made >= 0);
		holds(pin_record_types(&record));
		written = pin_record_format(&record);
		holds(pin_record_parse(written, &second) == 0);
		again = pin_record_format(&second);
		holds(strcmp(written, again) == 0);
		free(written);
		free(again);
	}
	free(text);
	return 0;
}
