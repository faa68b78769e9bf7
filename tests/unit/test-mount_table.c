/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test-mount_table.c - paths as mountinfo escapes them.
 */
#include "mount_table.h"

#include "tap.h"

static const char *unescaped(const char *text)
{
	static char path[64];

	snprintf(path, sizeof(path), "%s", text);
	mount_path_unescape(path);
	return path;
}

int main(void)
{
	is_str(unescaped("/plain/path"), "/plain/path");
	is_str(unescaped("/a\\040b"), "/a b");
	is_str(unescaped("/tab\\011new\\012line\\134back"), "/tab\tnew\nline\\back");
	is_str(unescaped("\\040\\040"), "  ");
	is_str(unescaped("/\\303\\244"), "/\303\244");
	/* What is no escape stays. */
	is_str(unescaped("/a\\"), "/a\\");
	is_str(unescaped("/a\\04"), "/a\\04");
	is_str(unescaped("/a\\089"), "/a\\089");
	is_str(unescaped("/a\\777"), "/a\\777");
	is_str(unescaped(""), "");
	return done_testing();
}
