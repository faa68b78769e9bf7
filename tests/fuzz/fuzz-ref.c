/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz-ref.c - what a user may name: ns_ref.h, ns_id.h, pin_path.h. */
#include "fuzz.h"
#include "ns_ref.h"
#include "pin_path.h"

static void check_link(const char *text)
{
	char again[NS_LINK_SIZE];
	enum ns_type type, type_again;
	ino_t inode, inode_again;

	if (ns_link_parse(text, &type, &inode) < 0)
		return;
	holds(type >= 0 && type < NS_TYPE_COUNT);
	ns_link_format(type, inode, again);
	holds(ns_link_parse(again, &type_again, &inode_again) == 0);
	holds(type_again == type && inode_again == inode);
}

static void check_reference(const char *text)
{
	const char *end = text + strlen(text);
	struct ns_ref ref;

	if (ns_ref_parse(text, &ref) < 0)
		return;
	holds(ref.kind != NS_REF_NONE && ref.kind != NS_REF_SOCKET && ref.text == text);
	holds(!(ns_ref_is_process(&ref) && ns_ref_is_namespace(&ref)));
	holds((ref.kind != NS_REF_PROCESS && ref.kind != NS_REF_FD) || ref.pid > 0);
	holds(ref.kind != NS_REF_FD || ref.fd >= 0);
	holds(ref.kind != NS_REF_NSID || ref.nsid > 0);
	holds(!ref.name || (ref.name >= text && ref.name < end));
	holds(ref.kind != NS_REF_PIN || (!strchr(ref.name, '/') && strcmp(ref.name, "..") != 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	char *name;

	check_link(text);
	check_reference(text);
	name = pin_path_name(text, NS_NET);
	holds(!name || !pin_name_problem(name));
	free(name);
	free(text);
	return 0;
}
